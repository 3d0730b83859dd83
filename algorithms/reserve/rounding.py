"""Large problems within a budget: the linear relaxation, rounded, topped up and improved.

Without boundaries a basic solution of the relaxation selects no more units in part than it has
rows, so that rounding loses little where there are many more units than features. What gap is
left goes to branch and cut, which starts from the selection found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array

from algorithms.compiled import compiled
from algorithms.reserve.exact import branch_and_cut
from algorithms.reserve.highs_process import run_of
from algorithms.reserve.joining import Joiner, unit_worth
from algorithms.reserve.programme import build_model
from algorithms.reserve.safe_bounds import SafeBounds
from algorithms.reserve.search import Search

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.model import Model
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.search import SearchOptions, SearchResult
    from algorithms.reserve.solution import Watcher

LEVELS = (0.999, 0.9, 0.5, 0.1)
"""Parts of a unit from which the relaxation is rounded up."""

SWEEPS = 20
"""Most passes over all units that improve a selection."""

NORM = 16.0
"""Power whose mean stands for the largest shortfall, so that every step towards it counts."""

_KINDS = {
    "maximum_utility": 0,
    "minimum_shortfall": 1,
    "minimum_largest_shortfall": 2,
    "maximum_coverage": 3,
}


def rounding_fits(problem: Problem) -> str | None:
    """Return why a problem cannot be solved by rounding; None if it can."""
    if problem.objective == "minimum_set":
        return "a minimum set must hold its targets, which rounding does not keep"
    if problem.neighbours > 0:
        return "rounding does not keep the neighbours of a unit"
    if problem.contiguous != "none":
        return "rounding does not keep a selection in one piece"
    if problem.redundancy:
        return "rounding does not keep a feature in several places"
    return None


def solve_rounding(
    problem: Problem,
    options: SearchOptions,
    control: Control,
    watcher: Watcher,
    start: BoolArray | None = None,
) -> SearchResult:
    """Round the relaxation, and branch for what gap is left.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked, and that `rounding_fits`.
    options : SearchOptions
        When to end.
    control : Control
        Told the share of the work done; may cancel.
    watcher : Watcher
        Told every better selection and tighter bound.
    start : (n,) bool, optional
        A selection to start from, used if it meets what is asked.

    Returns
    -------
    SearchResult
        The best selection and the bound.

    Raises
    ------
    ValueError
        The problem is not one for rounding.
    InfeasibleProblemError
        No selection meets what is asked.
    """
    reason = rounding_fits(problem)
    if reason is not None:
        raise ValueError(reason)
    search = Search(problem, options, control, watcher)
    # However soon the search ends, there is something to keep where it is as simple as this.
    search.offer(problem.must())
    if start is not None:
        search.offer(start)
    model = build_model(problem)
    run = run_of(model, options, relaxed=True)
    ending = run.follow(lambda _: None, lambda _: None, search.done)
    if ending is not None and ending.values is not None and ending.duals is not None:
        bounds = SafeBounds(model)
        proved = model.proved(bounds.least(bounds.allowed(ending.duals)))
        search.prove(proved, model.rounding)
        _Rounder(problem, model).offer(ending.values[: problem.n_units], search)
    if not search.done():
        search.notes.append("Rounding left a gap; branch and cut went on from its selection.")
        branch_and_cut(search)
    return search.result()


class _Rounder:
    """Makes selections of parts of units."""

    def __init__(self, problem: Problem, model: Model) -> None:
        n = problem.n_units
        self._problem = problem
        self._joiner = Joiner(problem, model)
        of_units = np.diff(csr_array(model.rows[:, n:]).indptr) == 0
        rows = csc_array(model.rows[of_units][:, :n])
        self._rows = (rows.indptr, rows.indices, rows.data)
        self._limits = (model.row_lower[of_units], model.row_upper[of_units])
        self._activity = rows
        amount = csc_array(problem.amount)
        self._amounts = (amount.indptr, amount.indices, amount.data)
        target = np.zeros(problem.n_features) if problem.target is None else problem.target
        self._target = target
        self._free = ~problem.must() & ~problem.may_not()
        self._worth = unit_worth(problem)

    def offer(self, parts: FloatArray, search: Search) -> None:
        """Offer the selections that parts of units round to."""
        for level in LEVELS:
            rounded = (parts >= level) | self._problem.must()
            rounded &= ~self._problem.may_not()
            self._improve(rounded, parts)
            search.offer(rounded)
            trimmed = self._joiner.trimmed(rounded, self._worth)
            self._improve(trimmed, parts)
            search.offer(trimmed)
            if search.done():
                return

    def _improve(self, selected: BoolArray, parts: FloatArray) -> None:
        problem = self._problem
        start, other, price = self._joiner.links
        price_of = np.maximum(problem.cost, 1e-12 * (1.0 + problem.cost.max()))
        order = np.lexsort((-self._worth / price_of, -np.round(parts, 6)))
        activity = np.asarray(self._activity @ selected.astype(np.float64))
        held = np.asarray(problem.amount @ selected.astype(np.float64))
        _sweep(
            selected,
            order[self._free[order]].astype(np.int64),
            (start, other, price),
            self._rows,
            (activity, *self._limits),
            self._amounts,
            (held, self._target, problem.weights(), problem.unit_penalty()),
            _KINDS[problem.objective],
        )


@compiled
def _merit(kind: int, held: float, target: float, weight: float) -> float:
    """Return what holding an amount of a feature adds to the minimised sum."""
    if kind == 0:
        return -weight * held
    if kind == 3:
        return -weight if held >= target - 1e-9 * abs(target) else 0.0
    if target <= 0.0:
        return 0.0
    missing = weight * max(0.0, 1.0 - held / target)
    return missing**NORM if kind == 2 else missing


@compiled
def _change(
    kind: int,
    sign: float,
    part: tuple[np.ndarray, FloatArray],
    features: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
) -> float:
    """Return by how much the sum of merits changes with the amounts of some features."""
    rows, values = part
    held, target, weight, _ = features
    change = 0.0
    for k in range(rows.size):
        f = rows[k]
        change += _merit(kind, held[f] + sign * values[k], target[f], weight[f])
        change -= _merit(kind, held[f], target[f], weight[f])
    return change


@compiled
def _sweep(  # noqa: C901, PLR0912, PLR0913, PLR0917 - one compiled loop over flat arrays
    selected: BoolArray,
    order: np.ndarray,
    links: tuple[np.ndarray, np.ndarray, FloatArray],
    columns: tuple[np.ndarray, np.ndarray, FloatArray],
    rows: tuple[FloatArray, FloatArray, FloatArray],
    amounts: tuple[np.ndarray, np.ndarray, FloatArray],
    features: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    kind: int,
) -> None:
    """Flip units while that improves the objective and breaks no row."""
    start, other, price = links
    column_start, column_row, column_value = columns
    activity, lower, upper = rows
    amount_start, amount_row, amount_value = amounts
    held = features[0]
    own = features[3]
    total = 0.0
    for f in range(held.size):
        total += _merit(kind, held[f], features[1][f], features[2][f])
    for _ in range(SWEEPS):
        flipped = 0
        for turn in range(order.size):
            unit = order[turn]
            sign = -1.0 if selected[unit] else 1.0
            allowed = True
            for k in range(column_start[unit], column_start[unit + 1]):
                row = column_row[k]
                now = activity[row]
                then = now + sign * column_value[k]
                if (then < lower[row] and then < now) or (then > upper[row] and then > now):
                    allowed = False
                    break
            if not allowed:
                continue
            change = sign * own[unit]
            for k in range(start[unit], start[unit + 1]):
                change += -sign * price[k] if selected[other[k]] else sign * price[k]
            first, last = amount_start[unit], amount_start[unit + 1]
            part = (amount_row[first:last], amount_value[first:last])
            moved = _change(kind, sign, part, features)
            if kind == 2:
                root = 1.0 / NORM
                change += max(0.0, total + moved) ** root - max(0.0, total) ** root
            else:
                change += moved
            if change >= -1e-15:
                continue
            selected[unit] = not selected[unit]
            flipped += 1
            total += moved
            for k in range(column_start[unit], column_start[unit + 1]):
                activity[column_row[k]] += sign * column_value[k]
            for k in range(first, last):
                held[amount_row[k]] += sign * amount_value[k]
        if flipped == 0:
            return
