"""Counts on a grid smoothed with a Gaussian kernel, relative to the area within its reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import oaconvolve

from algorithms.control import NULL_CONTROL, Control, PartControl

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray

_REACH = 8.3
_BLOCK_CELLS = 2_000_000


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
    within = smooth(exposure, bandwidth_cells, PartControl(control, 0.0, 0.5))
    within[exposure == 0.0] = np.nan
    rate = smooth(count, bandwidth_cells, PartControl(control, 0.5, 1.0))
    rate /= within
    return rate


def smooth(
    values: FloatArray, bandwidth_cells: tuple[float, float], control: Control
) -> FloatArray:
    """Return the values smoothed with a Gaussian kernel, with nothing beyond the edges.

    Parameters
    ----------
    values : (rows, columns) float64
        Finite, >= 0.
    bandwidth_cells : tuple of float
        Standard deviation of the kernel from row to row and column to column, in cells.
    control : Control
        Told the share done; may cancel.

    Returns
    -------
    (rows, columns) float64
        >= 0; what the kernel carries beyond the edges is lost.
    """
    smoothed = values
    for axis in (0, 1):
        smoothed = _smooth_axis(
            smoothed,
            axis,
            bandwidth_cells[axis],
            PartControl(control, axis / 2, (axis + 1) / 2),
        )
    return smoothed


def _smooth_axis(
    values: FloatArray, axis: int, bandwidth: float, control: Control
) -> FloatArray:
    length, lines = values.shape[axis], values.shape[1 - axis]
    kernel = gaussian_kernel(length, bandwidth)
    reach = len(kernel) // 2
    kernel = np.expand_dims(kernel, 1 - axis)
    smoothed = np.empty_like(values)
    block = max(1, _BLOCK_CELLS // length)
    for start in range(0, lines, block):
        control.report(start / lines)
        part = slice(start, start + block)
        place = (slice(None), part) if axis == 0 else (part, slice(None))
        # The transform leaves rounding errors of either sign where there is nothing.
        full = oaconvolve(values[place], kernel, mode="full", axes=axis)
        inner = slice(reach, reach + length)
        smoothed[place] = np.maximum(full[inner] if axis == 0 else full[:, inner], 0.0)
    control.report(1.0)
    return smoothed


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
