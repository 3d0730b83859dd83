"""The fronts of a factorisation: which rows each block of columns will hold, and their tree.

References
----------
Duff, I. S. and Reid, J. K. (1983). The multifrontal solution of indefinite sparse symmetric
linear equations. ACM Transactions on Mathematical Software 9, 302-325.

Liu, J. W. H. (1992). The multifrontal method for sparse matrix solution: theory and practice.
SIAM Review 34, 82-109.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from algorithms.compiled import compiled
from algorithms.connectivity.laplacian.ordering import dissected

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from algorithms.arrays import FloatArray, IntArray

Int64Array: TypeAlias = NDArray[np.int64]


class Fronts(NamedTuple):
    """The blocks of columns of a factor, each with the rows below it.

    A front has the columns ``start[f]`` to ``start[f + 1]``, all of them rows too, and the
    rows ``row[row_start[f]:row_start[f + 1]]`` below. Rows and columns are places in `order`.

    Attributes
    ----------
    order, place : (n,) int32
        Node at each place, and the place of each node.
    start : (fronts + 1,) int32
        First column of each front, and n.
    row_start : (fronts + 1,) int64
        Where the rows of each front start in `row`.
    row : (rows,) int32
        Rows below each front, rising.
    parent : (fronts,) int32
        Front that takes the update of each, later than it; -1 for roots.
    child, sibling : (fronts,) int32
        First child of each front, and the next child of its parent; -1 for none.
    offset : (fronts + 1,) int64
        Where each front's numbers start in the factor: the square block of its columns, then
        the block of the rows below; each holds one column of the factor after another.
    """

    order: IntArray
    place: IntArray
    start: IntArray
    row_start: Int64Array
    row: IntArray
    parent: IntArray
    child: IntArray
    sibling: IntArray
    offset: Int64Array

    @property
    def entries(self) -> int:
        """Number of numbers the factor holds."""
        return int(self.offset[-1])

    def index_bytes(self) -> int:
        """Memory of the fronts themselves."""
        return sum(array.nbytes for array in self)


def fronts_of(matrix: csr_array, position: IntArray | None = None) -> Fronts:
    """Order a matrix and find the fronts of its factor, without a number computed.

    Parameters
    ----------
    matrix : (n, n) csr_array
        Symmetric in structure, with 32-bit indices.
    position : (n, 2) int32, optional
        Row and column of each node on a grid, -1 for nodes that are no single cell.
    """
    order, start = dissected(matrix, position)
    place = np.empty_like(order)
    place[order] = np.arange(order.size, dtype=np.int32)
    row_start, row, parent, child, sibling = _structure(
        matrix.indptr, matrix.indices, order, place, start
    )
    columns = np.diff(start).astype(np.int64)
    sizes = columns * (columns + np.diff(row_start))
    offset = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
    return Fronts(order, place, start, row_start, row, parent, child, sibling, offset)


def flops_of(fronts: Fronts) -> FloatArray:
    """Return the number of multiplications each front takes."""
    p = np.diff(fronts.start).astype(np.float64)
    m = np.diff(fronts.row_start).astype(np.float64)
    return p**3 / 6 + p**2 * m / 2 + p * m**2 / 2 + m**2


@compiled
def _structure(  # noqa: C901, PLR0912, PLR0915 - one compiled loop over fronts
    indptr: IntArray, indices: IntArray, order: IntArray, place: IntArray, start: IntArray
) -> tuple[Int64Array, IntArray, IntArray, IntArray, IntArray]:
    """Find the rows below each front, and the tree."""
    fronts = start.size - 1
    n = order.size
    parent = np.full(fronts, -1, dtype=np.int32)
    child = np.full(fronts, -1, dtype=np.int32)
    sibling = np.full(fronts, -1, dtype=np.int32)
    row_start = np.zeros(fronts + 1, dtype=np.int64)
    row = np.empty(max(16, 4 * n), dtype=np.int32)
    front_at = np.empty(n, dtype=np.int32)
    for front in range(fronts):
        for column in range(start[front], start[front + 1]):
            front_at[column] = front
    seen = np.full(n, -1, dtype=np.int32)
    found = np.empty(n, dtype=np.int32)
    filled = 0
    for front in range(fronts):
        end = start[front + 1]
        count = 0
        for column in range(start[front], end):
            node = order[column]
            for edge in range(indptr[node], indptr[node + 1]):
                other = place[indices[edge]]
                if other >= end and seen[other] != front:
                    seen[other] = front
                    found[count] = other
                    count += 1
        inner = child[front]
        while inner >= 0:
            for at in range(row_start[inner], row_start[inner + 1]):
                other = row[at]
                if other >= end and seen[other] != front:
                    seen[other] = front
                    found[count] = other
                    count += 1
            inner = sibling[inner]
        if filled + count > row.size:
            wider = np.empty(max(filled + count, row.size + row.size // 2), dtype=np.int32)
            for at in range(filled):  # loops compile in a fraction of the time of slices
                wider[at] = row[at]
            row = wider
        rising = np.sort(found[:count])
        for at in range(count):
            row[filled + at] = rising[at]
        if count > 0:
            above = front_at[row[filled]]
            parent[front] = above
            sibling[front] = child[above]
            child[above] = front
        filled += count
        row_start[front + 1] = filled
    return row_start, row[:filled].copy(), parent, child, sibling
