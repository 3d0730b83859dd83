"""What a widening takes and how sure it is, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planner.corridors.result import NOT_PROVEN
from ui import words

if TYPE_CHECKING:
    from planner.corridors.result import WideningResult

_TIE = 0.0005
_WEAK = 0.5
"""A bound that leaves more than this share open is told as a cost, not as a share."""


def total_told(result: WideningResult) -> str:
    """Return how much land a widening adds, and its cost."""
    if result.area_km2 <= 0:
        return "Nothing to add: the corridor is as wide everywhere already."
    return f"{words.area(result.area_km2)} to add, relative cost {words.number(result.cost)}"


def check_told(result: WideningResult) -> str:
    """Return how wide it was measured to be, how good it is, and what it touches."""
    parts = [
        f"Measured afterwards: {words.distance(result.verified_width_m)} wide or more.",
        gap_told(result),
        narrow_told(result),
        _sites_told(result),
    ]
    return " ".join(part for part in parts if part)


def note_told(result: WideningResult) -> str:
    """Return what the cost is counted in."""
    return (
        f"Cost is relative: {result.cost_unit}. Land inside the corridor and protected land "
        "cost nothing."
    )


def gap_told(result: WideningResult) -> str:
    """Return how far the cost is from the best possible at most, as was proven."""
    gap = result.gap
    if result.area_km2 <= 0 or result.lower_bound is None or gap is None:
        return ""
    if gap > NOT_PROVEN:
        return "How much less another could cost is not proven."
    if gap < _TIE:
        return "Proven: no widening to this width costs less than this one."
    if gap > _WEAK:
        bound = words.number(result.lower_bound)
        return f"Proven: no widening to this width costs less than {bound}."
    percent = math.ceil(gap / (1 - gap) * 1000) / 10
    shown = f"{percent:.0f}" if percent >= 10 or percent == int(percent) else f"{percent:.1f}"
    return f"Proven: at most {shown} % dearer than the best possible."


def narrow_told(result: WideningResult) -> str:
    """Return how many narrow stretches are gone."""
    removed, left = result.bottlenecks_removed, result.bottlenecks_left
    if not removed and not left:
        return ""
    below = f"below {words.distance(result.width_m)}"
    if left:
        of_all = words.plural(removed + left, "stretch", "stretches")
        return f"It removes {removed} of {of_all} {below}."
    if removed == 1:
        return f"It removes the one stretch {below}."
    if removed == 2:
        return f"It removes both stretches {below}."
    return f"It removes all {removed} stretches {below}."


def _sites_told(result: WideningResult) -> str:
    touched = [f"{name} ({words.area(area)})" for _, name, area in result.sites]
    return f"It touches {', '.join(touched)}." if touched else "It touches no protected site."
