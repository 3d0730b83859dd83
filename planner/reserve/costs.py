"""What each planning unit costs: its area, settlement pressure, a layer of the user's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from layers.pack import filled_from_nearest
from layers.raster import read_raster, resample
from planner.reserve.errors import RequestError, ReserveInputError

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from planner.reserve.landscape import Landscape
    from planner.reserve.request import CostSettings

PRESSURE = "settlement_pressure"
"""Variable of the data pack by which land is dearer."""


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What units cost.

    Attributes
    ----------
    per_unit : (n,) float64
        Cost of each whole unit, price level of its country included.
    unit : str
        What costs are in.
    notes : tuple of str
        What a reader must know of them.
    """

    per_unit: FloatArray
    unit: str
    notes: tuple[str, ...]


def unit_costs(land: Landscape, settings: CostSettings) -> Costs:
    """Measure what each unit costs.

    Parameters
    ----------
    land : Landscape
        Units of the project.
    settings : CostSettings
        What is asked.

    Raises
    ------
    RequestError
        A price level is given for a country that has no unit.
    ReserveInputError
        The layer of cost cannot be used: negative values, or units without any.
    """
    unknown = sorted(settings.price_level.keys() - set(land.units.countries))
    if unknown:
        raise RequestError(
            f"cost.price_level names {unknown[0]!r}, which has no planning unit. Countries of "
            f"the region: {', '.join(land.units.countries)}.",
            "cost.price_level",
        )
    notes: tuple[str, ...]
    if settings.kind == "area":
        cost, unit = land.units.area_km2, "km²"
        notes = ("Cost is area: land costs the same everywhere.",)
    elif settings.kind == "pressure":
        cost, unit, notes = _pressure(land, settings)
    else:
        cost, unit, notes = _raster(land, settings)
    level = np.array([settings.price_level.get(iso3, 1.0) for iso3 in land.units.countries])
    return Costs(cost * level[land.units.country], unit, (*notes, _levels_told(settings)))


def _levels_told(settings: CostSettings) -> str:
    levels = {name: value for name, value in settings.price_level.items() if value != 1.0}
    if not levels:
        return "Price levels are 1 in every country: none has been stated."
    told = ", ".join(f"{name} {value:g}" for name, value in sorted(levels.items()))
    return f"Costs are multiplied by the price level of the country, as asked: {told}, other 1."


def _pressure(
    land: Landscape, settings: CostSettings
) -> tuple[FloatArray, str, tuple[str, ...]]:
    pressure = np.clip(filled_from_nearest(land.study.layer(PRESSURE)), 0.0, 1.0)
    cost = land.units.area_km2 * (1.0 + settings.pressure_weight * land.grid.mean(pressure))
    told = (
        f"Cost is km² × (1 + {settings.pressure_weight:g} × settlement pressure from 0 to 1): "
        "an expert weight, not a price; the pressure is on the data pack's 5 arc-minutes.",
    )
    return cost, "km² weighted by settlement pressure", told


def _raster(land: Landscape, settings: CostSettings) -> tuple[FloatArray, str, tuple[str, ...]]:
    if not Path(settings.path).is_file():
        raise ReserveInputError(
            f"There is no raster {settings.path}. Correct cost.path in the request.",
            "cost.path",
        )
    layer = read_raster(Path(settings.path))
    negative = int((layer.values < 0).sum())
    if negative:
        raise ReserveInputError(
            f"The cost of {settings.path} is negative in {negative:,} cells, down to "
            f"{np.nanmin(layer.values):g}. Costs are above 0; set what means 'no data' in the "
            "file.",
            "cost.path",
        )
    mean = land.grid.mean(resample(layer, land.study.grid, "average"))
    unknown = np.flatnonzero(~np.isfinite(mean))
    if len(unknown):
        raise ReserveInputError(
            f"{settings.path} says nothing of {len(unknown):,} planning units, such as "
            f"{_named(land, unknown)}. Extend the raster over the whole region.",
            "cost.path",
        )
    told = (f"Cost is the mean of {Path(settings.path).name} per km², times km².",)
    return mean * land.units.area_km2, f"{Path(settings.path).name} × km²", told


def refuse_free_of_cost(land: Landscape, cost: FloatArray, free: BoolArray) -> None:
    """See that what can be chosen costs something.

    Parameters
    ----------
    land : Landscape
        Units of the project.
    cost : (n,) float64
        Cost of each unit.
    free : (n,) bool
        Units that are not locked.

    Raises
    ------
    ReserveInputError
        Some cost nothing: names them.
    """
    nothing = np.flatnonzero(free & (cost <= 0.0))
    if len(nothing):
        raise ReserveInputError(
            f"{len(nothing):,} planning units cost nothing, such as {_named(land, nothing)}: "
            "any number of them would be chosen. Give the layer of cost values above 0 there, "
            "or lock the units in or out.",
            "cost",
        )


def _named(land: Landscape, numbers: np.ndarray[tuple[int], np.dtype[np.intp]]) -> str:
    return ", ".join(str(land.units.unit_id[at]) for at in numbers[:3].tolist())
