"""Words that every account of a run uses alike."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from layers.catalogue.site import COUNTRY_NAMES
from planner.records import listed
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.reserve.request import ReserveRequest
    from planner.reserve.stored_solution import StoredSolution
    from planner.reserve.withdrawal_run import LostTarget, WithdrawalFound

_WITH_ARTICLE = frozenset({"KOR", "PRK", "RUS"})
LEAST_TOLD = 0.05
"""Differences of costs below this are none in what is told."""
NO_MONEY = mark("Cost is relative and no money.")
STATUS_WORDS = {
    "optimal": mark("proved to be the best"),
    "within_gap": mark("proved to be within the gap that was asked"),
    "time_limit": mark("the best found before the time ended"),
    "stopped": mark("the best found before it was stopped"),
}
"""How a search ended, as what it found is called; by `Solution.status`."""


def cost_unit(request: ReserveRequest) -> str:
    """Return what the costs of a run are measured in."""
    settings = request.cost
    unit = {
        "area": "km²",
        "pressure": mark("km² weighted by pressure"),
        "raster": filled("units of {file}", file=PurePath(settings.path).name),
    }[settings.kind]
    levels = [level for level in settings.price_level.values() if level != 1.0]
    return filled("{unit}, by price level", unit=unit) if levels else unit


def shown_share(part: float, whole: float) -> str:
    """Write a part of a whole in percent; a part of nothing is told as such."""
    return f"{100 * part / whole:.1f} %" if whole > 0 else "of nothing"


def country_words(codes: Iterable[str]) -> str:
    """Tell what the codes of countries stand for: ``CHN China, RUS Russian Federation``.

    Parameters
    ----------
    codes : iterable of str
        ISO 3166-1 alpha-3; each is told once, by the alphabet. Codes of no known country
        stay as they are.
    """
    return ", ".join(
        f"{code} {COUNTRY_NAMES[code]}" if code in COUNTRY_NAMES else code
        for code in sorted(set(codes))
    )


def country_name(iso3: str) -> str:
    """Return what a country is called within a sentence: ``China``, ``the DPRK``."""
    name = COUNTRY_NAMES.get(iso3, iso3)
    return f"the {name}" if iso3 in _WITH_ARTICLE else name


def value_words(request: ReserveRequest) -> str:
    """Tell what the value of a selection, its objective, adds up.

    Parameters
    ----------
    request : ReserveRequest
        What was asked.
    """
    goal = request.goal
    value = {
        "minimum_set": mark("the cost of new land"),
        "maximum_coverage": mark("the targets that are held, by their weights"),
        "maximum_utility": mark("the amounts that are held, by their weights"),
        "minimum_shortfall": mark("the shares of targets that are missing, by their weights"),
        "minimum_largest_shortfall": mark("the greatest share of a target that is missing"),
    }[goal.objective]
    if not goal.boundary_penalty:
        return value
    if goal.objective.startswith("maximum"):
        return filled(
            "{value} less {penalty:g} for each km of boundary of all selected land, existing "
            "sites included",
            value=value,
            penalty=goal.boundary_penalty,
        )
    return filled(
        "{value} and {penalty:g} for each km of boundary of all selected land, existing sites "
        "included",
        value=value,
        penalty=goal.boundary_penalty,
    )


def shown_value(value: float) -> str:
    """Write a value that is sought, or its bound: costs with one digit, shares with four."""
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4g}"


def left_to_save(solution: StoredSolution, objective: str) -> str:
    """Tell how much of the cost of what is new could be saved at most.

    The gap is a share of the objective, which holds the boundary of existing land as well, and
    so looks smaller than it is for what is new. Empty where there is nothing to tell.

    Parameters
    ----------
    solution : StoredSolution
        The solution.
    objective : str
        What was sought, as of `planner.reserve.request.GoalSettings`.
    """
    if objective != "minimum_set" or solution.bound is None or not solution.cost:
        return ""
    if solution.status == "optimal":
        return ""
    left = solution.objective - solution.bound
    share = f"{100 * left / solution.cost:.2f} %"
    return filled(
        "No selection can save more than {left:,.1f}: {share} of the cost of what is new",
        left=left,
        share=share,
    )


def withdrawal_lines(found: WithdrawalFound) -> list[str]:
    """Tell what changes if a country withdraws, a sentence each."""
    existing = (
        mark("its existing sites stay")
        if found.keeps_existing
        else mark("without its sites too")
    )
    lines = [
        filled(
            "If {country} withdraws ({existing}):",
            country=country_name(found.iso3),
            existing=existing,
        )
    ]
    if found.refusal:
        return [
            *lines,
            filled("Nothing can be done by the others: {refusal}", refusal=found.refusal),
        ]
    if found.cost_after is None:
        return [*lines, mark("No selection of the others was found in the time given.")]
    lines += [_lost_words(lost) for lost in found.lost]
    out_of_reach = {lost.feature for lost in found.lost}
    if other := [name for name in found.missed if name not in out_of_reach]:
        lines.append(filled("No longer held: {features}.", features=listed(other)))
    lines += _after_words(found)
    told = tuple(out_of_reach)
    return [*lines, *(note for note in found.notes if not note.startswith(told))]


def _after_words(found: WithdrawalFound) -> list[str]:
    """Tell what the others' selection costs; values for less than was asked are no saving."""
    after, before = found.cost_after or 0.0, found.cost_before
    if found.lost:
        return [
            filled(
                "What the others can still do costs {after:,.1f}, beside {before:,.1f} for "
                "all that was asked: less is held for it, so the two cannot be compared.",
                after=after,
                before=before,
            )
        ]
    rise = after - before
    more = (
        filled("{cost:,.1f} more than all together", cost=rise)
        if rise >= 0
        else filled("{cost:,.1f} less than all together", cost=-rise)
    )
    if abs(rise) < LEAST_TOLD:
        more = mark("as much as all together")
    told = filled("The others' new land costs {cost:,.1f}: {more}.", cost=after, more=more)
    if not found.missed:
        told = f"{mark('No target that was held is lost.')} {told}"
    lines = [told]
    if found.rise_lower is not None and found.rise_upper is not None:
        lines.append(_rise_words(found.rise_lower, found.rise_upper))
    return lines


def _rise_words(lower: float, upper: float) -> str:
    if upper < 0:
        return filled(
            "The value that is sought is better by {least:,.1f} to {most:,.1f}, proved.",
            least=-upper,
            most=-lower,
        )
    least = max(lower, 0.0)
    return filled(
        "The value that is sought is worse by {least:,.1f} to {most:,.1f}, proved.",
        least=least,
        most=upper,
    )


def _lost_words(lost: LostTarget) -> str:
    unit = f" {lost.unit}" if lost.unit else ""
    share = f" ({100 * lost.most / lost.target:.1f} %)" if lost.target > 0 else ""
    instead = (
        filled("{kept:,.1f} is asked instead", kept=lost.kept)
        if lost.kept < lost.target
        else mark("it is missed")
    )
    return filled(
        "{feature}: the target of {target:,.1f}{unit} is out of reach; the others can "
        "hold {most:,.1f}{unit} at most{share}, and {instead}.",
        feature=lost.feature,
        target=lost.target,
        unit=unit,
        most=lost.most,
        share=share,
        instead=instead,
    )
