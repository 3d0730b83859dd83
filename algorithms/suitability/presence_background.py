"""Presence-background habitat model: a random forest with balanced samples.

References
----------
.. [1] Valavi, R., Elith, J., Lahoz-Monfort, J. J. and Guillera-Arroita, G. (2021). Modelling
   species presence-only data with random forests. Ecography 44, 1731-1742.
.. [2] Breiman, L. (2001). Random forests. Machine Learning 45, 5-32.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from algorithms.control import NULL_CONTROL, Control
from resources.errors import PlannerError

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray

MINIMUM_PRESENCES = 8
_CHUNK_ROWS = 32_768


class InsufficientPresencesError(PlannerError, ValueError):
    """Too few presences to fit a model; an expert index needs none."""


class PresenceBackgroundModel:
    """Down-sampled random forest [1]_.

    Every tree is grown on a bootstrap of the presences and as many background points, so that
    the many background points cannot drown the few presences; the prediction is the mean over
    the trees of the share of presences in the leaf.

    Parameters
    ----------
    n_trees : int
        Number of trees, >= 1.
    minimum_leaf : int
        Fewest sample points in a leaf, >= 1. Above 1 the trees are smaller and faster, and the
        answer is smoother.
    n_jobs : int
        Threads to fit and predict with, >= 1. The numbers do not depend on it.

    Raises
    ------
    ValueError
        An argument is below 1.

    Notes
    -----
    The output ranks places; it is not a probability of presence, as the share of presences in
    the sample is set by design.
    """

    def __init__(self, n_trees: int = 200, *, minimum_leaf: int = 1, n_jobs: int = 1) -> None:
        for name, value in (
            ("n_trees", n_trees),
            ("minimum_leaf", minimum_leaf),
            ("n_jobs", n_jobs),
        ):
            if value < 1:
                raise ValueError(f"{name} is at least 1, got {value}")
        self.n_trees = n_trees
        self.minimum_leaf = minimum_leaf
        self.n_jobs = n_jobs
        self._trees: list[DecisionTreeClassifier] = []
        self._n_variables = 0

    def fit(
        self,
        predictors: FloatArray,
        presence: BoolArray,
        *,
        rng: np.random.Generator,
        weight: FloatArray | None = None,
        control: Control = NULL_CONTROL,
    ) -> Self:
        """Grow the forest.

        Parameters
        ----------
        predictors : (n, n_variables) float64
            Finite values at the points; class codes are taken as numbers.
        presence : (n,) bool
            True at presences, False at background points.
        rng : Generator
            Source of randomness: the same state grows the same forest.
        weight : (n,) float64, optional
            How often a point is drawn relative to the others of its kind, finite and >= 0; for
            presences of uncertain place or passing animals below 1. Equal by default.
        control : Control
            Told the share of the trees grown; may cancel.

        Returns
        -------
        PresenceBackgroundModel
            This model.

        Raises
        ------
        InsufficientPresencesError
            Fewer than `MINIMUM_PRESENCES` presences of weight above 0.
        ValueError
            No background point, shapes disagree, or a value is not finite.
        """
        weight = np.ones(len(presence)) if weight is None else weight
        _check_sample(predictors, presence, weight)
        presences, backgrounds = (
            np.flatnonzero(kind & (weight > 0.0)) for kind in (presence, ~presence)
        )
        _check_counts(len(presences), len(backgrounds))
        pools = [(pool, weight[pool] / weight[pool].sum()) for pool in (presences, backgrounds)]
        values = predictors.astype(np.float32)
        seeds = rng.integers(0, 2**31 - 1, self.n_trees)

        def grow(seed: int) -> DecisionTreeClassifier:
            tree_rng = np.random.default_rng(seed)
            drawn = np.concatenate(
                [tree_rng.choice(pool, len(presences), p=share) for pool, share in pools]
            )
            tree = DecisionTreeClassifier(
                max_features="sqrt", min_samples_leaf=self.minimum_leaf, random_state=int(seed)
            )
            return tree.fit(values[drawn], presence[drawn])

        trees: list[DecisionTreeClassifier] = []
        with ThreadPoolExecutor(self.n_jobs) as threads:
            for start in range(0, self.n_trees, 4 * self.n_jobs):
                control.report(start / self.n_trees)
                trees.extend(threads.map(grow, seeds[start : start + 4 * self.n_jobs]))
        control.report(1.0)
        self._trees = trees
        self._n_variables = predictors.shape[1]
        return self

    def predict(self, predictors: FloatArray, *, control: Control = NULL_CONTROL) -> FloatArray:
        """Return the suitability of places.

        Parameters
        ----------
        predictors : (n, n_variables) float64
            Same variables in the same order as in `fit`; NaN where missing.
        control : Control
            Told the share of the places done, after each piece of 32,768; may cancel.

        Returns
        -------
        (n,) float64
            0 to 1; NaN where any predictor is NaN.

        Raises
        ------
        ValueError
            The model is not fitted, the number of variables differs, or a value is infinite.
        """
        if not self._trees:
            raise ValueError("the model is not fitted; call fit first")
        if predictors.ndim != 2 or predictors.shape[1] != self._n_variables:
            raise ValueError(
                f"the model was fitted with {self._n_variables} variables, "
                f"got an array of shape {predictors.shape}"
            )
        if np.isinf(predictors).any():
            raise ValueError("a predictor holds infinite values; mark missing places with NaN")
        suitability = np.full(len(predictors), np.nan)
        known = np.flatnonzero(~np.isnan(predictors).any(axis=1))
        pieces = [
            known[start : start + _CHUNK_ROWS] for start in range(0, len(known), _CHUNK_ROWS)
        ]

        def predict_piece(piece: np.ndarray[tuple[int], np.dtype[np.intp]]) -> FloatArray:
            values = np.ascontiguousarray(predictors[piece], dtype=np.float32)
            total = np.zeros(len(piece))
            for tree in self._trees:
                total += tree.predict_proba(values, check_input=False)[:, 1]
            return total / len(self._trees)

        with ThreadPoolExecutor(self.n_jobs) as threads:
            for start in range(0, len(pieces), self.n_jobs):
                control.report(start / len(pieces))
                batch = pieces[start : start + self.n_jobs]
                for piece, result in zip(batch, threads.map(predict_piece, batch), strict=True):
                    suitability[piece] = result
        control.report(1.0)
        return suitability


def _check_sample(predictors: FloatArray, presence: BoolArray, weight: FloatArray) -> None:
    if predictors.ndim != 2 or predictors.shape[1] == 0:
        raise ValueError(f"predictors are (points, variables), got shape {predictors.shape}")
    if presence.shape != predictors.shape[:1] or weight.shape != predictors.shape[:1]:
        raise ValueError(
            f"{len(predictors)} points of predictors, {presence.shape} of presence and "
            f"{weight.shape} of weights do not agree"
        )
    if presence.dtype != np.bool_:
        raise ValueError(f"presence is an array of bool, got {presence.dtype}")
    if not np.isfinite(predictors).all():
        raise ValueError("a predictor of the sample is not finite; leave such points out")
    if not np.isfinite(weight).all() or (weight < 0.0).any():
        raise ValueError("sample weights are finite and >= 0")


def _check_counts(n_presences: int, n_background: int) -> None:
    if n_presences < MINIMUM_PRESENCES:
        raise InsufficientPresencesError(
            f"A presence-background model needs at least {MINIMUM_PRESENCES} presences, and "
            f"{n_presences} lie in the area with all variables known. Import more localities, "
            f"widen the area, or use the expert index alone."
        )
    if n_background == 0:
        raise ValueError("there is no background point of weight above 0")
