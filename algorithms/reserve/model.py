"""A reserve-selection problem as a mixed-integer linear programme.

Everything is minimised: the value of a problem that maximises stands with its sign turned. The
columns of the units come first; whatever else is needed (a column per boundary that is not
decided by a lock, per feature, per place) follows, and is known from the selection alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array

from algorithms.reserve.feasible import limit_rounding, neighbours_needed, share_constraints
from algorithms.reserve.solution import TARGET_ROUNDING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.problem import LinearConstraint, Problem

    Completion = Callable[[BoolArray], FloatArray]

FEASIBILITY = 1e-8
"""By how much the solver lets a row or a reduced cost of the scaled programme be missed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of the programme that someone asked for by name.

    Attributes
    ----------
    name : str
        A feature, ``budget``, or the name of a sum.
    row : int
        Its number.
    size : float
        What the row was divided by.
    """

    name: str
    row: int
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Minimise ``scale * (offset + cost @ v)`` over ``lower <= v <= upper`` and the rows.

    Attributes
    ----------
    n_units : int
        How many columns are units; they come first.
    cost, lower, upper : (columns,) float64
        Of the programme.
    integer : (columns,) bool
        Which columns must be whole.
    rows : (rows, columns) sparse float64
        Coefficients.
    row_lower, row_upper : (rows,) float64
        Limits.
    offset, scale : float
        How the value of the programme becomes that of the problem.
    step : float
        The value of every selection is a multiple of it; 0 where none is known.
    turned : bool
        Whether the problem maximises, so that its value is the negative.
    floor : float
        What the minimised value cannot fall below, whatever the rows say.
    asked : sequence of Asked
        The rows that someone asked for by name.
    completions : sequence of (int, callable)
        First column of each further block, and its values for a selection.
    """

    n_units: int
    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    integer: BoolArray
    rows: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    offset: float
    scale: float
    step: float
    turned: bool
    floor: float
    asked: Sequence[Asked]
    completions: Sequence[tuple[int, Completion]]

    def values(self, selected: BoolArray) -> FloatArray:
        """(columns,) float64: the values of all columns for a selection."""
        values = np.zeros(self.cost.size)
        values[: self.n_units] = selected
        for start, complete in self.completions:
            block = complete(selected)
            values[start : start + block.size] = block
        return values

    @property
    def margin(self) -> float:
        """By how much a bound is widened for the rounding of the solver."""
        return (
            self.scale
            * FEASIBILITY
            * (10.0 + float(np.maximum(0.0, self.upper - self.lower).sum()))
        )

    def proved(self, dual_bound: float) -> float:
        """Return what the problem's value cannot better, given the bound of the solver.

        The solver lets each reduced cost be wrong by `FEASIBILITY`, which costs at most that
        times the width of its column, and drops what betters its best by less than ten times
        it: the bound is widened by both. Where all values are multiples of a step it is then
        taken on to the next multiple.
        """
        raw = self.scale * dual_bound
        value = max(self.floor, raw - self.margin - 1e-12 * abs(raw))
        if self.step > 0 and math.isfinite(value):
            multiple = math.ceil(value / self.step - 1e-6) * self.step
            value = max(value, multiple)
        return -value if self.turned else value


class _Builder:
    """Collects columns and rows."""

    def __init__(self, problem: Problem) -> None:
        n = problem.n_units
        self.problem = problem
        self.lower = problem.must().astype(np.float64)
        self.upper = 1.0 - problem.may_not()
        self.fixed = self.lower == self.upper
        self.unit_cost = np.zeros(n)
        self.offset = 0.0
        self.n_columns = n
        self.n_rows = 0
        self.completions: list[tuple[int, Completion]] = []
        self.asked: list[Asked] = []
        self._whole = True
        self._columns: list[tuple[FloatArray, FloatArray, FloatArray, BoolArray]] = []
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []
        self._limits: list[tuple[FloatArray, FloatArray]] = []

    def columns(
        self, cost: FloatArray, upper: ArrayLike, *, integer: bool, whole: bool = True
    ) -> int:
        """Add columns from 0 to `upper`; return the first.

        `integer` columns are made whole by the solver, others may be `whole` wherever the
        units are.
        """
        first = self.n_columns
        size = cost.size
        high = np.broadcast_to(np.asarray(upper, dtype=np.float64), (size,))
        self._columns.append((cost, np.zeros(size), high, np.full(size, integer)))
        self._whole = self._whole and whole
        self.n_columns += size
        return first

    def entries(self, row: ArrayLike, column: ArrayLike, value: ArrayLike) -> None:
        """Add coefficients to the rows that follow; `row` counts from the next new one."""
        r, c, v = np.broadcast_arrays(
            np.asarray(row, np.int32) + np.int32(self.n_rows),
            np.asarray(column, np.int32),
            np.asarray(value, np.float64),
        )
        self._entries.append((r.ravel(), c.ravel(), v.ravel()))

    def close_rows(self, lower: ArrayLike, upper: ArrayLike) -> None:
        """Give the limits of the rows whose coefficients were added."""
        low, high = np.broadcast_arrays(
            np.atleast_1d(np.asarray(lower, np.float64)),
            np.atleast_1d(np.asarray(upper, np.float64)),
        )
        self._limits.append((low, high))
        self.n_rows += low.size

    def sum_row(self, name: str, coefficient: FloatArray, lower: float, upper: float) -> None:
        """Add one row over the units, divided by its greatest coefficient."""
        used = np.flatnonzero(coefficient)
        size = float(np.abs(coefficient).max(initial=0.0)) or 1.0
        self.asked.append(Asked(name, self.n_rows, size))
        self.entries(0, used, coefficient[used] / size)
        self.close_rows(lower / size, upper / size)

    def least_activity(self, row: FloatArray) -> float:
        """Return the least that a sum over the units can be."""
        return float(np.minimum(row * self.lower, row * self.upper).sum())

    def model(self) -> Model:
        n = self.problem.n_units
        blocks = [
            (self.unit_cost, self.lower, self.upper, np.ones(n, np.bool_)),
            *self._columns,
        ]
        cost, lower, upper, integer = (
            np.concatenate([block[k] for block in blocks]) for k in range(4)
        )
        scale = _objective_scale(cost, np.maximum(0.0, upper - lower))
        row, column, value = (
            np.concatenate([entry[k] for entry in self._entries] or [np.zeros(0)])
            for k in range(3)
        )
        limits = self._limits or [(np.zeros(0), np.zeros(0))]
        rows = coo_array((value, (row, column)), shape=(self.n_rows, self.n_columns)).tocsr()
        return Model(
            n_units=n,
            cost=cost / scale,
            lower=lower,
            upper=upper,
            integer=integer.astype(np.bool_),
            rows=csr_array(rows),
            row_lower=np.concatenate([low for low, _ in limits]),
            row_upper=np.concatenate([high for _, high in limits]),
            offset=self.offset / scale,
            scale=scale,
            step=_step(np.append(cost, self.offset)) if self._whole else 0.0,
            turned=self.problem.maximises,
            floor=_floor(self.problem),
            asked=tuple(self.asked),
            completions=tuple(self.completions),
        )


def _objective_scale(cost: FloatArray, width: FloatArray) -> float:
    """Return a power of two that brings the costs of the programme to a size it can resolve."""
    total = float((np.abs(cost) * width).sum())
    if total == 0.0:
        return 1.0
    return float(2.0 ** round(math.log2(total / max(1e4, cost.size))))


def _floor(problem: Problem) -> float:
    """Return what the minimised value cannot fall below, from the units one by one."""
    each = problem.unit_penalty()
    whole = 0.0
    if problem.objective == "minimum_set":
        each = each + problem.cost
    elif problem.objective == "maximum_utility":
        each = each - np.asarray(problem.weights() @ problem.amount)
    elif problem.objective == "maximum_coverage":
        whole = -float(problem.weights().sum())
    parts = np.where(
        problem.must(), each, np.where(problem.may_not(), 0.0, np.minimum(each, 0))
    )
    return whole + float(parts.sum()) - 1e-12 * float(np.abs(parts).sum() + abs(whole))


def _step(values: FloatArray) -> float:
    """Return a step that all values are multiples of: 1, a half, a tenth, ...; 0 if none."""
    for parts in (1.0, 2.0, 4.0, 10.0, 100.0):
        scaled = values * parts
        nearest = np.rint(scaled)
        small = (np.abs(nearest) < 2.0**40).all()
        if small and (np.abs(scaled - nearest) <= 1e-14 * np.abs(nearest)).all():
            divisor = int(np.gcd.reduce(nearest.astype(np.int64)))
            return divisor / parts
    return 0.0


def build_model(problem: Problem, cuts: Sequence[LinearConstraint] = ()) -> Model:
    """Return the programme of a problem, without its contiguity.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked.
    cuts : sequence of LinearConstraint
        Further rows over the units.

    Notes
    -----
    A shared boundary between units i and j costs ``b |x_i - x_j| = b (x_i + x_j - 2 w)`` with
    one continuous column ``w <= x_i``, ``w <= x_j`` for the pairs that no lock decides. Limits
    of rows are widened by the rounding that `Rules` grants, so that the programme never
    excludes a selection that `Rules` accepts.
    """
    build = _Builder(problem)
    if problem.objective == "minimum_set":
        build.unit_cost += problem.cost
    build.unit_cost += problem.unit_penalty()
    _boundary(build)
    _OBJECTIVES[problem.objective](build)
    if problem.budget is not None:
        most = problem.budget + TARGET_ROUNDING * abs(problem.budget)
        build.sum_row("budget", problem.cost, -np.inf, most)
    for rule in (*problem.constraints, *share_constraints(problem), *cuts):
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


def _boundary(build: _Builder) -> None:
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


def _minimum_set(build: _Builder) -> None:
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


def _reached(build: _Builder, row: FloatArray, goal: float, column: int) -> None:
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


def _maximum_coverage(build: _Builder) -> None:
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


def _maximum_utility(build: _Builder) -> None:
    problem = build.problem
    build.unit_cost -= np.asarray(problem.weights() @ problem.amount)


def _shortfalls(build: _Builder, weight: FloatArray, columns: IntArray) -> None:
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


def _most_missing(build: _Builder, weight: FloatArray) -> FloatArray:
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


def _minimum_shortfall(build: _Builder) -> None:
    problem = build.problem
    most = _most_missing(build, problem.weights())
    first = build.columns(np.ones(most.size), most, integer=False, whole=False)
    columns = np.arange(first, first + most.size, dtype=np.int32)
    _shortfalls(build, problem.weights(), columns)
    build.completions.append((first, lambda x: _weighted_missing(problem, x)))


def _minimum_largest_shortfall(build: _Builder) -> None:
    problem = build.problem
    most = _most_missing(build, problem.weights())
    column = build.columns(np.ones(1), most.max(initial=0.0), integer=False, whole=False)
    _shortfalls(build, problem.weights(), np.full(most.size, column, np.int32))
    build.completions.append(
        (column, lambda x: np.array([_weighted_missing(problem, x).max(initial=0.0)]))
    )


_OBJECTIVES: dict[str, Callable[[_Builder], None]] = {
    "minimum_set": _minimum_set,
    "maximum_coverage": _maximum_coverage,
    "maximum_utility": _maximum_utility,
    "minimum_shortfall": _minimum_shortfall,
    "minimum_largest_shortfall": _minimum_largest_shortfall,
}


def _neighbours(build: _Builder) -> None:
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


def _places(build: _Builder, number: int) -> None:
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
