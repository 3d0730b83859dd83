"""Words that every account of a run uses alike."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.reserve.request import ReserveRequest

NO_MONEY = "Cost is relative and no money."
STATUS_WORDS = {
    "optimal": "proved to be the best",
    "within_gap": "within the gap that was asked",
    "time_limit": "the best found before the time ended",
    "stopped": "the best found before it was stopped",
}


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
