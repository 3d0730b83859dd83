"""Numbers of a solver's messages as names."""

from __future__ import annotations

import pytest

from algorithms.reserve.solution import InfeasibleProblemError
from planner.reserve.errors import RequestError
from planner.reserve.naming import named_refusal, with_budget
from planner.reserve.request import GoalSettings

UNITS = ["r1c1", "r1c2", "r2c1-CHN"]
COUNTRIES = ("CHN", "RUS")


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ("units 0, 2 are locked in", "Units r1c1, r2c1-CHN are locked in."),
        ("units 0, 1 and 7 more stand alone", "Units r1c1, r1c2 and 7 more stand alone."),
        ("unit 1 is both", "Unit r1c2 is both."),
        ("country 1 is to have at least 0.5", "RUS is to have at least 0.5."),
        ("shares sum to 1.2 (country 0: 0.7, country 1: 0.5)", "(CHN: 0.7, RUS: 0.5)."),
        ("the target of forest is 5 and units hold 3", "and units hold 3."),
        ("unit 9 is not there", "Unit 9 is not there."),
    ],
)
def test_units_and_countries_have_their_names(told, named) -> None:
    error = InfeasibleProblemError(told, [("country 1", 0.2)])
    found = named_refusal(error, UNITS, COUNTRIES, {})
    assert isinstance(found, InfeasibleProblemError)
    assert str(found).endswith(named)
    assert found.shortages == (("RUS", 0.2),)


def test_a_problem_that_is_not_well_formed_is_a_request_that_cannot_be_met() -> None:
    found = named_refusal(ValueError("unit 2 has no area"), UNITS, COUNTRIES, {})
    assert isinstance(found, RequestError)
    assert "written. Unit r2c1-CHN has no area." in str(found)


def test_what_is_short_is_told_with_its_unit() -> None:
    error = InfeasibleProblemError(
        "the target of forest is 9", [("forest", 2.0), ("budget", 1)]
    )
    found = named_refusal(error, UNITS, COUNTRIES, {"forest": "km²", "moor": "ha"})
    assert str(found) == "The target of forest is 9. Amounts: forest in km²."


def test_a_budget_is_named_where_it_may_be_why() -> None:
    refusal = InfeasibleProblemError("No selection.", [("forest", 2.0)])
    told = with_budget(refusal, GoalSettings(budget=5.0))
    assert "within a budget of 5: raise it" in str(told)
    assert told.shortages == refusal.shortages
    shortfall = GoalSettings(budget=5.0, objective="minimum_shortfall")
    for goal in (GoalSettings(), shortfall):
        assert with_budget(refusal, goal) is refusal
