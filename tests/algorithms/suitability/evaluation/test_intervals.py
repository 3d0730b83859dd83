from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.evaluation.boyce import Bootstrap, continuous_boyce
from algorithms.suitability.evaluation.intervals import centred_interval


def test_the_scatter_is_taken_around_the_value():
    low, high = centred_interval(5.0, np.arange(101.0), level=0.9)
    assert (low, high) == pytest.approx((5.0 - 45.0, 5.0 + 45.0))


def test_it_is_cut_where_the_measure_ends():
    assert centred_interval(0.9, np.linspace(0.0, 1.0, 11), level=0.9, limits=(-1.0, 1.0)) == (
        pytest.approx(0.45),
        1.0,
    )


@given(
    st.floats(-100.0, 1.0), st.lists(st.floats(-100.0, 1.0), min_size=1), st.floats(0.1, 0.99)
)
def test_it_always_holds_the_value(value, resampled, level):
    low, high = centred_interval(value, resampled, level=level, limits=(-np.inf, 1.0))
    assert low <= value <= high <= 1.0


@pytest.mark.parametrize(("resampled", "level"), [([], 0.9), ([1.0], 1.0), ([1.0], 0.0)])
def test_what_gives_no_interval_is_refused(resampled, level):
    with pytest.raises(ValueError, match="interval"):
        centred_interval(0.0, resampled, level=level)


def test_the_interval_of_a_boyce_index_near_its_top_holds_it():
    rng = np.random.default_rng(4)
    presences, background = rng.beta(5, 2, 25), rng.beta(1.2, 4, 1500)
    found = continuous_boyce(presences, background, bootstrap=Bootstrap(rng, n_resamples=200))
    drawn = [continuous_boyce(rng.choice(presences, 25), background).value for _ in range(100)]
    assert np.median(drawn) < found.value, "resamples lie below, which is why they are shifted"
    assert found.interval.low <= found.value <= found.interval.high <= 1.0
