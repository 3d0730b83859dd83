from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.sampling.bandwidth import (
    UnknownEffortError,
    reference_bandwidth,
)


def test_bandwidth_by_hand():
    # 64 records: n^(-1/6) = 1/2. Standard deviation of -1, 1 in halves is sqrt(64/63); the
    # interquartile range 2 / 1.349 = 1.48 is larger.
    x = np.repeat([-1.0, 1.0], 32)
    along = 0.5 * np.sqrt(64 / 63)
    assert reference_bandwidth(x, 3 * x) == pytest.approx((along, 3 * along), rel=1e-12)
    assert reference_bandwidth(x, np.zeros(64)) == pytest.approx((along, along), rel=1e-12)
    # One far record: quartiles say 1, the standard deviation much more.
    tail = np.concatenate([np.tile([0.0, 1.349], 32)[:63], [1e6]])
    assert reference_bandwidth(tail, tail)[0] == pytest.approx(0.5, rel=1e-12)
    # Quartiles meet: the standard deviation serves.
    most = np.concatenate([np.zeros(63), [8.0]])
    assert reference_bandwidth(most, most)[0] == pytest.approx(0.5, rel=1e-12)


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1e4))
def test_bandwidth_follows_scale_and_not_place(seed, scale):
    x, y = np.random.default_rng(seed).random((2, 20))
    first = np.array(reference_bandwidth(x, y))
    np.testing.assert_allclose(reference_bandwidth(x * scale, y * scale), first * scale)
    np.testing.assert_allclose(reference_bandwidth(x + 5.0, y - 5.0), first, rtol=1e-9)


def test_no_two_places_give_no_reference():
    with pytest.raises(UnknownEffortError, match="0 records"):
        reference_bandwidth(np.empty(0), np.empty(0))
    with pytest.raises(UnknownEffortError, match="3 records lie at fewer than two"):
        reference_bandwidth(np.ones(3), np.ones(3))
