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

BLOCK = 512
"""Places in a block."""
WORD = 16
"""Leaves in a word of bits."""
MOST_WORDS = 48
"""Words of leaves that are answered at once; a tree left larger is descended."""

# A single bit in a word of 16, times this, has a different number in its four highest bits for
# each position (a De Bruijn sequence).
_SEQUENCE = np.uint16(0x09AF)
_SHIFT = np.uint16(12)
_NONE = np.uint16(0)
SLOT = np.array([((0x09AF << bit) & 0xFFFF) >> 12 for bit in range(WORD)], dtype=np.int64)
"""Where in its word the value of each leaf is kept."""

_AT_ONCE = 4  # as written out in _strike_out
_MOST_STEPS = (MOST_WORDS + 1) * WORD + _AT_ONCE
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
    value = np.empty(BLOCK)
    below = np.empty(BLOCK, dtype=np.uint32)
    for block in range(rank.shape[0]):
        for feature in range(values.shape[1]):
            for place in range(BLOCK):
                value[place] = values[min(block * BLOCK + place, n - 1), feature]
                below[place] = 0
            own = threshold[first[feature] : first[feature + 1]]
            length = len(own)
            while length > 0:  # one step of every place in turn, so that none waits
                half = (length + 1) >> 1
                for place in range(BLOCK):
                    at = np.uint32(below[place] + np.uint32(half - 1))
                    below[place] += np.uint32(half) * np.uint32(own[at] < value[place])
                length -= half
            for place in range(BLOCK):
                rank[block, feature, place] = below[place]


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
    bits = np.empty((2, BLOCK), dtype=np.uint16)  # leaves of a word left over, leaf reached
    step = np.empty((MOST_WORDS + 2, _MOST_STEPS, 3), dtype=np.int32)
    word_state = np.empty((MOST_WORDS + 2, 2), dtype=np.int32)
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
                _list_steps(node, child, extent[block], waiting, step, word_state)
                first, last = _leaves_below(node, child)
                _strike_out(rank[block], step, word_state, first, last, bits)
                offset = np.uint64(leaves_from)
                for place in range(BLOCK):
                    total[block, place] += leaf_value[offset + bits[1, place]]
            else:
                _descend(rank[block], node, child, leaf_value, where, total[block])


@compiled
def _leaves_below(node: IntArray, row: int) -> tuple[int, int]:
    """Return the first and the last leaf below an inner node, counted within its tree."""
    first = node[row, FIRST]
    return first, first + node[row, STOP] - row


@compiled
def _open_words(node: IntArray, top: int, word_state: IntArray) -> int:
    """Mark the leaves below `top` as open, with no steps yet; return the number of words."""
    first, last = _leaves_below(node, top)
    n_words = (last >> 4) - (first >> 4) + 1
    for word in range(n_words):
        word_state[word, 0] = 0
        word_state[word, 1] = 0xFFFF
    word_state[0, 1] = (0xFFFF << (first & 15)) & 0xFFFF
    word_state[n_words - 1, 1] &= 0xFFFF >> (15 - (last & 15))
    return n_words


@compiled
def _list_steps(
    node: IntArray,
    top: int,
    extent: IntArray,
    waiting: IntArray,
    step: IntArray,
    word_state: IntArray,
) -> None:
    """List by word what strikes leaves out below `top`: variable, limit, leaves struck.

    `word_state` takes the number of steps of each word and the leaves in it that are open to
    some place of the block.
    """
    row, stop = top, node[top, STOP]
    base = node[top, FIRST] >> 4
    n_words = _open_words(node, top, word_state)
    n_waiting = 0
    while True:
        if row >= stop:
            if n_waiting == 0:
                break
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
        mixed = extent[feature, 0] <= limit
        for word in range(start >> 4, (end >> 4) + 1):
            begin = max(start - (word << 4), 0)
            length = min(end - (word << 4), 15) - begin
            struck = (0xFFFF >> (15 - length)) << begin
            at = word - base
            if mixed:
                index = word_state[at, 0]
                step[at, index, 0] = feature
                step[at, index, 1] = limit
                step[at, index, 2] = struck
                word_state[at, 0] = index + 1
            else:
                word_state[at, 1] &= ~struck
        row = row + 1 if mixed else node[row, NEXT]
    for word in range(n_words):
        for index in range(word_state[word, 0], word_state[word, 0] + _AT_ONCE):
            step[word, index] = 0  # strikes nothing


@compiled
def _strike_out(
    rank: NDArray[np.signedinteger],
    step: IntArray,
    word_state: IntArray,
    first: int,
    last: int,
    bits: NDArray[np.uint16],
) -> None:
    """Find the leaf of every place among the leaves `first` to `last` of a tree."""
    base = first >> 4
    kind = rank.dtype.type
    for word in range((last >> 4) - base, -1, -1):
        start = np.uint16(word_state[word, 1])
        for place in range(BLOCK):
            bits[0, place] = start
        for index in range(0, word_state[word, 0], _AT_ONCE):
            # Four at once: the words are then read and written a quarter as often.
            f0, l0 = step[word, index, 0], kind(step[word, index, 1])
            f1, l1 = step[word, index + 1, 0], kind(step[word, index + 1, 1])
            f2, l2 = step[word, index + 2, 0], kind(step[word, index + 2, 1])
            f3, l3 = step[word, index + 3, 0], kind(step[word, index + 3, 1])
            m0 = np.uint16(step[word, index, 2])
            m1 = np.uint16(step[word, index + 1, 2])
            m2 = np.uint16(step[word, index + 2, 2])
            m3 = np.uint16(step[word, index + 3, 2])
            for place in range(BLOCK):
                s0 = m0 if rank[f0, place] > l0 else _NONE
                s1 = m1 if rank[f1, place] > l1 else _NONE
                s2 = m2 if rank[f2, place] > l2 else _NONE
                s3 = m3 if rank[f3, place] > l3 else _NONE
                bits[0, place] &= np.uint16(~(s0 | s1 | s2 | s3))
        offset = np.uint16((word + base) << 4)
        for place in range(BLOCK):
            left = bits[0, place]
            alone = np.uint16(left & np.uint16(~left + 1))
            slot = np.uint16(np.uint16(alone * _SEQUENCE) >> _SHIFT)
            before = bits[1, place]
            bits[1, place] = np.uint16(slot | offset) if left != _NONE else before


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
