"""How well a map tells presences from the background, or from absences of a survey.

References
----------
.. [1] Hanley, J. A. and McNeil, B. J. (1982). The meaning and use of the area under a receiver
   operating characteristic (ROC) curve. Radiology 143, 29-36.
.. [2] Allouche, O., Tsoar, A. and Kadmon, R. (2006). Assessing the accuracy of species
   distribution models: prevalence, kappa and the true skill statistic (TSS). Journal of
   Applied Ecology 43, 1223-1232.
.. [3] Flach, P. and Kull, M. (2015). Precision-recall-gain curves: PR analysis done right.
   Advances in Neural Information Processing Systems 28, 838-846.
.. [4] Elith, J. et al. (2006). Novel methods improve prediction of species' distributions from
   occurrence data. Ecography 29, 129-151.
.. [5] Lobo, J. M., Jimenez-Valverde, A. and Real, R. (2008). AUC: a misleading measure of the
   performance of predictive distribution models. Global Ecology and Biogeography 17, 145-151.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import rankdata

from algorithms.suitability.evaluation.ratings import (
    UnevaluableError,
    check_ratings,
    check_weight,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray


def auc(
    at_presences: FloatArray,
    at_background: FloatArray,
    *,
    presence_weight: FloatArray | None = None,
    background_weight: FloatArray | None = None,
) -> float:
    """Return the chance that a presence is rated above a background point, ties counting half.

    Parameters
    ----------
    at_presences : (n,) float64
        Suitability at presences, finite, n >= 1.
    at_background : (m,) float64
        Suitability at background points or absences, finite, m >= 1.
    presence_weight : (n,) float64, optional
        How many presences each counts for, >= 0: a record of uncertain place is many cells
        that are one together. 1 by default.
    background_weight : (m,) float64, optional
        Relative weight of each background point, >= 0; 1 by default.

    Returns
    -------
    float
        0 to 1; 0.5 for a map that tells nothing. The Mann-Whitney form of the area under the
        ROC curve [1]_. Against a background the best possible value lies below 1 and is higher
        for species that live in little of the area [5]_, so it compares maps of one species in
        one area, and nothing else.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite, or a weight is out of range.
    """
    n, m = check_ratings(at_presences, at_background)
    of_presence = check_weight(presence_weight, n, "presences")
    of_background = check_weight(background_weight, m, "background points")
    if of_presence is not None or of_background is not None:
        order = np.argsort(at_background, kind="stable")
        upto = _summed(of_background, order)
        ordered = at_background[order]
        below = upto[np.searchsorted(ordered, at_presences, side="left")]
        within = upto[np.searchsorted(ordered, at_presences, side="right")]
        return float(np.average((below + within) / (2.0 * upto[-1]), weights=of_presence))
    ranks = rankdata(np.concatenate([at_presences, at_background]))
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def _summed(weight: FloatArray | None, order: NDArray[np.intp]) -> FloatArray:
    """Return the weight of the first k ratings in order, for k from 0, (n + 1,)."""
    upto = np.zeros(len(order) + 1)
    np.cumsum(np.ones(len(order)) if weight is None else weight[order], out=upto[1:])
    return upto


class CutOff(NamedTuple):
    """The two shares at every threshold that could be set, from the strictest to the laxest.

    Attributes
    ----------
    threshold : (k,) float64
        The distinct ratings, falling; a place is called suitable at this rating or above.
    sensitivity : (k,) float64
        Share of presences called suitable, rising to 1.
    background_share : (k,) float64
        Share of background points called suitable (one less the specificity), rising to 1.
    """

    threshold: FloatArray
    sensitivity: FloatArray
    background_share: FloatArray


def cut_offs(
    at_presences: FloatArray,
    at_background: FloatArray,
    *,
    presence_weight: FloatArray | None = None,
    background_weight: FloatArray | None = None,
) -> CutOff:
    """Return what every possible threshold would call suitable: the points of the ROC curve.

    Parameters
    ----------
    at_presences, at_background : (n,), (m,) float64
        As for `auc`.
    presence_weight, background_weight : (n,), (m,) float64, optional
        As for `auc`.

    Returns
    -------
    CutOff
        One entry per distinct rating.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite.
    """
    n, m = check_ratings(at_presences, at_background)
    threshold = np.unique(np.concatenate([at_presences, at_background]))[::-1]
    share = []
    for values, weight in (
        (at_presences, check_weight(presence_weight, n, "presences")),
        (at_background, check_weight(background_weight, m, "background points")),
    ):
        order = np.argsort(values, kind="stable")
        upto = _summed(weight, order)
        below = upto[np.searchsorted(values[order], threshold, side="left")]
        share.append((upto[-1] - below) / upto[-1])
    return CutOff(threshold, share[0], share[1])


def tss(
    at_presences: FloatArray,
    at_background: FloatArray,
    *,
    presence_weight: FloatArray | None = None,
    background_weight: FloatArray | None = None,
) -> tuple[float, float]:
    """Return the highest true skill statistic [2]_ and the threshold that reaches it.

    Parameters
    ----------
    at_presences, at_background : (n,), (m,) float64
        As for `auc`.
    presence_weight, background_weight : (n,), (m,) float64, optional
        As for `auc`.

    Returns
    -------
    value : float
        Sensitivity + specificity - 1 at the best threshold, 0 to 1. As the threshold is set on
        the very points that it is rated on, the value is optimistic; see `tss_at`.
    threshold : float
        Places of this rating or above are called suitable. Of thresholds that do equally well
        it is the lowest, which omits the fewest presences.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite.
    """
    cut = cut_offs(
        at_presences,
        at_background,
        presence_weight=presence_weight,
        background_weight=background_weight,
    )
    skill = cut.sensitivity - cut.background_share
    best = len(skill) - 1 - int(np.argmax(skill[::-1]))
    return float(skill[best]), float(cut.threshold[best])


def tss_at(
    at_presences: FloatArray,
    at_background: FloatArray,
    threshold: float,
    *,
    presence_weight: FloatArray | None = None,
    background_weight: FloatArray | None = None,
) -> float:
    """Return the true skill statistic [2]_ at a threshold that was set elsewhere.

    Parameters
    ----------
    at_presences, at_background : (n,), (m,) float64
        As for `auc`.
    threshold : float
        Places of this rating or above are called suitable.
    presence_weight, background_weight : (n,), (m,) float64, optional
        As for `auc`.

    Returns
    -------
    float
        -1 to 1; 0 for a map that tells nothing.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite.
    """
    n, m = check_ratings(at_presences, at_background)
    of_presence = check_weight(presence_weight, n, "presences")
    of_background = check_weight(background_weight, m, "background points")
    sensitivity = np.average(at_presences >= threshold, weights=of_presence)
    return float(sensitivity - np.average(at_background >= threshold, weights=of_background))


def auc_prg(
    at_presences: FloatArray,
    at_background: FloatArray,
    *,
    prevalence: float | None = None,
    presence_weight: FloatArray | None = None,
    background_weight: FloatArray | None = None,
) -> float:
    r"""Return the area under the precision-recall-gain curve.

    It weighs the top of the ranking, where AUC weighs all of it. With the shares of presences
    :math:`s` and of background points :math:`b` called suitable and prevalence :math:`\pi`, the
    gains of Flach and Kull [3]_ are

    .. math:: \mathrm{recall\ gain} = 1 - \frac{\pi}{1 - \pi} \frac{1 - s}{s}, \qquad
              \mathrm{precision\ gain} = 1 - \frac{b}{s},

    and the area is taken over recall gains from 0 (where :math:`s = \pi`) to 1. Between two
    thresholds the curve is straight, so the trapezoids are exact.

    Parameters
    ----------
    at_presences, at_background : (n,), (m,) float64
        As for `auc`.
    prevalence : float, optional
        Share of presences, above 0 and below 1, at which the gains are taken. By default the
        share in the sample, n / (n + m) with n the sum of presence weights: right for a survey
        with absences. With a background that share is a choice of the analyst, and figures are
        comparable only at one prevalence, so state one.
    presence_weight, background_weight : (n,), (m,) float64, optional
        As for `auc`.

    Returns
    -------
    float
        1 for a perfect ranking, 0 for one that tells nothing, below 0 for a misleading one;
        it has no lower bound.

    Raises
    ------
    ValueError
        An array is empty, not one-dimensional or not finite, or the prevalence is out of range.
    """
    n, m = check_ratings(at_presences, at_background)
    count = float(n) if presence_weight is None else float(presence_weight.sum())
    share = count / (count + m) if prevalence is None else prevalence
    if not 0.0 < share < 1.0:
        raise ValueError(f"prevalence lies above 0 and below 1, got {share}")
    cut = cut_offs(
        at_presences,
        at_background,
        presence_weight=presence_weight,
        background_weight=background_weight,
    )
    sensitivity = np.concatenate([[0.0], cut.sensitivity])
    background = np.concatenate([[0.0], cut.background_share])
    first = int(np.argmax(sensitivity >= share))
    step = sensitivity[first] - sensitivity[first - 1]
    part = (share - sensitivity[first - 1]) / step
    crossing = background[first - 1] + part * (background[first] - background[first - 1])
    s = np.concatenate([[share], sensitivity[first:]])
    b = np.concatenate([[crossing], background[first:]])
    recall_gain = 1.0 - share / (1.0 - share) * (1.0 - s) / s
    return float(np.trapezoid(1.0 - b / s, recall_gain))


def correlation(
    at_presences: FloatArray,
    at_absences: FloatArray,
    *,
    presence_weight: FloatArray | None = None,
    background_weight: FloatArray | None = None,
) -> float:
    """Return Pearson's correlation of the rating with being a presence [4]_.

    Parameters
    ----------
    at_presences, at_absences : (n,), (m,) float64
        As for `auc`; meant for a survey, as against a background the value falls with the
        number of background points.
    presence_weight, background_weight : (n,), (m,) float64, optional
        As for `auc`.

    Returns
    -------
    float
        -1 to 1. Unlike AUC it asks how far the ratings lie apart, not only for their order.

    Raises
    ------
    UnevaluableError
        All ratings are equal.
    ValueError
        An array is empty, not one-dimensional or not finite.
    """
    n, m = check_ratings(at_presences, at_absences)
    ratings = np.concatenate([at_presences, at_absences])
    if ratings.min() == ratings.max():
        raise UnevaluableError(
            f"Every place has the suitability {ratings[0]:g}, so there is no correlation with "
            f"presence. Check the predictors: they may not vary over the places."
        )
    weight = np.concatenate(
        [
            np.ones(len(values)) if given is None else given
            for values, given in (
                (at_presences, check_weight(presence_weight, n, "presences")),
                (at_absences, check_weight(background_weight, m, "background points")),
            )
        ]
    )
    covariance = np.cov(ratings, np.repeat([1.0, 0.0], [n, m]), aweights=weight)
    spread = float(covariance[0, 0] * covariance[1, 1])
    if not spread > 0.0:
        raise UnevaluableError(
            "Every place that counts is rated alike; there is no correlation."
        )
    return float(covariance[0, 1] / np.sqrt(spread))
