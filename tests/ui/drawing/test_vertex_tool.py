from __future__ import annotations

import pytest
import shapely
from PyQt6.QtCore import Qt
from shapely.geometry import LineString, box

from ui.drawing.vertex_tool import VertexTool, vertex_places

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def tool(shown, snapping):
    made = VertexTool(snapping)
    made.set_shape(box(1000, 500, 2000, 1500))
    shown.set_tool(made)
    return made


def test_a_corner_is_dragged(tool, hand, qtbot):
    with qtbot.waitSignal(tool.edited) as told:
        hand.drag((2000, 1500), (2100, 1600), (2300, 1700))
    assert told.args[0].bounds == pytest.approx((1000, 500, 2300, 1700), abs=6)
    assert tool.shape is told.args[0]


def test_a_corner_snaps_while_it_is_dragged(tool, hand, qtbot):
    with qtbot.waitSignal(tool.edited) as told:
        hand.drag((2000, 1500), (2100, 1700), (2460, 1960))
    assert (2500.0, 2000.0) in {
        tuple(p) for p in shapely.get_coordinates(told.args[0]).tolist()
    }


def test_a_drag_of_an_edge_adds_a_corner(tool, hand, qtbot):
    with qtbot.waitSignal(tool.edited) as told:
        hand.drag((2000, 1000), (2200, 1000), (2600, 1000))
    assert shapely.get_num_coordinates(told.args[0]) == 6
    assert told.args[0].bounds[2] == pytest.approx(2600, abs=6)


def test_a_double_click_on_an_edge_adds_a_corner_there(tool, hand, qtbot):
    with qtbot.waitSignal(tool.edited) as told:
        hand.double_click(1500, 500)
    assert shapely.get_num_coordinates(told.args[0]) == 6
    assert told.args[0].area == pytest.approx(1e6, rel=0.01)


def test_delete_takes_the_chosen_corner_away(tool, hand, qtbot):
    hand.click(2000, 1500)
    assert tool.chosen is not None
    with qtbot.waitSignal(tool.edited) as told:
        hand.key(Qt.Key.Key_Delete)
    assert told.args[0].area == pytest.approx(0.5e6)


def test_a_triangle_keeps_its_corners(tool, hand, qtbot):
    tool.set_shape(shapely.Polygon([(1000, 500), (2000, 500), (2000, 1500)]))
    hand.click(2000, 1500)
    with qtbot.waitSignal(tool.refused) as told, qtbot.assertNotEmitted(tool.edited):
        hand.key(Qt.Key.Key_Delete)
    assert "three corners" in told.args[0]


def test_keys_go_from_corner_to_corner_and_move_them(tool, hand, qtbot):
    hand.key(Qt.Key.Key_Period)
    first = tool.chosen
    hand.key(Qt.Key.Key_Period)
    assert tool.chosen != first
    hand.key(Qt.Key.Key_Comma)
    assert tool.chosen == first
    with qtbot.waitSignal(tool.edited):
        hand.key(Qt.Key.Key_Right, SHIFT)
    assert tool.shape.area > 1e6


def test_elsewhere_a_drag_moves_the_map(tool, shown, hand, qtbot):
    before = shown.view.centre
    with qtbot.assertNotEmitted(tool.edited):
        hand.drag((3000, 2500), (3200, 2500), (3400, 2500))
    assert shown.view.centre[0] < before[0]


def test_a_middle_line_is_moved_with_its_band(tool, hand, qtbot):
    tool.set_shape(LineString([(500, 500), (1500, 900), (2500, 700)]), width_m=400)
    previews = []
    tool.previewed.connect(previews.append)
    with qtbot.waitSignal(tool.edited) as told:
        hand.drag((1500, 900), (1500, 1100), (1500, 1300))
    assert told.args[0].geom_type == "LineString"
    assert previews


def test_escape_ends(tool, shown, hand):
    hand.key(Qt.Key.Key_Escape)
    assert shown.tool is None


def test_every_corner_has_a_place():
    ring = box(0, 0, 10, 10).difference(box(4, 4, 6, 6))
    assert len(vertex_places(ring)) == 8
    assert len(vertex_places(LineString([(0, 0), (1, 1), (2, 0)]))) == 3
