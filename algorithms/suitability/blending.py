"""One suitability map from an expert index and a fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray


def skill_weight(model_auc: float, expert_auc: float) -> float:
    """Return the weight of the model in a blend, from what both can do on unseen data.

    The skill of a map is ``max(0, 2 AUC - 1)``: 0 for one that tells nothing or less, 1 for a
    perfect one. The weight of the model is its share of both skills. A model with an AUC of
    0.5 or less gets the weight 0, and where neither has skill the expert index stands alone.

    Parameters
    ----------
    model_auc : float
        Mean AUC of the model in spatial cross-validation, 0 to 1.
    expert_auc : float
        AUC of the expert index on the same points, 0 to 1. Where its responses were set with
        these points in view it is too high, which errs on the side of the expert index.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        An AUC is outside 0 to 1 or not a number.
    """
    for name, value in (("model", model_auc), ("expert index", expert_auc)):
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"the AUC of the {name} lies in 0..1, got {value}")
    model_skill, expert_skill = max(0.0, 2 * model_auc - 1), max(0.0, 2 * expert_auc - 1)
    if model_skill == 0.0:
        return 0.0
    return model_skill / (model_skill + expert_skill)


def blend(expert: FloatArray, model: FloatArray, weight: float) -> FloatArray:
    """Return the weighted mean ``weight * model + (1 - weight) * expert``.

    Parameters
    ----------
    expert : (...) float64
        Expert index, 0 to 1; NaN where unknown.
    model : (...) float64
        Model output, 0 to 1; NaN where unknown.
    weight : float
        Weight of the model, 0 to 1.

    Returns
    -------
    (...) float64
        0 to 1. NaN where a map of weight above 0 is NaN; one of weight 0 plays no part.

    Raises
    ------
    ValueError
        Shapes differ, the weight is outside 0 to 1, or a value is outside 0 to 1.
    """
    if expert.shape != model.shape:
        raise ValueError(f"the index has shape {expert.shape}, the model {model.shape}")
    if not 0.0 <= weight <= 1.0:
        raise ValueError(f"the weight of the model lies in 0..1, got {weight}")
    for values in (expert, model):
        if ((values < 0.0) | (values > 1.0)).any():
            raise ValueError("suitability lies in 0..1")
    if weight in (0.0, 1.0):
        return (model if weight == 1.0 else expert).copy()
    return np.clip(weight * model + (1.0 - weight) * expert, 0.0, 1.0)
