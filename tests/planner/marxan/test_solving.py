import numpy as np
import pytest

from algorithms.reserve.portfolio import PortfolioRule
from algorithms.reserve.series import Effort
from planner.marxan import solving
from planner.marxan.errors import MarxanFolderError
from planner.marxan.folder import read_folder
from planner.marxan.problem import kept_targets, missed_at_a_charge
from planner.marxan.solving import (
    MarxanTargetError,
    find_alternatives,
    solve_folder,
)


def test_targets_that_cannot_be_held_are_named_with_what_is_missing(make_folder):
    path = make_folder(input__spec="id,target,name\n1,50,tiger\n2,3,leopard\n")
    with pytest.raises(MarxanTargetError, match=r"feature 1 \(tiger\).*41.*--soft") as caught:
        solve_folder(kept_targets(read_folder(path)), Effort())
    assert "leopard" not in str(caught.value)
    ((name, missing),) = caught.value.shortages
    assert "tiger" in name
    assert missing == pytest.approx(41)
    assert solve_folder(missed_at_a_charge(read_folder(path)), Effort()).standing.missing >= 1


def test_units_that_are_locked_out_do_not_hold_targets(make_folder):
    units = "id,cost,status\n1,4,3\n2,3,0\n3,5,0\n4,2,3\n"
    with pytest.raises(MarxanTargetError, match=r"feature 1 \(tiger\)"):
        solve_folder(kept_targets(read_folder(make_folder(input__pu=units))), Effort())


def test_occurrences_that_cannot_be_held_are_named(make_folder):
    path = make_folder(input__spec="id,targetocc\n1,4\n2,1\n")
    with pytest.raises(MarxanTargetError, match=r"occurrences of feature 1"):
        solve_folder(kept_targets(read_folder(path)), Effort())


def test_a_solver_that_does_not_suit_is_told(make_folder, monkeypatch):
    def refuses(_problem, **_options):
        raise ValueError("rounding needs a budget")

    monkeypatch.setattr(solving, "solve", refuses)
    posed = kept_targets(read_folder(make_folder()))
    with pytest.raises(MarxanFolderError, match=r"with the solver rounding: rounding needs"):
        solve_folder(posed, Effort(method="rounding"))


def test_alternatives_differ_and_are_nearly_as_good(make_folder):
    posed = kept_targets(read_folder(make_folder()))
    best = solve_folder(posed, Effort(gap=0.0, time_limit=30.0))
    rule = PortfolioRule(count=3, within=0.8, distance=0.2)
    found = find_alternatives(posed, best, rule, Effort(gap=0.0, time_limit=30.0))
    assert len(found.runs) > 1
    scores = [run.standing.score for run in found.runs]
    assert max(scores) <= 1.8 * scores[0]
    selected = np.array([run.standing.selected for run in found.runs])
    assert len({tuple(one) for one in selected.tolist()}) == len(selected)
    np.testing.assert_allclose(found.frequency, selected.mean(axis=0))
    assert not (found.no_regret & ~found.in_every_found).any()
