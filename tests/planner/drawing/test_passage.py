"""Widths of areas without ends, against shapes whose answer is known."""

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from planner.drawing.passage import REACH, REACHED_SHARE, narrowest_passage

RECTANGLE = box(0, 0, 9000, 1000)
RING = Point(0, 0).buffer(4000, 32).difference(Point(0, 0).buffer(3000, 32))
ELL = shapely.union_all([box(0, 0, 6000, 1000), box(0, 0, 1000, 6000)])
DUMBBELL = shapely.union_all(
    [Point(0, 0).buffer(2000), Point(9000, 0).buffer(2000), box(0, -150, 9000, 150)]
)
LOLLIPOP = shapely.union_all([box(0, -250, 9000, 250), Point(9500, 0).buffer(1200)])


@pytest.mark.parametrize(
    ("shape", "width_m"),
    [
        (RECTANGLE, 1000),
        (box(0, 0, 1000, 1000), 1000),
        (Point(0, 0).buffer(1000, 32), 2000),
        (RING, 1000),
        (ELL, 1000),
        (DUMBBELL, 300),
        (LOLLIPOP, 500),
    ],
    ids=["rectangle", "square", "disc", "ring", "ell", "dumbbell", "lollipop"],
)
@pytest.mark.parametrize("live", [True, False])
def test_width_of_known_shapes(shape, width_m, live):
    found = narrowest_passage(shape, live=live)
    assert found.width_m == pytest.approx(width_m, rel=0.015)
    assert found.between == "parts"


def test_place_is_told_only_where_there_is_a_narrower_one():
    assert narrowest_passage(RECTANGLE).at is None
    assert narrowest_passage(RING).at is None
    x, y = narrowest_passage(DUMBBELL).at
    assert 1900 <= x <= 7100
    assert abs(y) <= 150


def test_wedge_is_as_wide_as_the_disc_that_reaches_nine_tenths():
    """A disc of radius r stands r / sin(a) from the tip; a tenth of the area lies before it."""
    length, half = 10_000, 1_000
    found = narrowest_passage(Polygon([(0, 0), (length, half), (length, -half)]))
    slope = math.sin(math.atan(half / length))
    from_tip = length * math.sqrt(1 - REACHED_SHARE)
    radius = from_tip * slope / (1 - REACH * slope)
    assert found.width_m == pytest.approx(2 * radius, rel=0.03)


def test_small_parts_do_not_count():
    spur = box(9000, 450, 9200, 550)
    assert narrowest_passage(RECTANGLE.union(spur)).width_m == pytest.approx(1000, rel=0.015)


def test_of_several_pieces_the_largest_is_looked_at():
    both = MultiPolygon([RECTANGLE, box(0, 5000, 300, 5300)])
    assert narrowest_passage(both).width_m == pytest.approx(1000, rel=0.015)
    assert narrowest_passage(Polygon()) is None


def test_quick_answer_says_how_far_the_outline_was_simplified():
    turns = [2 * math.pi * n / 3000 for n in range(3000)]
    radius = [60_000 + 3_000 * math.sin(40 * turn) for turn in turns]
    rough = Polygon(
        [(r * math.cos(t), r * math.sin(t)) for r, t in zip(radius, turns, strict=True)]
    )
    quick, exact = narrowest_passage(rough, live=True), narrowest_passage(rough)
    assert exact.resolution_m == 0
    assert quick.resolution_m > 0
    assert quick.width_m == pytest.approx(exact.width_m, abs=4 * quick.resolution_m)


@settings(deadline=None, max_examples=25)
@given(st.integers(60, 900), st.floats(0, 2 * math.pi), st.floats(0.2, 5.0))
def test_neck_between_two_blocks_whatever_its_place(neck, turn, scale):
    blocks = [box(0, 0, 3000, 3000), box(6000, 0, 9000, 3000)]
    shape = shapely.union_all([*blocks, box(2500, 1000, 6500, 1000 + neck)])
    moved = shapely.affinity.scale(
        shapely.affinity.rotate(shape, turn, (0, 0), use_radians=True), scale, scale
    )
    found = narrowest_passage(moved)
    assert found.width_m == pytest.approx(scale * neck, rel=0.02, abs=scale * 3)
