"""Between the cells of the project's grid and planning units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from affine import Affine

from layers.grid import Grid
from layers.shapes import burn

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELLS_ACROSS = 10
"""A unit is at least so many cells across; the grid's cells are split for that."""
MOST_FINE_CELLS = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class UnitGrid:
    """How much of each cell of a grid lies in which unit.

    Attributes
    ----------
    grid : Grid
        The project's grid.
    n_units : int
        Planning units.
    unit, cell : (k,) int64
        Unit and cell (in rows, from 0) of each piece.
    km2 : (k,) float64
        Area of the piece.
    near : (n,) int64
        A cell in or beside each unit, for units too small to hold the middle of a cell.
    split : int
        Into how many parts the side of a cell was split.
    """

    grid: Grid
    n_units: int
    unit: NDArray[np.int64]
    cell: NDArray[np.int64]
    km2: NDArray[np.float64]
    near: NDArray[np.int64]
    split: int

    @classmethod
    def of(cls, shapes: NDArray[np.object_], grid: Grid) -> UnitGrid:
        """Lay units over a grid; a part of a cell belongs to the unit that holds its middle.

        Parameters
        ----------
        shapes : (n,) object
            Units, in the CRS of the grid.
        grid : Grid
            The project's grid, equal-area.
        """
        across = float(np.median(np.sqrt(shapely.area(shapes))))
        split = max(1, math.ceil(CELLS_ACROSS * grid.cell_size[0] / across))
        rows, columns = grid.shape
        split = max(1, min(split, int(math.sqrt(MOST_FINE_CELLS / (rows * columns)))))
        step = grid.transform.a / split
        fine = Grid(
            grid.crs,
            Affine(step, 0, grid.transform.c, 0, grid.transform.e / split, grid.transform.f),
            (rows * split, columns * split),
        )
        of_fine = burn(list(shapes), fine)
        fine_row, fine_column = np.nonzero(of_fine)
        unit = of_fine[fine_row, fine_column].astype(np.int64) - 1
        cell = (fine_row // split).astype(np.int64) * columns + fine_column // split
        pairs, count = np.unique(unit * (rows * columns) + cell, return_counts=True)
        return cls(
            grid=grid,
            n_units=len(shapes),
            unit=pairs // (rows * columns),
            cell=pairs % (rows * columns),
            km2=(count * fine.cell_area_km2).astype(np.float64),
            near=_near(shapes, grid),
            split=split,
        )

    def sum(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64: value per km² times area, summed over each unit; NaN counts as 0.

        Parameters
        ----------
        values : (rows, columns) float64
            On the grid.
        """
        weighed = np.nan_to_num(values.ravel()[self.cell]) * self.km2
        total = np.bincount(self.unit, weights=weighed, minlength=self.n_units)
        return total.astype(np.float64)

    def mean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64: mean over what is known of each unit; NaN where nothing is.

        Parameters
        ----------
        values : (rows, columns) float64
            On the grid, NaN where unknown.
        """
        known = self.sum(np.isfinite(values).astype(np.float64))
        total = self.sum(values)
        nearest = values.ravel()[self.near]
        return np.where(known > 0, total / np.where(known > 0, known, 1.0), nearest)


def _near(shapes: NDArray[np.object_], grid: Grid) -> NDArray[np.int64]:
    points = shapely.point_on_surface(shapes)
    row, column, _ = grid.cells_of(shapely.get_x(points), shapely.get_y(points))
    rows, columns = grid.shape
    return np.clip(row, 0, rows - 1) * columns + np.clip(column, 0, columns - 1)
