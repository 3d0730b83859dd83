"""Words that every account of a run uses alike."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from planner.records import listed

if TYPE_CHECKING:
    from planner.reserve.request import ReserveRequest
    from planner.reserve.withdrawal_run import WithdrawalFound

NO_MONEY = "Cost is relative and no money."
STATUS_WORDS = {
    "optimal": "proved to be the best",
    "within_gap": "proved to be within the gap that was asked",
    "time_limit": "the best found before the time ended",
    "stopped": "the best found before it was stopped",
}
"""How a search ended, as what it found is called; by `Solution.status`."""


def cost_unit(request: ReserveRequest) -> str:
    """Return what the costs of a run are measured in."""
    settings = request.cost
    unit = {
        "area": "km²",
        "pressure": "km² weighted by pressure",
        "raster": f"units of {PurePath(settings.path).name}",
    }[settings.kind]
    levels = [level for level in settings.price_level.values() if level != 1.0]
    return f"{unit}, by price level" if levels else unit


def shown_share(part: float, whole: float) -> str:
    """Write a part of a whole in percent; a part of nothing is told as such."""
    return f"{100 * part / whole:.1f} %" if whole > 0 else "of nothing"


def withdrawal_lines(found: WithdrawalFound) -> list[str]:
    """Tell what changes if a country withdraws, a sentence each."""
    existing = "its existing sites stay" if found.keeps_existing else "without its sites too"
    lines = [f"If {found.iso3} withdraws ({existing}):"]
    if found.refusal:
        return [*lines, f"Nothing can be done by the others: {found.refusal}"]
    if found.cost_after is None:
        return [*lines, "No selection of the others was found in the time given."]
    rise = found.cost_after - found.cost_before
    more = f"{abs(rise):,.1f} {'more' if rise >= 0 else 'less'}"
    lines.append(
        f"The others' selection costs {found.cost_after:,.1f}: {more} than all together."
    )
    if found.rise_lower is not None and found.rise_upper is not None:
        lines.append(
            f"The best value is worse by {found.rise_lower:,.1f} to {found.rise_upper:,.1f}, "
            "proved."
        )
    lines += [
        f"{lost.feature}: the target of {lost.target:,.1f} is out of reach; at most "
        f"{lost.most:,.1f} can be held, and {lost.kept:,.1f} is asked instead."
        for lost in found.lost
    ]
    out_of_reach = {lost.feature for lost in found.lost}
    if other := [name for name in found.missed if name not in out_of_reach]:
        lines.append(f"No longer held: {listed(other)}.")
    told = tuple(lost.feature for lost in found.lost)
    return [*lines, *(note for note in found.notes if not note.startswith(told))]
