"""The ground under files of the user's own: their grid, and the countries of the base map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from layers.pack import DataPack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.grid import Grid


@dataclass(frozen=True, slots=True)
class FileLand:
    """A grid with the countries on it; a `planner.pipeline.land.Land`.

    Parameters
    ----------
    grid : Grid
        Projected, in metres.
    country : (rows, columns) int32
        Number of the country in each cell, 0 where none.
    iso3 : tuple of str
        Code of country ``i + 1``.
    """

    grid: Grid
    country: NDArray[np.int32]
    iso3: tuple[str, ...]

    @classmethod
    def of(cls, grid: Grid, *, countries: bool = True) -> FileLand:
        """Look the countries of a grid up in the base map.

        Parameters
        ----------
        grid : Grid
            In any projected system.
        countries : bool
            Whether to; without, all land is no country's.

        Raises
        ------
        DamagedPackError
            The base map cannot be read.
        """
        if not countries:
            return cls(grid, np.zeros(grid.shape, dtype=np.int32), ())
        codes, iso3 = DataPack.open().country_grid(grid)
        return cls(grid, codes.astype(np.int32), iso3)

    def degrees_at(self, row: float, column: float) -> tuple[float, float]:
        """Return longitude and latitude of a place in cells, from the centre of the first."""
        x = self.grid.transform.c + (column + 0.5) * self.grid.transform.a
        y = self.grid.transform.f + (row + 0.5) * self.grid.transform.e
        to_degrees = Transformer.from_crs(self.grid.crs, "EPSG:4326", always_xy=True)
        lon, lat = to_degrees.transform(x, y)
        return float(lon), float(lat)

    def names(self, cells: NDArray[np.bool_]) -> tuple[str, ...]:
        """Return the countries that some cells lie in, the largest part first."""
        held = np.bincount(self.country[cells], minlength=1)
        order = np.argsort(-held, kind="stable")
        return tuple(self.iso3[code - 1] for code in order.tolist() if code and held[code])
