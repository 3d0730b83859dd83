"""Rasters in and out: cloud-optimised GeoTIFF, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.shutil import copy as copy_raster
from rasterio.warp import reproject

from layers.errors import LayerReadError, LayerWriteError
from layers.grid import MAXIMUM_CELLS, Grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

ResamplingName = Literal["nearest", "bilinear", "cubic", "average", "mode"]


@dataclass(frozen=True, slots=True)
class Raster:
    """One band of numbers on a grid.

    Parameters
    ----------
    values : (rows, columns) float64
        NaN where the file holds NoData.
    grid : Grid
        Where the cells lie.
    """

    values: NDArray[np.float64]
    grid: Grid


def read_raster(path: Path) -> Raster:
    """Read a raster file of one band, NoData as NaN, scale and offset applied.

    Raises
    ------
    LayerReadError
        The file is missing, damaged, too large, rotated, without a coordinate system, or has
        several bands.
    """
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise LayerReadError(
                    f"{path} has no coordinate system. Assign one in QGIS (Assign Projection) "
                    "and import it again."
                )
            if source.count != 1:
                raise LayerReadError(
                    f"{path} has {source.count} bands, and which one is meant is not known. "
                    "Save that band alone in QGIS (Raster > Conversion > Translate)."
                )
            if source.width * source.height > MAXIMUM_CELLS:
                raise LayerReadError(
                    f"{path} holds {source.width * source.height:,} cells, more than the "
                    f"{MAXIMUM_CELLS:,} that fit in memory. Clip it to the region first."
                )
            grid = Grid(source.crs.to_string(), source.transform, (source.height, source.width))
            band = source.read(1, masked=True)
            values = band.astype(np.float64) * source.scales[0] + source.offsets[0]
    except (RasterioError, ValueError) as error:
        raise LayerReadError(
            f"{path} cannot be read as a raster: {error}. Check that the file is whole, or "
            "export it again as GeoTIFF."
        ) from error
    return Raster(np.ma.filled(values, np.nan), grid)


def resample(
    raster: Raster, grid: Grid, method: ResamplingName = "bilinear"
) -> NDArray[np.float64]:
    """Bring a raster onto another grid.

    Parameters
    ----------
    raster : Raster
        Values and where they lie.
    grid : Grid
        Wanted grid, in any CRS.
    method : str
        ``nearest`` or ``mode`` for categories; ``bilinear``, ``cubic`` or ``average`` for
        measures.

    Returns
    -------
    (rows, columns) float64
        NaN where the source has no value.
    """
    result = np.full(grid.shape, np.nan)
    reproject(
        raster.values,
        result,
        src_transform=raster.grid.transform,
        src_crs=raster.grid.crs,
        src_nodata=np.nan,
        dst_transform=grid.transform,
        dst_crs=grid.crs,
        dst_nodata=np.nan,
        resampling=Resampling[method],
    )
    return result


def write_cog(
    path: Path,
    values: NDArray[np.generic],
    grid: Grid,
    *,
    nodata: float | None = None,
    scale: float = 1.0,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Write one band as a cloud-optimised GeoTIFF: beside the target first, then put in place.

    Parameters
    ----------
    path : Path
        Target; its folder must exist.
    values : (rows, columns) array
        float64 is stored as float32; integers and booleans (as uint8) keep their type.
    grid : Grid
        Where the cells lie.
    nodata : float, optional
        Value that means "none"; NaN for floating-point arrays where not given. A stored value,
        not scaled.
    scale : float
        What one unit of the stored number is worth; written to the file, and applied by
        `read_raster` and by any GIS. Integers with a scale take less space than floats.
    tags : mapping of str
        Metadata of the file: unit, source, run.

    Raises
    ------
    ValueError
        The shape disagrees with the grid.
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    if values.shape != grid.shape:
        raise ValueError(f"values have shape {values.shape}, the grid {grid.shape}")
    band = _storable(values)
    if nodata is None and np.issubdtype(band.dtype, np.floating):
        nodata = float("nan")
    profile = {
        "driver": "GTiff",
        "height": grid.shape[0],
        "width": grid.shape[1],
        "count": 1,
        "dtype": band.dtype,
        "crs": grid.crs,
        "transform": grid.transform,
        "nodata": nodata,
    }
    with (
        raster_written(path),
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder,
    ):
        plain = Path(folder) / "plain.tif"
        finished = Path(folder) / "finished.tif"
        with rasterio.open(plain, "w", **profile) as target:
            target.write(band, 1)
            if scale != 1.0:
                target.scales = (scale,)
            target.update_tags(**(tags or {}))
        copy_as_cog(plain, finished)
        put_in_place(finished, path)


@contextmanager
def raster_written(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a raster is written into an error that names it.

    Parameters
    ----------
    path : Path
        The raster, as the user knows it.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    try:
        yield
    except (LayerReadError, LayerWriteError):
        raise
    except (RasterioError, CPLE_BaseError, OSError) as error:
        raise LayerWriteError(
            f"{path} could not be written: {error}. Free some space or choose a folder that "
            "can be written; the earlier file, if any, is untouched."
        ) from error


def copy_as_cog(
    plain: Path, finished: Path, *, level: int = 9, overviews: str | None = None
) -> None:
    """Copy a GeoTIFF of one band as a cloud-optimised one.

    Parameters
    ----------
    plain, finished : Path
        What is copied, and the copy.
    level : int
        Effort of the compression, 1 to 9.
    overviews : str, optional
        Resampling of the overviews, ``average``, ``nearest`` or ``mode``; GDAL's choice where
        not given.
    """
    with rasterio.open(plain) as source:
        floating = np.issubdtype(np.dtype(source.dtypes[0]), np.floating)
    options = {"overview_resampling": overviews} if overviews else {}
    copy_raster(
        plain,
        finished,
        driver="COG",
        compress="DEFLATE",
        predictor=3 if floating else 2,
        level=level,
        bigtiff="IF_SAFER",
        **options,
    )


def put_in_place(finished: Path, path: Path) -> None:
    """Replace a file by a finished one, which is on the disk before it takes the name."""
    with finished.open("rb") as stream:
        os.fsync(stream.fileno())
    finished.replace(path)


def _storable(values: NDArray[np.generic]) -> NDArray[np.generic]:
    if values.dtype == np.bool_:
        return values.astype(np.uint8)
    if values.dtype == np.float64:
        return values.astype(np.float32)
    return values
