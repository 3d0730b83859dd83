"""Ways along lines that meet, against ways that are worked out by hand and by brute force."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from planner.drawing import tracing
from planner.drawing.tracing import TooDenseError, TraceNetwork

RIVER = [(0, 0), (500, 100), (1000, 0), (1500, 0)]
BORDER = [(1000, -500), (1000, 800)]
RING = [(600, 800), (1400, 800), (1400, 1600), (600, 1600), (600, 800)]


def network(*lines):
    return TraceNetwork.of([np.array(line, dtype=float) for line in lines])


def test_way_turns_from_line_to_line_where_they_meet():
    found = network(RIVER, BORDER, RING).path((250, 50), (600, 1200))
    assert found == ((250, 50), (500, 100), (1000, 0), (1000, 800), (600, 800), (600, 1200))


def test_way_along_one_edge_either_way():
    lines = network([(0, 0), (100, 50), (200, 0), (300, 0)])
    assert lines.path((20, 10), (250, 0)) == ((20, 10), (100, 50), (200, 0), (250, 0))
    assert lines.path((250, 0), (20, 10)) == ((250, 0), (200, 0), (100, 50), (20, 10))


def test_shorter_way_round_a_ring():
    ring = network(RING)
    assert ring.path((600, 900), (700, 800)) == ((600, 900), (600, 800), (700, 800))
    found = ring.path((1400, 1500), (600, 1500))
    assert found == ((1400, 1500), (1400, 1600), (600, 1600), (600, 1500))


def test_of_two_lines_between_the_same_places_the_shorter_is_followed():
    detour = [(0, 0), (500, 900), (1000, 0)]
    found = network(detour, [(0, 0), (1000, 0)], [(-100, 0), (0, 0)], [(1000, 0), (1100, 0)])
    assert found.path((-50, 0), (1050, 0)) == ((-50, 0), (0, 0), (1000, 0), (1050, 0))


def test_lines_that_touch_but_for_rounding_are_joined():
    third = 1000 / 3
    lines = network([(0, 0), (1000, 1000)], [(third, third + 1e-9), (0, 2000)])
    found = lines.path((100, 100), (third / 2, (third + 2000) / 2))
    assert len(found) == 3
    assert found[1] == pytest.approx((third, third), abs=0.02)


def test_no_way_where_lines_are_apart_or_the_place_is_on_none():
    lines = network(RIVER, [(0, 5000), (100, 5000)])
    assert lines.path((250, 50), (50, 5000)) is None
    assert lines.path((250, 50), (250, 300)) is None
    assert network().path((0, 0), (1, 1)) is None


def test_too_many_lines_are_told(monkeypatch):
    monkeypatch.setattr(tracing, "MOST_VERTICES", 5)
    with pytest.raises(TooDenseError, match="6 vertices; up to 5") as told:
        network(RIVER, BORDER)
    assert told.value.count == 6


def test_lines_that_cross_each_other_all_over_are_too_many():
    steps = range(0, 1000, 4)
    across = [[(x, -10), (x, 1010)] for x in steps]
    along = [[(-10, y), (1010, y)] for y in steps]
    with pytest.raises(TooDenseError):
        network(*across, *along)


def _brute_force(size, walls, start, end):
    """Return the length of the shortest way over a lattice with some of its edges."""
    nodes = list(itertools.product(range(size), repeat=2))
    away = dict.fromkeys(nodes, math.inf)
    away[start] = 0.0
    for _ in nodes:
        for a, b in walls:
            step = math.dist(a, b)
            away[b] = min(away[b], away[a] + step)
            away[a] = min(away[a], away[b] + step)
    return away[end]


LATTICE = [
    edge
    for x, y in itertools.product(range(4), repeat=2)
    for edge in (((x, y), (x + 1, y)), ((x, y), (x, y + 1)))
    if edge[1][0] < 4 and edge[1][1] < 4
]


@settings(deadline=None, max_examples=40)
@given(st.sets(st.sampled_from(LATTICE), min_size=3), st.data())
def test_way_over_a_lattice_is_as_short_as_can_be(walls, data):
    nodes = sorted({node for wall in walls for node in wall})
    start, end = data.draw(st.sampled_from(nodes)), data.draw(st.sampled_from(nodes))
    lines = network(*([(100 * x, 100 * y) for x, y in wall] for wall in walls))
    found = lines.path(*((100.0 * x, 100.0 * y) for x, y in (start, end)))
    shortest = _brute_force(4, walls, start, end)
    if math.isinf(shortest):
        assert found is None
    elif start != end:
        assert LineString(found).length == pytest.approx(100 * shortest, abs=0.1)
