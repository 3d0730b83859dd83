from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from shapely import Polygon, box

from layers.catalogue import (
    Basis,
    BorderRelation,
    Catalogue,
    Relation,
    State,
    cross_border_pairs,
)
from layers.catalogue.geodesy import WGS84
from layers.catalogue.pairs import shared_border_km
from layers.pack import DataPack
from resources.errors import UsageError


@pytest.fixture
def pair_of(make_site):
    """Two sites, in China and Russia, with the shapes given; returns the pairs found."""

    def pairs(first, second, *, a=None, b=None, **options):
        sites = [
            make_site("a", **(a or {})),
            make_site("b", **({"countries": ("RUS",)} | (b or {}))),
        ]
        frame = gpd.GeoDataFrame(
            {"site_id": ["a", "b"], "kind": ["surveyed", "surveyed"]},
            geometry=[first, second],
            crs="EPSG:4326",
        ).dropna(subset="geometry")
        return cross_border_pairs(Catalogue(sites), frame, **options)

    return pairs


WEST = box(129, 41, 130, 42)


def test_a_common_edge_touches_along_its_length(pair_of):
    (pair,) = pair_of(WEST, box(130, 41.25, 131, 41.75))
    assert pair.touching
    assert pair.distance_km == 0
    edge = WGS84.inv(130, 41.25, 130, 41.75)[2] / 1000
    assert pair.shared_border_km == pytest.approx(edge, rel=1e-3)
    assert (pair.site_a, pair.site_b, pair.border) == ("a", "b", "CHN-RUS")
    assert pair.basis is Basis.COMPUTED
    assert not pair.nominal


def test_a_common_corner_touches_with_no_length(pair_of):
    (pair,) = pair_of(WEST, box(130, 42, 131, 43))
    assert pair.touching
    assert pair.distance_km == 0
    assert pair.shared_border_km == 0


def test_a_border_with_a_bend_is_measured_along_it(pair_of):
    bend = (130.3, 41.5)
    west = Polygon([(129, 41), (130, 41), bend, (130, 42), (129, 42)])
    east = Polygon([(131, 41), (130, 41), bend, (130, 42), (131, 42)])
    (pair,) = pair_of(west, east)
    along = sum(WGS84.inv(130, end, *bend)[2] for end in (41, 42)) / 1000
    assert pair.shared_border_km == pytest.approx(along, rel=1e-3)


def test_vertices_on_one_side_only_do_not_hide_a_common_edge(pair_of):
    """Clip points lie beside the line by a rounding error; a tilted edge shows it."""
    first = Polygon([(129, 41), (130, 41), (130.37, 42), (129, 42)])
    share = [(130 + 0.37 * part, 41 + part) for part in (0.137, 0.391, 0.771)]
    second = Polygon([share[0], (131, 41.5), share[2], share[1]])
    (pair,) = pair_of(first, second)
    assert pair.touching
    expected = WGS84.inv(*share[0], *share[2])[2] / 1000
    assert pair.shared_border_km == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("gap_km", "found"), [(9.9, 1), (10.1, 0)])
def test_ten_kilometres_are_the_limit(pair_of, gap_km, found):
    east, _, _ = WGS84.fwd(130, 42, 90, gap_km * 1000)  # meridians are closest in the north
    pairs = pair_of(WEST, box(east, 41, 131, 42))
    assert len(pairs) == found
    for pair in pairs:
        assert pair.distance_km == pytest.approx(gap_km, rel=0.001)
        assert not pair.touching
        assert pair.shared_border_km == 0
        assert pair.link is not None
        assert WGS84.geometry_length(pair.link) == pytest.approx(gap_km * 1000, rel=0.001)


@pytest.mark.parametrize(("gap_m", "touches"), [(0.5, True), (2.0, False)])
def test_touching_has_a_tolerance_of_one_metre(pair_of, gap_m, touches):
    east, _, _ = WGS84.fwd(130, 42, 90, gap_m)
    (pair,) = pair_of(WEST, box(east, 41, 131, 42))
    assert pair.touching is touches


def test_a_documented_pair_is_listed_at_any_distance(pair_of):
    far = box(133, 41, 134, 42)
    (pair,) = pair_of(WEST, far, a={"adjoining": ("b",)})
    assert pair.basis is Basis.DOCUMENTED
    assert pair.distance_km == pytest.approx(WGS84.inv(130, 42, 133, 42)[2] / 1000, rel=0.001)
    (near,) = pair_of(WEST, box(130, 41, 131, 42), b={"adjoining": ("a",)})
    assert near.basis is Basis.BOTH


def test_a_documented_pair_without_a_point_has_no_distance(pair_of):
    (pair,) = pair_of(WEST, None, a={"adjoining": ("b",)})
    assert pair.distance_km is None
    assert pair.link is None
    assert not pair.touching


def test_sites_of_one_country_are_no_pair(pair_of):
    assert pair_of(WEST, box(130, 41, 131, 42), b={"countries": ("CHN",)}) == ()


def test_a_shared_area_does_not_pair_with_its_members(pair_of):
    shared = {"countries": ("CHN", "RUS")}
    assert pair_of(WEST, WEST, b=shared | {"adjoining": ("a",)}) == ()


def test_a_shared_area_pairs_with_a_third_country_over_the_named_border(pair_of):
    (pair,) = pair_of(
        WEST,
        box(130, 41, 131, 42),
        a={
            "countries": ("CHN", "RUS"),
            "borders": (BorderRelation("PRK-RUS", Relation.ON),),
        },
        b={"countries": ("PRK",), "borders": (BorderRelation("PRK-RUS", Relation.ON),)},
    )
    assert pair.border == "PRK-RUS"


@pytest.mark.parametrize("state", [State.MERGED, State.PLANNED, State.UNVERIFIED])
def test_sites_that_do_not_stand_take_part_only_when_asked(pair_of, state):
    east = box(130, 41, 131, 42)
    assert pair_of(WEST, east, b={"state": state}) == ()
    assert len(pair_of(WEST, east, b={"state": state}, states=tuple(State))) == 1


def test_species_in_common(pair_of):
    (pair,) = pair_of(
        WEST,
        box(130, 41, 131, 42),
        a={"species": ("amur-tiger", "amur-leopard")},
        b={"species": ("hooded-crane", "amur-leopard")},
    )
    assert pair.species == ("amur-leopard",)


@pytest.mark.parametrize("distance", [-1.0, float("nan"), float("inf"), 5000.0])
def test_a_distance_that_cannot_be_searched_is_refused(pair_of, distance):
    with pytest.raises(UsageError, match="Give a number from 0"):
        pair_of(WEST, box(130, 41, 131, 42), max_distance_km=distance)


def test_no_footprints_give_documented_pairs_only(make_site):
    sites = [make_site("a", adjoining=("b",)), make_site("b", countries=("RUS",))]
    empty = Catalogue(sites).footprints(
        gpd.GeoDataFrame({"iso3": ["CHN"]}, geometry=[WEST], crs="EPSG:4326")
    )
    (pair,) = cross_border_pairs(Catalogue(sites), empty)
    assert pair.basis is Basis.DOCUMENTED


def test_nominal_footprints_of_both_sides_meet_along_the_border(make_site, two_countries):
    """The failure of other tools: shapes that share a border exactly are reported apart."""
    sites = Catalogue(
        [
            make_site("a", lat=42.0, lon=129.9, area_km2=2000.0),
            make_site("b", lat=42.1, lon=130.05, area_km2=1500.0, countries=("RUS",)),
        ]
    )
    frame = sites.footprints(two_countries)
    (pair,) = cross_border_pairs(sites, frame)
    assert pair.touching
    assert pair.nominal
    reach = [
        sorted(y for x, y in shape.exterior.coords if x == 130.0) for shape in frame.geometry
    ]
    low, high = max(r[0] for r in reach), min(r[-1] for r in reach)
    expected = WGS84.inv(130, low, 130, high)[2] / 1000
    assert pair.shared_border_km == pytest.approx(expected, rel=1e-3)


def test_pairs_do_not_depend_on_the_crs_of_the_footprints(catalogue, footprints):
    albers = "+proj=aea +lat_1=40 +lat_2=52 +lat_0=46 +lon_0=115 +datum=WGS84 +units=m"
    chosen = catalogue.select(region_bounds=(126, 40, 130, 43))
    plain = cross_border_pairs(chosen, footprints)
    projected = cross_border_pairs(chosen, footprints.to_crs(albers))
    assert [(p.site_a, p.site_b, p.touching) for p in plain] == [
        (p.site_a, p.site_b, p.touching) for p in projected
    ]
    assert any(pair.touching for pair in plain)


@pytest.fixture(scope="module")
def default_pairs(catalogue, footprints):
    return cross_border_pairs(catalogue, footprints)


def test_at_least_20_adjoining_pairs_come_out(default_pairs):
    """Counted: pairs of standing sites; within 10 km of each other, and documented."""
    assert sum(pair.basis is not Basis.DOCUMENTED for pair in default_pairs) >= 20
    assert sum(pair.basis is not Basis.COMPUTED for pair in default_pairs) >= 20
    assert sum(pair.basis is Basis.BOTH for pair in default_pairs) >= 20
    assert sum(pair.touching for pair in default_pairs) >= 10


def test_they_are_20_also_when_each_ground_counts_once(catalogue, default_pairs):
    """Designations of the same ground, and parts of one site, are one ground here."""
    ground = {site.site_id: site.site_id for site in catalogue}

    def base(site_id):
        while ground[site_id] != site_id:
            site_id = ground[site_id]
        return site_id

    for site in catalogue:
        for other in (*site.same_area_as, *site.part_of):
            if len(catalogue[other].countries) == 1:
                ground[base(site.site_id)] = base(other)
    near = {
        (base(pair.site_a), base(pair.site_b))
        for pair in default_pairs
        if pair.basis is not Basis.DOCUMENTED
    }
    assert len(near) >= 20


def test_known_pairs_are_among_them(default_pairs):
    known = {(pair.site_a, pair.site_b): pair for pair in default_pairs}
    paektu = known[
        "changbai-mountain-national-nature-reserve", "mount-paektu-biosphere-reserve"
    ]
    assert (paektu.touching, paektu.basis, paektu.border) == (True, Basis.BOTH, "CHN-PRK")
    assert paektu.species == ("amur-tiger",)
    cats = known[
        "northeast-china-tiger-and-leopard-national-park", "land-of-the-leopard-national-park"
    ]
    assert cats.basis is not Basis.COMPUTED
    assert set(cats.species) == {"amur-tiger", "amur-leopard"}


def test_no_pair_is_listed_twice_and_none_within_a_country(catalogue, default_pairs):
    assert len({frozenset((p.site_a, p.site_b)) for p in default_pairs}) == len(default_pairs)
    for pair in default_pairs:
        first, second = catalogue[pair.site_a], catalogue[pair.site_b]
        assert not set(first.countries) & set(second.countries)
        assert pair.border == "-".join(sorted(pair.border.split("-")))
        assert first.state in {State.ACTIVE, State.MERGED_IN_PART}


def test_touching_pairs_meet_on_the_border_and_share_its_vertices(footprints, default_pairs):
    lines = DataPack.open().basemap("border_lines").geometry.explode()
    border = shapely.union_all(lines.to_numpy())
    corners = {point for line in lines for point in line.coords}
    shapes = dict(zip(footprints["site_id"], footprints.geometry, strict=True))
    touching = [pair for pair in default_pairs if pair.touching and pair.shared_border_km > 0]
    assert len(touching) >= 10
    with_corners = 0
    for pair in touching:
        first, second = shapes[pair.site_a], shapes[pair.site_b]
        common = first.boundary.intersection(second.buffer(1e-6))
        assert border.buffer(2e-6).covers(common), (pair.site_a, pair.site_b)
        points = [set(map(tuple, shapely.get_coordinates(shape))) for shape in (first, second)]
        with_corners += bool(points[0] & points[1] & corners)
    assert with_corners >= len(touching) - 2  # the straight line across Lake Khanka has none


def test_sharing_is_mutual(footprints, default_pairs):
    shapes = dict(zip(footprints["site_id"], footprints.geometry, strict=True))
    for pair in default_pairs:
        if pair.touching:
            there = shared_border_km(shapes[pair.site_a], shapes[pair.site_b])
            back = shared_border_km(shapes[pair.site_b], shapes[pair.site_a])
            assert there == pytest.approx(back, rel=0.01)
