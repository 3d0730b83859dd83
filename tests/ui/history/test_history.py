from __future__ import annotations

import threading

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QLabel, QLineEdit, QListView, QPushButton

from planner.project import Project, SetSetting
from planner.project.travel import JournalStep
from resources.errors import PlannerError
from ui.history.panel import HistoryPanel

STEPS = (
    JournalStep(4, 3, "2026-03-01T12:00:00.000Z", "bo", "Draw corridor C", "undone", 1),
    JournalStep(3, 2, "2026-03-01T11:00:00.000Z", "ann", "Add two sites", "done", 2),
    JournalStep(2, 1, "2026-03-01T10:30:00.000Z", "ann", "Run sites", "kept", 1),
    JournalStep(1, 1, "2026-03-01T10:00:00.000Z", "ann", "Add scenario Plan", "done", 1),
)


@pytest.fixture
def panel(qtbot, theme):
    made = HistoryPanel(theme)
    qtbot.addWidget(made)
    made.resize(380, 600)
    made.show()
    yield made
    made.close()


def _titles(panel):
    model = panel.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def _choose(panel, title):
    row = _titles(panel).index(title)
    panel.list.setCurrentIndex(panel.list.model().index(row, 0))


def test_an_empty_history_says_what_would_be_here(panel):
    assert panel.findChild(QLabel, "no_history").isVisible()
    assert not panel.list.isVisible()


def test_edits_are_listed_with_who_and_when_down_to_the_beginning(panel):
    panel.show_steps(STEPS, editable=True)
    assert _titles(panel) == [
        "Draw corridor C",
        "Add two sites",
        "Add scenario Plan",
        "The project as it was made",
    ]
    told = panel.list.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "ann" in told
    assert "2 edits" in told
    assert "2026-03-01" in told


def test_records_are_shown_when_asked_for(panel):
    panel.show_steps(STEPS, editable=True)
    panel.findChild(QCheckBox, "history_all").click()
    assert "Run sites" in _titles(panel)


def test_authors_and_edits_are_found(panel, qtbot):
    panel.show_steps(STEPS, editable=True)
    qtbot.keyClicks(panel.findChild(QLineEdit, "history_find"), "bo")
    assert _titles(panel) == ["Draw corridor C"]


@pytest.mark.parametrize(
    ("title", "told", "place"),
    [
        ("Add scenario Plan", "1 edit is taken back.", 1),
        ("The project as it was made", "2 edits are taken back.", 0),
        ("Draw corridor C", "1 edit is repeated.", 3),
    ],
)
def test_the_way_to_an_edit_is_told_before_it_is_gone(panel, qtbot, title, told, place):
    panel.show_steps(STEPS, editable=True)
    _choose(panel, title)
    assert panel.findChild(QLabel, "history_told").text() == told
    with qtbot.waitSignal(panel.travel_requested) as asked:
        qtbot.mouseClick(panel.go, Qt.MouseButton.LeftButton)
    assert asked.args == [place]


def test_where_the_project_stands_there_is_nowhere_to_go(panel):
    panel.show_steps(STEPS, editable=True)
    _choose(panel, "Add two sites")
    assert not panel.go.isEnabled()


def test_a_project_for_reading_only_is_looked_at(panel):
    panel.show_steps(STEPS, editable=False)
    _choose(panel, "Add scenario Plan")
    assert not panel.go.isEnabled()


def test_what_is_still_running_and_what_is_final_is_told(panel):
    running = JournalStep(5, 1, "2026-03-02T12:00:00.000Z", "bo", "Plan", "open", 3)
    final = JournalStep(1, 1, "2026-03-01T10:00:00.000Z", "ann", "Add scenario", "final", 1)
    panel.show_steps([running, final], editable=True)
    assert _titles(panel) == ["Plan", "Add scenario"]
    _choose(panel, "Plan")
    assert "when it has ended" in panel.findChild(QLabel, "history_told").text()
    assert not panel.go.isEnabled()
    told = panel.list.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert told.endswith("final")


def test_in_the_window_one_goes_back_and_forward(bare, qtbot):
    window = bare.window
    window.open_panel("history")
    panel = window.findChild(HistoryPanel, "history_panel")
    view = window.findChild(QListView, "history_list")
    qtbot.waitUntil(lambda: view.model().rowCount() == 4, timeout=10_000)
    before = bare.session.snapshot
    _choose(panel, "The project as it was made")
    with qtbot.waitSignal(bare.session.changed, timeout=10_000):
        window.findChild(QPushButton, "history_go").click()
    assert bare.session.snapshot.sites == ()
    qtbot.waitUntil(lambda: bare.background.settled, timeout=10_000)
    qtbot.waitUntil(lambda: panel.go.isVisible() and not panel.go.isEnabled())
    _choose(panel, "Propose a joint area")
    with qtbot.waitSignal(bare.session.changed, timeout=10_000):
        panel.go.click()
    assert bare.session.snapshot.sites == before.sites
    assert bare.session.snapshot.features == before.features
    qtbot.waitUntil(lambda: bare.background.settled, timeout=10_000)


def _edit_in_turn(path, begun, go_on, fails, _control):
    """A model that edits, waits for a person to edit, and edits again."""
    with Project.open(path) as project:
        project.execute(SetSetting("model_1", 1, label="Model"))
        begun.set()
        go_on.wait(10)
        project.execute(SetSetting("model_2", 1, label="Model"))
    if fails:
        raise PlannerError("The model ended early.")


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_model_edits_beside_a_person_is_one_step(models_in_thread, bare, qtbot, fails):
    session, begun, go_on = bare.session, threading.Event(), threading.Event()

    def edit(bench, _):
        bench.project.execute(SetSetting("mine", 1, label="Mine"))

    session.model("Model", _edit_in_turn, begun, go_on, fails, failed=lambda _: None)
    assert begun.wait(10)
    with qtbot.waitSignal(session.changed, timeout=10_000):
        session.change("Edit", edit)
    assert session.snapshot.undo_label == "Mine"
    go_on.set()
    qtbot.waitUntil(lambda: session.snapshot.undo_label == "Model", timeout=10_000)
    with qtbot.waitSignal(session.changed, timeout=10_000):
        session.undo()
    assert session.snapshot.undo_label == "Mine"
    assert session.snapshot.redo_label == "Model"
    with Project.open(session.snapshot.path, read_only=True) as project:
        assert "mine" in project.settings
        assert not {"model_1", "model_2"} & project.settings.keys()
    qtbot.waitUntil(lambda: bare.background.settled, timeout=10_000)
