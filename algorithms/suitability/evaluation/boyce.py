"""How well a suitability map tells presences from the background, on data it has not seen.

References
----------
.. [1] Hanley, J. A. and McNeil, B. J. (1982). The meaning and use of the area under a receiver
   operating characteristic (ROC) curve. Radiology 143, 29-36.
.. [2] Hirzel, A. H., Le Lay, G., Helfer, V., Randin, C. and Guisan, A. (2006). Evaluating the
   ability of habitat suitability models to predict species presences. Ecological Modelling
   199, 142-152.
.. [3] Roberts, D. R. et al. (2017). Cross-validation strategies for data with temporal,
   spatial, hierarchical, or phylogenetic structure. Ecography 40, 913-929.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from algorithms.control import NULL_CONTROL, Control, PartControl
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import BoolArray, FloatArray, IntArray


class UnevaluableError(PlannerError, ValueError):
    """The data do not allow the measure asked for."""


def auc(at_presences: FloatArray, at_background: FloatArray) -> float:
    """Return the chance that a presence is rated above a background point, ties counting half.

    Parameters
    ----------
    at_presences : (n,) float64
        Suitability at presences, finite, n >= 1.
    at_background : (m,) float64
        Suitability at background points, finite, m >= 1.

    Returns
    -------
    float
        0 to 1; 0.5 for a map that tells nothing. The Mann-Whitney form of the area under the
        ROC curve [1]_.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite.
    """
    n, m = _check_ratings(at_presences, at_background)
    ranks = rankdata(np.concatenate([at_presences, at_background]))
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def _check_ratings(at_presences: FloatArray, at_background: FloatArray) -> tuple[int, int]:
    for name, values in (("presences", at_presences), ("background points", at_background)):
        if values.ndim != 1 or len(values) == 0:
            raise ValueError(f"suitability at {name} is a list of at least one value")
        if not np.isfinite(values).all():
            raise ValueError(f"suitability at {name} is not finite everywhere")
    return len(at_presences), len(at_background)


@dataclass(frozen=True)
class BoyceIndex:
    """Continuous Boyce index and the curve behind it.

    Attributes
    ----------
    value : float
        -1 to 1: Spearman's correlation of suitability and predicted-to-expected ratio.
    suitability : (n_windows,) float64
        Middle of each window that holds background, rising.
    ratio : (n_windows,) float64
        Share of presences over share of background in the window.
    """

    value: float
    suitability: FloatArray
    ratio: FloatArray


def continuous_boyce(
    at_presences: FloatArray,
    at_background: FloatArray,
    *,
    n_windows: int = 101,
    window_share: float = 0.1,
) -> BoyceIndex:
    """Return the continuous Boyce index [2]_.

    It asks whether presences get denser as suitability rises. A window slides over the range
    of suitability. In each, the share of the presences is divided by the share of the
    background. Windows that hold no background are left out, as their ratio has no meaning; of
    neighbouring windows with equal ratios one is kept, so that long flat stretches do not
    decide the correlation. Windows are closed at both ends, the last one included, so that the
    best places count.

    Parameters
    ----------
    at_presences : (n,) float64
        Suitability at presences, finite, n >= 1.
    at_background : (m,) float64
        Suitability of the area or a uniform sample of it, finite, m >= 1.
    n_windows : int
        Number of windows, >= 3.
    window_share : float
        Width of a window as a share of the range, above 0, at most 0.5.

    Returns
    -------
    BoyceIndex
        The index, and the curve over all windows that hold background.

    Raises
    ------
    UnevaluableError
        All suitabilities are equal, or the ratio is the same in every window.
    ValueError
        An array is empty or not finite, or a parameter is out of range.
    """
    _check_ratings(at_presences, at_background)
    if n_windows < 3 or not 0.0 < window_share <= 0.5:
        raise ValueError("the Boyce index needs 3 windows or more of a width above 0 to 0.5")
    everything = np.concatenate([at_presences, at_background])
    low, high = float(everything.min()), float(everything.max())
    if low == high:
        raise UnevaluableError(
            f"Every place has the suitability {low:g}, so there is no Boyce index. Check the "
            f"predictors: they may not vary in the area."
        )
    width = window_share * (high - low)
    start = np.linspace(low, high - width, n_windows)
    end = start + width
    end[-1] = high
    expected = _share_in_windows(at_background, start, end)
    held = expected > 0.0
    ratio = _share_in_windows(at_presences, start, end)[held] / expected[held]
    middle = 0.5 * (start + end)[held]
    kept = np.concatenate([[True], ratio[1:] != ratio[:-1]])
    if kept.sum() < 2:
        raise UnevaluableError(
            "The share of presences is the same at every suitability, so there is no Boyce "
            "index. More presences or fewer windows may help."
        )
    value = _spearman(middle[kept], ratio[kept])
    return BoyceIndex(value, middle, ratio)


def _share_in_windows(values: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    ordered = np.sort(values)
    last = np.searchsorted(ordered, end, side="right")
    first = np.searchsorted(ordered, start, side="left")
    share: FloatArray = (last - first) / len(values)
    return share


def _spearman(a: FloatArray, b: FloatArray) -> float:
    rank_a, rank_b = rankdata(a), rankdata(b)
    rank_a -= rank_a.mean()
    rank_b -= rank_b.mean()
    return float(rank_a @ rank_b / np.sqrt((rank_a @ rank_a) * (rank_b @ rank_b)))


def spatial_folds(
    x: FloatArray,
    y: FloatArray,
    presence: BoolArray,
    *,
    block_size: float,
    n_folds: int = 5,
    rng: np.random.Generator,
) -> IntArray:
    """Deal square blocks of points out to folds, with presences in each as even as possible.

    Near points resemble each other; a model tested on neighbours of what it learnt looks better
    than it is [3]_. Blocks are dealt from the one with most presences to the one with fewest,
    equal ones in random order, each to the fold that has the fewest presences so far, then the
    fewest points.

    Parameters
    ----------
    x, y : (n,) float64
        Places in the unit of `block_size`, finite; metres in an equal-area system.
    presence : (n,) bool
        True at presences.
    block_size : float
        Side of a block, > 0; larger than the reach of spatial autocorrelation.
    n_folds : int
        Number of folds wanted, >= 2; fewer where fewer blocks hold a presence.
    rng : Generator
        Breaks ties.

    Returns
    -------
    (n,) int32
        Fold of each point, 0 to the number of folds less 1; every fold holds presences.

    Raises
    ------
    UnevaluableError
        All presences lie in one block.
    ValueError
        Shapes disagree, a place is not finite, or a parameter is out of range.
    """
    if x.ndim != 1 or x.shape != y.shape or x.shape != presence.shape:
        raise ValueError(f"x {x.shape}, y {y.shape} and presence {presence.shape} do not agree")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("a place is not finite")
    if not (np.isfinite(block_size) and block_size > 0.0) or n_folds < 2:
        raise ValueError("block_size is finite and above 0, and there are 2 folds or more")
    cell = np.floor(np.column_stack([x, y]) / block_size)
    block = np.unique(cell, axis=0, return_inverse=True)[1].ravel()
    presences_in = np.bincount(block, weights=presence)
    points_in = np.bincount(block)
    n_folds = min(n_folds, int((presences_in > 0).sum()))
    if n_folds < 2:
        raise UnevaluableError(
            f"All presences lie within one block of {block_size:g}, so the model cannot be "
            f"tested in one place after learning in another. Use smaller blocks or more data."
        )
    order = np.lexsort([rng.random(len(points_in)), -presences_in])
    fold_of_block = np.zeros(len(points_in), dtype=np.int32)
    held = np.zeros((n_folds, 2))
    for number in order:
        fold = min(range(n_folds), key=lambda i: (held[i, 0], held[i, 1]))
        fold_of_block[number] = fold
        held[fold] += presences_in[number], points_in[number]
    return fold_of_block[block]


@dataclass(frozen=True)
class CrossValidation:
    """What a model said of points it had not seen.

    Attributes
    ----------
    predicted : (n,) float64
        Suitability of each point by the model that was fitted without its fold.
    fold_auc : tuple of float
        AUC of each fold that holds both presences and background; the others are left out.
    """

    predicted: FloatArray
    fold_auc: tuple[float, ...]

    @property
    def mean_auc(self) -> float:
        """Mean AUC of the folds."""
        return float(np.mean(self.fold_auc))


def cross_validate(
    predict_fold: Callable[[BoolArray, BoolArray, Control], FloatArray],
    presence: BoolArray,
    fold: IntArray,
    *,
    control: Control = NULL_CONTROL,
) -> CrossValidation:
    """Fit without each fold in turn and rate the fold.

    Parameters
    ----------
    predict_fold : callable
        Given the points to learn from, the points to rate (both (n,) bool) and a control, fits
        a new model and returns the suitability of the points to rate, in order.
    presence : (n,) bool
        True at presences.
    fold : (n,) int32
        Fold of each point, as from `spatial_folds`.
    control : Control
        Told the share of the folds done; may cancel.

    Returns
    -------
    CrossValidation
        Out-of-fold suitability and AUC per fold.

    Raises
    ------
    UnevaluableError
        No fold holds both presences and background.
    ValueError
        Shapes disagree, there is only one fold, or a rating is not finite.
    """
    if presence.shape != fold.shape or presence.ndim != 1:
        raise ValueError(f"presence {presence.shape} and fold {fold.shape} do not agree")
    folds = np.unique(fold)
    if len(folds) < 2:
        raise ValueError("cross-validation needs at least two folds")
    predicted = np.full(len(presence), np.nan)
    fold_auc = []
    for done, number in enumerate(folds):
        part = PartControl(control, done / len(folds), (done + 1) / len(folds))
        rated = fold == number
        predicted[rated] = predict_fold(~rated, rated, part)
        if presence[rated].any() and not presence[rated].all():
            fold_auc.append(auc(predicted[rated & presence], predicted[rated & ~presence]))
    control.report(1.0)
    if not fold_auc:
        raise UnevaluableError(
            "No fold holds both presences and background points, so there is no AUC. Use "
            "larger blocks or more background points."
        )
    return CrossValidation(predicted, tuple(fold_auc))
