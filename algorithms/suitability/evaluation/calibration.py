"""Calibration: whether suitability twice as high means presence twice as likely.

References
----------
.. [1] Phillips, S. J. and Elith, J. (2010). POC plots: calibrating species distribution models
   with presence-only data. Ecology 91, 2476-2484.
.. [2] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
   inference. Journal of the American Statistical Association 22, 209-212.
.. [3] Pearce, J. and Ferrier, S. (2000). Evaluating the predictive performance of habitat
   models developed using logistic regression. Ecological Modelling 133, 225-245.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from algorithms.suitability.evaluation.ratings import (
    UnevaluableError,
    check_ratings,
    check_weight,
)

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray

CountArray: TypeAlias = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True)
class CalibrationCurve:
    """What was predicted and what was found, in bins of rising suitability.

    Attributes
    ----------
    predicted : (n_bins,) float64
        Prediction to hold against `observed`: for a survey the mean suitability of its sites;
        for a background the mean suitability of its points in units of their overall mean.
    observed : (n_bins,) float64
        For a survey the share of sites with a presence; for a background the share of the
        presences over the share of the background, 1 where presences are as dense as chance.
    low, high : (n_bins,) float64
        Wilson interval of `observed`.
    suitability : (n_bins,) float64
        Mean suitability in the bin.
    n_presences, n_others : (n_bins,) int64
        Presences (float64 where they have weights), and absences or background points, in the
        bin.

    Notes
    -----
    A calibrated model lies on the line ``observed = predicted``.
    """

    predicted: FloatArray
    observed: FloatArray
    low: FloatArray
    high: FloatArray
    suitability: FloatArray
    n_presences: CountArray
    n_others: CountArray


def wilson_interval(
    hits: CountArray, trials: CountArray, *, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Return the Wilson score interval [2]_ of shares.

    Parameters
    ----------
    hits, trials : (n,) int64 or float64
        ``0 <= hits <= trials``, trials > 0; sums of weights where cases count in part.
    level : float
        Confidence, above 0 and below 1.

    Returns
    -------
    low, high : (n,) float64
        Within 0 to 1; unlike the normal interval never of width 0.

    Raises
    ------
    ValueError
        A count or the level is out of range.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"the level of an interval lies above 0 and below 1, got {level}")
    if (trials <= 0).any() or (hits < 0).any() or (hits > trials).any():
        raise ValueError("an interval of shares needs 0 <= hits <= trials and trials > 0")
    z2 = float(norm.ppf(0.5 + 0.5 * level)) ** 2
    share = hits / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = np.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2)))
    half = half / (1 + z2 / trials)
    low, high = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
    return np.where(hits == 0, 0.0, low), np.where(hits == trials, 1.0, high)


def calibration_curve(
    predicted: FloatArray, observed: BoolArray, *, n_bins: int = 10, level: float = 0.95
) -> CalibrationCurve:
    """Hold predictions against a survey that also tells where the species was not found [3]_.

    Parameters
    ----------
    predicted : (n,) float64
        Suitability of each site, finite, n >= 1. Only a model of probability can lie on the
        line; one of relative suitability can still rise steadily.
    observed : (n,) bool
        True where the species was found.
    n_bins : int
        Bins wanted, >= 1, of as even a number of sites as can be: sites of equal suitability
        stay together, so that there may be fewer.
    level : float
        Confidence of the interval, above 0 and below 1.

    Returns
    -------
    CalibrationCurve
        Of the bins, with rising suitability.

    Raises
    ------
    ValueError
        Shapes disagree, a value is not finite, or a parameter is out of range.
    """
    if predicted.ndim != 1 or predicted.shape != observed.shape or len(predicted) == 0:
        raise ValueError(f"predicted {predicted.shape}, observed {observed.shape} do not agree")
    if not np.isfinite(predicted).all():
        raise ValueError("a predicted suitability is not finite")
    edges = _edges(predicted, n_bins)
    place = np.searchsorted(edges, predicted, side="right")
    n_sites = np.bincount(place, minlength=len(edges) + 1)
    n_found = np.bincount(place[observed], minlength=len(edges) + 1)
    mean = np.bincount(place, weights=predicted, minlength=len(edges) + 1) / n_sites
    low, high = wilson_interval(n_found, n_sites, level=level)
    return CalibrationCurve(
        mean, n_found / n_sites, low, high, mean, n_found, n_sites - n_found
    )


def presence_calibration(
    at_presences: FloatArray,
    at_background: FloatArray,
    *,
    presence_weight: FloatArray | None = None,
    n_bins: int = 10,
    level: float = 0.95,
) -> CalibrationCurve:
    """Hold predictions against presences and a background alone: the points of a POC plot [1]_.

    Prevalence cannot be known from presences, and is not needed: if suitability is proportional
    to the probability of presence, the density of presences over that of the background is the
    suitability in units of its mean over the background. So both are given on that scale.

    Parameters
    ----------
    at_presences : (n,) float64
        Suitability at presences that the model has not seen, finite, n >= 1.
    at_background : (m,) float64
        Suitability of the area or a uniform sample of it, finite, m >= 1.
    presence_weight : (n,) float64, optional
        How many presences each counts for, >= 0; 1 by default.
    n_bins : int
        Bins wanted, >= 1, each with as even a share of the background as can be: points of
        equal suitability stay together, so that there may be fewer.
    level : float
        Confidence of the interval, above 0 and below 1. The interval is that of the share of
        the presences in the bin; the background counts as known.

    Returns
    -------
    CalibrationCurve
        Of the bins, with rising suitability; presences above or below all of the background
        belong to the last or the first bin.

    Raises
    ------
    UnevaluableError
        The background has the suitability 0 everywhere, so that there is no unit.
    ValueError
        An array is empty or not finite, a suitability is below 0, or a parameter is out of
        range.
    """
    check_ratings(at_presences, at_background)
    if min(at_presences.min(), at_background.min()) < 0.0:
        raise ValueError("suitability to be calibrated is >= 0")
    overall = float(at_background.mean())
    if overall == 0.0:
        raise UnevaluableError(
            "Suitability is 0 all over the background, so it cannot be calibrated. Check the "
            "model: it finds no suitable place outside the presences."
        )
    edges = _edges(at_background, n_bins)
    place = np.searchsorted(edges, at_background, side="right")
    n_background = np.bincount(place, minlength=len(edges) + 1)
    n_presences = np.bincount(
        np.searchsorted(edges, at_presences, side="right"),
        check_weight(presence_weight, len(at_presences), "presences"),
        len(edges) + 1,
    )
    mean = np.bincount(place, weights=at_background, minlength=len(edges) + 1) / n_background
    expected = n_background / len(at_background)
    total = np.full(len(expected), n_presences.sum())
    low, high = wilson_interval(n_presences, total, level=level)
    return CalibrationCurve(
        mean / overall,
        n_presences / total / expected,
        low / expected,
        high / expected,
        mean,
        n_presences,
        n_background,
    )


def _edges(values: FloatArray, n_bins: int) -> FloatArray:
    """Return the lowest value of each bin but the first, for bins of even numbers of values."""
    if n_bins < 1:
        raise ValueError(f"a calibration curve has 1 bin or more, got {n_bins}")
    ordered = np.sort(values)
    cuts = np.arange(1, n_bins) * len(ordered) // n_bins
    edges = np.unique(ordered[cuts])
    above: FloatArray = edges[edges > ordered[0]]
    return above
