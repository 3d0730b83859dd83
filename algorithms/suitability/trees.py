"""Decision trees as plain arrays, followed exactly and fast.

Forest and boosting both end here: a model is the sum of its trees' leaf values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.threads import in_threads
from algorithms.control import NULL_CONTROL, Control
from algorithms.suitability.tree_kernels import (
    BLOCK,
    FEATURE,
    FIRST,
    LEFT,
    LIMIT,
    MIDDLE,
    NEXT,
    RIGHT,
    SLOT,
    STOP,
    WORD,
    add_trees,
    rank_places,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray, IntArray

_PIECE = 4 * BLOCK
_TASK = 4 * _PIECE
_MOST_NODES = 2**31 - 1
_NAMES = ("feature", "threshold", "left", "right", "value", "start")


@dataclass(frozen=True, eq=False)
class Trees:
    """Binary trees: a place goes left where its value is at most the threshold.

    Parameters
    ----------
    feature : (n_nodes,) int32
        Number of the variable that each node asks for, -1 at a leaf. The nodes of a tree lie
        together, the root first, every child after its parent.
    threshold : (n_nodes,) float64
        Finite; of no meaning at a leaf.
    left, right : (n_nodes,) int32
        Positions of the children in these arrays, -1 at a leaf.
    value : (n_nodes,) float64
        What a leaf adds to the sum, finite; of no meaning elsewhere.
    start : (n_trees,) int64
        Position of each root, rising from 0; at least one tree.
    n_features : int
        Number of variables, >= 1.

    Raises
    ------
    ValueError
        The arrays make no trees: types or shapes are wrong, a child lies before its parent,
        outside its tree or under two parents, a variable does not exist, or a number is not
        finite.
    """

    feature: IntArray
    threshold: FloatArray
    left: IntArray
    right: IntArray
    value: FloatArray
    start: NDArray[np.int64]
    n_features: int
    _threshold: FloatArray = field(init=False, repr=False)
    _first: NDArray[np.int64] = field(init=False, repr=False)
    _node: IntArray = field(init=False, repr=False)
    _tree: NDArray[np.int64] = field(init=False, repr=False)
    _leaf_value: FloatArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._check_arrays()
        self._check_structure()
        thresholds, limit = [], np.zeros(len(self.feature), dtype=np.int32)
        for feature in range(self.n_features):
            asked = self.feature == feature
            different, rank = np.unique(self.threshold[asked], return_inverse=True)
            thresholds.append(different)
            limit[asked] = rank
        first = np.concatenate([[0], np.cumsum([len(each) for each in thresholds])])
        node, tree, leaf_value = _lay_out(
            self.feature, limit, self.left, self.right, self.value, self._bounds()
        )
        for name, array in (
            ("_threshold", np.concatenate(thresholds)),
            ("_first", first.astype(np.int64)),
            ("_node", node),
            ("_tree", tree),
            ("_leaf_value", leaf_value),
        ):
            object.__setattr__(self, name, array)

    @property
    def n_trees(self) -> int:
        """Number of trees."""
        return len(self.start)

    def _bounds(self) -> NDArray[np.int64]:
        return np.concatenate([self.start, [len(self.feature)]]).astype(np.int64)

    def _check_arrays(self) -> None:
        kinds = (np.int32, np.float64, np.int32, np.int32, np.float64, np.int64)
        for name, kind in zip(_NAMES, kinds, strict=True):
            array = getattr(self, name)
            if array.dtype != kind or array.ndim != 1:
                raise ValueError(f"{name} of trees is a list of {np.dtype(kind)}")
            if name != "start" and len(array) != len(self.feature):
                raise ValueError(f"{name} of trees has {len(array)} nodes, not all")
        if not 1 <= len(self.feature) <= _MOST_NODES or self.n_features < 1:
            raise ValueError("trees have a node and a variable at least")
        if not (np.isfinite(self.threshold).all() and np.isfinite(self.value).all()):
            raise ValueError("a threshold or a value of a tree is not finite")
        if len(self.start) == 0 or self.start[0] != 0 or (np.diff(self._bounds()) < 1).any():
            raise ValueError("the roots of trees do not rise from the first node")

    def _check_structure(self) -> None:
        leaf = self.feature < 0
        if (self.feature < -1).any() or (self.feature >= self.n_features).any():
            raise ValueError("a tree asks for a variable that does not exist")
        if (self.left[leaf] != -1).any() or (self.right[leaf] != -1).any():
            raise ValueError("a leaf of a tree has children")
        inner = np.flatnonzero(~leaf)
        bounds = self._bounds()
        end = bounds[1:][np.searchsorted(bounds, inner, side="right") - 1]
        for child in (self.left[inner], self.right[inner]):
            if (child <= inner).any() or (child >= end).any():
                raise ValueError("a child in a tree lies before its parent or outside the tree")
        parents = np.bincount(
            np.concatenate([self.left[inner], self.right[inner], self.start]),
            minlength=len(self.feature),
        )
        if (parents != 1).any():
            raise ValueError("a node of a tree has two parents or none")

    def total(self, X: FloatArray, *, control: Control = NULL_CONTROL) -> FloatArray:  # noqa: N803 - scikit-learn's name
        """Add up the values of the leaves that each place reaches, in the order of the trees.

        Parameters
        ----------
        X : (n, n_features) float64
            Places, finite.
        control : Control
            Told the share of the places done, several times a second; may cancel.

        Returns
        -------
        (n,) float64
            Bit for bit the same on any number of threads.

        Raises
        ------
        ValueError
            The number of variables differs.
        """
        if X.ndim != 2 or X.shape[1] != self.n_features:
            raise ValueError(f"trees of {self.n_features} variables, values of {X.shape}")
        answer = np.empty(len(X))

        def piecewise(start: int, stop: int) -> Callable[[Control], None]:
            def task(part: Control) -> None:
                for begin in range(start, stop, _PIECE):
                    part.report((begin - start) / (stop - start))
                    end = min(begin + _PIECE, stop)
                    answer[begin:end] = self._total_of_piece(X[begin:end])

            return task

        tasks = [
            piecewise(start, min(start + _TASK, len(X))) for start in range(0, len(X), _TASK)
        ]
        for _ in in_threads(tasks, control):
            pass
        return answer

    def _total_of_piece(self, values: FloatArray) -> FloatArray:
        most = int(np.diff(self._first).max())
        kind = np.int16 if most < np.iinfo(np.int16).max else np.int32
        n_blocks = -(-len(values) // BLOCK)
        rank: NDArray[np.signedinteger] = np.empty(
            (n_blocks, self.n_features, BLOCK), dtype=kind
        )
        rank_places(np.ascontiguousarray(values), self._threshold, self._first, rank)
        total = np.zeros((n_blocks, BLOCK))
        add_trees(rank, self._node, self._tree, self._leaf_value, total)
        return total.ravel()[: len(values)]

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Return the trees as arrays by name, for `from_state`."""
        arrays: dict[str, NDArray[np.generic]] = {
            f"tree_{name}": getattr(self, name) for name in _NAMES
        }
        return arrays

    @classmethod
    def from_state(cls, state: Mapping[str, NDArray[np.generic]], n_features: int) -> Trees:
        """Make trees of stored arrays.

        Raises
        ------
        KeyError
            An array is missing.
        ValueError
            The arrays make no trees.
        """
        feature, threshold, left, right, value, start = (
            np.array(state[f"tree_{name}"]) for name in _NAMES
        )
        return cls(feature, threshold, left, right, value, start, n_features)


def join_trees(
    trees: list[tuple[IntArray, FloatArray, IntArray, IntArray, FloatArray]], n_features: int
) -> Trees:
    """Lay single trees one behind the other.

    Parameters
    ----------
    trees : list of (feature, threshold, left, right, value)
        Arrays as in `Trees`, positions counted from the root of each.
    n_features : int
        Number of variables.
    """
    size = np.array([len(tree[0]) for tree in trees], dtype=np.int64)
    start = np.cumsum(size) - size
    shift = np.repeat(start, size)
    feature, threshold, left, right, value = (
        np.concatenate(part) for part in zip(*trees, strict=True)
    )
    left, right = (
        np.where(feature < 0, -1, child + shift).astype(np.int32) for child in (left, right)
    )
    return Trees(feature.astype(np.int32), threshold, left, right, value, start, n_features)


@compiled
def _lay_out(  # noqa: PLR0915 - one walk over the nodes
    feature: IntArray,
    limit: IntArray,
    left: IntArray,
    right: IntArray,
    value: FloatArray,
    bounds: NDArray[np.int64],
) -> tuple[IntArray, NDArray[np.int64], FloatArray]:
    """Bring trees into the order in which `add_trees` reads them."""
    n_trees = len(bounds) - 1
    n_inner = 0
    for index in range(len(feature)):
        n_inner += feature[index] >= 0
    node = np.zeros((n_inner, 8), dtype=np.int32)
    tree = np.empty((n_trees, 3), dtype=np.int64)
    leaf_value = np.zeros(len(feature) - n_inner + n_trees * WORD)
    waiting = np.empty((2 * len(feature) + 2, 3), dtype=np.int64)  # kind, row, node
    row = 0
    slots = 0
    for index in range(n_trees):
        tree[index, 0] = row
        tree[index, 2] = slots
        n_leaves = 0
        waiting[0] = (LEFT, -1, bounds[index])
        n_waiting = 1
        while n_waiting > 0:
            n_waiting -= 1
            kind, parent, here = waiting[n_waiting]
            if kind == STOP:
                node[parent, STOP] = row
                continue
            if kind == RIGHT:
                node[parent, NEXT] = row
                node[parent, MIDDLE] = n_leaves
            if feature[here] < 0:
                slot = slots + (n_leaves & ~(WORD - 1)) + SLOT[n_leaves & (WORD - 1)]
                leaf_value[slot] = value[here]
                n_leaves += 1
                if parent >= 0:
                    node[parent, kind] = -1 - slot
                continue
            if parent >= 0:
                node[parent, kind] = row
            node[row, FEATURE] = feature[here]
            node[row, LIMIT] = limit[here]
            node[row, FIRST] = n_leaves
            waiting[n_waiting] = (STOP, row, 0)
            waiting[n_waiting + 1] = (RIGHT, row, np.int64(right[here]))
            waiting[n_waiting + 2] = (LEFT, row, np.int64(left[here]))
            n_waiting += 3
            row += 1
        tree[index, 1] = row
        slots += -(-n_leaves // WORD) * WORD
    return node, tree, leaf_value
