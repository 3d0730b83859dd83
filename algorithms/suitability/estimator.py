"""What every habitat model has in common: a scikit-learn estimator of presence and background.

References
----------
.. [1] Elith, J., Phillips, S. J., Hastie, T., Dudík, M., Chee, Y. E. and Yates, C. J. (2011). A
   statistical explanation of MaxEnt for ecologists. Diversity and Distributions 17, 43-57.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import ClassifierTags, Tags
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import override

from algorithms.control import NULL_CONTROL, Control
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from algorithms.arrays import BoolArray, FloatArray

MINIMUM_PRESENCES = 2
"""Fewer presences fit no model at all. A model to be trusted needs many more."""

State = dict[str, "NDArray[np.generic]"]


class InsufficientPresencesError(PlannerError, ValueError):
    """Too few presences to fit a model; an expert index needs none."""


class DamagedModelError(PlannerError, ValueError):
    """The stored arrays of a model do not make a model."""


class PresenceBackgroundEstimator(BaseEstimator, ABC):  # type: ignore[misc]  # untyped library
    """A model that compares places where a species was found with what the area offers [1]_.

    Subclasses take their settings in ``__init__`` as scikit-learn wants it (stored as they are,
    checked in `fit`), and write `_fit`, `_predict`, `_state` and `_restore`.

    Attributes
    ----------
    categorical : tuple of int
        Numbers of the columns that hold class codes, counted from 0.
    random_state : int or None
        Seed of everything random; the same seed gives the same numbers on one thread or many.
    n_features_in_ : int
        Number of variables, known after `fit`.
    """

    categorical: tuple[int, ...]
    random_state: int | None
    n_features_in_: int

    def fit(
        self,
        X: ArrayLike,  # noqa: N803 - scikit-learn's name
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        control: Control = NULL_CONTROL,
    ) -> Self:
        """Learn from presences and background.

        Parameters
        ----------
        X : (n, p) float64
            Variables at the points, finite; class codes in the columns of `categorical`.
        y : (n,) int, float or bool
            1 at presences, 0 at background points. Of any other two values the greater means
            presence.
        sample_weight : (n,) float64, optional
            How many presences, or background points, a point counts for, finite and >= 0: a
            record spread over several cells has weights that add up to 1, an uncertain one a
            weight below 1. Points of weight 0 play no part. 1 by default.
        control : Control
            Told the share of the work done; may cancel.

        Returns
        -------
        PresenceBackgroundEstimator
            This model.

        Raises
        ------
        InsufficientPresencesError
            Fewer than `MINIMUM_PRESENCES` presences of weight above 0.
        ValueError
            There is no background point, `y` holds one value or more than two, a value is not
            finite, shapes disagree, or a setting is out of range.
        """
        values, target = validate_data(
            self, X, y, dtype=np.float64, y_numeric=False, ensure_min_samples=2
        )
        presence = presence_of(target)
        weight = checked_weight(sample_weight, len(presence))
        self._check_categorical()
        kept = weight > 0.0
        _check_counts(int((presence & kept).sum()), int((~presence & kept).sum()))
        self._fit(_plain(values[kept]), presence[kept], weight[kept], control=control)
        control.report(1.0)
        return self

    def predict(
        self,
        X: ArrayLike,  # noqa: N803 - scikit-learn's name
        *,
        control: Control = NULL_CONTROL,
    ) -> FloatArray:
        """Return the suitability of places.

        Parameters
        ----------
        X : (n, p) float64
            The variables of `fit` in the same order, finite; leave places without a value out.
        control : Control
            Told the share of the work done; may cancel.

        Returns
        -------
        (n,) float64
            0 to 1.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Nothing was fitted yet.
        ValueError
            The number of variables differs, or a value is not finite.
        """
        return self._predict(self._checked(X), control)

    def state(self) -> State:
        """Return the fitted model as plain arrays that can be stored without pickling.

        Returns
        -------
        dict of str to array
            Numbers, booleans and text only; `from_state` makes the same model of them.
        """
        check_is_fitted(self)
        common: State = {
            "n_variables": np.array(self.n_features_in_),
            "categorical": np.array(self.categorical, dtype=np.int64),
        }
        return common | self._state()

    @classmethod
    def from_state(cls, state: Mapping[str, NDArray[np.generic]]) -> Self:
        """Make a fitted model of stored arrays.

        Parameters
        ----------
        state : mapping of str to array
            What `state` returned.

        Raises
        ------
        DamagedModelError
            An array is missing, or its shape, type or values make no model.
        """
        try:
            n_variables = int(state["n_variables"])
            categorical = tuple(int(column) for column in state["categorical"])
            model = cls(categorical=categorical)
            model.n_features_in_ = n_variables
            model._check_categorical()
            model._restore(state)
        except (KeyError, ValueError, TypeError, IndexError, OverflowError) as error:
            raise DamagedModelError(
                f"The stored {cls.__name__} cannot be used: {error}. Fit the model again."
            ) from error
        return model

    @abstractmethod
    def _fit(
        self, values: FloatArray, presence: BoolArray, weight: FloatArray, *, control: Control
    ) -> None:
        """Learn from checked arrays, every weight above 0."""

    @abstractmethod
    def _predict(self, values: FloatArray, control: Control) -> FloatArray:
        """Return the suitability of checked, contiguous (n, p) float64 values."""

    @abstractmethod
    def _state(self) -> State:
        """Return the arrays of the fitted model beside the common ones."""

    @abstractmethod
    def _restore(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take the fitted model from arrays; may raise KeyError or ValueError."""

    def _checked(self, X: ArrayLike) -> FloatArray:  # noqa: N803 - scikit-learn's name
        """Return the variables of places that a fitted model may rate."""
        check_is_fitted(self)
        return _plain(validate_data(self, X, dtype=np.float64, reset=False))

    def _check_categorical(self) -> None:
        columns = tuple(self.categorical)
        if len(set(columns)) < len(columns):
            raise ValueError(f"categorical names a column twice: {columns}")
        for column in columns:
            if not 0 <= column < self.n_features_in_:
                raise ValueError(
                    f"categorical names column {column}, but there are {self.n_features_in_} "
                    f"variables, counted from 0"
                )

    @override
    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.classifier_tags = ClassifierTags(multi_class=False)
        return tags


def _plain(values: FloatArray) -> FloatArray:
    """Return contiguous, writeable values, which every compiled loop is made for."""
    return np.require(values, requirements=["C", "W"])


def presence_of(target: NDArray[np.generic]) -> BoolArray:
    """Return which points are presences.

    Parameters
    ----------
    target : (n,) array
        Two different values; the greater means presence.

    Returns
    -------
    (n,) bool

    Raises
    ------
    ValueError
        There is one value, or more than two.
    """
    found = np.unique(target)
    if len(found) != 2:
        kind = "only one class" if len(found) == 1 else f"{len(found)} different values"
        raise ValueError(
            f"y holds {kind}; a presence-background model needs 1 at presences and 0 at the "
            f"background"
        )
    presence: BoolArray = target == found[1]
    return presence


def checked_weight(sample_weight: ArrayLike | None, n_points: int) -> FloatArray:
    """Return one weight per point, 1 where none are given.

    Raises
    ------
    ValueError
        There is not one weight per point, or a weight is negative or not finite.
    """
    if sample_weight is None:
        return np.ones(n_points)
    weight = np.asarray(sample_weight, dtype=np.float64)
    if weight.ndim == 0:
        weight = np.full(n_points, float(weight))
    if weight.shape != (n_points,):
        raise ValueError(f"sample_weight.shape == {weight.shape}, expected {(n_points,)}!")
    if not np.isfinite(weight).all() or (weight < 0.0).any():
        raise ValueError("sample weights are finite and >= 0")
    if not weight.any():
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return weight


def _check_counts(n_presences: int, n_background: int) -> None:
    if n_presences < MINIMUM_PRESENCES:
        raise InsufficientPresencesError(
            f"A presence-background model needs at least {MINIMUM_PRESENCES} presences, and "
            f"there {'is' if n_presences == 1 else 'are'} {n_presences}. Import more "
            f"localities, widen the area, or use the expert index alone."
        )
    if n_background == 0:
        raise ValueError("there is no background point of weight above 0")
