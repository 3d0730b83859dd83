"""The species panel: species, runs, and the button that models a habitat."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QLabel

from planner.jobs import JobRunner
from planner.suitability import choose_run
from planner.suitability.study import RecordSource
from ui.suitability import work
from ui.suitability.panel import SpeciesPanel
from ui.suitability.runs import RUN_ROLE
from ui.suitability.state import ANOTHER_SPECIES, habitat_state, run_detail

SPECIES = "amur-leopard"


@pytest.fixture
def panel(qtbot, theme):
    made = SpeciesPanel(theme)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


@pytest.fixture
def state(project, write_run, make_study):
    write_run(project, "aaaaaaaaaaaa")
    write_run(project, "bbbbbbbbbbbb", make_study("forest"))
    write_run(project, "cccccccccccc", make_study("boosting"), record=False)
    choose_run(project, "bbbbbbbbbbbb", "It holds across the border.")
    return habitat_state(project, ("amur-tiger", SPECIES))


def _text(panel, name):
    return panel.findChild(QLabel, name).text()


def test_species_of_the_region_stand_first_and_runs_newest_first(state):
    assert state.species[:2] == ("amur-tiger", SPECIES)
    assert "snow-leopard" in state.species
    ids = [run.run_id[0] for run in state.runs_of(SPECIES)]
    assert ids == ["c", "b", "a"]
    assert state.choices[SPECIES].reason == "It holds across the border."
    assert run_detail(state.run("bbbbbbbbbbbb")).startswith("chosen")
    assert run_detail(state.run("cccccccccccc")).startswith("not finished")


def test_without_runs_it_teaches_what_would_be_here(panel, state):
    panel.show_state(state, "")
    panel.choose_species("amur-tiger")
    assert not panel.list.isVisible()
    assert any("No models yet" in w.text() for w in panel.findChildren(QLabel))
    assert panel.run_button.isEnabled()


def test_choosing_a_run_tells_which(panel, state, qtbot):
    panel.show_state(state, "")
    panel.choose_species(SPECIES)
    assert _text(panel, "habitat_count") == "2 finished runs"
    index = panel.model.index(1)
    with qtbot.waitSignal(panel.run_chosen) as told:
        panel.list.clicked.emit(index)
    assert told.args == ["bbbbbbbbbbbb"]
    panel.list.setCurrentIndex(index)
    panel.show_state(state, "")
    assert panel.list.currentIndex().data(RUN_ROLE) == "bbbbbbbbbbbb"


def test_one_click_models_with_defaults(panel, state, qtbot):
    panel.show_state(state, "")
    panel.choose_species("amur-tiger")
    with qtbot.waitSignal(panel.model_requested) as asked:
        panel.run_button.click()
    assert asked.args == ["amur-tiger", None]


def test_a_species_without_a_profile_needs_a_name_and_records(panel, state, qtbot, no_control):
    panel.show_state(state, "")
    with qtbot.waitSignal(panel.draft_wanted) as asked:
        panel.choose_species(ANOTHER_SPECIES)
    panel.show_draft(work.default_study(asked.args[0], no_control))
    records = panel.setup.records
    assert records.species.isVisible()
    panel.setup.run_button.click()
    assert "Give the species a name" in _text(panel, "study_problem")
    records.species.setText("Ovis ammon")
    panel.setup.run_button.click()
    assert "there are no records" in _text(panel, "study_problem")
    records.sources.add(RecordSource(path="/data/argali.csv"))
    with qtbot.waitSignal(panel.model_requested) as asked:
        panel.setup.run_button.click()
    species, study = asked.args
    assert species == study.species == "Ovis ammon"
    assert {layer.role for layer in study.covariates} == {"habitat"}


def test_leaving_the_form_of_another_species_goes_back_to_a_known_one(panel, state):
    panel.show_state(state, "")
    panel.choose_species(ANOTHER_SPECIES)
    panel.close_setup()
    assert panel.chosen_species == "amur-tiger"
    assert panel.pages.currentWidget() is not panel.setup


def test_a_project_for_reading_only_says_why_nothing_can_be_run(panel, state):
    panel.show_state(state, "Open for reading only: locked by somebody.")
    assert not panel.run_button.isEnabled()
    assert "locked by somebody" in _text(panel, "habitat_hint")


def test_what_was_set_up_is_run_and_kept(panel, state, study, qtbot):
    panel.show_state(state, "")
    panel.choose_species(SPECIES)
    with qtbot.waitSignal(panel.draft_wanted) as asked:
        panel.setup_button.click()
    assert asked.args == [SPECIES]
    assert not panel.setup.run_button.isEnabled()
    panel.show_draft(study)
    assert panel.setup.run_button.isEnabled()
    panel.setup.sampling.points.setValue(321)
    with qtbot.waitSignal(panel.model_requested) as asked:
        panel.setup.run_button.click()
    assert asked.args[1].sampling.points == 321
    panel.setup_button.click()
    assert panel.setup.sampling.points.value() == 321
    panel.close_setup()
    assert "your set-up" in _text(panel, "habitat_hint")


def test_a_form_that_makes_no_sense_is_not_left_nor_run(panel, state, study):
    panel.show_state(state, "")
    panel.choose_species(SPECIES)
    panel.open_setup()
    panel.show_draft(study)
    panel.setup.records.localities.setChecked(False)
    panel.setup.run_button.click()
    assert "there are no records" in _text(panel, "study_problem")
    panel.close_setup()
    assert panel.pages.currentWidget() is panel.setup


def test_a_run_that_goes_on_shows_its_stage_and_can_be_cancelled(panel, state, qtbot):
    panel.show_state(state, "")
    with JobRunner() as runner:

        def work(control):
            control.say("Evaluation")
            control.report(0.4)

        job = runner.submit(work, "Model the habitat")
        job.wait(5)
        panel.show_job(job)
        assert not panel.run_button.isEnabled()
        assert _text(panel, "habitat_progress_label") == "Evaluation"
        with qtbot.waitSignal(panel.cancel_requested):
            panel._progress.cancel.click()
    panel.show_job(None)
    assert panel.run_button.isEnabled()
    assert not panel._progress.isVisible()
