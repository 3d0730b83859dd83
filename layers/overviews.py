"""Overviews of large rasters: smaller copies beside the file, to draw the whole at once.

They are written as ``NAME.ovr``, which every GIS knows, and the file itself is never touched:
it may be somebody else's. The first overview, half the size, is made strip by strip with
progress; the smaller ones are made from it. GDAL takes the overviews of an .ovr file for
further ones.
"""

from __future__ import annotations

import os
import uuid
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from layers.apart import run_apart
from layers.control import NULL_CONTROL
from layers.errors import LayerReadError, LayerWriteError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rasterio.io import DatasetReader

    from layers.control import Control

LARGE_CELLS = 16_000_000
"""Cells from which a raster without overviews is slow to draw as a whole."""
SMALLEST = 512
STRIP_ROWS = 512
_FIRST_SHARE = 0.7


def overviews_path(path: Path) -> Path:
    """Return the file that holds the overviews of another."""
    return path.with_name(f"{path.name}.ovr")


def needs_overviews(path: Path) -> bool:
    """Tell whether a raster is large and has no overviews.

    Raises
    ------
    LayerReadError
        It cannot be read.
    """
    try:
        with rasterio.open(path) as source:
            large = source.width * source.height > LARGE_CELLS
            return large and not source.overviews(1)
    except (RasterioError, ValueError) as error:
        raise LayerReadError(f"{path} cannot be read as a raster: {error}.") from error


def make_overviews(path: Path, control: Control = NULL_CONTROL) -> Path:
    """Write the overviews of a raster beside it, whole or not at all.

    Parameters
    ----------
    path : Path
        The raster; it is only read.
    control : Control
        Told the share done; may cancel, which takes effect at once.

    Returns
    -------
    Path
        The file of overviews.

    Raises
    ------
    LayerReadError
        The raster cannot be read.
    LayerWriteError
        Its folder cannot be written, or the disk is full.
    """
    target = overviews_path(path)
    if not os.access(path.parent, os.W_OK):
        raise LayerWriteError(
            f"The overviews of {path.name} belong beside it, but {path.parent} cannot be "
            "written. Add the raster as a copy instead."
        )
    writing = target.with_name(f".writing-{uuid.uuid4().hex}.tif")
    try:
        run_apart("overviews", {"path": str(path), "target": str(writing)}, control)
        writing.replace(target)
    except OSError as error:
        if isinstance(error, LayerReadError | LayerWriteError):
            raise
        raise LayerWriteError(f"{target} could not be written: {error.strerror}.") from error
    finally:
        writing.unlink(missing_ok=True)
    return target


def build_task(args: Mapping[str, Any], control: Control) -> bool:
    """Build overviews; run by `layers.apart`."""
    path, target = Path(str(args["path"])), Path(str(args["target"]))
    warnings.simplefilter("ignore", NotGeoreferencedWarning)  # overviews have no place
    with rasterio.Env(GDAL_VRT_ENABLE_PYTHON="NO", GDAL_CACHEMAX=128_000_000):
        try:
            with rasterio.open(path) as source:
                how = _resampling(source)
                _write_half(source, target, how, control)
        except RasterioError as error:
            raise LayerReadError(
                f"{path} cannot be read as a raster: {error}. Check that the file is whole."
            ) from error
        factors = _factors(target)
        if factors:
            try:
                with rasterio.open(target, "r+") as half:
                    half.build_overviews(factors, how)
            except RasterioError as error:
                raise LayerWriteError(
                    f"The overviews of {path.name} could not be written: {error}. Free some "
                    "space."
                ) from error
    control.report(1.0)
    return True


def _resampling(source: DatasetReader) -> Resampling:
    """Return averages for measures, and cells as they are for classes."""
    floating = all(np.issubdtype(np.dtype(kind), np.floating) for kind in source.dtypes)
    return Resampling.average if floating else Resampling.nearest


def _write_half(source: DatasetReader, target: Path, how: Resampling, control: Control) -> None:
    width, height = (source.width + 1) // 2, (source.height + 1) // 2
    profile = {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": source.count,
        "dtype": source.dtypes[0],
        "nodata": source.nodata,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "DEFLATE",
        "zlevel": 3,
        "bigtiff": "IF_SAFER",
        "interleave": "band",
        "sparse_ok": False,
    }
    with rasterio.open(target, "w", **profile) as half:
        if source.count == 1 and source.colorinterp[0].name == "palette":
            half.write_colormap(1, source.colormap(1))
        for top in range(0, height, STRIP_ROWS):
            rows = min(STRIP_ROWS, height - top)
            window = Window(0, 2 * top, source.width, min(2 * rows, source.height - 2 * top))
            for band in range(1, source.count + 1):
                strip = source.read(
                    band, window=window, out_shape=(rows, width), resampling=how
                )
                half.write(strip, band, window=Window(0, top, width, rows))
            control.report(_FIRST_SHARE * (top + rows) / height)


def _factors(path: Path) -> list[int]:
    with rasterio.open(path) as half:
        largest = max(half.width, half.height)
    factors, factor = [], 2
    while largest / factor >= SMALLEST:
        factors.append(factor)
        factor *= 2
    return factors
