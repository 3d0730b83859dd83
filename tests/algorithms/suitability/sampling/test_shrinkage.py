from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom

from algorithms.suitability.sampling.shrinkage import LEAST_STRENGTH, gamma_prior

COUNTS = st.lists(st.integers(0, 400), min_size=2, max_size=6).filter(any)


def log_likelihood(count, exposure, mean, strength):
    chance = strength / (strength + mean * exposure)
    return nbinom.logpmf(count, strength, chance).sum()


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.integers(0, 2**32 - 1))
def test_no_other_prior_is_likelier(counts, seed):
    rng = np.random.default_rng(seed)
    count = np.array(counts, dtype=float)
    exposure = rng.uniform(0.2, 5.0, len(count))
    mean, strength = gamma_prior(count, exposure)
    assert LEAST_STRENGTH - 1e-9 <= strength <= max(count.sum(), 1.0) + 1e-9
    best = log_likelihood(count, exposure, mean, strength)
    means = mean * np.exp(rng.normal(0, 0.5, 60))
    strengths = np.exp(rng.uniform(np.log(LEAST_STRENGTH), np.log(max(count.sum(), 1.0)), 60))
    others = [
        log_likelihood(count, exposure, *pair) for pair in zip(means, strengths, strict=True)
    ]
    assert max(others) <= best + 1e-4


def test_equal_rates_have_the_strongest_prior():
    mean, strength = gamma_prior(np.array([20.0, 10.0]), np.array([2.0, 1.0]))
    assert mean == pytest.approx(10.0)
    assert strength == pytest.approx(30.0)


def test_one_group_is_its_own_mean():
    mean, _ = gamma_prior(np.array([7.0]), np.array([2.0]))
    assert mean == pytest.approx(3.5)


def test_a_prior_is_found_again():
    rng = np.random.default_rng(8)
    exposure = rng.uniform(50, 150, 400)
    count = rng.poisson(exposure * rng.gamma(2.0, 3.0 / 2.0, 400)).astype(float)
    mean, strength = gamma_prior(count, exposure)
    # Standard errors: 3 / sqrt(2 * 400) = 0.11 and about 0.13.
    assert mean == pytest.approx(3.0, abs=0.45)
    assert strength == pytest.approx(2.0, abs=0.55)
