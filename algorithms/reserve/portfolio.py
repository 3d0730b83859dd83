"""Several good selections that differ, and the land that every good selection needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL
from algorithms.reserve.checks import checked
from algorithms.reserve.distance import Measure, at_least_apart, distances, unit_measure
from algorithms.reserve.fairness import settled
from algorithms.reserve.needed import Needed, needed_units
from algorithms.reserve.removal import each_unit
from algorithms.reserve.series import (
    DEFAULT_EFFORT,
    NOBODY_AT_ALL,
    Effort,
    Known,
    Series,
    SeriesWatcher,
    check_meets,
    loss_of,
    rounding_of,
)

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.problem import LinearConstraint, Problem
    from algorithms.reserve.solution import Solution

MEMBER_GAP = 0.2
"""Gap at which the search for a member ends, as a share of how much worse it may be."""

PROOF_SHARE = 0.4
"""Share of the time that is kept for the proof of what is in every good selection."""


@dataclass(frozen=True, slots=True)
class PortfolioRule:
    """How many selections are wanted, how good, and how different.

    Attributes
    ----------
    count : int
        Selections wanted, the first included, >= 1.
    within : float
        How much worse than the best found a selection may be, as a share of that, 0 to 1.
    distance : float
        Least Jaccard distance between any two, over 0 to 1: what only one of the two has, of
        what they have together, locked-in units left out.
    measure : str, optional
        What the distance counts; the area where it is known by default, else the cost.
    """

    count: int = 5
    within: float = 0.05
    distance: float = 0.2
    measure: Measure | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"a portfolio has one selection at least, not {self.count}")
        if not 0 <= self.within <= 1:
            raise ValueError(f"`within` must be a share from 0 to 1, got {self.within}")
        if not 0 < self.distance <= 1:
            raise ValueError(f"the distance must be over 0 and up to 1, got {self.distance}")


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """Selections that are nearly as good as the best, and what they have in common.

    Attributes
    ----------
    members : tuple of Solution
        Selections that differ from each other, in the order they were found; the first one
        leads unless it turned out to be beyond the limit. The bound of each is that of the
        selections that differ so much from all members before it.
    distance : (k, k) float64
        Jaccard distance between every two.
    frequency : (n,) float64
        Share of the members that have each unit.
    limit : float
        Value that a selection must not be worse than to be in.
    excess : (k,) float64
        How much worse each is than the best found, as a share of that; NaN where that is 0.
    excess_bound : (k,) float64
        Proved: how much worse each is than the best possible at most, likewise.
    needed : Needed
        What is in every selection within the limit, proved or as far as was found.
    exhausted : bool
        Whether it is proved that no further selection within the limit differs enough from
        all members.
    complete : bool
        Whether the analysis ended by itself, and not by the time or by who watched.
    notes : tuple of str
        What a reader must know of it.
    """

    members: tuple[Solution, ...]
    distance: FloatArray
    frequency: FloatArray
    limit: float
    excess: FloatArray
    excess_bound: FloatArray
    needed: Needed
    exhausted: bool
    complete: bool
    notes: tuple[str, ...]

    @property
    def no_regret(self) -> BoolArray:
        """(n,) bool: units that every selection within the limit is proved to have."""
        return self.needed.proved

    @property
    def in_every_found(self) -> BoolArray:
        """(n,) bool: units that every selection seen within the limit has."""
        return self.needed.found


def portfolio(
    problem: Problem,
    rule: PortfolioRule,
    *,
    first: Solution | None = None,
    effort: Effort = DEFAULT_EFFORT,
    control: Control = NULL_CONTROL,
    watcher: SeriesWatcher = NOBODY_AT_ALL,
) -> Portfolio:
    """Find selections that are nearly as good as the best and differ from each other.

    Parameters
    ----------
    problem : Problem
        What is asked.
    rule : PortfolioRule
        How many, how good, how different.
    first : Solution, optional
        The solution to start from; found here by default.
    effort : Effort
        What the solves may use together.
    control : Control
        Told the share of the work done; may cancel.
    watcher : SeriesWatcher
        Told of each solve and each member; may end the analysis.

    Returns
    -------
    Portfolio
        With fewer members than wanted where no more exist, or none was found in time.

    Raises
    ------
    ValueError
        The first solution is none of the problem.
    InfeasibleProblemError
        No selection meets what is asked.
    NoSelectionError
        Not one was found in time.

    Notes
    -----
    Each member is the best selection found at the distance from all members before it, to a
    fifth of what it may be worse than the best found (or the gap, where that is wider). The
    order matters: that no further one exists is proved for these members, not for every choice
    of as many. The limit is counted from the best value that the search for members found, and
    not from the best possible, which is known between bounds: what is proved to be in every
    selection within the limit is in every one within that share of the best possible too.
    Where a better one is found, members that are then beyond the limit give way to others.

    A fair problem is judged among the selections as fair as the first.

    References
    ----------
    Arthur, J. L. et al. (1997). Finding all optimal solutions to the reserve site selection
    problem: formulation and computational analysis. Environmental and Ecological Statistics 4,
    153-165.
    """
    problem = checked(problem)
    series = Series(effort, control, watcher)
    if first is None:
        first = series.first(problem, "member 1", 1.0 / (rule.count + 2))
    check_meets(problem, first)
    base = settled(problem, first)
    known = Known(base, loss_of(base, first.bound), each_unit(base))
    known.add(first.selected)
    search = _Members(base, rule, known, series)
    search.run(first)
    limit = search.limit
    needed = needed_units(known, limit + rounding_of(limit), series)
    series.end()
    return _portfolio(search, limit, needed)


class _Members:
    """Finds members one after the other."""

    def __init__(
        self,
        problem: Problem,
        rule: PortfolioRule,
        known: Known,
        series: Series,
    ) -> None:
        self.problem = problem
        self.rule = rule
        self.known = known
        self.series = series
        self.size = unit_measure(problem, rule.measure)
        self.members: list[Solution] = []
        self.exhausted = False
        self.notes: list[str] = []
        self._left_out = 0

    @property
    def limit(self) -> float:
        """Loss that no member exceeds, counted from the best selection seen."""
        best = self.known.best
        return best + self.rule.within * abs(best)

    def run(self, first: Solution) -> None:
        """Find members until there are enough, no more exist, or the time is over."""
        self.members.append(first)
        while len(self.members) < self.rule.count and not self.series.over:
            if not self.size[self.members[-1].selected].any():
                self.notes.append(
                    "A selection that has nothing beyond what is locked in has no distance "
                    "from others: the portfolio ends with it."
                )
                break
            if not self._one_more():
                break
            self._leave_out()
        if self._left_out:
            self.notes.append(
                f"A better selection than the first was found on the way; {self._left_out} "
                "found before it are too far from its value and left out."
            )

    def _leave_out(self) -> None:
        """Drop the members that a better selection has put beyond the limit."""
        slack = self.limit + rounding_of(self.limit)
        kept = [m for m in self.members if loss_of(self.problem, m.objective) <= slack]
        self._left_out += len(self.members) - len(kept)
        self.members = kept

    def _apart(self) -> tuple[LinearConstraint, ...]:
        """Return what a selection must keep to in order to differ from all members."""
        return tuple(
            at_least_apart(
                member.selected, self.size, self.rule.distance, f"distance from member {number}"
            )
            for number, member in enumerate(self.members, 1)
        )

    def _one_more(self) -> bool:
        constraints = (*self.problem.constraints, *self._apart())
        problem = replace(self.problem, constraints=constraints)
        slack = self.limit + rounding_of(self.limit)
        gap = max(self.series.effort.gap, MEMBER_GAP * self.rule.within)

        def enough(lower: float, found: float) -> bool:
            good = found <= slack and found - lower <= gap * abs(found)
            return lower > slack or good

        left = self.rule.count - len(self.members)
        share = (1.0 - PROOF_SHARE) / left
        answer = self.series.solve(problem, share, gap=0.0, until=enough, known=self.known)
        member = answer.solution
        if member is not None and answer.upper <= slack:
            if member.status == "stopped" and member.gap <= gap:
                member = replace(member, status="within_gap")  # it was stopped for that
            self.members.append(member)
            self.series.finished(f"member {len(self.members)}", member)
            return True
        self.exhausted = answer.lower > slack
        return False


def _portfolio(search: _Members, limit: float, needed: Needed) -> Portfolio:
    problem, known = search.problem, search.known
    members = tuple(search.members)
    chosen = [member.selected for member in members]
    loss = np.array([loss_of(problem, member.objective) for member in members])
    size = abs(known.best)
    notes = list(search.notes)
    best = float(loss.min())
    if known.best < best - rounding_of(best):
        notes.append(
            f"A selection of value {loss_of(problem, known.best):g} was found while no-regret "
            f"land was sought, which is better than every member: the limit is still counted "
            f"from {loss_of(problem, best):g}."
        )
    notes += needed.notes
    return Portfolio(
        members=members,
        distance=distances(chosen, search.size),
        frequency=np.mean(chosen, axis=0, dtype=np.float64),
        limit=loss_of(problem, limit),
        excess=(loss - known.best) / size if size > 0 else np.full(loss.size, np.nan),
        excess_bound=(loss - known.lower) / size if size > 0 else np.full(loss.size, np.nan),
        needed=needed,
        exhausted=search.exhausted,
        complete=needed.complete and (len(members) == search.rule.count or search.exhausted),
        notes=tuple(notes),
    )
