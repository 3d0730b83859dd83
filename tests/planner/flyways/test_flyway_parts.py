import numpy as np
import pytest
import shapely

from algorithms.connectivity.flyways import Gap
from layers.catalogue import Catalogue
from layers.catalogue.geodesy import WGS84
from layers.pack import DataPack
from planner.flyways.analysis import analyse_flyway
from planner.flyways.ranges import FlightRange, given_range, range_of
from planner.flyways.sites import FlywaySite, flyway_species, known_sites
from planner.flyways.zones import Candidate, Ground, close_gap, geodesic_line
from planner.localities import load_localities
from planner.network.errors import NetworkInputError
from resources.errors import UsageError


def site(name, lon, lat, *roles):
    return FlywaySite(name, name, lon, lat, roles)


@pytest.fixture(scope="module")
def ground():
    return Ground(Catalogue.load(), DataPack.open())


def test_every_place_in_a_zone_is_within_a_flight_of_both_ends(ground):
    sites = [site("a", 120, 45, "breeding"), site("b", 120, 35, "wintering")]
    gap = Gap(0, 1, (0, 1), 1110.0, 1, 1.0)
    (zone,) = close_gap(gap, sites, np.array([0, 1]), 700.0, ground).zones
    rng = np.random.default_rng(0)
    west, south, east, north = zone.shape.bounds
    for x, y in rng.uniform((west, south), (east, north), (200, 2)):
        far = max(WGS84.inv(one.lon, one.lat, x, y)[2] for one in sites) / 1000
        if abs(far - 700) > 2:
            assert zone.shape.contains(shapely.Point(x, y)) == (far < 700)
    assert zone.land_km2["CHN"] > 0
    assert sum(zone.land_km2.values()) <= zone.area_km2 * 1.001


def test_two_stones_have_a_zone_each_from_either_end(ground):
    sites = [site("a", 120, 50, "breeding"), site("b", 120, 34, "wintering")]
    gap = Gap(0, 1, (0, 1), 1780.0, 2, 1.0)
    first, second = close_gap(gap, sites, np.array([0, 1]), 700.0, ground).zones
    assert first.stone == 1
    assert first.shape.centroid.y > 42 > second.shape.centroid.y


def test_a_zone_over_180_degrees_stays_on_the_map(ground):
    sites = [site("a", 175, 60, "breeding"), site("b", -172, 60, "wintering")]
    gap = Gap(0, 1, (0, 1), 720.0, 1, 1.0)
    (zone,) = close_gap(gap, sites, np.array([0, 1]), 600.0, ground).zones
    assert zone.shape.bounds[0] >= -180
    assert zone.shape.bounds[2] <= 180
    assert zone.shape.contains(shapely.Point(179, 60))
    assert zone.shape.contains(shapely.Point(-179, 60))
    line = geodesic_line(*sites)
    assert len(line.geoms) == 2


def test_a_zone_over_the_pole_holds_it(ground):
    sites = [site("a", 20, 80, "breeding"), site("b", -150, 78, "wintering")]
    gap = Gap(0, 1, (0, 1), 2400.0, 1, 1.0)
    (zone,) = close_gap(gap, sites, np.array([0, 1]), 1500.0, ground).zones
    assert zone.shape.is_valid
    for x, y in ((0, 89.9), (120, 89), (-60, 85)):
        near = max(WGS84.inv(one.lon, one.lat, x, y)[2] for one in sites) < 1_500_000
        assert zone.shape.contains(shapely.Point(x, y)) == near


def test_places_of_other_migrants_are_candidates_unless_they_are_the_flyways_own():
    others = load_localities("black-faced-spoonbill")
    ground = Ground(Catalogue.load(), DataPack.open(), others)
    row = next(one for one in others if not one.site_id)
    own = FlywaySite("x", "x", row.lon, row.lat, ())
    known = Candidate("", row.site_name, row.lon, row.lat, row.species_id)
    assert known in ground.sites
    assert known not in ground.beside([own])


def test_known_sites_merge_the_roles_of_a_place_and_keep_the_weaker_status():
    sites, notes = known_sites("white-naped-crane")
    assert len({one.site_id for one in sites}) == len(sites)
    assert {role for one in sites for role in one.roles} == {"breeding", "staging", "wintering"}
    assert all(one.source for one in sites)
    assert any("recalled" in note for note in notes)
    every, _ = known_sites("hooded-crane", unconfirmed=True)
    fewer, _ = known_sites("hooded-crane")
    assert len(every) > len(fewer)


def test_ranges_come_with_their_evidence():
    by_id = {profile.id: profile for profile in flyway_species()}
    assert set(by_id) == {"black-faced-spoonbill", "hooded-crane", "white-naped-crane"}
    found = range_of(by_id["hooded-crane"])
    assert (found.low, found.value, found.high, found.status) == (700, 1000, 1300, "recalled")
    assert found.levels == {"low": 700, "value": 1000, "high": 1300}
    assert given_range(9.0, None, None).levels == {"value": 9.0}
    for wrong in (
        (0.0, None, None),
        (5.0, 6.0, None),
        (5.0, None, np.inf),
        (np.nan, None, None),
    ):
        with pytest.raises(UsageError, match="flight range"):
            given_range(*wrong)


def test_no_sites_and_stopping():
    flight = FlightRange(500.0, 500.0, 500.0)
    with pytest.raises(NetworkInputError, match="no sites of Nobody"):
        analyse_flyway("nobody", "Nobody", (), flight, None)

    class Stop:
        def report(self, fraction):
            raise KeyboardInterrupt

    two = (site("a", 0, 0, "breeding"), site("b", 1, 0, "wintering"))
    with pytest.raises(KeyboardInterrupt):
        analyse_flyway("x", "X", two, flight, None, control=Stop())
