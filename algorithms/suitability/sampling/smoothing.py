"""Counts on a grid smoothed with a Gaussian kernel, relative to the area within its reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.signal import oaconvolve

from algorithms.control import NULL_CONTROL, Control, PartControl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray

RealT = TypeVar("RealT", np.float32, np.float64)
"""Numbers of a whole grid: in single precision, as a map is written, where it may be large."""

_REACH = 8.3
_BLOCK_CELLS = 500_000


def smoothed_rate(
    count: NDArray[RealT],
    exposure: NDArray[RealT],
    bandwidth_cells: tuple[float, float],
    *,
    control: Control = NULL_CONTROL,
) -> NDArray[RealT]:
    """Turn a count into the smoothed count per exposure, both under one Gaussian kernel.

    Both arrays are used up: `count` becomes the rate, and `exposure` what the kernel holds of
    it, so that a grid of 1e8 cells needs no third array. Sums are of float64 whatever the type
    of the arrays.

    Parameters
    ----------
    count : (rows, columns) float32 or float64
        Finite, >= 0; 0 where there is no exposure. Overwritten.
    exposure : (rows, columns) float32 or float64
        What the count is relative to, such as area; finite, >= 0. Overwritten.
    bandwidth_cells : tuple of float
        Standard deviation of the kernel from row to row and column to column, in cells.
    control : Control
        Told the share done; may cancel.

    Returns
    -------
    (rows, columns) float
        `count` itself, >= 0; NaN where there is no exposure.
    """
    nothing = exposure == 0.0
    smooth(exposure, bandwidth_cells, PartControl(control, 0.0, 0.5))
    exposure[nothing] = np.nan
    smooth(count, bandwidth_cells, PartControl(control, 0.5, 1.0))
    count /= exposure
    return count


def smooth(
    values: NDArray[RealT], bandwidth_cells: tuple[float, float], control: Control
) -> NDArray[RealT]:
    """Smooth values with a Gaussian kernel, with nothing beyond the edges.

    Parameters
    ----------
    values : (rows, columns) float32 or float64
        Finite, >= 0. Overwritten.
    bandwidth_cells : tuple of float
        Standard deviation of the kernel from row to row and column to column, in cells.
    control : Control
        Told the share done; may cancel.

    Returns
    -------
    (rows, columns) float
        `values` itself, >= 0; what the kernel carries beyond the edges is lost.
    """
    for axis in (0, 1):
        _smooth_axis(
            values,
            axis,
            bandwidth_cells[axis],
            PartControl(control, axis / 2, (axis + 1) / 2),
        )
    return values


def _smooth_axis(values: NDArray[RealT], axis: int, bandwidth: float, control: Control) -> None:
    length, lines = values.shape[axis], values.shape[1 - axis]
    kernel = gaussian_kernel(length, bandwidth)
    reach = len(kernel) // 2
    kernel = np.expand_dims(kernel, 1 - axis)
    block = max(1, _BLOCK_CELLS // length)
    for start in range(0, lines, block):
        control.report(start / lines)
        part = slice(start, start + block)
        place = (slice(None), part) if axis == 0 else (part, slice(None))
        # The transform leaves rounding errors of either sign where there is nothing.
        lines_here = values[place].astype(np.float64)
        full = oaconvolve(lines_here, kernel, mode="full", axes=axis)
        inner = slice(reach, reach + length)
        values[place] = np.maximum(full[inner] if axis == 0 else full[:, inner], 0.0)
    control.report(1.0)


def gaussian_kernel(length: int, bandwidth: float) -> FloatArray:
    """Return the kernel along one axis.

    Parameters
    ----------
    length : int
        Cells of the axis, >= 1.
    bandwidth : float
        Standard deviation in cells, > 0.

    Returns
    -------
    (2 k + 1,) float64
        Sums to 1; ``k`` is 8.3 bandwidths, where it is 1e-15 of its top, or the whole axis.
    """
    reach = min(length - 1, int(np.ceil(_REACH * bandwidth)))
    kernel: FloatArray = np.exp(-0.5 * (np.arange(-reach, reach + 1) / bandwidth) ** 2)
    kernel /= kernel.sum()
    return kernel
