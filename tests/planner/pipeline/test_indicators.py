"""Ten by ten cells of a square kilometre, half of them Chinese and half Russian."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.control import NULL_CONTROL
from planner.pipeline.indicators import HABITAT, LAND, indicators_step, store_indicators
from planner.pipeline.study import SCENARIO
from planner.project import AddFeatures

ECA = "connected habitat in catalogued sites (ECA)"


@pytest.fixture
def measured(study, profile):
    """Return a function that makes the study, with a site of 10 km² in China, and measures."""

    def made(
        suitability=None, *, species=None, proposals=(), site=True, corridors=(), widening=()
    ):
        tiger = profile(habitat_threshold=0.5)
        place = study(["CCCCCRRRRR"] * 10, species=species or (tiger,))
        values = np.full((10, 10), 0.8) if suitability is None else suitability
        for item in place.species:
            place.store_suitability(values, item.id)
        if site:
            place.add_site("reserve", "CHN", (0, 1), (0, 4))
        drawn = [{"scenario": SCENARIO, "geometry": place.box(*where)} for where in proposals]
        place.project.execute(AddFeatures("proposals", drawn))
        place.project.execute(AddFeatures("corridors", list(corridors)))
        added = [
            {"scenario": SCENARIO, "kind": "widening", "geometry": place.box(*where)}
            for where in widening
        ]
        place.project.execute(AddFeatures("bottlenecks", added))
        store_indicators(place, NULL_CONTROL, "run")
        return place

    return made


def values(place, indicator, unit, **where):
    rows = place.project.records("indicators", indicator=indicator, unit=unit)
    return {
        (row["country"], row["stage"]): row["value"]
        for row in rows
        if all(row[name] == wanted for name, wanted in where.items())
    }


def test_shares_by_hand(measured):
    place = measured(proposals=[((5, 5), (5, 9))])
    assert values(place, LAND, "%") == {
        ("ALL", "before"): 10.0,
        ("CHN", "before"): 20.0,
        ("RUS", "before"): 0.0,
        ("ALL", "after"): 15.0,
        ("CHN", "after"): 20.0,
        ("RUS", "after"): 10.0,
    }
    assert values(place, LAND, "km2")["ALL", "after"] == 15.0
    assert values(place, LAND, "km2")["CHN", "before"] == 10.0


def test_habitat_is_counted_from_the_threshold_on(measured):
    suitability = np.full((10, 10), 0.4)
    suitability[:, :5] = 0.5
    suitability[0, 0] = 0.3
    place = measured(suitability)
    # China: 9 of 10 km² in the site, of 49 in all; Russia has none.
    amount = values(place, HABITAT, "km2", species="amur-tiger")
    share = values(place, HABITAT, "%", species="amur-tiger")
    assert amount["CHN", "before"] == 9.0
    assert share["CHN", "before"] == pytest.approx(100 * 9 / 49, abs=1e-3)
    assert amount["RUS", "before"] == 0.0
    assert ("RUS", "before") not in share, "no share of nothing"


def test_land_that_widens_a_corridor_counts_afterwards(measured):
    place = measured(widening=[((9, 9), (5, 9))])
    assert values(place, LAND, "%")["RUS", "before"] == 0.0
    assert values(place, LAND, "%")["RUS", "after"] == 10.0


def test_one_patch_is_as_connected_as_it_is_large(measured):
    place = measured()
    assert values(place, ECA, "km2")["ALL", "before"] == 10.0
    assert values(place, "ProtConn", "%")["ALL", "before"] == 10.0


def test_two_patches_connect_by_the_dispersal_between_them(measured, profile):
    tiger = profile(habitat_threshold=0.5, dispersal_max_km=5)
    place = measured(species=(tiger,), proposals=[((7, 8), (0, 4))])
    # 10 and 10 km², 5 km from edge to edge; the farthest dispersal of 5 km has 1 in 20.
    eca = values(place, ECA, "km2")["ALL", "after"]
    assert eca == pytest.approx(np.sqrt(100 + 100 + 2 * 100 * 0.05), abs=1e-3)
    protconn = values(place, "ProtConn", "%")["ALL", "after"]
    assert protconn == pytest.approx(np.sqrt(200 + 200 * 0.5 ** (5 / 10)), abs=1e-3)


def test_nothing_protected_is_nothing_connected(measured):
    place = measured(site=False)
    assert set(values(place, LAND, "%").values()) == {0.0}
    assert set(values(place, "ProtConn", "%").values()) == {0.0}
    assert set(values(place, ECA, "km2").values()) == {0.0}


def test_nothing_is_less_after_than_before(measured):
    rng = np.random.default_rng(5)
    place = measured(
        rng.uniform(0, 1, (10, 10)), proposals=[((1, 4), (3, 7)), ((6, 9), (0, 9))]
    )
    rows = place.project.records("indicators")
    after = {
        (row["indicator"], row["unit"], row["country"], row["species"]): row["value"]
        for row in rows
        if row["stage"] == "after"
    }
    before = [row for row in rows if row["stage"] == "before"]
    assert len(before) == len(after) == len(rows) // 2
    for row in before:
        key = (row["indicator"], row["unit"], row["country"], row["species"])
        assert after[key] >= row["value"], key


def test_birds_are_measured_by_their_flight(measured, profile):
    crane = profile("white-naped-crane", habitat_threshold=0.5, single_flight_mean_km=5)
    place = measured(species=(crane,), proposals=[((7, 8), (0, 4))])
    eca = values(place, ECA, "km2")["ALL", "after"]
    assert eca == pytest.approx(np.sqrt(200 + 200 * 0.5), abs=1e-3)
    assert values(place, "narrowest corridor", "m") == {}


def test_the_narrowest_corridor_as_it_is_and_as_widened(measured):
    def path(number, width_m, widening):
        return {
            "corridor_id": f"c{number}",
            "scenario": SCENARIO,
            "species": "amur-tiger",
            "kind": "path",
            "min_width_m": width_m,
            "attributes": {"widening": widening} if widening else {},
        }

    widths = [
        path(1, 500.0, {"verified_minimum_width_m": 2000.0}),
        path(2, 1500.0, {"refused": "the sea"}),
        path(3, 3000.0, None),
        path(4, None, {"refused": "too coarse a grid"}),
    ]
    place = measured(corridors=widths)
    assert values(place, "narrowest corridor", "m", species="amur-tiger") == {
        ("ALL", "before"): 500.0,
        ("ALL", "after"): 1500.0,
    }


def test_the_step_depends_on_the_proposals(measured):
    place = measured()
    before = indicators_step(place)
    drawn = {"scenario": SCENARIO, "geometry": place.box((0, 1), (0, 1))}
    place.project.execute(AddFeatures("proposals", [drawn]))
    after = indicators_step(place)
    assert before.inputs["tables"]["proposals"] != after.inputs["tables"]["proposals"]
    assert before.inputs["suitability"] == after.inputs["suitability"]
    assert before.parameters["reach"]["amur-tiger"][1] == 0.05
