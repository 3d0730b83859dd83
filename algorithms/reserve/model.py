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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.problem import Problem

    Completion = Callable[[BoolArray], FloatArray]

FEASIBILITY = 1e-8
"""By how much the solver lets a row or a reduced cost of the scaled programme be missed."""
WHOLE = 1e-6
"""By how much it lets a whole number be missed, the default of HiGHS. Below, the presolve of
HiGHS 1.16 can lose the best selection where rows have limits within a billionth of 0."""


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
        width = float(np.maximum(0.0, self.upper - self.lower).sum())
        return self.scale * (2.0 * WHOLE + FEASIBILITY * width)

    @property
    def rounding(self) -> float:
        """How far a bound may be from the best value once the solver has closed its gap.

        The margin of the bound, and what parts of units as small as the solver's tolerance are
        worth.
        """
        return 1.5 * self.margin + self.scale * WHOLE * float(np.abs(self.cost).sum())

    def proved(self, dual_bound: float) -> float:
        """Return what the problem's value cannot better, given the bound of the solver.

        The solver lets each reduced cost be wrong by `FEASIBILITY`, which costs at most that
        times the width of its column, and drops what betters its best by less than `WHOLE`:
        the bound is widened by both. Where all values are multiples of a step it is then taken
        on to the next multiple.
        """
        raw = self.scale * dual_bound
        value = max(self.floor, raw - self.margin - 1e-12 * abs(raw))
        if self.step > 0 and math.isfinite(value):
            multiple = math.ceil(value / self.step - 1e-6) * self.step
            value = max(value, multiple)
        return 0.0 - value if self.turned else value


class Builder:
    """Collects the columns and rows of a programme.

    Parameters
    ----------
    problem : Problem
        Its units are the first columns.

    Attributes
    ----------
    lower, upper : (n,) float64
        What the locks leave of each unit, 0 to 1.
    fixed : (n,) bool
        Units that a lock decides.
    unit_cost : (n,) float64
        What each unit adds to the minimised value; to be added to.
    offset : float
        What is in the value whatever is selected; to be added to.
    completions : list of (int, callable)
        As of `Model`; to be added to.
    """

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
        """Return the programme of what was added."""
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
