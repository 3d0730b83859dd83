"""The true area of the cells of a grid, in whatever coordinate system it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Geod, Proj, Transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.grid import Grid

BLOCKS = 64
"""The scale of a projection is taken in so many blocks along each side of a grid."""


def cell_areas_km2(grid: Grid) -> NDArray[np.float64]:
    """(rows, columns) or (rows, 1) float64: area of each cell in km² on its ellipsoid.

    Parameters
    ----------
    grid : Grid
        In degrees or projected.

    Notes
    -----
    A cell in degrees is measured as the geodesic polygon of its corners. A projected one is
    its area on the map divided by the areal scale of the projection, which is taken at the
    middle of each of `BLOCKS` by `BLOCKS` blocks.
    """
    crs = CRS.from_user_input(grid.crs)
    return _of_degrees(grid, crs) if crs.is_geographic else _of_projection(grid, crs)


def _of_degrees(grid: Grid, crs: CRS) -> NDArray[np.float64]:
    geod = crs.get_geod() or Geod(ellps="WGS84")
    height, width = grid.cell_size
    _, y = grid.cell_centres()
    area = np.empty((len(y), 1))
    for row, middle in enumerate(np.clip(y, -90 + height / 2, 90 - height / 2).tolist()):
        south, north = middle - height / 2, middle + height / 2
        found = geod.polygon_area_perimeter(
            [0.0, width / 2, width, width, width / 2, 0.0],
            [south, south, south, north, north, north],
        )
        area[row, 0] = abs(found[0]) / 1e6
    return area


def _of_projection(grid: Grid, crs: CRS) -> NDArray[np.float64]:
    x, y = grid.cell_centres()
    rows, columns = grid.shape
    block_row = np.arange(rows) * min(BLOCKS, rows) // rows
    block_column = np.arange(columns) * min(BLOCKS, columns) // columns
    middle_y = np.bincount(block_row, y) / np.bincount(block_row)
    middle_x = np.bincount(block_column, x) / np.bincount(block_column)
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    lon, lat = to_degrees.transform(*np.meshgrid(middle_x, middle_y))
    factors = Proj(crs).get_factors(lon, lat, radians=False, errcheck=False)
    scale = np.asarray(factors.areal_scale, dtype=np.float64)
    metres = crs.axis_info[0].unit_conversion_factor
    flat = grid.cell_size[0] * grid.cell_size[1] * metres * metres / 1e6
    area: NDArray[np.float64] = flat / np.where(np.isfinite(scale) & (scale > 0), scale, 1.0)
    return area[np.ix_(block_row, block_column)]
