"""Maxent: a penalised presence-background model, as maxnet fits it, exact and fast.

References
----------
.. [1] Phillips, S. J., Anderson, R. P., Dudík, M., Schapire, R. E. and Blair, M. E. (2017).
   Opening the black box: an open-source release of Maxent. Ecography 40, 887-893.
.. [2] Fithian, W. and Hastie, T. (2013). Finite-sample equivalence in statistical models for
   presence-only data. Annals of Applied Statistics 7, 1917-1939.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from typing_extensions import override

from algorithms.control import NULL_CONTROL, Control
from algorithms.suitability.estimator import PresenceBackgroundEstimator
from algorithms.suitability.features import (
    CLASSES,
    FeatureSet,
    default_classes,
    make_features,
    regularisation,
)
from algorithms.suitability.lasso import PenalisedProblem, fit_lasso
from algorithms.suitability.piecewise import Limits, collapse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.suitability.estimator import State

Output: TypeAlias = Literal["cloglog", "logistic", "raw"]

BACKGROUND_WEIGHT = 100.0
"""Weight of a background point beside a presence, large enough to stand for infinity [2]_."""

_LARGEST_EXPONENT = 700.0
_SMALL_RATIO = 1e-5

_LIMIT_ARRAYS = ("variable_low", "variable_high", "feature_low", "feature_high")


class Maxent(PresenceBackgroundEstimator):
    """Maxent [1]_: an L1-penalised model of presences against the background.

    The penalised likelihood, the features and their regularisation are those of maxnet;
    distinct presences that are not in the background are added to it. A sample weight tells
    how many presences, or background points, a point counts for.

    Parameters
    ----------
    categorical : tuple of int
        Columns of class codes. A class unseen in `fit` counts like one without effect.
    random_state : int, optional
        Taken for the sake of the common interface: nothing here is random.
    features : str
        Letters of feature classes: l linear, q quadratic, p product, h hinge, t threshold; or
        "auto": l below 10 presences, lq below 15, lqh below 80, lqph from 80 on.
    design_presences : float, optional
        Number of presences by which "auto" chooses, > 0; those of the sample by default. With
        that of the whole sample, the models of a cross-validation are of one kind.
    regularization : float
        Multiplier of the penalties, > 0. Above 1 the model is smoother.
    clamp : bool
        Whether values outside the range of the sample are taken as the nearest inside.
    output : {"cloglog", "logistic", "raw"}
        What `predict` returns: an estimate of relative suitability (cloglog, or the older
        logistic form), or the raw density, which adds up to 1 over the background.
    tolerance : float
        Share of its penalty by which the slope of a feature may be off at the end.

    Attributes
    ----------
    features_ : FeatureSet
        The features in the model.
    coefficient_ : (k,) float64
        Their coefficients.
    entropy_ : float
        Entropy of the raw density over the background.
    """

    def __init__(  # noqa: PLR0913 - settings by name, as scikit-learn wants them
        self,
        categorical: tuple[int, ...] = (),
        random_state: int | None = None,
        *,
        features: str = "auto",
        design_presences: float | None = None,
        regularization: float = 1.0,
        clamp: bool = True,
        output: Output = "cloglog",
        tolerance: float = 1e-4,
    ) -> None:
        self.categorical = categorical
        self.random_state = random_state
        self.features = features
        self.design_presences = design_presences
        self.regularization = regularization
        self.clamp = clamp
        self.output = output
        self.tolerance = tolerance

    def link(
        self,
        X: ArrayLike,  # noqa: N803 - scikit-learn's name
        *,
        control: Control = NULL_CONTROL,
    ) -> FloatArray:
        """Return the logarithm of the raw density.

        Parameters
        ----------
        X : (n, p) float64
            As for `predict`.
        control : Control
            Told the share of the points done; may cancel.

        Returns
        -------
        (n,) float64
        """
        return self._piecewise.evaluate(
            self._checked(X), lambda total: total - self._log_total, control
        )

    @override
    def _fit(
        self, values: FloatArray, presence: BoolArray, weight: FloatArray, *, control: Control
    ) -> None:
        self._check_settings()
        at_presences, at_background = values[presence], values[~presence]
        added = _missing_rows(at_presences, at_background)
        background = np.vstack([at_background, added])
        weight_p = weight[presence]
        weight_b = np.concatenate([weight[~presence], np.ones(len(added))])
        sample = np.vstack([at_presences, background])
        classes = self.features
        if classes == "auto":
            classes = default_classes(self.design_presences or float(weight_p.sum()))
        features = make_features(sample, classes, tuple(self.categorical))
        least, greatest = _ranges(features, sample)
        penalty = self.regularization * regularisation(
            features, at_presences, weight_p, greatest - least
        )
        problem = PenalisedProblem(
            features,
            sample,
            np.arange(len(sample)) < len(at_presences),
            np.concatenate([weight_p, BACKGROUND_WEIGHT * weight_b]),
            penalty * weight_p.sum(),
        )
        fit = fit_lasso(problem, tolerance=self.tolerance, control=control)
        self.features_ = features.chosen(fit.index)
        self.coefficient_ = fit.coefficient
        self._limits = self._limits_of(sample, least[fit.index], greatest[fit.index])
        self._piecewise = collapse(self.features_, self.coefficient_, self._limits)
        self._normalise(background, weight_b)

    def _check_settings(self) -> None:
        wrong = set(self.features) - set(CLASSES)
        if self.features != "auto" and (wrong or not self.features):
            raise ValueError(
                f'features is "auto" or letters of {CLASSES}, got {self.features!r}'
            )
        if self.design_presences is not None and not self.design_presences > 0.0:
            raise ValueError(f"design_presences is above 0, got {self.design_presences}")
        if not 0.0 < self.regularization < float("inf"):
            raise ValueError(f"regularization is above 0, got {self.regularization}")
        if self.output not in get_args(Output):
            raise ValueError(f"output is one of {get_args(Output)}, got {self.output!r}")
        if not 0.0 < self.tolerance < 1.0:
            raise ValueError(f"tolerance lies between 0 and 1, got {self.tolerance}")

    def _limits_of(self, sample: FloatArray, least: FloatArray, greatest: FloatArray) -> Limits:
        endless = np.full(sample.shape[1], np.inf)
        if not self.clamp:
            return Limits(
                -endless, endless, np.full_like(least, -np.inf), np.full_like(least, np.inf)
            )
        low, high = sample.min(axis=0), sample.max(axis=0)
        for column in self.categorical:
            low[column], high[column] = -np.inf, np.inf
        return Limits(low, high, least, greatest)

    def _normalise(self, background: FloatArray, weight: FloatArray) -> None:
        """Make the raw density add up to 1 over the background, and find its entropy."""
        link = np.einsum("nk,k->n", self.features_.evaluate(background), self.coefficient_)
        top = link.max(initial=0.0)
        mass = weight * np.exp(link - top)
        self._log_total = float(np.log(mass.sum()) + top)
        log_density = link - self._log_total
        self.entropy_ = float(-(weight * np.exp(log_density) * log_density).sum())

    @override
    def _predict(self, values: FloatArray, control: Control) -> FloatArray:
        return self._piecewise.evaluate(values, self._suitability, control)

    def _suitability(self, total: FloatArray) -> FloatArray:
        """Return what `predict` returns, from the sums of features times coefficients."""
        log_density = total - self._log_total
        if self.output == "raw":
            return np.exp(np.minimum(log_density, 0.0))
        ratio = np.exp(np.minimum(log_density + self.entropy_, _LARGEST_EXPONENT))
        if self.output == "logistic":
            return ratio / (1.0 + ratio)
        # exp is far faster than expm1, and as exact but for the smallest numbers
        suitability: FloatArray = 1.0 - np.exp(-ratio)
        small = ratio < _SMALL_RATIO
        suitability[small] = ratio[small] * (1.0 - 0.5 * ratio[small])
        return suitability

    @override
    def _state(self) -> State:
        features = self.features_
        state: State = features._asdict()
        state |= {name: getattr(self._limits, name) for name in _LIMIT_ARRAYS}
        return state | {
            "coefficient": self.coefficient_,
            "constants": np.array([self._log_total, self.entropy_]),
            "output": np.array(self.output),
        }

    @override
    def _restore(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        features = FeatureSet(
            kind=np.array(state["kind"], dtype=np.int64),
            first=np.array(state["first"], dtype=np.int64),
            second=np.array(state["second"], dtype=np.int64),
            low=np.array(state["low"], dtype=np.float64),
            high=np.array(state["high"], dtype=np.float64),
        )
        limits = Limits(*(np.array(state[name], dtype=np.float64) for name in _LIMIT_ARRAYS))
        coefficient = np.array(state["coefficient"], dtype=np.float64)
        log_total, entropy = (float(value) for value in state["constants"])
        output = str(state["output"])
        _check_restored(features, limits, coefficient, self.n_features_in_)
        if not (np.isfinite(log_total) and np.isfinite(entropy)):
            raise ValueError("a constant is not finite")
        if output not in get_args(Output):
            raise ValueError(f"its output is {output!r:.40}")
        self.output = output  # type: ignore[assignment]  # one of the three
        self.features_, self.coefficient_, self._limits = features, coefficient, limits
        self._log_total, self.entropy_ = log_total, entropy
        self._piecewise = collapse(features, coefficient, limits)


def _missing_rows(at_presences: FloatArray, at_background: FloatArray) -> FloatArray:
    """Return the distinct presences that are not among the background."""
    known = {row.tobytes() for row in at_background + 0.0}  # + 0.0 makes -0 and 0 the same
    rows = {row.tobytes(): row for row in at_presences + 0.0}
    missing = [row for key, row in rows.items() if key not in known]
    return np.array(missing).reshape(-1, at_presences.shape[1])


def _ranges(features: FeatureSet, sample: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the least and greatest value of each feature over the sample."""
    least, greatest = np.zeros(features.size), np.ones(features.size)
    counted = np.flatnonzero(features.second >= 0)
    plain = np.flatnonzero((features.second < 0) & (features.high == 0.0))
    for index in (plain, counted):
        for start in range(0, len(index), 64):
            part = index[start : start + 64]
            found = features.chosen(part).evaluate(sample)
            least[part], greatest[part] = found.min(axis=0), found.max(axis=0)
    return least, greatest


def _check_restored(
    features: FeatureSet, limits: Limits, coefficient: FloatArray, n_variables: int
) -> None:
    count = len(coefficient)
    arrays = (*features, limits.feature_low, limits.feature_high, coefficient)
    if any(array.shape != (count,) for array in arrays):
        raise ValueError("its arrays differ in length")
    if any(
        array.shape != (n_variables,) for array in (limits.variable_low, limits.variable_high)
    ):
        raise ValueError("its limits do not fit its variables")
    columns = np.concatenate([features.first, features.second])
    if (features.first < 0).any() or (columns >= n_variables).any():
        raise ValueError("a feature names a variable that is not there")
    if not all(
        np.isfinite(array).all() for array in (features.low, features.high, coefficient)
    ):
        raise ValueError("a number is not finite")
