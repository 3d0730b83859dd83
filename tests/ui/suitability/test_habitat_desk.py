"""Modelling habitat in the whole window: run, cancel, failure, results, choice, undo."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from affine import Affine
from PyQt6.QtWidgets import QLabel

from layers.grid import Grid
from layers.raster import write_cog
from planner.project import Project
from planner.suitability import study_from
from resources.errors import PlannerError
from ui.start.choice import OpenProject
from ui.suitability import work

pytestmark = pytest.mark.usefixtures("models_in_thread")

SPECIES = "amur-leopard"
RUN = "aaaaaaaaaaaa"


@pytest.fixture
def open_with_runs(without_qgis, make_desktop, project_path, qtbot, write_run, make_study):
    """Open a window on a project with two finished runs."""
    with Project.open(project_path) as project:
        write_run(project, RUN)
        write_run(project, "bbbbbbbbbbbb", make_study("forest"))
    made = make_desktop()
    with qtbot.waitSignals([made.session.opened, made.engine.unavailable], timeout=20_000):
        made.start(OpenProject(project_path))
    qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)
    made.window.open_panel("species")
    made.parts.panels.species.choose_species(SPECIES)
    return made


def _show(desktop, qtbot, run_id=RUN):
    with qtbot.waitSignal(desktop.habitat.results_wanted, timeout=20_000):
        desktop.parts.panels.species.run_chosen.emit(run_id)


def _problem(desktop):
    return desktop.window.findChild(QLabel, "habitat_problem").text()


def test_a_run_is_shown_in_place_of_the_map_with_its_layers(open_with_runs, qtbot):
    desktop = open_with_runs
    _show(desktop, qtbot)
    assert desktop.window.results_shown
    ids = [spec.layer_id for spec in desktop.desk.layers.specs]
    assert f"run_{RUN}_suitability" in ids
    assert not desktop.desk.layers.is_on(f"run_{RUN}_suitability")
    desktop.parts.results.closed.emit()
    assert not desktop.window.results_shown


def test_a_map_of_a_run_is_shown_alone_among_those_of_habitat(open_with_runs, qtbot):
    desktop = open_with_runs
    _show(desktop, qtbot)
    for name in ("suitability", "similarity"):
        desktop.parts.results.map_wanted.emit(f"run_{RUN}_{name}")
        on = [i for i in desktop.desk.layers.visible_ids if i.startswith("run_")]
        assert on == [f"run_{RUN}_{name}"]
        assert not desktop.window.results_shown


def test_a_number_is_asked_from_what(open_with_runs, qtbot):
    desktop = open_with_runs
    _show(desktop, qtbot)
    desktop.parts.results.stage_wanted.emit("evaluate")
    assert desktop.window.findChild(QLabel, "inspector_title").text() == "Evaluation"


def test_a_run_is_chosen_with_a_reason_and_undo_takes_it_back(open_with_runs, qtbot):
    desktop = open_with_runs
    _show(desktop, qtbot)
    results = desktop.parts.results
    results.choose_button.click()
    results.reason.setText("Holds across the border")
    with qtbot.waitSignal(desktop.session.changed, timeout=20_000):
        results.confirm_button.click()
    habitat = desktop.session.snapshot.habitat
    assert habitat.choices[SPECIES].run_id == RUN
    assert "Holds across the border" in desktop.window.findChild(QLabel, "results_about").text()
    with qtbot.waitSignal(desktop.session.changed, timeout=20_000):
        desktop.session.undo()
    assert SPECIES not in desktop.session.snapshot.habitat.choices
    assert desktop.window.results_shown


def test_two_runs_are_compared(open_with_runs, qtbot):
    desktop = open_with_runs
    _show(desktop, qtbot)
    desktop.parts.results.compare_button.click()
    page = desktop.parts.results.compared
    qtbot.waitUntil(
        lambda: any("Settings that differ" in w.text() for w in page.findChildren(QLabel)),
        timeout=20_000,
    )


def test_modelling_records_the_run_and_shows_it(
    open_with_runs, qtbot, monkeypatch, study, write_run, project_path
):
    desktop = open_with_runs
    asked = []

    def run(made, path, control):
        asked.append((made, path))
        control.say("Evaluation")
        control.report(0.5)
        return made

    def record(made, bench, control):
        write_run(bench.project, "dddddddddddd", made)
        return "dddddddddddd"

    monkeypatch.setattr(work, "default_study", lambda species, control: study)
    monkeypatch.setattr(work, "run_study_of", run)
    monkeypatch.setattr(work, "record_run", record)
    with qtbot.waitSignal(desktop.habitat.results_wanted, timeout=20_000):
        desktop.parts.panels.species.run_button.click()
        assert not desktop.parts.panels.species.run_button.isEnabled()
    assert asked == [(study, project_path)]
    assert desktop.parts.results.run_id == "dddddddddddd"
    assert desktop.parts.panels.species.run_button.isEnabled()


def test_a_cancelled_run_ends_at_its_next_report(open_with_runs, qtbot, monkeypatch, study):
    desktop = open_with_runs
    started, panel = threading.Event(), desktop.parts.panels.species
    pause, cancelled, reports = threading.Event(), threading.Event(), []

    def run(made, path, control):
        started.set()
        while True:
            reports.append(cancelled.is_set())
            control.report(0.1)
            pause.wait(0.02)

    monkeypatch.setattr(work, "default_study", lambda species, control: study)
    monkeypatch.setattr(work, "run_study_of", run)
    panel.run_button.click()
    assert started.wait(5)
    with qtbot.waitSignal(desktop.habitat.said) as said:
        panel.cancel_requested.emit()
        cancelled.set()
    assert "Cancelled" in said.args[0]
    assert sum(reports) <= 1
    assert panel.run_button.isEnabled()


def test_a_run_that_cannot_be_done_says_why_beside_the_button(
    open_with_runs, qtbot, monkeypatch, study
):
    desktop = open_with_runs

    def run(made, path, control):
        raise PlannerError("No presence is left to learn from. Add records.")

    monkeypatch.setattr(work, "default_study", lambda species, control: study)
    monkeypatch.setattr(work, "run_study_of", run)
    desktop.parts.panels.species.run_button.click()
    qtbot.waitUntil(lambda: "No presence is left" in _problem(desktop))
    assert desktop.parts.panels.species.run_button.isEnabled()


def test_a_run_that_is_not_finished_says_how_to_go_on(
    open_with_runs, qtbot, project_path, write_run
):
    desktop = open_with_runs
    with qtbot.waitSignal(desktop.session.changed, timeout=20_000):
        desktop.session.change(
            "Test", lambda bench, _: str(write_run(bench.project, "e" * 12, record=False).path)
        )
    desktop.habitat.show_run("e" * 12)
    qtbot.waitUntil(lambda: "not finished" in _problem(desktop))
    panel = desktop.parts.panels.species
    panel.model_requested.disconnect()  # asked is enough; nothing shall be run
    with qtbot.waitSignal(panel.model_requested) as asked:
        panel.run_button.click()
    assert asked.args[1].title == "Suitability for the Amur leopard"


def test_records_are_looked_at_beside_the_window(open_with_runs, qtbot, records_file, study):
    desktop = open_with_runs
    panel = desktop.parts.panels.species
    panel.open_setup()
    panel.show_draft(study)
    sources = panel.setup.records.sources
    sources.look_at(records_file)
    qtbot.waitUntil(lambda: sources.dialog is not None, timeout=20_000)
    with qtbot.waitSignal(sources.changed):
        sources.dialog.use_button.click()
    assert panel.setup.study().records.sources[0].encoding == "koi8-r"
    sources.look_at(records_file.parent / "missing.csv")
    problem = desktop.window.findChild(QLabel, "record_sources_problem")
    qtbot.waitUntil(lambda: "missing.csv" in problem.text(), timeout=20_000)


def test_a_raster_that_cannot_be_read_is_told_among_the_layers(
    open_with_runs, qtbot, tmp_path, study
):
    desktop = open_with_runs
    panel = desktop.parts.panels.species
    panel.open_setup()
    panel.show_draft(study)
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"II*\x00 no raster")
    panel.setup.layers._on_files([str(broken)])
    problem = desktop.window.findChild(QLabel, "study_layers_problem")
    qtbot.waitUntil(lambda: "broken.tif" in problem.text(), timeout=20_000)


def test_search_brings_the_map_back(open_with_runs, qtbot):
    desktop = open_with_runs
    _show(desktop, qtbot)
    site = desktop.session.snapshot.findable()[0][0]
    desktop.desk.select(site)
    assert not desktop.window.results_shown


def test_a_study_on_plain_files_is_really_run_and_shown(open_with_runs, qtbot, tmp_path):
    desktop = open_with_runs
    rng = np.random.default_rng(4)
    grid = Grid("EPSG:4326", Affine(0.05, 0, 130.0, 0, -0.05, 44.0), (40, 40))
    warmth = np.tile(np.linspace(0.0, 1.0, 40), (40, 1)) + rng.normal(0, 0.02, (40, 40))
    for name, values in (("warmth", warmth), ("noise", rng.random((40, 40)))):
        write_cog(tmp_path / f"{name}.tif", values.astype(np.float32), grid)
    points = tmp_path / "points.csv"
    rows = [
        f"{131.2 + 0.7 * rng.random():.4f},{42.1 + 1.8 * rng.random():.4f}" for _ in range(60)
    ]
    points.write_text("longitude,latitude\n" + "\n".join(rows) + "\n")
    study = study_from(
        {
            "species": "Ovis ammon",
            "records": {"sources": [{"path": str(points)}]},
            "covariates": [
                {"name": name, "path": str(tmp_path / f"{name}.tif")}
                for name in ("warmth", "noise")
            ],
            "model": {"kind": "maxent"},
            "sampling": {"points": 200},
            "evaluation": {
                "folds": "random", "count": 2, "bootstraps": 20, "importance_repeats": 1
            },
        }
    )  # fmt: skip
    panel = desktop.parts.panels.species
    with qtbot.waitSignal(desktop.habitat.results_wanted, timeout=120_000):
        panel.model_requested.emit("Ovis ammon", study)
    results = desktop.habitat.view.results
    assert results.species == panel.chosen_species == "Ovis ammon"
    assert results.evaluation.auc.value > 0.6
    assert desktop.session.snapshot.habitat.run(results.run_id).finished
    assert not panel.findChild(QLabel, "habitat_problem").text()
