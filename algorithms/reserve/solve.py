"""Choosing planning units: the one entry to the solvers."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from algorithms.control import NULL_CONTROL
from algorithms.reserve.checks import checked
from algorithms.reserve.exact import solve_exact
from algorithms.reserve.fair import as_fair, fairest
from algorithms.reserve.infeasible import refuse_hopeless
from algorithms.reserve.search import SearchOptions
from algorithms.reserve.solution import (
    NOBODY,
    NoSelectionError,
    Solution,
    boundary_length,
    objective_value,
    relative_gap,
)
from algorithms.reserve.tables import country_table, feature_table

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray
    from algorithms.control import Control
    from algorithms.reserve.fair import FairLevel
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.search import SearchResult
    from algorithms.reserve.solution import Method, Watcher


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
        Which solver; by default the one that suits the problem.
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
    InfeasibleProblemError
        No selection meets what is asked.
    NoSelectionError
        The search ended before one was found; holds the bound.
    """
    begin = time.perf_counter()
    options = SearchOptions(gap=gap, time_limit=time_limit, threads=threads, seed=seed)
    problem = checked(problem)
    refuse_hopeless(problem)
    fair: FairLevel | None = None
    if problem.max_min_fair:
        half = replace(options, time_limit=0.5 * time_limit)
        fair = fairest(problem, half, control, watcher)
        problem = as_fair(problem, fair.level)
        start = fair.selected
    found = solve_exact(problem, options, control, watcher, start)
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
        method=method or "exact",
        reason="branch and cut proves how far from the best a selection can be",
        cost=float(problem.cost[found.selected].sum()),
        boundary=boundary_length(problem, found.selected),
        features=feature_table(problem, found.selected),
        countries=country_table(problem, found.selected),
        seconds=time.perf_counter() - begin,
        trace=found.trace,
        notes=found.notes,
    )


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
