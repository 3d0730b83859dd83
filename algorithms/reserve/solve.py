"""Choosing planning units: the one entry to the solvers."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from algorithms.control import NULL_CONTROL
from algorithms.reserve.checks import checked
from algorithms.reserve.exact import solve_exact
from algorithms.reserve.fair import as_fair, fairest
from algorithms.reserve.infeasible import refuse_hopeless
from algorithms.reserve.rounding import rounding_fits, solve_rounding
from algorithms.reserve.search import SearchOptions
from algorithms.reserve.solution import (
    NOBODY,
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
    from algorithms.reserve.solution import Watcher

MANY_UNITS = 2_000
"""Units from which rounding is tried before branching, where the problem has a budget."""


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
    options = SearchOptions(gap=gap, time_limit=time_limit, threads=threads, seed=seed)
    problem = checked(problem)
    refuse_hopeless(problem)
    chosen, reason = chosen_method(problem, method)
    fair: FairLevel | None = None
    if problem.max_min_fair:
        half = replace(options, time_limit=0.5 * time_limit)
        fair = fairest(problem, half, control, watcher)
        problem = as_fair(problem, fair.level)
        start = fair.selected
        left = max(1e-3, time_limit - (time.perf_counter() - begin))
        options = replace(options, time_limit=left)
    run = solve_rounding if chosen == "rounding" else solve_exact
    found = run(problem, options, control, watcher, start)
    if fair is not None:
        found = _with_fairness(found, fair)
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
        gap=relative_gap(objective, found.bound),
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
    if problem.n_units >= MANY_UNITS and rounding_fits(problem) is None:
        return "rounding", (
            f"a budget and {problem.n_units:,} units: the relaxation is near to whole, and "
            "its bound proves how near"
        )
    return "exact", "branch and cut proves how far from the best a selection can be"


def _asked_for(problem: Problem, method: Method) -> Method:
    if method not in get_args(Method):
        raise UsageError(
            f"there is no solver {method!r}: choose one of {', '.join(get_args(Method))}"
        )
    refused = rounding_fits(problem) if method == "rounding" else None
    if refused is not None:
        raise UsageError(f"the solver {method!r} cannot solve this: {refused}. Use 'exact'")
    return method


def _with_fairness(found: SearchResult, fair: FairLevel) -> SearchResult:
    """Return where a search ended, with what is known of how fair its selections are."""
    told = (
        f"The least share, divided by what is just for its country, is {fair.level:.4g}; no "
        f"selection that meets what is asked can have more than {fair.bound:.4g}."
    )
    status = found.status
    if not fair.proved and status in {"optimal", "within_gap"}:
        told += (
            " The search for fairer ones ended before this was proved: objective and bound are "
            "those of the selections as fair as this one."
        )
        status = "time_limit"
    return replace(found, status=status, notes=(*found.notes, told))
