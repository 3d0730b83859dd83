"""Agreement: how far the members of an ensemble say the same of a place.

References
----------
.. [1] Araujo, M. B. and New, M. (2007). Ensemble forecasting of species distributions. Trends
   in Ecology and Evolution 22, 42-47.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray

Int16Array: TypeAlias = NDArray[np.int16]

UNKNOWN = -1
"""Number of members that call a place suitable, where some member is silent."""


class Agreement(NamedTuple):
    """What the members of an ensemble say of each place.

    Attributes
    ----------
    n_suitable : (n,) int16
        Members that call the place suitable, 0 to the number of members; `UNKNOWN` where some
        prediction is missing.
    deviation : (n,) float64
        Standard deviation of the predictions (of the members as they are, not of a sample);
        NaN where unknown.
    spread : (n,) float64
        Highest less lowest prediction; NaN where unknown.
    """

    n_suitable: Int16Array
    deviation: FloatArray
    spread: FloatArray


def agreement(predictions: FloatArray, thresholds: FloatArray) -> Agreement:
    """Count the members that call each place suitable, and measure how far they differ [1]_.

    Members are on scales of their own, so that each has a threshold of its own; deviation and
    spread compare the predictions as they are.

    Parameters
    ----------
    predictions : (k, n) float64
        Suitability by each member, 0 to 1; NaN where missing.
    thresholds : (k,) float64
        Places at or above it are called suitable by the member, as from `thresholds`; finite.

    Returns
    -------
    Agreement
        Count, deviation and spread for each place.

    Raises
    ------
    ValueError
        Shapes disagree, there is no member, a threshold is not finite, or a prediction lies
        outside 0 to 1.
    """
    if predictions.ndim != 2 or len(predictions) == 0:
        raise ValueError(f"predictions are (members, places), got shape {predictions.shape}")
    if thresholds.shape != predictions.shape[:1]:
        raise ValueError(f"{len(predictions)} members, thresholds of shape {thresholds.shape}")
    if not np.isfinite(thresholds).all():
        raise ValueError("the threshold of a member is not finite")
    if ((predictions < 0.0) | (predictions > 1.0)).any():
        raise ValueError("suitability lies in 0..1")
    known = ~np.isnan(predictions).any(axis=0)
    count = (predictions >= thresholds[:, None]).sum(axis=0)
    return Agreement(
        np.where(known, count, UNKNOWN).astype(np.int16),
        predictions.std(axis=0),
        predictions.max(axis=0) - predictions.min(axis=0),
    )
