"""Widths of drawn corridors, against shapes whose narrowest place is known."""

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from planner.drawing.bottleneck import CorridorEnd, bottleneck

WEST = CorridorEnd.at_site(box(-2000, -1000, 0, 1000))
EAST = CorridorEnd.at_site(box(10_000, -1000, 12_000, 1000))


def test_site_knows_the_largest_disc_in_it():
    assert WEST.radius_m == pytest.approx(1000, rel=0.02)
    assert CorridorEnd.at_site(Point(0, 0)).radius_m == 0


def test_even_corridor_between_sites():
    found = bottleneck(box(0, -300, 10_000, 300), [WEST, EAST])
    assert found.width_m == pytest.approx(600, rel=0.01)
    assert bottleneck(box(0, -300, 10_000, 300), [WEST, EAST], width_m=600).width_m == 600


def test_corridor_narrower_than_it_was_drawn():
    cut = shapely.difference(box(0, -300, 10_000, 300), box(4000, -300, 4100, 100))
    found = bottleneck(cut, [WEST, EAST], width_m=600)
    assert found.width_m == pytest.approx(200, rel=0.02)
    x, y = found.at
    assert 3900 <= x <= 4200
    assert 0 <= y <= 300


def test_corridor_wider_than_it_was_drawn():
    found = bottleneck(box(0, -500, 10_000, 500), [WEST, EAST], width_m=600)
    assert found.width_m == pytest.approx(1000, rel=0.01)


def test_ends_that_are_not_joined():
    parts = shapely.union_all([box(0, -300, 4000, 300), box(6000, -300, 10_000, 300)])
    found = bottleneck(parts, [WEST, EAST])
    assert found.width_m == 0
    assert found.at == pytest.approx((5000, 0), abs=400)


def test_corridor_without_land_joins_nothing():
    assert bottleneck(Polygon(), [WEST, EAST]).width_m == 0
    sea = CorridorEnd(Point(0, 0)), CorridorEnd(Point(9, 9))
    assert bottleneck(Polygon(), sea).width_m == 0


def test_narrow_mouth_is_not_passed_over():
    funnel = Polygon(
        [(0, -50), (1000, -300), (10_000, -300), (10_000, 300), (1000, 300), (0, 50)]
    )
    found = bottleneck(funnel, [WEST, EAST])
    assert found.width_m < 200


def test_site_smaller_than_the_corridor_does_not_narrow_it():
    small = CorridorEnd.at_site(box(100, -50, 200, 50))
    found = bottleneck(box(0, -300, 10_000, 300), [small, EAST])
    assert found.width_m == pytest.approx(600, rel=0.01)


def test_ends_of_the_middle_line_count_where_there_is_no_site():
    line = LineString([(0, 0), (10_000, 0)])
    ends = [CorridorEnd(Point(0, 0)), CorridorEnd(Point(10_000, 0))]
    for cap in ("round", "flat"):
        drawn = line.buffer(400, cap_style=cap)
        assert bottleneck(drawn, ends, width_m=800).width_m == 800
        assert bottleneck(drawn, ends).width_m == pytest.approx(800, rel=0.01)


def test_way_joins_all_sites():
    third = CorridorEnd.at_site(box(4000, 3000, 6000, 5000))
    cross = shapely.union_all([box(0, -300, 10_000, 300), box(4950, 0, 5050, 3000)])
    found = bottleneck(cross, [WEST, EAST, third])
    assert found.width_m == pytest.approx(100, rel=0.02)
    with pytest.raises(ValueError, match="two ends"):
        bottleneck(cross, [WEST])


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.integers(100, 900), min_size=2, max_size=6),
    st.floats(0, 2 * math.pi),
)
def test_chain_of_boxes_is_as_wide_as_its_narrowest(widths, turn):
    parts = [
        box(i * 4000, -width / 2, (i + 1) * 4000, width / 2) for i, width in enumerate(widths)
    ]
    end = len(widths) * 4000
    sites = [box(-3000, -1000, 0, 1000), box(end, -1000, end + 3000, 1000)]
    turned = [shapely.affinity.rotate(p, turn, (0, 0), use_radians=True) for p in parts + sites]
    ends = [CorridorEnd.at_site(site) for site in turned[-2:]]
    found = bottleneck(shapely.union_all(turned[:-2]).buffer(0.01), ends)
    assert found.width_m == pytest.approx(min(widths), rel=0.015)
