"""What is wrong with a shape is told, and its repair offered."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from planner.drawing.repairing import MOST_TOLD, problems_of, repair

BOW = Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])


def test_sound_shape_has_no_problem_and_needs_no_repair():
    assert problems_of(box(0, 0, 1, 1)) == ()
    offered = repair(box(0, 0, 1000, 1000))
    assert offered.changes == ()
    assert offered.area_km2 == 1.0


def test_bow_crosses_in_the_middle_and_becomes_two_parts():
    (problem,) = problems_of(BOW)
    assert problem.kind == "crossing"
    assert problem.at == (500, 500)
    offered = repair(BOW)
    assert offered.geometry.is_valid
    assert offered.area_km2 == pytest.approx(0.5)
    assert offered.changes[0] == "The area becomes 2 parts."


def test_loop_drawn_twice_over_stays_land():
    pentagram = Polygon([(0, 3), (2, -3), (-3, 1), (3, 1), (-2, -3)])
    assert len(problems_of(pentagram)) == 5
    assert repair(pentagram).geometry.contains(shapely.Point(0, 0))


def test_spike_runs_back_over_itself():
    spike = Polygon([(0, 0), (1000, 0), (1000, 500), (2000, 500), (1000, 500), (1000, 1000)])
    assert problems_of(spike)
    assert repair(spike).geometry.bounds == (0, 0, 1000, 1000)


def test_hole_outside_and_holes_that_overlap():
    square = [(0, 0), (10, 0), (10, 10), (0, 10)]
    outside = Polygon(square, [[(20, 0), (22, 0), (22, 2)]])
    assert [item.kind for item in problems_of(outside)] == ["hole_outside"]
    assert repair(outside).geometry.area == 100
    holes = [[(1, 1), (5, 1), (5, 5), (1, 5)], [(3, 3), (7, 3), (7, 7), (3, 7)]]
    assert [item.kind for item in problems_of(Polygon(square, holes))] == ["overlap"]
    assert repair(Polygon(square, holes)).geometry.area == pytest.approx(100 - 28)


def test_parts_that_overlap_are_joined():
    whole = MultiPolygon([box(0, 0, 10, 10), box(5, 0, 15, 10)])
    assert [item.kind for item in problems_of(whole)] == ["overlap"]
    offered = repair(whole)
    assert offered.geometry.area == 150
    assert offered.changes[0] == "The area becomes 1 part."


def test_nothing_is_no_area():
    assert [item.kind for item in problems_of(Polygon())] == ["empty"]
    flat = Polygon([(0, 0), (10, 0), (5, 0)])
    assert problems_of(flat)
    assert repair(flat).geometry.is_empty
    assert "encloses no land" in repair(flat).changes[0]


def test_many_crossings_are_told_in_short():
    low = [(float(x), float(x % 2)) for x in range(101)]
    high = [(float(x), 1.0 - x % 2) for x in range(100, -1, -1)]
    told = problems_of(Polygon(low + high))
    assert len(told) == MOST_TOLD + 1
    assert "more places" in told[-1].text


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=12))
def test_whatever_is_drawn_is_told_of_or_sound(corners):
    shape = Polygon(corners)
    told = problems_of(shape)
    assert bool(told) == (not shape.is_valid)
    offered = repair(shape)
    assert offered.geometry.is_valid
    if not offered.geometry.is_empty:
        assert problems_of(offered.geometry) == ()
        assert shape.convex_hull.buffer(1e-9).covers(offered.geometry)
