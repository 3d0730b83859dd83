from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from layers.catalogue import Catalogue, Realm
from layers.catalogue.footprints import nominal_footprints
from layers.catalogue.geodesy import WGS84, area_km2, shortest_link
from resources.errors import UsageError

ROUNDING_DEGREES = (
    1e-8  # a millimetre: intersections are rounded, vertices of the border are not
)


def draw(site, countries):
    return nominal_footprints([site], countries).iloc[0]


def assert_inside(shape, ground):
    outside = shape.difference(shapely.buffer(ground, ROUNDING_DEGREES))
    assert outside.is_empty, outside.bounds


def holes(shape):
    return sum(len(part.interiors) for part in shapely.get_parts(shape))


def frame_of(**shapes):
    return gpd.GeoDataFrame(
        {"iso3": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4326"
    )


def test_a_site_far_from_the_border_is_a_disc(make_site, two_countries):
    row = draw(make_site("a", lat=42.0, lon=128.0, area_km2=1000.0), two_countries)
    assert area_km2(row.geometry) == pytest.approx(1000, rel=1e-3)
    assert len(row.geometry.exterior.coords) >= 4 * 64
    distances = [
        shortest_link(Point(128, 42), Point(c))[1] for c in row.geometry.exterior.coords
    ]
    assert max(distances) == pytest.approx((1000 / np.pi) ** 0.5, rel=1e-3)
    assert (row.kind, row.moved, row.note) == ("nominal", False, "")


def test_a_site_at_the_border_stops_there_and_keeps_its_area(make_site, two_countries):
    shape = draw(make_site("a", lat=42.0, lon=129.95, area_km2=1000.0), two_countries).geometry
    assert shape.bounds[2] == 130.0
    assert area_km2(shape) == pytest.approx(1000, rel=1e-3)
    straight = shape.boundary.intersection(shapely.LineString([(130, 40), (130, 44)]))
    assert straight.length == pytest.approx(shape.bounds[3] - shape.bounds[1], rel=0.2)


def test_a_point_abroad_is_moved_to_the_border_and_said_to_be(make_site, two_countries):
    row = draw(make_site("a", lat=42.0, lon=130.1, area_km2=500.0), two_countries)
    assert row.moved
    assert row.moved_km == pytest.approx(8.28, abs=0.05)  # 0.1 degrees of longitude at 42 N
    assert "moved 8.3 km to the nearest own land" in row.note
    assert_inside(row.geometry, two_countries.geometry[0])
    assert area_km2(row.geometry) == pytest.approx(500, rel=1e-3)


def test_a_site_at_the_coast_stays_off_the_sea(make_site, two_countries):
    shape = draw(make_site("a", lat=40.02, lon=128.0, area_km2=800.0), two_countries).geometry
    assert shape.bounds[1] == 40.0
    assert area_km2(shape) == pytest.approx(800, rel=1e-3)


def test_a_shared_area_lies_across_its_own_border(make_site, two_countries):
    site = make_site("a", lat=42.0, lon=130.0, area_km2=1000.0, countries=("CHN", "RUS"))
    shape = draw(site, two_countries).geometry
    assert shape.bounds[0] < 130 < shape.bounds[2]
    assert isinstance(shape, Polygon)
    assert area_km2(shape) == pytest.approx(1000, rel=1e-3)


def test_a_site_without_an_area_is_a_point(make_site, two_countries):
    row = draw(make_site("a", lat=42.0, lon=128.0), two_countries)
    assert row.geometry == Point(128, 42)
    assert row.area_km2 == 0
    assert "no area is reported" in row.note


def test_a_point_without_an_area_is_moved_home_too(make_site, two_countries):
    row = draw(make_site("a", lat=42.0, lon=130.1), two_countries)
    assert row.geometry.x == pytest.approx(130.0, abs=1e-6)
    assert row.moved


def test_a_site_without_a_point_is_not_drawn(make_site, two_countries):
    assert nominal_footprints([make_site("a", area_km2=10.0)], two_countries).empty


def test_an_island_too_small_is_filled_up_from_own_land_beside_it(make_site):
    island, main = box(128.0, 38.0, 128.1, 38.1), box(128.2, 38.0, 129.5, 39.0)
    ground = MultiPolygon([island, main])
    row = draw(make_site("a", lat=38.05, lon=128.05, area_km2=500.0), frame_of(CHN=ground))
    assert isinstance(row.geometry, MultiPolygon)
    assert "drawn in several parts" in row.note
    assert area_km2(row.geometry) == pytest.approx(500, rel=1e-3)
    assert_inside(row.geometry, ground)


def test_an_island_large_enough_keeps_the_site_to_itself(make_site):
    island, main = box(128.0, 38.0, 128.1, 38.1), box(128.11, 38.0, 129.5, 39.0)
    ground = MultiPolygon([island, main])
    row = draw(make_site("a", lat=38.05, lon=128.09, area_km2=60.0), frame_of(CHN=ground))
    assert isinstance(row.geometry, Polygon)
    assert_inside(row.geometry, island)
    assert area_km2(row.geometry) == pytest.approx(60, rel=1e-3)


def test_a_country_too_small_for_the_area_leaves_a_point(make_site):
    row = draw(
        make_site("a", lat=38.05, lon=128.05, area_km2=5000.0),
        frame_of(CHN=box(128.0, 38.0, 128.1, 38.1)),
    )
    assert isinstance(row.geometry, Point)
    assert "too little own land" in row.note


def test_no_own_ground_near_leaves_a_point(make_site):
    row = draw(
        make_site("a", lat=30.0, lon=100.0, area_km2=50.0),
        frame_of(CHN=box(128.0, 38.0, 128.1, 38.1)),
    )
    assert row.geometry == Point(100, 30)
    assert "no own land within" in row.note


def test_a_marine_site_lies_in_the_sea_nearer_to_its_own_coast(make_site, two_countries):
    site = make_site("a", lat=39.8, lon=129.9, area_km2=900.0, realm=Realm.MARINE)
    row = draw(site, two_countries)
    land = shapely.union_all(two_countries.geometry)
    assert row.geometry.intersection(land).area < 1e-9
    assert row.geometry.bounds[2] <= 130.0001  # the line of equal distance runs along 130 E
    assert row.geometry.bounds[2] > 129.98
    assert area_km2(row.geometry) == pytest.approx(900, rel=1e-3)
    assert "in the sea nearer to own than to foreign land" in row.note


def test_a_marine_site_on_land_is_moved_to_the_sea(make_site, two_countries):
    row = draw(
        make_site("a", lat=40.1, lon=128.0, area_km2=300.0, realm=Realm.MARINE), two_countries
    )
    assert row.moved
    assert "nearest own sea" in row.note
    assert row.geometry.bounds[3] == pytest.approx(40.0, abs=1e-6)


def test_a_lake_within_is_not_a_hole(make_site):
    ground = Polygon(
        box(126, 40, 130, 44).exterior.coords, [box(127.9, 41.9, 128.1, 42.1).exterior.coords]
    )
    shape = draw(
        make_site("a", lat=42.3, lon=128.0, area_km2=8000.0), frame_of(CHN=ground)
    ).geometry
    assert holes(shape) == 0
    assert shape.covers(box(127.9, 41.9, 128.1, 42.1))
    assert area_km2(shape) == pytest.approx(8000, rel=1e-3)


def test_an_enclave_is_neither_covered_nor_a_hole(make_site):
    enclave = box(127.95, 41.95, 128.05, 42.05)
    ground = Polygon(box(126, 40, 130, 44).exterior.coords, [enclave.exterior.coords])
    shape = draw(
        make_site("a", lat=42.3, lon=128.0, area_km2=8000.0),
        frame_of(CHN=ground, RUS=enclave),
    ).geometry
    assert holes(shape) == 0
    assert shape.intersection(enclave).area < 1e-12
    assert area_km2(shape) == pytest.approx(8000, rel=1e-3)


def test_a_footprint_flows_around_a_bay_where_the_disc_would_jump(make_site):
    """A bay cuts own land in two arms, joined far away: the disc takes both at once."""
    ground = box(128, 40, 131, 42).difference(box(128, 40.9, 130.2, 41.1))
    site = make_site("a", lat=41.2, lon=128.6, area_km2=18500.0)
    row = draw(site, frame_of(CHN=ground))
    assert isinstance(row.geometry, Polygon)
    assert holes(row.geometry) == 0
    assert area_km2(row.geometry) == pytest.approx(18500, rel=1e-2)
    assert_inside(row.geometry, ground)


def test_surveyed_boundaries_take_the_place_of_nominal_ones(make_site, two_countries):
    real = box(128, 42, 128.2, 42.2)
    frame = nominal_footprints(
        [make_site("a", lat=42.0, lon=128.0, area_km2=10.0)],
        two_countries,
        surveyed={"a": real},
    )
    assert frame.iloc[0].kind == "surveyed"
    assert frame.iloc[0].geometry.equals(real)


def test_footprints_come_in_the_crs_asked_for(make_site, two_countries):
    crs = "+proj=laea +lat_0=42 +lon_0=128 +datum=WGS84 +units=m"
    site = make_site("a", lat=42.0, lon=128.0, area_km2=400.0)
    frame = Catalogue([site]).footprints(two_countries, crs)
    assert frame.geometry.iloc[0].area / 1e6 == pytest.approx(400, rel=1e-3)


def test_countries_that_cannot_serve_are_refused(make_site, two_countries):
    site = make_site("a", lat=42.0, lon=128.0, area_km2=10.0)
    with pytest.raises(UsageError, match="lack the column iso3"):
        nominal_footprints([site], two_countries.drop(columns="iso3"))
    with pytest.raises(UsageError, match="Give them in EPSG:4326"):
        nominal_footprints([site], two_countries.to_crs("EPSG:3857"))
    with pytest.raises(UsageError, match="do not hold MNG"):
        nominal_footprints(
            [make_site("b", lat=42.0, lon=128.0, area_km2=1.0, countries=("MNG",))],
            two_countries,
        )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lon=st.floats(125.8, 130.3),
    lat=st.floats(39.8, 44.2),
    area=st.floats(0.05, 20_000),
)
def test_any_footprint_has_its_area_on_its_own_side(make_site, two_countries, lon, lat, area):
    row = draw(make_site("a", lat=lat, lon=lon, area_km2=area), two_countries)
    assert isinstance(row.geometry, Polygon)
    assert row.geometry.is_valid
    assert holes(row.geometry) == 0
    assert area_km2(row.geometry) == pytest.approx(area, rel=0.01)
    assert_inside(row.geometry, two_countries.geometry[0])


def test_every_site_of_the_catalogue_with_a_point_is_drawn(catalogue, footprints):
    located = [site.site_id for site in catalogue if site.has_point]
    assert list(footprints["site_id"]) == located
    assert len(located) == 205


def test_the_area_of_every_footprint_is_right_within_one_percent(catalogue, footprints):
    """Measured by another way than the one used to draw: along geodesics, after densifying."""
    for row in footprints.itertuples():
        reported = catalogue[row.site_id].area_km2
        if reported is None:
            assert isinstance(row.geometry, Point)
            continue
        parts = [shapely.segmentize(part, 0.01) for part in shapely.get_parts(row.geometry)]
        measured = sum(abs(WGS84.geometry_area_perimeter(part)[0]) for part in parts) / 1e6
        assert measured == pytest.approx(reported, rel=0.01), row.site_id


def test_no_footprint_crosses_a_border_or_enters_the_sea(catalogue, footprints, countries):
    ground = dict(zip(countries["iso3"], countries.geometry, strict=True))
    land = shapely.union_all(countries.geometry.to_numpy())
    for row in footprints.itertuples():
        site = catalogue[row.site_id]
        if site.realm is Realm.MARINE:
            assert row.geometry.intersection(land).area < 1e-9, row.site_id
            continue
        window = shapely.box(*row.geometry.buffer(0.1).bounds)
        own = shapely.union_all([ground[iso].intersection(window) for iso in site.countries])
        assert_inside(row.geometry, own)


def test_no_footprint_has_a_hole_and_all_are_valid(footprints):
    assert footprints.geometry.is_valid.all()
    areas = footprints[footprints.geom_type != "Point"]
    assert sum(holes(shape) for shape in areas.geometry) == 0


def test_only_two_island_sites_are_drawn_in_parts(footprints):
    parted = footprints[footprints.geom_type == "MultiPolygon"]
    assert list(parted["site_id"]) == [
        "sindo-migratory-bird-reserve",
        "amrok-river-estuary-iba",
    ]


def test_the_points_that_were_moved_are_those_the_sources_place_elsewhere(footprints):
    moved = footprints[footprints["moved"]]
    assert set(moved["site_id"]) == {
        "poltavsky-zakaznik",
        "borisovskoe-plateau-zakaznik",
        "valley-of-the-dzeren-federal-zakaznik",
        "uvs-nuur-basin-world-heritage-russian-part",
        "yalu-river-estuary-wetland-national-nature-reserve",
        "dajiahe-nature-reserve",
        "heixiazi-island-nature-reserve",
        "mundok-migratory-bird-reserve",
        "lake-suphung-nature-park",
        "barsovy-zakaznik",
    }
    assert moved["moved_km"].max() < 10
    assert all("moved" in note for note in moved["note"])
