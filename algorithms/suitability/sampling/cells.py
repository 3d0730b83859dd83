"""The cells of a study's grid, as their centres give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray

_STEP_TOLERANCE = 1e-6
"""Share of a cell by which steps between centres may differ, for rounding in files."""


@dataclass(frozen=True, slots=True)
class CellAxes:
    """A regular grid along x and y.

    Parameters
    ----------
    west, north : float
        Outer edge of the first column and of the first row, in CRS units.
    step_x, step_y : float
        From one column or row to the next; below 0 where the coordinate falls.
    shape : tuple of int
        Rows and columns.
    """

    west: float
    north: float
    step_x: float
    step_y: float
    shape: tuple[int, int]

    @classmethod
    def from_centres(cls, centres: tuple[FloatArray, FloatArray]) -> CellAxes:
        """Read the grid off the centres of its cells.

        Parameters
        ----------
        centres : tuple of (columns,) and (rows,) float64
            x of each column and y of each row, in equal steps. A single column or row is taken
            to be as wide as the cells of the other axis are high, or the other way round.

        Raises
        ------
        ValueError
            There is only one cell, a centre is not finite, or the steps differ.
        """
        x, y = (np.asarray(axis, dtype=np.float64) for axis in centres)
        if x.ndim != 1 or y.ndim != 1 or len(x) == 0 or len(y) == 0 or len(x) + len(y) < 3:
            raise ValueError(
                f"a grid has two cells or more, with x of each column and y of each row; got "
                f"x of shape {x.shape} and y of shape {y.shape}"
            )
        step_x, step_y = _step(x, "columns"), _step(y, "rows")
        step_x = step_x or abs(step_y)
        step_y = step_y or -abs(step_x)
        return cls(
            float(x[0]) - step_x / 2, float(y[0]) - step_y / 2, step_x, step_y, (len(y), len(x))
        )

    @property
    def width(self) -> float:
        """Width of a cell in CRS units."""
        return abs(self.step_x)

    @property
    def height(self) -> float:
        """Height of a cell in CRS units."""
        return abs(self.step_y)

    def cells_of(self, x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray, BoolArray]:
        """Return row, column and whether inside, for points in CRS units.

        Parameters
        ----------
        x, y : (n,) float64
            Finite coordinates.

        Returns
        -------
        rows, columns : (n,) int32
            Cells; -1 where the point is off the grid.
        inside : (n,) bool
            Whether the point is on the grid. One on an edge belongs to the next cell.
        """
        with np.errstate(over="ignore"):
            row = np.floor((y - self.north) / self.step_y)
            column = np.floor((x - self.west) / self.step_x)
        inside = (row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1])
        return _whole(row, inside), _whole(column, inside), inside

    def cells_within(
        self, x: FloatArray, y: FloatArray, area: BoolArray | None
    ) -> tuple[IntArray, IntArray, BoolArray]:
        """Return row, column and whether inside an area, for points in CRS units.

        Parameters
        ----------
        x, y : (n,) float64
            Coordinates.
        area : (rows, columns) bool or None
            The area; None for the whole grid.

        Returns
        -------
        rows, columns : (n,) int32
            Cells; -1 where the point is off the grid.
        inside : (n,) bool
            Whether the point is in a cell of the area.

        Raises
        ------
        ValueError
            A coordinate is not finite, or the area has another shape or type.
        """
        check_points(x, y)
        if area is not None and (area.shape != self.shape or area.dtype != np.bool_):
            raise ValueError(
                f"the area is a bool array of the grid's shape {self.shape}, got {area.dtype} "
                f"of shape {area.shape}"
            )
        rows, columns, inside = self.cells_of(x, y)
        if area is not None:
            inside[inside] = area[rows[inside], columns[inside]]
        return rows, columns, inside


def _whole(index: FloatArray, inside: BoolArray) -> IntArray:
    return np.where(inside, index, -1.0).astype(np.int32)


def _step(centre: FloatArray, what: str) -> float:
    if not np.isfinite(centre).all():
        raise ValueError(f"the centres of the {what} are not all finite")
    if len(centre) == 1:
        return 0.0
    steps = np.diff(centre)
    step = float(centre[-1] - centre[0]) / (len(centre) - 1)
    if step == 0.0 or (np.abs(steps - step) > _STEP_TOLERANCE * abs(step)).any():
        raise ValueError(f"the centres of the {what} do not follow in equal steps")
    return step


def check_points(x: FloatArray, y: FloatArray) -> None:
    """Refuse coordinates that are no list of finite points.

    Parameters
    ----------
    x, y : (n,) float64
        Coordinates.

    Raises
    ------
    ValueError
        Shapes differ or are not one-dimensional, or a coordinate is not finite.
    """
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"points have one x and one y each, got shapes {x.shape}, {y.shape}")
    wrong = np.flatnonzero(~(np.isfinite(x) & np.isfinite(y)))
    if len(wrong):
        raise ValueError(
            f"{len(wrong)} of {len(x)} points have a coordinate that is not finite, first the "
            f"one at index {wrong[0]}; leave such points out"
        )


def check_cells(
    rows: NDArray[np.integer], columns: NDArray[np.integer], shape: tuple[int, int]
) -> None:
    """Refuse cells that are not on a grid.

    Parameters
    ----------
    rows, columns : (n,) integer
        Cells.
    shape : tuple of int
        Rows and columns of the grid.

    Raises
    ------
    ValueError
        Shapes differ or are not one-dimensional, the type is not integer, or a cell lies
        outside the grid.
    """
    if rows.ndim != 1 or rows.shape != columns.shape:
        raise ValueError(
            f"cells have one row and one column each, got shapes {rows.shape}, {columns.shape}"
        )
    if rows.dtype.kind not in "iu" or columns.dtype.kind not in "iu":
        raise ValueError(f"cells are whole numbers, got {rows.dtype} and {columns.dtype}")
    off = (rows < 0) | (rows >= shape[0]) | (columns < 0) | (columns >= shape[1])
    if off.any():
        raise ValueError(f"{off.sum()} of {len(rows)} cells lie off the grid of {shape}")
