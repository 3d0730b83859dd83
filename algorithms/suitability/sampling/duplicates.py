"""One record per cell, so that a place much visited does not count as many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray


def first_per_cell(
    rows: NDArray[np.integer],
    columns: NDArray[np.integer],
    *,
    priority: FloatArray | None = None,
) -> tuple[BoolArray, int]:
    """Keep one record in each cell.

    Parameters
    ----------
    rows, columns : (n,) integer
        Cell of each record, >= 0.
    priority : (n,) float64, optional
        The record with the highest is kept, such as the latest or the most precise; not NaN.
        Of equal ones, and by default, the first in order.

    Returns
    -------
    kept : (n,) bool
        True for exactly one record of each cell that has any.
    dropped : int
        How many records are left out.

    Raises
    ------
    ValueError
        Shapes differ, a cell is below 0 or no whole number, or a priority is NaN.
    """
    if rows.ndim != 1 or rows.shape != columns.shape:
        raise ValueError(
            f"cells have one row and one column each, got shapes {rows.shape}, {columns.shape}"
        )
    if rows.dtype.kind not in "iu" or columns.dtype.kind not in "iu":
        raise ValueError(f"cells are whole numbers, got {rows.dtype} and {columns.dtype}")
    kept = np.zeros(len(rows), dtype=np.bool_)
    if len(rows) == 0:
        return kept, 0
    if rows.min() < 0 or columns.min() < 0:
        raise ValueError("a record lies off the grid (a cell below 0); leave such records out")
    order = np.arange(len(rows))
    if priority is not None:
        if priority.shape != rows.shape or np.isnan(priority).any():
            raise ValueError("there is one priority per record, and none is NaN")
        order = np.argsort(-priority, kind="stable")
    cell = rows.astype(np.int64) * (int(columns.max()) + 1) + columns
    _, first = np.unique(cell[order], return_index=True)
    kept[order[first]] = True
    return kept, int(len(rows) - len(first))
