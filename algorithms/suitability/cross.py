"""Weighted cross products, summed in one fixed order whatever the number of cores.

A linear-algebra library may sum in another order with another number of threads, and its
threads stand in each other's way where several models are fitted at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray

_BLOCK_ROWS = 128


@compiled
def weighted_cross(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the weighted sums of products of columns.

    Parameters
    ----------
    values : (n, k) float64
        Columns.
    weight : (n,) float64
        Weight of each row, of any sign.

    Returns
    -------
    (k, k) float64
        Sum over the rows of weight times column i times column j; symmetric.
    """
    n_rows, count = values.shape
    cross = np.zeros((count, count))
    block = np.empty((_BLOCK_ROWS, count))
    for first in range(0, n_rows, _BLOCK_ROWS):
        length = min(_BLOCK_ROWS, n_rows - first)
        for column in range(count):
            for row in range(length):
                block[row, column] = values[first + row, column]
        for row in range(length):
            for i in range(count):
                factor = weight[first + row] * block[row, i]
                for j in range(i + 1):
                    cross[i, j] += factor * block[row, j]
    for i in range(count):
        for j in range(i):
            cross[j, i] = cross[i, j]
    return cross
