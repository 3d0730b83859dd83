import itertools
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from algorithms import reserve
from algorithms.reserve.problem import Problem
from algorithms.reserve.rounding import rounding_fits
from algorithms.reserve.solution import (
    InfeasibleProblemError,
    NoSelectionError,
    objective_value,
    relative_gap,
)
from algorithms.reserve.solving import chosen_method, solve
from resources.errors import UsageError
from tests.algorithms.reserve.random_problems import meets, random_problem, selections


def best_value(problem):
    values = [objective_value(problem, selected) for selected in selections(problem)]
    if not values:
        return None
    return max(values) if problem.maximises else min(values)


def compare(problem, **options):
    best = best_value(problem)
    if best is None:
        with pytest.raises(InfeasibleProblemError):
            solve(problem, **options)
        return
    solution = solve(problem, **options)
    sign = -1.0 if problem.maximises else 1.0
    assert meets(problem, solution.selected)
    assert solution.objective == objective_value(problem, solution.selected)
    assert sign * solution.bound <= sign * best + 1e-9 * abs(best)
    left = abs(solution.objective - solution.bound)
    if solution.status == "optimal" and abs(solution.objective) <= left:
        assert solution.gap == 0.0
    else:
        assert solution.gap == relative_gap(solution.objective, solution.bound)
    if options["gap"] == 0.0:
        assert solution.status == "optimal"
        assert solution.objective == pytest.approx(best, rel=1e-8, abs=1e-9)
        size = 1.0 + problem.cost.sum() + np.abs(problem.unit_penalty()).sum()
        size += problem.edge_cost().sum()
        if problem.objective == "maximum_utility":
            size += (problem.weights() @ abs(problem.amount)).sum()
        assert solution.bound == pytest.approx(best, rel=1e-5, abs=1e-5 * size)
    else:
        assert solution.status in {"optimal", "within_gap"}
        assert solution.status == "optimal" or solution.gap <= options["gap"]


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32 - 1), gap=st.sampled_from((0.0, 0.1)))
def test_every_kind_of_demand_against_all_selections(seed, gap):
    compare(random_problem(np.random.default_rng(seed)), gap=gap, threads=1)


@settings(deadline=None, max_examples=100)
@given(seed=st.integers(0, 2**32 - 1), gap=st.sampled_from((0.0, 0.1)))
def test_connected_selections_against_all_selections(seed, gap):
    problem = random_problem(np.random.default_rng(seed), contiguous=True)
    compare(problem, gap=gap, threads=1)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_rounding_against_all_selections(seed):
    problem = random_problem(np.random.default_rng(seed))
    if rounding_fits(problem) is None:
        compare(problem, gap=0.0, threads=1, method="rounding")


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    cost=st.sampled_from((1e-9, 1e-4, 1e6, 1e12)),
    amount=st.sampled_from((1e-9, 1e-4, 1e6, 1e12)),
)
def test_the_units_of_money_and_amounts_do_not_matter(seed, cost, amount):
    problem = replace(random_problem(np.random.default_rng(seed)), constraints=())
    dear = problem.objective == "minimum_set"
    problem = replace(
        problem,
        cost=cost * problem.cost,
        budget=None if problem.budget is None else cost * problem.budget,
        penalty=None,
        boundary_penalty=cost * problem.boundary_penalty if dear else 0.0,
        amount=csr_array(amount * problem.amount),
        target=amount * problem.target,
        redundancy=(),
    )
    best = best_value(problem)
    if best is None:
        with pytest.raises(InfeasibleProblemError):
            solve(problem, gap=0.0, threads=1)
        return
    solution = solve(problem, gap=0.0, threads=1)
    sign = -1.0 if problem.maximises else 1.0
    assert meets(problem, solution.selected)
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(best, rel=1e-8, abs=0.0)
    assert sign * solution.bound <= sign * best + 1e-11 * abs(best)


def test_rounding_that_ends_at_once_keeps_what_is_locked_in():
    locked = np.arange(10_000) == 7
    problem = landscape(
        100,
        boundary_penalty=0.0,
        objective="minimum_shortfall",
        budget=100.0,
        locked_in=locked,
    )
    solution = solve(problem, method="rounding", time_limit=1e-3)
    assert solution.selected[7]
    assert solution.status == "time_limit"


def landscape(side, features=12, **further):
    rng = np.random.default_rng(3)
    number = np.arange(side * side).reshape(side, side)
    edges = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    ).astype(np.int32)
    amount = rng.random((features, side * side)) * (rng.random((features, side * side)) < 0.4)
    return Problem(
        **{
            "cost": rng.uniform(1, 10, side * side),
            "amount": csr_array(amount),
            "target": 0.2 * amount.sum(axis=1),
            "edges": edges,
            "edge_length": np.ones(len(edges)),
            "boundary_penalty": 1.0,
        }
        | further
    )


class Clock:
    """A control that cancels after some seconds, and a watcher that stops then."""

    def __init__(self, seconds):
        self.end = time.perf_counter() + seconds
        self.reports = []
        self.moments = []
        self._ended_at = None

    def report(self, fraction):
        self.reports.append(fraction)
        if self._is_over():
            raise InterruptedError

    def told(self, moment):
        self.moments.append(moment)
        return not self._is_over()

    def _is_over(self):
        over = time.perf_counter() > self.end
        if over and self._ended_at is None:
            self._ended_at = time.process_time()
        return over

    @property
    def worked_on_s(self):
        """Seconds of the processor that this process has used since it was told to end."""
        return time.process_time() - self._ended_at


def test_cancel_takes_effect_within_a_second():
    clock = Clock(1.0)
    with pytest.raises(InterruptedError):
        solve(landscape(40), gap=0.0, control=clock, threads=1)
    assert clock.worked_on_s < 1.0
    assert clock.reports == sorted(clock.reports)


def test_cancel_while_a_piece_is_sought():
    clock = Clock(0.5)
    with pytest.raises(InterruptedError):
        solve(landscape(16, contiguous="whole"), gap=0.0, control=clock, threads=1)
    assert clock.worked_on_s < 1.0


def test_a_watcher_ends_the_search_and_keeps_the_best_selection():
    clock = Clock(2.0)
    solution = solve(landscape(40), gap=0.0, watcher=clock, threads=1)
    assert clock.worked_on_s < 1.5
    assert solution.status == "stopped"
    assert solution.bound < solution.objective
    told = [m for m in clock.moments if m.selected is not None]
    assert told[-1].objective == pytest.approx(solution.objective)
    assert [m.objective for m in told] == sorted((m.objective for m in told), reverse=True)


def test_a_time_limit_is_never_called_optimal():
    problem = landscape(40)
    solution = solve(problem, gap=0.0, time_limit=1.5, threads=1)
    assert solution.status == "time_limit"
    assert 0 < solution.gap < np.inf
    assert solution.seconds < 3.5
    bounds = [moment.bound for moment in solution.trace if moment.bound is not None]
    assert bounds == sorted(bounds)


def test_nothing_found_tells_the_bound():
    contiguous = landscape(12, contiguous="whole", budget=90.0, neighbours=1)
    with pytest.raises((NoSelectionError, InfeasibleProblemError)) as error:
        solve(contiguous, gap=0.0, time_limit=1e-3, threads=1)
    assert not isinstance(error.value, NoSelectionError) or error.value.bound <= 90.0


def test_a_start_is_used():
    problem = landscape(8)
    best = solve(problem, gap=0.01, threads=1)
    again = solve(problem, gap=0.5, threads=1, start=best.selected)
    assert again.objective <= best.objective


def test_the_same_seed_gives_the_same_selection():
    first, second = (solve(landscape(6), gap=0.0, threads=1, seed=4) for _ in range(2))
    assert (first.selected == second.selected).all()


def test_a_solver_that_cannot_is_refused():
    with pytest.raises(UsageError, match="must hold its targets"):
        solve(landscape(4), method="rounding")
    with pytest.raises(UsageError, match="choose one of"):
        solve(landscape(4), method="guessing")


def test_the_solver_suits_the_problem():
    small = landscape(4)
    assert chosen_method(small)[0] == "exact"
    large = replace(landscape(50), objective="minimum_shortfall", budget=500.0)
    method, reason = chosen_method(large)
    assert method == "rounding"
    assert "2,500 units" in reason
    assert chosen_method(replace(large, contiguous="whole"))[0] == "exact"


def test_why_branch_and_cut_was_chosen_is_one_reason():
    clumped = replace(landscape(40), boundary_penalty=10.0)
    assert chosen_method(clumped) == (
        "exact",
        "branch and cut is as fast as any on 1,600 units",
    )
    _, reason = chosen_method(replace(clumped, contiguous="whole"))
    assert reason.endswith("while a cut does not keep a selection in one piece")


@pytest.mark.parametrize("objective", ["minimum_shortfall", "maximum_utility"])
def test_rounding_closes_the_gap_of_a_large_problem(objective):
    problem = replace(landscape(60), objective=objective, budget=2000.0, boundary_penalty=0.0)
    solution = solve(problem, gap=0.01, time_limit=60.0)
    assert solution.method == "rounding"
    assert solution.status in {"within_gap", "optimal"}
    assert solution.cost <= 2000.0


def test_tables():
    problem = Problem(
        cost=np.array([3.0, 1.0, 1.0, 4.0]),
        amount=csr_array(np.array([[2.0, 1.0, 1.0, 9.0]])),
        target=np.array([4.0]),
        locked_out=np.array([False, False, False, True]),
        country=np.array([7, 7, 3, 5], np.int32),
        area=np.array([1.0, 2.0, 3.0, 4.0]),
        feature_names=("tiger",),
    )
    solution = solve(problem, gap=0.0)
    assert solution.selected.tolist() == [True, True, True, False]
    assert (solution.cost, solution.boundary) == (5.0, 0.0)
    assert solution.features.name == ("tiger",)
    assert solution.features.held.tolist() == [4.0]
    assert solution.features.met.all()
    table = solution.countries
    assert table.code.tolist() == [3, 5, 7]
    assert table.units.tolist() == [1, 0, 2]
    assert table.area.tolist() == [3.0, 0.0, 3.0]
    assert table.gain.tolist() == [0.25, 0.0, 0.75]
    assert table.share.tolist() == [0.5, 0.0, 0.5]


def test_tables_of_nothing():
    problem = Problem(
        cost=np.ones(2),
        amount=csr_array(np.ones((1, 2))),
        target=np.zeros(1),
        country=np.array([1, 2], np.int32),
        area=np.ones(2),
    )
    table = solve(problem, gap=0.0).countries
    assert table.area.dtype == table.cost.dtype == table.gain.dtype == np.float64
    assert table.area.tolist() == [0.0, 0.0]
    assert np.isnan(table.share).all()


def test_no_country_and_what_is_short():
    problem = Problem(
        cost=np.array([1.0, 1.0]),
        amount=csr_array(np.array([[1.0, 2.0]])),
        target=np.array([4.0]),
        objective="minimum_shortfall",
        budget=1.0,
    )
    solution = solve(problem, gap=0.0)
    assert solution.countries is None
    assert solution.features.shortfall.tolist() == [2.0]
    assert not solution.features.met.any()
    assert solution.objective == 0.5


@pytest.mark.parametrize("scale", [1e-7, 1.0, 1e9])
def test_costs_and_amounts_of_any_size(scale):
    rng = np.random.default_rng(2)
    cost, amount = rng.random(9) + 0.1, rng.random((2, 9))
    target = 0.4 * amount.sum(axis=1)
    best = min(
        cost[list(chosen)].sum()
        for k in range(10)
        for chosen in itertools.combinations(range(9), k)
        if (amount[:, list(chosen)].sum(axis=1) >= target).all()
    )
    problem = Problem(
        cost=cost * scale, amount=csr_array(amount / scale), target=target / scale
    )
    solution = solve(problem, gap=0.0)
    assert solution.objective == pytest.approx(best * scale, rel=1e-9)
    assert solution.status == "optimal"


def test_the_entry_can_be_had_from_the_package():
    assert reserve.solve is solve
    assert reserve.Problem is Problem
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = reserve.nothing


@pytest.mark.parametrize("seed", [200146, 203898, 204148, 101973, 106361])
def test_shares_with_limits_near_nothing_do_not_lose_the_best_selection(seed):
    # HiGHS 1.16 lost it in presolve with a tolerance of whole numbers below its default.
    compare(random_problem(np.random.default_rng(seed)), gap=0.0, threads=1)
