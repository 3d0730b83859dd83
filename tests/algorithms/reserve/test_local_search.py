"""Changing single units: annealing and mending."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from algorithms.reserve.local_search import Cooling, Ground, annealed, mended
from algorithms.reserve.mincut import Network


def line_ground(base, amount, wanted, *, edge=1.0, fixed=()):
    """Units in a row, each sharing a boundary with the next."""
    n = len(base)
    edges = np.stack([np.arange(n - 1), np.arange(1, n)], axis=1).astype(np.int32)
    held = np.zeros(n, np.bool_)
    held[list(fixed)] = True
    return Ground.of(
        Network.of(edges, n),
        np.full(n - 1, edge),
        np.asarray(base, float),
        (csr_array(np.atleast_2d(np.asarray(amount, float))), np.asarray(wanted, float)),
        held,
    )


def none_of(ground):
    return np.zeros(ground.base.size, np.bool_)


def test_what_is_short_is_filled_by_the_cheapest_and_no_more():
    ground = line_ground([3, 1, 9, 9], [1, 1, 1, 1], [2])
    assert mended(ground, none_of(ground)).tolist() == [True, True, False, False]


def test_units_that_are_not_needed_leave():
    ground = line_ground([1, 1, 1, 1], [1, 0, 0, 0], [1], edge=0.1)
    assert mended(ground, ~none_of(ground)).tolist() == [True, False, False, False]


def test_fixed_units_stay():
    ground = line_ground([1, 1, 1], [1, 1, 1], [1], fixed=[0, 2])
    start = np.array([False, False, True])
    assert mended(ground, start).tolist() == [False, False, True]


def test_what_no_selection_holds_cannot_be_mended():
    ground = line_ground([1, 1], [1, 1], [3])
    assert mended(ground, none_of(ground)) is None


def test_rows_that_units_harm_are_mended_by_leaving():
    ground = line_ground([1, 1, 1], [[1, 1, 1], [0, -2, 0]], [1, 0], edge=0.1)
    found = mended(ground, np.array([False, True, False]))
    assert found is not None
    assert not found[1]
    assert found.sum() == 1


def test_annealing_brings_scattered_units_together():
    ground = line_ground(np.ones(40), np.ones(40), [6], edge=5.0)
    start = np.zeros(40, np.bool_)
    start[[1, 9, 20, 28, 33, 39]] = True
    cooling = Cooling(steps=200_000, warm=7.0, cold=0.1, firmness=5.0)
    rng = np.random.default_rng(3)
    found = mended(ground, annealed(ground, start, np.array([3.0]), cooling, rng))
    assert mended(ground, start).sum() == 6
    assert found.sum() == 6
    assert (np.diff(np.flatnonzero(found)) == 1).all()


def test_the_same_seed_walks_the_same_way():
    rng = np.random.default_rng(0)
    ground = line_ground(rng.random(60), rng.random(60), [10])
    cooling = Cooling(steps=5_000, warm=1.0, cold=0.1)
    walks = [
        annealed(ground, none_of(ground), np.ones(1), cooling, np.random.default_rng(8))
        for _ in range(2)
    ]
    assert walks[0].any()
    assert walks[0].tolist() == walks[1].tolist()


class StopAt:
    def __init__(self, fraction):
        self.fraction = fraction
        self.seen = []

    def report(self, fraction):
        self.seen.append(fraction)
        if fraction >= self.fraction:
            raise KeyboardInterrupt


def test_annealing_can_be_cancelled():
    ground = line_ground(np.ones(50), np.ones(50), [10])
    control = StopAt(0.5)
    cooling = Cooling(steps=20_000_000, warm=1.0, cold=0.1)
    with pytest.raises(KeyboardInterrupt):
        annealed(
            ground, none_of(ground), np.ones(1), cooling, np.random.default_rng(0), control
        )
    assert control.seen == sorted(control.seen)
    assert control.seen[-1] < 0.6


def test_mending_can_be_cancelled():
    ground = line_ground(np.ones(5), np.ones(5), [3])
    with pytest.raises(KeyboardInterrupt):
        mended(ground, none_of(ground), StopAt(0.0))
