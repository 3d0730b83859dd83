"""The form of a study: what it shows, what it returns, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPushButton

from planner.suitability import StudyError
from planner.suitability.study import Covariate, RecordSource
from ui.suitability.setup.page import SetupPage


@pytest.fixture
def page(qtbot, study):
    made = SetupPage()
    qtbot.addWidget(made)
    made.load(study)
    return made


def _text(page, name):
    return page.findChild(QLabel, name).text()


def test_an_unchanged_form_is_the_study_it_was_loaded_with(page, study):
    assert page.study() == study


def test_while_there_is_no_study_it_says_so_and_offers_no_run(qtbot):
    page = SetupPage()
    qtbot.addWidget(page)
    assert not page.run_button.isEnabled()
    assert not page.findChild(QLabel, "study_waiting").isHidden()
    with pytest.raises(StudyError, match="still being prepared"):
        page.study()


def test_what_is_changed_comes_out_and_what_is_not_shown_stays(qtbot, make_study):
    page = SetupPage()
    qtbot.addWidget(page)
    page.load(
        make_study(
            model="forest",
            sampling={"snap_km": 15.0, "bandwidth_km": 40.0},
            statements={"objective": "test"},
        )
    )
    page.sampling.points.setValue(500)
    page.sampling.reach.setValue(200.0)
    page.sampling.thinning.setValue(12.5)
    page.sampling.uncertainty.choose("spread")
    page.model.kind.choose("boosting")
    page.model.seed.setValue(9)
    page.evaluation.folds.choose("countries")
    page.evaluation.null_models.setValue(20)
    page.records.names.setText("Panthera pardus, Leopard ,")
    study = page.study()
    assert study.sampling.points == 500
    assert study.sampling.reach_km == 200.0
    assert study.sampling.thinning_km == 12.5
    assert study.sampling.uncertainty == "spread"
    assert study.sampling.snap_km == 15.0
    assert study.sampling.bandwidth_km == 40.0
    assert (study.model.kind, study.seed) == ("boosting", 9)
    assert (study.evaluation.folds, study.evaluation.null_models) == ("countries", 20)
    assert study.records.names == ("Panthera pardus", "Leopard")
    assert study.statements == {"objective": "test"}


def test_the_options_of_a_model_go_with_that_model_only(qtbot, make_study):
    study = make_study().model_copy(update={"model": make_study().model.model_copy()})
    page = SetupPage()
    qtbot.addWidget(page)
    options = {"regularization": 2.0}
    study = make_study(model="maxent")
    study = study.model_copy(
        update={"model": study.model.model_copy(update={"options": options})}
    )
    page.load(study)
    assert page.study().model.options == options
    page.model.kind.choose("forest")
    assert page.study().model.options == {}


def test_a_background_that_needs_a_group_says_what_is_missing(page):
    page.sampling.background.choose("country_effort")
    assert "add a file" in _text(page, "background_about")
    with pytest.raises(StudyError, match="target_group"):
        page.study()
    page.sampling.sources.add(RecordSource(path="/data/cats.csv"))
    assert page.study().sampling.target_group[0].path == "/data/cats.csv"
    assert "add a file" not in _text(page, "background_about")


def test_sections_unfold_and_tell_in_one_line_what_is_set(page, qtbot):
    page.show()
    qtbot.mouseClick(page.evaluation.head, Qt.MouseButton.LeftButton)
    assert page.evaluation.folds.isVisible()
    page.evaluation.folds.choose("countries")
    assert not page.evaluation.count.isEnabled()
    assert _text(page, "study_evaluation_summary") == "One country at a time"
    assert "2 layers" in _text(page, "study_layers_summary")
    page.close()


class TestLayers:
    def test_a_layer_that_is_switched_off_is_no_part_of_the_study(self, page):
        page.layers.model.item(1).setCheckState(Qt.CheckState.Unchecked)
        assert [layer.name for layer in page.study().covariates] == ["elevation"]
        page.layers.model.item(0).setCheckState(Qt.CheckState.Unchecked)
        with pytest.raises(StudyError, match="covariates"):
            page.study()

    def test_kind_role_and_value_without_people_of_the_chosen_layer(self, page, qtbot):
        layers = page.layers
        layers.list.setCurrentIndex(layers.model.index(1, 0))
        assert "Slope" in _text(page, "layer_about")
        assert not layers.undisturbed.isEnabled()
        layers.role.choose("disturbance")
        layers.role.activated.emit(layers.role.currentIndex())
        layers.undisturbed.setText("0,5")
        layers.undisturbed.editingFinished.emit()
        layer = page.study().covariates[1]
        assert (layer.role, layer.undisturbed) == ("disturbance", 0.5)
        assert layers.model.item(1).text() == "Slope (disturbance)"

    def test_a_value_that_is_no_number_is_told_beside_it(self, page):
        layers = page.layers
        layers.list.setCurrentIndex(layers.model.index(0, 0))
        layers.role.choose("disturbance")
        layers.undisturbed.setText("none")
        layers.undisturbed.editingFinished.emit()
        problem = page.findChild(QLabel, "study_layers_problem")
        assert not problem.isHidden()
        assert "“none” is no number" in problem.text()
        assert page.study().covariates[0].role == "habitat"

    def test_guessed_layers_are_added_with_the_reason(self, page):
        found = Covariate(name="landcover", path="/data/landcover.tif", kind="categorical")
        page.layers.add_guessed(((found, "It has a table of classes."),))
        assert page.study().covariates[-1] == found
        assert "table of classes" in _text(page, "layer_about")
        again = found.model_copy(update={"path": "/other/landcover.tif"})
        page.layers.add_guessed(((again, "Again."),))
        assert [layer.name for layer in page.study().covariates].count("landcover") == 1

    def test_files_are_asked_for_and_looked_at(self, page, qtbot):
        with qtbot.waitSignal(page.layers.files_chosen) as asked:
            page.layers._on_files(["/data/a.tif"])
        assert asked.args == [(Path("/data/a.tif"),)]
        assert not page.layers.add_button.isEnabled()
        page.layers.show_problem("a.tif is damaged.")
        assert page.layers.add_button.isEnabled()

    def test_comparing_layers_carries_the_study_as_it_stands(self, page, qtbot):
        page.layers.model.item(1).setCheckState(Qt.CheckState.Unchecked)
        with qtbot.waitSignal(page.preview_wanted) as asked:
            page.findChild(QPushButton, "layers_compare").click()
        assert [layer.name for layer in asked.args[0].covariates] == ["elevation"]


def test_a_file_with_records_is_listed_and_removed(page, qtbot):
    sources = page.records.sources
    sources.add(RecordSource(path="/data/points.csv", columns={"lon": "x"}, encoding="cp949"))
    assert "1 file" in _text(page, "study_records_summary")
    assert "cp949" in page.findChild(QLabel, "record_sources_0").toolTip()
    page.findChild(QPushButton, "record_sources_0_remove").click()
    assert sources.sources == ()
    page.records.localities.setChecked(False)
    with pytest.raises(StudyError, match="there are no records"):
        page.study()
