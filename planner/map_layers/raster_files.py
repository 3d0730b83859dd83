"""Raster files of other people: looked at before anything of them is drawn or copied."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from layers.errors import LayerReadError
from layers.qgis.worker.file_heads import check_raster

if TYPE_CHECKING:
    from pathlib import Path

    from rasterio.io import DatasetReader

DRIVERS = (
    "GTiff",
    "COG",
    "HFA",
    "AAIGrid",
    "EHdr",
    "ENVI",
    "SRTMHGT",
    "DTED",
    "RST",
    "SAGA",
    "GPKG",
    "PNG",
    "JPEG",
    "JP2OpenJPEG",
    "netCDF",
    "VRT",
)
"""Formats that can be added."""

MOST_CELLS = 40_000_000_000
"""Cells of the largest raster that can be added, over all bands."""
MOST_COPIED = 4_000_000_000
MOST_BANDS = 256
MOST_BLOCK_BYTES = 512 * 1024**2
"""Largest piece that must be read at once; drawing one cell would need it."""


@dataclass(frozen=True, slots=True)
class RasterFacts:
    """What a raster file says of itself.

    Parameters
    ----------
    width, height, bands : int
        Its size in cells.
    dtype : str
        Type of its numbers.
    crs : str
        Coordinate system.
    driver : str
        Format, as GDAL calls it.
    size_bytes : int
        Of the file.
    has_overviews : bool
        Whether the whole is drawn quickly.
    """

    width: int
    height: int
    bands: int
    dtype: str
    crs: str
    driver: str
    size_bytes: int
    has_overviews: bool

    @property
    def cells(self) -> int:
        """Cells over all bands."""
        return self.width * self.height * self.bands


def raster_facts(path: Path) -> RasterFacts:
    """Look at a raster file, and refuse one that would bring the computer down.

    Raises
    ------
    LayerReadError
        It is missing, damaged, without a place, of a format that is not taken, or so made that
        drawing it would need too much memory or time.
    """
    if not path.is_file():
        raise LayerReadError(
            f"{path} is not there. Check the path, and that its disk or network answers."
        )
    try:
        check_raster(path)
    except ValueError as error:
        raise LayerReadError(str(error)) from error
    except OSError as error:
        raise LayerReadError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with (
                rasterio.Env(GDAL_VRT_ENABLE_PYTHON="NO", GDAL_PAM_ENABLED="NO"),
                rasterio.open(path) as source,
            ):
                _check(path, source)
                _check_numbers(path, source)
                return _facts(path, source)
    except (RasterioError, ValueError) as error:
        raise LayerReadError(
            f"{path.name} cannot be read as a raster: {error}. Check that the file is whole, "
            "or save it again in QGIS as GeoTIFF."
        ) from error


def _facts(path: Path, source: DatasetReader) -> RasterFacts:
    return RasterFacts(
        width=source.width,
        height=source.height,
        bands=source.count,
        dtype=str(source.dtypes[0]),
        crs=source.crs.to_string(),
        driver=str(source.driver),
        size_bytes=path.stat().st_size,
        has_overviews=bool(source.overviews(1)),
    )


def _check(path: Path, source: DatasetReader) -> None:
    """Refuse a raster without a place, or one that could not be drawn.

    Raises
    ------
    LayerReadError
        Says what is wrong and what to do.
    """
    if source.driver not in DRIVERS:
        raise LayerReadError(
            f"{path.name} is of the format {source.driver}, which is not taken. Save it in "
            "QGIS as GeoTIFF."
        )
    if source.count == 0:
        raise LayerReadError(
            f"{path.name} holds several rasters and none by itself. Save the one that is meant "
            "in QGIS as GeoTIFF."
        )
    if source.crs is None:
        raise LayerReadError(
            f"{path.name} has no coordinate system, so its place is unknown. Assign one in "
            "QGIS (Assign Projection) and add it again."
        )
    cells = source.width * source.height * source.count
    if cells > MOST_CELLS or source.count > MOST_BANDS:
        raise LayerReadError(
            f"{path.name} says it holds {source.width:,} x {source.height:,} cells in "
            f"{source.count} bands, more than can be drawn ({MOST_CELLS:,} cells, {MOST_BANDS} "
            "bands). Clip it to the region in QGIS first."
        )


def _check_numbers(path: Path, source: DatasetReader) -> None:
    """Refuse numbers that are not drawn, and pieces that do not fit into memory.

    Raises
    ------
    LayerReadError
        Says what is wrong and what to do.
    """
    if not np.issubdtype(np.dtype(source.dtypes[0]), np.number) or "complex" in str(
        source.dtypes[0]
    ):
        raise LayerReadError(
            f"{path.name} holds numbers of the type {source.dtypes[0]}, which are not drawn. "
            "Save it in QGIS as GeoTIFF of plain numbers."
        )
    rows, columns = source.block_shapes[0]
    pixel = source.interleaving is not None and source.interleaving.name == "pixel"
    block = rows * columns * np.dtype(source.dtypes[0]).itemsize
    block *= source.count if pixel else 1
    if block > MOST_BLOCK_BYTES:
        raise LayerReadError(
            f"{path.name} is stored in pieces of {block / 1024**2:,.0f} MB, all of which must "
            "be read to draw one cell. Save it again in QGIS as GeoTIFF with tiles (TILED=YES)."
        )
