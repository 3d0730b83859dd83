from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.corridors.curve import ResistanceCurve
from ui.corridors.points import CLOSEST, LEAST_RESISTANCE, MOST_RESISTANCE, CurvePoints

THREE = CurvePoints(((0.0, 100.0), (0.5, 10.0), (1.0, 1.0)))


def test_points_are_taken_along_a_curve():
    found = CurvePoints.along([0.0, 0.5, 1.0], [100.0, 10.0, 1.0])
    assert found.pairs[0] == (0.0, 100.0)
    assert found.pairs[-1] == (1.0, 1.0)
    assert dict(found.pairs)[0.2] == 64.0


def test_between_points_the_curve_is_straight_and_level_beyond_them():
    inner = CurvePoints(((0.2, 50.0), (0.6, 10.0)))
    assert inner.resistance_at(0.4) == pytest.approx(30.0)
    assert inner.resistance_at(0.0) == 50.0
    assert inner.resistance_at(1.0) == 10.0


def test_a_point_stays_between_its_neighbours():
    assert THREE.moved(1, (2.0, 20.0)).pairs[1] == (1.0 - CLOSEST, 20.0)
    assert THREE.moved(1, (-1.0, 20.0)).pairs[1] == (CLOSEST, 20.0)


def test_the_ends_keep_their_suitability_and_stay():
    assert THREE.moved(0, (0.4, 70.0)).pairs[0] == (0.0, 70.0)
    assert THREE.without(0) == THREE
    assert THREE.without(2) == THREE
    assert THREE.without(1).pairs == ((0.0, 100.0), (1.0, 1.0))


def test_a_point_is_added_where_none_is_near():
    added, at = THREE.with_point((0.25, 40.0))
    assert (at, added.pairs[1]) == (1, (0.25, 40.0))
    same, at = THREE.with_point((0.505, 40.0))
    assert (same, at) == (THREE, 1)


_moves = st.lists(
    st.tuples(st.integers(0, 2), st.floats(-1, 2), st.floats(-10, 1e6)), max_size=12
)


@given(_moves)
def test_whatever_is_drawn_is_a_curve_that_can_be_used(moves):
    points = THREE
    for at, x, y in moves:
        points, _ = points.moved(at, (x, y)).with_point((min(max(x, 0.0), 1.0), y))
    curve = ResistanceCurve(kind="points", points=points.pairs)
    assert all(LEAST_RESISTANCE <= value <= MOST_RESISTANCE for _, value in curve.points)
