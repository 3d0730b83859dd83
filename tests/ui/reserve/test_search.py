"""A search from the panel: found, stopped, cancelled, refused, and gone on with."""

from __future__ import annotations

import threading
import time

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDoubleSpinBox, QLabel, QPushButton

from algorithms.reserve.solution import Moment
from planner.jobs import JobState
from planner.project import Project
from planner.reserve.run_folder import ReserveRun
from resources.errors import PlannerError
from ui.apart import RelayedWatch
from ui.reserve import work
from ui.reserve.overlay import SelectedLand

pytestmark = pytest.mark.usefixtures("models_in_thread")

WAIT_MS = 60_000


@pytest.fixture
def panel(desktop):
    return desktop.parts.panels.proposals


def _press(qtbot, root, name):
    button = root.findChild(QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _text(root, name):
    return root.findChild(QLabel, name).text()


def _settle(qtbot, desktop):
    qtbot.waitUntil(lambda: desktop.background.settled, timeout=WAIT_MS)


def _loaded_setup(qtbot, desktop, panel):
    """Ask for large units, so that the search is over in a moment."""
    _press(qtbot, panel, "set_up_search")
    qtbot.waitUntil(lambda: panel.setup.is_loaded, timeout=WAIT_MS)
    panel.findChild(QDoubleSpinBox, "units_size").setValue(20.0)
    panel.findChild(QDoubleSpinBox, "search_gap").setValue(2.0)


def test_a_search_shows_what_it_found_and_paints_it(desktop, panel, qtbot):
    _loaded_setup(qtbot, desktop, panel)
    _press(qtbot, panel, "reserve_back")
    _press(qtbot, panel, "find_proposals")
    qtbot.waitUntil(panel.findings.isVisible, timeout=WAIT_MS)
    _settle(qtbot, desktop)
    view = panel.findings.view
    assert view.finished
    assert "of the best" in _text(panel, "solution_quality") or "best possible" in _text(
        panel, "solution_quality"
    )
    assert panel.findings.holds.table.texts()[0][0] == "Amur tiger, habitat"
    assert panel.findings.holds.plot.steps
    canvas = desktop.parts.map_area.canvas
    qtbot.waitUntil(lambda: canvas.overlay("solution") is not None, timeout=WAIT_MS)
    land = canvas.overlay("solution")
    assert isinstance(land, SelectedLand)
    assert land.patches[0].hatched
    assert land.patches[1].geometry.area > 0
    assert panel.runs.model().rowCount() == 1
    _press(qtbot, panel, "findings_back")
    assert desktop.parts.map_area.canvas.overlay("solution") is None


def test_what_is_set_up_is_what_is_asked(desktop, panel, qtbot):
    _loaded_setup(qtbot, desktop, panel)
    panel.setup.name.setText("Large units")
    _press(qtbot, panel, "find_with_setup")
    qtbot.waitUntil(panel.findings.isVisible, timeout=WAIT_MS)
    _settle(qtbot, desktop)
    run = ReserveRun.open(desktop.session.snapshot.path)
    assert (run.request.title, run.request.units.size_km) == ("Large units", 20.0)
    assert panel.findings.view.title == "Large units"


def test_targets_out_of_reach_are_told_beside_the_targets(desktop, panel, qtbot):
    _loaded_setup(qtbot, desktop, panel)
    table = panel.setup.targets.table
    table.model().setData(table.model().index(0, 1), "9000000 km²")
    _press(qtbot, panel, "find_with_setup")
    problem = panel.findChild(QLabel, "proposals_problem")
    qtbot.waitUntil(problem.isVisible, timeout=WAIT_MS)
    assert "Amur tiger" in problem.text()
    _press(qtbot, panel, "mend_request")
    beside = panel.findChild(QLabel, "reserve_targets_problem")
    assert beside.isVisible()
    assert beside.text() == problem.text()
    _settle(qtbot, desktop)
    assert desktop.session.snapshot.searches.runs == ()


def test_a_file_that_is_not_there_is_told_beside_its_field(desktop, panel, qtbot):
    _loaded_setup(qtbot, desktop, panel)
    panel.setup.cost.kind.choose("raster")
    panel.setup.cost.file.line.setText("/no/such/raster.tif")
    _press(qtbot, panel, "find_with_setup")
    qtbot.waitUntil(panel.mend_button.isVisible, timeout=WAIT_MS)
    _press(qtbot, panel, "mend_request")
    assert "/no/such/raster.tif" in _text(panel, "reserve_cost_problem")
    _settle(qtbot, desktop)


def _slowly(real, begun, turns):
    """Return a search that tells of progress until it is stopped, then really searches."""

    def search(request, watch, bench, control):
        at, going_on = 0, True
        while going_on:
            at += 1
            turns.append(at)
            control.report(0.2)
            going_on = watch.told(Moment(at * 0.01, 1000.0 - at, 10.0 + at, None, None))
            begun.set()
            time.sleep(0.005)
        return real(request, RelayedWatch(control), bench, control)

    return search


def test_a_search_is_stopped_and_what_it_found_is_kept(desktop, panel, qtbot, monkeypatch):
    begun = threading.Event()
    monkeypatch.setattr(work, "find_proposals", _slowly(work.find_proposals, begun, []))
    _loaded_setup(qtbot, desktop, panel)
    _press(qtbot, panel, "find_with_setup")
    card = panel.search
    qtbot.waitUntil(card.plot.isVisible, timeout=WAIT_MS)
    assert "gap" in _text(panel, "search_told")
    assert not panel.find_button.isEnabled()
    _press(qtbot, panel, "stop_and_keep")
    assert not card.stop_button.isEnabled()
    qtbot.waitUntil(panel.findings.isVisible, timeout=WAIT_MS)
    _settle(qtbot, desktop)
    assert not card.isVisible()
    assert panel.findings.view.solutions


def test_a_search_that_is_cancelled_ends_at_its_next_report(desktop, panel, qtbot, monkeypatch):
    begun, turns = threading.Event(), []
    monkeypatch.setattr(work, "find_proposals", _slowly(work.find_proposals, begun, turns))
    _press(qtbot, panel, "find_proposals")
    qtbot.waitUntil(begun.is_set, timeout=WAIT_MS)
    qtbot.waitUntil(panel.search.isVisible)
    (job,) = (job for job in desktop.background.jobs if job.state is JobState.RUNNING)
    qtbot.mouseClick(panel.search.progress.cancel, Qt.MouseButton.LeftButton)
    asked_at = len(turns)
    assert job.cancel_requested
    qtbot.waitUntil(panel.find_button.isEnabled, timeout=WAIT_MS)
    assert len(turns) <= asked_at + 1
    assert not panel.search.isVisible()
    _settle(qtbot, desktop)


def test_a_search_that_fails_says_why_beside_its_button(desktop, panel, qtbot, monkeypatch):
    def fail(*_):
        raise PlannerError("The disk is full. Free some space.")

    monkeypatch.setattr(work, "find_proposals", fail)
    _press(qtbot, panel, "find_proposals")
    problem = panel.findChild(QLabel, "proposals_problem")
    qtbot.waitUntil(problem.isVisible, timeout=WAIT_MS)
    assert problem.text() == "The disk is full. Free some space."
    assert not panel.mend_button.isVisible()
    _settle(qtbot, desktop)


def test_a_search_that_was_ended_half_way_goes_on(open_desktop, found_path, qtbot):
    run = ReserveRun.open(found_path)
    best = run.solution("best").solution()
    run.save_solution("incumbent", best, label="Best when ended", kind="incumbent")
    (run.folder / "solutions" / "best.json").unlink()
    desktop = open_desktop(found_path)
    panel = desktop.parts.panels.proposals
    index = panel.runs.model().index(0, 0)
    assert "half-way" in index.data(int(Qt.ItemDataRole.StatusTipRole))
    panel.runs.clicked.emit(index)
    qtbot.waitUntil(panel.findings.isVisible, timeout=WAIT_MS)
    _settle(qtbot, desktop)
    assert "half-way" in _text(panel, "findings_unfinished")
    assert panel.findings.solution.currentText() == "Best when ended"
    _press(qtbot, panel, "search_on")
    qtbot.waitUntil(lambda: panel.findings.view.finished, timeout=WAIT_MS)
    _settle(qtbot, desktop)
    assert not panel.findings.resume_button.isVisible()


def test_a_damaged_search_is_named(open_desktop, found_path):
    run = ReserveRun.open(found_path)
    (run.folder / "request.toml").write_text("units = 3", encoding="utf-8")
    panel = open_desktop(found_path).parts.panels.proposals
    title = panel.findChild(QLabel, "runs_title")
    assert f"cannot be read: {run.run_id[:6]}" in title.text()
    assert run.run_id in title.toolTip()


def test_a_project_that_is_only_read_offers_no_search(open_desktop, found_path):
    with Project.open(found_path):
        panel = open_desktop(found_path).parts.panels.proposals
        assert not panel.find_button.isEnabled()
        assert panel.runs.model().rowCount() == 1
