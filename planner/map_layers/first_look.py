"""How a raster looks when it is added: after what its cells hold, until somebody styles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio

from layers.errors import LayerReadError
from layers.overview import read_overview
from planner.map_style import look

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SHARES = (2.0, 98.0)
"""Percentiles that the ends of a ramp stand for, so that a few odd cells do not wash it out."""


def raster_style(path: Path) -> dict[str, Any]:
    """Return a style for a raster: classes for a few whole numbers, else an even ramp.

    Pictures (several bands, or colours of its own) need none: QGIS draws them as they are.

    Raises
    ------
    LayerReadError
        It cannot be read.
    """
    with rasterio.open(path) as source:
        is_picture = source.count >= 3 or source.colorinterp[0].name == "palette"
        whole = np.issubdtype(np.dtype(source.dtypes[0]), np.integer)
    if is_picture:
        return {}
    values = read_overview(path).values
    values = values[np.isfinite(values)]
    if not values.size:
        raise LayerReadError(
            f"{path.name} holds no value in any cell, so there is nothing to show."
        )
    return _style(values, whole=whole)


def _style(values: NDArray[np.float64], *, whole: bool) -> dict[str, Any]:
    colours = look("imported")
    different = np.unique(values)
    if whole and different.size <= len(colours["classes"]):
        pairs = zip(different.tolist(), colours["classes"], strict=False)
        return {
            "type": "classes",
            "classes": [[int(value), colour, f"{value:g}"] for value, colour in pairs],
        }
    low, high = (float(value) for value in np.percentile(values, SHARES))
    if low == high:
        low, high = float(values.min()), float(values.max())
    if low == high:
        high = low + 1.0
    ramp = colours["ramp"]
    places = np.linspace(low, high, len(ramp)).tolist()
    stops = [
        [value, colour, f"{value:.4g}"] for value, colour in zip(places, ramp, strict=True)
    ]
    return {"type": "ramp", "stops": stops, "interpolate": True}
