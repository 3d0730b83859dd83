"""The width of one corridor: the widest way, and all ways together."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.control import NULL_CONTROL
from planner.pipeline.widths import CorridorCells, WideningGround, measure_width

CELL = (100.0, 100.0)


def width_of(picture: str):
    grid = np.array([list(line.strip()) for line in picture.split()])
    cells = CorridorCells(np.isin(grid, ["s", "t"]), grid == "A", grid == "B")
    cost = np.where(grid == "t", np.nan, 1.0)  # a town in the corridor
    ground = WideningGround(cost, np.zeros(grid.shape, np.bool_), 300.0)
    return measure_width(ground, cells, CELL, NULL_CONTROL)


def test_a_town_in_the_corridor_makes_it_narrow():
    width = width_of(
        """
        AAssssssssBB
        AAssssttssBB
        AAssssttssBB
        AAssssttssBB
        """
    )
    assert width.passage.width_m == 100.0
    (stretch,) = width.narrow
    assert (stretch.width_m, stretch.shortfall_m) == (100.0, 200.0)


def test_a_core_smaller_than_the_corridor_is_not_its_weakest_place():
    width = width_of(
        """
        AAAssssssssssssss
        AAAssssssssssssss
        AAAsssssssssssBss
        AAAssssssssssssss
        AAAssssssssssssss
        """
    )
    assert width.passage.width_m == 500.0
    assert width.flow_m == pytest.approx(500.0, rel=0.06)
    assert width.flow.columns.max() < 13  # across the corridor, not around the small core


def test_all_ways_together_are_never_narrower_than_the_widest():
    width = width_of(
        """
        AA......BB
        AAssssssBB
        AAssssssBB
        AA......BB
        """
    )
    # The cut alone is 5 % too short along rows.
    assert (width.passage.width_m, width.flow_m) == (200.0, 200.0)


def test_ways_side_by_side_are_added_up():
    width = width_of(
        """
        AAssssssBB
        AAssssssBB
        AA......BB
        AAssssssBB
        AAssssssBB
        """
    )
    assert width.passage.width_m == 200.0
    assert width.flow_m == pytest.approx(400.0, rel=0.06)


def test_where_one_disc_lies_against_both_cores_no_place_is_between_them():
    width = width_of(
        """
        AAAAAAAAA
        AAAAAAAAA
        AAAAAAAAA
        AAAAAAAAA
        AAAAAAAAA
        AAAABAAAA
        """
    )
    assert width.passage.width_m > 100.0
    assert width.flow is None
    assert width.flow_m is None
