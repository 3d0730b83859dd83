from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.suitability.sampling import smoothing as module
from algorithms.suitability.sampling.smoothing import gaussian_kernel, smooth, smoothed_rate


def test_kernel_by_hand():
    weight = np.exp([-2.0, -0.5, 0.0, -0.5, -2.0])
    np.testing.assert_allclose(gaussian_kernel(3, 1.0), weight / weight.sum(), rtol=1e-14)
    assert gaussian_kernel(1, 5.0).tolist() == [1.0]
    assert len(gaussian_kernel(1000, 2.0)) == 2 * 17 + 1


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.floats(1.0, 9.0), st.floats(1.0, 9.0))
def test_smoothing_is_a_product_with_two_kernel_matrices(seed, along_rows, along_columns):
    values = np.random.default_rng(seed).random((14, 9))
    matrices = []
    for length, bandwidth in ((14, along_rows), (9, along_columns)):
        kernel = gaussian_kernel(length, bandwidth)
        away = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
        whole = np.concatenate([kernel[len(kernel) // 2 :], np.zeros(length)])
        matrices.append(whole[away])
    expected = matrices[0] @ values @ matrices[1]
    single = values.astype(np.float32)
    smoothed = smooth(values, (along_rows, along_columns), module.NULL_CONTROL)
    assert smoothed is values
    np.testing.assert_allclose(smoothed, expected, rtol=1e-12)
    smooth(single, (along_rows, along_columns), module.NULL_CONTROL)
    np.testing.assert_allclose(single, expected, rtol=5e-7)


def test_blocks_make_no_difference(monkeypatch):
    values = np.random.default_rng(0).random((30, 40))
    whole = smooth(values.copy(), (3.0, 4.0), module.NULL_CONTROL)
    monkeypatch.setattr(module, "_BLOCK_CELLS", 90)
    np.testing.assert_allclose(
        smooth(values, (3.0, 4.0), module.NULL_CONTROL), whole, rtol=1e-13
    )


def test_smoothed_rate_keeps_a_constant_rate():
    exposure = np.random.default_rng(2).random((20, 30))
    exposure[3:6, 4:9] = 0.0
    rate = smoothed_rate(3.0 * exposure, exposure.copy(), (2.0, 5.0))
    np.testing.assert_allclose(rate[exposure > 0], 3.0, rtol=1e-10)
    assert np.isnan(rate[exposure == 0]).all()


def test_it_can_be_cancelled(stop_at, cancelled):
    for fraction in (0.0, 0.5, 1.0):
        with pytest.raises(cancelled):
            smoothed_rate(
                np.ones((5, 5)), np.ones((5, 5)), (1.0, 1.0), control=stop_at(fraction)
            )


def test_a_large_grid_is_smoothed_in_its_own_memory():
    count, exposure = np.zeros((3000, 4000), np.float32), np.ones((3000, 4000), np.float32)
    count[1000, 2000] = 1.0
    tracemalloc.start()
    try:
        smoothed_rate(count, exposure, (5.0, 20.0))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A mask of 12 MB and some blocks of 4 MB; a second grid would take 48 MB more.
    assert peak < 60e6
    assert count.argmax() == 1000 * 4000 + 2000
