"""What a widening takes and how sure it is, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planner.corridors.result import NOT_PROVEN
from resources.translation import tr, tr_n
from ui import words

if TYPE_CHECKING:
    from planner.corridors.result import WideningResult

_TIE = 0.0005
_WEAK = 0.5
"""A bound that leaves more than this share open is told as a cost, not as a share."""


def total_told(result: WideningResult) -> str:
    """Return how much land a widening adds, and its cost."""
    if result.area_km2 <= 0:
        return tr("Nothing to add: the corridor is as wide everywhere already.")
    return tr(
        "{area} to add, relative cost {cost}",
        area=words.area(result.area_km2),
        cost=words.number(result.cost),
    )


def check_told(result: WideningResult) -> str:
    """Return how wide it was measured to be, how good it is, and what it touches."""
    parts = [
        tr(
            "Measured afterwards: {width} wide or more.",
            width=words.distance(result.verified_width_m),
        ),
        gap_told(result),
        narrow_told(result),
        _sites_told(result),
    ]
    return " ".join(part for part in parts if part)


def note_told(result: WideningResult) -> str:
    """Return what the cost is counted in."""
    return tr(
        "Cost is relative: {unit}. Land inside the corridor and protected land cost nothing.",
        unit=tr(result.cost_unit),
    )


def gap_told(result: WideningResult) -> str:
    """Return how far the cost is from the best possible at most, as was proven."""
    gap = result.gap
    if result.area_km2 <= 0 or result.lower_bound is None or gap is None:
        return ""
    if gap > NOT_PROVEN:
        return tr("How much less another could cost is not proven.")
    if gap < _TIE:
        return tr("Proven: no widening to this width costs less than this one.")
    if gap > _WEAK:
        bound = words.number(result.lower_bound)
        return tr("Proven: no widening to this width costs less than {bound}.", bound=bound)
    percent = math.ceil(gap / (1 - gap) * 1000) / 10
    shown = f"{percent:.0f}" if percent >= 10 or percent == int(percent) else f"{percent:.1f}"
    return tr("Proven: at most {shown} % dearer than the best possible.", shown=shown)


def narrow_told(result: WideningResult) -> str:
    """Return how many narrow stretches are gone."""
    removed, left = result.bottlenecks_removed, result.bottlenecks_left
    if not removed and not left:
        return ""
    width = words.distance(result.width_m)
    if left:
        return tr_n(
            "It removes {removed} of {count} stretch below {width}.",
            "It removes {removed} of {count} stretches below {width}.",
            removed + left,
            removed=removed,
            width=width,
        )
    if removed == 1:
        return tr("It removes the one stretch below {width}.", width=width)
    if removed == 2:
        return tr("It removes both stretches below {width}.", width=width)
    return tr("It removes all {removed} stretches below {width}.", removed=removed, width=width)


def _sites_told(result: WideningResult) -> str:
    touched = [f"{name} ({words.area(area)})" for _, name, area in result.sites]
    return (
        tr("It touches {sites}.", sites=words.listed(touched))
        if touched
        else tr("It touches no protected site.")
    )
