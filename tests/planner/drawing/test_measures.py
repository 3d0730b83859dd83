"""What a drawing would mean, worked out by hand on two square countries."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from planner.drawing.errors import TooManyVerticesError
from planner.drawing.geometry import corridor_from_line

KM = 1000.0


def km(west, south, east, north):
    return box(west * KM, south * KM, east * KM, north * KM)


def line_km(*points):
    return [(x * KM, y * KM) for x, y in points]


def texts_of(measures, level):
    return [item.text for item in measures.notices if item.level == level]


def test_land_cost_and_habitat_of_each_country(ground):
    found = ground.measure(km(90, 40, 130, 60))
    china, russia = found.countries
    assert (china.iso3, russia.iso3) == ("CHN", "RUS")
    assert china.area_km2 == pytest.approx(200)
    assert russia.area_km2 == pytest.approx(600)
    assert china.cost == pytest.approx(200)
    assert russia.cost == pytest.approx(900)
    assert found.cost == pytest.approx(1100)
    assert found.land_km2 == found.area_km2 == pytest.approx(800)
    (tiger,) = found.habitat
    assert tiger.species == "amur-tiger"
    assert tiger.km2 == tiger.new_km2 == pytest.approx(400)
    assert tiger.by_country == pytest.approx({"CHN": 100, "RUS": 300})
    assert found.area_by_country == {
        iso3: {
            "existing_km2": 0.0,
            "added_km2": new,
            "cost": cost,
            "habitat_km2": {"amur-tiger": tigers},
        }
        for iso3, new, cost, tigers in (("CHN", 200, 200, 100), ("RUS", 600, 900, 300))
    }
    assert found.uncounted_km2 == {}


def test_parts_of_cells_count_with_their_share(ground):
    found = ground.measure(km(10.25, 49.5, 10.5, 50.5))
    assert found.land_km2 == pytest.approx(0.25)
    assert found.habitat[0].km2 == pytest.approx(0.125)
    assert found.cost == pytest.approx(0.25)


def test_protected_land_costs_nothing_and_tells_how_it_is_known(ground):
    found = ground.measure(km(50, 40, 150, 60))
    china, russia = found.countries
    assert china.protected_km2 == pytest.approx(200)
    assert china.nominal_km2 == 0
    assert china.new_km2 == china.cost == pytest.approx(800)
    assert russia.protected_km2 == russia.nominal_km2 == pytest.approx(200)
    assert russia.cost == pytest.approx(1.5 * 800)
    assert found.protected_share == pytest.approx(400 / 2000)
    assert any("200 km² of the protected land" in text for text in found.caveats)
    assert found.habitat[0].km2 == pytest.approx(1000)
    assert found.habitat[0].new_km2 == pytest.approx(800)


def test_sites_touched_and_linked(ground):
    found = ground.measure(km(60, 45, 150, 55))
    assert [item.site_id for item in found.sites] == ["spot", "east", "west"]
    shares = {item.site_id: item.share_inside for item in found.sites}
    assert shares == pytest.approx({"spot": 1.0, "east": 0.25, "west": 0.0})
    assert found.linked == (("spot", "east", "west"),)
    assert {item.site_id: item.nominal for item in found.sites}["west"] is False
    apart = ground.measure(shapely.union_all([km(60, 45, 70, 55), km(130, 45, 140, 55)]))
    assert apart.linked == ()
    assert len(apart.sites) == 2


def test_settlements_inside_with_their_source(ground):
    found = ground.measure(km(90, 40, 130, 60)).settlements
    assert (found.count, found.people) == (2, 255_100)
    assert [item.name for item in found.largest] == ["B", "C"]
    assert found.largest[1].name_local == "Ц"
    assert found.source.startswith("GeoNames")


def test_sea_foreign_land_and_land_outside_are_told_and_not_counted(ground):
    found = ground.measure(km(190, -30, 230, 50))
    assert found.land_km2 == pytest.approx(10 * 50)
    assert found.other_km2 == pytest.approx(10 * 50)
    assert found.outside_km2 == pytest.approx(40 * 10 + 10 * 70)
    assert found.sea_km2 == pytest.approx(40 * 80 - 40 * 10 - 10 * 70 - 500 - 500)
    told = texts_of(found, "warning")
    assert any("lie outside the region" in text for text in told)
    assert any("take no part in this region" in text for text in told)
    assert any("are sea" in text for text in texts_of(found, "info"))


def test_drawing_without_land_is_told(ground):
    found = ground.measure(km(-15, -15, -5, -5))
    assert found.land_km2 == 0
    assert found.countries == ()
    assert "holds no land of a country" in texts_of(found, "warning")[0]


def test_corridor_is_as_wide_as_drawn_and_as_long_on_the_ellipsoid(ground):
    line = line_km((62, 50), (138, 50))
    found = ground.measure(corridor_from_line(line, 4000), centreline=line, width_m=4000)
    assert found.bottleneck.width_m == 4000
    assert found.bottleneck.at is None
    assert found.length_km == pytest.approx(76, rel=2e-4)
    assert found.mean_width_m == pytest.approx(found.area_km2 / found.length_km * 1000)
    assert not any("narrowest" in text for text in texts_of(found, "warning"))


def test_narrow_place_is_found_where_it_is(ground):
    wide = [km(60, 45, 95, 55), km(105, 45, 140, 55), km(94, 49.3, 106, 50.7)]
    found = ground.measure(shapely.union_all(wide), centreline=line_km((60, 50), (140, 50)))
    assert found.bottleneck.width_m == pytest.approx(1400, rel=0.02)
    x, y = found.bottleneck.at
    assert 94 * KM <= x <= 106 * KM
    assert y == pytest.approx(50 * KM, abs=700)
    (told,) = [text for text in texts_of(found, "warning") if "narrowest" in text]
    assert told.startswith(
        "Amur tiger: the narrowest place is 1\N{NARROW NO-BREAK SPACE}400 m wide"
    )
    assert "2\N{NARROW NO-BREAK SPACE}000 m are needed (recalled" in told


def test_area_between_two_sites_has_a_bottleneck_too(ground):
    found = ground.measure(km(59, 48, 141, 51))
    assert found.bottleneck.width_m == pytest.approx(3000, rel=0.02)
    assert found.bottleneck.between == "ends"


def test_area_without_two_sites_is_as_wide_as_its_parts_are_joined(ground):
    lobes = shapely.union_all([km(5, 5, 20, 15), km(25, 5, 40, 15), km(19, 9, 26, 10)])
    found = ground.measure(lobes)
    assert found.bottleneck.between == "parts"
    assert found.bottleneck.width_m == pytest.approx(1000, rel=0.02)
    assert not any("narrowest" in text for text in texts_of(found, "warning"))  # no corridor
    one_site = ground.measure(km(5, 5, 20, 10))
    assert one_site.bottleneck.width_m == pytest.approx(5000, rel=0.02)


def test_large_drawing_is_told_quickly_and_says_how_roughly(ground):
    turn = np.linspace(0, 2 * np.pi, 2401)[:-1]
    reach = (45 + 4 * np.sin(60 * turn)) * KM
    rough = Polygon(
        np.column_stack([100 * KM + reach * np.cos(turn), 50 * KM + reach * np.sin(turn)])
    )
    quick, exact = ground.measure(rough, live=True), ground.measure(rough)
    assert quick.bottleneck.resolution_m > 0
    assert exact.bottleneck.resolution_m == 0
    assert quick.bottleneck.width_m == pytest.approx(
        exact.bottleneck.width_m, abs=2 * quick.bottleneck.resolution_m
    )
    assert quick.countries == exact.countries


def test_corridor_across_the_sea_is_no_way_for_a_cat(ground):
    line = line_km((50, 80), (50, 114), (150, 114), (150, 80))
    found = ground.measure(corridor_from_line(line, 4000), centreline=line, width_m=4000)
    told = [text for text in texts_of(found, "warning") if "of sea" in text]
    assert len(told) == 1
    assert told[0].startswith("Amur tiger: this crosses 128 km of sea, 128 km at a time")
    assert "700 m of water" in told[0]
    assert found.bottleneck.width_m == 0
    assert any("not joined by land" in text for text in texts_of(found, "warning"))


def test_area_whose_land_is_joined_by_sea_only_is_told(ground):
    horseshoe = shapely.difference(km(30, 90, 90, 110), km(40, 80, 80, 105))
    (told,) = [text for text in texts_of(ground.measure(horseshoe), "warning") if "sea" in text]
    assert "crosses 40 km of sea" in told
    dry = ground.measure(km(30, 90, 90, 100))
    assert not any("sea" in text for text in texts_of(dry, "warning"))


def test_lake_is_told_where_the_line_crosses_it(ground):
    line = line_km((60, 10), (95, 10))
    found = ground.measure(corridor_from_line(line, 4000), centreline=line, width_m=4000)
    (told,) = [text for text in texts_of(found, "warning") if "lakes" in text]
    assert "crosses 20 km of lakes" in told


def test_disputed_line_in_the_drawing_is_told(ground):
    line = shapely.LineString(line_km((50, 0), (50, 100)))
    disputed = replace(ground, national=replace(ground.national, disputed=line))
    across, beside = (disputed.measure(km(west, 10, 60, 20)) for west in (40, 55))
    (told,) = [text for text in texts_of(across, "info") if "disputed" in text]
    assert "as they are held in the data source" in told
    assert not any("disputed" in text for text in texts_of(beside, "info"))


def test_crossing_drawing_is_measured_as_it_would_be_repaired(ground):
    bow = Polygon(line_km((10, 10), (20, 20), (20, 10), (10, 20)))
    found = ground.measure(bow)
    assert found.land_km2 == pytest.approx(50)
    assert "The outline crosses itself" in texts_of(found, "warning")[0]


def test_unfinished_drawing_is_no_error(ground):
    found = ground.measure(Polygon(), centreline=[(0, 0), (0, 0)])
    assert found.land_km2 == 0
    assert found.bottleneck is None
    assert found.length_km is None
    assert "holds no area" in texts_of(found, "warning")[0]


def test_million_vertices_are_not_measured(ground):
    many = Polygon(np.arange(2_000_000.0).reshape(-1, 2))
    with pytest.raises(TooManyVerticesError, match=r"1\s000\s001 vertices"):
        ground.measure(many)


def test_measuring_can_be_cancelled(ground):
    class Stop:
        def report(self, fraction):
            if fraction >= 0.4:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ground.measure(km(90, 40, 130, 60), control=Stop())


corners = st.tuples(st.integers(-19, 219), st.integers(-19, 119))


@settings(deadline=None, max_examples=40)
@given(st.lists(corners, min_size=3, max_size=7, unique=True))
def test_every_piece_of_a_drawing_is_told_once(ground, drawn):
    found = ground.measure(Polygon(line_km(*drawn)))
    counted = found.land_km2 + found.other_km2 + found.sea_km2 + found.outside_km2
    assert counted == pytest.approx(found.area_km2, abs=1e-6)
    assert sum(part.area for part in found.parts.values()) / 1e6 == pytest.approx(
        found.land_km2
    )
    for item in found.countries:
        assert item.protected_km2 + item.new_km2 == pytest.approx(item.area_km2, abs=1e-6)
        factor = 1.0 if item.iso3 == "CHN" else 1.5
        assert item.cost == pytest.approx(factor * item.new_km2, abs=1e-6)
    assert math.isfinite(found.perimeter_km)
