from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from algorithms.control import NULL_CONTROL
from planner.pipeline.proposals import proposals_step, store_proposals
from planner.pipeline.study import SCENARIO
from planner.project import AddFeatures, UpdateFeature
from planner.records import attribute

PICTURE = ["CCCCCCRRRRRR"] * 6
GOOD, POOR = 0.9, 0.1


@pytest.fixture
def landscape(study, profile):
    """Return a function that makes 6 x 12 km of good habitat; the border is at column 6."""

    def made(suitability=None, **options):
        tiger = profile(habitat_threshold=0.5)
        place = study(PICTURE, species=(tiger,), **options)
        values = np.full((6, 12), GOOD) if suitability is None else suitability
        place.store_suitability(values)
        return place

    return made


def proposed(place):
    store_proposals(place, NULL_CONTROL, "run")
    return place.project.records("proposals")


def test_sites_that_touch_become_a_transboundary_protected_area(landscape):
    place = landscape()
    place.add_site("west", "CHN", (0, 5), (3, 5))
    place.add_site("east", "RUS", (0, 3), (6, 8))
    place.add_pair("west", "east")
    (row,) = proposed(place)
    assert row["proposal_id"] == "candidate-1"
    assert row["name"] == "West and East"
    assert row["kind"] == "transboundary protected area"
    assert row["status"] == "draft"
    assert row["countries"] == ["CHN", "RUS"]
    assert row["member_sites"] == ["west", "east"]
    assert row["species"] == ["amur-tiger"]
    (reason,) = row["reasons"]
    assert reason.startswith("West and East: touching, by nominal footprints")
    # Sites of 18 and 12 km²; what is added lies beside the contact.
    parts = row["area_by_country"]
    assert parts["CHN"]["existing_km2"] == 18.0
    assert parts["RUS"]["existing_km2"] == 12.0
    assert row["area_km2"] == sum(sum(part.values()) for part in parts.values())
    assert row["geometry"].area == pytest.approx(row["area_km2"] * 1e6)
    assert attribute(row, "added_km2") == sum(part["added_km2"] for part in parts.values())
    assert attribute(row, "habitat_km2") == {"amur-tiger": row["area_km2"]}
    assert attribute(row, "gap_km2") == 0.0


def test_sites_apart_are_joined_through_the_habitat_between_them(landscape):
    place = landscape()
    place.add_site("west", "CHN", (0, 5), (0, 2))
    place.add_site("east", "RUS", (0, 5), (9, 11))
    place.add_pair("west", "east", basis="documented", nominal=False)
    (row,) = proposed(place)
    assert row["kind"] == "transboundary conservation landscape"
    (reason,) = row["reasons"]
    assert reason.startswith("West and East: 6.0 km apart")
    assert "nominal" not in reason
    parts = row["area_by_country"]
    assert parts["CHN"]["existing_km2"] == parts["RUS"]["existing_km2"] == 18.0
    # Six columns lie between; the land that joins is 5 km wide on average.
    assert 0 < parts["CHN"]["added_km2"] <= 18.0
    assert attribute(row, "added_km2") >= 5.0 * 6
    assert attribute(row, "gap_km2") == 0.0


def test_what_people_proposed_stays_when_the_plan_is_made_again(landscape):
    place = landscape()
    place.add_site("west", "CHN", (0, 5), (3, 5))
    place.add_site("east", "RUS", (0, 3), (6, 8))
    place.add_pair("west", "east")
    (candidate,) = proposed(place)
    own = {
        "proposal_id": "corridor-1",
        "scenario": SCENARIO,
        "name": "Ours",
        "status": "tabled",
    }
    drawn = {**own, "geometry": candidate["geometry"]}
    place.project.execute(AddFeatures("proposals", [drawn]))
    kept = {row["proposal_id"]: row["name"] for row in proposed(place)}
    assert kept == {"candidate-1": "West and East", "corridor-1": "Ours"}
    place.store_suitability(np.full((6, 12), POOR))
    assert [row["proposal_id"] for row in proposed(place)] == ["corridor-1"]


def test_a_gap_in_the_habitat_is_told(landscape):
    suitability = np.full((6, 12), GOOD)
    suitability[:, 5:7] = POOR
    place = landscape(suitability)
    place.add_site("west", "CHN", (0, 5), (0, 3))
    place.add_site("east", "RUS", (0, 5), (8, 11))
    place.add_pair("west", "east")
    (row,) = proposed(place)
    assert attribute(row, "gap_km2") == 2.0
    assert attribute(row, "habitat_km2")["amur-tiger"] < row["area_km2"]


def test_without_habitat_nothing_is_proposed(landscape):
    place = landscape(np.full((6, 12), POOR))
    place.add_site("west", "CHN", (0, 5), (3, 5))
    place.add_site("east", "RUS", (0, 5), (6, 8))
    place.add_pair("west", "east")
    assert proposed(place) == []


def test_a_sliver_in_a_third_country_is_no_part_of_it(study, profile):
    tiger = profile(habitat_threshold=0.5)
    place = study(["CCCCRRRR"] * 7 + ["CCCPRRRR"], side_m=500.0, species=(tiger,))
    place.store_suitability(np.full((8, 8), GOOD))
    place.add_site("west", "CHN", (0, 7), (0, 3))
    place.add_site("east", "RUS", (0, 7), (4, 7))
    place.add_pair("west", "east")
    (row,) = proposed(place)
    assert row["countries"] == ["CHN", "RUS"]
    parts = row["area_by_country"]
    assert row["area_km2"] == pytest.approx(31 * 0.25 + 32 * 0.25, abs=0.06)
    assert sum(sum(part.values()) for part in parts.values()) == pytest.approx(
        row["area_km2"], abs=0.2
    )
    assert not row["geometry"].intersects(place.box((7, 7), (3, 3)).buffer(-1))


def test_sites_cut_by_the_edge_of_the_region_are_told(landscape):
    place = landscape()
    place.add_site("west", "CHN", (0, 5), (-9, 5))
    place.add_site("east", "RUS", (0, 5), (6, 8))
    place.add_pair("west", "east")
    (row,) = proposed(place)
    assert row["reasons"][1] == (
        "The edge of the region cuts West: only the land inside is counted."
    )
    assert row["area_by_country"]["CHN"]["existing_km2"] == 36.0


def test_species_without_a_record_at_the_sites_are_told_apart(study, profile):
    tiger = profile(habitat_threshold=0.5)
    unknown = {name: SimpleNamespace(species=()) for name in ("west", "east")}
    place = study(PICTURE, species=(tiger,), catalogue=unknown)
    place.store_suitability(np.full((6, 12), GOOD))
    place.add_site("west", "CHN", (0, 5), (3, 5))
    place.add_site("east", "RUS", (0, 5), (6, 8))
    place.add_pair("west", "east")
    (row,) = proposed(place)
    assert row["reasons"][1].startswith("Amur tiger: potential habitat by the model")


@pytest.mark.parametrize(("distance_km", "candidates"), [(49.0, 1), (51.0, 0)])
def test_documented_partners_are_joined_within_what_an_animal_walks(
    landscape, distance_km, candidates
):
    place = landscape()
    place.add_site("west", "CHN", (0, 5), (3, 5))
    place.add_site("east", "RUS", (0, 5), (9, 11))
    place.add_pair("west", "east", distance_km=distance_km, basis="documented")
    found = proposed(place)
    assert len(found) == candidates
    for row in found:
        assert any("nominal footprints" in reason for reason in row["reasons"][1:])


@pytest.mark.parametrize(("distance_km", "candidates"), [(9.0, 1), (11.0, 0)])
def test_birds_alone_join_only_what_lies_close(study, profile, distance_km, candidates):
    crane = profile("hooded-crane", habitat_threshold=0.5)
    place = study(PICTURE, species=(crane,))
    place.store_suitability(np.full((6, 12), GOOD), "hooded-crane")
    place.add_site("west", "CHN", (0, 5), (3, 5))
    place.add_site("east", "RUS", (0, 5), (9, 11))
    place.add_pair("west", "east", distance_km=distance_km)
    assert len(proposed(place)) == candidates


@pytest.mark.parametrize("distance_km", [None, 121.0])
def test_pairs_beyond_reach_are_not_joined(landscape, distance_km):
    place = landscape()
    place.add_site("west", "CHN", (0, 5), (3, 5))
    place.add_site("east", "RUS", (0, 5), (6, 8))
    place.add_pair("west", "east", distance_km=distance_km)
    assert proposed(place) == []


def test_a_pair_with_a_site_that_holds_no_land_is_passed_over(landscape):
    place = landscape()
    place.add_site("west", "CHN", (0, 5), (3, 5))
    place.add_site("east", "RUS", (0, 5), (6, 8), state="planned")
    place.add_site("off", "RUS", (0, 5), (20, 22))
    place.add_pair("west", "east")
    place.add_pair("west", "off")
    assert proposed(place) == []


def test_the_sea_between_two_sites_keeps_them_apart(study, profile):
    tiger = profile(habitat_threshold=0.5)
    place = study(["CCC...RRR"] * 3, species=(tiger,))
    place.store_suitability(np.full((3, 9), GOOD))
    place.add_site("west", "CHN", (0, 2), (0, 2))
    place.add_site("east", "RUS", (0, 2), (6, 8))
    place.add_pair("west", "east")
    assert proposed(place) == []


def test_what_hangs_together_is_one_candidate_named_after_the_largest(landscape):
    place = landscape()
    place.add_site("west", "CHN", (0, 5), (3, 5))
    place.add_site("north", "RUS", (0, 1), (6, 8))
    place.add_site("south", "RUS", (3, 5), (6, 8))
    place.add_pair("west", "north")
    place.add_pair("west", "south")
    (row,) = proposed(place)
    assert row["name"] == "West and South"
    assert row["member_sites"] == ["west", "south", "north"]
    assert len(row["reasons"]) == 2


def test_candidates_apart_are_numbered_by_name(study, profile):
    tiger = profile(habitat_threshold=0.5)
    place = study(["CCRR", "CCRR", "....", "CCRR", "CCRR"], species=(tiger,))
    place.store_suitability(np.full((5, 4), GOOD))
    for name, rows in (("b", (0, 1)), ("a", (3, 4))):
        place.add_site(f"{name}west", "CHN", rows, (0, 1))
        place.add_site(f"{name}east", "RUS", rows, (2, 3))
        place.add_pair(f"{name}west", f"{name}east")
    rows = proposed(place)
    assert [(row["proposal_id"], row["name"]) for row in rows] == [
        ("candidate-1", "Awest and Aeast"),
        ("candidate-2", "Bwest and Beast"),
    ]


def corridor(place, kind, **values):
    return {
        "corridor_id": "amur-tiger-1:amur-tiger-2",
        "species": "amur-tiger",
        "scenario": SCENARIO,
        "core_a": "amur-tiger-1",
        "core_b": "amur-tiger-2",
        "kind": kind,
        "length_km": 6.0,
        "min_width_m": 1500.0,
        **values,
    }


@pytest.fixture
def with_corridor(landscape):
    """Two sites in poor land, cores inside them, and a corridor along the southern edge."""

    def made(site_ids, *, throat_m=1500.0):
        place = landscape(np.where(np.arange(12) % 9 < 3, GOOD, POOR) * np.ones((6, 1)))
        place.add_site("west", "CHN", (0, 5), (0, 2))
        place.add_site("east", "RUS", (0, 5), (9, 11))
        place.add_pair("west", "east")
        labels = np.zeros((6, 12), np.int32)
        labels[:, :3], labels[:, 9:] = 1, 2
        place.store_cores(labels, site_ids=site_ids)
        swath = place.box((5, 5), (3, 8))
        rows = [
            corridor(place, "path", geometry=swath.exterior, min_width_m=throat_m),
            corridor(place, "swath", geometry=swath, min_width_m=throat_m),
        ]
        place.project.execute(AddFeatures("corridors", rows))
        widening = {
            "corridor_id": rows[0]["corridor_id"],
            "scenario": SCENARIO,
            "kind": "widening",
            "country": "CHN",
            "geometry": place.box((4, 4), (3, 4)),
        }
        place.project.execute(AddFeatures("bottlenecks", [widening]))
        return place

    return made


def test_corridors_between_the_two_sites_are_part_of_the_land(with_corridor):
    place = with_corridor({1: ["west"], 2: ["east"]})
    (row,) = proposed(place)
    assert row["geometry"].contains(place.box((5, 5), (3, 8)).buffer(-1))
    assert row["geometry"].contains(place.box((4, 4), (3, 4)).buffer(-1))
    assert row["reasons"][1] == (
        "Corridor for the Amur tiger of 6.0 km; narrowest place 1,500 m, needed 2,000 m."
    )


def test_a_width_that_is_not_known_is_called_so(with_corridor):
    (row,) = proposed(with_corridor({1: ["east"], 2: ["west"]}, throat_m=None))
    assert "narrowest place unknown, needed 2,000 m." in row["reasons"][1]


def test_cores_that_touch_are_no_corridor_of_no_length(with_corridor):
    place = with_corridor({1: ["west"], 2: ["east"]})
    for row in place.project.records("corridors"):
        place.project.execute(
            UpdateFeature("corridors", row["fid"], {"attributes": {"adjoining": True}})
        )
    (row,) = proposed(place)
    assert row["reasons"][1].startswith(
        "Core habitat of the Amur tiger touches over the border;"
    )


def test_corridors_of_other_cores_are_not(with_corridor):
    place = with_corridor({1: ["west"], 2: ["elsewhere"]})
    (row,) = proposed(place)
    assert len(row["reasons"]) == 1
    assert not row["geometry"].contains(place.box((4, 4), (3, 4)).buffer(-1))


def test_corridors_of_other_scenarios_are_not(with_corridor):
    place = with_corridor({1: ["west"], 2: ["east"]})
    wrong = [
        {**row, "scenario": "other", "site_ids": []} for row in place.project.records("cores")
    ]
    for row in wrong:
        del row["fid"], row["uuid"]
    place.project.execute(AddFeatures("cores", wrong))
    (row,) = proposed(place)
    assert len(row["reasons"]) == 2


def test_the_step_depends_on_tables_and_suitability(landscape):
    place = landscape()
    before = proposals_step(place)
    place.add_site("west", "CHN", (0, 5), (3, 5))
    after = proposals_step(place)
    assert before.inputs["tables"]["sites"] != after.inputs["tables"]["sites"]
    assert before.inputs["suitability"] == after.inputs["suitability"]
    assert before.parameters["species"] == ["amur-tiger"]
