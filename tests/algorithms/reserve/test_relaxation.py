import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from algorithms.reserve import relaxation
from algorithms.reserve.problem import Problem
from algorithms.reserve.relaxation import Relaxation
from algorithms.reserve.removal import (
    each_unit,
    membership,
    most_held,
    unreachable_without,
    without_units,
)
from algorithms.reserve.solution import held, targets_met
from algorithms.reserve.top_up import TopUp

KINDS = {
    "set": {},
    "clumped": {"boundary_penalty": 1.5},
    "locked": {"locked_in": np.arange(8) == 2, "locked_out": np.arange(8) == 5},
    "utility": {"objective": "maximum_utility", "budget": 14.0, "target": None},
    "coverage": {"objective": "maximum_coverage", "budget": 9.0},
    "covered": {"objective": "maximum_coverage", "budget": 9.0, "target": np.array([0.0, 9.0])},
    "around locks": {
        "boundary_penalty": 1.5,
        "locked_in": np.arange(8) == 2,
        "locked_out": np.arange(8) == 5,
    },
    "shortfall": {"objective": "minimum_shortfall", "budget": 6.0},
    "largest": {"objective": "minimum_largest_shortfall", "budget": 6.0},
    "neighbours": {"neighbours": 2},
    "shares": {"share_min": {0: 0.3}, "share_max": {1: 0.6}},
}


def check_bounds(brute_force, problem, seconds):
    every = brute_force(problem)
    relaxed = Relaxation(problem)
    least = relaxed.solve(seconds, lambda: None)
    assert least <= every.best() + 1e-9
    free = np.flatnonzero(~problem.must())
    groups = [np.array([unit]) for unit in free] + [free[:2], free[1:4]]
    quick = relaxed.without_groups(membership(groups, 8))
    for group, bound in zip(groups, quick, strict=True):
        truth = every.best(lambda s, group=group: not s[group].any())
        assert bound <= truth + 1e-9
        assert bound >= least - 1e-6
        assert relaxed.without(group, seconds, lambda: None) <= truth + 1e-9
    # The units that were taken out are back.
    assert relaxed.solve(seconds, lambda: None) <= every.best() + 1e-9


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000), seconds=st.sampled_from([0.0, 5.0]))
def test_no_bound_is_above_the_truth(brute_force, small_problem, kind, seed, seconds):
    check_bounds(brute_force, small_problem(seed, **KINDS[kind]), seconds)


@pytest.mark.parametrize("kind", KINDS)
def test_no_bound_of_a_large_programme_is_above_the_truth(
    brute_force, small_problem, kind, monkeypatch
):
    monkeypatch.setattr(relaxation, "LARGE", 0)
    for seed in range(5):
        check_bounds(brute_force, small_problem(seed, **KINDS[kind]), 5.0)


def test_both_ways_find_the_same_bound(small_problem, monkeypatch):
    problem = small_problem(3, rows=4, columns=5, features=4, boundary_penalty=1.0)
    by_simplex = Relaxation(problem).solve(5.0, lambda: None)
    monkeypatch.setattr(relaxation, "LARGE", 0)
    by_interior_points = Relaxation(problem).solve(5.0, lambda: None)
    assert by_interior_points == pytest.approx(by_simplex, rel=1e-4)


def test_the_relaxation_is_tight_where_units_can_be_had_in_part(small_problem):
    problem = small_problem(2, features=1, target=np.array([5.0]))
    amount, cost = problem.amount.toarray()[0], problem.cost
    order = np.argsort(cost / np.maximum(amount, 1e-9))
    left, value = 5.0, 0.0
    for unit in order:
        part = min(1.0, left / amount[unit]) if amount[unit] else 0.0
        left, value = left - part * amount[unit], value + part * cost[unit]
    found = Relaxation(problem).solve(5.0, lambda: None)
    # Amounts over the target are cut down to it, which can only raise the bound.
    assert found >= value - 1e-6


def test_it_can_be_cancelled(small_problem):
    def refuse():
        raise KeyboardInterrupt

    problem = small_problem(4, rows=6, columns=6, features=4, boundary_penalty=2.0)
    with pytest.raises(KeyboardInterrupt):
        Relaxation(problem).solve(5.0, refuse)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000))
def test_sums_find_only_units_that_a_target_cannot_do_without(small_problem, seed):
    problem = small_problem(seed)
    rng = np.random.default_rng(seed)
    total = problem.amount.sum(axis=1)
    problem = small_problem(
        seed,
        target=np.floor(total * rng.uniform(0.5, 1.0)),
        locked_out=rng.random(8) < 0.2,
    )
    alone = unreachable_without(problem, each_unit(problem))
    most, rounding = most_held(problem)
    np.testing.assert_allclose(most, held(problem, ~problem.may_not()))
    assert (rounding < 1e-9).all()
    for unit in range(8):
        rest = ~problem.may_not()
        rest[unit] = False
        assert alone[unit] == (not targets_met(problem, held(problem, rest)).all())


@pytest.mark.parametrize("kind", ["set", "clumped", "neighbours", "shares", "shortfall"])
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000))
def test_what_is_topped_up_meets_the_problem_without_the_units(
    brute_force, small_problem, kind, seed
):
    problem = small_problem(seed, **KINDS[kind])
    every = brute_force(problem)
    top_up = TopUp(problem)
    for selected in every.selections[:5]:
        for unit in np.flatnonzero(selected):
            found = top_up.without(selected, np.array([unit]))
            if found is not None:
                assert not found[unit]
                assert any((found == other).all() for other in every.selections)


def test_the_best_for_its_price_is_taken_first():
    problem = Problem(
        cost=np.array([9.0, 4.0, 3.0, 5.0]),
        amount=csr_array(np.array([[2.0, 2.0, 1.0, 2.0]])),
        target=np.array([2.0]),
    )
    found = TopUp(problem).without(np.array([True, False, False, False]), np.array([0]))
    assert found.tolist() == [False, True, False, False]
    assert TopUp(problem).without(np.ones(4, bool), np.arange(4)) is None


def test_units_that_cannot_be_had_leave_the_neighbours_needed_as_they_were(small_problem):
    problem = small_problem(0, neighbours=2, locked_in=np.arange(8) == 1)
    left = without_units(problem, np.array([1, 4]))
    assert left.locked_out is None
    assert not left.locked_in.any()
    assert left.constraints[-1].coefficient.tolist() == [0, 1, 0, 0, 1, 0, 0, 0]
    plain = without_units(small_problem(0), np.array([1, 4]))
    assert np.flatnonzero(plain.locked_out).tolist() == [1, 4]


def test_a_replacement_can_be_cancelled():
    class CancelledError(Exception):
        pass

    def ask():
        raise CancelledError

    problem = Problem(
        cost=np.ones(3), amount=csr_array(np.array([[1.0, 1.0, 1.0]])), target=np.array([1.0])
    )
    with pytest.raises(CancelledError):
        TopUp(problem).without(np.array([True, False, False]), np.array([0]), ask)
