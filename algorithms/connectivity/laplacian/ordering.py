"""Nested dissection: an order of elimination in which pieces come before their border.

A set of nodes is cut in two by a separator, both halves are cut again, and the separator is
eliminated after them. On a grid whose edges join neighbouring cells a line of cells is a
separator; elsewhere one level of a breadth-first search is.

References
----------
George, A. (1973). Nested dissection of a regular finite element mesh. SIAM Journal on Numerical
Analysis 10, 345-363.

George, A. and Liu, J. W. H. (1978). An automatic nested dissection algorithm for irregular
finite element problems. SIAM Journal on Numerical Analysis 15, 1053-1069.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from algorithms.arrays import BoolArray, IntArray

LEAF_NODES = 14
"""Pieces of no more nodes are eliminated as one dense block (measured: 9 to 20 are alike)."""

UNCUT_NODES = 256
"""The largest piece that positions may leave uncut before the graph has to cut it."""


class Dissection(NamedTuple):
    """An order of elimination and its blocks.

    Attributes
    ----------
    order : (n,) int32
        Node eliminated at each place.
    start : (blocks + 1,) int32
        Place at which each block of nodes eliminated together starts, and n.
    """

    order: IntArray
    start: IntArray


def dissected(matrix: csr_array, position: IntArray | None = None) -> Dissection:
    """Order the nodes of a symmetric matrix by nested dissection.

    Nodes without a position, and nodes that have edges longer than one cell, come last in one
    block. Where they are many, positions are no guide and the graph alone is dissected.

    Parameters
    ----------
    matrix : (n, n) csr_array
        Symmetric in structure, with 32-bit indices.
    position : (n, 2) int32, optional
        Row and column of each node on a grid, -1 for nodes that are no single cell.
    """
    if position is not None:
        last = _without_place(matrix.indptr, matrix.indices, position)
        count = int(np.count_nonzero(last))
        if count <= 50 + 4 * np.sqrt(last.size):
            order = np.concatenate([np.flatnonzero(~last), np.flatnonzero(last)])
            order = order.astype(np.int32)
            start = _cut_by_lines(position, order, last.size - count, LEAF_NODES)
            if start.size > 0:
                return Dissection(order, _sorted_starts(start, last.size - count, last.size))
    order = np.arange(matrix.shape[0], dtype=np.int32)
    start = _cut_by_levels(matrix.indptr, matrix.indices, order, LEAF_NODES)
    return Dissection(order, _sorted_starts(start, order.size, order.size))


def _sorted_starts(start: IntArray, *ends: int) -> IntArray:
    return np.unique(np.append(start, ends)).astype(np.int32)


@compiled
def _without_place(  # noqa: C901 - one pass over the edges
    indptr: IntArray, indices: IntArray, position: IntArray
) -> BoolArray:
    """Find nodes that no line of the grid would separate: without position, or far-reaching."""
    n = indptr.size - 1
    last = np.zeros(n, dtype=np.bool_)
    far = np.zeros(n, dtype=np.int32)
    for node in range(n):
        last[node] = position[node, 0] < 0 or position[node, 1] < 0
    for node in range(n):
        if last[node]:
            continue
        for edge in range(indptr[node], indptr[node + 1]):
            other = indices[edge]
            down = abs(position[other, 0] - position[node, 0])
            right = abs(position[other, 1] - position[node, 1])
            if not last[other] and max(down, right) > 1:
                far[node] += 1
    for node in range(n):
        if last[node] or far[node] == 0:
            continue
        for edge in range(indptr[node], indptr[node + 1]):
            other = indices[edge]
            down = abs(position[other, 0] - position[node, 0])
            right = abs(position[other, 1] - position[node, 1])
            if not last[other] and max(down, right) > 1:
                if far[node] >= far[other]:
                    last[node] = True
                    break
                last[other] = True
    return last


@compiled
def _best_line(count: IntArray, extent: int, size: int) -> tuple[float, int]:
    """Return the score (low is good) and the place of the line that cuts best, -1 for none."""
    best = np.inf
    place = -1
    before = 0
    for line in range(extent):
        after = size - before - count[line]
        least = min(before, after)
        if least > 0:
            score = (count[line] + 0.5) / least
            if score < best:
                best = score
                place = line
        before += count[line]
    return best, place


@compiled
def _cut_by_lines(  # noqa: C901, PLR0912, PLR0915 - one compiled loop over pieces
    position: IntArray, order: IntArray, placed: int, leaf: int
) -> IntArray:
    """Reorder the first `placed` nodes so that each piece is followed by its separators.

    Returns the starts of the blocks, in no order; empty where positions do not cut the grid.
    """
    start = np.empty(placed + 1, dtype=np.int32)
    blocks = 0
    start[0] = 0
    if placed == 0:
        return start
    span = 1
    for node in order[:placed]:
        span = max(span, position[node, 0] + 1, position[node, 1] + 1)
    counts = np.zeros((2, span), dtype=np.int32)
    later = np.empty(placed, dtype=np.int32)
    pending = [(0, placed)]
    while len(pending) > 0:
        low, high = pending.pop()
        size = high - low
        if size <= leaf:
            start[blocks] = low
            blocks += 1
            continue
        first = position[order[low]].copy()
        final = first.copy()
        for node in order[low:high]:
            for axis in range(2):
                first[axis] = min(first[axis], position[node, axis])
                final[axis] = max(final[axis], position[node, axis])
        for axis in range(2):
            for line in range(final[axis] - first[axis] + 1):
                counts[axis, line] = 0
        for node in order[low:high]:
            counts[0, position[node, 0] - first[0]] += 1
            counts[1, position[node, 1] - first[1]] += 1
        by_row, row = _best_line(counts[0], final[0] - first[0] + 1, size)
        by_column, column = _best_line(counts[1], final[1] - first[1] + 1, size)
        axis = 0 if by_row <= by_column else 1
        place = row if axis == 0 else column
        if place < 0:
            if size > UNCUT_NODES:
                return start[:0]
            start[blocks] = low
            blocks += 1
            continue
        line = place + first[axis]
        before, after = low, 0
        on_line = size
        for node in order[low:high]:
            where = position[node, axis]
            if where < line:
                order[before] = node
                before += 1
            elif where > line:
                later[after] = node
                after += 1
            else:
                on_line -= 1
                later[on_line] = node
        for at in range(after):
            order[before + at] = later[at]
        for at in range(size - on_line):
            order[high - 1 - at] = later[on_line + at]
        if before + after < high:
            start[blocks] = before + after
            blocks += 1
        pending.append((before, before + after))
        pending.append((low, before))
    return start[:blocks]


@compiled
def _levels(
    indptr: IntArray,
    indices: IntArray,
    piece: IntArray,
    level: IntArray,
    queue: IntArray,
    begin: int,
) -> int:
    """Count the steps from `begin` to all nodes of its piece; return how many they are."""
    mine = piece[begin]
    level[begin] = 0
    queue[0] = begin
    filled, read = 1, 0
    while read < filled:
        node = queue[read]
        read += 1
        for edge in range(indptr[node], indptr[node + 1]):
            other = indices[edge]
            if piece[other] == mine and level[other] < 0:
                level[other] = level[node] + 1
                queue[filled] = other
                filled += 1
    return filled


@compiled
def _cut_by_levels(  # noqa: C901, PLR0912, PLR0915 - one compiled loop over pieces
    indptr: IntArray, indices: IntArray, order: IntArray, leaf: int
) -> IntArray:
    """Reorder all nodes so that each piece is followed by its separators.

    The separator is the level, among those that leave a third on either side, with the fewest
    nodes. Returns the starts of the blocks, in no order.
    """
    n = order.size
    start = np.empty(n + 1, dtype=np.int32)
    start[0] = 0
    blocks = 0
    piece = np.zeros(n, dtype=np.int32)
    level = np.full(n, -1, dtype=np.int32)
    queue = np.empty(n, dtype=np.int32)
    pieces = 1
    pending = [(0, n)]
    while len(pending) > 0:
        low, high = pending.pop()
        size = high - low
        if size <= leaf:
            start[blocks] = low
            blocks += size > 0
            continue
        begin = order[low]
        reached = 0
        for _ in range(3):  # twice from the far end: a long way through the piece
            for node in order[low:high]:
                level[node] = -1
            reached = _levels(indptr, indices, piece, level, queue, begin)
            begin = queue[reached - 1]
        if reached < size:  # several components: the one reached, then all others
            place = low + reached
            for node in order[low:high]:
                if level[node] < 0:
                    queue[place - low] = node
                    place += 1
            order[low:high] = queue[:size]
            cut, end = low + reached, high
        else:
            depth = level[queue[size - 1]] + 1
            width = np.zeros(depth, dtype=np.int32)
            for node in order[low:high]:
                width[level[node]] += 1
            _, at = _best_line(width, depth, size)
            if at < 0:
                start[blocks] = low
                blocks += 1
                continue
            order[low:high] = queue[:size]  # nodes in the order of their levels
            before = 0
            for step in range(at):
                before += width[step]
            order[low + before : high - width[at]] = queue[before + width[at] : size]
            order[high - width[at] : high] = queue[before : before + width[at]]
            cut, end = low + before, high - width[at]
            start[blocks] = end
            blocks += 1
        for place in range(low, high):
            if place < cut:
                piece[order[place]] = pieces
            elif place < end:
                piece[order[place]] = pieces + 1
            else:
                piece[order[place]] = -1
        pieces += 2
        pending.append((cut, end))
        pending.append((low, cut))
    return start[:blocks]
