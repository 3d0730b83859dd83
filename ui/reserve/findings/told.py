"""Sentences about solutions, the same wherever they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.translation import mark, tr
from ui import words
from ui.reserve.trace_plot import percent

if TYPE_CHECKING:
    from planner.reserve.request import ReserveRequest
    from planner.reserve.stored_solution import StoredSolution
    from ui.reserve.view import RunView

METHODS = {
    "exact": mark("exact solver (HiGHS)"),
    "lagrangian": mark("Lagrangian relaxation with minimum cuts"),
    "rounding": mark("linear program, rounded"),
}
VALUES = {
    "minimum_set": mark("Cost with penalties"),
    "maximum_coverage": mark("Targets met, weighed"),
    "maximum_utility": mark("Amount held, weighed"),
    "minimum_shortfall": mark("Shortfall of the targets"),
    "minimum_largest_shortfall": mark("Largest shortfall"),
}
"""What the value of an objective is called on an axis."""

_ENDED = {
    "optimal": mark("The best possible, proved."),
    "within_gap": mark("Proved to be within {gap} of the best."),
    "time_limit": mark("The time ended first: within {gap} of the best."),
    "stopped": mark("Stopped early: within {gap} of the best."),
}


def quality_told(solution: StoredSolution, request: ReserveRequest) -> str:
    """Return how good a solution is, as a sentence or two.

    The gap is a share of a value that counts the boundary of existing sites too; what could be
    saved is told as a share of what is new.
    """
    if solution.gap is None:
        return tr("Nothing is proved of how good it is: the search ended too early.")
    told = tr(_ENDED[solution.status], gap=percent(solution.gap))
    cheapest = request.goal.objective == "minimum_set" and solution.cost > 0
    if not cheapest or solution.status == "optimal" or solution.bound is None:
        return told
    left = percent((solution.objective - solution.bound) / solution.cost)
    return tr(
        "{told} At most {left} of the cost of new land could be saved, its edge included.",
        told=told,
        left=left,
    )


def numbers_told(solution: StoredSolution, view: RunView) -> str:
    """Return what a solution takes, as a sentence."""
    parts = [
        tr("cost {cost} {unit}", cost=words.number(solution.cost), unit=tr(view.cost_unit))
    ]
    if solution.boundary > 0:
        parts.append(tr("edge {boundary} km", boundary=words.number(solution.boundary)))
    if solution.countries:
        new = sum(item.new_area_km2 or 0.0 for item in solution.countries)
        parts.insert(0, tr("new land {new}", new=words.area(new)))
    return tr("{sentence}.", sentence=words.capital(words.listed(parts)))


def method_told(solution: StoredSolution) -> str:
    """Return how a solution was found, as a sentence or two."""
    method = tr(METHODS.get(solution.method, solution.method))
    seconds = words.number(round(solution.seconds, 1))
    reason = solution.reason.strip().rstrip(".")
    told = tr("Found in {seconds} s by {method}.", seconds=seconds, method=method)
    why = tr("{sentence}.", sentence=words.capital(words.stored(reason))) if reason else ""
    return f"{told} {why}".rstrip()


def solution_detail(solution: StoredSolution) -> str:
    """Return what sets a solution apart in a list."""
    gap = "" if solution.gap is None else tr("gap {gap}", gap=percent(solution.gap))
    met = sum(item.met for item in solution.features)
    targets = tr("{met} of {features} targets", met=met, features=len(solution.features))
    parts = (tr("cost {cost}", cost=words.number(solution.cost)), targets, gap)
    return "  ·  ".join(part for part in parts if part)


def value_title(request: ReserveRequest) -> str:
    """Return what the objective of a request is called on an axis."""
    return tr(VALUES[request.goal.objective])
