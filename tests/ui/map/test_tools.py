from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction, QColor
from PyQt6.QtWidgets import QMenu, QToolButton, QWidget

from resources.errors import UsageError
from ui.map.tool import MapTool
from ui.map.tool_bar import MapToolBar

REGION = (0.0, 0.0, 4000.0, 3000.0)
LEFT = Qt.MouseButton.LeftButton


class Recorder(MapTool):
    """Writes down what it hears; takes what the test wants it to take."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, takes=()):
        super().__init__()
        self.takes = set(takes)
        self.heard = []

    def _hear(self, what, told):
        self.heard.append((what, told))
        return what in self.takes

    def activated(self):
        self.heard.append(("activated", None))

    def deactivated(self):
        self.heard.append(("deactivated", None))

    def pressed(self, pointer):
        return self._hear("pressed", pointer)

    def moved(self, pointer):
        return self._hear("moved", pointer)

    def released(self, pointer):
        return self._hear("released", pointer)

    def double_clicked(self, pointer):
        return self._hear("double_clicked", pointer)

    def key_pressed(self, event):
        return self._hear("key", event.key())

    def paint(self, painter, view, theme):
        painter.fillRect(0, 0, view.width_px, view.height_px, QColor("#ff0000"))

    @property
    def words(self):
        return [what for what, _ in self.heard]


@pytest.fixture
def shown(canvas):
    canvas.set_region(REGION)
    return canvas


def test_a_tool_begins_and_ends_and_paints_last(shown, qtbot):
    tool = Recorder()
    with qtbot.waitSignal(shown.tool_changed):
        shown.set_tool(tool)
    assert shown.tool is tool
    assert shown.cursor().shape() == Qt.CursorShape.CrossCursor
    assert shown.grab().toImage().pixelColor(5, 5).name() == "#ff0000"
    tool.finished.emit()
    assert shown.tool is None
    assert tool.words == ["activated", "deactivated"]
    assert shown.grab().toImage().pixelColor(5, 5).name() != "#ff0000"


def test_a_tool_that_takes_the_press_drags_and_the_map_stays(shown, qtbot):
    tool = Recorder({"pressed", "moved", "released"})
    shown.set_tool(tool)
    before = shown.view
    qtbot.mousePress(shown, LEFT, pos=QPoint(100, 100))
    qtbot.mouseMove(shown, QPoint(200, 120))
    qtbot.mouseRelease(shown, LEFT, pos=QPoint(200, 120))
    assert shown.view == before
    assert tool.words == ["activated", "pressed", "moved", "released"]
    pressed, released = tool.heard[1][1], tool.heard[-1][1]
    assert pressed.place == pytest.approx(before.to_map(100, 100))
    assert released.resolution == before.resolution


def test_a_tool_that_leaves_the_press_lets_a_drag_move_the_map(shown, qtbot):
    tool = Recorder({"released"})
    clicks = []
    shown.place_clicked.connect(lambda *at: clicks.append(at))
    shown.set_tool(tool)
    before = shown.view
    qtbot.mousePress(shown, LEFT, pos=QPoint(100, 100))
    qtbot.mouseMove(shown, QPoint(200, 120))
    qtbot.mouseRelease(shown, LEFT, pos=QPoint(200, 120))
    assert shown.view.centre != before.centre
    assert "released" not in tool.words
    qtbot.mouseClick(shown, LEFT, pos=QPoint(50, 50))
    assert tool.words[-1] == "released"
    assert clicks == []


def test_a_double_click_that_is_taken_does_not_click_again(shown, qtbot):
    tool = Recorder({"double_clicked", "released"})
    shown.set_tool(tool)
    before = shown.view
    qtbot.mouseClick(shown, LEFT, pos=QPoint(50, 50))
    qtbot.mouseDClick(shown, LEFT, pos=QPoint(50, 50))
    qtbot.mouseRelease(shown, LEFT, pos=QPoint(50, 50))
    assert tool.words[-1] == "double_clicked"
    assert shown.view == before


def test_escape_is_the_tools_first_and_then_gives_the_tool_back(shown, qtbot):
    tool = Recorder({"key"})
    shown.set_tool(tool)
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.tool is tool
    tool.takes.clear()
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.tool is None


def test_keys_of_a_tool_are_not_shortcuts_of_the_window(qtbot, shown):
    window = QWidget()
    qtbot.addWidget(window)
    undone = []
    action = QAction("Delete", window)
    action.setShortcut("Backspace")
    action.triggered.connect(lambda: undone.append(1))
    window.addAction(action)
    shown.setParent(window)
    window.show()
    shown.show()
    window.activateWindow()
    shown.setFocus()
    qtbot.waitUntil(shown.hasFocus)
    tool = Recorder({"key"})
    shown.set_tool(tool)
    qtbot.keyClick(shown, Qt.Key.Key_Backspace)
    assert undone == []
    assert tool.heard[-1] == ("key", Qt.Key.Key_Backspace)
    shown.set_tool(None)
    qtbot.keyClick(shown, Qt.Key.Key_Backspace)
    assert undone == [1]
    shown.setParent(None)
    window.close()


@pytest.fixture
def bar(shown, theme, qtbot):
    made = MapToolBar(shown, theme)
    qtbot.addWidget(made)
    return made


def _action(text, name):
    action = QAction(text)
    action.setObjectName(name)
    return action


def test_the_bar_marks_the_tool_in_the_hand(bar, shown, qtbot):
    pan, draw, tool = _action("Move the map", "pan"), _action("Draw", "draw"), Recorder()
    bar.add(pan, None, icon_name="view")
    bar.add(draw, tool, icon_name="corridors")
    pan_button = bar.findChild(QToolButton, "tool_pan")
    draw_button = bar.findChild(QToolButton, "tool_draw")
    assert (pan_button.isChecked(), draw_button.isChecked()) == (True, False)
    qtbot.mouseClick(draw_button, LEFT)
    assert shown.tool is tool
    assert (pan_button.isChecked(), draw_button.isChecked()) == (False, True)
    qtbot.mouseClick(draw_button, LEFT)
    assert draw_button.isChecked()
    assert draw.isChecked()
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert (pan.isChecked(), draw.isChecked()) == (True, False)


def test_a_group_holds_its_tools_in_a_menu(bar, shown):
    first, second = _action("Distance", "d"), _action("Area", "a")
    tools = Recorder(), Recorder()
    menu = bar.add_group("measure", "Measure", "view")
    bar.add(first, tools[0], icon_name="corridors", group="measure")
    bar.add(second, tools[1], icon_name="proposals", group="measure")
    assert isinstance(menu, QMenu)
    assert menu.actions() == [first, second]
    second.trigger()
    assert shown.tool is tools[1]
    assert bar.findChild(QToolButton, "tools_measure").isChecked()
    with pytest.raises(UsageError):
        bar.add(_action("x", "x"), None, icon_name="view", group="none")
    with pytest.raises(UsageError):
        bar.add_group("measure", "Again", "view")


def test_a_disabled_action_disables_its_button(bar):
    action = _action("Draw", "draw")
    bar.add(action, Recorder(), icon_name="corridors")
    action.setEnabled(False)
    assert not bar.findChild(QToolButton, "tool_draw").isEnabled()
