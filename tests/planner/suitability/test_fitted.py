from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from algorithms.suitability.ensemble import SuitabilityEnsemble
from algorithms.suitability.maxent import Maxent
from planner.suitability.fitted import member_details
from planner.suitability.results import FitFound


@pytest.fixture(scope="module")
def sample():
    """30 presences of half weight at high values of the first variable, 300 background."""
    rng = np.random.default_rng(4)
    values = np.vstack([rng.normal((1.5, 0), 1, (30, 2)), rng.normal(0, 1, (300, 2))])
    presence = np.arange(330) < 30
    return SimpleNamespace(
        values=values, presence=presence, weight=np.where(presence, 0.5, 1.0)
    )


def fitted(model, sample):
    return model.fit(sample.values, sample.presence, sample_weight=sample.weight)


def test_features_of_maxent_are_counted(sample):
    model = fitted(Maxent(), sample)
    (found,), whole = member_details(model, sample)
    assert found.feature_classes == "lqh", "15 presences, as the weights say"
    assert sum(found.coefficients.values()) == np.count_nonzero(model.coefficient_)
    assert found.settings["regularization"] == "1"
    assert found.weight is None
    assert found.trees is None
    assert whole == found.training_auc
    assert 0.7 < whole < 1.0
    assert "feature classes offered lqh" in found.sentence


def test_members_of_the_ensemble_have_weights_and_trees(sample):
    model = fitted(SuitabilityEnsemble(random_state=1, n_trees=20), sample)
    details, whole = member_details(model, sample)
    assert [item.name for item in details] == list(model.members_)
    assert sum(item.weight for item in details) == pytest.approx(1.0)
    forest = next(item for item in details if item.name == "forest")
    assert forest.trees == 20
    assert forest.leaves >= 40
    assert "20 trees" in forest.sentence
    told = FitFound("ensemble", (), {}, (), details, 15.0, whole).sentences
    assert told[0] == "The presences count for 15, the sum of their weights."
    assert len(told) == len(details) + 2
