"""Choosing planning units: the one entry to the solvers."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from algorithms.control import NULL_CONTROL
from algorithms.reserve.checks import checked
from algorithms.reserve.conflicts import explained
from algorithms.reserve.exact import branch_and_cut, solve_exact
from algorithms.reserve.fair import as_fair, fairest
from algorithms.reserve.infeasible import refuse_hopeless
from algorithms.reserve.lagrangian.rows import lagrangian_fits
from algorithms.reserve.lagrangian.solver import solve_lagrangian
from algorithms.reserve.programme import build_model
from algorithms.reserve.rounding import rounding_fits, solve_rounding
from algorithms.reserve.search import Search, SearchOptions
from algorithms.reserve.solution import (
    NOBODY,
    InfeasibleProblemError,
    Method,
    NoSelectionError,
    Solution,
    boundary_length,
    objective_value,
    relative_gap,
)
from algorithms.reserve.tables import country_table, feature_table
from resources.errors import UsageError

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray
    from algorithms.control import Control
    from algorithms.reserve.fair import FairLevel
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.search import SearchResult
    from algorithms.reserve.solution import Moment, Watcher

MANY_UNITS = 1_500
"""Units from which a problem is large: the relaxation is left whole as little as it can be."""

PRICED_UNITS = 5_000
"""Units from which prices and cuts are tried first: below, branch and cut closes more of the
gap by its cuts in the same time."""

CLUMPED = 0.05
"""Mean cost of a shared boundary, per mean cost of a unit, from which a problem is clumped."""

BRANCHED_UNITS = 20_000
"""Units up to which branch and cut goes on where prices and cuts come no further."""


def solve(  # noqa: PLR0913 - the search's settings, all with defaults
    problem: Problem,
    *,
    gap: float = 0.01,
    time_limit: float = math.inf,
    threads: int = 2,
    control: Control = NULL_CONTROL,
    watcher: Watcher = NOBODY,
    method: Method | None = None,
    seed: int = 1,
    start: BoolArray | None = None,
) -> Solution:
    """Choose planning units.

    Parameters
    ----------
    problem : Problem
        What is asked.
    gap : float
        Relative gap at which the search may end, >= 0.
    time_limit : float
        Seconds after which it ends, > 0.
    threads : int
        Threads it may use, >= 1.
    control : Control
        Told the share of the work done; may cancel.
    watcher : Watcher
        Told every better selection and tighter bound; may end the search.
    method : str, optional
        Which solver; by default the one that suits the problem, see `chosen_method`.
    seed : int
        Of whatever in the search is random.
    start : (n,) bool, optional
        A selection to start from; used if it meets what is asked.

    Returns
    -------
    Solution
        The selection, its proven bound, and what it holds.

    Raises
    ------
    ValueError
        The problem is not well formed; names what is wrong.
    UsageError
        The solver that was named cannot solve the problem; says why.
    InfeasibleProblemError
        No selection meets what is asked.
    NoSelectionError
        The search ended before one was found; holds the bound.
    """
    begin = time.perf_counter()
    control = _Rising(control)
    options = SearchOptions(gap=gap, time_limit=time_limit, threads=threads, seed=seed)
    problem = checked(problem)
    refuse_hopeless(problem)
    chosen, reason = chosen_method(problem, method)
    fair: FairLevel | None = None
    unshared, slack = False, 0.0
    if problem.max_min_fair:
        half = replace(options, time_limit=0.5 * time_limit)
        try:
            fair = fairest(problem, half, control, watcher)
        except InfeasibleProblemError:
            # Nothing can be selected that counts in the shares, or nothing at all: the search
            # without fairness tells which.
            unshared = True
        level = 0.0 if fair is None else fair.level * (1.0 - problem.fair_slack)
        slack = problem.fair_slack
        problem = as_fair(problem, level)
        start = start if fair is None else fair.selected
        left = max(1e-3, time_limit - (time.perf_counter() - begin))
        options = replace(options, time_limit=left)
    found = _SOLVERS[chosen](problem, options, control, watcher, start)
    if fair is not None:
        found = _with_fairness(found, fair, slack)
    if unshared:
        told = "No selection that meets what is asked holds anything that counts in the shares."
        found = replace(found, notes=(*found.notes, told))
    if found.selected is None:
        raise NoSelectionError(
            "the search ended before a selection that meets what is asked was found: give it "
            f"more than {time.perf_counter() - begin:.3g} s",
            found.bound,
        )
    objective = objective_value(problem, found.selected)
    return Solution(
        selected=found.selected,
        objective=objective,
        bound=found.bound,
        gap=_gap(objective, found),
        status=found.status,
        method=chosen,
        reason=reason,
        cost=float(problem.cost[found.selected].sum()),
        boundary=boundary_length(problem, found.selected),
        features=feature_table(problem, found.selected),
        countries=country_table(problem, found.selected),
        seconds=time.perf_counter() - begin,
        trace=found.trace,
        notes=found.notes,
    )


def _gap(objective: float, found: SearchResult) -> float:
    """Return the gap; 0 where an optimal value is itself no more than rounding."""
    if found.status == "optimal" and abs(objective) <= abs(objective - found.bound):
        return 0.0
    return relative_gap(objective, found.bound)


def chosen_method(problem: Problem, method: Method | None = None) -> tuple[Method, str]:
    """Return the solver for a problem, and why, in a sentence.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked.
    method : str, optional
        The solver that was asked for.

    Raises
    ------
    UsageError
        The solver that was asked for cannot solve the problem, or is not known.
    """
    if method is not None:
        return _asked_for(problem, method), "it was asked for"
    if problem.n_units < MANY_UNITS:
        return "exact", f"branch and cut proves the best of {problem.n_units:,} units soonest"
    if rounding_fits(problem) is None:
        return "rounding", (
            f"a budget and {problem.n_units:,} units: the relaxation selects few of them in "
            "part, and its bound proves how little rounding loses"
        )
    exact = _why_exact(problem)
    if exact:
        return "exact", exact
    return "lagrangian", (
        f"{problem.n_units:,} units and boundaries that cost much beside the land: prices "
        "and minimum cuts come near the best where branch and cut hardly moves"
    )


def _why_exact(problem: Problem) -> str:
    """Return why branch and cut suits a problem of many units; empty where prices do."""
    obstacle = lagrangian_fits(problem)
    if obstacle is not None:
        return f"branch and cut keeps to all that is asked, while {obstacle}"
    if problem.n_units < PRICED_UNITS:
        return f"branch and cut is as fast as any on {problem.n_units:,} units"
    if _clumping(problem) < CLUMPED:
        return "boundaries cost little beside the land: branch and cut is as fast as any"
    return ""


def _clumping(problem: Problem) -> float:
    """Return the mean cost of a shared boundary, per mean cost of a unit that is free."""
    free = ~problem.must() & ~problem.may_not()
    price = problem.edge_cost()
    if not price.size or not free.any():
        return 0.0
    mean = float(problem.cost[free].mean())
    return math.inf if mean == 0 else float(price.mean()) / mean


def _asked_for(problem: Problem, method: Method) -> Method:
    if method not in get_args(Method):
        raise UsageError(
            f"there is no solver {method!r}: choose one of {', '.join(get_args(Method))}"
        )
    fits = {"rounding": rounding_fits, "lagrangian": lagrangian_fits}
    refused = fits[method](problem) if method in fits else None
    if refused is not None:
        raise UsageError(f"the solver {method!r} cannot solve this: {refused}. Use 'exact'")
    return method


class _Rising:
    """A control that is told a share that never falls, whatever the parts of the work tell."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._fraction = 0.0

    def report(self, fraction: float) -> None:
        self._fraction = max(self._fraction, fraction)
        self._control.report(self._fraction)


class _Obeyed:
    """A watcher that remembers whether it ended the search."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self.ended = False

    def told(self, moment: Moment) -> bool:
        go_on = self._watcher.told(moment)
        self.ended = self.ended or not go_on
        return go_on


def _by_prices(
    problem: Problem,
    options: SearchOptions,
    control: Control,
    watcher: Watcher,
    start: BoolArray | None,
) -> SearchResult:
    """Search by prices and cuts, and branch from there if they come no further in time."""
    begun = time.perf_counter()
    obeyed = _Obeyed(watcher)
    try:
        found = solve_lagrangian(problem, options, control, obeyed, start)
    except InfeasibleProblemError as error:
        # Prices prove that the demands exclude each other, and do not tell which of them.
        asking = Search(problem, options, control, watcher, begun=begun)
        raise explained(build_model(problem), "", asking.done) from error
    stalled = found.status == "stopped" and not obeyed.ended
    if not stalled or problem.n_units > BRANCHED_UNITS:
        return found
    search = Search(problem, options, control, watcher, begun=begun)
    search.notes.extend(found.notes)
    search.notes.append("Branch and cut went on from there.")
    if found.selected is not None:
        search.offer(found.selected)
    search.prove(found.bound)
    if not search.done():
        branch_and_cut(search)
    result = search.result()
    return replace(result, trace=(*found.trace, *result.trace))


_SOLVERS = {"exact": solve_exact, "rounding": solve_rounding, "lagrangian": _by_prices}


def _with_fairness(found: SearchResult, fair: FairLevel, slack: float) -> SearchResult:
    """Return where a search ended, with what is known of how fair its selections are."""
    if not math.isfinite(fair.level):
        told = "The search for fair shares ended before any selection that counts was found."
        return replace(found, status="time_limit", notes=(*found.notes, told))
    told = (
        "The greatest least share found, divided by what its country is entitled to, is "
        f"{fair.level:.4g}; no selection that meets what is asked can have more than "
        f"{fair.bound:.4g}."
    )
    if slack > 0:
        told += f" Selections that reach {1.0 - slack:.0%} of it count as fair."
    status = found.status
    if not fair.proved and status in {"optimal", "within_gap"}:
        told += (
            " The search for fairer ones ended before this was proved: objective and bound are "
            "those of the selections as fair as this one."
        )
        status = "time_limit"
    return replace(found, status=status, notes=(*found.notes, told))
