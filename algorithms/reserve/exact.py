"""Solving a reserve-selection problem exactly, by branch and cut (HiGHS)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from algorithms.reserve.conflicts import explained
from algorithms.reserve.highs import HighsRun
from algorithms.reserve.model import build_model
from algorithms.reserve.search import Search

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.model import Model
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.search import SearchOptions, SearchResult
    from algorithms.reserve.solution import Watcher


def solve_exact(
    problem: Problem,
    options: SearchOptions,
    control: Control,
    watcher: Watcher,
    start: BoolArray | None = None,
) -> SearchResult:
    """Search by branch and cut until the gap is closed.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked.
    options : SearchOptions
        When to end.
    control : Control
        Told the share of the work done; may cancel.
    watcher : Watcher
        Told every better selection and tighter bound.
    start : (n,) bool, optional
        A selection to start from, used if it meets what is asked.

    Raises
    ------
    InfeasibleProblemError
        No selection meets what is asked.
    """
    search = Search(problem, options, control, watcher)
    model = build_model(problem)
    if start is not None:
        search.offer(start)

    def on_solution(values: FloatArray) -> None:
        search.offer(values[: model.n_units] > 0.5)

    first = None if search.selected is None else model.values(search.selected)
    run = HighsRun(model, replace(options, time_limit=max(search.seconds_left, 1e-3)), first)
    ending = run.follow(
        on_solution, lambda bound: search.prove(model.proved(bound)), search.done
    )
    if ending is not None and ending.infeasible and search.selected is None:
        raise explained(model, _further(problem), search.done)
    if ending is not None and ending.values is not None:
        on_solution(ending.values)
    if ending is not None and ending.closed and _is_rounding(search, model):
        search.exhaust()
    return search.result()


def _further(problem: Problem) -> str:
    """Return the demands of a problem that have no number, in words."""
    parts = []
    if problem.neighbours > 0:
        parts.append("the neighbours of each unit")
    if problem.contiguous != "none":
        parts.append("contiguity")
    return " and ".join(parts)


def _is_rounding(search: Search, model: Model) -> bool:
    """Whether what is left between the best selection and the bound is only the margin."""
    if search.objective is None:
        return False
    margin = 1.5 * model.margin + 1e-9 * abs(search.objective)
    return abs(search.objective - search.bound) <= margin
