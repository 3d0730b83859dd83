"""How a raster is drawn before anybody chooses: by what its cells hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.overview import read_overview
from planner.map_layers.importing import raster_facts
from ui.styling.drafts import raster_classes, raster_ramp
from ui.styling.ramps import ramp

if TYPE_CHECKING:
    from pathlib import Path

    from ui.styling.drafts import Style

_LOOKED_AT = 400
_MOST_CLASSES = 12
_RAMP, _HUES = "viridis", "tol_muted"


def first_style(path: Path) -> Style:
    """Return the style of a raster that was just added; called beside the window.

    A few whole numbers are classes with a hue each; other values get a ramp from the 2nd to the
    98th percentile. A picture of several bands, and a raster without values, are left to QGIS.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    LayerReadError
        It cannot be read.
    """
    facts = raster_facts(path)
    if facts.bands != 1:
        return {}
    cells = read_overview(path, most=_LOOKED_AT).values
    found = cells[np.isfinite(cells)]
    if not found.size:
        return {}
    if np.issubdtype(np.dtype(facts.dtype), np.integer):
        classes = np.unique(found)
        if classes.size <= _MOST_CLASSES:
            hues = ramp(_HUES).take(classes.size)
            return raster_classes({}, [float(value) for value in classes], hues)
    low, high = (float(value) for value in np.percentile(found, (2, 98)))
    if not low < high:
        low, high = float(found.min()), float(found.max())
    return raster_ramp({}, ramp(_RAMP), low, high) if low < high else {}
