from __future__ import annotations

import json

import pytest
import shapely

from planner import scenario_clipboard as clipboard
from planner.project import Project
from resources.errors import UsageError


def test_a_scenario_is_pasted_beside_the_one_it_was_copied_from(project):
    pasted = clipboard.pasted_scenario(project, clipboard.scenario_text(project, "plan"))
    project.execute(pasted.command)
    assert (pasted.scenario_id, pasted.name) == ("plan-2", "Plan 2")
    assert project.scenarios()[-1].note == "As computed."
    old, new = (project.records("proposals", scenario=name) for name in ("plan", "plan-2"))
    assert [row["name"] for row in new] == [row["name"] for row in old]
    assert shapely.equals(new[0]["geometry"], old[0]["geometry"])
    assert new[0]["uuid"] != old[0]["uuid"]
    assert project.undo() == "Paste scenario Plan 2"
    assert len(project.scenarios()) == 1


def test_into_another_project_it_comes_in_that_projects_coordinates(project, tmp_path):
    text = clipboard.scenario_text(project, "plan")
    with Project.create(
        tmp_path / "other", name="O", region_id=project.region_id, crs="EPSG:32652", author="a"
    ) as other:
        other.execute(clipboard.pasted_scenario(other, text).command)
        row = other.records("proposals", proposal_id="a")[0]
    assert row["geometry"].area == pytest.approx(16e6, rel=0.01)
    assert row["geometry"].centroid.y == pytest.approx(4_785_000, abs=60_000)


def changed(project, **values):
    return json.dumps({**json.loads(clipboard.scenario_text(project, "plan")), **values})


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"version": 9}, "another version"),
        ({"crs": "no such"}, "coordinate system"),
        ({"tables": {"proposals": 3}}, "no list of rows"),
        ({"tables": {"proposals": [{"geometry": "00ff"}]}}, "cannot be read"),
    ],
)
def test_what_is_damaged_is_refused_with_the_reason(project, values, told):
    with pytest.raises(UsageError, match=told):
        clipboard.pasted_scenario(project, changed(project, **values))
    assert len(project.scenarios()) == 1


@pytest.mark.parametrize("text", ["", "hello", "[1, 2]", "[" * 100_000])
def test_other_text_is_no_scenario(project, text):
    with pytest.raises(UsageError, match="holds no scenario"):
        clipboard.pasted_scenario(project, text)


def test_text_that_is_cut_off_is_damaged(project):
    with pytest.raises(UsageError, match="damaged"):
        clipboard.pasted_scenario(project, clipboard.scenario_text(project, "plan")[:-9])


def test_more_rows_than_a_paste_may_bring_are_refused(project, monkeypatch):
    monkeypatch.setattr(clipboard, "MAXIMUM_ROWS", 2)
    with pytest.raises(UsageError, match="more than 2 rows"):
        clipboard.pasted_scenario(project, clipboard.scenario_text(project, "plan"))


def test_more_text_than_a_paste_may_bring_is_refused(project, monkeypatch):
    monkeypatch.setattr(clipboard, "MAXIMUM_CHARACTERS", 10)
    with pytest.raises(UsageError, match="more than the 10"):
        clipboard.pasted_scenario(project, clipboard.scenario_text(project, "plan"))
