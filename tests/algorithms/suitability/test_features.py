"""Features of Maxent and their sums, against values worked out by hand and one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.suitability.feature_gradient import FeatureSums
from algorithms.suitability.features import (
    CATEGORY,
    HINGE,
    LINEAR,
    PRODUCT,
    QUADRATIC,
    THRESHOLD,
    default_classes,
    make_features,
    regularisation,
)


def sample(seed: int, n: int = 60) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 4)) * [1.0, 30.0, 0.01, 1.0] + [0.0, 100.0, 0.0, 0.0]
    values[:, 1] = np.round(values[:, 1])  # ties, as integer covariates have
    values[:, 3] = rng.integers(1, 5, n)
    return values


@pytest.mark.parametrize(
    ("n", "classes"), [(1, "l"), (9, "l"), (10, "lq"), (14, "lq"), (15, "lqh"), (79, "lqh")]
)
def test_few_presences_bear_few_classes(n: int, classes: str) -> None:
    assert default_classes(n) == classes


def test_from_eighty_presences_on_products_come_in() -> None:
    assert default_classes(80) == "lqph"


def test_every_class_has_the_number_of_features_that_maxnet_makes() -> None:
    features = make_features(sample(0), "lqpht", categorical=(3,))
    counts = {kind: int((features.kind == kind).sum()) for kind in range(6)}
    assert counts == {
        LINEAR: 3,
        QUADRATIC: 3,
        PRODUCT: 3,
        HINGE: 294,
        THRESHOLD: 147,
        CATEGORY: 4,
    }


def test_values_of_each_kind_by_hand() -> None:
    values = np.array([[0.0, 2.0, 1.0], [10.0, 4.0, 2.0]])
    features = make_features(values, "lqpht", categorical=(2,))
    found = features.evaluate(np.array([[5.0, 3.0, 2.0]]))[0]
    assert found[features.kind == LINEAR].tolist() == [5.0, 3.0]
    assert found[features.kind == QUADRATIC].tolist() == [25.0, 9.0]
    assert found[features.kind == PRODUCT].tolist() == [15.0]
    assert found[features.kind == CATEGORY].tolist() == [0.0, 1.0]
    of_x = (features.kind == HINGE) & (features.first == 0)
    rising = of_x & (features.high == 10.0)
    assert found[rising][0] == 0.5  # from 0 to 10
    assert found[rising & (features.low > 5.0)].tolist() == [0.0] * 24
    assert found[of_x & (features.low == 0.0)].max() == 1.0


def test_a_variable_that_does_not_vary_has_no_feature() -> None:
    values = np.column_stack([np.arange(5.0), np.full(5, 3.0)])
    assert set(make_features(values, "lqpht").first.tolist()) == {0}


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000), classes=st.sampled_from(["l", "lq", "h", "lqh", "lqph", "lqpht"])
)
def test_sums_without_evaluation_are_those_of_the_evaluated_features(
    seed: int, classes: str
) -> None:
    values = sample(seed)
    features = make_features(values, classes, categorical=(3,))
    weight = np.random.default_rng(seed + 1).normal(size=len(values))
    found = FeatureSums(features, values).of(weight)
    expected = features.evaluate(values).T @ weight
    scale = np.abs(features.evaluate(values)).sum(axis=0).max()
    np.testing.assert_allclose(found, expected, atol=1e-10 * scale)


def test_regularisation_by_hand() -> None:
    at_presences = np.array([[0.0], [1.0], [2.0], [3.0]])
    values = np.vstack([at_presences, [[10.0]]])
    features = make_features(values, "l")
    found = regularisation(features, at_presences, np.ones(4), np.array([10.0]))
    deviation = np.sqrt(5.0 / 3.0)
    assert found == pytest.approx([deviation * 1.0 / 2.0])  # factor 1 below 10 presences


def test_regularisation_is_never_below_a_thousandth_of_the_range() -> None:
    at_presences = np.full((4, 1), 5.0)
    features = make_features(np.array([[5.0], [10.0]]), "l")
    found = regularisation(features, at_presences, np.ones(4), np.array([5.0]))
    assert found == pytest.approx([0.005])


def test_thresholds_that_split_no_presence_are_held_back() -> None:
    at_presences = np.array([[5.0], [5.5]])
    features = make_features(np.array([[0.0], [10.0]]), "t")
    found = regularisation(features, at_presences, np.ones(2), np.ones(features.size))
    assert (found[features.low <= 5.0] >= 1.0).all()
    assert found[(features.low > 5.0) & (features.low < 5.5)] == pytest.approx(
        1.98 / np.sqrt(2.0) * np.sqrt(0.5)
    )


def test_a_presence_of_weight_two_counts_twice() -> None:
    at_presences = np.array([[0.0], [1.0], [4.0]])
    features = make_features(np.vstack([at_presences, [[9.0]]]), "lqh")
    spread = np.ones(features.size)
    weighted = regularisation(features, at_presences, np.array([1.0, 2.0, 1.0]), spread)
    repeated = regularisation(features, at_presences[[0, 1, 1, 2]], np.ones(4), spread)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-12)
