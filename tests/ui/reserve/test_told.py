"""What a solution is worth, in the words of the window."""

from __future__ import annotations

from planner.reserve.request_file import request_from
from planner.reserve.stored_solution import StoredSolution
from ui.reserve.findings.told import quality_told

TIGER = {"kind": "habitat", "species": "amur-tiger", "target": {"share": 0.3}}


def request(objective="minimum_set"):
    goal = {"objective": objective} | ({} if objective == "minimum_set" else {"budget": 9.0})
    return request_from({"features": [TIGER], "goal": goal})


def found(**changes):
    known = {"objective": 866.0, "bound": 863.0, "gap": 0.0035, "cost": 60.0}
    return StoredSolution.model_construct(**known | {"status": "within_gap"} | changes)


def test_what_could_be_saved_is_a_share_of_what_is_new():
    told = quality_told(found(), request())
    assert "At most 5 % of the cost of new land could be saved" in told


def test_nothing_is_told_of_savings_where_there_are_none_to_tell():
    for changes, objective in (
        ({"status": "optimal"}, "minimum_set"),
        ({"cost": 0.0}, "minimum_set"),
        ({}, "minimum_shortfall"),
    ):
        assert "saved" not in quality_told(found(**changes), request(objective))
    assert quality_told(found(gap=None), request()).startswith("Nothing is proved")
