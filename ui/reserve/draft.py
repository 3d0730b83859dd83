"""What the next run is asked, and what the project offers for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.reserve.request import FeatureSettings, ReserveRequest


@dataclass(frozen=True)
class Draft:
    """What the form shows.

    Parameters
    ----------
    request : ReserveRequest
        What is asked.
    offered : tuple of FeatureSettings
        What the project holds besides, each with a first target.
    countries : tuple of str
        Countries of the planning units, by ISO code.
    """

    request: ReserveRequest
    offered: tuple[FeatureSettings, ...]
    countries: tuple[str, ...]
