from __future__ import annotations

import pytest
import shapely
from PyQt6.QtCore import Qt

from planner.drawing.snapping import SnapIndex, lines_of
from ui.drawing.sketch_tool import SketchTool

RIGHT = Qt.MouseButton.RightButton
CONTROL = Qt.KeyboardModifier.ControlModifier
REGION = (0.0, 0.0, 4000.0, 3000.0)


@pytest.fixture
def corridor(shown, snapping):
    tool = SketchTool("corridor", snapping)
    tool.describe = lambda _a, _b: "12 km"
    shown.set_tool(tool)
    return tool


@pytest.fixture
def area(shown, snapping):
    tool = SketchTool("area", snapping)
    shown.set_tool(tool)
    return tool


def _near(points, *wanted):
    assert len(points) == len(wanted)
    for point, place in zip(points, wanted, strict=True):
        assert point == pytest.approx(place, abs=6)


def test_clicks_set_the_middle_line_and_a_double_click_ends_it(corridor, hand, qtbot):
    hand.click(500, 500)
    hand.click(1500, 900)
    with qtbot.waitSignal(corridor.completed) as told:
        hand.double_click(2500, 700)
    _near(told.args[0].points, (500, 500), (1500, 900), (2500, 700))
    assert told.args[0].width_m == 2000
    assert corridor.sketch.points == ()


@pytest.mark.parametrize("end", ["enter", "right", "own"])
def test_a_line_is_ended_by_enter_the_right_button_or_its_last_point(
    end, corridor, hand, qtbot
):
    hand.click(500, 500)
    hand.click(1500, 900)
    with qtbot.waitSignal(corridor.completed):
        if end == "enter":
            hand.key(Qt.Key.Key_Return)
        elif end == "right":
            hand.click(3000, 300, button=RIGHT)
        else:
            hand.click(1500, 900)


def test_an_area_is_closed_at_its_first_corner(area, hand, qtbot):
    for place in ((500, 500), (1500, 500), (1500, 1200)):
        hand.click(*place)
    with qtbot.waitSignal(area.completed) as told:
        hand.click(505, 500)
    _near(told.args[0].points, (500, 500), (1500, 500), (1500, 1200))


def test_two_corners_are_no_area(area, hand, qtbot):
    hand.click(500, 500)
    hand.click(1500, 500)
    with qtbot.assertNotEmitted(area.completed), qtbot.waitSignal(area.advice) as told:
        hand.key(Qt.Key.Key_Return)
    assert "three corners" in told.args[0]
    assert len(area.sketch.points) == 2


def test_backspace_and_the_undo_keys_go_back_and_forth(corridor, hand):
    for place in ((500, 500), (1500, 900), (2500, 700)):
        hand.click(*place)
    hand.key(Qt.Key.Key_Backspace)
    assert len(corridor.sketch.points) == 2
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert len(corridor.sketch.points) == 1
    hand.key(Qt.Key.Key_Y, CONTROL)
    hand.key(Qt.Key.Key_Y, CONTROL)
    assert len(corridor.sketch.points) == 3


def test_undo_pressed_once_too_often_is_told_and_stays_with_the_tool(corridor, hand, qtbot):
    hand.click(500, 500)
    hand.key(Qt.Key.Key_Z, CONTROL)
    for _ in range(2):
        with qtbot.waitSignal(corridor.exhausted) as told:
            hand.key(Qt.Key.Key_Z, CONTROL)
        assert told.args == [False]
    hand.key(Qt.Key.Key_Y, CONTROL)
    assert len(corridor.sketch.points) == 1
    with qtbot.waitSignal(corridor.exhausted) as told:
        hand.key(Qt.Key.Key_Y, CONTROL)
    assert told.args == [True]


def test_escape_drops_the_drawing_then_the_tool(corridor, shown, hand, qtbot):
    hand.click(500, 500)
    with qtbot.waitSignal(corridor.dropped) as told:
        hand.key(Qt.Key.Key_Escape)
    assert len(told.args[0].points) == 1
    assert shown.tool is corridor
    hand.key(Qt.Key.Key_Escape)
    assert shown.tool is None


def test_another_tool_drops_the_drawing_too(corridor, shown, hand, qtbot):
    hand.click(500, 500)
    with qtbot.waitSignal(corridor.dropped):
        shown.set_tool(None)


def test_a_drag_moves_the_map_and_sets_no_point(corridor, shown, hand):
    before = shown.view.centre
    hand.drag((1000, 1000), (1300, 1000), (1600, 1000))
    assert shown.view.centre[0] < before[0]
    assert corridor.sketch.points == ()


def test_what_is_drawn_follows_the_pointer(corridor, hand):
    hand.click(500, 500)
    assert corridor.wish is None or corridor.wish.length == 0
    hand.move(1500, 500)
    assert corridor.wish.length == pytest.approx(1000, abs=15)


def test_brackets_change_the_width(corridor, hand):
    hand.key(Qt.Key.Key_BracketRight)
    assert corridor.sketch.width_m == pytest.approx(2200)
    hand.key(Qt.Key.Key_BracketLeft)
    assert corridor.sketch.width_m == pytest.approx(2000)


def test_points_snap_to_lines_unless_control_is_held(corridor, hand):
    hand.click(1240, 2060)
    hand.click(1480, 2070)
    hand.click(2200, 2060, CONTROL)
    points = corridor.sketch.points
    assert points[0][1] == 2000.0
    assert points[1] == (1500.0, 2000.0)
    assert points[2][1] == pytest.approx(2060, abs=6)


def test_a_kind_that_is_switched_off_is_not_snapped_to(corridor, snapping, hand):
    snapping.switch_kind("border", on=False)
    hand.click(1240, 2060)
    assert corridor.sketch.points[0][1] == pytest.approx(2060, abs=6)


def test_t_traces_along_a_line(corridor, snapping, hand):
    hand.key(Qt.Key.Key_T)
    assert snapping.tracing
    hand.click(500, 2000)
    hand.click(2000, 2000)
    assert corridor.sketch.points == (
        (500.0, 2000.0),
        (1000.0, 2000.0),
        (1500.0, 2000.0),
        (2000.0, 2000.0),
    )


def test_a_digit_asks_for_the_entry_field(corridor, hand, qtbot):
    with qtbot.waitSignal(corridor.entry_wanted) as told:
        hand.key(Qt.Key.Key_4)
    assert told.args == ["4"]


def test_a_stroke_is_a_whole_area(shown, snapping, hand, qtbot):
    tool = SketchTool("area", snapping, freehand=True)
    shown.set_tool(tool)
    before = shown.view
    with qtbot.waitSignal(tool.completed) as told:
        hand.drag((600, 600), (900, 500), (1400, 600), (1700, 1000), (1200, 1500), (700, 1200))
    assert shown.view == before
    assert len(told.args[0].points) >= 5


def test_a_click_alone_is_no_stroke(shown, snapping, hand, qtbot):
    tool = SketchTool("area", snapping, freehand=True)
    shown.set_tool(tool)
    with qtbot.assertNotEmitted(tool.completed):
        hand.click(600, 600)


def test_it_is_painted_in_every_state(corridor, shown, hand):
    def colours():
        image = shown.grab().toImage()
        return {
            image.pixelColor(x, y).name()
            for x in range(0, image.width(), 3)
            for y in range(0, image.height(), 3)
        }

    empty = colours()
    hand.click(500, 500)
    hand.click(1500, 900)
    hand.move(2500, 2000)
    drawn = colours()
    assert "#5b3fa0" in drawn - empty
    assert "#0b5fd0" in drawn


def test_a_drawing_can_be_taken_up_again(corridor, hand, qtbot):
    hand.click(500, 500)
    hand.click(1500, 900)
    sketch = corridor.sketch
    hand.key(Qt.Key.Key_Escape)
    corridor.take_up(sketch)
    with qtbot.waitSignal(corridor.completed) as told:
        hand.key(Qt.Key.Key_Return)
    assert told.args[0] == sketch


def test_with_tracing_the_way_turns_where_lines_meet(corridor, snapping, hand):
    river = shapely.LineString([(500, 500), (1500, 700), (2500, 500)])
    border = shapely.LineString([(1500, 100), (1500, 700), (1500, 2500)])
    lines = [*lines_of(river, "river", ""), *lines_of(border, "border", "A – B")]
    snapping.source = SnapIndex.from_lines(lines)
    snapping.network = snapping.lines.network(REGION)
    snapping.switch_tracing(on=True)
    hand.click(500, 500)
    hand.move(1500, 2500)
    hand.click(1500, 2500)
    _near(corridor.sketch.points, (500, 500), (1500, 700), (1500, 2500))
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert len(corridor.sketch.points) == 1  # what was traced goes in one step
    hand.click(1500, 2500, CONTROL)
    assert len(corridor.sketch.points) == 2
