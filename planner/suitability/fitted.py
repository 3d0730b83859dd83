"""What a fitted model consists of: everything that tells how complex it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.suitability.evaluation.discrimination import auc
from algorithms.suitability.features import (
    CATEGORY,
    HINGE,
    LINEAR,
    PRODUCT,
    QUADRATIC,
    THRESHOLD,
    default_classes,
)
from algorithms.suitability.maxent import Maxent
from planner.suitability.measured import known
from planner.suitability.results import MemberFound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.suitability.estimator import PresenceBackgroundEstimator
    from planner.suitability.stages.sample_stage import Sample

_FEATURES = {
    LINEAR: "linear",
    QUADRATIC: "quadratic",
    PRODUCT: "product",
    HINGE: "hinge",
    THRESHOLD: "threshold",
    CATEGORY: "class",
}
_NO_SETTINGS = frozenset({"categorical", "random_state", "responses", "weights"})


def member_details(
    model: PresenceBackgroundEstimator, sample: Sample
) -> tuple[tuple[MemberFound, ...], float | None]:
    """Tell what a fitted model, or each member of an ensemble, consists of.

    Parameters
    ----------
    model : PresenceBackgroundEstimator
        Fitted on `sample`.
    sample : Sample
        What it learnt from.

    Returns
    -------
    details : tuple of MemberFound
        One per member; a single one where the model is no ensemble.
    training_auc : float or None
        Of the whole.
    """
    members = getattr(model, "members_", {})
    weights = getattr(model, "weights_", {}) if members else {}
    predicted = (
        {name: member.predict(sample.values) for name, member in members.items()}
        if members
        else {}
    )
    whole = _training_auc(model.predict(sample.values), sample)
    details = [
        _detail(name, member, weights.get(name), _training_auc(predicted[name], sample), sample)
        for name, member in members.items()
    ]
    name = type(model).__name__
    return tuple(details) or (_detail(name, model, None, whole, sample),), whole


def shown_settings(model: PresenceBackgroundEstimator) -> dict[str, str]:
    """Return the arguments of a model with their values, as text."""
    return {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in model.get_params(deep=False).items()
        if name not in _NO_SETTINGS
    }


def _detail(
    name: str,
    model: PresenceBackgroundEstimator,
    weight: float | None,
    training_auc: float | None,
    sample: Sample,
) -> MemberFound:
    trees = getattr(model, "trees_", None)
    classes, coefficients = _features(model, sample) if isinstance(model, Maxent) else ("", {})
    return MemberFound(
        name=name,
        kind=type(model).__name__,
        weight=weight,
        settings=shown_settings(model),
        feature_classes=classes,
        coefficients=coefficients,
        trees=None if trees is None else len(trees.start),
        leaves=None if trees is None else int((trees.feature < 0).sum()),
        training_auc=training_auc,
    )


def _features(model: Maxent, sample: Sample) -> tuple[str, dict[str, int]]:
    """Return the letters of the classes that were offered, and what was taken of each."""
    number = model.design_presences or float(sample.weight[sample.presence].sum())
    letters = default_classes(number) if model.features == "auto" else model.features
    used = model.features_.kind[model.coefficient_ != 0.0]
    counts = {name: int((used == kind).sum()) for kind, name in _FEATURES.items()}
    return letters, {name: count for name, count in counts.items() if count}


def _training_auc(predicted: NDArray[np.float64], sample: Sample) -> float | None:
    at = sample.presence
    if not at.any() or at.all():
        return None
    return known(
        auc(
            predicted[at],
            predicted[~at],
            presence_weight=np.asarray(sample.weight[at]),
            background_weight=np.asarray(sample.weight[~at]),
        )
    )
