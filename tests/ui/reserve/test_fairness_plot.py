"""The price of fairness: points that are solutions."""

from __future__ import annotations

import math

import pytest
from PyQt6.QtCore import Qt

from ui.reserve.fairness_plot import FairDot, FairnessPlot, dot_told

DOTS = (
    FairDot("fair_2", 0.9, 130.0, 125.0, 0.3),
    FairDot("best", 0.1, 100.0, 99.0, 0.0),
    FairDot("fair_1", 0.5, 110.0, math.nan, 0.1),
)


@pytest.fixture
def plot(shown, theme):
    made = shown(FairnessPlot(theme), 340, 240)
    made.show_dots(DOTS)
    return made


def test_points_stand_in_the_order_of_evenness(plot):
    assert [dot.solution for dot in plot.dots] == ["best", "fair_1", "fair_2"]
    assert plot.place_of(0).x() < plot.place_of(1).x() < plot.place_of(2).x()
    assert plot.place_of(0).y() > plot.place_of(2).y()


def test_a_click_on_a_point_opens_its_solution(plot, qtbot):
    with qtbot.waitSignal(plot.solution_chosen) as caught:
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.place_of(1).toPoint())
    assert caught.args == ["fair_1"]


def test_a_click_beside_the_points_opens_nothing(plot, qtbot):
    with qtbot.assertNotEmitted(plot.solution_chosen, wait=50):
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.rect().center())


def test_keys_go_from_point_to_point(plot, qtbot):
    told = []
    plot.told.connect(told.append)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    qtbot.keyClick(plot, Qt.Key.Key_End)
    assert told[-1] == "Evenness 0.90, cost 130: 30 % more than without regard to shares."
    with qtbot.waitSignal(plot.solution_chosen) as caught:
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert caught.args == ["fair_2"]


def test_the_solution_on_the_map_is_told(plot):
    told = []
    plot.told.connect(told.append)
    plot.mark("best")
    assert told == [dot_told(DOTS[1])]
    plot.mark("another")
    assert told[-1] == ""


def test_one_point_or_none_is_drawn(plot):
    plot.show_dots(DOTS[:1])
    assert not plot.grab().isNull()
    plot.show_dots(())
    assert not plot.grab().isNull()
