"""Inner loops that lead many places down many trees at once.

Values are first replaced by their rank among the thresholds of their variable, which keeps
every decision exact and makes all comparisons those of small whole numbers. Places are taken in
blocks of neighbours. Nodes at which a whole block goes the same way are decided once for all of
it, and what they cut off is not looked at: where the land is smooth, little is left. The other
nodes are answered for all places of the block at once, without branches: each node that a place
passes to the right strikes out the leaves to the left of it, and the first leaf left over is
the place's own [1]_. Where more leaves are left than this pays for, the places are led down
step by step, side by side.

References
----------
.. [1] Lucchese, C., Nardini, F. M., Orlando, S., Perego, R., Tonellotto, N. and Venturini, R.
   (2015). QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
   trees. Proceedings of the 38th International ACM SIGIR Conference, 73-82.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray, IntArray

BLOCK = 256
"""Places in a block."""
WORD = 16
"""Leaves in a word of bits."""
MOST_WORDS = 24
"""Words of leaves that are answered at once; a tree left larger is descended."""

# A single bit in a word of 16, times this, has a different number in its four highest bits for
# each position (a De Bruijn sequence).
_SEQUENCE = np.uint16(0x09AF)
_SHIFT = np.uint16(12)
_ONE = np.uint16(1)
_NONE = np.uint16(0)
_ALL = np.uint16(0xFFFF)
SLOT = np.array([((0x09AF << bit) & 0xFFFF) >> 12 for bit in range(WORD)], dtype=np.int64)
"""Where in its word the value of each leaf is kept."""

_MOST_STEPS = 2 * MOST_WORDS * WORD * 8
# Columns of the table of nodes.
FEATURE, LIMIT, LEFT, RIGHT, NEXT, STOP, FIRST, MIDDLE = range(8)


@compiled
def rank_places(
    values: FloatArray,
    threshold: FloatArray,
    first: NDArray[np.int64],
    rank: NDArray[np.signedinteger],
) -> None:
    """Count for each value how many thresholds of its variable lie below it.

    Parameters
    ----------
    values : (n, n_features) float64
        Places, n >= 1.
    threshold : (n_thresholds,) float64
        Different thresholds of every variable, rising within each.
    first : (n_features + 1,) int64
        Where the thresholds of each variable start.
    rank : (n_blocks, n_features, BLOCK) int16 or int32
        Filled with the counts; entries beyond n repeat the last place.
    """
    n = values.shape[0]
    for feature in range(values.shape[1]):
        start = np.uint64(first[feature])
        count = first[feature + 1] - first[feature]
        for block in range(rank.shape[0]):
            for index in range(BLOCK):
                value = values[min(block * BLOCK + index, n - 1), feature]
                low = start
                length = count
                while length > 0:
                    half = (length + 1) >> 1
                    if threshold[low + np.uint64(half - 1)] < value:
                        low += np.uint64(half)
                    length -= half
                rank[block, feature, index] = low - start


@compiled
def add_trees(  # noqa: C901, PLR0912 - calls within the loop cost more than they clear up
    rank: NDArray[np.signedinteger],
    node: IntArray,
    tree: NDArray[np.int64],
    leaf_value: FloatArray,
    total: FloatArray,
) -> None:
    """Add the leaf values of every tree to the totals of the places, tree by tree.

    Parameters
    ----------
    rank : (n_blocks, n_features, BLOCK) int16 or int32
        Ranks of the places among the thresholds.
    node : (n_inner, 8) int32
        Inner nodes of every tree, each before its left subtree and that before its right one:
        variable, rank of the threshold, left and right child (a row of this table, or -1 - the
        place of a leaf in `leaf_value`), the row where the right subtree starts, the row where
        it stops, and, counted from the first leaf of the tree, the first leaf below the node
        and the first on its right side.
    tree : (n_trees, 3) int64
        First row of each tree in `node`, the row where it stops, and where its leaves start.
    leaf_value : (n_slots,) float64
        Values of the leaves of each tree from left to right, in words of `WORD`, in the order
        `SLOT` within the word.
    total : (n_blocks, BLOCK) float64
        Added to.
    """
    n_blocks, n_features, _ = rank.shape
    extent = np.empty((n_blocks, n_features, 2), dtype=np.int32)
    for block in range(n_blocks):
        for feature in range(n_features):
            extent[block, feature, 0] = rank[block, feature].min()
            extent[block, feature, 1] = rank[block, feature].max()
    bits = np.empty((MOST_WORDS + 3, BLOCK), dtype=np.uint16)  # the last row: leaf reached
    step = np.empty((_MOST_STEPS, 4), dtype=np.int32)
    waiting = np.empty((MOST_WORDS * WORD + 2, 2), dtype=np.int32)
    where = np.empty((2, BLOCK), dtype=np.uint32)
    for index in range(len(tree)):
        leaves_from = tree[index, 2]
        for block in range(n_blocks):
            child = tree[index, 0]
            if child == tree[index, 1]:
                child = -1 - leaves_from
            while child >= 0:
                if extent[block, node[child, FEATURE], 1] <= node[child, LIMIT]:
                    child = node[child, LEFT]
                elif extent[block, node[child, FEATURE], 0] > node[child, LIMIT]:
                    child = node[child, RIGHT]
                else:
                    break
            if child < 0:
                for place in range(BLOCK):
                    total[block, place] += leaf_value[-1 - child]
            elif node[child, STOP] - child < MOST_WORDS * WORD:
                n_steps = _list_steps(node, child, extent[block], waiting, step)
                first, last = _leaves_below(node, child)
                _strike_out(rank[block], step, n_steps, first, last, bits)
                offset = np.uint64(leaves_from)
                for place in range(BLOCK):
                    total[block, place] += leaf_value[offset + bits[MOST_WORDS + 2, place]]
            else:
                _descend(rank[block], node, child, leaf_value, where, total[block])


@compiled
def _leaves_below(node: IntArray, row: int) -> tuple[int, int]:
    """Return the first and the last leaf below an inner node, counted within its tree."""
    first = node[row, FIRST]
    return first, first + node[row, STOP] - row


@compiled
def _list_steps(
    node: IntArray,
    top: int,
    extent: IntArray,
    waiting: IntArray,
    step: IntArray,
) -> int:
    """List what strikes leaves out below `top`: word, variable (-1: any), limit, bits kept."""
    row, stop = top, node[top, STOP]
    base = node[top, FIRST] >> 4
    n_waiting = 0
    n_steps = 0
    while True:
        if row >= stop:
            if n_waiting == 0:
                return n_steps
            n_waiting -= 1
            row, stop = waiting[n_waiting, 0], waiting[n_waiting, 1]
            continue
        feature, limit = node[row, FEATURE], node[row, LIMIT]
        if extent[feature, 1] <= limit:
            if node[row, STOP] < stop:
                waiting[n_waiting, 0] = node[row, STOP]
                waiting[n_waiting, 1] = stop
                n_waiting += 1
            stop = node[row, NEXT]
            row += 1
            continue
        start, end = node[row, FIRST], node[row, MIDDLE] - 1
        next_row = row + 1
        if extent[feature, 0] > limit:
            feature = -1
            next_row = node[row, NEXT]
        for word in range(start >> 4, (end >> 4) + 1):
            begin = max(start - (word << 4), 0)
            length = min(end - (word << 4), 15) - begin
            step[n_steps, 0] = word - base
            step[n_steps, 1] = feature
            step[n_steps, 2] = limit
            step[n_steps, 3] = ~((0xFFFF >> (15 - length)) << begin)
            n_steps += 1
        row = next_row


@compiled
def _strike_out(  # noqa: C901 - as above
    rank: NDArray[np.signedinteger],
    step: IntArray,
    n_steps: int,
    first: int,
    last: int,
    bits: NDArray[np.uint16],
) -> None:
    """Find the leaf of every place among the leaves `first` to `last` of a tree."""
    base = first >> 4
    n_words = (last >> 4) - base + 1
    for word in range(n_words):
        mask = 0xFFFF
        if word == 0:
            mask &= 0xFFFF << (first & 15)
        if word == n_words - 1:
            mask &= 0xFFFF >> (15 - (last & 15))
        start = np.uint16(mask)
        for place in range(BLOCK):
            bits[word, place] = start
    for index in range(n_steps):
        word, feature = step[index, 0], step[index, 1]
        mask16 = np.uint16(step[index, 3])
        if feature < 0:
            for place in range(BLOCK):
                bits[word, place] &= mask16
            continue
        limit = rank.dtype.type(step[index, 2])
        for place in range(BLOCK):
            bits[word, place] &= mask16 if rank[feature, place] > limit else _ALL
    leaf = MOST_WORDS + 2
    for back in range(n_words):
        word = n_words - 1 - back
        offset = np.uint16((word + base) << 4)
        for place in range(BLOCK):
            left = bits[word, place]
            alone = np.uint16(left & np.uint16(~left + 1))
            slot = np.uint16(np.uint16(alone * _SEQUENCE) >> _SHIFT)
            before = bits[leaf, place]
            bits[leaf, place] = np.uint16(slot | offset) if left != _NONE else before


@compiled
def _descend(
    rank: NDArray[np.signedinteger],
    node: IntArray,
    top: int,
    leaf_value: FloatArray,
    where: NDArray[np.uint32],
    total: FloatArray,
) -> None:
    """Lead the places of a block down from `top`, one step of each in turn."""
    for place in range(BLOCK):
        where[0, place] = place
        where[1, place] = top
    n_active = BLOCK
    while n_active > 0:
        still = 0
        for index in range(n_active):
            place, here = where[0, index], where[1, index]
            feature = np.uint32(node[here, FEATURE])
            right = np.uint32(rank[feature, place] > node[here, LIMIT])
            child = node[here, np.uint32(right + np.uint32(LEFT))]
            if child < 0:
                total[place] += leaf_value[np.uint32(-1 - child)]
            else:
                where[0, still] = place
                where[1, still] = child
                still += 1
        n_active = still
