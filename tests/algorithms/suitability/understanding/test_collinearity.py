from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from algorithms.suitability.understanding.collinearity import (
    correlation_matrix,
    strongly_correlated,
    variance_inflation,
)


def test_correlation_by_hand():
    """A steady curve has rank correlation 1; constants and classes have none."""
    x = np.array([1.0, 2.0, 3.0, 4.0])
    values = np.column_stack([x, np.exp(x), -x, np.full(4, 7.0), x])
    ranks = correlation_matrix(values, categorical=(4,))
    np.testing.assert_allclose(ranks[:3, :3], [[1, 1, -1], [1, 1, -1], [-1, -1, 1]])
    assert np.isnan(ranks[3:]).all()
    assert np.isnan(ranks[:, 3:]).all()
    straight = correlation_matrix(values, kind="pearson", categorical=(4,))
    assert straight[0, 1] == pytest.approx(np.corrcoef(x, np.exp(x))[0, 1])
    assert straight[0, 1] < 0.95


@given(st.integers(0, 2**32 - 1))
def test_agrees_with_pairwise_correlations(seed):
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(size=(30, 3)) * 2)
    values[0], values[1] = 0.0, 5.0  # no variable is constant
    matrix = correlation_matrix(values)
    np.testing.assert_allclose(matrix, spearmanr(values).statistic, atol=1e-12)
    plain = correlation_matrix(values, kind="pearson")
    np.testing.assert_allclose(plain, np.corrcoef(values.T), atol=1e-12)


def test_strong_pairs_come_strongest_first():
    matrix = np.array([[1, 0.7, -0.9], [0.7, 1, np.nan], [-0.9, np.nan, 1]])
    assert strongly_correlated(matrix) == [(0, 2), (0, 1)]
    assert strongly_correlated(matrix, limit=0.8) == [(0, 2)]


def test_variance_inflation_by_hand():
    """Two variables of correlation r inflate each other by 1 / (1 - r^2)."""
    values = np.array([[0.0, 0.0, 5.0], [1.0, 0.0, 5.0], [0.0, 1.0, 5.0], [2.0, 2.0, 5.0]])
    r = np.corrcoef(values[:, 0], values[:, 1])[0, 1]
    factor = variance_inflation(values)
    np.testing.assert_allclose(factor, [1 / (1 - r**2), 1 / (1 - r**2), np.nan])
    np.testing.assert_allclose(variance_inflation(values, categorical=(1,))[0], 1.0)


def test_variance_inflation_is_the_diagonal_of_the_inverse():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(200, 4)) @ rng.normal(size=(4, 4)) + [1e3, 0, -50, 2]
    wanted = np.diag(np.linalg.inv(np.corrcoef(values.T)))
    np.testing.assert_allclose(variance_inflation(values), wanted, rtol=1e-8)
    sums = np.column_stack([values, values[:, 0] + 2 * values[:, 1]])
    factor = variance_inflation(sums)
    assert np.isinf(factor[[0, 1, 4]]).all()
    np.testing.assert_allclose(factor[[2, 3]], wanted[[2, 3]], rtol=1e-6)


def test_nothing_left_to_compare():
    assert np.isnan(correlation_matrix(np.ones((3, 2)))).all()
    assert np.isnan(variance_inflation(np.ones((3, 2)))).all()


def test_errors():
    with pytest.raises(ValueError, match="2 points"):
        correlation_matrix(np.ones((1, 2)))
    with pytest.raises(ValueError, match="not finite"):
        variance_inflation(np.array([[1.0], [np.nan]]))
    with pytest.raises(ValueError, match="categorical columns"):
        variance_inflation(np.ones((2, 2)), categorical=(2,))
    with pytest.raises(ValueError, match="spearman or pearson"):
        correlation_matrix(np.ones((2, 2)), kind="kendall")
