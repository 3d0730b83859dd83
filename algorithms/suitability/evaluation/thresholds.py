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
from algorithms.suitability.evaluation.ratings import check_ratings, check_weight

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
    at_presences: FloatArray,
    at_background: FloatArray,
    value: float,
    *,
    presence_weight: FloatArray | None = None,
    background_weight: FloatArray | None = None,
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
    presence_weight, background_weight : (n,), (m,) float64, optional
        How many points each counts for, >= 0; 1 by default.

    Returns
    -------
    Threshold
        With its shares of presences and background.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite.
    """
    n, m = check_ratings(at_presences, at_background)
    of_presence = check_weight(presence_weight, n, "presences")
    of_background = check_weight(background_weight, m, "background points")
    return Threshold(
        float(value),
        float(np.average(at_presences >= value, weights=of_presence)),
        float(np.average(at_background >= value, weights=of_background)),
    )


def thresholds(
    at_presences: FloatArray,
    at_background: FloatArray,
    *,
    presence_weight: FloatArray | None = None,
    background_weight: FloatArray | None = None,
) -> Thresholds:
    """Return the three thresholds in common use.

    Parameters
    ----------
    at_presences : (n,) float64
        Suitability at presences, finite, n >= 1; by preference of models that did not see
        them, as ratings of presences a model has learnt are too high.
    at_background : (m,) float64
        Suitability at background points or absences, finite, m >= 1.
    presence_weight, background_weight : (n,), (m,) float64, optional
        How many points each counts for, >= 0; 1 by default. A presence of weight 0 sets no
        threshold; of the cells of a record of uncertain place the lowest does, so that the
        threshold of the minimum presence is low with such records.

    Returns
    -------
    Thresholds
        Each with its sensitivity, omission and share of the background.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite.
    """
    n, _ = check_ratings(at_presences, at_background)
    weight = check_weight(presence_weight, n, "presences")
    weight = np.ones(n) if weight is None else weight
    order = np.argsort(at_presences, kind="stable")
    order = order[weight[order] > 0.0]
    upto = np.cumsum(weight[order])
    # A little more than a tenth, for the rounding of sums of weights.
    tenth = int(np.searchsorted(upto, 0.1 * upto[-1] * (1.0 + 1e-12), side="right"))
    _, best = tss(
        at_presences,
        at_background,
        presence_weight=presence_weight,
        background_weight=background_weight,
    )
    values = (best, float(at_presences[order[tenth]]), float(at_presences[order[0]]))
    return Thresholds(
        *(
            threshold_at(
                at_presences,
                at_background,
                value,
                presence_weight=presence_weight,
                background_weight=background_weight,
            )
            for value in values
        )
    )
