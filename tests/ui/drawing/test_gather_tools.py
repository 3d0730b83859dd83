from __future__ import annotations

from types import SimpleNamespace

import pytest
from PyQt6.QtCore import Qt
from shapely.geometry import Point, box

from ui.drawing.gather_tool import GatherTool, PlaceTool, Thing
from ui.drawing.pair_tool import PairTool

THINGS = (
    Thing("a", "Site A", box(200, 200, 1000, 1000)),
    Thing("b", "Site B", box(2000, 200, 2800, 1000)),
    Thing("c", "Site C", box(1000, 1800, 1800, 2600)),
)


def find(x, y, reach):
    return next((t for t in THINGS if t.geometry.distance(Point(x, y)) <= reach), None)


@pytest.fixture
def gather(shown):
    tool = GatherTool(find, least=2, hint="Click sites.")
    shown.set_tool(tool)
    return tool


def _keys(things):
    return [thing.key for thing in things]


def test_clicks_gather_and_enter_ends(gather, hand, qtbot):
    hand.click(600, 600)
    hand.click(2400, 600)
    hand.click(3500, 2800)
    with qtbot.waitSignal(gather.completed) as told:
        hand.key(Qt.Key.Key_Return)
    assert _keys(told.args[0]) == ["a", "b"]
    assert gather.things == ()


def test_a_second_click_takes_away_and_too_few_are_told(gather, hand, qtbot):
    hand.click(600, 600)
    hand.click(2400, 600)
    hand.click(600, 600)
    assert _keys(gather.things) == ["b"]
    with (
        qtbot.assertNotEmitted(gather.completed),
        qtbot.waitSignal(gather.advice) as told,
    ):
        hand.key(Qt.Key.Key_Return)
    assert told.args == ["Click sites."]


def test_what_is_selected_is_gathered_already(shown, gather, hand, qtbot):
    shown.set_tool(None)
    gather.begin_with([THINGS[2]])
    shown.set_tool(gather)
    hand.click(600, 600)
    with qtbot.waitSignal(gather.completed) as told:
        hand.key(Qt.Key.Key_Enter)
    assert _keys(told.args[0]) == ["c", "a"]


def test_backspace_and_escape_go_back(gather, shown, hand):
    hand.click(600, 600)
    hand.click(2400, 600)
    hand.key(Qt.Key.Key_Backspace)
    assert _keys(gather.things) == ["a"]
    hand.key(Qt.Key.Key_Escape)
    assert gather.things == ()
    hand.key(Qt.Key.Key_Escape)
    assert shown.tool is None


def test_a_brush_gathers_under_a_drag(shown, hand, qtbot):
    tool = GatherTool(find, least=1, hint="", brush=True)
    shown.set_tool(tool)
    before = shown.view
    hand.drag((600, 600), (1500, 600), (2400, 600), (2500, 600))
    assert shown.view == before
    assert _keys(tool.things) == ["a", "b"]
    hand.drag((2400, 600), (1500, 600), (600, 600))
    assert tool.things == ()


def test_a_place_is_waited_for(shown, hand, qtbot):
    tool = PlaceTool(find, hint="Click a hole.")
    shown.set_tool(tool)
    with qtbot.assertNotEmitted(tool.chosen, wait=20):
        hand.click(3500, 2800)
    with qtbot.waitSignal(tool.chosen) as told:
        hand.click(600, 600)
    assert told.args[0].key == "a"


class Ways:
    def path_to(self, x, y):
        reached = y < 2700
        return SimpleNamespace(points=((600.0, 600.0), (x, y)), reached=reached, reason="sea")


@pytest.fixture
def pair(shown):
    tool = PairTool(find, 500.0)
    shown.set_tool(tool)
    return tool


def test_the_way_follows_the_pointer_from_the_first_site(pair, hand, qtbot):
    with qtbot.waitSignal(pair.begun) as told:
        hand.click(600, 600)
    assert told.args[0].key == "a"
    hand.move(1500, 1500)
    assert pair.line == ()
    pair.set_ways("a", Ways())
    hand.move(1600, 1500)
    assert pair.line[-1] == pytest.approx((1600, 1500), abs=6)
    with qtbot.waitSignal(pair.completed) as told:
        hand.click(2400, 600)
    assert [thing.key for thing in told.args] == ["a", "b"]


def test_where_no_way_leads_is_told(pair, hand):
    hints = []
    pair.advice.connect(hints.append)
    hand.click(600, 600)
    pair.set_ways("a", Ways())
    hand.move(2000, 2900)
    assert pair.line == ()
    assert "No way leads there" in hints[-1]


def test_ways_of_a_site_that_was_left_are_not_shown(pair, hand):
    hand.click(600, 600)
    hand.key(Qt.Key.Key_Escape)
    pair.set_ways("a", Ways())
    hand.move(1600, 1500)
    assert pair.line == ()


def test_the_same_site_twice_and_no_site_are_told(pair, hand, qtbot):
    with qtbot.waitSignal(pair.advice, check_params_cb=lambda t: "no site here" in t):
        hand.click(3500, 2500)
    hand.click(600, 600)
    with qtbot.waitSignal(pair.advice, check_params_cb=lambda t: "another one" in t):
        hand.click(700, 700)
    assert pair.first.key == "a"
