from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from algorithms.reserve.evenness import country_shares, entitlements, evenness
from algorithms.reserve.fair import as_fair, fairest
from algorithms.reserve.problem import Problem
from algorithms.reserve.search import SearchOptions
from algorithms.reserve.solution import InfeasibleProblemError, objective_value
from algorithms.reserve.solving import solve
from tests.algorithms.reserve.random_problems import random_problem, selections


def level_of(problem, selected):
    return evenness(country_shares(problem, selected), entitlements(problem)[1])


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_fairest_against_all_selections(seed):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng)
    n = problem.n_units
    problem = replace(
        problem,
        country=rng.integers(0, min(3, n), n).astype(np.int32),
        area=rng.integers(1, 4, n).astype(float),
        share_of="area",
        share_min={},
        share_max={},
        max_min_fair=True,
    )
    quantity = problem.share_quantity()
    every = list(selections(problem))
    counted = [s for s in every if quantity[s].sum() > 0]
    if not every:
        with pytest.raises(InfeasibleProblemError):
            solve(problem, gap=0.0, threads=1)
        return
    if not counted:
        assert "counts in the shares" in solve(problem, gap=0.0, threads=1).notes[-1]
        return
    level = max(level_of(problem, selected) for selected in counted)
    solution = solve(problem, gap=0.0, threads=1)
    if level == 0.0:
        return
    assert level_of(problem, solution.selected) >= level * (1 - 2e-6)
    values = [
        objective_value(problem, selected)
        for selected in counted
        if level_of(problem, selected) >= level * (1 - 1e-6)
    ]
    best = max(values) if problem.maximises else min(values)
    assert solution.objective == pytest.approx(best, rel=1e-8, abs=1e-9)
    assert solution.status == "optimal"


TWO = Problem(
    cost=np.array([1.0, 1.0, 1.0, 5.0, 5.0]),
    amount=csr_array(np.ones((1, 5))),
    target=np.array([3.0]),
    country=np.array([0, 0, 0, 1, 1], np.int32),
    area=np.ones(5),
    max_min_fair=True,
)


def test_fair_shares_cost_more_and_are_told():
    assert solve(replace(TWO, max_min_fair=False), gap=0.0).objective == 3.0
    solution = solve(TWO, gap=0.0)
    assert solution.selected.tolist() in (
        [True, True, False, True, True],
        [True, False, True, True, True],
        [False, True, True, True, True],
    )
    assert solution.countries.share.tolist() == [0.5, 0.5]
    assert (
        "is 1; no selection that meets what is asked can have more than 1"
        in (solution.notes[-1])
    )


def test_entitlements_that_differ():
    solution = solve(replace(TWO, entitlement={0: 0.75, 1: 0.25}), gap=0.0)
    assert solution.countries.share.tolist() == [0.75, 0.25]
    assert solution.objective == 8.0


def test_the_budget_limits_fairness():
    level = fairest(replace(TWO, budget=7.0), SearchOptions(gap=0.0))
    assert level.proved
    assert level.level == pytest.approx(2 / 3)
    assert level.bound == pytest.approx(2 / 3, rel=1e-5)


def test_nothing_to_share_out():
    problem = replace(TWO, locked_in=np.ones(5, bool), share_counts_locked_in=False)
    with pytest.raises(InfeasibleProblemError, match="share out"):
        fairest(problem, SearchOptions())
    solution = solve(problem, gap=0.0)
    assert solution.selected.all()
    assert "counts in the shares" in solution.notes[-1]


def test_what_no_fairness_could_mend_is_told_as_it_is():
    with pytest.raises(InfeasibleProblemError, match="target of feature 1 is 9"):
        solve(replace(TWO, target=np.array([9.0])))
    with pytest.raises(InfeasibleProblemError, match="feature 1 is 1 too little"):
        solve(replace(TWO, budget=2.0))


def test_a_country_that_can_have_nothing_is_proved_to_have_nothing():
    problem = replace(TWO, locked_out=np.array([False, False, False, True, True]))
    solution = solve(problem, gap=0.0, time_limit=20.0)
    assert solution.status == "optimal"
    assert solution.objective == 3.0


def test_a_tiny_level_is_proved():
    problem = Problem(
        cost=np.array([0.019, 9.77]),
        amount=csr_array((1, 2)),
        target=np.zeros(1),
        country=np.array([2, 0], np.int32),
        share_of="cost",
        max_min_fair=True,
    )
    solution = solve(problem, gap=0.0, time_limit=20.0)
    assert solution.status == "optimal"
    assert solution.selected.all()


def test_a_level_of_nothing_asks_nothing():
    assert as_fair(TWO, 0.0).share_min == {}
    floored = as_fair(TWO, 0.5)
    assert floored.share_min[0] == pytest.approx(0.25, rel=1e-5)
    assert not floored.max_min_fair


def test_an_unproved_level_is_not_called_optimal(monkeypatch):
    rng = np.random.default_rng(0)
    n = 60
    problem = Problem(
        cost=rng.random(n),
        amount=csr_array(rng.random((5, n))),
        target=np.full(5, 8.0),
        country=rng.integers(0, 4, n).astype(np.int32),
        area=rng.random(n),
        max_min_fair=True,
        budget=9.0,
    )
    solution = solve(problem, gap=0.0, time_limit=1.0, threads=1)
    level = level_of(problem, solution.selected)
    if "before this was proved" in solution.notes[-1]:
        assert solution.status == "time_limit"
    assert 0 < level <= 1


def test_cancel(stopper):
    with pytest.raises(KeyboardInterrupt):
        fairest(TWO, SearchOptions(), stopper(stop_at=0.0))


def test_selections_that_are_nearly_as_fair_may_be_cheaper():
    # Country 1 has dear land and country 0 cheap land: even shares need a dear unit each.
    problem = Problem(
        cost=np.array([1.0, 1.0, 1.0, 10.0, 10.0, 10.0]),
        amount=csr_array(np.ones((1, 6))),
        target=np.array([4.0]),
        country=np.array([0, 0, 0, 1, 1, 1], np.int32),
        area=np.ones(6),
        max_min_fair=True,
    )
    even = solve(problem, gap=0.0)
    nearly = solve(replace(problem, fair_slack=0.6), gap=0.0)
    assert even.objective == 22.0
    assert nearly.objective == 13.0
    assert "40% of it count as fair" in nearly.notes[-1]
    with pytest.raises(ValueError, match="fair_slack must be from 0 up to 1"):
        solve(replace(problem, fair_slack=1.0))
