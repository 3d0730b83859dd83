"""Null models: whether a model tells more than one fitted to random presences would.

References
----------
.. [1] Raes, N. and ter Steege, H. (2007). A null-model for significance testing of
   presence-only species distribution models. Ecography 30, 727-736.
.. [2] Bohl, C. L., Kass, J. M. and Anderson, R. P. (2019). A new null model approach to
   quantify performance and significance for ecological niche models of species distributions.
   Journal of Biogeography 46, 1101-1111.
.. [3] Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero.
   Statistical Applications in Genetics and Molecular Biology 9, 39.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from algorithms.control import NULL_CONTROL, Control, PartControl
from algorithms.suitability.evaluation.discrimination import auc
from algorithms.suitability.evaluation.ratings import UnevaluableError
from algorithms.suitability.evaluation.running import run_fits

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import BoolArray, FloatArray

RowArray: TypeAlias = NDArray[np.intp]

if TYPE_CHECKING:
    FitRate: TypeAlias = Callable[[RowArray, Control], FloatArray]
    Draw: TypeAlias = Callable[[np.random.Generator], RowArray]
    Statistic: TypeAlias = Callable[..., float]


@dataclass(frozen=True)
class NullSettings:
    """How a null-model test is made.

    Attributes
    ----------
    rng : Generator
        Source of randomness; the null models do not depend on the number of threads.
    n_null : int
        Number of null models, >= 1. The smallest p-value there can be is 1 / (n_null + 1).
    statistic : callable
        From suitability at presences and at the background to a figure, higher being better;
        takes ``presence_weight`` and ``background_weight`` where there are weights.
    weight : (n,) float64, optional
        What each point counts for in the statistic; 1 by default, and for null presences that
        are rated themselves.
    in_parallel : bool
        Fit null models in threads; the fitting must then be safe to run more than once at a
        time.
    """

    rng: np.random.Generator
    n_null: int = 99
    statistic: Statistic = auc
    weight: FloatArray | None = None
    in_parallel: bool = False


@dataclass(frozen=True)
class NullModelTest:
    """A figure of the real model beside those of null models.

    Attributes
    ----------
    observed : float
        Figure of the real model.
    null : (n_null,) float64
        Figure of each null model; NaN where it had none, as with a flat map.
    """

    observed: float
    null: FloatArray

    @property
    def p_value(self) -> float:
        """Chance that a null model does as well, with the real model among them [3]_.

        Null models without a figure count as having done as well, to be on the safe side.
        """
        as_good = int((~(self.null < self.observed)).sum())
        return (as_good + 1) / (len(self.null) + 1)

    @property
    def effect_size(self) -> float:
        """Standard deviations by which the real model surpasses the mean null model [2]_.

        NaN with fewer than two figures of null models, or where all of them are equal.
        """
        figures = self.null[~np.isnan(self.null)]
        spread = float(np.std(figures, ddof=1)) if len(figures) > 1 else 0.0
        return (self.observed - float(figures.mean())) / spread if spread > 0.0 else np.nan


def random_draw(
    presence: BoolArray,
    held_out: BoolArray,
    *,
    weight: FloatArray | None = None,
    count: int | None = None,
) -> Draw:
    """Return a way to draw null presences from the background, as many as there are real ones.

    Parameters
    ----------
    presence : (n,) bool
        True at presences.
    held_out : (n,) bool
        True at points kept for evaluation; neither counted nor drawn.
    weight : (n,) float64, optional
        Relative survey effort at each point, finite and >= 0. With it null presences are where
        people looked, which keeps a model of effort from passing for one of habitat [1]_.
    count : int, optional
        How many to draw; as many as there are presences to learn from by default. Fewer where
        several points are one presence together.

    Returns
    -------
    callable
        From a generator to the rows of the points that play the presences, without repetition.

    Raises
    ------
    UnevaluableError
        There are fewer background points (of weight above 0) than presences.
    ValueError
        Shapes disagree or a weight is negative or not finite.
    """
    n_presences, pool = _pool(presence, held_out)
    count = n_presences if count is None else count
    share = None
    if weight is not None:
        if weight.shape != presence.shape:
            raise ValueError(
                f"weight {weight.shape} and presence {presence.shape} do not agree"
            )
        if not np.isfinite(weight[pool]).all() or (weight[pool] < 0.0).any():
            raise ValueError("weights of null presences are finite and >= 0")
        pool = pool[weight[pool] > 0.0]
        share = weight[pool] / weight[pool].sum()
    _check_enough(count, len(pool))

    def draw(rng: np.random.Generator) -> RowArray:
        return np.sort(rng.choice(pool, count, replace=False, p=share))

    return draw


def _pool(presence: BoolArray, held_out: BoolArray) -> tuple[int, RowArray]:
    if presence.ndim != 1 or presence.shape != held_out.shape:
        raise ValueError(f"presence {presence.shape}, held_out {held_out.shape} do not agree")
    return int((presence & ~held_out).sum()), np.flatnonzero(~presence & ~held_out)


def _check_enough(count: int, n_background: int) -> None:
    if count == 0 or n_background < count:
        raise UnevaluableError(
            f"{count} presences to learn from and {n_background} background points to draw as "
            f"many null presences from do not make a null model. Use more background points."
        )


def null_model_test(
    fit_rate: FitRate,
    draw: Draw,
    presence: BoolArray,
    held_out: BoolArray,
    settings: NullSettings,
    *,
    control: Control = NULL_CONTROL,
) -> NullModelTest:
    """Compare a model with models of random presences, as many as it had.

    Where points are held out, real and null models are rated on the same held-out presences
    and background, as Bohl et al. [2]_ found necessary: a null model that is rated on its own
    random presences has another task, easier or harder. With nothing held out each model is
    rated on the presences it was fitted with, as by Raes and ter Steege [1]_.

    Parameters
    ----------
    fit_rate : callable
        Given the rows of the points that play the presences, and a control, fits a new model of
        them against all background points that are not held out, and returns the suitability of
        all n points.
    draw : callable
        From `random_draw`.
    presence : (n,) bool
        True at presences.
    held_out : (n,) bool
        True at points kept for evaluation, which hold presences and background; or nowhere.
    settings : NullSettings
        Number of null models, statistic, randomness.
    control : Control
        Told the share of the models fitted; may cancel.

    Returns
    -------
    NullModelTest
        Figures of the real and the null models, p-value and effect size.

    Raises
    ------
    UnevaluableError
        The held-out points lack presences or background, or the real model has no figure.
    ValueError
        Shapes disagree, a rating is not finite, or there is no null model.
    """
    if settings.n_null < 1:
        raise ValueError(f"a null-model test has 1 null model or more, got {settings.n_null}")
    _, pool = _pool(presence, held_out)
    if held_out.any() and not ((presence & held_out).any() and (~presence & held_out).any()):
        raise UnevaluableError(
            "The points held out for the null-model test lack presences or background, so no "
            "model can be rated on them. Hold out a fold that has both."
        )

    def figure(rows: RowArray, part: Control) -> float:
        part.report(0.0)
        ratings = fit_rate(rows, part)
        if ratings.shape != presence.shape or not np.isfinite(ratings).all():
            raise ValueError(
                f"ratings of {len(presence)} points have shape {ratings.shape} or are not "
                f"finite"
            )
        if held_out.any():
            pair = np.flatnonzero(presence & held_out), np.flatnonzero(~presence & held_out)
        else:
            pair = rows, pool
        if settings.weight is None:
            return float(settings.statistic(ratings[pair[0]], ratings[pair[1]]))
        counts = np.where(presence[pair[0]], settings.weight[pair[0]], 1.0)
        return float(
            settings.statistic(
                ratings[pair[0]],
                ratings[pair[1]],
                presence_weight=counts,
                background_weight=settings.weight[pair[1]],
            )
        )

    def null_figure(rng: np.random.Generator, part: Control) -> float:
        try:
            return figure(draw(rng), part)
        except UnevaluableError:
            return np.nan

    share = 1.0 / (settings.n_null + 1)
    observed = figure(np.flatnonzero(presence & ~held_out), PartControl(control, 0.0, share))
    tasks = [partial(null_figure, rng) for rng in settings.rng.spawn(settings.n_null)]
    null = np.full(settings.n_null, np.nan)
    for i, value in run_fits(
        tasks, PartControl(control, share, 1.0), in_parallel=settings.in_parallel
    ):
        null[i] = value
    control.report(1.0)
    return NullModelTest(observed, null)
