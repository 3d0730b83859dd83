from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.sampling import background as module
from algorithms.suitability.sampling.background import sample_background


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_cells_are_available_different_and_in_reading_order(count, seed):
    rng = np.random.default_rng(seed)
    available = rng.random((6, 7)) < 0.6
    available[2, 3] = True
    rows, columns = sample_background(available, count, rng=rng)
    flat = rows.astype(int) * 7 + columns
    assert len(flat) == min(count, available.sum())
    assert (np.diff(flat) > 0).all()
    assert available[rows, columns].all()


def test_weights_set_how_often_a_cell_is_drawn_first():
    available = np.ones((1, 3), dtype=bool)
    weight = np.array([[1.0, 3.0, 0.0]])
    rng = np.random.default_rng(5)
    drawn = [sample_background(available, 1, rng=rng, weight=weight)[1][0] for _ in range(4000)]
    share = np.bincount(drawn, minlength=3) / 4000
    # Binomial standard deviation 0.007: five of them.
    assert share[1] == pytest.approx(0.75, abs=0.035)
    assert share[2] == 0.0


def test_same_seed_same_cells():
    available = np.ones((50, 50), dtype=bool)
    first = sample_background(available, 100, rng=np.random.default_rng(3))
    again = sample_background(available, 100, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("count", [1, 30, 400, 5000])
def test_blocks_make_no_difference(monkeypatch, count):
    rng = np.random.default_rng(6)
    available, weight = rng.random((40, 30)) < 0.7, rng.integers(0, 4, (40, 30)) * 1.0
    whole = sample_background(available, count, rng=np.random.default_rng(3), weight=weight)
    monkeypatch.setattr(module, "_BLOCK_CELLS", 70)
    blocks = sample_background(available, count, rng=np.random.default_rng(3), weight=weight)
    np.testing.assert_array_equal(whole, blocks)
    assert len(whole[0]) == min(count, (available & (weight > 0.0)).sum())


def test_cells_are_those_of_the_smallest_keys():
    # The draw in one piece, as it is defined: the same seed keeps giving the same cells.
    rng = np.random.default_rng(6)
    available, weight = rng.random((40, 30)) < 0.7, rng.random((40, 30))
    key = np.random.default_rng(3).standard_exponential(available.sum()) / weight[available]
    expected = np.flatnonzero(available)[np.sort(np.argsort(key)[:50])]
    rows, columns = sample_background(
        available, 50, rng=np.random.default_rng(3), weight=weight
    )
    np.testing.assert_array_equal(rows * 30 + columns, expected)


def test_it_can_be_cancelled_and_tells_its_progress(stop_at, cancelled):
    available = np.ones((5, 5), dtype=bool)
    for fraction in (0.0, 0.4):
        with pytest.raises(cancelled):
            sample_background(
                available, 3, rng=np.random.default_rng(0), control=stop_at(fraction)
            )
    control = stop_at(2.0)
    sample_background(available, 3, rng=np.random.default_rng(0), control=control)
    assert control.told == sorted(control.told)
    assert control.told[-1] == 1.0


def test_errors():
    available = np.ones((2, 2), dtype=bool)
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="at least 1"):
        sample_background(available, 0, rng=rng)
    with pytest.raises(ValueError, match="no cell is available"):
        sample_background(~available, 3, rng=rng)
    with pytest.raises(ValueError, match="no cell is available"):
        sample_background(available, 3, rng=rng, weight=np.zeros((2, 2)))
    with pytest.raises(ValueError, match="shape"):
        sample_background(available, 3, rng=rng, weight=np.ones(4))
    for bad in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="finite and >= 0"):
            sample_background(available, 3, rng=rng, weight=np.full((2, 2), bad))
