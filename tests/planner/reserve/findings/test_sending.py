from __future__ import annotations

import pytest

from planner.pipeline.proposals import CANDIDATE
from planner.project import AddFeatures
from planner.records import attribute
from planner.reserve.alternative import compute_alternative
from planner.reserve.complexes import ComplexFinder
from planner.reserve.proposal import write_proposals
from planner.reserve.sending import NATIONAL, send_to_scenario
from resources.errors import UsageError


@pytest.fixture
def proposed(place):
    """Return a place with one proposal and some land away from the border."""
    made = place()
    made.add_pair()
    _propose(made, [*made.row_of_units(), made.unit(4, 2)])
    return made


def _propose(made, units):
    stored = made.choose(*units)
    finder = ComplexFinder(made.run, made.ground, made.study, made.protected)
    write_proposals(made.run, finder.proposals("best", stored.mask()))


def test_proposals_become_drafts_of_the_scenario(proposed):
    compute_alternative(proposed.run, "best")
    sent = send_to_scenario(proposed.project, proposed.run, "best", "plan")
    assert (sent.transboundary, sent.national, sent.replaced) == (1, 0, 0)
    (row,) = proposed.project.records("proposals", scenario="plan")
    assert row["proposal_id"] == sent.proposal_ids[0]
    assert not str(row["proposal_id"]).startswith(CANDIDATE)
    assert row["status"] == "draft"
    assert row["name"] == "West and East"
    assert row["member_sites"] == ["east", "west"]
    assert row["area_by_country"]["CHN"] == {
        "existing_km2": 12.0,
        "added_km2": 12.0,
        "counted_km2": 0.0,
    }
    assert any("times as much as joining" in reason for reason in row["reasons"])
    assert "proved to be the best" in row["reasons"][-1]
    assert row["geometry"].area == pytest.approx(row["area_km2"] * 1e6)
    assert attribute(row, "cost_unit") == "km²"
    assert attribute(row, "reserve_run") == proposed.run.run_id


def test_it_is_one_step_of_undo_that_makes_the_scenario_too(proposed):
    project = proposed.project
    before = project.scenarios()
    send_to_scenario(project, proposed.run, "best", "table", name="For the table")
    assert {item.name for item in project.scenarios()} == {"Plan", "For the table"}
    assert len(project.records("proposals", scenario="table")) == 1
    project.undo()
    assert project.scenarios() == before
    assert project.records("proposals") == []
    project.redo()
    assert len(project.records("proposals", scenario="table")) == 1


def test_a_proposal_of_the_same_name_is_told_apart(proposed):
    project = proposed.project
    send_to_scenario(project, proposed.run, "best", "plan")
    (row,) = project.records("proposals", scenario="plan")
    row = {name: value for name, value in row.items() if name not in {"fid", "uuid"}}
    project.execute(AddFeatures("proposals", [{**row, "proposal_id": f"{CANDIDATE}1"}]))
    send_to_scenario(project, proposed.run, "best", "plan")
    names = {str(row["name"]) for row in project.records("proposals", scenario="plan")}
    assert names == {"West and East", "West and East (by targets, best)"}
    assert project.undo_label == "Send proposals of By hand to the scenario plan"


def test_sending_again_replaces_what_was_sent(proposed):
    send_to_scenario(proposed.project, proposed.run, "best", "plan")
    _propose(proposed, proposed.row_of_units())
    sent = send_to_scenario(proposed.project, proposed.run, "best", "plan")
    assert sent.replaced == 1
    (row,) = proposed.project.records("proposals")
    assert attribute(row, "added_km2") == 16.0


def test_land_away_from_borders_is_sent_by_country(place):
    made = place()
    _propose(made, [made.unit(0, 2), made.unit(4, 8)])
    sent = send_to_scenario(made.project, made.run, "best", "plan")
    assert (sent.transboundary, sent.national) == (0, 2)
    rows = made.project.records("proposals")
    assert {row["kind"] for row in rows} == {NATIONAL}
    assert [row["countries"] for row in rows] == [["CHN"], ["RUS"]]


def test_nothing_to_send_is_told(place):
    made = place()
    _propose(made, [])
    with pytest.raises(UsageError, match="nothing to send"):
        send_to_scenario(made.project, made.run, "best", "plan")


def test_proposals_must_be_found_first(place):
    made = place()
    made.choose(*made.row_of_units())
    with pytest.raises(UsageError, match="have not been found yet"):
        send_to_scenario(made.project, made.run, "best", "plan")
