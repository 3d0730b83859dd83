"""Areas are cut at borders with nothing lost, and lengths are those on the ellipsoid."""

import pytest
import shapely
from pyproj import Geod, Transformer
from shapely import LineString, MultiLineString, box

from planner.drawing.lengths import length_km, longest_km, stretch
from planner.drawing.national import border_within, national_parts

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"


def test_parts_by_country_in_the_order_of_codes():
    countries = {"RUS": box(0, 0, 10, 10), "CHN": box(-10, 0, 0, 10)}
    parts = national_parts(box(-4, 2, 6, 4), countries)
    assert list(parts) == ["CHN", "RUS"]
    assert parts["CHN"].area == 8
    assert parts["RUS"].area == 12


def test_land_that_only_touches_a_country_has_no_part_in_it():
    countries = {"RUS": box(0, 0, 10, 10), "CHN": box(-10, 0, 0, 10)}
    assert list(national_parts(box(0, 2, 6, 4), countries)) == ["RUS"]
    assert national_parts(box(50, 50, 60, 60), countries) == {}


def test_border_within_an_area_is_where_its_parts_meet():
    countries = {"RUS": box(0, 0, 10, 10), "CHN": box(-10, 0, 0, 10), "KOR": box(-9, -9, 0, 0)}
    line = border_within(national_parts(box(-4, -2, 6, 4), countries))
    assert line.length == pytest.approx(4 + 4)
    assert line.intersects(shapely.Point(0, 2))
    assert line.intersects(shapely.Point(-2, 0))
    assert border_within(national_parts(box(2, 2, 6, 4), countries)).is_empty


def test_parts_that_lie_apart_have_no_border_between_them():
    apart = {"CHN": box(0, 0, 1, 1), "RUS": box(5, 5, 6, 6)}
    assert border_within(apart).is_empty


def test_length_is_that_of_the_geodesic():
    there = Transformer.from_crs("EPSG:4326", LAEA, always_xy=True)
    a, b = (129.0, 42.0), (133.0, 44.5)
    line = LineString([there.transform(*a), there.transform(*b)])
    _, _, metres = Geod(ellps="WGS84").inv(*a, *b)
    assert length_km(line, LAEA) == pytest.approx(metres / 1000, rel=1e-4)
    assert length_km(LineString(), LAEA) == 0


def test_length_of_outlines_counts_every_ring_and_no_jump_between():
    square, hole = box(0, 0, 4000, 4000), box(1000, 1000, 2000, 2000)
    ring = shapely.difference(square, hole)
    assert length_km(ring, LAEA) == pytest.approx(20, rel=1e-4)
    two = shapely.union_all([square, box(50_000, 0, 51_000, 1000)])
    assert length_km(two, LAEA) == pytest.approx(20, rel=1e-4)


def test_longest_of_several_lines_that_may_meet():
    lines = MultiLineString(
        [[(0, 0), (1000, 0)], [(1000, 0), (3000, 0)], [(9000, 0), (9500, 0)]]
    )
    assert longest_km(lines, LAEA) == pytest.approx(3, rel=1e-4)
    assert longest_km(MultiLineString(), LAEA) == 0


def test_stretch_grows_away_from_the_centre():
    assert stretch(0, 0, LAEA) == pytest.approx(0, abs=1e-6)
    assert 0.01 < stretch(2_000_000, 0, LAEA) < 0.02
