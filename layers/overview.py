"""A small picture of a raster of any size, read through its overviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.errors import RasterioError

from layers.errors import LayerReadError
from layers.grid import Grid
from layers.raster import Raster

if TYPE_CHECKING:
    from pathlib import Path


def read_overview(path: Path, *, most: int = 900) -> Raster:
    """Read the first band of a raster with at most so many cells along its longer side.

    Parameters
    ----------
    path : Path
        A raster file with a coordinate system.
    most : int
        Cells along the longer side, 1 or more; a smaller raster is read as it is.

    Returns
    -------
    Raster
        Nearest cells, NaN where the file holds NoData, scale and offset applied.

    Raises
    ------
    LayerReadError
        The file is missing, damaged or without a coordinate system.
    """
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise LayerReadError(
                    f"{path} has no coordinate system. Assign one in QGIS (Assign Projection)."
                )
            step = max(1.0, max(source.height, source.width) / most)
            shape = (max(1, round(source.height / step)), max(1, round(source.width / step)))
            band = source.read(1, out_shape=shape, masked=True, resampling=Resampling.nearest)
            values = band.astype(np.float64) * source.scales[0] + source.offsets[0]
            transform = source.transform @ Affine.scale(
                source.width / shape[1], source.height / shape[0]
            )
            grid = Grid(source.crs.to_string(), transform, shape)
    except (RasterioError, ValueError) as error:
        raise LayerReadError(
            f"{path} cannot be read as a raster: {error}. Check that the file is whole."
        ) from error
    return Raster(np.ma.filled(values, np.nan), grid)
