"""The raster grid that every layer of one analysis shares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine
from pyproj import CRS, Transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAXIMUM_CELLS = 400_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """A north-up grid of square or rectangular cells.

    Parameters
    ----------
    crs : str
        Anything pyproj understands; kept as given, because it is written to files.
    transform : Affine
        From (column, row) of a cell corner to CRS units; north-up, no rotation.
    shape : tuple of int
        Rows and columns, both > 0.

    Raises
    ------
    ValueError
        The shape is empty or larger than `MAXIMUM_CELLS`, or the transform is not north-up.
    """

    crs: str
    transform: Affine
    shape: tuple[int, int]

    def __post_init__(self) -> None:
        rows, columns = self.shape
        if rows < 1 or columns < 1 or rows * columns > MAXIMUM_CELLS:
            raise ValueError(
                f"a grid of {rows} x {columns} cells cannot be worked on; choose a cell size "
                f"that gives between 1 and {MAXIMUM_CELLS:,} cells"
            )
        if (
            self.transform.b
            or self.transform.d
            or self.transform.a <= 0
            or self.transform.e >= 0
        ):
            raise ValueError(
                "the grid must be north-up, without rotation; warp the raster first"
            )

    @classmethod
    def from_bounds(
        cls, crs: str, bounds: tuple[float, float, float, float], cell_size: float
    ) -> Grid:
        """Make a grid of square cells whose edges lie on multiples of the cell size.

        Parameters
        ----------
        crs : str
            Coordinate system of `bounds`.
        bounds : tuple of float
            West, south, east, north in CRS units; widened to whole cells.
        cell_size : float
            Side of a cell in CRS units, > 0.
        """
        if not (math.isfinite(cell_size) and cell_size > 0):
            raise ValueError(f"cell size must be a positive number, got {cell_size}")
        west, south, east, north = bounds
        left = math.floor(west / cell_size) * cell_size
        top = math.ceil(north / cell_size) * cell_size
        columns = math.ceil((east - left) / cell_size - 1e-9)
        rows = math.ceil((top - south) / cell_size - 1e-9)
        return cls(crs, Affine(cell_size, 0, left, 0, -cell_size, top), (rows, columns))

    @property
    def cell_size(self) -> tuple[float, float]:
        """Height and width of a cell in CRS units (metres where the CRS is projected)."""
        return -self.transform.e, self.transform.a

    @property
    def cell_area_km2(self) -> float:
        """Area of a cell in km²; true to the ground only in an equal-area CRS in metres."""
        height, width = self.cell_size
        return height * width / 1e6

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in CRS units."""
        rows, columns = self.shape
        west, north = self.transform.c, self.transform.f
        return (
            west,
            north + rows * self.transform.e,
            west + columns * self.transform.a,
            north,
        )

    def cell_centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x of each column (columns,) and y of each row (rows,), in CRS units."""
        rows, columns = self.shape
        x: NDArray[np.float64] = (
            self.transform.c + (np.arange(columns, dtype=np.float64) + 0.5) * self.transform.a
        )
        y: NDArray[np.float64] = (
            self.transform.f + (np.arange(rows, dtype=np.float64) + 0.5) * self.transform.e
        )
        return x, y

    def cells_of(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return row, column and whether inside, for points in CRS units; each (n,)."""
        column = np.floor((x - self.transform.c) / self.transform.a).astype(np.int64)
        row = np.floor((y - self.transform.f) / self.transform.e).astype(np.int64)
        rows, columns = self.shape
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        return row, column, inside


def equal_area_crs(bounds: tuple[float, float, float, float]) -> str:
    """Choose an equal-area CRS for a region.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in degrees (EPSG:4326).

    Returns
    -------
    str
        A PROJ string on WGS 84 in metres: Albers with standard parallels at one sixth of the
        height from both ends where the region is at least twice as wide as high, otherwise
        Lambert azimuthal equal-area about its centre.

    References
    ----------
    Snyder, J. P. (1987). Map Projections: A Working Manual. USGS Professional Paper 1395.
    """
    west, south, east, north = bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    wide = (east - west) * math.cos(math.radians(lat)) >= 2 * (north - south)
    if wide:
        sixth = (north - south) / 6
        return (
            f"+proj=aea +lat_1={south + sixth:.4f} +lat_2={north - sixth:.4f} "
            f"+lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m +no_defs"
        )
    return f"+proj=laea +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m +no_defs"


def region_grid(bounds: tuple[float, float, float, float], cell_size_m: float) -> Grid:
    """Make the analysis grid of a region in its equal-area CRS.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in degrees (EPSG:4326).
    cell_size_m : float
        Side of a cell in metres.
    """
    crs = equal_area_crs(bounds)
    transformer = Transformer.from_crs("EPSG:4326", CRS.from_user_input(crs), always_xy=True)
    projected = transformer.transform_bounds(*bounds, densify_pts=51)
    return Grid.from_bounds(crs, projected, cell_size_m)
