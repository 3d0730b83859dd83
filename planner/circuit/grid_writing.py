"""Grids of a case written as ASCII grids and GeoTIFFs."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import rasterio
from affine import Affine

from layers.raster import put_in_place, raster_written
from planner.circuit.grids import NODATA
from planner.files import BEGUN

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray
    from planner.circuit.grids import GridHeader


def put_ascii(
    stream: BinaryIO,
    values: FloatArray,
    header: GridHeader,
    *,
    nodata: str = "-9999",
    digits: int = 10,
) -> None:
    """Write an ASCII grid, row by row.

    Parameters
    ----------
    stream : binary file
        Where to.
    values : (rows, columns) float64
        Finite; cells without a value hold the code.
    header : GridHeader
        Where the cells lie.
    nodata : str
        Code of cells without a value.
    digits : int
        Significant digits of each number.
    """
    square = header.width == header.height
    sizes = {"cellsize": header.width} if square else {"dx": header.width, "dy": header.height}
    entries: dict[str, object] = {"ncols": header.columns, "nrows": header.rows}
    entries |= {"xllcorner": header.left, "yllcorner": header.bottom, **sizes}
    for key, value in (entries | {"NODATA_value": nodata}).items():
        stream.write(f"{key:<14}{value}\n".encode("ascii"))
    form = f"{{:.{digits}g}}".format
    for row in values:
        stream.write((" ".join(map(form, row.tolist())) + "\n").encode("ascii"))


def write_tiff(
    path: Path, values: NDArray[np.floating], header: GridHeader, *, nodata: float = NODATA
) -> None:
    """Write a GeoTIFF, whole or not at all.

    Parameters
    ----------
    path : Path
        Target; its folder must exist.
    values : (rows, columns) float32 or float64
        Stored in their type; cells without a value hold the code.
    header : GridHeader
        Where the cells lie.
    nodata : float
        Code of cells without a value.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written; an earlier file is untouched.
    """
    partial = path.with_name(f"{BEGUN}{path.name}")
    with raster_written(path):
        try:
            with rasterio.open(
                partial,
                "w",
                driver="GTiff",
                height=header.rows,
                width=header.columns,
                count=1,
                dtype=values.dtype,
                crs=header.crs or None,
                transform=Affine(header.width, 0, header.left, 0, -header.height, header.top),
                nodata=nodata,
                compress="deflate",
                predictor=3,
                tiled=True,
                bigtiff="IF_SAFER",
            ) as target:
                target.write(values, 1)
            put_in_place(partial, path)
        finally:
            partial.unlink(missing_ok=True)
