"""What changes if a country withdraws: which targets are lost, and who pays for the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL
from algorithms.reserve.checks import checked
from algorithms.reserve.evenness import entitlements
from algorithms.reserve.removal import least_asked, most_held
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
from algorithms.reserve.solution import held, targets_met

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.solution import Solution


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who withdraws, and what stays of it.

    Attributes
    ----------
    code : int
        Code of the country.
    keeps_existing : bool
        Whether its units that are locked in (its existing protected areas) go on to be held
        and to count; otherwise the others must do without them too.
    """

    code: int
    keeps_existing: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class LostTargets:
    """Targets that cannot be held any more, whatever the others do.

    Attributes
    ----------
    feature : (k,) int32
        Numbers of the features.
    target : (k,) float64
        What was asked.
    most : (k,) float64
        Most that can still be held; the target is missed by the difference at least.
    kept : (k,) float64
        What is asked in its place where targets are held at all costs: what the other
        countries held in the solution before. Else the target, which is missed.
    """

    feature: IntArray
    target: FloatArray
    most: FloatArray
    kept: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CountryChange:
    """What each country gives before and after, existing protected areas included.

    Attributes
    ----------
    code : (countries,) int32
        Codes, ascending.
    units_before, units_after : (countries,) int64
        Selected units.
    area_before, area_after : (countries,) float64
        Their area; NaN where the problem has none.
    cost_before, cost_after : (countries,) float64
        Their cost.
    gain_before, gain_after : (countries,) float64
        What the countries gain, measured as before for both.
    """

    code: IntArray
    units_before: np.ndarray[tuple[int], np.dtype[np.int64]]
    units_after: np.ndarray[tuple[int], np.dtype[np.int64]]
    area_before: FloatArray
    area_after: FloatArray
    cost_before: FloatArray
    cost_after: FloatArray
    gain_before: FloatArray
    gain_after: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Withdrawal:
    """What a withdrawal changes.

    Attributes
    ----------
    leaving : Leaving
        Who withdraws.
    problem : Problem
        What is asked of the others.
    lost : LostTargets
        Targets out of reach; empty where every target can be held on its own.
    missed : (features,) bool
        Targets that were met before and are not met by the solution after, be they out of
        reach or not; False without a solution.
    after : Solution or None
        What the others do. None where there is nothing they can do, or nothing was found in
        time.
    refusal : str
        Why there is nothing they can do, where that is proved; else empty.
    rise_lower, rise_upper : float
        The best value after is proved to be worse than the best before by an amount between
        them; inf where there is nothing they can do. Where targets are lost the best after is
        that of the targets that are kept, and may be the better one.
    rise : float
        The same as found.
    countries : CountryChange or None
        Who gives more, by the two solutions; None without a solution after.
    notes : tuple of str
        What a reader must know of it.
    """

    leaving: Leaving
    problem: Problem
    lost: LostTargets
    missed: BoolArray
    after: Solution | None
    refusal: str
    rise_lower: float
    rise_upper: float
    rise: float
    countries: CountryChange | None
    notes: tuple[str, ...]


def withdraw(
    problem: Problem,
    solution: Solution,
    leaving: Leaving,
    *,
    effort: Effort = DEFAULT_EFFORT,
    control: Control = NULL_CONTROL,
    watcher: SeriesWatcher = NOBODY_AT_ALL,
) -> Withdrawal:
    """Find what the other countries can do if one gives no further land.

    Parameters
    ----------
    problem : Problem
        What was asked of all, with countries.
    solution : Solution
        A solution of it.
    leaving : Leaving
        Who withdraws, and whether its existing protected areas stay.
    effort : Effort
        What the solve may use.
    control : Control
        Told the share of the work done; may cancel.
    watcher : SeriesWatcher
        Told of the solve; may end it.

    Returns
    -------
    Withdrawal
        What changes.

    Raises
    ------
    ValueError
        The problem has no countries, no unit belongs to that one, nobody else is entitled to
        a share, or the solution is none of the problem.

    Notes
    -----
    A target that all units left cannot reach together is lost: proved by a sum, and told with
    the amount that is missing at least. In its place the others are asked to hold what their
    part of the solution before held of the feature, so that they do not do less than they
    would have done: not the most there is, which would take every unit that has any of it.
    All other targets stay whole.

    Shares asked of the country that withdraws are dropped, those of the others stay. In a fair
    problem the entitlements of the others are scaled up to sum to 1, and the value after is
    that of the fairest division among them: it is compared with the fairest among all.

    What each country gives is read off the two solutions. Where several selections are as
    good, another one may divide it otherwise.
    """
    problem = checked(problem)
    check_meets(problem, solution)
    codes, _ = entitlements(problem)
    if leaving.code not in codes:
        raise ValueError(f"no unit belongs to the country {leaving.code}")
    gone = (problem.country == leaving.code) & ~problem.may_not()
    if leaving.keeps_existing:
        gone &= ~problem.must()
    left = _without_country(problem, leaving.code, gone)
    lost = _lost(left, problem, solution.selected & ~gone)
    if problem.objective == "minimum_set" and lost.feature.size:
        left = _with_targets(left, problem, lost)
    series = Series(effort, control, watcher)
    answer = series.solve(left, 1.0)
    if answer.solution is not None:
        series.finished("the others alone", answer.solution)
    series.end()
    return _withdrawal(_Case(problem, solution, leaving, left, gone), lost, answer)


def _without_country(problem: Problem, code: int, gone: BoolArray) -> Problem:
    """Return what is asked of the others: its land out, its shares dropped."""
    entitlement = problem.entitlement
    if problem.max_min_fair or entitlement is not None:
        codes, just = entitlements(problem)
        others = {int(c): float(e) for c, e in zip(codes, just, strict=True) if c != code}
        whole = sum(others.values())
        if not whole > 0:
            raise ValueError(f"only the country {code} is entitled to a share: nobody is left")
        entitlement = {c: e / whole for c, e in others.items()} | {code: 0.0}
    return replace(
        problem,
        locked_in=problem.must() & ~gone,
        locked_out=problem.may_not() | gone,
        share_min={c: share for c, share in problem.share_min.items() if c != code},
        share_max={c: share for c, share in problem.share_max.items() if c != code},
        entitlement=entitlement,
    )


def _lost(left: Problem, problem: Problem, remaining: BoolArray) -> LostTargets:
    """Find the targets that all units left together miss."""
    if problem.target is None:
        nothing = np.empty(0)
        return LostTargets(np.empty(0, np.int32), nothing, nothing, nothing)
    most, rounding = most_held(left)
    feature = np.flatnonzero(most + rounding < least_asked(problem)).astype(np.int32)
    kept = problem.target
    if problem.objective == "minimum_set":
        kept = np.minimum(problem.target, held(problem, remaining))
    return LostTargets(feature, problem.target[feature], most[feature], kept[feature])


def _with_targets(left: Problem, problem: Problem, lost: LostTargets) -> Problem:
    """Return what is asked of the others with lower targets for those that are lost."""
    if left.target is None:
        return left
    target = left.target.copy()
    target[lost.feature] = lost.kept
    # Gains stay in terms of the targets that all had agreed on.
    return replace(left, target=target, gain=problem.unit_gain())


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    problem: Problem
    solution: Solution
    leaving: Leaving
    left: Problem
    gone: BoolArray

    def restricts(self, lost: LostTargets) -> bool:
        """Tell whether every selection after would have been one before."""
        code = self.leaving.code
        problem = self.problem
        return not (
            (lost.feature.size and problem.objective == "minimum_set")
            or (self.gone & problem.must()).any()
            or code in problem.share_min
            or code in problem.share_max
            or problem.max_min_fair
            # A unit beside land that is locked out needs fewer neighbours.
            or (problem.neighbours > 0 and problem.neighbours_clamped)
        )


def _withdrawal(case: _Case, lost: LostTargets, answer: Answer) -> Withdrawal:
    problem, solution = case.problem, case.solution
    before = loss_of(problem, solution.objective), loss_of(problem, solution.bound)
    lower, upper = answer.lower - before[0], answer.upper - before[1]
    if case.restricts(lost):
        lower = max(0.0, lower)
    missed = np.zeros(problem.n_features, np.bool_)
    countries = None
    if answer.solution is not None:
        countries = _change(problem, solution.selected, answer.solution.selected)
        if problem.target is not None:
            missed = targets_met(problem, held(problem, solution.selected))
            missed &= ~targets_met(problem, held(problem, answer.solution.selected))
    return Withdrawal(
        leaving=case.leaving,
        problem=case.left,
        lost=lost,
        missed=missed,
        after=answer.solution,
        refusal=answer.refusal,
        rise_lower=lower,
        rise_upper=upper,
        rise=answer.upper - before[0],
        countries=countries,
        notes=_notes(case, lost, answer),
    )


def _notes(case: _Case, lost: LostTargets, answer: Answer) -> tuple[str, ...]:
    names = case.problem.names()
    notes = [
        f"{names[feature]}: at most {most:g} of {target:g} can still be held, whatever the "
        f"others do; {target - most:g} are lost."
        for feature, target, most in zip(
            lost.feature.tolist(), lost.target.tolist(), lost.most.tolist(), strict=True
        )
    ]
    if lost.feature.size and case.problem.objective == "minimum_set":
        notes.append(
            "In place of the targets that are lost, the others hold what their part of the "
            "solution before held: the value after is for less than was asked before."
        )
    if answer.solution is None and not answer.infeasible:
        notes.append("Nothing was found in time that meets what is asked of the others.")
    return tuple(notes)


def _change(problem: Problem, before: BoolArray, after: BoolArray) -> CountryChange:
    """Add up what each country gives by two selections."""
    codes, _ = entitlements(problem)
    inside = [problem.country == code for code in codes]
    area = np.full(problem.n_units, np.nan) if problem.area is None else problem.area
    gain = problem.unit_gain()

    def total(values: FloatArray, selected: BoolArray) -> FloatArray:
        return np.array([values[selected & here].sum() for here in inside])

    def count(selected: BoolArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([np.count_nonzero(selected & here) for here in inside], np.int64)

    return CountryChange(
        code=codes,
        units_before=count(before),
        units_after=count(after),
        area_before=total(area, before),
        area_after=total(area, after),
        cost_before=total(problem.cost, before),
        cost_after=total(problem.cost, after),
        gain_before=total(gain, before),
        gain_after=total(gain, after),
    )
