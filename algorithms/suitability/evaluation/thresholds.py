"""Thresholds that turn suitability into suitable and not, and what each of them costs.

References
----------
.. [1] Liu, C., White, M. and Newell, G. (2013). Selecting thresholds for the prediction of
   species occurrence with presence-only data. Journal of Biogeography 40, 778-789.
.. [2] Pearson, R. G., Raxworthy, C. J., Nakamura, M. and Peterson, A. T. (2007). Predicting
   species distributions from small numbers of occurrence records: a test case using cryptic
   geckos in Madagascar. Journal of Biogeography 34, 102-117.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.suitability.evaluation.discrimination import tss
from algorithms.suitability.evaluation.ratings import check_ratings

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray


@dataclass(frozen=True)
class Threshold:
    """A threshold and what it does.

    Attributes
    ----------
    value : float
        Places of this suitability or above are called suitable.
    sensitivity : float
        Share of presences called suitable.
    background_share : float
        Share of the background called suitable; with a uniform background, of the area.
    """

    value: float
    sensitivity: float
    background_share: float

    @property
    def omission(self) -> float:
        """Share of presences called unsuitable."""
        return 1.0 - self.sensitivity

    @property
    def specificity(self) -> float:
        """Share of background (of absences, in a survey) called unsuitable."""
        return 1.0 - self.background_share

    @property
    def tss(self) -> float:
        """Sensitivity + specificity - 1."""
        return self.sensitivity - self.background_share


@dataclass(frozen=True)
class Thresholds:
    """The three thresholds in common use.

    Attributes
    ----------
    max_tss : Threshold
        Highest sensitivity + specificity. With presences and a background it picks the same
        value as with true absences [1]_.
    p10 : Threshold
        The highest that omits at most a tenth of the presences: the tenth may be misplaced
        records [2]_. With fewer than ten presences it is that of the minimum presence.
    minimum_presence : Threshold
        The highest that omits no presence [2]_; one bad record sets it.
    """

    max_tss: Threshold
    p10: Threshold
    minimum_presence: Threshold


def threshold_at(
    at_presences: FloatArray, at_background: FloatArray, value: float
) -> Threshold:
    """Return what a threshold does.

    Parameters
    ----------
    at_presences : (n,) float64
        Suitability at presences, finite, n >= 1.
    at_background : (m,) float64
        Suitability at background points or absences, finite, m >= 1.
    value : float
        The threshold.

    Returns
    -------
    Threshold
        With its shares of presences and background.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite.
    """
    check_ratings(at_presences, at_background)
    return Threshold(
        float(value),
        float(np.mean(at_presences >= value)),
        float(np.mean(at_background >= value)),
    )


def thresholds(at_presences: FloatArray, at_background: FloatArray) -> Thresholds:
    """Return the three thresholds in common use.

    Parameters
    ----------
    at_presences : (n,) float64
        Suitability at presences, finite, n >= 1; by preference of models that did not see
        them, as ratings of presences a model has learnt are too high.
    at_background : (m,) float64
        Suitability at background points or absences, finite, m >= 1.

    Returns
    -------
    Thresholds
        Each with its sensitivity, omission and share of the background.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite.
    """
    check_ratings(at_presences, at_background)
    ordered = np.sort(at_presences)
    _, best = tss(at_presences, at_background)
    values = (best, float(ordered[len(ordered) // 10]), float(ordered[0]))
    return Thresholds(*(threshold_at(at_presences, at_background, value) for value in values))
