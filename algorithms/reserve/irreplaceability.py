"""How much is lost if units cannot be had: replacement cost, and rarity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL
from algorithms.reserve.checks import checked
from algorithms.reserve.fairness import settled
from algorithms.reserve.relaxation import Relaxation
from algorithms.reserve.removal import membership, unreachable_without, without_units
from algorithms.reserve.series import (
    DEFAULT_EFFORT,
    NOBODY_AT_ALL,
    Effort,
    Known,
    Series,
    SeriesWatcher,
    check_meets,
    loss_of,
)
from algorithms.reserve.top_up import TopUp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scipy.sparse import csr_array

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.solution import Solution

TIGHTEN_SHARE = 0.25
"""Share of the time that the problem itself may use, where its gap is too wide."""

TOP_UP_SHARE = 0.1
"""Share of the time left in which every group is replaced by what is best at hand."""

RELAXATION_SHARE = 0.2
"""Share of the time left that the linear relaxation may use."""

NARROW = 1e-6
"""Width of an interval, as a share of the values, that no solve need narrow."""

ROUNDINGS = 3.0
"""Width of an interval that is only rounding, in gaps of a solution that is optimal: that of
the best value, that of the best without the group, and one to spare."""

USEFUL_SLICE = 0.5
"""Least time for a solve, as a share of what the solution itself took."""


@dataclass(frozen=True, slots=True, eq=False)
class ReplacementCost:
    """By how much the best value worsens if units, or groups of them, cannot be had.

    Attributes
    ----------
    groups : tuple of (k,) int32
        The units of each group.
    lower, upper : (groups,) float64
        The replacement cost is proved to lie between them; inf where nothing can replace the
        group. In the unit of the objective, and a loss whichever way the objective goes.
    found : (groups,) float64
        The best selection found without the group against the best one found; inf where none
        was found.
    replaceable : (groups,) bool
        Whether a selection without the group was found. Where it was not and `lower` is
        finite, nothing is known of whether there is one.
    proved : (groups,) bool
        Whether `lower` and `upper` agree, but for the rounding that bounds account for.
    complete : bool
        Whether every group was looked at to the gap that was asked.
    """

    groups: tuple[IntArray, ...]
    lower: FloatArray
    upper: FloatArray
    found: FloatArray
    replaceable: BoolArray
    proved: BoolArray
    complete: bool

    @property
    def irreplaceable(self) -> BoolArray:
        """(groups,) bool: whether it is proved that nothing can replace the group."""
        irreplaceable: BoolArray = np.isposinf(self.lower)
        return irreplaceable


def replacement_cost(
    problem: Problem,
    solution: Solution,
    groups: Sequence[IntArray] | None = None,
    *,
    effort: Effort = DEFAULT_EFFORT,
    control: Control = NULL_CONTROL,
    watcher: SeriesWatcher = NOBODY_AT_ALL,
) -> ReplacementCost:
    """Measure what it would cost to do without units of a solution.

    Parameters
    ----------
    problem : Problem
        What was asked.
    solution : Solution
        A solution of it.
    groups : sequence of (k,) int32, optional
        The units to do without, group by group; by default every selected unit that is not
        locked in, by itself. A unit that is locked in is given up: the cost is then that of
        losing it, and is negative where that would be a saving.
    effort : Effort
        At its gap the best value without a group is left as it is, and so is the best value
        itself; where the solution's own gap is wider, it is solved further first. The interval
        of a replacement cost is as wide as both together: what is to be told of single units
        asks for a small gap.
    control : Control
        Told the share of the work done; may cancel.
    watcher : SeriesWatcher
        Told of each solve; may end the analysis.

    Returns
    -------
    ReplacementCost
        A group for which the time did not suffice keeps the interval that is known of it.

    Raises
    ------
    ValueError
        A group is empty or has a unit that is not there, or the solution is none of the
        problem.

    Notes
    -----
    The replacement cost of a group is ``z_without - z``, with z the best value of the problem
    and ``z_without`` that of the problem in which the group cannot be had. Both are known
    between bounds: ``z`` from the bound and the objective of the best solution seen, and
    ``z_without`` from the tightest of the bound of the problem itself, sums over all other
    units, the linear relaxation without the group, and a solve without it; and, from the other
    side, the best of all selections seen that have no unit of the group. For a group outside
    the solution the upper limit is the gap of the solution itself: 0 if that is optimal.

    A fair problem is judged among the selections as fair as the solution.

    References
    ----------
    Cabeza, M. & Moilanen, A. (2006). Replacement cost: a practical measure of site value for
    cost-effective reserve planning. Biological Conservation 132, 336-342.
    """
    problem = checked(problem)
    check_meets(problem, solution)
    base = settled(problem, solution)
    chosen = _checked_groups(base, solution, groups)
    series = Series(effort, control, watcher)
    work = _Replacement(base, solution, chosen, series)
    work.run()
    series.end()
    return work.result()


class _Replacement:
    """Narrows the interval of the best loss without each group."""

    def __init__(
        self,
        problem: Problem,
        solution: Solution,
        groups: tuple[IntArray, ...],
        series: Series,
    ) -> None:
        self.problem = problem
        self.solution = solution
        self.top_up = TopUp(problem)
        self.groups = groups
        self.series = series
        self.member = member = membership(groups, problem.n_units)
        gap = abs(solution.objective - solution.bound)
        self.rounding = ROUNDINGS * gap if solution.status == "optimal" else 0.0
        self.restricts = np.asarray(member @ problem.must().astype(np.float64)) == 0
        self.known = Known(problem, loss_of(problem, solution.bound), member)
        self.known.add(solution.selected)
        self.lower = np.where(self.restricts, self.known.lower, -np.inf)
        self.lower[unreachable_without(problem, member)] = np.inf
        self.upper = self.known.without.copy()

    def run(self) -> None:
        """Use what is cheap first, and solve for the groups that it leaves open."""
        if (self._open() & self.restricts).any():
            self._tighten()
            self._replace()
            self._relax()
        # The widest interval first: it is the one that time is best spent on.
        open_ = self._open()
        width = np.full(len(self.groups), -1.0)
        width[open_] = self.upper[open_] - self.lower[open_]
        order = np.argsort(-width, kind="stable")[: int(open_.sum())]
        for place, group in enumerate(order.tolist()):
            if self.series.over:
                return
            if self._open()[group]:
                # Slices too short to solve anything in would waste the time of all.
                useful = USEFUL_SLICE * self.solution.seconds / self.series.seconds_left
                self._solve_without(group, min(1.0, max(1.0 / (order.size - place), useful)))

    def result(self) -> ReplacementCost:
        """Return where the intervals stand."""
        best = self.known.best
        lower = self.lower - best
        lower[self.restricts] = np.maximum(0.0, lower[self.restricts])
        upper = self.upper - self.known.lower
        upper[np.isposinf(self.lower)] = np.inf
        return ReplacementCost(
            groups=self.groups,
            lower=lower,
            upper=upper,
            found=self.upper - best,
            replaceable=np.isfinite(self.upper),
            proved=np.isposinf(lower) | (upper <= lower + self._tolerance(NARROW)),
            complete=not self._open().any(),
        )

    def _tolerance(self, gap: float) -> FloatArray:
        """Return the width of an interval that is narrow enough."""
        size = np.maximum(abs(self.known.best), np.abs(self.upper))
        wide = np.maximum(max(gap, NARROW) * size, self.rounding)
        return np.where(np.isfinite(size), wide, 0.0)

    def _open(self) -> BoolArray:
        """Return whose interval is wider than what was asked."""
        self.upper = np.minimum(self.upper, self.known.without)
        reach = self.lower + self._tolerance(self.series.effort.gap)
        open_: BoolArray = np.isfinite(self.lower) | np.isneginf(self.lower)
        return open_ & (self.upper > reach)

    def _tighten(self) -> None:
        """Solve the problem itself further, where its own gap is wider than what was asked."""
        gap = self.series.effort.gap
        if self.known.best - self.known.lower <= max(gap, NARROW) * abs(self.known.best):
            return
        answer = self.series.solve(
            self.problem, TIGHTEN_SHARE, known=self.known, start=self.solution.selected
        )
        self.known.lower = max(self.known.lower, answer.lower)
        least = np.where(self.restricts, self.known.lower, -np.inf)
        self.lower = np.maximum(self.lower, least)

    def _relax(self) -> None:
        """Raise the lower limits by the linear relaxation."""
        stage = self.series.stage(RELAXATION_SHARE)
        relaxation = Relaxation(self.problem, threads=self.series.effort.threads)
        relaxation.solve(stage.seconds_left, stage.ask)
        least = np.where(self.restricts, relaxation.without_groups(self.member), -np.inf)
        self.lower = np.maximum(self.lower, least)
        for group in stage.steps(np.flatnonzero(self._open() & self.restricts)):
            units = self.groups[group]
            value = relaxation.without(units, stage.seconds_left, stage.ask)
            self.lower[group] = max(self.lower[group], value)
        stage.end()

    def _replace(self) -> None:
        """Lower the upper limits by replacing each group at the least price at hand."""
        stage = self.series.stage(TOP_UP_SHARE)
        for group in stage.steps(np.flatnonzero(self._open() & self.restricts)):
            self._replaced(group, stage.ask)
        stage.end()

    def _replaced(self, group: int, ask: Callable[[], None]) -> BoolArray | None:
        selected = self.top_up.without(self.solution.selected, self.groups[group], ask)
        if selected is not None and self.restricts[group]:
            self.known.add(selected)
        return selected

    def _solve_without(self, group: int, share: float) -> None:
        gap = max(self.series.effort.gap, NARROW)

        def enough(lower: float, found: float) -> bool:
            least = max(lower, float(self.lower[group]))
            most = min(found, float(self.upper[group]))
            if math.isinf(most):
                return False
            width = max(gap * max(abs(self.known.best), abs(most)), self.rounding)
            return most - least <= width

        answer = self.series.solve(
            without_units(self.problem, self.groups[group]),
            share,
            until=enough,
            known=self.known if self.restricts[group] else None,
            start=self._replaced(group, self.series.ask),
        )
        self.lower[group] = max(self.lower[group], answer.lower)
        self.upper[group] = min(self.upper[group], answer.upper)
        if answer.solution is not None:
            self.series.finished(f"without group {group + 1}", answer.solution)


def _checked_groups(
    problem: Problem, solution: Solution, groups: Sequence[IntArray] | None
) -> tuple[IntArray, ...]:
    if groups is None:
        alone = np.flatnonzero(solution.selected & ~problem.must())
        return tuple(np.array([unit], np.int32) for unit in alone)
    chosen = tuple(np.unique(np.asarray(group, np.int32)) for group in groups)
    for number, group in enumerate(chosen, start=1):
        if group.size == 0:
            raise ValueError(f"group {number} has no unit: name those to do without")
        if group[0] < 0 or group[-1] >= problem.n_units:
            raise ValueError(
                f"group {number} has a unit that is not there: they are numbered from 0 to "
                f"{problem.n_units - 1}"
            )
    return chosen


def rarity_weighted_richness(
    amount: csr_array, total: FloatArray | None = None, weight: FloatArray | None = None
) -> FloatArray:
    """Add up, for each unit, the share that it holds of every feature.

    Parameters
    ----------
    amount : (features, n) sparse float64
        Amount of each feature in each unit.
    total : (features,) float64, optional
        Amount of each feature over its whole layer, land outside the units included; the sum
        over the units by default.
    weight : (features,) float64, optional
        Weight of each feature; 1 by default.

    Returns
    -------
    (n,) float64
        0 where a unit holds nothing. A feature whose total is 0 adds nothing.

    Raises
    ------
    ValueError
        A total is negative or not finite, or a shape disagrees.

    Notes
    -----
    It looks at one unit at a time: unlike the replacement cost it knows nothing of targets,
    costs, or of what the other units hold.

    References
    ----------
    Williams, P. et al. (1996). A comparison of richness hotspots, rarity hotspots, and
    complementary areas for conserving diversity of British birds. Conservation Biology 10,
    155-174.
    """
    count = amount.shape[0]
    whole = np.asarray(amount.sum(axis=1)).ravel() if total is None else total
    worth = np.ones(count) if weight is None else weight
    if whole.shape != (count,) or worth.shape != (count,):
        raise ValueError(
            f"there are {count} features, {whole.size} totals and {worth.size} weights"
        )
    if not (np.isfinite(whole) & (whole >= 0)).all():
        raise ValueError("totals must be finite and >= 0")
    scale = np.zeros(count)
    scale[whole > 0] = worth[whole > 0] / whole[whole > 0]
    return np.asarray(scale @ amount, dtype=np.float64)
