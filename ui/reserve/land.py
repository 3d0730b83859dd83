"""Selected units as land to be painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ui.reserve.overlay import Patch
from ui.reserve.view import LandView

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ui.reserve.view import RunView

FREQUENCY, NO_REGRET = "frequency", "no_regret"
"""Names of what is painted of a portfolio."""

_SELECTED = 0.5
_NO_REGRET = 0.75
_FREQUENCIES = ((0.2, 0.12), (0.4, 0.25), (0.6, 0.4), (0.8, 0.6), (1.0, 0.85))
"""Up to which share of the solutions, and how full the colour is."""


def solution_land(view: RunView, name: str) -> LandView:
    """Return the land of a solution: what is new, and what counts as existing."""
    solution = view.solution(name)
    if solution is None or view.units is None:
        return LandView(view.run_id, name, ())
    return LandView(view.run_id, name, selected_patches(view.units, solution.mask()))


def selected_patches(units: gpd.GeoDataFrame, selected: NDArray[np.bool_]) -> tuple[Patch, ...]:
    """Return a selection as land: what exists hatched, what is new filled."""
    locked = _existing(units)
    return (
        Patch(_land(units, selected & locked), 0.0, hatched=True),
        Patch(_land(units, selected & ~locked), _SELECTED),
    )


def portfolio_land(view: RunView, name: str) -> LandView:
    """Return how often land is selected in the portfolio, or what is selected in any case."""
    found, units = view.portfolio, view.units
    if found is None or units is None:
        return LandView(view.run_id, name, ())
    locked = _existing(units)
    existing = Patch(_land(units, locked), 0.0, hatched=True)
    if name == NO_REGRET:
        land = _land(units, found.no_regret & ~locked)
        return LandView(view.run_id, name, (existing, Patch(land, _NO_REGRET)))
    patches = [existing]
    low = 0.0
    for high, strength in _FREQUENCIES:
        within = (found.frequency > low) & (found.frequency <= high + 1e-9) & ~locked
        patches.append(Patch(_land(units, within), strength))
        low = high + 1e-9
    return LandView(view.run_id, name, tuple(patches))


def _existing(units: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """(n,) bool: units that count as protected already."""
    existing: NDArray[np.bool_] = units["existing"].to_numpy(dtype=np.bool_)
    return existing


def _land(units: gpd.GeoDataFrame, which: NDArray[np.bool_]) -> BaseGeometry:
    land: BaseGeometry = shapely.union_all(units.geometry.to_numpy()[np.flatnonzero(which)])
    return land
