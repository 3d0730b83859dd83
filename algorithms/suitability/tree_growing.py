"""Growth of one classification tree on few points, exact and without the interpreter.

References
----------
.. [1] Breiman, L., Friedman, J. H., Olshen, R. A. and Stone, C. J. (1984). Classification and
   regression trees. Wadsworth.
.. [2] Agarwal, A., Tan, Y. S., Ronen, O., Singh, C. and Yu, B. (2022). Hierarchical shrinkage:
   improving the accuracy and interpretability of tree-based models. Proceedings of Machine
   Learning Research 162, 111-135.
.. [3] Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable pseudorandom number
   generators. ACM SIGPLAN Notices 49(10), 453-472.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray

    Tree = tuple[IntArray, FloatArray, IntArray, IntArray, FloatArray]

_LOWER = 0xFFFFFFFF
_DENSE = 8
"""Values are counted rather than sorted where their ranks span at most this many per point."""


@dataclass(frozen=True, eq=False)
class RankedSample:
    """Points with each variable replaced by its rank among its different values.

    Attributes
    ----------
    rank : (n_features, n) int32
        Rank of each value, from 0.
    level : (n_levels,) float64
        Different values of every variable, rising within each.
    first : (n_features + 1,) int64
        Where the values of each variable start in `level`.
    presence : (n,) bool
        True at presences.
    """

    rank: IntArray
    level: FloatArray
    first: NDArray[np.int64]
    presence: BoolArray


def ranked_sample(values: FloatArray, presence: BoolArray) -> RankedSample:
    """Rank the values of every variable once, for all trees.

    Parameters
    ----------
    values : (n, n_features) float64
        Finite.
    presence : (n,) bool
        True at presences.
    """
    rank = np.empty(values.T.shape, dtype=np.int32)
    levels = []
    for feature, column in enumerate(values.T):
        different, inverse = np.unique(column, return_inverse=True)
        rank[feature] = inverse
        levels.append(different)
    first = np.concatenate([[0], np.cumsum([len(level) for level in levels])])
    return RankedSample(rank, np.concatenate(levels), first.astype(np.int64), presence)


@dataclass(frozen=True)
class GrowthRules:
    """When a tree stops growing.

    Attributes
    ----------
    max_features : int
        Variables tried at a node, 1 to n_features. As long as no split is found, further ones
        are tried; variables that are constant in the node do not count.
    minimum_leaf : int
        Fewest drawn points in a leaf, repeated ones counted as often as drawn; >= 1.
    max_depth : int
        Longest way from the root to a leaf, >= 1.
    smoothing : float
        Points' worth of evidence by which each node is drawn towards its parent [2]_, >= 0.
    """

    max_features: int
    minimum_leaf: int
    max_depth: int
    smoothing: float


def grow_tree(
    sample: RankedSample, count: NDArray[np.int64], rules: GrowthRules, seed: np.uint64
) -> Tree:
    """Grow a tree by the Gini index [1]_.

    Parameters
    ----------
    sample : RankedSample
        The points.
    count : (n,) int64
        How often each point was drawn, >= 0, not 0 everywhere.
    rules : GrowthRules
        When to stop.
    seed : uint64
        Decides the order in which variables are tried.

    Returns
    -------
    feature, threshold, left, right, value
        The tree in the form of `algorithms.suitability.trees.Trees`; the value of a leaf is the
        share of presences, smoothed.
    """
    drawn = np.flatnonzero(count)
    return _grow(
        sample.rank,
        sample.level,
        sample.first,
        drawn,
        count[drawn] * np.where(sample.presence[drawn], (1 << 32) + 1, 1),
        (rules.max_features, rules.minimum_leaf, rules.max_depth, rules.smoothing),
        np.uint64(seed),
    )


@compiled
def next_random(state: NDArray[np.uint64]) -> np.uint64:
    """Return 64 random bits and move on: SplitMix64 [3]_."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    mixed = state[0]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.uint64(mixed ^ (mixed >> np.uint64(31)))


@compiled
def _grow(  # noqa: PLR0913, PLR0917 - compiled loops take arrays, not objects
    rank: IntArray,
    level: FloatArray,
    first: NDArray[np.int64],
    point: NDArray[np.int64],
    weight: NDArray[np.int64],
    rules: tuple[int, int, int, float],
    seed: np.uint64,
) -> Tree:
    """Grow a tree; `weight` holds draws that are presences in its upper 32 bits, all below."""
    _, minimum_leaf, max_depth, smoothing = rules
    n_points = len(point)
    most = 2 * n_points - 1
    feature = np.full(most, -1, dtype=np.int32)
    threshold, value, share, size = np.zeros((4, most))
    child = np.full((2, most), -1, dtype=np.int32)
    waiting = np.empty((n_points + 1, 5), dtype=np.int64)  # start, stop, depth, parent, side
    table = np.empty((n_points, 2), dtype=np.int64)
    counted = np.zeros(_DENSE * n_points, dtype=np.int64)
    order = np.arange(rank.shape[0])
    state = np.array([seed], dtype=np.uint64)
    waiting[0] = (0, n_points, 0, -1, 0)
    n_waiting = 1
    here = -1
    while n_waiting > 0:
        n_waiting -= 1
        start, stop, depth, parent, side = waiting[n_waiting]
        here += 1
        total = weight[start:stop].sum()
        n_presence, n_all = total >> 32, total & _LOWER
        size[here], share[here] = n_all, n_presence / n_all
        value[here] = share[here]
        if parent >= 0:
            child[side, parent] = here
            if smoothing > 0.0:
                step = (share[here] - share[parent]) / (1.0 + smoothing / size[parent])
                value[here] = value[parent] + step
        if n_presence in (0, n_all) or n_all < 2 * minimum_leaf or depth >= max_depth:
            continue
        split, low, high = _find_split(
            rank, point[start:stop], weight[start:stop], rules, order, (state, table, counted)
        )
        if split < 0:
            continue
        middle = start + _part(rank[split], low, point[start:stop], weight[start:stop])
        feature[here] = split
        threshold[here] = _between(level[first[split] + low], level[first[split] + high])
        waiting[n_waiting] = (middle, stop, depth + 1, here, 1)
        waiting[n_waiting + 1] = (start, middle, depth + 1, here, 0)
        n_waiting += 2
    end = here + 1
    return (
        feature[:end].copy(),
        threshold[:end].copy(),
        child[0, :end].copy(),
        child[1, :end].copy(),
        value[:end].copy(),
    )


@compiled
def _between(low: float, high: float) -> float:
    """Return a threshold in the middle that parts the two, the lower one going left."""
    middle = 0.5 * low + 0.5 * high
    return middle if low <= middle < high else low


@compiled
def _part(rank: IntArray, low: int, point: NDArray[np.int64], weight: NDArray[np.int64]) -> int:
    """Bring points of a rank up to `low` to the front; return their number."""
    front, back = 0, len(point)
    while front < back:
        if rank[point[front]] <= low:
            front += 1
        else:
            back -= 1
            point[front], point[back] = point[back], point[front]
            weight[front], weight[back] = weight[back], weight[front]
    return front


@compiled
def _find_split(
    rank: IntArray,
    point: NDArray[np.int64],
    weight: NDArray[np.int64],
    rules: tuple[int, int, int, float],
    order: NDArray[np.int64],
    work: tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]],
) -> tuple[int, int, int]:
    """Return the variable to split on (-1: none) and the ranks on both sides of the split."""
    state, table, counted = work
    best = (-1, 0, 0)
    best_purity = -1.0
    tried = 0
    for position in range(len(order)):
        if tried >= rules[0] and best[0] >= 0:
            break
        left = np.uint64(len(order) - position)
        other = position + np.int64(next_random(state) % left)
        order[position], order[other] = order[other], order[position]
        feature = order[position]
        n_values = _tabulate(rank[feature], point, weight, table, counted)
        if n_values < 2:
            continue
        tried += 1
        purity, cut = _best_cut(table[:n_values], rules[1])
        if purity > best_purity:
            best_purity = purity
            best = (feature, table[cut, 0], table[cut + 1, 0])
    return best


@compiled
def _tabulate(
    rank: IntArray,
    point: NDArray[np.int64],
    weight: NDArray[np.int64],
    table: NDArray[np.int64],
    counted: NDArray[np.int64],
) -> int:
    """List the different ranks in rising order with their weights; return their number."""
    n = len(point)
    low = high = rank[point[0]]
    for index in range(1, n):
        value = rank[point[index]]
        low = min(low, value)
        high = max(high, value)
    if low == high:
        return 1
    n_values = 0
    if high - low < _DENSE * n:
        for index in range(n):
            counted[rank[point[index]] - low] += weight[index]
        for at in range(high - low + 1):
            if counted[at] > 0:
                table[n_values, 0] = low + at
                table[n_values, 1] = counted[at]
                n_values += 1
                counted[at] = 0
        return n_values
    key = counted[:n]
    for index in range(n):
        key[index] = (np.int64(rank[point[index]]) << 32) | index
    key.sort()
    before = -1
    for position in range(n):
        value = key[position] >> 32
        added = weight[key[position] & _LOWER]
        key[position] = 0
        if value != before:
            table[n_values, 0] = value
            table[n_values, 1] = 0
            before = value
            n_values += 1
        table[n_values - 1, 1] += added
    return n_values


@compiled
def _best_cut(table: NDArray[np.int64], minimum_leaf: int) -> tuple[float, int]:
    """Return the greatest purity of two sides (-1: no cut allowed) and the last row left.

    The purity is the sum over both sides of the squared counts of both classes by the size of
    the side; the cut with the greatest one has the least Gini impurity.
    """
    total = table[:, 1].sum()
    best, cut = -1.0, -1
    left = 0
    for row in range(len(table) - 1):
        left += table[row, 1]
        presence, size = float(left >> 32), float(left & _LOWER)
        others, rest = float(total >> 32) - presence, float(total & _LOWER) - size
        if size < minimum_leaf or rest < minimum_leaf:
            continue
        absence, more = size - presence, rest - others
        purity = (presence * presence + absence * absence) / size + (
            others * others + more * more
        ) / rest
        if purity > best:
            best, cut = purity, row
    return best, cut
