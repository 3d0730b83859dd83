from __future__ import annotations

import pytest

from algorithms.control import NULL_CONTROL
from planner import compare
from planner.compare import Line
from planner.compare_features import differences
from planner.compare_land import HABITAT, LAND, LAND_OUTSIDE, NO_HABITAT_NOTICE, REGION
from planner.project import AddFeatures, RemoveFeatures, SetSetting, UpdateFeature
from planner.scenarios import new_scenario
from resources.errors import UsageError


@pytest.fixture
def other(project, square):
    """Name a copy of the plan: one proposal grown and tabled, one gone, one new."""
    project.execute(new_scenario(project, "Other", copy_of="plan"))
    grown, gone = project.records("proposals", scenario="other")
    project.execute(
        UpdateFeature(
            "proposals", grown["fid"], {"geometry": square(5), "status": "tabled"}, "Grow"
        )
    )
    project.execute(RemoveFeatures("proposals", [gone["fid"]]))
    new = {
        "proposal_id": "n",
        "scenario": "other",
        "name": "New",
        "status": "rejected",
        "geometry": square(3, 20),
    }
    project.execute(AddFeatures("proposals", [new]))
    return "other"


def compared(project, pack, *names):
    found = compare.compare(project, pack, names, control=NULL_CONTROL)
    return {(line.title, line.place, line.species): line for line in found.lines}, found


def test_land_and_habitat_stand_side_by_side_with_their_difference(project, pack, other):
    lines, found = compared(project, pack, "plan", other)
    assert [item.name for item in found.scenarios] == ["Plan", "Other"]
    land = lines[LAND, REGION, ""]
    assert land.values == (pytest.approx(20.0), pytest.approx(25.0))  # rejected: not counted
    assert land.differences == (0.0, pytest.approx(5.0))
    assert lines[LAND, "CHN", ""].values == (pytest.approx(20.0), pytest.approx(25.0))
    habitat = lines[HABITAT, REGION, "amur-tiger"]
    assert habitat.values == (pytest.approx(20.0, abs=2), pytest.approx(25.0, abs=2))
    assert habitat.unit == "km2"
    assert lines[HABITAT, "CHN", "amur-tiger"].values == habitat.values


def test_land_of_existing_sites_is_told_apart(project, pack, square):
    site = {"site_id": "s", "name_en": "S", "state": "active", "kind": "nominal"}
    point = {**site, "site_id": "p", "kind": "point", "geometry": square(2).centroid}
    project.execute(AddFeatures("sites", [{**site, "geometry": square(2)}, point]))
    lines, _ = compared(project, pack, "plan")
    assert lines[LAND_OUTSIDE, REGION, ""].values == (pytest.approx(16.0),)


def test_what_overlaps_counts_once(project, pack, square):
    twin = {"proposal_id": "t", "scenario": "plan", "name": "T", "status": "draft"}
    project.execute(AddFeatures("proposals", [{**twin, "geometry": square(4)}]))
    lines, _ = compared(project, pack, "plan")
    assert lines[LAND, REGION, ""].values == (pytest.approx(20.0),)


def test_numbers_of_proposals_corridors_and_indicators_are_told(project, pack, other):
    lines, _ = compared(project, pack, "plan", other)
    assert lines[compare.NUMBER_OF_PROPOSALS, REGION, ""].values == (2, 2)
    assert lines[compare.STATUSES["tabled"], REGION, ""].values == (1, 1)
    assert lines[compare.RECORDED_COST, "CHN", ""].values == (3, 3)
    assert lines[compare.LENGTH, REGION, ""].values == (12.5, 12.5)
    assert lines[compare.NARROWEST, REGION, ""].values == (1500, 1500)
    assert lines["ProtConn", REGION, ""].values == (7.5, 7.5)
    assert not lines["ProtConn", REGION, ""].differs


def test_what_one_scenario_lacks_is_not_taken_for_nothing(project, pack):
    project.execute(new_scenario(project, "Empty"))
    lines, _ = compared(project, pack, "plan", "empty")
    assert lines["ProtConn", REGION, ""].values == (7.5, None)
    assert lines["ProtConn", REGION, ""].differences == (0.0, None)
    assert lines[LAND, REGION, ""].values[1] == 0.0


def test_groups_stand_together_and_the_region_before_its_countries(project, pack, other):
    _, found = compared(project, pack, "plan", other)
    groups = [compare.GROUPS.index(line.group) for line in found.lines]
    assert groups == sorted(groups)
    land = [line.place for line in found.lines if line.title == LAND]
    assert land == [REGION, "CHN"]


def test_without_a_map_of_habitat_that_is_said(project, pack):
    project.execute(SetSetting("species", []))
    _, found = compared(project, pack, "plan")
    assert NO_HABITAT_NOTICE in found.notices


@pytest.mark.parametrize("names", [(), ("plan", "plan"), tuple("abcdefg")])
def test_none_too_many_or_the_same_twice_are_refused(project, pack, names):
    with pytest.raises(UsageError, match="From 1 to 6 different scenarios"):
        compare.compare(project, pack, names, control=NULL_CONTROL)


def test_differences_tell_what_is_new_gone_and_changed(project, other):
    found = {item.key: item for item in differences(project, "plan", other)}
    assert {key: item.change for key, item in found.items()} == {
        "a": "changed",
        "b": "first only",
        "n": "second only",
    }
    assert found["a"].fields == ("status",)
    assert found["a"].gained_km2 == pytest.approx(9.0)
    assert found["a"].lost_km2 == 0.0
    assert found["b"].lost_km2 == pytest.approx(4.0)
    assert found["a"].geometry.area == pytest.approx(25e6)


def test_a_copy_does_not_differ(project):
    project.execute(new_scenario(project, "Same", copy_of="plan"))
    assert differences(project, "plan", "same") == ()


def test_a_corridor_that_became_narrower_differs(project):
    project.execute(new_scenario(project, "Other", copy_of="plan"))
    for row in project.records("corridors", scenario="other"):
        project.execute(UpdateFeature("corridors", row["fid"], {"min_width_m": 900.0}))
    (found,) = differences(project, "plan", "other")
    assert (found.kind, found.change, found.fields) == ("corridor", "changed", ("min_width_m",))


def test_a_line_that_differs_nowhere_has_no_difference():
    line = Line("Proposals", "x", "", REGION, "", (1.0, 1.0, None))
    assert line.differs
    assert line.differences == (0.0, 0.0, None)
