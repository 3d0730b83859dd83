from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.evaluation.calibration import (
    calibration_curve,
    presence_calibration,
    wilson_interval,
)
from algorithms.suitability.evaluation.ratings import UnevaluableError


def mean_gap(curve):
    """Return the mean of what lies between observed and predicted, each bin by its points."""
    weight = curve.n_presences + curve.n_others
    return np.average(np.abs(curve.observed - curve.predicted), weights=weight)


def test_survey_by_hand():
    predicted = np.array([0.1, 0.3, 0.2, 0.8, 0.9, 0.7])
    observed = np.array([False, True, False, True, True, False])
    curve = calibration_curve(predicted, observed, n_bins=2)
    np.testing.assert_allclose(curve.predicted, [0.2, 0.8])
    np.testing.assert_allclose(curve.observed, [1 / 3, 2 / 3])
    np.testing.assert_array_equal(curve.n_presences, [1, 2])
    np.testing.assert_array_equal(curve.n_others, [2, 1])
    assert mean_gap(curve) == pytest.approx(2 / 15)


def test_wilson_interval_by_hand():
    """No hit in 10 trials at z = 1.96: upper end z^2 / (10 + z^2)."""
    low, high = wilson_interval(np.array([0, 10]), np.array([10, 10]))
    z2 = 1.959963984540054**2
    np.testing.assert_allclose(low, [0.0, 10 / (10 + z2)], atol=1e-12)
    np.testing.assert_allclose(high, [z2 / (10 + z2), 1.0])


@given(st.integers(1, 500), st.data())
def test_wilson_ends_solve_its_equation(trials, data):
    """The ends are the shares from which the observed one lies z standard errors away."""
    hits = data.draw(st.integers(0, trials))
    low, high = wilson_interval(np.array([hits]), np.array([trials]), level=0.9)
    z = 1.6448536269514722
    for end in (low[0], high[0]):
        if 0.0 < end < 1.0:
            error = np.sqrt(end * (1 - end) / trials)
            assert abs(hits / trials - end) == pytest.approx(z * error, rel=1e-6, abs=1e-9)
    assert low[0] <= hits / trials + 1e-12
    assert high[0] >= hits / trials - 1e-12


def test_wilson_errors():
    one = np.array([1])
    for hits, trials in ((2, 1), (-1, 1), (0, 0)):
        with pytest.raises(ValueError, match="hits <= trials"):
            wilson_interval(hits * one, trials * one)
    with pytest.raises(ValueError, match="level"):
        wilson_interval(one, one, level=1.0)


def test_equal_suitabilities_stay_together():
    predicted = np.array([0.1] * 7 + [0.5, 0.6, 0.9])
    curve = calibration_curve(predicted, predicted > 0.4, n_bins=5)
    assert curve.n_presences.sum() + curve.n_others.sum() == 10
    np.testing.assert_array_equal(curve.n_others, [7, 0])
    flat = calibration_curve(np.full(5, 0.4), np.array([1, 0, 0, 0, 0], bool))
    np.testing.assert_allclose(flat.predicted, [0.4])
    np.testing.assert_allclose(flat.observed, [0.2])


def test_a_true_model_lies_on_the_line():
    rng = np.random.default_rng(6)
    probability = rng.random(20_000)
    found = rng.random(20_000) < probability
    survey = calibration_curve(probability, found)
    assert len(survey.observed) == 10
    assert ((survey.low < survey.predicted) & (survey.predicted < survey.high)).sum() >= 9
    assert mean_gap(survey) < 0.02
    poc = presence_calibration(probability[found], probability)
    assert ((poc.low < poc.predicted) & (poc.predicted < poc.high)).sum() >= 9
    # Prevalence plays no part: a tenth of the suitability is as well calibrated.
    tenth = presence_calibration(probability[found] / 10, probability / 10)
    np.testing.assert_allclose(tenth.predicted, poc.predicted)
    np.testing.assert_allclose(tenth.observed, poc.observed)
    # A model too sure of itself is told from it.
    sure = presence_calibration(probability[found] ** 3, probability**3)
    assert mean_gap(sure) > 5 * mean_gap(poc)


def test_poc_by_hand():
    """Background 1, 1, 3, 3, mean 2; presences 2 below 3 and 2 from there."""
    presences = np.array([0.5, 2.9, 3.0, 9.0])
    curve = presence_calibration(presences, np.array([1.0, 1.0, 3.0, 3.0]), n_bins=2)
    np.testing.assert_allclose(curve.predicted, [0.5, 1.5])
    np.testing.assert_allclose(curve.suitability, [1.0, 3.0])
    np.testing.assert_array_equal(curve.n_presences, [2, 2])
    np.testing.assert_allclose(curve.observed, [1.0, 1.0])
    low, high = wilson_interval(np.array([2, 2]), np.array([4, 4]))
    np.testing.assert_allclose(curve.low, low * 2)
    np.testing.assert_allclose(curve.high, high * 2)


def test_calibration_errors():
    some = np.array([0.1, 0.4])
    with pytest.raises(ValueError, match="do not agree"):
        calibration_curve(some, np.array([True]))
    with pytest.raises(ValueError, match="do not agree"):
        calibration_curve(np.array([]), np.array([], dtype=bool))
    with pytest.raises(ValueError, match="not finite"):
        calibration_curve(np.array([np.inf]), np.array([True]))
    with pytest.raises(ValueError, match="1 bin"):
        calibration_curve(some, some > 0.2, n_bins=0)
    with pytest.raises(UnevaluableError, match="0 all over"):
        presence_calibration(some, np.zeros(3))
    with pytest.raises(ValueError, match=">= 0"):
        presence_calibration(some - 0.3, some)
    with pytest.raises(ValueError, match="at least one"):
        presence_calibration(some, np.array([]))
