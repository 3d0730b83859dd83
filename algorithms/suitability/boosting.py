"""Presence-background habitat model: boosted regression trees.

References
----------
.. [1] Elith, J., Leathwick, J. R. and Hastie, T. (2008). A working guide to boosted regression
   trees. Journal of Animal Ecology 77, 802-813.
.. [2] Valavi, R., Guillera-Arroita, G., Lahoz-Monfort, J. J. and Elith, J. (2022). Predictive
   performance of presence-only species distribution models: a benchmark study with
   reproducible code. Ecological Monographs 92, e01486.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils import check_random_state
from threadpoolctl import threadpool_limits
from typing_extensions import override

from algorithms.suitability.class_order import ClassOrders
from algorithms.suitability.estimator import PresenceBackgroundEstimator
from algorithms.suitability.trees import Trees, join_trees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.suitability.estimator import State
    from algorithms.suitability.tree_growing import Tree

_TREES_IN_STEP = 100
"""Each step begins with the library's own preparation of the data, so there are few."""


class BoostedTrees(PresenceBackgroundEstimator):
    """Boosted regression trees on a balanced sample [1]_, grown by scikit-learn.

    All presences together weigh as much as all of the background [2]_. Many small trees, each
    corrected a little, are summed on the logit scale. The fitted trees are the model;
    scikit-learn plays no part in `predict`.

    Parameters
    ----------
    categorical : tuple of int
        Columns that hold class codes. Classes are put in the order of their share of presences
        and split in two along it; a class that was not seen in `fit` counts as one of mean
        share.
    random_state : int, optional
        Seed of the variables that each split may use.
    n_trees : int
        Number of trees, >= 1.
    learning_rate : float
        How much of its correction each tree makes, above 0, at most 1.
    max_leaves : int
        Most leaves of a tree, >= 2: how many variables may act together, plus one.
    minimum_leaf : int
        Fewest points in a leaf, >= 1; lowered where there are few presences, so that a leaf may
        always hold a tenth of them.
    max_features : float
        Share of the variables that each split may use, above 0, at most 1.
    shrinkage : float
        L2 penalty on the values of leaves, finite and >= 0; a presence and its share of the
        background weigh 1 each.

    Attributes
    ----------
    trees_ : Trees
        The trees, known after `fit`; their sum and `baseline_` make the logit.
    baseline_ : float
        Logit before the first tree.

    Notes
    -----
    The number of trees is set rather than found by holding presences back: with tens of
    presences a held-back tenth decides nothing, and the presences are missed in the model.
    """

    trees_: Trees
    baseline_: float
    _orders: ClassOrders

    def __init__(  # noqa: PLR0913 - one argument per setting, as scikit-learn wants it
        self,
        categorical: tuple[int, ...] = (),
        random_state: int | None = None,
        *,
        n_trees: int = 200,
        learning_rate: float = 0.05,
        max_leaves: int = 6,
        minimum_leaf: int = 10,
        max_features: float = 0.5,
        shrinkage: float = 1.0,
    ) -> None:
        self.categorical = categorical
        self.random_state = random_state
        self.n_trees = n_trees
        self.learning_rate = learning_rate
        self.max_leaves = max_leaves
        self.minimum_leaf = minimum_leaf
        self.max_features = max_features
        self.shrinkage = shrinkage

    @override
    def _fit(
        self, values: FloatArray, presence: BoolArray, weight: FloatArray, *, control: Control
    ) -> None:
        self._check_settings()
        orders = ClassOrders.learnt(self.categorical, values, presence, weight)
        placed = orders.placed(values)
        n_presences = int(presence.sum())
        balanced = weight.copy()
        for kind in (presence, ~presence):
            balanced[kind] *= n_presences / balanced[kind].sum()
        model = HistGradientBoostingClassifier(
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.max_leaves,
            min_samples_leaf=min(self.minimum_leaf, max(1, n_presences // 10)),
            max_features=self.max_features,
            l2_regularization=self.shrinkage,
            categorical_features=None,
            early_stopping=False,
            warm_start=True,
            random_state=check_random_state(self.random_state).randint(2**31 - 1),
        )
        # Tens of thousands of points are too few for threads to wait for each other.
        with threadpool_limits(1, "openmp"):
            for done in range(0, self.n_trees, _TREES_IN_STEP):
                control.report(done / self.n_trees)
                model.set_params(max_iter=min(done + _TREES_IN_STEP, self.n_trees))
                model.fit(placed, presence, sample_weight=balanced)
        self.trees_, self.baseline_ = compiled_boosting(model)
        self._orders = orders

    def _check_settings(self) -> None:
        for name, value, least in (
            ("n_trees", self.n_trees, 1),
            ("max_leaves", self.max_leaves, 2),
            ("minimum_leaf", self.minimum_leaf, 1),
        ):
            if value < least:
                raise ValueError(f"{name} is at least {least}, got {value}")
        for name, share in (
            ("learning_rate", self.learning_rate),
            ("max_features", self.max_features),
        ):
            if not 0.0 < share <= 1.0:
                raise ValueError(f"{name} lies above 0, up to 1, got {share}")
        if not 0.0 <= self.shrinkage < np.inf:
            raise ValueError(f"shrinkage is finite and >= 0, got {self.shrinkage}")

    @override
    def _predict(self, values: FloatArray, control: Control) -> FloatArray:
        total = self.trees_.total(self._orders.placed(values), control=control)
        suitability: FloatArray = expit(self.baseline_ + total)
        return suitability

    @override
    def _state(self) -> State:
        own: State = {"baseline": np.array(self.baseline_)}
        return own | self.trees_.state() | self._orders.state()

    @override
    def _restore(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        self.trees_ = Trees.from_state(state, self.n_features_in_)
        self._orders = ClassOrders.from_state(state, self.categorical)
        self.baseline_ = float(state["baseline"])
        if not np.isfinite(self.baseline_):
            raise ValueError("the baseline is not finite")
        self.n_trees = self.trees_.n_trees


def compiled_boosting(model: HistGradientBoostingClassifier) -> tuple[Trees, float]:
    """Take the trees out of a fitted scikit-learn model of two classes.

    Parameters
    ----------
    model : HistGradientBoostingClassifier
        Fitted without missing values and without categorical features of its own.

    Returns
    -------
    trees : Trees
        Their sum and the baseline make the logit.
    baseline : float
    """
    trees: list[Tree] = []
    for (grown,) in model._predictors:  # noqa: SLF001 - the library shows its trees nowhere else
        nodes = grown.nodes
        leaf = nodes["is_leaf"].astype(np.bool_)
        trees.append(
            (
                np.where(leaf, -1, nodes["feature_idx"]).astype(np.int32),
                np.where(leaf, 0.0, nodes["num_threshold"]),
                np.where(leaf, -1, nodes["left"].astype(np.int64)).astype(np.int32),
                np.where(leaf, -1, nodes["right"].astype(np.int64)).astype(np.int32),
                nodes["value"].astype(np.float64),
            )
        )
    baseline = float(model._baseline_prediction.item())  # noqa: SLF001 - see above
    return join_trees(trees, int(model.n_features_in_)), baseline
