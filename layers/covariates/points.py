"""Values of covariates at points, read by blocks however many points there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.control import NULL_CONTROL, Control
from layers.tiles.plan import Tile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.covariates.stack import CovariateStack

_FEW = 32  # points in a tile, below which smaller squares are read
_SMALL_SIDE = 64


def values_at(
    stack: CovariateStack,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    control: Control = NULL_CONTROL,
) -> NDArray[np.float64]:
    """Return the values of the cells in which points lie; see `CovariateStack.values_at`."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(f"x and y must be of one length, got shapes {x.shape} and {y.shape}")
    result = np.full((x.size, len(stack)), np.nan)
    number, row, column = _cells(stack, x, y)
    if number.size == 0:
        return result
    groups = _groups(stack, row, column)
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    with stack.reader() as reader:
        for start, end in zip(starts, [*starts[1:], order.size], strict=True):
            control.report(start / order.size)
            members = order[start:end]
            rows, columns = row[members], column[members]
            top, left = int(rows.min()), int(columns.min())
            tile = Tile(top, left, int(rows.max()) - top + 1, int(columns.max()) - left + 1)
            values = reader.read(tile, _Within(control, start / order.size))
            result[number[members]] = values[:, rows - top, columns - left].T
    control.report(1.0)
    return result


class _Within:
    """Lets a long read be cancelled without telling progress of its own."""

    def __init__(self, whole: Control, fraction: float) -> None:
        self._whole = whole
        self._fraction = fraction

    def report(self, fraction: float) -> None:  # noqa: ARG002 - the shape of a control
        self._whole.report(self._fraction)


def _cells(
    stack: CovariateStack, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return number, row and column of the points that lie in the grid."""
    west, south, east, north = stack.grid.bounds
    near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    row, column, inside = stack.grid.cells_of(x[near], y[near])
    return near[inside], row[inside], column[inside]


def _groups(
    stack: CovariateStack, row: NDArray[np.int64], column: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the number of the square of cells that each point is read with."""
    height, width = stack.plan.tile
    groups = row // height * (stack.grid.shape[1] // width + 1) + column // width
    if row.size and row.size < _FEW * np.unique(groups).size:
        side = _SMALL_SIDE
        inner = row % height // side * (width // side + 1) + column % width // side
        groups = groups * ((height // side + 1) * (width // side + 1)) + inner
    return groups
