"""Forward and back substitution with a multifrontal factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray
    from algorithms.connectivity.laplacian.fronts import Fronts

ENTRIES_WORTH_BLAS = 512
BLOCK = 32  # columns of a front substituted by loops before BLAS goes on


@compiled
def forward(fronts: Fronts, factor: FloatArray, x: FloatArray, first: int, end: int) -> None:
    """Solve with the lower triangle for fronts `first` to `end`, in place.

    Parameters
    ----------
    fronts : Fronts
        Of the factor.
    factor : (entries,) float64
        The factor.
    x : (n, k) float64
        Right sides in the order of elimination, row by row.
    first, end : int
        Fronts to work through, in rising order.
    """
    k = x.shape[1]
    for front in range(first, end):
        begin = fronts.start[front]
        p = fronts.start[front + 1] - begin
        rows = fronts.row[fronts.row_start[front] : fronts.row_start[front + 1]]
        m = rows.size
        at = fronts.offset[front]
        square = factor[at : at + p * p].reshape((p, p))
        below = factor[at + p * p : at + p * (p + m)].reshape((p, m))
        own = x[begin : begin + p]
        for b0 in range(0, p, BLOCK):
            b1 = min(p, b0 + BLOCK)
            for j in range(b0, b1):
                inverse = 1.0 / square[j, j]
                for c in range(k):
                    own[j, c] *= inverse
                for i in range(j + 1, b1):
                    for c in range(k):
                        own[i, c] -= square[j, i] * own[j, c]
            if b1 < p:
                rest = np.ascontiguousarray(square[b0:b1, b1:])
                own[b1:] -= np.dot(rest.T, own[b0:b1])
        if m == 0:
            continue
        if p * m * k < ENTRIES_WORTH_BLAS:
            for j in range(p):
                for i in range(m):
                    for c in range(k):
                        x[rows[i], c] -= below[j, i] * own[j, c]
        else:
            passed = np.dot(below.T, own)
            for i in range(m):
                for c in range(k):
                    x[rows[i], c] -= passed[i, c]


@compiled
def backward(fronts: Fronts, factor: FloatArray, x: FloatArray, first: int, end: int) -> None:
    """Solve with the upper triangle for fronts `end` down to `first`, in place.

    Parameters
    ----------
    fronts : Fronts
        Of the factor.
    factor : (entries,) float64
        The factor.
    x : (n, k) float64
        What `forward` left, row by row.
    first, end : int
        Fronts to work through, in falling order.
    """
    k = x.shape[1]
    for front in range(end - 1, first - 1, -1):
        begin = fronts.start[front]
        p = fronts.start[front + 1] - begin
        rows = fronts.row[fronts.row_start[front] : fronts.row_start[front + 1]]
        m = rows.size
        at = fronts.offset[front]
        square = factor[at : at + p * p].reshape((p, p))
        below = factor[at + p * p : at + p * (p + m)].reshape((p, m))
        own = x[begin : begin + p]
        if 0 < p * m * k < ENTRIES_WORTH_BLAS:
            for j in range(p):
                for i in range(m):
                    for c in range(k):
                        own[j, c] -= below[j, i] * x[rows[i], c]
        elif m > 0:
            gathered = np.empty((m, k))
            for i in range(m):
                for c in range(k):
                    gathered[i, c] = x[rows[i], c]
            own -= np.dot(below, gathered)
        for b0 in range((p - 1) // BLOCK * BLOCK, -1, -BLOCK):
            b1 = min(p, b0 + BLOCK)
            if b1 < p:
                rest = np.ascontiguousarray(square[b0:b1, b1:])
                own[b0:b1] -= np.dot(rest, own[b1:])
            for j in range(b1 - 1, b0 - 1, -1):
                for i in range(j + 1, b1):
                    for c in range(k):
                        own[j, c] -= square[j, i] * own[i, c]
                inverse = 1.0 / square[j, j]
                for c in range(k):
                    own[j, c] *= inverse
