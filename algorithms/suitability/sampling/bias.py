"""Where people have looked: the density of records as a surface of survey effort.

References
----------
.. [1] Phillips, S. J. et al. (2009). Sample selection bias and presence-only distribution
   models: implications for background and pseudo-absence data. Ecological Applications 19,
   181-197.
.. [2] Diggle, P. (1985). A kernel method for smoothing point process data. Journal of the
   Royal Statistical Society C 34, 138-147.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, Control
from algorithms.suitability.sampling.bandwidth import (
    UnknownEffortError,
    bandwidth_in_cells,
    reference_bandwidth,
)
from algorithms.suitability.sampling.cells import CellAxes, check_cells
from algorithms.suitability.sampling.smoothing import smoothed_rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray


def kernel_density(
    x: FloatArray,
    y: FloatArray,
    centres: tuple[FloatArray, FloatArray],
    *,
    bandwidth: float | tuple[float, float] | None = None,
    area: BoolArray | None = None,
    control: Control = NULL_CONTROL,
) -> NDArray[np.float32]:
    """Return a bias file [1]_: the Gaussian kernel density of records, relative to its top.

    Records are counted by cell, which moves each by half a cell at most, and the counts are
    smoothed with a Gaussian kernel cut at 8.3 bandwidths. The result is divided by the share
    of the kernel that lies within `area` [2]_: even records give an even surface up to the
    edge, where a plain kernel density falls to a half.

    Parameters
    ----------
    x, y : (n,) float64
        Records in CRS units (metres in a projected CRS), finite. Those off the grid or outside
        `area` play no part.
    centres : tuple of (columns,) and (rows,) float64
        x of each column and y of each row, in equal steps; cells need not be square.
    bandwidth : float or tuple of float, optional
        Standard deviation of the kernel in CRS units, along both axes or along x and y; at
        least a cell. By default `reference_bandwidth` of the records used, raised to a cell.
    area : (rows, columns) bool, optional
        Where records can be made, such as land; everywhere by default.
    control : Control
        Told the share done; may cancel.

    Returns
    -------
    (rows, columns) float32
        0 to 1, largest 1; NaN outside `area`. Two arrays of this type are all that is held of
        the grid at a time: 0.8 GB for 1e8 cells.

    Raises
    ------
    ValueError
        A coordinate is not finite, the grid is not regular, a shape differs, or the bandwidth
        is below a cell.
    UnknownEffortError
        No record lies within `area`, or the default bandwidth has no two places to go by.
    """
    axes = CellAxes.from_centres(centres)
    rows, columns, used = axes.cells_within(x, y, area)
    control.report(0.0)
    if not used.any():
        raise UnknownEffortError(
            f"None of the {len(x)} records lies within the area, so there is no map of effort. "
            f"Check the CRS of the records, or draw the background uniformly."
        )
    if bandwidth is None:
        bandwidth = reference_bandwidth(x[used], y[used])
        bandwidth = max(bandwidth[0], axes.width), max(bandwidth[1], axes.height)
    density = smoothed_rate(
        count_per_cell(rows[used], columns[used], axes.shape),
        np.ones(axes.shape, np.float32) if area is None else area.astype(np.float32),
        bandwidth_in_cells(bandwidth, axes),
        control=control,
    )
    density /= np.float32(np.nanmax(density))
    return density


def target_group_cells(
    rows: NDArray[np.integer], columns: NDArray[np.integer], shape: tuple[int, int]
) -> BoolArray:
    """Return the cells with any record of the target group.

    Species that are recorded by the same people with the same means tell where the species in
    question would have been recorded [1]_; such cells are its background.

    Parameters
    ----------
    rows, columns : (n,) integer
        Cell of each record of any species of the group.
    shape : tuple of int
        Rows and columns of the grid.

    Returns
    -------
    (rows, columns) bool
        True where there is a record.

    Raises
    ------
    ValueError
        Shapes differ, or a cell lies off the grid.
    """
    check_cells(rows, columns, shape)
    visited = np.zeros(shape, dtype=np.bool_)
    visited[rows, columns] = True
    return visited


def count_per_cell(
    rows: NDArray[np.integer], columns: NDArray[np.integer], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """Return the number of records in each cell.

    Parameters
    ----------
    rows, columns : (n,) integer
        Cell of each record, on the grid.
    shape : tuple of int
        Rows and columns of the grid.

    Returns
    -------
    (rows, columns) float32
        Whole numbers >= 0, exact up to 16 million.
    """
    cells, times = np.unique(rows.astype(np.int64) * shape[1] + columns, return_counts=True)
    counted = np.zeros(shape, dtype=np.float32)
    counted.ravel()[cells] = times
    return counted
