from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from algorithms.suitability.evaluation.folds import group_folds, random_folds, spatial_folds
from algorithms.suitability.evaluation.ratings import UnevaluableError


@given(st.integers(2, 60), st.integers(0, 60), st.integers(2, 7), st.integers(0, 999))
def test_random_folds_are_even_in_both_kinds(n_presences, n_background, n_folds, seed):
    presence = np.arange(n_presences + n_background) < n_presences
    fold = random_folds(presence, n_folds=n_folds, rng=np.random.default_rng(seed))
    assert fold.dtype == np.int32
    k = min(n_folds, n_presences)
    for kind in (presence, ~presence):
        counts = np.bincount(fold[kind], minlength=k)
        assert len(counts) == k
        assert counts.max() - counts.min() <= 1
    again = random_folds(presence, n_folds=n_folds, rng=np.random.default_rng(seed))
    np.testing.assert_array_equal(fold, again)


def test_random_folds_do_not_follow_the_order_of_points():
    presence = np.ones(200, dtype=bool)
    fold = random_folds(presence, n_folds=2, rng=np.random.default_rng(0))
    assert 20 < fold[:100].sum() < 80
    assert (np.diff(fold) == 0).any()


def test_random_fold_errors():
    rng = np.random.default_rng(0)
    with pytest.raises(UnevaluableError, match="1 presence is too few"):
        random_folds(np.array([True, False, False]), rng=rng)
    with pytest.raises(ValueError, match="2 folds"):
        random_folds(np.ones(4, bool), n_folds=1, rng=rng)
    with pytest.raises(ValueError, match="one list"):
        random_folds(np.ones((2, 2), bool), rng=rng)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_blocks_stay_whole_and_every_fold_holds_presences(n_folds, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-500, 500, (2, 80))
    presence = rng.random(80) < 0.3
    block = np.floor(x / 100) * 1000 + np.floor(y / 100)
    assume(len(np.unique(block[presence])) >= 2)
    fold = spatial_folds(x, y, presence, block_size=100.0, n_folds=n_folds, rng=rng)
    for one in np.unique(block):
        assert len(np.unique(fold[block == one])) == 1
    assert len(np.unique(fold)) == min(n_folds, len(np.unique(block[presence])))
    counts = np.bincount(fold, weights=presence)
    assert (counts > 0).all()
    largest = max(presence[block == one].sum() for one in np.unique(block))
    assert counts.max() - counts.min() <= largest


def test_folds_by_hand():
    """Blocks with 3, 2 and 1 presences go to two folds as 3 against 2 + 1."""
    x = np.array([1.0, 2.0, 3.0, 11.0, 12.0, 21.0])
    fold = spatial_folds(
        x,
        np.zeros(6),
        np.ones(6, bool),
        block_size=10.0,
        n_folds=2,
        rng=np.random.default_rng(0),
    )
    np.testing.assert_array_equal(fold, [0, 0, 0, 1, 1, 1])


def test_fold_errors():
    x, presence = np.arange(6.0), np.ones(6, dtype=bool)
    rng = np.random.default_rng(0)
    with pytest.raises(UnevaluableError, match="within one block of 100"):
        spatial_folds(x, x, presence, block_size=100.0, rng=rng)
    with pytest.raises(ValueError, match="do not agree"):
        spatial_folds(x, x[1:], presence, block_size=1.0, rng=rng)
    with pytest.raises(ValueError, match="not finite"):
        spatial_folds(x + np.inf, x, presence, block_size=1.0, rng=rng)
    for options in (
        {"block_size": 0.0},
        {"block_size": np.nan},
        {"block_size": 1.0, "n_folds": 1},
    ):
        with pytest.raises(ValueError, match="block_size"):
            spatial_folds(x, x, presence, rng=rng, **options)


def test_group_folds_by_hand():
    country = np.array(["RUS", "CHN", "PRK", "RUS", "CHN"])
    presence = np.array([True, True, False, False, False])
    folds = group_folds(country, presence)
    assert folds.names == ("CHN", "PRK", "RUS")
    np.testing.assert_array_equal(folds.fold, [2, 0, 1, 2, 0])
    assert folds.fold.dtype == np.int32
    numbered = group_folds(np.array([30, 4, 30]), np.array([True, True, False]))
    assert numbered.names == ("4", "30")


def test_group_fold_errors():
    country = np.array(["RUS", "CHN", "CHN"])
    with pytest.raises(UnevaluableError, match=r"one group \(CHN\)"):
        group_folds(country, np.array([False, True, True]))
    with pytest.raises(UnevaluableError, match="no presence"):
        group_folds(country, np.zeros(3, dtype=bool))
    with pytest.raises(ValueError, match="do not agree"):
        group_folds(country, np.ones(2, dtype=bool))
