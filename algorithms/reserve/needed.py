"""Which units every selection within a limit has: proved, or as far as was found."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from algorithms.reserve.problem import LinearConstraint
from algorithms.reserve.relaxation import Relaxation
from algorithms.reserve.removal import each_unit, unreachable_without, without_units
from algorithms.reserve.series import loss_of
from algorithms.reserve.top_up import TopUp

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.series import Known, Series

TOP_UP_SHARE = 0.1
"""Share of the time left in which candidates are replaced by what is best at hand."""

RELAXATION_SHARE = 0.25
"""Share of the time left that the linear relaxation may use."""

REFUTING_FAILURES = 2
"""Solves in a row that do without no further candidate, after which no more are tried."""

REFUTING_SHARE = 0.05
"""Share of the time left that each of them may use."""

REFUTING_GAP = 0.2
"""Gap of each of them, as a share of how much worse than the best the limit is."""


@dataclass(frozen=True, slots=True, eq=False)
class Needed:
    """What all selections within a limit have in common.

    Attributes
    ----------
    proved : (n,) bool
        Units, not locked in, of which it is proved that every selection within the limit has
        them.
    found : (n,) bool
        Units, not locked in, that every selection seen within the limit has. For those that
        are not proved there may be a selection without them.
    lower : (n,) float64
        Proved: no selection without the unit has a better value; infinite where there is none
        at all. NaN for units that are locked.
    upper : (n,) float64
        Best value of the selections seen without the unit; infinite where none was seen, NaN
        for units that are locked.
    complete : bool
        Whether every unit is decided.
    notes : tuple of str
        What a reader must know of it.
    """

    proved: BoolArray
    found: BoolArray
    lower: FloatArray
    upper: FloatArray
    complete: bool
    notes: tuple[str, ...]


def needed_units(known: Known, limit: float, series: Series) -> Needed:
    """Decide, for every unit, whether a selection within a limit can do without it.

    Parameters
    ----------
    known : Known
        The problem, its bound, and the selections seen so far, unit by unit.
    limit : float
        Loss that a selection must not exceed.
    series : Series
        What is left of the analysis.

    Notes
    -----
    A unit is proved to be needed where the best value without it is proved to be beyond the
    limit: by the sums over all other units; by the linear relaxation without it; or by a solve
    in which one unit at least of a whole batch must be missing. If the best value of that is
    beyond the limit, all of the batch are needed; a selection within the limit shows which are
    not, and the rest is asked again. Batches begin with one unit and grow as long as they are
    decided. (To leave out the whole batch at once would prove nothing
    of any single unit.) Each such solve ends as soon as it has said one or the other. Before
    the batches each candidate is replaced by what is best at hand, and a few solves with a
    penalty on all candidates look for selections that do without as many as can be.
    """
    work = _Deciding(known, limit, series)
    work.replace()
    work.relax()
    work.refute()
    work.prove()
    return work.result()


class _Deciding:
    """Narrows down which units are needed."""

    def __init__(self, known: Known, limit: float, series: Series) -> None:
        self.problem = known.problem
        self.known = known
        self.limit = limit
        self.series = series
        self.free = ~(known.problem.must() | known.problem.may_not())
        self.lower = np.full(known.problem.n_units, known.lower)
        self.lower[unreachable_without(known.problem, each_unit(known.problem))] = np.inf

    def candidates(self) -> IntArray:
        """(k,) int32: units that are neither proved to be needed nor shown not to be."""
        open_ = self.free & (self.known.without > self.limit) & (self.lower <= self.limit)
        return np.flatnonzero(open_).astype(np.int32)

    def relax(self) -> None:
        """Prove by the linear relaxation what it can prove."""
        if not self.candidates().size or self.series.over:
            return
        stage = self.series.stage(RELAXATION_SHARE)
        relaxation = Relaxation(self.problem, threads=self.series.effort.threads)
        relaxation.solve(stage.seconds_left, stage.ask)
        least = relaxation.without_groups(each_unit(self.problem))
        self.lower = np.maximum(self.lower, least)
        for unit in stage.steps(self.candidates()):
            value = relaxation.without(np.array([unit]), stage.seconds_left, stage.ask)
            self.lower[unit] = max(self.lower[unit], value)
        stage.end()

    def replace(self) -> None:
        """Replace candidates one by one at the least price at hand."""
        best = self.known.selected
        if best is None or self.series.over:
            return
        stage = self.series.stage(TOP_UP_SHARE)
        top_up = TopUp(self.problem)
        for unit in stage.steps(self.candidates()):
            if self.known.without[unit] > self.limit:
                selected = top_up.without(best, np.array([unit]), stage.ask)
                if selected is not None:
                    self.known.add(selected)
        stage.end()

    def refute(self) -> None:
        """Look for selections within the limit that do without many candidates at once."""
        price = self.limit - self.known.best
        if price <= 0:
            return
        gap = max(self.series.effort.gap, REFUTING_GAP * price / max(abs(self.limit), price))
        failures = 0
        while failures < REFUTING_FAILURES:
            before = self.candidates()
            if before.size < 2 or self.series.over:
                return
            answer = self.series.solve(
                _dearer(self.problem, before, price), REFUTING_SHARE, gap=gap, known=self.known
            )
            if answer.solution is None:
                return
            failures = failures + 1 if self.candidates().size == before.size else 0
            beyond = self.known.add(answer.solution.selected) > self.limit
            price = price / 4.0 if beyond else price * 2.0

    def prove(self) -> None:
        """Decide batch by batch, and what stays open a second time if there is time."""
        for _ in range(2):
            self._prove_once()

    def _prove_once(self) -> None:
        """Go through the candidates; batches grow while they are decided and shrink else."""
        queue, size = self._hardest_last(self.candidates()), 1
        while queue.size and not self.series.over:
            batch = queue[:size]
            self._decide(batch, 1.0 / math.ceil(queue.size / size))
            open_ = self.candidates()
            left = batch[np.isin(batch, open_)]
            queue = queue[np.isin(queue, open_)]
            if not left.size:
                size *= 2
            elif batch.size == 1:
                queue = queue[1:]
            elif left.size == batch.size:
                size = batch.size // 2

    def result(self) -> Needed:
        """Return what is decided."""
        proved = self.free & (self.lower > self.limit)
        found = self.free & (self.known.without > self.limit)
        left = int(np.count_nonzero(found & ~proved))
        told = np.where(self.free, self.lower, np.nan)
        seen = np.where(self.free, self.known.without, np.nan)
        sign = loss_of(self.problem, 1.0)
        notes: tuple[str, ...] = ()
        if left:
            notes = (
                f"{left} units are in every selection that was found within the limit, and it "
                "is not proved that none can do without them.",
            )
        return Needed(
            proved=proved,
            found=found,
            lower=sign * told,
            upper=sign * seen,
            complete=left == 0,
            notes=notes,
        )

    def _hardest_last(self, units: IntArray) -> IntArray:
        """Order units from the one that is nearest to its proof."""
        return units[np.argsort(-self.lower[units], kind="stable")]

    def _decide(self, batch: IntArray, share: float) -> None:
        """Solve with one of a batch missing."""
        if batch.size == 1:
            problem = without_units(self.problem, batch)
        else:
            problem = _one_missing(self.problem, batch)
        answer = self.series.solve(
            problem,
            share,
            gap=0.0,
            until=lambda lower, found: lower > self.limit or found <= self.limit,
            known=self.known,
        )
        self.lower[batch] = np.maximum(self.lower[batch], answer.lower)


def _dearer(problem: Problem, units: IntArray, price: float) -> Problem:
    """Return the problem in which some units cost more, in the objective alone."""
    penalty = np.zeros(problem.n_units) if problem.penalty is None else problem.penalty.copy()
    penalty[units] += price
    return replace(problem, penalty=penalty)


def _one_missing(problem: Problem, units: IntArray) -> Problem:
    """Return the problem in which one of some units at least is not selected."""
    inside = np.zeros(problem.n_units)
    inside[units] = 1.0
    rule = LinearConstraint(
        name="one of the batch is missing", coefficient=inside, upper=float(units.size - 1)
    )
    return replace(problem, constraints=(*problem.constraints, rule))
