"""Presence-background habitat model: a random forest with balanced samples.

References
----------
.. [1] Valavi, R., Elith, J., Lahoz-Monfort, J. J. and Guillera-Arroita, G. (2021). Modelling
   species presence-only data with random forests. Ecography 44, 1731-1742.
.. [2] Breiman, L. (2001). Random forests. Machine Learning 45, 5-32.
.. [3] Agarwal, A., Tan, Y. S., Ronen, O., Singh, C. and Yu, B. (2022). Hierarchical shrinkage:
   improving the accuracy and interpretability of tree-based models. Proceedings of Machine
   Learning Research 162, 111-135.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils import check_random_state
from typing_extensions import override

from algorithms.connectivity.threads import in_threads
from algorithms.suitability.class_order import ClassOrders
from algorithms.suitability.estimator import PresenceBackgroundEstimator
from algorithms.suitability.tree_growing import GrowthRules, grow_tree, ranked_sample
from algorithms.suitability.trees import Trees, join_trees

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.suitability.estimator import State
    from algorithms.suitability.tree_growing import RankedSample, Tree

_TREES_IN_TASK = 16
_NO_LIMIT = 2**31


class DownSampledForest(PresenceBackgroundEstimator):
    """Down-sampled random forest [1]_.

    Every tree is grown on a bootstrap of the presences and as many background points, so that
    the many background points cannot drown the few presences; the prediction is the mean over
    the trees of the share of presences in the leaf. Weights decide how often a point is drawn
    relative to the others of its kind.

    Parameters
    ----------
    categorical : tuple of int
        Columns that hold class codes. Classes are put in the order of their share of presences
        and split in two along it; a class that was not seen in `fit` counts as one of mean
        share, so that it speaks neither for nor against a place.
    random_state : int, optional
        Seed; the same seed grows the same forest on one thread or many.
    n_trees : int
        Number of trees, >= 1.
    max_features : int or "sqrt"
        Variables tried at each split, 1 to the number of variables; their square root, rounded
        down, by default [2]_.
    minimum_leaf : int
        Fewest drawn points in a leaf, >= 1. Above 1 the trees are smaller and faster, and the
        answer is smoother.
    max_depth : int, optional
        Longest way from the root to a leaf, >= 1; no limit by default.
    smoothing : float
        Points' worth of evidence by which each node is drawn to its parent [3]_, finite and
        >= 0; 0 leaves the shares of the leaves as they are.
    most_draws : int
        Most points of each kind that a tree is grown on, >= 1: where there are more presences,
        each tree sees a part of them.

    Attributes
    ----------
    trees_ : Trees
        The trees, known after `fit`.

    Notes
    -----
    The output ranks places; it is not a probability of presence, as the share of presences in
    the sample is set by design.
    """

    trees_: Trees
    _orders: ClassOrders

    def __init__(  # noqa: PLR0913 - one argument per setting, as scikit-learn wants it
        self,
        categorical: tuple[int, ...] = (),
        random_state: int | None = None,
        *,
        n_trees: int = 500,
        max_features: int | str = "sqrt",
        minimum_leaf: int = 1,
        max_depth: int | None = None,
        smoothing: float = 0.0,
        most_draws: int = 2000,
    ) -> None:
        self.categorical = categorical
        self.random_state = random_state
        self.n_trees = n_trees
        self.max_features = max_features
        self.minimum_leaf = minimum_leaf
        self.max_depth = max_depth
        self.smoothing = smoothing
        self.most_draws = most_draws

    @override
    def _fit(
        self, values: FloatArray, presence: BoolArray, weight: FloatArray, *, control: Control
    ) -> None:
        rules = self._rules(values.shape[1])
        orders = ClassOrders.learnt(self.categorical, values, presence, weight)
        sample = ranked_sample(orders.placed(values), presence)
        seeds = check_random_state(self.random_state).randint(
            0, 2**63, self.n_trees, dtype=np.uint64
        )
        cumulated = _cumulated_weight(presence, weight)
        n_draws = min(int(presence.sum()), self.most_draws)

        def several(start: int) -> Callable[[Control], list[Tree]]:
            def task(part: Control) -> list[Tree]:
                trees = []
                for done, seed in enumerate(seeds[start : start + _TREES_IN_TASK]):
                    part.report(done / _TREES_IN_TASK)
                    trees.append(_grown(sample, cumulated, rules, n_draws, int(seed)))
                return trees

            return task

        starts = range(0, self.n_trees, _TREES_IN_TASK)
        grown = dict(in_threads([several(start) for start in starts], control))
        trees = [tree for index in range(len(starts)) for tree in grown[index]]
        self.trees_ = join_trees(trees, values.shape[1])
        self._orders = orders

    def _rules(self, n_features: int) -> GrowthRules:
        """Check the settings."""
        max_features = isqrt(n_features) if self.max_features == "sqrt" else self.max_features
        if not isinstance(max_features, int) or not 1 <= max_features <= n_features:
            raise ValueError(
                f"max_features is 'sqrt' or 1 to {n_features}, got {self.max_features!r}"
            )
        max_depth = _NO_LIMIT if self.max_depth is None else self.max_depth
        for name, value in (
            ("n_trees", self.n_trees),
            ("minimum_leaf", self.minimum_leaf),
            ("max_depth", max_depth),
            ("most_draws", self.most_draws),
        ):
            if value < 1:
                raise ValueError(f"{name} is at least 1, got {value}")
        if not 0.0 <= self.smoothing < np.inf:
            raise ValueError(f"smoothing is finite and >= 0, got {self.smoothing}")
        return GrowthRules(max_features, self.minimum_leaf, max_depth, float(self.smoothing))

    @override
    def _predict(self, values: FloatArray, control: Control) -> FloatArray:
        total = self.trees_.total(self._orders.placed(values), control=control)
        return np.clip(total / self.trees_.n_trees, 0.0, 1.0)

    @override
    def _state(self) -> State:
        return self.trees_.state() | self._orders.state()

    @override
    def _restore(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        self.trees_ = Trees.from_state(state, self.n_features_in_)
        self._orders = ClassOrders.from_state(state, self.categorical)
        if (self.trees_.value < 0.0).any() or (self.trees_.value > 1.0).any():
            raise ValueError("a share of presences lies outside 0 to 1")
        self.n_trees = self.trees_.n_trees


def _cumulated_weight(
    presence: BoolArray, weight: FloatArray
) -> list[tuple[NDArray[np.int64], FloatArray]]:
    """Return the points of each kind with their cumulated share of the kind's weight."""
    kinds = []
    for kind in (presence, ~presence):
        pool = np.flatnonzero(kind)
        cumulated = np.cumsum(weight[pool])
        kinds.append((pool, cumulated / cumulated[-1]))
    return kinds


def _grown(
    sample: RankedSample,
    cumulated: list[tuple[NDArray[np.int64], FloatArray]],
    rules: GrowthRules,
    n_draws: int,
    seed: int,
) -> Tree:
    """Draw as many points of one kind as of the other, and grow a tree on them."""
    rng = np.random.default_rng(seed)
    count = np.zeros(len(sample.presence), dtype=np.int64)
    for pool, share in cumulated:
        drawn = np.searchsorted(share, rng.random(n_draws), side="right")
        count[pool] = np.bincount(drawn, minlength=len(pool))
    return grow_tree(sample, count, rules, np.uint64(seed))
