from __future__ import annotations

import numpy as np
import pytest

from algorithms.suitability.evaluation.blocks import even_block_size
from algorithms.suitability.evaluation.folds import spatial_folds


def test_blocks_shrink_until_presences_can_be_dealt_evenly():
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.uniform(0, 300, 24), [690.0, 1500.0]])
    y = np.concatenate([rng.uniform(0, 300, 24), [690.0, 20.0]])
    size = even_block_size(x, y, largest=714.0, least=2.0, n_folds=5)
    assert 2.0 < size < 300.0
    assert size / 0.8**20 > 714.0
    presence = np.ones(26, np.bool_)
    fold = spatial_folds(x, y, presence, block_size=size, n_folds=5, rng=rng)
    counts = np.bincount(fold)
    assert len(counts) == 5
    assert counts.min() >= 2
    wide = spatial_folds(x, y, presence, block_size=714.0, n_folds=5, rng=rng)
    assert len(np.bincount(wide)) < 5


def test_the_largest_will_do_where_presences_are_everywhere():
    x, y = np.meshgrid(np.arange(5.0, 100.0, 10.0), np.arange(5.0, 100.0, 10.0))
    assert even_block_size(x.ravel(), y.ravel(), largest=25.0, least=1.0, n_folds=4) == 25.0


def test_it_never_falls_below_the_least():
    x = np.full(10, 3.0)
    found = even_block_size(x, x, largest=50.0, least=4.0, n_folds=5)
    assert found == 50.0, "no size separates them, so the largest stays"
    near = np.linspace(0.0, 9.9, 10)
    assert even_block_size(near, near, largest=50.0, least=4.0, n_folds=5) >= 4.0
    assert even_block_size(near, near, largest=1.0, least=4.0, n_folds=2) == 4.0


@pytest.mark.parametrize(("n", "least", "n_folds"), [(0, 1.0, 5), (3, 0.0, 5), (3, 1.0, 1)])
def test_what_cannot_be_meant_is_refused(n, least, n_folds):
    with pytest.raises(ValueError, match="blocks need"):
        even_block_size(np.zeros(n), np.zeros(n), largest=9.0, least=least, n_folds=n_folds)
