"""The corridors of a project, widened to any width by the desk, and proposed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely import MultiPolygon

from algorithms.control import NULL_CONTROL
from planner.corridors import widening
from planner.corridors.profile import profile_of
from planner.corridors.result import bound_clause
from planner.corridors.widening import WideningDesk, propose
from planner.pipeline.corridors import store_corridors
from planner.project import AddScenario, RemoveFeatures
from planner.records import attribute
from resources.errors import PlannerError, UsageError

SIDE = 500.0
ROWS, COLUMNS = 20, 40
NECK = (slice(8, 11), slice(12, 28))
CORRIDOR = "amur-tiger-1:amur-tiger-2"
NEEDED = {"minimum_corridor_width_m": 2000, "settlement_avoidance_km": 0.4}


@pytest.fixture
def place(study, profile, monkeypatch):
    """Return a study with two cores joined by a neck of 1,500 m over a border."""

    def made(**options):
        tiger = profile(**{**NEEDED, **options.pop("numbers", {})})
        found = study(["C" * 20 + "R" * 20] * ROWS, side_m=SIDE, species=(tiger,), **options)
        resistance = np.full((ROWS, COLUMNS), 500.0)
        resistance[:, :12] = resistance[:, 28:] = resistance[NECK] = 1.0
        cores = np.zeros((ROWS, COLUMNS), np.int32)
        cores[:, :12], cores[:, 28:] = 1, 2
        found.store_resistance(resistance)
        found.store_cores(cores)
        store_corridors(found, tiger, NULL_CONTROL, "run")
        vars(found)["categories"] = {widening.LAND_TYPES: {0: "Moist forest"}}
        monkeypatch.setattr(widening, "study_of", lambda project, species: found)
        monkeypatch.setattr(
            widening, "load_species", lambda name: tiger if name == "amur-tiger" else None
        )
        return found

    return made


@pytest.fixture
def desk(place):
    return WideningDesk.of(place().project, "amur-tiger")


def test_the_slider_runs_from_a_cell_over_the_need(desk):
    least, needed, most = desk.widths_m
    assert (least, needed, most) == (500.0, 2000.0, 8000.0)
    assert desk.corridor_ids == (CORRIDOR,)
    assert desk.names[CORRIDOR] == "Core 1 to Core 2"


def test_a_wider_corridor_costs_each_country_its_part(desk):
    result = desk.widened(CORRIDOR, 2500)
    assert result.refused == ""
    assert result.verified_width_m >= 2500.0
    assert [share.iso3 for share in result.shares] == ["CHN", "RUS"]
    total = sum(share.area_km2 for share in result.shares)
    assert result.area_km2 == pytest.approx(total)
    assert result.cost == pytest.approx(sum(share.cost for share in result.shares))
    assert result.shares[0].land_types == {"Moist forest": result.shares[0].area_km2}
    assert set(result.added_by_country) == {"CHN", "RUS"}
    area = sum(shape.area for shape in result.added_by_country.values())
    assert area == pytest.approx(result.area_km2 * 1e6)
    assert result.geometry.area == pytest.approx(1e6 * sum(s.whole_km2 for s in result.shares))
    assert (result.bottlenecks_removed, result.bottlenecks_left) == (1, 0)
    assert 0 <= result.lower_bound <= result.cost
    assert result.gap == pytest.approx(1 - result.lower_bound / result.cost)
    assert "not" not in result.cost_unit
    assert desk.widened(CORRIDOR, 2500, prove=False).lower_bound is None


def test_wider_never_costs_less(desk):
    costs = [desk.widened(CORRIDOR, width, prove=False).cost for width in (1000, 2000, 3000)]
    assert costs[0] == 0.0
    assert costs == sorted(costs)


def test_at_the_need_it_is_what_the_plan_found(place):
    study = place()
    (row,) = study.project.records("corridors", kind="path")
    result = WideningDesk.of(study.project, "amur-tiger").widened(CORRIDOR, 2000)
    stored = attribute(row, "widening")
    assert result.cost == pytest.approx(stored["union_cost"], abs=1e-3)
    assert result.lower_bound == pytest.approx(stored["lower_bound"], abs=1e-3)
    added = study.project.records("bottlenecks", kind="widening")
    assert result.area_km2 == pytest.approx(sum(r["area_to_add_km2"] for r in added), abs=0.02)


def test_what_cannot_be_is_refused_in_words(desk):
    wide = desk.widened(CORRIDOR, 11_000)
    assert "cannot pass" in wide.refused
    assert wide.widest_m >= 9_500
    assert desk.widened(CORRIDOR, 100).refused.startswith(
        "A width of 100 m is less than a cell"
    )
    assert desk.widened(CORRIDOR, 100).area_km2 == 0.0
    with pytest.raises(UsageError, match="Did you mean amur-tiger-1:amur-tiger-2"):
        desk.widened("amur-tiger-1:amur-tiger-9", 2000)


def test_variants_tell_what_less_money_buys(desk):
    variants = desk.variants(CORRIDOR, 3000)
    assert len(variants) > 1
    costs = [variant.result.cost for variant in variants]
    assert costs == sorted(costs)
    assert variants[-1].shortfall_m2 == 0.0
    assert all(v.least_shortfall_m2 <= v.shortfall_m2 + 1e-6 for v in variants)


def test_sites_that_the_corridor_touches_are_told(place):
    study = place()
    study.add_site("reserve", "CHN", (7, 12), (13, 16))
    study.add_site("planned", "CHN", (7, 12), (13, 16), state="planned")
    study.add_site("elsewhere", "RUS", (0, 1), (20, 21))
    result = WideningDesk.of(study.project, "amur-tiger").widened(CORRIDOR, 2000)
    ((site_id, name, inside),) = result.sites
    assert (site_id, name) == ("reserve", "Reserve (nominal)")
    assert 0 < inside <= 6 * 4 * 0.25
    chn = next(share for share in result.shares if share.iso3 == "CHN")
    assert chn.protected_km2 == pytest.approx(inside)


def test_the_needs_of_a_second_species_hold_as_well(place, profile, monkeypatch):
    study = place()
    leopard = profile("amur-leopard", minimum_corridor_width_m=3000, settlement_avoidance_km=1)
    resistance = np.ones((ROWS, COLUMNS))
    resistance[11, 14:18] = np.nan
    study.store_resistance(resistance, "amur-leopard")
    tiger = study.species[0]
    monkeypatch.setattr(
        widening, "load_species", lambda name: tiger if name == "amur-tiger" else leopard
    )
    both = WideningDesk.of(study.project, "amur-tiger", ["amur-leopard"])
    assert both.widths_m.needed_m == 3000.0
    result = both.widened(CORRIDOR, 2000)
    assert result.species == ("amur-tiger", "amur-leopard")
    assert result.width_m == 3000.0
    assert result.verified_width_m >= 3000.0
    lake = study.box((11, 11), (14, 17))
    assert not any(s.buffer(-1).intersects(lake) for s in result.added_by_country.values())


def test_a_widening_becomes_a_draft_that_can_be_taken_back(place):
    study = place()
    project = study.project
    project.execute(AddScenario("wider", "Wider"))
    result = WideningDesk.of(project, "amur-tiger").widened(CORRIDOR, 2000)
    project.execute(propose(result, "wider", " Neck "))
    (row,) = project.records("proposals")
    assert (row["name"], row["status"], row["scenario"]) == ("Neck", "draft", "wider")
    assert row["countries"] == ["CHN", "RUS"]
    assert row["species"] == ["amur-tiger"]
    assert row["geometry"].area == pytest.approx(result.geometry.area)
    parts = row["area_by_country"]
    assert sum(part["to_add_km2"] for part in parts.values()) == pytest.approx(
        result.area_km2, abs=0.02
    )
    assert any("2,000 m wide everywhere, for Amur tiger" in reason for reason in row["reasons"])
    assert any("weighted by settlement pressure" in reason for reason in row["reasons"])
    assert project.undo() == "Propose Neck"
    assert project.records("proposals") == []
    project.redo()
    assert len(project.records("proposals")) == 1


def test_what_was_refused_or_has_no_name_is_no_proposal(desk):
    with pytest.raises(UsageError, match="no proposal"):
        propose(desk.widened(CORRIDOR, 11_000), "wider", "Neck")
    with pytest.raises(UsageError, match="needs a name"):
        propose(desk.widened(CORRIDOR, 1000), "wider", "  ")
    with pytest.raises(UsageError, match="no land to propose"):
        propose(replace(desk.widened(CORRIDOR, 1000), geometry=MultiPolygon()), "wider", "Neck")


def test_a_proposal_of_less_cost_does_not_say_it_is_wide_everywhere(desk):
    wide = desk.widened(CORRIDOR, 2500)
    assert "is 2,500 m wide everywhere" in _reasons_of(wide)[0]
    less = replace(wide, verified_width_m=1500.0)
    assert _reasons_of(less)[0] == (
        "To cost less, the corridor stays below 2,500 m in places, for Amur tiger; measured "
        "again, 1,500 m at its narrowest."
    )


@pytest.mark.parametrize(
    ("cost", "bound", "said"),
    [
        (10.0, 8.0, "none of this width costs less than 8.00, so at most 20% could be saved"),
        (10.0, 0.0, "how much could be saved at most is not proven"),
        (10.0, None, ""),
        (0.0, 0.0, ""),
    ],
)
def test_a_bound_that_tells_nothing_is_not_told_as_one(cost, bound, said):
    assert bound_clause(cost, bound).removeprefix("; ") == said


def _reasons_of(result):
    return propose(result, "wider", "Neck").records[0]["reasons"]


def test_without_corridors_or_resistance_the_desk_says_what_to_run(place, project):
    study = place()
    study.project.raster_path("resistance_amur-tiger").unlink()
    with pytest.raises(PlannerError, match="landbridge corridors"):
        WideningDesk.of(study.project, "amur-tiger")
    rows = [row["fid"] for row in project.records("corridors")]
    project.execute(RemoveFeatures("corridors", rows))
    with pytest.raises(PlannerError, match="holds no corridor of amur-tiger"):
        WideningDesk.of(study.project, "amur-tiger")


def test_the_stored_profile_knows_places_countries_and_crossings(place):
    study = place()
    (row,) = study.project.records("corridors", kind="path")
    profile = profile_of(row)
    assert profile.needed_m == 2000
    assert len(profile.x) == len(profile.width_m) > 10
    west, south, east, north = study.grid.bounds
    assert all(
        west <= x <= east and south <= y <= north
        for x, y in zip(profile.x, profile.y, strict=True)
    )
    assert min(profile.width_m) == 1500.0
    assert [iso3 for _, _, iso3 in profile.countries] == ["CHN", "RUS"]
    assert profile.countries[-1][1] == profile.distance_m[-1]
    ((distance, border),) = profile.crossings
    assert border == "CHN-RUS"
    assert distance == pytest.approx(profile.countries[0][1], abs=1.0)
    ((start, end, width, country),) = profile.stretches
    assert width == 1500.0
    assert country in {"CHN", "RUS"}
    assert 0 <= start < end <= profile.distance_m[-1]
    (narrow,) = study.project.records("bottlenecks", kind="bottleneck")
    lengths = attribute(narrow, "length_km_by_country")
    assert sum(lengths.values()) == pytest.approx((end - start) / 1000, abs=0.01)
    assert attribute(row, "throat_flow_m") == pytest.approx(1500.0, rel=0.06)
