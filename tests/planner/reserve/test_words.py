"""Words that every account of a run uses alike."""

from __future__ import annotations

import pytest

from planner.reserve.request import GoalSettings
from planner.reserve.stored_solution import StoredSolution
from planner.reserve.withdrawal_run import LostTarget, WithdrawalFound
from planner.reserve.words import (
    country_words,
    left_to_save,
    shown_value,
    value_words,
    withdrawal_lines,
)


class Asked:
    def __init__(self, **goal):
        self.goal = GoalSettings(**goal)


def stored(**changes):
    return StoredSolution.model_construct(
        **{"objective": 866.0, "bound": 863.0, "cost": 60.0, "status": "within_gap", **changes}
    )


def withdrawal(**changes):
    return WithdrawalFound(
        **{
            "iso3": "CHN",
            "keeps_existing": True,
            "solution": "without-CHN",
            "refusal": "",
            "lost": (),
            "missed": (),
            "cost_before": 57.0,
            "cost_after": 60.0,
            "rise": 3.0,
            "rise_lower": 2.0,
            "rise_upper": 4.0,
            "countries": (),
            "notes": (),
            **changes,
        }
    )


def test_codes_of_countries_are_explained_once_each():
    assert country_words(["RUS", "CHN", "RUS"]) == "CHN China, RUS Russian Federation"
    assert country_words(["XYZ"]) == "XYZ"


@pytest.mark.parametrize(
    ("goal", "told"),
    [
        ({}, "the cost of new land"),
        ({"boundary_penalty": 1.5}, "the cost of new land and 1.5 for each km of boundary"),
        (
            {"objective": "maximum_coverage", "budget": 5.0, "boundary_penalty": 1.0},
            "the targets that are held, by their weights less 1 for each km",
        ),
        ({"objective": "minimum_shortfall", "budget": 5.0}, "the shares of targets that are"),
    ],
)
def test_the_value_that_is_sought_is_told_in_words(goal, told):
    assert value_words(Asked(**goal)).startswith(told)


def test_what_could_be_saved_is_told_as_a_share_of_what_is_new():
    assert "more than 3.0: 5.00 % of the cost" in left_to_save(stored(), "minimum_set")


@pytest.mark.parametrize(
    ("changes", "objective"),
    [
        ({"status": "optimal"}, "minimum_set"),
        ({"bound": None}, "minimum_set"),
        ({"cost": 0.0}, "minimum_set"),
        ({}, "minimum_shortfall"),
    ],
)
def test_nothing_is_told_of_savings_where_nothing_is_known(changes, objective):
    assert left_to_save(stored(**changes), objective) == ""


def test_values_are_shown_with_sensible_digits():
    assert (shown_value(1234.56), shown_value(0.15654)) == ("1,234.6", "0.1565")


def test_a_withdrawal_that_loses_nothing_is_compared_with_all_together():
    told = " ".join(withdrawal_lines(withdrawal()))
    assert told.startswith("If China withdraws (its existing sites stay):")
    assert "No target that was held is lost." in told
    assert "costs 60.0: 3.0 more than all together" in told
    assert "worse by 2.0 to 4.0, proved" in told


def test_less_that_is_asked_is_no_saving():
    lost = LostTarget(feature="Corridors", target=40.0, most=1.0, kept=0.5, unit="km²")
    found = withdrawal(lost=(lost,), cost_after=0.0, rise_lower=-83.0, rise_upper=-81.0)
    told = " ".join(withdrawal_lines(found))
    assert "can hold 1.0 km² at most (2.5 %), and 0.5 is asked instead" in told
    assert "the two cannot be compared" in told
    assert "worse by" not in told


def test_a_value_that_may_not_be_worse_is_not_told_as_negative():
    told = " ".join(withdrawal_lines(withdrawal(rise_lower=-1.0)))
    assert "worse by 0.0 to 4.0" in told


def test_shares_among_fewer_may_be_better_for_all():
    told = " ".join(withdrawal_lines(withdrawal(rise_lower=-3.0, rise_upper=-2.0)))
    assert "better by 2.0 to 3.0" in told


def test_costs_that_do_not_change_are_told_as_such():
    told = " ".join(withdrawal_lines(withdrawal(iso3="PRK", cost_after=57.01)))
    assert told.startswith("If the DPRK withdraws")
    assert "costs 57.0: as much as all together." in told
