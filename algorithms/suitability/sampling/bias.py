"""Where people have looked: the density of records as a surface of survey effort.

References
----------
.. [1] Phillips, S. J. et al. (2009). Sample selection bias and presence-only distribution
   models: implications for background and pseudo-absence data. Ecological Applications 19,
   181-197.
.. [2] Diggle, P. (1985). A kernel method for smoothing point process data. Journal of the
   Royal Statistical Society C 34, 138-147.
.. [3] Scott, D. W. (1992). Multivariate Density Estimation: Theory, Practice, and
   Visualization. Wiley.
.. [4] Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman
   and Hall.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import oaconvolve

from algorithms.control import NULL_CONTROL, Control, PartControl
from algorithms.suitability.sampling.cells import CellAxes, check_cells, check_points
from resources.errors import PlannerError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray

_REACH = 8.3
"""Bandwidths after which the kernel, 1e-15 of its top, is taken as 0."""
_BLOCK_CELLS = 2_000_000
_IQR_OF_NORMAL = 1.349


class UnknownEffortError(PlannerError, ValueError):
    """The records do not tell where people have looked."""


def reference_bandwidth(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return the normal-reference bandwidth of a Gaussian kernel along x and along y.

    In two dimensions the rules of Scott [3]_ and of Silverman [4]_ are the same: the spread
    times ``n ** (-1 / 6)``. The spread is the smaller of the standard deviation and the
    interquartile range over 1.349, as Silverman advises for long tails; where the latter is 0,
    the standard deviation. Records in several clusters make the rule smooth too much, never
    too little: give a bandwidth of your own where clusters are known to be apart.

    Parameters
    ----------
    x, y : (n,) float64
        Records in CRS units, finite.

    Returns
    -------
    tuple of float
        Bandwidth along x and y, in CRS units, both > 0. Where all records share one
        coordinate, the bandwidth of the other serves for both.

    Raises
    ------
    ValueError
        A coordinate is not finite.
    UnknownEffortError
        There are not two different places.
    """
    check_points(x, y)
    spread = [_spread(axis) for axis in (x, y)]
    if max(spread, default=0.0) == 0.0:
        raise UnknownEffortError(
            f"The {len(x)} records lie at fewer than two different places, which gives no "
            f"bandwidth. Give one, or use even effort."
        )
    shrink = len(x) ** (-1.0 / 6.0)
    along_x, along_y = (shrink * (value or max(spread)) for value in spread)
    return along_x, along_y


def _spread(values: FloatArray) -> float:
    if len(values) < 2 or values.min() == values.max():
        return 0.0
    deviation = float(values.std(ddof=1))
    low, high = np.quantile(values, [0.25, 0.75])
    middle = float(high - low) / _IQR_OF_NORMAL
    return min(deviation, middle) if middle > 0.0 else deviation


def kernel_density(
    x: FloatArray,
    y: FloatArray,
    centres: tuple[FloatArray, FloatArray],
    *,
    bandwidth: float | tuple[float, float] | None = None,
    area: BoolArray | None = None,
    control: Control = NULL_CONTROL,
) -> FloatArray:
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
    (rows, columns) float64
        0 to 1, largest 1; NaN outside `area`.

    Raises
    ------
    ValueError
        A coordinate is not finite, the grid is not regular, a shape differs, or the bandwidth
        is below a cell.
    UnknownEffortError
        No record lies within `area`, or the default bandwidth has no two places to go by.
    """
    axes = CellAxes.from_centres(centres)
    check_points(x, y)
    inside_area = np.ones(axes.shape, dtype=np.bool_) if area is None else area
    if inside_area.shape != axes.shape or inside_area.dtype != np.bool_:
        raise ValueError(
            f"the area is a bool array of the grid's shape {axes.shape}, got "
            f"{inside_area.dtype} of shape {inside_area.shape}"
        )
    rows, columns, used = axes.cells_of(x, y)
    used[used] = inside_area[rows[used], columns[used]]
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
        inside_area.astype(np.float64),
        bandwidth_in_cells(bandwidth, axes),
        control=control,
    )
    return density / np.nanmax(density)


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
) -> FloatArray:
    """Return the number of records in each cell.

    Parameters
    ----------
    rows, columns : (n,) integer
        Cell of each record, on the grid.
    shape : tuple of int
        Rows and columns of the grid.

    Returns
    -------
    (rows, columns) float64
        Whole numbers >= 0.
    """
    flat = rows.astype(np.int64) * shape[1] + columns
    counted: FloatArray = np.bincount(flat, minlength=shape[0] * shape[1]).astype(np.float64)
    return counted.reshape(shape)


def bandwidth_in_cells(
    bandwidth: float | tuple[float, float], axes: CellAxes
) -> tuple[float, float]:
    """Return a bandwidth along rows and columns, counted in cells.

    Parameters
    ----------
    bandwidth : float or tuple of float
        In CRS units, along both axes or along x and y.
    axes : CellAxes
        The grid.

    Returns
    -------
    tuple of float
        From row to row and from column to column, both >= 1.

    Raises
    ------
    ValueError
        The bandwidth is not finite or below a cell.
    """
    along_x, along_y = bandwidth if isinstance(bandwidth, tuple) else (bandwidth, bandwidth)
    in_cells = along_y / axes.height, along_x / axes.width
    if not all(np.isfinite(value) and value >= 1.0 - 1e-9 for value in in_cells):
        raise ValueError(
            f"the bandwidth is at least a cell ({axes.width:g} by {axes.height:g}), got "
            f"{along_x:g} by {along_y:g}; enlarge it, or use the target group's cells"
        )
    return in_cells


def smoothed_rate(
    count: FloatArray,
    exposure: FloatArray,
    bandwidth_cells: tuple[float, float],
    *,
    control: Control = NULL_CONTROL,
) -> FloatArray:
    """Return the smoothed count per unit of exposure, both under one Gaussian kernel.

    Parameters
    ----------
    count : (rows, columns) float64
        Finite, >= 0; 0 where there is no exposure.
    exposure : (rows, columns) float64
        What the count is relative to, such as area; finite, >= 0.
    bandwidth_cells : tuple of float
        Standard deviation of the kernel from row to row and column to column, in cells.
    control : Control
        Told the share done; may cancel.

    Returns
    -------
    (rows, columns) float64
        >= 0; NaN where there is no exposure.
    """
    within = _smooth(exposure, bandwidth_cells, PartControl(control, 0.0, 0.5))
    within[exposure == 0.0] = np.nan
    rate = _smooth(count, bandwidth_cells, PartControl(control, 0.5, 1.0))
    rate /= within
    return rate


def _smooth(
    values: FloatArray, bandwidth_cells: tuple[float, float], control: Control
) -> FloatArray:
    """Apply the kernel along columns, then rows, with nothing beyond the edges."""
    smooth = values
    for axis in (0, 1):
        smooth = _smooth_axis(
            smooth,
            axis,
            bandwidth_cells[axis],
            PartControl(control, axis / 2, (axis + 1) / 2),
        )
    return smooth


def _smooth_axis(
    values: FloatArray, axis: int, bandwidth: float, control: Control
) -> FloatArray:
    length, lines = values.shape[axis], values.shape[1 - axis]
    reach = min(length - 1, int(np.ceil(_REACH * bandwidth)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / bandwidth) ** 2)
    kernel = np.expand_dims(kernel / kernel.sum(), 1 - axis)
    smooth = np.empty_like(values)
    block = max(1, _BLOCK_CELLS // length)
    for start in range(0, lines, block):
        control.report(start / lines)
        part = slice(start, start + block)
        place = (slice(None), part) if axis == 0 else (part, slice(None))
        # The transform leaves rounding errors of either sign where there is nothing.
        full = oaconvolve(values[place], kernel, mode="full", axes=axis)
        inner = slice(reach, reach + length)
        smooth[place] = np.maximum(full[inner] if axis == 0 else full[:, inner], 0.0)
    control.report(1.0)
    return smooth
