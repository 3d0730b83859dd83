"""How large the cells of a grid truly are, and how far apart places on it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Geod, Proj, Transformer
from scipy.interpolate import RegularGridInterpolator

from layers.grid import Grid, equal_area_crs
from layers.pack import lonlat_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from affine import Affine
    from numpy.typing import NDArray

_LATTICE = 33
_METRES_PER_DEGREE = 111_320.0
TILE = 1024
"""Side of the pieces, in cells, in which whole grids are gone through."""


class Ground:
    """Areas and distances on a grid in any coordinate system.

    Parameters
    ----------
    grid : Grid
        Geographic or projected.
    """

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._crs = CRS.from_user_input(grid.crs)
        self._factor = None if self._crs.is_geographic else _areal_scale(grid, self._crs)
        self._plane: Transformer | None = None
        self._unit_m = 1.0 if self._crs.is_geographic else _metres_per_unit(self._crs)

    def areas_km2(self, rows: slice, columns: slice) -> NDArray[np.float64]:
        """Return the area of each cell of a window on the ellipsoid, km².

        Parameters
        ----------
        rows, columns : slice
            With start and stop.
        """
        if self._factor is None:
            strip = _cell_areas_by_latitude(self.grid.transform, rows)
            return np.repeat(strip[:, None], columns.stop - columns.start, axis=1)
        height, width = self.grid.cell_size
        flat = height * width * self._unit_m**2 / 1e6
        row = np.arange(rows.start, rows.stop) + 0.5
        column = np.arange(columns.start, columns.stop) + 0.5
        places = np.stack(np.meshgrid(row, column, indexing="ij"), axis=-1)
        scale: NDArray[np.float64] = self._factor(places)
        return flat / scale

    @property
    def cell_m(self) -> float:
        """Side of a square as large as the middle cell, metres."""
        middle = [size // 2 for size in self.grid.shape]
        area = self.areas_km2(slice(middle[0], middle[0] + 1), slice(middle[1], middle[1] + 1))
        return float(np.sqrt(area[0, 0])) * 1000.0

    def metres(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return places of the grid in an equal-area plane around it, metres; each (n,)."""
        if self._plane is None:
            plane = equal_area_crs(lonlat_bounds(self.grid))
            self._plane = Transformer.from_crs(self.grid.crs, plane, always_xy=True)
        plane_x, plane_y = self._plane.transform(x, y)
        return np.asarray(plane_x, dtype=np.float64), np.asarray(plane_y, dtype=np.float64)

    def metres_per_unit(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return metres in one unit of the CRS along x and along y at places; (n, 2)."""
        if self._factor is not None:
            return np.full((len(y), 2), self._unit_m)
        along_y = np.full(len(y), _METRES_PER_DEGREE)
        return np.column_stack([along_y * np.cos(np.radians(np.clip(y, -89.9, 89.9))), along_y])

    def centres(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the centres of cells in the CRS of the grid; each (n,)."""
        transform = self.grid.transform
        x = transform.c + (columns.astype(np.float64) + 0.5) * transform.a
        y = transform.f + (rows.astype(np.float64) + 0.5) * transform.e
        return x, y


def window_grid(grid: Grid, rows: slice, columns: slice) -> Grid:
    """Return the part of a grid in a window, as a grid."""
    transform = grid.transform @ type(grid.transform).translation(columns.start, rows.start)
    return Grid(grid.crs, transform, (rows.stop - rows.start, columns.stop - columns.start))


def windows(grid: Grid, side: int = TILE) -> Iterator[tuple[slice, slice]]:
    """Yield the windows that make up a grid, row by row."""
    rows, columns = grid.shape
    for top in range(0, rows, side):
        for left in range(0, columns, side):
            yield (
                slice(top, min(top + side, rows)),
                slice(left, min(left + side, columns)),
            )


def _cell_areas_by_latitude(transform: Affine, rows: slice) -> NDArray[np.float64]:
    """Return the area of one cell of each row of a grid in degrees, km²."""
    geod = Geod(ellps="WGS84")
    edges = transform.f + np.arange(rows.start, rows.stop + 1) * transform.e
    edges = np.clip(edges, -90.0, 90.0)
    west, east = 0.0, transform.a
    found = []
    for north, south in pairwise(edges.tolist()):
        area, _ = geod.polygon_area_perimeter(
            [west, east, east, west], [south, south, north, north]
        )
        found.append(abs(area) / 1e6)
    return np.asarray(found, dtype=np.float64)


def _areal_scale(grid: Grid, crs: CRS) -> RegularGridInterpolator:
    """Return the area on the map per area on the ground, over rows and columns."""
    rows, columns = grid.shape
    row = np.linspace(0.0, rows, _LATTICE)
    column = np.linspace(0.0, columns, _LATTICE)
    x = grid.transform.c + column * grid.transform.a
    y = grid.transform.f + row * grid.transform.e
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(
        *np.meshgrid(x, y)
    )
    scale = np.asarray(Proj(crs).get_factors(lon, lat).areal_scale)
    known = np.isfinite(scale) & (scale > 0)
    scale = np.where(known, scale, scale[known].mean() if known.any() else 1.0)
    return RegularGridInterpolator((row, column), scale)


def _metres_per_unit(crs: CRS) -> float:
    return float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0
