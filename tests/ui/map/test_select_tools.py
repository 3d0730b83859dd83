from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt

from ui.map.picked import Picked, combined
from ui.map.tools.select import SelectBoxTool, SelectClickTool, SelectPolygonTool
from ui.snapshot import Selection

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shown(canvas):
    canvas.set_region((0.0, 0.0, 4000.0, 3000.0))
    yield canvas
    canvas.set_tool(None)


def _drag(qtbot, canvas, start, end, modifiers=PLAIN):
    qtbot.mousePress(canvas, LEFT, modifiers, QPoint(*start))
    qtbot.mouseMove(canvas, QPoint(*end))
    qtbot.mouseRelease(canvas, LEFT, modifiers, QPoint(*end))


@pytest.mark.parametrize(("held", "how"), [(PLAIN, "replace"), (SHIFT, "add"), (CTRL, "take")])
def test_a_box_tells_its_corners_and_what_the_keys_ask_for(shown, qtbot, held, how):
    tool = SelectBoxTool()
    shown.set_tool(tool)
    view = shown.view
    with qtbot.waitSignal(tool.area_chosen) as told:
        _drag(qtbot, shown, (50, 60), (150, 200), held)
    corners, asked = told.args
    assert asked == how
    assert corners[0] == pytest.approx(view.to_map(50, 60))
    assert corners[2] == pytest.approx(view.to_map(150, 200))
    assert shown.view == view
    assert tool.box == ()


def test_a_box_of_a_pixel_is_a_click(shown, qtbot):
    tool = SelectBoxTool()
    shown.set_tool(tool)
    with qtbot.waitSignal(tool.place_chosen) as told, qtbot.assertNotEmitted(tool.area_chosen):
        _drag(qtbot, shown, (50, 60), (51, 60))
    assert told.args[0] == pytest.approx(shown.view.to_map(51, 60))


def test_escape_drops_a_box_that_is_being_drawn(shown, qtbot):
    tool = SelectBoxTool()
    shown.set_tool(tool)
    qtbot.mousePress(shown, LEFT, PLAIN, QPoint(50, 60))
    qtbot.mouseMove(shown, QPoint(90, 90))
    assert len(tool.box) == 4
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert tool.box == ()
    assert shown.tool is tool
    with qtbot.assertNotEmitted(tool.area_chosen):
        qtbot.mouseRelease(shown, LEFT, PLAIN, QPoint(120, 120))
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.tool is None


def test_an_outline_ends_with_a_double_click_and_is_ready_for_the_next(shown, qtbot):
    tool = SelectPolygonTool()
    shown.set_tool(tool)
    for at in ((50, 50), (150, 50), (100, 150)):
        qtbot.mouseClick(shown, LEFT, PLAIN, QPoint(*at))
    with qtbot.waitSignal(tool.area_chosen) as told:
        qtbot.mouseDClick(shown, LEFT, CTRL, QPoint(100, 150))
    corners, how = told.args
    assert how == "take"
    assert len(corners) == 3
    assert tool.corners == ()


def test_a_click_selects_and_a_drag_moves_the_map(shown, qtbot):
    tool = SelectClickTool()
    shown.set_tool(tool)
    shown.zoom(4.0)
    centre = shown.view.centre
    with qtbot.assertNotEmitted(tool.place_chosen):
        _drag(qtbot, shown, (50, 60), (150, 200))
    assert shown.view.centre != centre
    with qtbot.waitSignal(tool.place_chosen) as told:
        qtbot.mouseClick(shown, LEFT, SHIFT, QPoint(20, 30))
    assert told.args[1] == "add"


A, B, C = (Selection("site", "a"), Selection("site", "b"), Selection("corridor", "c"))


def test_what_is_picked_is_combined_and_counted(qtbot):
    picked = Picked()
    with qtbot.waitSignal(picked.changed):
        picked.combine([A, C], "replace")
    picked.combine([B, A], "add")
    assert picked.items == (A, C, B)
    assert picked.keys("site") == ("a", "b")
    assert picked.told() == "Selected: 2 sites, 1 corridor"
    picked.combine([A, B], "take")
    assert picked.items == (C,)
    with qtbot.assertNotEmitted(picked.changed):
        picked.set((C,))
    picked.clear()
    assert picked.told() == ""


def test_features_are_combined_too():
    assert combined((1, 2), (5, 2), "add") == (1, 2, 5)
    assert combined((1, 2), (2,), "take") == (1,)
    assert combined((1, 2), (9, 3), "replace") == (3, 9)
