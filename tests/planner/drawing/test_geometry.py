"""Shapes as they are drawn: worked by hand, and properties that hold for any."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon, box

from planner.drawing import geometry as drawn
from planner.drawing.errors import DrawingError, TooManyVerticesError

SQUARE = box(0, 0, 1000, 1000)
numbers = st.integers(-900, 1900).map(float)
points = st.tuples(numbers, numbers)


def area(shape):
    return pytest.approx(shape, rel=1e-9)


def test_corridor_is_as_wide_as_asked():
    flat = drawn.corridor_from_line([(0, 0), (10_000, 0)], 2000, cap="flat")
    assert flat.area == area(20e6)
    assert flat.bounds == (0, -1000, 10_000, 1000)
    around = drawn.corridor_from_line([(0, 0), (0, 0), (10_000, 0)], 2000)
    assert around.bounds == pytest.approx((-1000, -1000, 11_000, 1000))
    circle = math.pi * 1000**2
    assert 0.98 * circle < around.area - flat.area < circle


@pytest.mark.parametrize("width", [0, 9.9, -5, math.nan, math.inf, 600_000])
def test_corridor_without_a_width_is_refused(width):
    with pytest.raises(DrawingError, match=r"10 to 500\s000 m wide.*Enter a width"):
        drawn.corridor_from_line([(0, 0), (10, 0)], width)


@pytest.mark.parametrize("line", [[], [(0, 0)], [(1, 1), (1, 1), (1, 1)]])
def test_corridor_without_a_line_is_refused(line):
    with pytest.raises(DrawingError, match="two different points"):
        drawn.corridor_from_line(line, 100)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_points_that_are_no_numbers_are_refused(bad):
    with pytest.raises(DrawingError, match="no number"):
        drawn.polygon_from([(0, 0), (bad, 0), (1, 1)])


def test_polygon_keeps_crossings_and_drops_repeated_corners():
    bow = drawn.polygon_from([(0, 0), (1, 1), (1, 1), (1, 0), (0, 1), (0, 0)])
    assert not bow.is_valid
    assert shapely.get_num_coordinates(bow) == 5
    with pytest.raises(DrawingError, match="three different corners"):
        drawn.polygon_from([(0, 0), (1, 0), (0, 0), (1, 0)])


def test_freehand_leaves_out_what_is_not_seen():
    edge = [(float(x), 0.01 * (x % 2)) for x in range(1001)]
    shape = drawn.freehand([*edge, (1000.0, 1000.0), (0.0, 1000.0)], 0.5)
    assert drawn.vertex_count(shape) == 5
    assert shape.area == pytest.approx(1e6, rel=1e-3)
    tiny = drawn.freehand([(0, 0), (0.1, 0), (0, 0.1)], 5.0)
    assert drawn.vertex_count(tiny) == 4


def test_too_many_vertices_are_counted():
    many = [(float(x), 0.0) for x in range(drawn.MAXIMUM_VERTICES + 1)]
    with pytest.raises(
        TooManyVerticesError, match=r"has 100\s001 vertices; up to 100\s000"
    ) as told:
        drawn.line_from(many)
    assert told.value.count == 100_001


def test_million_vertices_come_down_to_the_limit():
    turn = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    round_one = Polygon(1e5 * np.column_stack([np.cos(turn), np.sin(turn)]))
    with pytest.raises(TooManyVerticesError, match=r"1\s000\s001"):
        drawn.check_size(round_one)
    found = drawn.simplified_to_limit(round_one)
    assert found.vertices_before == 1_000_001
    assert found.vertices_after == drawn.vertex_count(found.geometry) <= 100_000
    assert found.geometry.area == pytest.approx(round_one.area, rel=1e-5)
    assert found.tolerance_m > 0
    assert drawn.simplified_to_limit(SQUARE).tolerance_m == 0


def test_very_many_parts_cannot_be_simplified():
    parts = MultiPolygon([box(i, 0, i + 0.5, 1) for i in range(60)])
    with pytest.raises(DrawingError, match=r"60 parts.*as a layer"):
        drawn.simplified_to_limit(parts, most=200)


def test_split_gives_two_pieces_with_nothing_lost():
    larger, smaller = drawn.split(SQUARE, [(300, -1), (300, 1001)])
    assert larger.area == area(700_000)
    assert smaller.area == area(300_000)
    assert shapely.equals(shapely.union_all([larger, smaller]), SQUARE)


def test_split_leaves_other_parts_with_the_largest_piece():
    whole = MultiPolygon([SQUARE, box(5000, 0, 5100, 100)])
    larger, smaller = drawn.split(whole, [(300, -1), (300, 1001)])
    assert larger.area == area(710_000)
    assert smaller.area == area(300_000)


def test_split_goes_around_holes():
    ring = drawn.cut_hole(SQUARE, [(400, 400), (600, 400), (600, 600), (400, 600)])
    pieces = drawn.split(ring, [(500, -1), (500, 1001)])
    assert [piece.area for piece in pieces] == [area(480_000), area(480_000)]


@pytest.mark.parametrize("line", [[(300, 10), (300, 1001)], [(2000, 0), (2000, 10)]])
def test_split_that_cuts_nothing_is_refused(line):
    with pytest.raises(DrawingError, match="does not cut the area in two"):
        drawn.split(SQUARE, line)


@settings(deadline=None, max_examples=60)
@given(st.lists(points, min_size=2, max_size=8, unique=True))
def test_split_never_gains_or_loses_land(line):
    try:
        pieces = drawn.split(SQUARE, line)
    except DrawingError:
        return
    assert sum(piece.area for piece in pieces) == pytest.approx(SQUARE.area, rel=1e-6)
    assert all(piece.is_valid for piece in pieces)
    assert shapely.union_all(pieces).symmetric_difference(SQUARE).area < 1e-3


def test_merge_counts_overlaps_once():
    merged = drawn.merge([SQUARE, box(500, 0, 1500, 1000), box(9000, 0, 9001, 1)])
    assert merged.area == area(1_500_001)
    assert len(merged.geoms) == 2
    with pytest.raises(DrawingError, match="needs two areas"):
        drawn.merge([SQUARE])


def test_reshape_adds_a_bulge_outside():
    line = [(900, 400), (1200, 400), (1200, 600), (900, 600)]
    assert drawn.reshape(SQUARE, line).area == area(1_000_000 + 200 * 200)


def test_reshape_cuts_a_dent_inside():
    line = [(1100, 400), (800, 400), (800, 600), (1100, 600)]
    found = drawn.reshape(SQUARE, line)
    assert found.area == area(1_000_000 - 200 * 200)
    assert not found.contains(shapely.Point(900, 500))


def test_reshape_keeps_the_larger_side():
    assert drawn.reshape(SQUARE, [(300, -1), (300, 1001)]).area == area(700_000)


def test_reshape_of_a_hole_and_of_one_part_only():
    ring = drawn.cut_hole(SQUARE, [(400, 400), (600, 400), (600, 600), (400, 600)])
    wider = drawn.reshape(ring, [(550, 450), (700, 450), (700, 550), (550, 550)])
    assert wider.area == area(960_000 - 100 * 100)
    two = MultiPolygon([SQUARE, box(5000, 0, 6000, 1000)])
    found = drawn.reshape(two, [(5300, -1), (5300, 1001)])
    assert found.area == area(1_700_000)


def test_reshape_keeps_holes():
    ring = drawn.cut_hole(SQUARE, [(400, 400), (600, 400), (600, 600), (400, 600)])
    line = [(900, 400), (1200, 400), (1200, 600), (900, 600)]
    assert drawn.reshape(ring, line).area == area(960_000 + 200 * 200)


@pytest.mark.parametrize("line", [[(500, 500), (1500, 500)], [(2000, 0), (3000, 0)]])
def test_reshape_needs_to_meet_the_outline_twice(line):
    with pytest.raises(DrawingError, match="does not meet the outline of the area twice"):
        drawn.reshape(SQUARE, line)


@settings(deadline=None, max_examples=60)
@given(st.lists(points, min_size=2, max_size=6, unique=True))
def test_reshape_gives_sound_shapes_near_the_old_one(line):
    try:
        found = drawn.reshape(SQUARE, line)
    except DrawingError:
        return
    assert found.is_valid
    hull = shapely.union_all([SQUARE, LineString(line)]).convex_hull
    assert hull.buffer(1e-6).covers(found)


def test_hole_is_cut_and_filled():
    corners = [(400, 400), (600, 400), (600, 600), (400, 600)]
    ring = drawn.cut_hole(SQUARE, corners)
    assert ring.area == area(960_000)
    assert drawn.fill_hole(ring, 500, 500).area == area(1_000_000)
    with pytest.raises(DrawingError, match="no hole at this place"):
        drawn.fill_hole(ring, 100, 100)


def test_filling_a_hole_takes_an_island_in_it_along():
    ring = drawn.cut_hole(SQUARE, [(400, 400), (600, 400), (600, 600), (400, 600)])
    whole = MultiPolygon([*ring.geoms, box(450, 450, 550, 550)])
    assert drawn.fill_hole(whole, 420, 420).area == area(1_000_000)


@pytest.mark.parametrize(
    ("corners", "told"),
    [
        ([(900, 400), (1100, 400), (1100, 600)], "reaches out"),
        ([(100, 100), (200, 200), (200, 100), (100, 200)], "crosses or overlaps itself"),
        ([(0, 0), (1000, 0), (1000, 1000), (0, 1000)], "holds no area"),
    ],
)
def test_hole_that_cannot_be_cut(corners, told):
    with pytest.raises(DrawingError, match=told):
        drawn.cut_hole(SQUARE, corners)


def test_buffer_widens_and_narrows():
    assert drawn.buffered(SQUARE, -100).area == area(800 * 800)
    assert drawn.buffered(SQUARE, 100).area > 1_400_000
    with pytest.raises(DrawingError, match="Nothing is left"):
        drawn.buffered(SQUARE, -600)
    with pytest.raises(DrawingError, match=r"by up to 500\s000 m"):
        drawn.buffered(SQUARE, math.nan)


def test_simplified_moves_the_outline_no_farther():
    rough = Polygon([(0, 0), (500, 1), (1000, 0), (1000, 1000), (0, 1000)])
    assert drawn.vertex_count(drawn.simplified(rough, 2)) == 5
    assert drawn.vertex_count(drawn.simplified(rough, 0.5)) == 6
    with pytest.raises(DrawingError, match="0 m or more"):
        drawn.simplified(rough, -1)


def test_only_polygons_are_taken():
    mixed = shapely.GeometryCollection([SQUARE, LineString([(0, 0), (1, 1)]), MultiPolygon()])
    assert drawn.as_multi(mixed).area == SQUARE.area
    with pytest.raises(DrawingError, match="holds no area"):
        drawn.checked(LineString([(0, 0), (1, 1)]))
