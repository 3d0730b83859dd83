"""Sentences about solutions, the same wherever they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import words
from ui.reserve.trace_plot import percent

if TYPE_CHECKING:
    from planner.reserve.request import ReserveRequest
    from planner.reserve.stored_solution import StoredSolution
    from ui.reserve.view import RunView

METHODS = {
    "exact": "exact solver (HiGHS)",
    "lagrangian": "Lagrangian relaxation with minimum cuts",
    "rounding": "linear program, rounded",
}
VALUES = {
    "minimum_set": "Cost with penalties",
    "maximum_coverage": "Targets met, weighed",
    "maximum_utility": "Amount held, weighed",
    "minimum_shortfall": "Shortfall of the targets",
    "minimum_largest_shortfall": "Largest shortfall",
}
"""What the value of an objective is called on an axis."""

_ENDED = {
    "optimal": "The best possible, proved",
    "within_gap": "Proved to be within {} of the best",
    "time_limit": "The time ended first: within {} of the best",
    "stopped": "Stopped early: within {} of the best",
}


def quality_told(solution: StoredSolution, request: ReserveRequest) -> str:
    """Return how good a solution is, as a sentence or two.

    The gap is a share of a value that counts the boundary of existing sites too; what could be
    saved is told as a share of what is new.
    """
    if solution.gap is None:
        return "Nothing is proved of how good it is: the search ended too early."
    told = f"{_ENDED[solution.status].format(percent(solution.gap))}."
    cheapest = request.goal.objective == "minimum_set" and solution.cost > 0
    if not cheapest or solution.status == "optimal" or solution.bound is None:
        return told
    left = percent((solution.objective - solution.bound) / solution.cost)
    return f"{told} At most {left} of the cost of new land could be saved, its edge included."


def numbers_told(solution: StoredSolution, view: RunView) -> str:
    """Return what a solution takes, as a sentence."""
    parts = [f"cost {words.number(solution.cost)} {view.cost_unit}"]
    if solution.boundary > 0:
        parts.append(f"edge {words.number(solution.boundary)} km")
    if solution.countries:
        new = sum(item.new_area_km2 or 0.0 for item in solution.countries)
        parts.insert(0, f"new land {words.area(new)}")
    told = ", ".join(parts)
    return f"{told[:1].upper()}{told[1:]}."


def method_told(solution: StoredSolution) -> str:
    """Return how a solution was found, as a sentence or two."""
    method = METHODS.get(solution.method, solution.method)
    seconds = words.number(round(solution.seconds, 1))
    reason = solution.reason.strip().rstrip(".")
    why = f" {reason[:1].upper()}{reason[1:]}." if reason else ""
    return f"Found in {seconds} s by {method}.{why}"


def solution_detail(solution: StoredSolution) -> str:
    """Return what sets a solution apart in a list."""
    gap = "" if solution.gap is None else f"gap {percent(solution.gap)}"
    met = sum(item.met for item in solution.features)
    targets = f"{met} of {len(solution.features)} targets"
    parts = (f"cost {words.number(solution.cost)}", targets, gap)
    return "  ·  ".join(part for part in parts if part)


def value_title(request: ReserveRequest) -> str:
    """Return what the objective of a request is called on an axis."""
    return VALUES[request.goal.objective]
