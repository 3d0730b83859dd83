"""The default model: several kinds of models, joined by the ranks they give to places.

References
----------
.. [1] Valavi, R., Guillera-Arroita, G., Lahoz-Monfort, J. J. and Elith, J. (2022). Predictive
   performance of presence-only species distribution models: a benchmark study with
   reproducible code. Ecological Monographs 92, e01486.
.. [2] Ratcliff, R. (1979). Group reaction time distributions and an analysis of distribution
   statistics. Psychological Bulletin 86, 446-461 (averaging of quantiles).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from typing_extensions import override

from algorithms.control import NULL_CONTROL, Control, PartControl
from algorithms.suitability.estimator import PresenceBackgroundEstimator
from algorithms.suitability.forest import DownSampledForest
from algorithms.suitability.maxent import Maxent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.suitability.estimator import State

_SMOOTHING = 10.0
_FIT_SHARE = 0.9

_SCALE_POINTS = 2001
"""Quantiles kept of each member's ratings; ranks between two are interpolated."""

_HINGES_FROM = 40
"""Presences from which on the two Maxents of hinges alone join in."""

_FEW: dict[str, float] = {"maxent": 0.5, "forest": 0.5}
_MANY: dict[str, float] = {"maxent": 0.2, "hinges": 0.2, "smooth hinges": 0.2, "forest": 0.4}
"""Weights of the members, by the number of presences."""


class _Scale(NamedTuple):
    """Where the ratings of one member lie among its ratings of the sample.

    `rating` (k,) float64 rises strictly; `rank` (k,) float64 is the share of the sample below,
    ties counting half.
    """

    rating: FloatArray
    rank: FloatArray

    def ranks(self, ratings: FloatArray) -> FloatArray:
        """Return the ranks, 0 to 1, of ratings."""
        found: FloatArray = np.interp(ratings, self.rating, self.rank)
        return found

    def ratings(self, ranks: FloatArray) -> FloatArray:
        """Return the ratings that have these ranks."""
        found: FloatArray = np.interp(ranks, self.rank, self.rating)
        return found


class SuitabilityEnsemble(PresenceBackgroundEstimator):
    """Maxents and a down-sampled forest, of which each sees what the others cannot.

    Every member rates a place; its rating becomes a rank among its ratings of the sample, and
    the weighted mean of the ranks orders the places. So no member counts for more because its
    numbers spread more. The mean rank is then read back as the weighted mean of the members'
    ratings at that rank [2]_, so that the result means what theirs mean.

    The members are Maxent as it is by default and a forest with shrunken leaves; from 40
    presences on two Maxents of hinges alone join in, one with twice the penalties. Members and
    weights were chosen by spatial cross-validation inside the training data of a published
    benchmark [1]_; docs/methods/suitability.md tells how.

    Parameters
    ----------
    categorical : tuple of int
        Columns of class codes; a class unseen in `fit` has no effect.
    random_state : int, optional
        Seed of the forest; the same seed gives the same numbers on one thread or many.
    n_trees : int
        Trees of the forest, >= 1.
    design_presences : float, optional
        Number of presences by which members and their features are chosen, > 0; those of the
        sample by default. With that of the whole sample, the models of a cross-validation are
        of one kind.

    Attributes
    ----------
    members_ : dict of str to PresenceBackgroundEstimator
        Fitted models by name, in order.
    weights_ : dict of str to float
        Weight of each in the mean rank; they add up to 1.
    """

    members_: dict[str, PresenceBackgroundEstimator]
    weights_: dict[str, float]
    _scales: dict[str, _Scale]

    def __init__(
        self,
        categorical: tuple[int, ...] = (),
        random_state: int | None = None,
        *,
        n_trees: int = 500,
        design_presences: float | None = None,
    ) -> None:
        self.categorical = categorical
        self.random_state = random_state
        self.n_trees = n_trees
        self.design_presences = design_presences

    def member_predictions(
        self,
        X: ArrayLike,  # noqa: N803 - scikit-learn's name
        *,
        control: Control = NULL_CONTROL,
    ) -> dict[str, FloatArray]:
        """Return what each member says by itself.

        Parameters
        ----------
        X : (n, p) float64
            As for `predict`.
        control : Control
            Told the share of the work done; may cancel.

        Returns
        -------
        dict of str to (n,) float64
            0 to 1, by the name of the member.
        """
        return self._ratings(self._checked(X), control)

    def joined(self, ratings: Mapping[str, FloatArray]) -> FloatArray:
        """Return the suitability that follows from the members' ratings.

        Parameters
        ----------
        ratings : mapping of str to (n,) float64
            What `member_predictions` returned.

        Returns
        -------
        (n,) float64
            What `predict` returns for the same places.
        """
        mean_rank = np.zeros(len(next(iter(ratings.values()))))
        for name, weight in self.weights_.items():
            mean_rank += weight * self._scales[name].ranks(ratings[name])
        result = np.zeros_like(mean_rank)
        for name, weight in self.weights_.items():
            result += weight * self._scales[name].ratings(mean_rank)
        return np.clip(result, 0.0, 1.0)

    def _member(self, name: str) -> PresenceBackgroundEstimator:
        """Return a member that is not fitted yet."""
        if name == "forest":
            return DownSampledForest(
                self.categorical, self.random_state, n_trees=self.n_trees, smoothing=_SMOOTHING
            )
        if name == "hinges":
            return Maxent(self.categorical, self.random_state, features="h")
        if name == "smooth hinges":
            return Maxent(self.categorical, self.random_state, features="h", regularization=2.0)
        return Maxent(
            self.categorical, self.random_state, design_presences=self.design_presences
        )

    @override
    def _fit(
        self, values: FloatArray, presence: BoolArray, weight: FloatArray, *, control: Control
    ) -> None:
        number = self.design_presences or float(weight[presence].sum())
        self.weights_ = dict(_MANY if number >= _HINGES_FROM else _FEW)
        self.members_ = {}
        share = _FIT_SHARE / len(self.weights_)
        for number, name in enumerate(self.weights_):
            part = PartControl(control, share * number, share * (number + 1))
            self.members_[name] = self._member(name).fit(
                values, presence, sample_weight=weight, control=part
            )
        ratings = self._ratings(values, PartControl(control, _FIT_SHARE, 1.0))
        self._scales = {name: _scale_of(found) for name, found in ratings.items()}

    def _ratings(self, values: FloatArray, control: Control) -> dict[str, FloatArray]:
        share = 1.0 / len(self.members_)
        return {
            name: member.predict(
                values, control=PartControl(control, share * number, share * (number + 1))
            )
            for number, (name, member) in enumerate(self.members_.items())
        }

    @override
    def _predict(self, values: FloatArray, control: Control) -> FloatArray:
        return self.joined(self._ratings(values, control))

    @override
    def _state(self) -> State:
        state: State = {
            "members": np.array(list(self.weights_)),
            "weights": np.array(list(self.weights_.values())),
        }
        for name, member in self.members_.items():
            state |= {f"{name}.{key}": array for key, array in member.state().items()}
            state[f"{name}.scale"] = np.array(self._scales[name])
        return state

    @override
    def _restore(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        self.weights_ = _checked_weights(state["members"], state["weights"])
        self.members_, self._scales = {}, {}
        for name in self.weights_:
            prefix = f"{name}."
            own = {
                key.removeprefix(prefix): array
                for key, array in state.items()
                if key.startswith(prefix)
            }
            self._scales[name] = _checked_scale(np.array(own.pop("scale"), dtype=np.float64))
            self.members_[name] = type(self._member(name)).from_state(own)
            if self.members_[name].n_features_in_ != self.n_features_in_:
                raise ValueError(f"its member {name} has other variables")


def _scale_of(ratings: FloatArray) -> _Scale:
    ordered, count = np.unique(ratings, return_counts=True)
    rank = (np.cumsum(count) - 0.5 * count) / len(ratings)
    if len(ordered) > _SCALE_POINTS:
        wanted = np.linspace(rank[0], rank[-1], _SCALE_POINTS)
        found = np.searchsorted(rank, wanted)
        # With their neighbours, so that nothing is drawn towards a rating that many share.
        kept = np.unique(np.clip([found - 1, found, found + 1], 0, len(rank) - 1))
        ordered, rank = ordered[kept], rank[kept]
    return _Scale(ordered, rank)


def _checked_weights(
    names: NDArray[np.generic], weights: NDArray[np.generic]
) -> dict[str, float]:
    found = {
        str(name): float(weight)
        for name, weight in zip(names.ravel(), weights.ravel(), strict=True)
    }
    if found not in (_FEW, _MANY):
        raise ValueError("its members and weights are none that this version knows")
    return found


def _checked_scale(scale: FloatArray) -> _Scale:
    if scale.ndim != 2 or scale.shape[0] != 2 or scale.shape[1] == 0:
        raise ValueError("a scale is not two rows of numbers")
    if not np.isfinite(scale).all() or (np.diff(scale) <= 0.0).any():
        raise ValueError("a scale does not rise")
    return _Scale(scale[0], scale[1])
