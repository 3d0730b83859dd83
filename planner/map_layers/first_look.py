"""How a raster looks when it is added: after what its cells hold, until somebody styles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from rasterio.windows import Window

from layers.errors import LayerReadError
from layers.overview import read_overview
from planner.map_style import look

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

READ_CELLS = 400_000_000
"""Cells of the largest raster without overviews that is read as a whole for its first look."""
WINDOWS = 8
WINDOW_CELLS = 256
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
        slow = source.width * source.height > READ_CELLS and not source.overviews(1)
        values = _sampled(source) if slow else read_overview(path).values
    values = values[np.isfinite(values)]
    if not values.size:
        raise LayerReadError(
            f"{path.name} holds no value in any cell, so there is nothing to show."
        )
    return _style(values, whole=whole)


def _sampled(source: DatasetReader) -> NDArray[np.float64]:
    """Return the cells of small windows spread evenly over a raster."""
    found = []
    for row in range(WINDOWS):
        for column in range(WINDOWS):
            left = int((source.width - WINDOW_CELLS) * column / (WINDOWS - 1))
            top = int((source.height - WINDOW_CELLS) * row / (WINDOWS - 1))
            window = Window(max(left, 0), max(top, 0), WINDOW_CELLS, WINDOW_CELLS)
            band = source.read(1, window=window, masked=True).astype(np.float64)
            found.append(np.ma.filled(band * source.scales[0] + source.offsets[0], np.nan))
    return np.concatenate([values.ravel() for values in found])


def _style(values: NDArray[np.float64], *, whole: bool) -> dict[str, Any]:
    colours = look("imported")
    different = np.unique(values)
    if whole and different.size <= len(colours["classes"]):
        known = zip(different.tolist(), colours["classes"], strict=False)
        return {
            "type": "classes",
            "classes": [[int(value), colour, f"{value:g}"] for value, colour in known],
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
