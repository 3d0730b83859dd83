from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.suitability.understanding.responses import (
    MAXIMUM_ROWS,
    ResponseSettings,
    response_curves,
)


def asked(**options):
    return ResponseSettings(np.random.default_rng(0), **options)


def product(values):
    return values[:, 0] * values[:, 1]


@pytest.fixture
def sample():
    values = np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 8.0], [2.0, 4.0]])
    return values, np.array([False, False, False, True])


def test_partial_by_hand(sample):
    """The mean of the second column over the background is 4."""
    (curve,) = response_curves([product], *sample, asked(columns=[0], n_values=3))
    assert curve.column == 0
    np.testing.assert_allclose(curve.values, [0, 1, 2])
    np.testing.assert_allclose(curve.mean, [0, 4, 8])
    assert np.isnan(curve.low).all()
    assert np.isnan(curve.high).all()


def test_marginal_by_hand(sample):
    """The median of the second column over the background is 3."""
    (curve,) = response_curves(
        [product], *sample, asked(columns=[0], n_values=3, kind="marginal")
    )
    np.testing.assert_allclose(curve.mean, [0, 3, 6])


def test_marginal_takes_the_most_frequent_class():
    values = np.array([[0.0, 7.0], [1.0, 2.0], [2.0, 7.0], [2.0, 9.0]])
    (curve,) = response_curves(
        [product],
        values,
        np.zeros(4, bool),
        asked(columns=[0], categorical=[1], n_values=3, kind="marginal"),
    )
    np.testing.assert_allclose(curve.mean, [0, 7, 14])


def test_classes_are_given_one_by_one():
    values = np.array([[5.0, 7.0], [5.0, 2.0], [1.0, 7.0], [5.0, 9.0]])
    presence = np.array([False, False, False, True])
    (curve,) = response_curves([product], values, presence, asked(columns=[0], categorical=[0]))
    assert curve.categorical
    np.testing.assert_array_equal(curve.values, [1, 5])
    np.testing.assert_allclose(curve.mean, np.array([1, 5]) * 16 / 3)
    np.testing.assert_allclose(curve.background_density, [1 / 3, 2 / 3])
    np.testing.assert_allclose(curve.presence_density, [0, 1])
    assert curve.supported.all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["partial", "marginal"]))
def test_agrees_with_predictions_one_by_one(seed, kind):
    rng = np.random.default_rng(seed)
    values, presence = rng.normal(size=(30, 3)), rng.random(30) < 0.3
    presence[0] = False
    curves = response_curves(
        [lambda v: np.sin(v[:, 0] * v[:, 1]) + v[:, 2] ** 2],
        values,
        presence,
        asked(n_values=7, kind=kind),
    )
    background = values[~presence]
    rows = background if kind == "partial" else np.median(background, axis=0)[None]
    for curve in curves:
        for value, mean in zip(curve.values, curve.mean, strict=True):
            places = rows.copy()
            places[:, curve.column] = value
            slowly = np.sin(places[:, 0] * places[:, 1]) + places[:, 2] ** 2
            assert mean == pytest.approx(slowly.mean())


def test_the_band_holds_the_stated_share_of_the_models(sample):
    models = [lambda v, k=k: np.full(len(v), k / 100) for k in range(101)]
    (curve,) = response_curves(models, *sample, asked(columns=[1], n_values=2, level=0.8))
    np.testing.assert_allclose(curve.mean, 0.5)
    np.testing.assert_allclose(curve.low, 0.1)
    np.testing.assert_allclose(curve.high, 0.9)


def test_ends_and_gaps_without_data_are_told():
    """Data at 0 to 1 and 9 to 10; drawn from -5 to 15."""
    rng = np.random.default_rng(1)
    known = np.concatenate([[0.0, 10.0], rng.uniform(0, 1, 40), rng.uniform(9, 10, 40)])
    values = np.column_stack([known, rng.random(82)])
    presence = known > 9.2
    (curve,) = response_curves(
        [product], values, presence, asked(columns=[0], n_values=81, limits={0: (-5.0, 15.0)})
    )
    assert curve.values[[0, -1]].tolist() == [-5.0, 15.0]
    for value, supported in ((-0.5, False), (0, True), (0.5, True), (5, False), (9.5, True)):
        assert curve.supported[curve.values == value] == [supported]
    assert not curve.supported[curve.values > 10].any()
    assert curve.presence_density[curve.values == 0.5] == 0.0
    step = curve.values[1] - curve.values[0]
    assert curve.background_density.sum() * step == pytest.approx(1.0, abs=0.1)
    assert curve.presence_density.sum() * step == pytest.approx(1.0, abs=0.1)


def test_a_constant_variable_has_one_value(sample):
    values, presence = sample
    values[:, 1] = 4.0
    (curve,) = response_curves([product], values, presence, asked(columns=[1]))
    np.testing.assert_array_equal(curve.values, [4.0])
    assert curve.supported.all()
    (drawn,) = response_curves(
        [product], values, presence, asked(columns=[1], n_values=3, limits={1: (3.0, 5.0)})
    )
    np.testing.assert_array_equal(drawn.supported, [False, True, False])


def test_a_large_background_is_sampled_and_predicted_in_pieces():
    rng = np.random.default_rng(0)
    values = rng.random((5000, 3))
    asked_rows = []

    def predict(places):
        asked_rows.append(len(places))
        return places[:, 0] + places[:, 1]

    curves = response_curves([predict], values, np.zeros(5000, bool), asked(n_values=250))
    assert sum(asked_rows) == 3 * 250 * MAXIMUM_ROWS
    assert max(asked_rows) <= 50_000
    np.testing.assert_allclose(np.diff(curves[0].mean), np.diff(curves[0].values))
    np.testing.assert_allclose(np.diff(curves[2].mean), 0.0, atol=1e-12)
    again = response_curves([predict], values, np.zeros(5000, bool), asked(n_values=250))
    np.testing.assert_array_equal(curves[0].mean, again[0].mean)


def test_cancel_and_progress(sample, stop_at, cancelled):
    with pytest.raises(cancelled):
        response_curves([product, product], *sample, asked(), control=stop_at(0.6))
    watcher = stop_at(2.0)
    response_curves([product, product], *sample, asked(), control=watcher)
    np.testing.assert_allclose(watcher.told, [0, 0.25, 0.5, 0.75, 1.0])


def test_errors(sample):
    values, presence = sample
    with pytest.raises(ValueError, match="one model"):
        response_curves([], values, presence, asked())
    with pytest.raises(ValueError, match="do not agree"):
        response_curves([product], values, presence[1:], asked())
    with pytest.raises(ValueError, match="background"):
        response_curves([product], values, np.ones(4, bool), asked())
    with pytest.raises(ValueError, match="a value is not finite"):
        response_curves([product], values * np.nan, presence, asked())
    for options in ({"n_values": 1}, {"n_rows": 0}, {"n_rows": 501}):
        with pytest.raises(ValueError, match="2 values or more"):
            response_curves([product], values, presence, asked(**options))
    for options in ({"kind": "total"}, {"level": 1.0}):
        with pytest.raises(ValueError, match="partial or marginal"):
            response_curves([product], values, presence, asked(**options))
    for options in ({"columns": [2]}, {"categorical": [-1]}, {"limits": {9: (0.0, 1.0)}}):
        with pytest.raises(ValueError, match="2 columns"):
            response_curves([product], values, presence, asked(**options))
    with pytest.raises(ValueError, match="limits of column 0"):
        response_curves([product], values, presence, asked(limits={0: (2.0, 2.0)}))
    with pytest.raises(ValueError, match="a model predicts"):
        response_curves([lambda v: v[:2, 0]], values, presence, asked())
