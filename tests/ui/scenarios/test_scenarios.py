"""The panel Scenarios and the comparison, in the window with a project and without a map."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLabel, QLineEdit

from planner.project import Project
from ui.scenarios.numbers import as_text


@pytest.fixture
def desk(bare, qtbot):
    qtbot.waitUntil(lambda: len(bare.scenarios.panel.model.rows) == 2)
    bare.window.open_panel("scenarios")
    yield bare.scenarios
    bare.scenarios.close()


@pytest.fixture
def names(bare):
    return lambda: [name for _, name in bare.session.snapshot.scenarios]


@pytest.fixture
def settled(bare, qtbot):
    def wait(condition):
        qtbot.waitUntil(lambda: condition() and bare.background.settled, timeout=20_000)

    return wait


def press(panel, name):
    QTest.mouseClick(getattr(panel, f"{name}_button"), Qt.MouseButton.LeftButton)


def test_the_list_tells_what_each_holds_and_shows_one_on_the_map(desk, bare, settled):
    model = desk.panel.model
    told = [model.describe(model.index(row))[0] for row in range(2)]
    assert told[0] == "1 proposal  ·  0 corridors"
    assert told[1] == "on the map  ·  0 proposals  ·  0 corridors"
    assert desk.panel.list.chosen == ("other",)
    assert desk.panel.note.toPlainText() == "For May."
    desk.panel.note.setPlainText("Agreed in Incheon.")
    desk.panel.choose("plan")  # the writer goes elsewhere, so the note is kept
    settled(lambda: model.rows[1].note == "Agreed in Incheon.")
    assert bare.session.snapshot.undo_label == "Change note of scenario Other"
    press(desk.panel, "show")
    settled(lambda: bare.session.snapshot.scenario == "plan")
    desk.panel.note.setPlainText("Written last.")
    bare.window.close()
    with Project.open(bare.session.snapshot.path, read_only=True) as project:
        assert project.scenarios()[0].note == "Written last."


def test_a_new_scenario_is_shown_and_named_in_place(desk, bare, names, settled, qtbot):
    press(desk.panel, "new")
    settled(lambda: bare.session.snapshot.scenario == "new-scenario")
    qtbot.waitUntil(lambda: desk.panel.list.findChild(QLineEdit) is not None)
    editor = desk.panel.list.findChild(QLineEdit)
    editor.setText("Wide corridors")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    settled(lambda: names()[-1] == "Wide corridors")
    assert bare.session.snapshot.undo_label == "Rename scenario New scenario to Wide corridors"
    bare.session.undo()
    bare.session.undo()
    settled(lambda: names() == ["Plan", "Other"])
    desk.rename("other", "plan")
    settled(lambda: "already" in desk.panel.problem.text())
    assert names() == ["Plan", "Other"]


def test_the_usual_keys_duplicate_copy_paste_and_remove(desk, bare, names, settled, qtbot):
    control = Qt.KeyboardModifier.ControlModifier
    desk.panel.choose("plan")
    with qtbot.waitSignal(desk.said):
        QTest.keyClick(desk.panel.list, Qt.Key.Key_C, control)
    QTest.keyClick(desk.panel.list, Qt.Key.Key_D, control)
    settled(lambda: names()[-1] == "Plan, copy")
    settled(lambda: desk.panel.model.rows[-1].proposals == 1)
    press(desk.panel, "paste")
    settled(lambda: names()[-1] == "Plan 2")
    assert bare.session.snapshot.undo_label == "Paste scenario Plan 2"
    desk.panel.choose("plan")
    QTest.keyClick(desk.panel.list, Qt.Key.Key_Delete)
    settled(lambda: names() == ["Other", "Plan, copy", "Plan 2"])
    bare.session.undo()
    settled(lambda: len(names()) == 4)
    QApplication.clipboard().setText("nothing")
    press(desk.panel, "paste")
    settled(lambda: "holds no scenario" in desk.panel.problem.text())
    assert not desk.panel.problem.isHidden()
    assert len(names()) == 4


def test_numbers_stand_side_by_side_with_what_differs(desk, bare, settled):
    desk.panel.list.choose(("plan", "other"))
    press(desk.panel, "numbers")
    panel = desk.comparison
    settled(lambda: panel.comparison is not None)
    assert panel.isVisible()
    assert panel.title.text() == "Plan  –  Other"
    model = panel.tree.model()
    headings = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(4)]
    assert headings == ["", "Plan", "Other", "Difference"]
    group = model.index(0, 0)
    first = [model.index(0, column, group).data() for column in range(4)]
    assert first == ["Number of proposals", "1", "0", "−1"]
    entry = panel.list.model().index(0, 0)
    assert entry.data() == "Joint area"
    assert entry.data(int(Qt.ItemDataRole.AccessibleTextRole)) == "Joint area: only in Plan"

    every = model.rowCount(group)
    panel.only.setChecked(True)
    assert 0 < model.rowCount(model.index(0, 0)) < every
    panel.copy.click()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["Number", "Unit", "Species", "Country", "Plan", "Other"]
    assert len(lines) < len(as_text(panel.comparison, panel.comparison.lines).splitlines())

    bare.session.undo()  # the proposal is back in both
    settled(lambda: panel.list.model().rowCount() == 0)
    same = panel.findChild(QLabel, "comparison_none")
    assert same.text() == "Plan and Other hold the same proposals and corridors."
    desk.show_numbers(tuple("abcdefg"))
    assert "At most 6" in desk.panel.problem.text()


def test_without_a_map_comparing_maps_says_so(desk, bare, qtbot):
    with qtbot.waitSignal(bare.compare.said) as said:
        desk.show_maps(("plan", "other"))
    assert "no map" in said.args[0]
