"""Small grids and shapes in files: two or three cores with land between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine

from layers.grid import Grid
from layers.raster import write_cog

if TYPE_CHECKING:
    from pathlib import Path

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
SIDE = 100.0


@dataclass
class FileMaker:
    """Writes rasters and shapes of one grid: x to the right, y down from 0, 100 m cells."""

    folder: Path

    def grid(self, shape, crs=LAEA, side=SIDE, left=0.0):
        return Grid(crs, Affine(side, 0, left, 0, -side, 0), shape)

    def raster(self, name, values, **where):
        values = np.asarray(values)
        path = self.folder / name
        nodata = None if values.dtype.kind == "f" else 0
        write_cog(path, values, self.grid(values.shape, **where), nodata=nodata)
        return path

    def shapes(self, file_name, shapes, crs=LAEA, layer=None, **columns):
        frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=LAEA).to_crs(crs)
        path = self.folder / file_name
        frame.to_file(path, layer=layer) if layer else frame.to_file(path)
        return path

    @staticmethod
    def box(rows, columns):
        """Return the rectangle over rows r0 to r1 and columns c0 to c1, both inclusive."""
        (top, bottom), (left, right) = rows, columns
        return shapely.box(left * SIDE, -(bottom + 1) * SIDE, (right + 1) * SIDE, -top * SIDE)


@pytest.fixture
def files(tmp_path):
    return FileMaker(tmp_path)
