"""Prices and cuts: bounds that hold, selections that meet what is asked."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from algorithms.control import NULL_CONTROL
from algorithms.reserve.exact import solve_exact
from algorithms.reserve.feasible import Rules
from algorithms.reserve.lagrangian.merging import merged, reshaped
from algorithms.reserve.lagrangian.pricing import Pricing
from algorithms.reserve.lagrangian.rows import Rows, lagrangian_fits
from algorithms.reserve.lagrangian.solver import solve_lagrangian
from algorithms.reserve.problem import LinearConstraint, Problem, Redundancy
from algorithms.reserve.search import SearchOptions
from algorithms.reserve.solution import InfeasibleProblemError, objective_value


def grid_edges(side):
    number = np.arange(side * side).reshape(side, side)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    down = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    return np.concatenate([across, down]).astype(np.int32)


def grid_problem(side, seed, *, penalty=3.0, **more):
    rng = np.random.default_rng(seed)
    n = side * side
    edges = grid_edges(side)
    amount = rng.random((3, n)) * (rng.random((3, n)) < 0.7)
    asked = {
        "cost": rng.uniform(1, 5, n),
        "amount": csr_array(amount),
        "target": 0.3 * amount.sum(axis=1),
        "edges": edges,
        "edge_length": rng.uniform(0.5, 1.5, len(edges)),
        "exposed_length": rng.uniform(0, 1, n),
        "edge_factor": 0.5,
        "boundary_penalty": penalty,
    }
    return Problem(**(asked | more))


def optimum_by_trying(problem):
    rules = Rules(problem)
    best = np.inf
    for bits in product([False, True], repeat=problem.n_units):
        selected = np.array(bits)
        if rules.broken(selected) is None:
            best = min(best, objective_value(problem, selected))
    return best


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_optimum_lies_between_bound_and_selection(seed):
    rng = np.random.default_rng(seed)
    more = {}
    if rng.random() < 0.5:
        more["locked_in"] = rng.random(9) < 0.2
        more["locked_out"] = (rng.random(9) < 0.2) & ~more["locked_in"]
    if rng.random() < 0.5:
        more["country"] = rng.integers(0, 2, 9).astype(np.int32)
        more["area"] = rng.uniform(1, 2, 9)
        more["share_min"] = {0: 0.4}
    if rng.random() < 0.3:
        rule = LinearConstraint(name="few", coefficient=np.ones(9), upper=6.0, lower=1.0)
        more["constraints"] = (rule,)
    problem = grid_problem(3, seed, **more)
    optimum = optimum_by_trying(problem)
    try:
        found = solve_lagrangian(
            problem, SearchOptions(gap=0.0, threads=1, time_limit=0.3), NULL_CONTROL
        )
    except InfeasibleProblemError:
        assert optimum == np.inf
        return
    assert found.bound <= optimum + 1e-9 * abs(optimum)
    if found.selected is not None:
        assert Rules(problem).broken(found.selected) is None
        assert objective_value(problem, found.selected) >= optimum - 1e-9 * optimum


def relaxed_optimum(problem):
    """The linear relaxation, with the boundary as one column per edge."""
    n, m = problem.n_units, len(problem.edges)
    unit = np.arange(m)
    rows = np.zeros((2 * m, n + m))
    for sign, block in ((1.0, 0), (-1.0, m)):
        rows[block + unit, problem.edges[:, 0]] = sign
        rows[block + unit, problem.edges[:, 1]] = -sign
        rows[block + unit, n + unit] = -1.0
    targets = np.hstack([-problem.amount.toarray(), np.zeros((problem.n_features, m))])
    answer = linprog(
        np.concatenate([problem.cost + problem.unit_penalty(), problem.edge_cost()]),
        A_ub=np.vstack([rows, targets]),
        b_ub=np.concatenate([np.zeros(2 * m), -problem.target]),
        bounds=(0, 1),
    )
    return answer.fun


@pytest.mark.parametrize("penalty", [0.1, 2.0, 20.0])
def test_the_bound_is_that_of_the_linear_relaxation(penalty):
    problem = grid_problem(8, 5, penalty=penalty)
    found = solve_lagrangian(
        problem, SearchOptions(gap=1e-4, threads=1, time_limit=1.0), NULL_CONTROL
    )
    relaxed = relaxed_optimum(problem)
    assert found.bound <= relaxed * (1 + 1e-9)
    assert found.bound == pytest.approx(relaxed, rel=2e-5)


def test_clumped_selections_are_as_good_as_exact_ones():
    problem = grid_problem(12, 1, penalty=8.0)
    exact = solve_exact(problem, SearchOptions(gap=0.0, threads=2), NULL_CONTROL)
    found = solve_lagrangian(
        problem, SearchOptions(gap=0.0, threads=2, time_limit=4.0), NULL_CONTROL
    )
    best = objective_value(problem, exact.selected)
    assert objective_value(problem, found.selected) <= best * 1.005
    assert found.bound <= best * (1 + 1e-9)


def test_threads_do_not_change_the_selection():
    problem = grid_problem(10, 2, penalty=8.0)
    found = [
        solve_lagrangian(problem, SearchOptions(gap=0.02, threads=threads), NULL_CONTROL)
        for threads in (1, 2)
    ]
    assert found[0].selected.tolist() == found[1].selected.tolist()
    assert found[0].bound == found[1].bound


def test_rows_that_contradict_each_other_are_told():
    problem = grid_problem(4, 0, budget=0.5)
    with pytest.raises(InfeasibleProblemError, match="contradict each other"):
        solve_lagrangian(problem, SearchOptions(threads=1, time_limit=20), NULL_CONTROL)


def test_a_search_that_ends_by_itself_says_why():
    problem = grid_problem(4, 3, penalty=5.0)
    found = solve_lagrangian(problem, SearchOptions(gap=0.0, threads=2), NULL_CONTROL)
    assert found.status in {"stopped", "optimal"}
    if found.status == "stopped":
        assert "without a better selection" in found.notes[0]


class CancelledError(Exception):
    pass


class CancelAfter:
    def __init__(self, reports):
        self.left = reports

    def report(self, fraction):
        self.left -= 1
        if self.left < 0:
            raise CancelledError


@pytest.mark.parametrize("reports", [0, 3, 40])
def test_it_can_be_cancelled(reports):
    problem = grid_problem(20, 3, penalty=8.0)
    with pytest.raises(CancelledError):
        solve_lagrangian(
            problem, SearchOptions(gap=0.0, threads=2, time_limit=60), CancelAfter(reports)
        )


class StopAfterFirst:
    def told(self, moment):
        return moment.objective is None or moment.bound is None


def test_it_can_be_stopped_and_keeps_the_best():
    problem = grid_problem(20, 3, penalty=8.0)
    found = solve_lagrangian(
        problem, SearchOptions(gap=0.0, threads=2), NULL_CONTROL, StopAfterFirst()
    )
    assert found.status == "stopped"
    assert Rules(problem).broken(found.selected) is None


def test_merging_is_never_worse_and_holds_every_row():
    problem = grid_problem(10, 7, penalty=4.0)
    rows = Rows.of(problem)
    one = np.zeros(100, np.bool_)
    one[:60] = True
    other = ~one
    other[:30] = True
    both = merged(rows, one, [other], NULL_CONTROL)
    assert Rules(problem).broken(one) is None
    assert Rules(problem).broken(both) is None
    assert rows.value(both) <= rows.value(one)
    shaped = reshaped(rows, both, np.ones(100, np.bool_), NULL_CONTROL)
    assert Rules(problem).broken(shaped) is None
    assert rows.value(shaped) <= rows.value(both)
    assert rows.value(shaped) == pytest.approx(objective_value(problem, shaped))


def test_problems_that_a_cut_cannot_hold_are_refused():
    plain = grid_problem(3, 0)
    assert lagrangian_fits(plain) is None
    wanted = Redundancy(feature=0, place=np.ones(9, np.int32), least=0.1, count=1)
    for more, words in (
        ({"objective": "minimum_shortfall", "budget": 1.0}, "minimum sets"),
        ({"neighbours": 1}, "neighbours"),
        ({"contiguous": "whole"}, "one piece"),
        ({"redundancy": (wanted,)}, "several places"),
        ({"boundary_penalty": 0.0}, "nothing to cut"),
    ):
        problem = grid_problem(3, 0, **more)
        assert words in lagrangian_fits(problem)
        with pytest.raises(ValueError, match=words):
            solve_lagrangian(problem, SearchOptions(), NULL_CONTROL)


@pytest.mark.parametrize("more", [{"amount": csr_array((0, 16)), "target": np.empty(0)}, {}])
def test_without_anything_to_hold_only_the_locks_are_selected(more):
    locked = np.arange(16) == 5
    problem = grid_problem(4, 3, **({"target": None, "locked_in": locked} | more))
    found = solve_lagrangian(problem, SearchOptions(gap=0.0), NULL_CONTROL)
    assert objective_value(problem, found.selected) == pytest.approx(optimum_by_trying(problem))
    assert found.bound == pytest.approx(optimum_by_trying(problem))


def test_prices_below_zero_by_rounding_prove_nothing_false():
    amount = np.zeros((1, 16))
    amount[0, :4] = 1e12
    problem = grid_problem(4, 3, amount=csr_array(amount), target=np.zeros(1))
    rows = Rows.of(problem)
    assert np.abs(rows.matrix).max() <= 1.0
    relaxation = Pricing(rows, np.zeros(16, np.int8))
    for price in (-1e-3, 0.0, 1e-3):
        assert relaxation.evaluate(np.array([price]))[2] <= optimum_by_trying(problem)


def test_the_least_value_of_all_is_proved_where_it_is_nothing():
    problem = grid_problem(4, 3, target=np.zeros(3), penalty=1e4)
    found = solve_lagrangian(problem, SearchOptions(gap=0.0), NULL_CONTROL)
    assert not found.selected.any()
    assert found.status == "optimal"
    assert found.bound == pytest.approx(0.0, abs=1e-6)


def test_a_selection_that_holds_a_row_by_rounding_can_be_reshaped():
    limit = LinearConstraint(name="even", coefficient=np.repeat([-0.1, 0.3], [12, 4]), lower=0)
    problem = grid_problem(4, 3, constraints=(limit,), target=np.zeros(3))
    rows = Rows.of(problem)
    best = np.zeros(16, bool)
    best[[0, 1, 2, 12]] = True
    assert rows.held(best)[-1] < 0
    found = reshaped(rows, best, np.ones(16, bool), NULL_CONTROL)
    assert rows.value(found) <= rows.value(best)
