"""Solving a reserve-selection problem exactly, by branch and cut (HiGHS)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from algorithms.reserve.highs import HighsRun
from algorithms.reserve.model import build_model
from algorithms.reserve.search import Search
from algorithms.reserve.solution import InfeasibleProblemError

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray
    from algorithms.control import Control
    from algorithms.reserve.model import Model
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.search import SearchOptions, SearchResult
    from algorithms.reserve.solution import Watcher


def solve_exact(
    problem: Problem, options: SearchOptions, control: Control, watcher: Watcher
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

    Raises
    ------
    InfeasibleProblemError
        No selection meets what is asked.
    """
    search = Search(problem, options, control, watcher)
    model = build_model(problem)

    def on_solution(values: FloatArray) -> None:
        search.offer(values[: model.n_units] > 0.5)

    run = HighsRun(model, replace(options, time_limit=max(search.seconds_left, 1e-3)))
    ending = run.follow(
        on_solution, lambda bound: search.prove(model.proved(bound)), search.done
    )
    if ending is not None and ending.infeasible and search.selected is None:
        raise InfeasibleProblemError("no selection meets everything that is asked")
    if ending is not None and ending.values is not None:
        on_solution(ending.values)
    if ending is not None and ending.closed and _is_rounding(search, model):
        search.exhaust()
    return search.result()


def _is_rounding(search: Search, model: Model) -> bool:
    """Whether what is left between the best selection and the bound is only the margin."""
    if search.objective is None:
        return False
    margin = 1.5 * model.margin + 1e-9 * abs(search.objective)
    return abs(search.objective - search.bound) <= margin
