"""Weights of presences and background: a weight of k is the point k times."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.suitability.evaluation.boyce import Bootstrap, continuous_boyce
from algorithms.suitability.evaluation.calibration import presence_calibration
from algorithms.suitability.evaluation.cross_validation import CountedPoints, cross_validate
from algorithms.suitability.evaluation.discrimination import (
    auc,
    auc_prg,
    correlation,
    tss,
    tss_at,
)
from algorithms.suitability.evaluation.thresholds import threshold_at, thresholds


def drawn(seed):
    """Ratings with ties, and whole weights of which some are 0."""
    rng = np.random.default_rng(seed)
    ratings = rng.integers(0, 9, 12) / 8.0, rng.integers(0, 9, 30) / 8.0
    weights = rng.integers(0, 4, 12).astype(float), rng.integers(0, 4, 30).astype(float)
    for weight in weights:
        weight[0] = 1.0
    return ratings, weights


def repeated(ratings, weights):
    return [np.repeat(r, w.astype(int)) for r, w in zip(ratings, weights, strict=True)]


MEASURES = [
    auc,
    lambda p, b, **w: tss(p, b, **w)[0],
    partial(tss_at, threshold=0.4),
    partial(auc_prg, prevalence=0.3),
    lambda p, b, **w: threshold_at(p, b, 0.5, **w).background_share,
    lambda p, b, **w: thresholds(p, b, **w).p10.value,
    lambda p, b, **w: thresholds(p, b, **w).minimum_presence.sensitivity,
    lambda p, b, **w: thresholds(p, b, **w).max_tss.tss,
]


@pytest.mark.parametrize("measure", MEASURES)
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_weight_is_a_number_of_points(measure, seed):
    ratings, (first, second) = drawn(seed)
    found = measure(*ratings, presence_weight=first, background_weight=second)
    assert found == pytest.approx(measure(*repeated(ratings, (first, second))), abs=1e-12)
    twice = measure(*ratings, presence_weight=first / 7, background_weight=second * 3)
    assert twice == pytest.approx(found, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_correlation_boyce_and_calibration_take_weights_too(seed):
    ratings, weights = drawn(seed)
    more = repeated(ratings, weights)
    if max(more[0].max(), more[1].max()) > min(more[0].min(), more[1].min()):
        found = correlation(*ratings, presence_weight=weights[0], background_weight=weights[1])
        small = more[0].size + more[1].size
        assert found == pytest.approx(correlation(*more), abs=0.5 / small)
    ratings = np.concatenate([ratings[0], [0.0, 1.0]]), np.linspace(0.0, 1.0, 40)
    weight = np.concatenate([weights[0], [1.0, 1.0]])
    many = np.repeat(ratings[0], weight.astype(int))
    found = continuous_boyce(*ratings, presence_weight=weight)
    expected = continuous_boyce(many, ratings[1])
    assert found.value == expected.value
    np.testing.assert_allclose(found.ratio, expected.ratio, rtol=1e-8)
    curve = presence_calibration(*ratings, presence_weight=weight)
    same = presence_calibration(many, ratings[1])
    for name in ("predicted", "observed", "low", "high", "n_presences"):
        np.testing.assert_allclose(getattr(curve, name), getattr(same, name), atol=1e-12)


def test_records_in_parts_are_resampled_whole():
    """Two records of ten cells each cannot give a narrower interval than two records."""
    rng = np.random.default_rng(0)
    background = rng.random(400)
    parts = np.concatenate([rng.uniform(0.2, 0.3, 10), rng.uniform(0.8, 0.9, 10)])
    asked = Bootstrap(np.random.default_rng(1), n_resamples=200, cluster=np.repeat([0, 1], 10))
    found = continuous_boyce(
        parts, background, presence_weight=np.full(20, 0.1), bootstrap=asked
    )
    alone = continuous_boyce(parts, background, presence_weight=np.full(20, 0.1))
    assert found.value == alone.value
    assert found.interval.high - found.interval.low > 0.2


def test_folds_count_records_and_their_weights():
    presence = np.array([1, 1, 1, 1, 0, 0, 0, 0], bool)
    record = np.array([0, 1, 1, 2, -1, -1, -1, -1])
    weight = np.array([1.0, 0.75, 0.25, 1.0, 1.0, 3.0, 1.0, 1.0])
    fold = np.array([0, 0, 0, 1, 0, 0, 1, 1])
    rating = np.array([5.0, 4.0, 1.0, 3.0, 2.0, 4.5, 0.0, 9.0])
    found = cross_validate(
        lambda learn, rate, control: rating[rate],
        presence,
        fold,
        points=CountedPoints(weight, record),
    )
    first = found.folds[0]
    assert (first.n_presences, first.n_background, first.n_learnt) == (2, 2, 1)
    # Above all of it; above a quarter of it with three quarters; above none of it.
    assert first.auc == pytest.approx((1.0 + 0.75 * 0.25) / 2)
    assert found.weights_of_unseen()["presence_weight"].tolist() == weight[:4].tolist()


@pytest.mark.parametrize("bad", [np.ones(3), np.array([1.0, -1.0]), np.zeros(2), [np.nan, 1.0]])
def test_weights_that_are_none(bad):
    with pytest.raises(ValueError, match="weights"):
        auc(np.array([0.1, 0.2]), np.array([0.3]), presence_weight=np.asarray(bad))
