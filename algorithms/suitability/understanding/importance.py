"""Importance: how much a model loses when a variable tells it nothing any more.

References
----------
.. [1] Breiman, L. (2001). Random forests. Machine Learning 45, 5-32.
.. [2] Phillips, S. J., Anderson, R. P. and Schapire, R. E. (2006). Maximum entropy modeling of
   species geographic distributions. Ecological Modelling 190, 231-259.
.. [3] Strobl, C., Boulesteix, A.-L., Kneib, T., Augustin, T. and Zeileis, A. (2008).
   Conditional variable importance for random forests. BMC Bioinformatics 9, 307.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, Control
from algorithms.suitability.evaluation.discrimination import auc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from algorithms.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class ImportanceSettings:
    """How importance is measured.

    Attributes
    ----------
    rng : Generator
        Shuffles the points.
    repeats : int
        How often each variable is shuffled, >= 1.
    groups : sequence of sequence of int, optional
        Columns that are shuffled together, so that they keep to each other; every column by
        itself by default. A column may be in no group or in several.
    weight : (n,) float64, optional
        What each point counts for in the AUC, >= 0; 1 by default.
    """

    rng: np.random.Generator
    repeats: int = 10
    groups: Sequence[Sequence[int]] | None = None
    weight: FloatArray | None = None


@dataclass(frozen=True)
class Importance:
    """What a model loses without each variable or group of variables.

    Attributes
    ----------
    groups : tuple of tuple of int
        Column numbers of each group.
    baseline : float
        AUC with all variables as they are.
    loss : (n_groups, repeats) float64
        `baseline` less the AUC with the group shuffled; below 0 by chance, or where the
        variable does harm.
    """

    groups: tuple[tuple[int, ...], ...]
    baseline: float
    loss: FloatArray

    @property
    def mean(self) -> FloatArray:
        """Mean loss of AUC of each group, (n_groups,)."""
        mean: FloatArray = self.loss.mean(axis=1)
        return mean

    @property
    def deviation(self) -> FloatArray:
        """Standard deviation of the loss over the repeats, (n_groups,); NaN with one repeat."""
        if self.loss.shape[1] < 2:
            return np.full(len(self.loss), np.nan)
        deviation: FloatArray = self.loss.std(axis=1, ddof=1)
        return deviation

    @property
    def percent(self) -> FloatArray:
        """Share of each group in all losses above 0, as Maxent [2]_ prints it, (n_groups,)."""
        positive = np.maximum(self.mean, 0.0)
        total = positive.sum()
        return 100.0 * positive / total if total > 0.0 else positive


def permutation_importance(
    predict: Callable[[FloatArray], FloatArray],
    values: FloatArray,
    presence: BoolArray,
    settings: ImportanceSettings,
    *,
    control: Control = NULL_CONTROL,
) -> Importance:
    """Measure the loss of AUC when a variable is shuffled over presences and background [1]_.

    Of variables that go together each can stand in for the other, so that both seem to matter
    little, and a shuffled one makes places that do not exist [3]_. Look at the correlations,
    and shuffle such variables as one group. On points the model was fitted with, importance is
    of the fit; on others, of what holds elsewhere.

    Parameters
    ----------
    predict : callable
        From (n, p) float64 to the (n,) float64 suitability.
    values : (n, p) float64
        Variables at presences and background points, finite.
    presence : (n,) bool
        True at presences; both kinds are needed.
    settings : ImportanceSettings
        Randomness, repeats, groups.
    control : Control
        Told the share of the predictions done; may cancel.

    Returns
    -------
    Importance
        Losses of AUC by group and repeat.

    Raises
    ------
    ValueError
        Shapes disagree, a value or prediction is not finite, presences or background are
        missing, a group is empty or a column out of range, or there is no repeat.
    """
    groups = _check(values, presence, settings)
    n_shuffled = len(groups) * settings.repeats
    control.report(0.0)

    def skill(places: FloatArray) -> float:
        predicted = predict(places)
        if predicted.shape != presence.shape:
            raise ValueError(f"a model predicts {predicted.shape} for {presence.shape} places")
        if settings.weight is None:
            return auc(predicted[presence], predicted[~presence])
        return auc(
            predicted[presence],
            predicted[~presence],
            presence_weight=settings.weight[presence],
            background_weight=settings.weight[~presence],
        )

    baseline = skill(values)
    loss = np.empty((len(groups), settings.repeats))
    for number in range(n_shuffled):
        control.report((number + 1) / (n_shuffled + 1))
        group, repeat = divmod(number, settings.repeats)
        columns = list(groups[group])
        places = values.copy()
        places[:, columns] = values[settings.rng.permutation(len(values))][:, columns]
        loss[group, repeat] = baseline - skill(places)
    control.report(1.0)
    return Importance(groups, baseline, loss)


def _check(
    values: FloatArray, presence: BoolArray, settings: ImportanceSettings
) -> tuple[tuple[int, ...], ...]:
    """Check the input and return the groups."""
    if values.ndim != 2 or presence.shape != values.shape[:1]:
        raise ValueError(f"values {values.shape} and presence {presence.shape} do not agree")
    if presence.all() or not presence.any():
        raise ValueError("importance needs presences and background points")
    if not np.isfinite(values).all():
        raise ValueError("a value is not finite; leave such points out")
    if settings.weight is not None and settings.weight.shape != presence.shape:
        raise ValueError(
            f"weights {settings.weight.shape} and presence {presence.shape} differ"
        )
    if settings.repeats < 1:
        raise ValueError(f"a variable is shuffled once or more, got {settings.repeats}")
    n_columns = values.shape[1]
    if settings.groups is None:
        return tuple((column,) for column in range(n_columns))
    for group in settings.groups:
        if not group or any(not 0 <= column < n_columns for column in group):
            raise ValueError(f"group {tuple(group)} is empty or beyond {n_columns} columns")
    return tuple(tuple(group) for group in settings.groups)
