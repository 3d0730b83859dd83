"""Forward and back substitution with a multifrontal factor.

One right side and a block of them have loops of their own: one is read as fast as memory gives
the factor, a block is work for matrix products.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray, IntArray
    from algorithms.connectivity.laplacian.fronts import Fronts

ENTRIES_WORTH_BLAS = 400
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
    line = x.ravel()
    for front in range(first, end):
        begin, stop = fronts.start[front], fronts.start[front + 1]
        rows = fronts.row[fronts.row_start[front] : fronts.row_start[front + 1]]
        square, below = _blocks(fronts, factor, front)
        if x.shape[1] == 1:
            _forward_one(square, below, line, line[begin:stop], rows)
        else:
            own = x[begin:stop]
            _lower(square, own)
            _pass_on(below, own, x, rows)


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
    line = x.ravel()
    for front in range(end - 1, first - 1, -1):
        begin, stop = fronts.start[front], fronts.start[front + 1]
        rows = fronts.row[fronts.row_start[front] : fronts.row_start[front + 1]]
        square, below = _blocks(fronts, factor, front)
        if x.shape[1] == 1:
            _backward_one(square, below, line, line[begin:stop], rows)
        else:
            own = x[begin:stop]
            _take_back(below, own, x, rows)
            _upper(square, own)


@compiled
def _blocks(fronts: Fronts, factor: FloatArray, front: int) -> tuple[FloatArray, FloatArray]:
    """Return the columns of the factor within a front, and below it, each as a row."""
    p = fronts.start[front + 1] - fronts.start[front]
    m = fronts.row_start[front + 1] - fronts.row_start[front]
    at = fronts.offset[front]
    square = factor[at : at + p * p].reshape((p, p))
    return square, factor[at + p * p : at + p * (p + m)].reshape((p, m))


@compiled
def _forward_one(
    square: FloatArray, below: FloatArray, x: FloatArray, own: FloatArray, rows: IntArray
) -> None:
    p, m = below.shape
    for j in range(p):
        value = own[j] / square[j, j]
        own[j] = value
        for i in range(j + 1, p):
            own[i] -= square[j, i] * value
    passed = np.zeros(m)
    j = 0
    while j + 4 <= p:  # four columns at a time: the sums are read and written less often
        a, b, c, d = own[j], own[j + 1], own[j + 2], own[j + 3]
        for i in range(m):
            passed[i] += (
                a * below[j, i]
                + b * below[j + 1, i]
                + c * below[j + 2, i]
                + d * below[j + 3, i]
            )
        j += 4
    while j < p:
        value = own[j]
        for i in range(m):
            passed[i] += value * below[j, i]
        j += 1
    for i in range(m):
        x[rows[i]] -= passed[i]


@compiled
def _backward_one(
    square: FloatArray, below: FloatArray, x: FloatArray, own: FloatArray, rows: IntArray
) -> None:
    p, m = below.shape
    gathered = np.empty(m)
    for i in range(m):
        gathered[i] = x[rows[i]]
    if p * m >= ENTRIES_WORTH_BLAS:
        product = np.dot(below, gathered)
        for j in range(p):
            own[j] -= product[j]
    else:
        for j in range(p):
            own[j] -= _product(below[j], gathered)
    for j in range(p - 1, -1, -1):
        own[j] = (own[j] - _product(square[j, j + 1 :], own[j + 1 :])) / square[j, j]


@compiled
def _product(left: FloatArray, right: FloatArray) -> float:
    """Return a scalar product, in four sums that need not wait for each other."""
    a = b = c = d = 0.0
    i = 0
    while i + 4 <= left.size:
        a += left[i] * right[i]
        b += left[i + 1] * right[i + 1]
        c += left[i + 2] * right[i + 2]
        d += left[i + 3] * right[i + 3]
        i += 4
    while i < left.size:
        a += left[i] * right[i]
        i += 1
    return (a + b) + (c + d)


@compiled
def _subtract(product: FloatArray, target: FloatArray) -> None:
    for i in range(product.shape[0]):  # a loop compiles in a fraction of the time of `-=`
        for j in range(product.shape[1]):
            target[i, j] -= product[i, j]


@compiled
def _lower(square: FloatArray, own: FloatArray) -> None:
    """Solve with the lower triangle of one front for a block of right sides."""
    p, k = own.shape
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
            _subtract(np.dot(rest.T, own[b0:b1]), own[b1:])


@compiled
def _upper(square: FloatArray, own: FloatArray) -> None:
    """Solve with the upper triangle of one front for a block of right sides."""
    p, k = own.shape
    for b0 in range((p - 1) // BLOCK * BLOCK, -1, -BLOCK):
        b1 = min(p, b0 + BLOCK)
        if b1 < p:
            rest = np.ascontiguousarray(square[b0:b1, b1:])
            _subtract(np.dot(rest, own[b1:]), own[b0:b1])
        for j in range(b1 - 1, b0 - 1, -1):
            for i in range(j + 1, b1):
                for c in range(k):
                    own[j, c] -= square[j, i] * own[i, c]
            inverse = 1.0 / square[j, j]
            for c in range(k):
                own[j, c] *= inverse


@compiled
def _pass_on(below: FloatArray, own: FloatArray, x: FloatArray, rows: IntArray) -> None:
    """Subtract what a front's columns take from the rows below it."""
    (p, m), k = below.shape, own.shape[1]
    if p * m * k < ENTRIES_WORTH_BLAS:
        for j in range(p):
            for i in range(m):
                for c in range(k):
                    x[rows[i], c] -= below[j, i] * own[j, c]
        return
    passed = np.dot(below.T, own)
    for i in range(m):
        for c in range(k):
            x[rows[i], c] -= passed[i, c]


@compiled
def _take_back(below: FloatArray, own: FloatArray, x: FloatArray, rows: IntArray) -> None:
    """Subtract what the rows below a front take from its columns."""
    (p, m), k = below.shape, own.shape[1]
    if p * m * k < ENTRIES_WORTH_BLAS:
        for j in range(p):
            for i in range(m):
                for c in range(k):
                    own[j, c] -= below[j, i] * x[rows[i], c]
        return
    gathered = np.empty((m, k))
    for i in range(m):
        for c in range(k):
            gathered[i, c] = x[rows[i], c]
    _subtract(np.dot(below, gathered), own)
