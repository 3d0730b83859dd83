"""How much of a region, which is less than the map of a run, is extrapolated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from layers.covariates import CovariateSource, open_covariates
from layers.errors import LayerReadError
from planner.profiles import load_region
from planner.suitability.ground import Ground

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.covariates import CovariateStack
    from layers.tiles.plan import Tile
    from planner.suitability.results import SuitabilityResults

    _Box = tuple[float, float, float, float]


def extrapolated_in_region(
    folder: Path, results: SuitabilityResults, region_id: str
) -> float | None:
    """Return the share of a region's predicted area that is extrapolated today.

    Parameters
    ----------
    folder : Path
        Of the run.
    results : SuitabilityResults
        What it found.
    region_id : str
        Region of the project.

    Returns
    -------
    float or None
        None where the run has no readable map of similarity, or maps nothing of the region.

    Raises
    ------
    UsageError
        There is no such region.
    """
    box = load_region(region_id).bounds.lonlat
    path = next(
        (folder / item.path for item in results.rasters if item.name == "similarity"), None
    )
    if path is None:
        return None
    try:
        maps = open_covariates([CovariateSource("similarity", path)])
        return _share(maps, box)
    except LayerReadError:
        return None


def _share(maps: CovariateStack, box: _Box) -> float | None:
    ground = Ground(maps.grid)
    known = outside = 0.0
    with maps.reader() as reader:
        for tile in maps.plan:
            here = _inside(maps, tile, box)
            if not here.any():
                continue
            similarity = reader.read(tile)[0]
            area = ground.areas_km2(
                slice(tile.row, tile.row + tile.height),
                slice(tile.column, tile.column + tile.width),
            )
            here &= np.isfinite(similarity)
            known += float(area[here].sum())
            outside += float(area[here & (similarity < 0.0)].sum())
    return outside / known if known > 0.0 else None


def _inside(maps: CovariateStack, tile: Tile, box: _Box) -> NDArray[np.bool_]:
    """Return which cells of a tile have their centre in a box in degrees."""
    x, y = maps.grid.cell_centres()
    x = x[tile.column : tile.column + tile.width]
    y = y[tile.row : tile.row + tile.height]
    to_degrees = Transformer.from_crs(maps.grid.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(*np.meshgrid(x, y))
    west, south, east, north = box
    found: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return found
