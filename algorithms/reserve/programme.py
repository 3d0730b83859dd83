"""The rows and columns that a reserve-selection problem becomes in a programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.reserve.feasible import limit_rounding, neighbours_needed, share_constraints
from algorithms.reserve.model import Builder
from algorithms.reserve.solution import TARGET_ROUNDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.model import Model
    from algorithms.reserve.problem import Problem


def build_model(problem: Problem) -> Model:
    """Return the programme of a problem, without its contiguity.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked.

    Notes
    -----
    A shared boundary between units i and j costs ``b |x_i - x_j| = b (x_i + x_j - 2 w)`` with
    one continuous column ``w <= x_i``, ``w <= x_j`` for the pairs that no lock decides. Limits
    of rows are widened by the rounding that `Rules` grants, so that the programme never
    excludes a selection that `Rules` accepts.
    """
    build = Builder(problem)
    if problem.objective == "minimum_set":
        build.unit_cost += problem.cost
    build.unit_cost += problem.unit_penalty()
    _boundary(build)
    _OBJECTIVES[problem.objective](build)
    if problem.budget is not None:
        most = problem.budget + TARGET_ROUNDING * abs(problem.budget)
        build.sum_row("budget", problem.cost, -np.inf, most)
    for rule in (*problem.constraints, *share_constraints(problem)):
        build.sum_row(
            rule.name,
            rule.coefficient,
            rule.lower - limit_rounding(rule, rule.lower)
            if np.isfinite(rule.lower)
            else -np.inf,
            rule.upper + limit_rounding(rule, rule.upper)
            if np.isfinite(rule.upper)
            else np.inf,
        )
    if problem.neighbours > 0:
        _neighbours(build)
    for number in range(len(problem.redundancy)):
        _places(build, number)
    return build.model()


def _boundary(build: Builder) -> None:
    problem = build.problem
    if problem.edges is None or problem.boundary_penalty == 0.0:
        return
    price = problem.edge_cost()
    pairs = problem.edges[price > 0]
    price = price[price > 0]
    for here, there in ((0, 1), (1, 0)):
        # |x_i - 0| = x_i and |x_i - 1| = 1 - x_i where the other end is locked.
        locked = build.fixed[pairs[:, there]]
        state = build.lower[pairs[locked, there]]
        share = np.where(build.fixed[pairs[locked, here]], 0.5, 1.0)
        np.add.at(build.unit_cost, pairs[locked, here], share * price[locked] * (1 - 2 * state))
        build.offset += float((share * price[locked] * state).sum())
    free = ~build.fixed[pairs].any(axis=1)
    pairs, price = pairs[free], price[free]
    if not price.size:
        return
    np.add.at(build.unit_cost, pairs, np.repeat(price[:, None], 2, axis=1))
    first = build.columns(-2.0 * price, 1.0, integer=False)
    number = np.arange(price.size)
    for end in (0, 1):
        row = number + end * price.size
        build.entries(row, first + number, 1.0)
        build.entries(row, pairs[:, end], -1.0)
    build.close_rows(np.full(2 * price.size, -np.inf), 0.0)
    build.completions.append((first, lambda x: x[pairs].all(axis=1).astype(np.float64)))


def _amount_row(problem: Problem, feature: int) -> FloatArray:
    row: FloatArray = problem.amount[[feature]].toarray()[0]
    return row


def _minimum_set(build: Builder) -> None:
    problem = build.problem
    if problem.target is None:
        return
    for feature in range(problem.n_features):
        row = _amount_row(problem, feature)
        goal = float(problem.target[feature])
        goal -= TARGET_ROUNDING * abs(goal)
        if build.least_activity(row) >= goal:
            continue
        if goal > 0 and (row >= 0).all():
            row = np.minimum(row, goal)
        build.sum_row(problem.names()[feature], row, goal, np.inf)


def _reached(build: Builder, row: FloatArray, goal: float, column: int) -> None:
    """Let a column be 1 only if the sum over the units reaches a goal."""
    least = build.least_activity(row)
    if (row >= 0).all() and goal > 0:
        row = np.minimum(row, goal)
        least = build.least_activity(row)
    size = max(float(np.abs(row).max(initial=0.0)), 1e-300)
    used = np.flatnonzero(row)
    build.entries(0, used, row[used] / size)
    build.entries(0, column, -(goal - least) / size)
    build.close_rows(least / size, np.inf)


def _maximum_coverage(build: Builder) -> None:
    problem = build.problem
    if problem.target is None:
        raise ValueError("maximum coverage needs targets: set target")
    goal = problem.target - TARGET_ROUNDING * np.abs(problem.target)
    rows = [_amount_row(problem, feature) for feature in range(problem.n_features)]
    least = np.array([build.least_activity(row) for row in rows])
    most = np.array([-build.least_activity(-row) for row in rows])
    weight = problem.weights()
    build.offset -= float(weight[least >= goal].sum())
    open_ = np.flatnonzero((least < goal) & (most >= goal) & (weight > 0))
    first = build.columns(-weight[open_], 1.0, integer=True)
    for k, feature in enumerate(open_):
        _reached(build, rows[feature], float(goal[feature]), first + k)
    build.completions.append(
        (first, lambda x: ((problem.amount @ x) >= goal)[open_].astype(np.float64))
    )


def _maximum_utility(build: Builder) -> None:
    problem = build.problem
    build.unit_cost -= np.asarray(problem.weights() @ problem.amount)


def _shortfalls(build: Builder, weight: FloatArray, columns: IntArray) -> None:
    """Add ``column + weight * amount @ x / target >= weight`` for the features wanted."""
    problem = build.problem
    target = problem.target
    if target is None:
        return
    wanted = np.flatnonzero((target > 0) & (weight > 0))
    for feature, column in zip(wanted, columns, strict=True):
        row = _amount_row(problem, int(feature)) * (weight[feature] / target[feature])
        if (row >= 0).all():
            row = np.minimum(row, weight[feature])
        used = np.flatnonzero(row)
        build.entries(0, used, row[used])
        build.entries(0, column, 1.0)
        build.close_rows(weight[feature], np.inf)


def _most_missing(build: Builder, weight: FloatArray) -> FloatArray:
    """(wanted,) float64: the greatest weighted shortfall that each feature can have."""
    problem = build.problem
    target = np.zeros(problem.n_features) if problem.target is None else problem.target
    most = [
        weight[f]
        * max(0.0, 1.0 - build.least_activity(_amount_row(problem, int(f))) / target[f])
        for f in np.flatnonzero((target > 0) & (weight > 0))
    ]
    return np.array(most, dtype=np.float64)


def _weighted_missing(problem: Problem, selected: BoolArray) -> FloatArray:
    weight = problem.weights()
    target = np.zeros(problem.n_features) if problem.target is None else problem.target
    wanted = (target > 0) & (weight > 0)
    amount = np.asarray(problem.amount @ selected.astype(np.float64))[wanted]
    missing: FloatArray = np.maximum(0.0, 1.0 - amount / target[wanted]) * weight[wanted]
    return missing


def _minimum_shortfall(build: Builder) -> None:
    problem = build.problem
    most = _most_missing(build, problem.weights())
    first = build.columns(np.ones(most.size), most, integer=False, whole=False)
    columns = np.arange(first, first + most.size, dtype=np.int32)
    _shortfalls(build, problem.weights(), columns)
    build.completions.append((first, lambda x: _weighted_missing(problem, x)))


def _minimum_largest_shortfall(build: Builder) -> None:
    problem = build.problem
    most = _most_missing(build, problem.weights())
    column = build.columns(np.ones(1), most.max(initial=0.0), integer=False, whole=False)
    _shortfalls(build, problem.weights(), np.full(most.size, column, np.int32))
    build.completions.append(
        (column, lambda x: np.array([_weighted_missing(problem, x).max(initial=0.0)]))
    )


_OBJECTIVES: dict[str, Callable[[Builder], None]] = {
    "minimum_set": _minimum_set,
    "maximum_coverage": _maximum_coverage,
    "maximum_utility": _maximum_utility,
    "minimum_shortfall": _minimum_shortfall,
    "minimum_largest_shortfall": _minimum_largest_shortfall,
}


def _neighbours(build: Builder) -> None:
    """Add ``sum of selected neighbours >= needed * x_i``, unit by unit where all are needed."""
    problem = build.problem
    needed = neighbours_needed(problem)
    pairs = problem.edges if problem.edges is not None else np.empty((0, 2), np.int32)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[(build.upper[both] > 0).all(axis=1)]
    degree = np.bincount(both[:, 0], minlength=problem.n_units)
    build.upper[degree < needed] = 0.0
    all_needed = degree == needed
    each = both[all_needed[both[:, 0]]]
    number = np.arange(len(each))
    build.entries(number, each[:, 1], 1.0)
    build.entries(number, each[:, 0], -1.0)
    build.close_rows(np.zeros(len(each)), np.inf)
    some = (degree > needed) & (build.upper > 0) & (needed > 0)
    rank = np.cumsum(some) - 1
    rest = both[some[both[:, 0]]]
    build.entries(rank[rest[:, 0]], rest[:, 1], 1.0)
    build.entries(np.arange(int(some.sum())), np.flatnonzero(some), -needed[some])
    build.close_rows(np.zeros(int(some.sum())), np.inf)


def _places(build: Builder, number: int) -> None:
    """Add a column per place that can hold enough, and want so many of them."""
    problem = build.problem
    wanted = problem.redundancy[number]
    goal = wanted.least * (1.0 - TARGET_ROUNDING)
    row = _amount_row(problem, wanted.feature)
    places = np.unique(wanted.place[wanted.place > 0])
    parts = [np.where(wanted.place == place, row, 0.0) for place in places]
    able = [k for k, part in enumerate(parts) if -build.least_activity(-part) >= goal]
    first = build.columns(np.zeros(len(able)), 1.0, integer=True)
    for column, k in enumerate(able):
        _reached(build, parts[k], goal, first + column)
    build.entries(0, np.arange(first, first + len(able)), 1.0)
    build.close_rows(float(wanted.count), np.inf)
    able_places = places[able]

    def complete(selected: BoolArray) -> FloatArray:
        used = selected & (wanted.place > 0)
        top = int(wanted.place.max(initial=0)) + 1
        amount = np.bincount(wanted.place[used], row[used], top)
        return (amount[able_places] >= goal).astype(np.float64)

    build.completions.append((first, complete))
