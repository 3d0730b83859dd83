"""Rates of several groups drawn to their common mean, the more the less is known of a group.

References
----------
.. [1] Clayton, D. and Kaldor, J. (1987). Empirical Bayes estimates of age-standardized
   relative risks for use in disease mapping. Biometrics 43, 671-681.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray

LEAST_STRENGTH = 0.5
"""Least weight of the common mean, in counts: a group that counts 0 is taken as half of one."""


def gamma_prior(count: FloatArray, exposure: FloatArray) -> tuple[float, float]:
    """Fit the gamma distribution of rates that Poisson counts come from [1]_.

    Parameters
    ----------
    count : (k,) float64
        Counts, >= 0, at least one above 0.
    exposure : (k,) float64
        What each is relative to, > 0.

    Returns
    -------
    mean : float
        Mean of the rates, > 0.
    strength : float
        Shape of the distribution, from `LEAST_STRENGTH` to the sum of all counts: the weight
        of the mean against a count.
    """
    candidates = np.linspace(np.log(LEAST_STRENGTH), np.log(max(count.sum(), 1.0)), 65)

    def loss(log_strength: float) -> float:
        return -_log_likelihood(float(np.exp(log_strength)), count, exposure)

    best = int(np.argmin([loss(value) for value in candidates]))
    around = candidates[max(best - 1, 0)], candidates[min(best + 1, len(candidates) - 1)]
    found = minimize_scalar(loss, bounds=around, method="bounded")
    log_strength = min((float(found.x), float(candidates[best])), key=loss)
    strength = float(np.exp(log_strength))
    return _likeliest_mean(strength, count, exposure), strength


def _likeliest_mean(strength: float, count: FloatArray, exposure: FloatArray) -> float:
    def slope(mean: float) -> float:
        expected = mean * exposure
        return float(((count - expected) / (strength + expected)).sum())

    rate = count / exposure
    low, high = float(rate.min()), float(rate.max())
    if high - low <= 1e-12 * high:
        return high
    return float(brentq(slope, low, high))


def _log_likelihood(strength: float, count: FloatArray, exposure: FloatArray) -> float:
    """Return the log-likelihood of negative binomial counts, at the mean that suits best."""
    expected = _likeliest_mean(strength, count, exposure) * exposure
    counts = gammaln(count + strength) - gammaln(strength)
    none = -strength * np.log1p(expected / strength)
    some = count * np.log(expected / (strength + expected))
    return float((counts + none + some).sum())
