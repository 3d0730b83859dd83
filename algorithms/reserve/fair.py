"""The fairest selections: the least share, by what is just for its country, as great as can be.

With q the quantity that is shared, e_c the entitlement of country c and Q the sum over the
selection, the level of a selection x is ``min_c q_c(x) / (e_c Q(x))``. The greatest level is
found by Dinkelbach's method for ratios: for a rate r, the greatest ``min_c q_c(x) / e_c - r
Q(x)`` is sought; while it is above 0 its selection has a level above r, which becomes the next
rate. A bound F on it proves that no selection has a level above ``r + F / Q_low``, where no
selection that counts has a sum under Q_low.

References
----------
Dinkelbach, W. (1967). On nonlinear fractional programming. Management Science 13, 492-498.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

from algorithms.control import NULL_CONTROL
from algorithms.reserve.evenness import country_shares, entitlements, evenness, with_floor
from algorithms.reserve.exact import solve_exact
from algorithms.reserve.problem import LinearConstraint
from algorithms.reserve.solution import NOBODY, InfeasibleProblemError, Moment

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.search import SearchOptions, SearchResult
    from algorithms.reserve.solution import Watcher

LEVEL_ROUNDING = 1e-6
"""Share of the level by which the selections that reach it may fall below it, and difference
of levels that is no difference."""

MOST_RATES = 50
"""Rates after which the method ends; it seldom needs ten."""


@dataclass(frozen=True, slots=True, eq=False)
class FairLevel:
    """How fair a selection can be.

    Attributes
    ----------
    level : float
        Least share of a country, divided by its entitlement, of the fairest selection found.
    bound : float
        No selection has a greater level.
    proved : bool
        Whether the two agree within the gap that was asked.
    selected : (n,) bool or None
        That selection; None where none that counts was found.
    """

    level: float
    bound: float
    proved: bool
    selected: BoolArray | None


def fairest(
    problem: Problem,
    options: SearchOptions,
    control: Control = NULL_CONTROL,
    watcher: Watcher = NOBODY,
) -> FairLevel:
    """Find how great the least share can be, within the budget and all other constraints.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked, with countries; its objective is not looked at, only
        what it demands.
    options : SearchOptions
        The gap is of the level.
    control : Control
        Told 0 now and then; may cancel.
    watcher : Watcher
        Asked now and then; may end the search.

    Returns
    -------
    FairLevel
        The level, its bound and a selection that has it.

    Raises
    ------
    InfeasibleProblemError
        No selection that meets the demands shares anything out.
    """
    return _Fairest(problem, options, control, watcher).run()


def as_fair(problem: Problem, level: float) -> Problem:
    """Return the problem of the best selection among those that reach a level.

    Parameters
    ----------
    problem : Problem
        With countries.
    level : float
        Least share of each country, divided by its entitlement; it may be missed by a
        millionth. At 0 nothing is asked.
    """
    if level <= 0:
        return replace(problem, max_min_fair=False)
    floored = with_floor(problem, level * (1.0 - LEVEL_ROUNDING))
    return replace(floored, constraints=(*problem.constraints, *_counting(problem)))


class _Ask:
    """A watcher that passes on only whether to go on: the values are of another problem."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self.stopped = False

    def told(self, moment: Moment) -> bool:
        bare = Moment(moment.seconds, None, None, None, None)
        self.stopped = self.stopped or not self._watcher.told(bare)
        return not self.stopped


class _Cancel:
    """A control that passes on only whether to cancel: the share of the work is unknown."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def report(self, fraction: float) -> None:  # noqa: ARG002 - the control's signature
        self._control.report(0.0)


class _Fairest:
    def __init__(
        self, problem: Problem, options: SearchOptions, control: Control, watcher: Watcher
    ) -> None:
        self._problem = problem
        self._options = options
        self._control = _Cancel(control)
        self._watcher = _Ask(watcher)
        self._end = time.perf_counter() + options.time_limit
        self._entitlement = entitlements(problem)[1]
        self._demands = _demands(problem)
        self._level = -math.inf
        self._bound = 1.0
        self._selected: BoolArray | None = None
        self._exhausted = False

    def run(self) -> FairLevel:
        least_sum = self._least_sum()
        rate = 0.0
        for _ in range(MOST_RATES):
            if self._proved() or self._over():
                break
            whole, aimed = _aimed(self._demands, self._problem, rate)
            wish = 0.3 * max(self._options.gap, 1e-7) * max(self._level, 0.05)
            gap = max(1e-9, wish * least_sum / whole)
            found = self._solve(aimed, gap)
            best = whole * (1.0 - found.bound)
            self._bound = min(self._bound, rate + max(0.0, best) / least_sum)
            if found.selected is not None:
                self._take(found.selected)
            if self._level <= rate:
                # The search for better is exhausted: what the bound has left is rounding.
                self._exhausted = found.status == "optimal"
                break
            rate = self._level
        return FairLevel(self._level, self._bound, self._proved(), self._selected)

    def _least_sum(self) -> float:
        """Return what no selection that counts has less of."""
        quantity = self._problem.share_quantity()
        positive = quantity[quantity > 0]
        if not positive.size:
            raise InfeasibleProblemError(
                f"no unit has any {self._problem.share_of} to share out among the countries"
            )
        found = self._solve(replace(self._demands, penalty=quantity), 0.02, 0.2)
        if found.selected is not None:
            self._take(found.selected)
        return max(found.bound, float(positive.min()) * (1.0 - 1e-9))

    def _solve(self, problem: Problem, gap: float, share: float = 1.0) -> SearchResult:
        left = max(1e-3, share * (self._end - time.perf_counter()))
        options = replace(self._options, gap=gap, time_limit=left)
        return solve_exact(problem, options, self._control, self._watcher, self._selected)

    def _take(self, selected: BoolArray) -> None:
        level = evenness(country_shares(self._problem, selected), self._entitlement)
        if level > self._level:
            self._level, self._selected = level, selected
            self._bound = max(self._bound, level)

    def _proved(self) -> bool:
        near = max(self._options.gap, LEVEL_ROUNDING) * self._bound
        return self._exhausted or self._level >= self._bound - max(near, LEVEL_ROUNDING)

    def _over(self) -> bool:
        return self._watcher.stopped or time.perf_counter() >= self._end


def _counting(problem: Problem) -> tuple[LinearConstraint, ...]:
    """Return the demand that something is selected that counts in the shares."""
    quantity = problem.share_quantity()
    least = float(quantity[quantity > 0].min(initial=np.inf))
    if not math.isfinite(least):
        return ()
    counted = np.minimum(quantity, least)
    return (
        LinearConstraint(name="what counts in the shares", coefficient=counted, lower=least),
    )


def _demands(problem: Problem) -> Problem:
    """Return a problem with the demands of another, its targets as sums, and no wish."""
    targets = []
    if problem.objective == "minimum_set" and problem.target is not None:
        for feature, name in enumerate(problem.names()):
            row = problem.amount[[feature]].toarray()[0]
            target = float(problem.target[feature])
            if target > 0 and (row >= 0).all():
                row = np.minimum(row, target)
            targets.append(LinearConstraint(name=name, coefficient=row, lower=target))
    return replace(
        problem,
        objective="minimum_largest_shortfall",
        target=np.zeros(problem.n_features),
        weight=np.zeros(problem.n_features),
        boundary_penalty=0.0,
        penalty=None,
        constraints=(*problem.constraints, *targets, *_counting(problem)),
        # Gains are by the targets that are asked, which are replaced here.
        gain=problem.unit_gain() if problem.share_of == "gain" else None,
        max_min_fair=False,
    )


def _aimed(demands: Problem, problem: Problem, rate: float) -> tuple[float, Problem]:
    """Return the problem whose value is ``1 - (min_c q_c / e_c - rate Q) / whole``, and whole.

    Each country is a feature of which it has ``q / e`` and nobody can hold more than `whole`:
    the largest shortfall is that of the country with the least.
    """
    quantity = problem.share_quantity()
    rows: list[FloatArray] = [
        np.where(problem.country == code, quantity, 0.0) / just
        for code, just in zip(*entitlements(problem), strict=True)
        if just > 0
    ]
    whole = min(float(row[~problem.may_not()].sum()) for row in rows)
    whole = max(whole, float(quantity.max()))
    extra = csr_array(np.array([np.minimum(row, whole) for row in rows]))
    size = len(rows)
    return whole, replace(
        demands,
        amount=csr_array(vstack([demands.amount, extra])),
        target=np.concatenate([np.zeros(demands.n_features), np.full(size, whole)]),
        weight=np.concatenate([np.zeros(demands.n_features), np.ones(size)]),
        penalty=rate * quantity / whole,
        feature_names=(*demands.names(), *(f"country {k}" for k in range(size))),
    )
