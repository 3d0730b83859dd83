"""What evenness costs: the best value at rising least shares of the countries."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL
from algorithms.reserve.checks import checked
from algorithms.reserve.evenness import (
    country_shares,
    entitlements,
    evenness,
    gini,
    with_floor,
)
from algorithms.reserve.fair import LEVEL_ROUNDING, FairLevel, as_fair
from algorithms.reserve.search import SMALLEST_GAP
from algorithms.reserve.series import (
    DEFAULT_EFFORT,
    NOBODY_AT_ALL,
    Answer,
    Effort,
    Series,
    SeriesWatcher,
    check_meets,
    loss_of,
)
from algorithms.reserve.solution import relative_gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.solution import Solution

FREE_SHARE = 0.15
"""Share of the time that the solve without any floor may use."""

FAIREST_SHARE = 0.25
"""Share of the time left that the search for the fairest level may use."""


LAST_TOLERANCE = 0.01
"""Share of the greatest evenness by which the last of evenly spread levels stays below it."""


@dataclass(frozen=True, slots=True, eq=False)
class FairPoint:
    """The best selection found in which every country has a least share.

    Attributes
    ----------
    level : float
        Least evenness asked: every country has this times its entitlement at least. 0 for the
        point at which nothing is asked.
    solution : Solution
        The selection; its bound is that of all selections as even as asked.
    share : (countries,) float64
        Share of each country; NaN where nothing is shared out.
    evenness : float
        Least share divided by its entitlement, as the selection reaches it; NaN likewise.
    gini : float
        Gini coefficient of the shares; NaN likewise.
    lower, upper : float
        The best value at this level is proved to lie between them.
    price : float
        Price of fairness as found: how much worse the value is than that of the first point,
        as a share of that. NaN where that is 0.
    price_lower, price_upper : float
        The price of fairness is proved to lie between them; NaN where the value of the first
        point may be 0.
    """

    level: float
    solution: Solution
    share: FloatArray
    evenness: float
    gini: float
    lower: float
    upper: float
    price: float
    price_lower: float
    price_upper: float


@dataclass(frozen=True, slots=True, eq=False)
class FairnessCurve:
    """The best value against the evenness of the shares.

    Attributes
    ----------
    code : (countries,) int32
        Codes of the countries, ascending.
    entitlement : (countries,) float64
        Share that would be just for each.
    points : tuple of FairPoint
        By rising level, the first without any.
    fairest_level : float
        Greatest evenness found; NaN where it was not looked for, or nothing is shared out.
    fairest_bound : float
        Proved: no selection is more even.
    complete : bool
        Whether every point asked was found, or is proved not to be there.
    notes : tuple of str
        What a reader must know of it.
    """

    code: IntArray
    entitlement: FloatArray
    points: tuple[FairPoint, ...]
    fairest_level: float
    fairest_bound: float
    complete: bool
    notes: tuple[str, ...]


def settled(problem: Problem, solution: Solution) -> Problem:
    """Return a problem with one objective: that of a fair problem among selections as fair.

    Parameters
    ----------
    problem : Problem
        What was asked.
    solution : Solution
        A solution of it. Where the problem asks the greatest fairness, the evenness that the
        solution reaches becomes a floor, and the solution's bound holds above that floor.
    """
    if not problem.max_min_fair:
        return problem
    _, entitlement = entitlements(problem)
    level = evenness(country_shares(problem, solution.selected), entitlement)
    floored = as_fair(problem, level)
    if not level > 0:
        return floored
    return replace(floored, share_min=with_floor(problem, level).share_min)


def fairness_curve(
    problem: Problem,
    points: int | Sequence[float] = 5,
    *,
    first: Solution | None = None,
    effort: Effort = DEFAULT_EFFORT,
    control: Control = NULL_CONTROL,
    watcher: SeriesWatcher = NOBODY_AT_ALL,
) -> FairnessCurve:
    """Find the best value at rising floors under the share of every country.

    Parameters
    ----------
    problem : Problem
        What is asked, with countries. That it asks the greatest fairness is left aside; shares
        that it asks hold at every point.
    points : int or sequence of float
        How many points, >= 2: their levels are spread evenly from the evenness that comes
        about by itself to a hundredth below the greatest there is: just there, shares must be
        equal to the last hectare, and hardly a selection is left. Or the levels, over 0 to 1.
    first : Solution, optional
        The solution without any floor; found here by default.
    effort : Effort
        What the solves may use together.
    control : Control
        Told the share of the work done; may cancel.
    watcher : SeriesWatcher
        Told of each solve and each point; may end the analysis.

    Returns
    -------
    FairnessCurve
        With fewer points than asked where a level cannot be reached, or not in time.

    Raises
    ------
    ValueError
        The problem has no countries, a level or number of points is outside its range, or the
        first solution is none of the problem.
    InfeasibleProblemError
        No selection meets what is asked even without a floor.
    NoSelectionError
        Not one was found in time.

    Notes
    -----
    At level t the best value z(t) is sought among selections in which the share s_c of every
    country is at least ``t e_c``, with e_c its entitlement. The price of fairness is ``(z(t) -
    z(0)) / |z(0)|``, turned where the objective is maximised. As the levels rise, selections
    are lost and none are gained: a bound holds for all higher levels, and a selection found
    for a level is one for all lower ones. Each point has the tightest of all these.

    References
    ----------
    Bertsimas, D., Farias, V. F. & Trichakis, N. (2011). The price of fairness. Operations
    Research 59, 17-31.
    """
    problem = checked(problem)
    code, entitlement = entitlements(problem)
    _check_points(points)
    base = replace(problem, max_min_fair=False)
    series = Series(effort, control, watcher)
    curve = _Curve(base, series)
    curve.begin(first)
    levels: list[float] = []
    if not math.isnan(curve.evenness_of(curve.free)):
        fair = curve.find_fairest()
        levels = curve.levels(points, fair)
        curve.find(levels)
    else:
        fair = None
        curve.notes.append(
            "The first selection has nothing that counts in the shares: there is no evenness."
        )
    series.end()
    return FairnessCurve(
        code=code,
        entitlement=entitlement,
        points=curve.told(),
        fairest_level=math.nan if fair is None else fair.level,
        fairest_bound=math.nan if fair is None else fair.bound,
        complete=(fair is None or fair.proved)
        and all(level in curve.answers or level in curve.refused for level in levels),
        notes=tuple(curve.notes),
    )


def _check_points(points: int | Sequence[float]) -> None:
    if isinstance(points, int):
        if points < 2:
            raise ValueError(f"a curve has two points at least, not {points}")
        return
    for level in points:
        if not 0 < level <= 1:
            raise ValueError(f"levels of evenness must be over 0 and up to 1, got {level}")


class _Curve:
    """Collects what is found at each level."""

    def __init__(self, problem: Problem, series: Series) -> None:
        self.problem = problem
        self.series = series
        self.entitlement = entitlements(problem)[1]
        self.notes: list[str] = []
        self.answers: dict[float, Answer] = {}
        self.refused: set[float] = set()
        self.most_even: FairLevel | None = None

    def begin(self, first: Solution | None) -> None:
        """Take or find the solution without any floor."""
        if first is None:
            first = self.series.first(self.problem, "without shares", FREE_SHARE)
        else:
            check_meets(self.problem, first)
            self.series.finished("without shares", first)
        self.free = first
        self.answers[0.0] = self._answer(first)

    def evenness_of(self, solution: Solution) -> float:
        """Return the evenness that a solution reaches."""
        return evenness(country_shares(self.problem, solution.selected), self.entitlement)

    def find_fairest(self) -> FairLevel:
        """Find the greatest evenness."""
        found = self.series.fairest(self.problem, FAIREST_SHARE)
        level = max(found.level, self.evenness_of(self.free))
        bound = max(found.bound, level)
        selected = found.selected if level == found.level else self.free.selected
        self.most_even = FairLevel(level, bound, found.proved, selected)
        if not self.most_even.proved:
            self.notes.append(
                f"The greatest evenness found is {self.most_even.level:.3g}; that it cannot be "
                f"over {self.most_even.bound:.3g} is what is proved."
            )
        return self.most_even

    def levels(self, points: int | Sequence[float], fair: FairLevel) -> list[float]:
        """Return the levels to look at, ascending."""
        if not isinstance(points, int):
            return sorted({float(level) for level in points})
        least = max(0.0, self.evenness_of(self.free))
        most = (1.0 - LAST_TOLERANCE) * fair.level
        if most <= least * (1.0 + LEVEL_ROUNDING):
            self.notes.append(
                f"The first selection is as even as any that was found, within "
                f"{LAST_TOLERANCE:.0%} of its evenness."
            )
            return []
        self.notes.append(
            f"The curve ends at {100 * (1.0 - LAST_TOLERANCE):.0f} % of the greatest evenness "
            f"found, {fair.level:.3g}: all of it would take shares that fit to the last unit."
        )
        return [float(level) for level in np.linspace(least, most, points)[1:]]

    def find(self, levels: list[float]) -> None:
        """Find the best selection at each level: the ends first, then what lies between."""
        fair = self.most_even
        order = _ends_first(levels)
        for place, level in enumerate(order):
            if self.series.over:
                break
            if fair is not None and level * (1.0 - LEVEL_ROUNDING) > fair.bound:
                self._refuse(level, f"no selection is more even than {fair.bound:.3g}")
                continue
            answer = self.series.solve(
                as_fair(self.problem, level),
                1.0 / (len(order) - place),
                start=self._start(level),
            )
            if answer.infeasible:
                self._refuse(level, answer.refusal)
            elif answer.solution is not None:
                self.answers[level] = answer
                self.series.finished(f"evenness of {level:.3g} or more", answer.solution)
        missing = [a for a in levels if a not in self.answers and a not in self.refused]
        if missing:
            told = ", ".join(f"{level:.3g}" for level in missing)
            self.notes.append(f"No selection was found in time for an evenness of {told}.")

    def told(self) -> tuple[FairPoint, ...]:
        """Return the points, each with the tightest that all together prove and found."""
        levels = sorted(self.answers)
        best = [self._best_at(level) for level in levels]
        return tuple(
            self._point(level, answer, best[0])
            for level, answer in zip(levels, best, strict=True)
        )

    def _refuse(self, level: float, why: str) -> None:
        self.refused.add(level)
        self.notes.append(f"The level {level:.3g} cannot be reached: {why}")

    def _start(self, level: float) -> BoolArray | None:
        """Return a selection that is even enough, the best one known."""
        even = [a for t, a in self.answers.items() if t >= level and a.solution is not None]
        if even:
            solution = min(even, key=lambda answer: answer.upper).solution
            return None if solution is None else solution.selected
        fair = self.most_even
        return fair.selected if fair is not None and fair.level >= level else None

    def _answer(self, solution: Solution) -> Answer:
        return Answer(
            loss_of(self.problem, solution.bound),
            loss_of(self.problem, solution.objective),
            solution,
        )

    def _best_at(self, level: float) -> Answer:
        """Return the tightest bounds at a level, and the best solution that is even enough."""
        below = [answer.lower for t, answer in self.answers.items() if t <= level]
        enough = [
            answer
            for t, answer in self.answers.items()
            if answer.solution is not None
            and (
                t >= level
                or self.evenness_of(answer.solution) >= level * (1.0 - LEVEL_ROUNDING)
            )
        ]
        best = min(enough, key=lambda answer: answer.upper)
        return Answer(min(max(below), best.upper), best.upper, best.solution)

    def _point(self, level: float, answer: Answer, free: Answer) -> FairPoint:
        solution = self._bounded(level, answer)
        share = country_shares(self.problem, solution.selected)
        ends = sorted(loss_of(self.problem, value) for value in (answer.lower, answer.upper))
        price_lower, price_upper = price_of(answer, free)
        size = abs(free.upper)
        return FairPoint(
            level=level,
            solution=solution,
            share=share,
            evenness=evenness(share, self.entitlement),
            gini=gini(share, self.entitlement),
            lower=ends[0],
            upper=ends[1],
            price=(answer.upper - free.upper) / size if size > 0 else math.nan,
            price_lower=price_lower,
            price_upper=price_upper,
        )

    def _bounded(self, level: float, answer: Answer) -> Solution:
        """Return the solution of a level with the bound of that level."""
        solution = answer.solution
        if solution is None:
            raise RuntimeError(f"level {level} has no solution")
        own = self.answers[level].solution
        bound = loss_of(self.problem, answer.lower)
        gap = relative_gap(solution.objective, bound)
        status = solution.status if own is None else own.status
        if gap <= SMALLEST_GAP:
            status = "optimal"
        elif status != "optimal" and gap <= self.series.effort.gap:
            status = "within_gap"
        return replace(solution, bound=bound, gap=gap, status=status)


def price_of(answer: Answer, free: Answer) -> tuple[float, float]:
    """Return what the price of fairness is proved to lie between.

    Parameters
    ----------
    answer, free : Answer
        Bounds of the best loss with and without the floor.

    Returns
    -------
    (float, float)
        Shares of the value without the floor, >= 0; NaN where that may be 0.
    """
    if not (free.lower > 0 or free.upper < 0):
        return math.nan, math.nan
    lower = min((answer.lower - whole) / abs(whole) for whole in (free.lower, free.upper))
    upper = max((answer.upper - whole) / abs(whole) for whole in (free.lower, free.upper))
    return max(0.0, lower), max(0.0, upper)


def _ends_first(levels: list[float]) -> list[float]:
    """Order levels so that each start of the list is spread over all of them."""
    if not levels:
        return []
    order = [len(levels) - 1]
    spans = [(-1, len(levels) - 1)]
    while spans:
        low, high = spans.pop(0)
        middle = (low + high + 1) // 2
        if low < middle < high:
            order.append(middle)
            spans += [(low, middle), (middle, high)]
    return [levels[place] for place in order]
