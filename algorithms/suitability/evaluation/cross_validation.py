"""Cross-validation: what a model says of points it was not fitted with, fold by fold.

References
----------
.. [1] Roberts, D. R. et al. (2017). Cross-validation strategies for data with temporal,
   spatial, hierarchical, or phylogenetic structure. Ecography 40, 913-929.
.. [2] Liu, C., White, M. and Newell, G. (2013). Selecting thresholds for the prediction of
   species occurrence with presence-only data. Journal of Biogeography 40, 778-789.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from algorithms.control import NULL_CONTROL, Control
from algorithms.suitability.estimator import InsufficientPresencesError
from algorithms.suitability.evaluation.boyce import continuous_boyce
from algorithms.suitability.evaluation.discrimination import auc, tss, tss_at
from algorithms.suitability.evaluation.ratings import UnevaluableError
from algorithms.suitability.evaluation.running import run_fits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.suitability.evaluation.ratings import Weights

    FitPredict: TypeAlias = Callable[[BoolArray, BoolArray, Control], FloatArray]


@dataclass(frozen=True)
class FoldResult:
    """How a model did in one fold that it was not fitted with.

    Attributes
    ----------
    name : str
        Name of the fold, such as a country.
    n_presences, n_background : int
        Presences and background points of the fold; a presence may be of several points.
    n_learnt : int
        Presences that the model of this fold was fitted with.
    auc : float or None
        AUC of the fold; None where `reason` says why.
    highest_tss : float or None
        TSS at the threshold that is best in this very fold: optimistic, and what other tools
        print.
    tss : float or None
        TSS at the threshold that is best for the unseen points of all other folds [2]_; None
        where no other fold was rated with presences and background.
    boyce : float or None
        Continuous Boyce index; None where `reason` says why.
    reason : str
        Why figures are missing, or empty.
    """

    name: str
    n_presences: int
    n_background: int
    n_learnt: int
    auc: float | None = None
    highest_tss: float | None = None
    tss: float | None = None
    boyce: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class CountedPoints:
    """What points count for, where not each is one presence or one piece of background.

    Attributes
    ----------
    weight : (n,) float64, optional
        How many presences a presence counts for, and the relative weight of a background
        point, > 0.
    record : (n,) int64, optional
        Presences of the same number are one, in parts: cells in which a record may lie. They
        are to be in one fold.
    """

    weight: FloatArray | None = None
    record: NDArray[np.int64] | None = None

    def weights(self, presence: BoolArray, chosen: BoolArray) -> Weights:
        """Return what presences and background among chosen points count for.

        Parameters
        ----------
        presence, chosen : (n,) bool
            True at presences, and at chosen points.
        """
        if self.weight is None:
            return {"presence_weight": None, "background_weight": None}
        return {
            "presence_weight": self.weight[chosen & presence],
            "background_weight": self.weight[chosen & ~presence],
        }

    def number(self, chosen: BoolArray) -> int:
        """Return how many presences chosen points are."""
        if self.record is None:
            return int(chosen.sum())
        return len(np.unique(self.record[chosen]))


@dataclass(frozen=True)
class CrossValidation:
    """What a model said of points it had not seen.

    Attributes
    ----------
    predicted : (n,) float64
        Suitability of each point by the model that was fitted without its fold; NaN in folds
        whose model could not be fitted.
    presence : (n,) bool
        True at presences.
    fold : (n,) int32
        Fold of each point.
    folds : tuple of FoldResult
        Every fold, in order, also those that could not be evaluated.
    points : CountedPoints
        What each point counts for.
    """

    predicted: FloatArray
    presence: BoolArray
    fold: IntArray
    folds: tuple[FoldResult, ...]
    points: CountedPoints = field(default_factory=CountedPoints)

    @property
    def fold_auc(self) -> tuple[float, ...]:
        """AUC of the folds that have one."""
        return tuple(fold.auc for fold in self.folds if fold.auc is not None)

    @property
    def mean_auc(self) -> float:
        """Mean AUC of the folds that have one, each counting the same."""
        return float(np.mean(self.fold_auc))

    def unseen(self) -> tuple[FloatArray, FloatArray]:
        """Return the pooled suitability of unseen points that were rated.

        Returns
        -------
        at_presences, at_background : (n,), (m,) float64
            For the measures of the whole, such as `continuous_boyce` and `thresholds`.
        """
        rated = ~np.isnan(self.predicted)
        return self.predicted[rated & self.presence], self.predicted[rated & ~self.presence]

    def weights_of_unseen(self) -> Weights:
        """Return what the presences and the background of `unseen` count for."""
        return self.points.weights(self.presence, ~np.isnan(self.predicted))

    def fold_of_unseen(self) -> IntArray:
        """Return the fold of each presence in `unseen`, (n,) int32.

        As `cluster` of a `Bootstrap` it makes an interval that draws whole folds.
        """
        return self.fold[~np.isnan(self.predicted) & self.presence]


def cross_validate(  # noqa: PLR0913 - how points are counted and told, each optional
    fit_predict: FitPredict,
    presence: BoolArray,
    fold: IntArray,
    *,
    names: Sequence[str] | None = None,
    points: CountedPoints | None = None,
    in_parallel: bool = False,
    control: Control = NULL_CONTROL,
) -> CrossValidation:
    """Fit without each fold in turn and rate the fold [1]_.

    Parameters
    ----------
    fit_predict : callable
        Given the points to learn from, the points to rate (both (n,) bool) and a control, fits
        a new model and returns the suitability of the points to rate, in order. Where it raises
        `InsufficientPresencesError` the fold is listed with that reason.
    presence : (n,) bool
        True at presences.
    fold : (n,) int32
        Fold of each point, from 0, as from `folds`.
    names : sequence of str, optional
        Name of each distinct fold in rising order of its number; "1", "2" and so on by default.
    points : CountedPoints, optional
        What each point counts for in the figures; 1 by default.
    in_parallel : bool
        Run folds in threads; `fit_predict` must then be safe to run more than once at a time.
        The numbers do not depend on it. A model that uses all cores itself is faster without.
    control : Control
        Told the share of the folds done; may cancel.

    Returns
    -------
    CrossValidation
        Out-of-fold suitability and the figures of every fold.

    Raises
    ------
    UnevaluableError
        No fold could be evaluated; the message gives the reasons.
    ValueError
        Shapes disagree, there is only one fold, or a rating is not finite.
    """
    if presence.shape != fold.shape or presence.ndim != 1:
        raise ValueError(f"presence {presence.shape} and fold {fold.shape} do not agree")
    numbers = np.unique(fold)
    if len(numbers) < 2:
        raise ValueError("cross-validation needs at least two folds")
    names = [str(i + 1) for i in range(len(numbers))] if names is None else names
    if len(names) != len(numbers):
        raise ValueError(f"{len(names)} names for {len(numbers)} folds")
    tasks = [partial(_rate, fit_predict, presence, fold == number) for number in numbers]
    predicted = np.full(len(presence), np.nan)
    reasons = [""] * len(numbers)
    for i, (ratings, reason) in run_fits(tasks, control, in_parallel=in_parallel):
        predicted[fold == numbers[i]] = ratings
        reasons[i] = reason
    control.report(1.0)
    points = points or CountedPoints()
    results = []
    for number, name, reason in zip(numbers, names, reasons, strict=True):
        held = fold == number
        known = FoldResult(
            name,
            points.number(held & presence),
            int((held & ~presence).sum()),
            points.number(~held & presence),
            reason=reason,
        )
        results.append(_evaluate(known, predicted, (presence, held), points))
    if all(result.auc is None for result in results):
        listed = "; ".join(f"{result.name}: {result.reason}" for result in results)
        raise UnevaluableError(
            f"No fold could be evaluated, so there is no AUC. {listed}. Use larger blocks, "
            f"more background points or more localities."
        )
    return CrossValidation(predicted, presence, fold, tuple(results), points)


def _rate(
    fit_predict: FitPredict, presence: BoolArray, held: BoolArray, control: Control
) -> tuple[FloatArray | float, str]:
    """Return the ratings of a fold by a model without it, or NaN and why there are none."""
    control.report(0.0)
    if not presence[~held].any():
        return np.nan, "no presence lies outside, so there is nothing to learn from"
    if presence[~held].all():
        return np.nan, "no background lies outside, so there is nothing to learn from"
    try:
        ratings = fit_predict(~held, held, control)
    except InsufficientPresencesError as error:
        return np.nan, str(error)
    if ratings.shape != (int(held.sum()),) or not np.isfinite(ratings).all():
        raise ValueError(
            f"the ratings of a fold of {int(held.sum())} points have shape {ratings.shape} or "
            f"are not finite everywhere"
        )
    return ratings, ""


def _evaluate(
    known: FoldResult,
    predicted: FloatArray,
    which: tuple[BoolArray, BoolArray],
    points: CountedPoints,
) -> FoldResult:
    """Return the figures of a fold from everything that was rated unseen."""
    presence, held = which
    if known.reason:
        return known
    if known.n_presences == 0:
        return replace(known, reason="no presence lies in it")
    if known.n_background == 0:
        return replace(known, reason="no background point lies in it")
    ratings, weight = _ratings(predicted, presence, held, points)
    boyce, reason = None, ""
    try:
        boyce = continuous_boyce(*ratings, presence_weight=weight["presence_weight"]).value
    except UnevaluableError as error:
        reason = str(error)
    other = ~held & ~np.isnan(predicted)
    skill = None
    if presence[other].any() and not presence[other].all():
        other_ratings, other_weight = _ratings(predicted, presence, other, points)
        _, threshold = tss(*other_ratings, **other_weight)
        skill = tss_at(*ratings, threshold, **weight)
    return replace(
        known,
        auc=auc(*ratings, **weight),
        highest_tss=tss(*ratings, **weight)[0],
        tss=skill,
        boyce=boyce,
        reason=reason,
    )


def _ratings(
    predicted: FloatArray, presence: BoolArray, chosen: BoolArray, points: CountedPoints
) -> tuple[tuple[FloatArray, FloatArray], Weights]:
    """Return what was said of presences and background among chosen points, and weights."""
    ratings = predicted[chosen & presence], predicted[chosen & ~presence]
    return ratings, points.weights(presence, chosen)
