from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from algorithms.suitability.sampling.thinning import thin

COORDINATES = st.floats(-50.0, 50.0)


def check_set(x, y, kept, distance):
    """Fail unless kept records are apart and every other has a kept one too near."""
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(apart, np.inf)
    assert not (apart[np.ix_(kept, kept)] < distance).any()
    assert (apart[np.ix_(~kept, kept)] < distance).any(axis=1).all()


@settings(deadline=None)
@given(
    st.lists(st.tuples(COORDINATES, COORDINATES), max_size=60),
    st.floats(0.01, 200.0),
    st.integers(0, 2**32 - 1),
)
def test_kept_records_are_apart_and_no_other_fits(points, distance, seed):
    x, y = np.array(points, dtype=float).reshape(-1, 2).T
    kept = thin(x, y, distance=distance, rng=np.random.default_rng(seed), restarts=2)
    check_set(x, y, kept, distance)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, np.sqrt(2.0), 2.0, np.sqrt(5.0)]))
def test_on_a_lattice_where_many_distances_are_exactly_equal(seed, distance):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 12, (2, 80)).astype(float)
    check_set(x, y, thin(x, y, distance=distance, rng=rng, restarts=1), distance)


def test_records_at_the_distance_exactly_are_both_kept():
    x, y = np.array([0.0, 3.0]), np.array([0.0, 4.0])
    rng = np.random.default_rng(0)
    assert thin(x, y, distance=5.0, rng=rng).tolist() == [True, True]
    assert thin(x, y, distance=np.nextafter(5.0, 6.0), rng=rng).sum() == 1


def test_restarts_find_the_largest_set_of_a_small_case():
    rng = np.random.default_rng(11)
    for _ in range(10):
        x, y = rng.random((2, 12))
        near = np.hypot(x[:, None] - x, y[:, None] - y) < 0.3
        largest = max(
            size
            for size in range(1, 13)
            if any(
                near[np.ix_(group, group)].sum() == size
                for group in combinations(range(12), size)
            )
        )
        assert thin(x, y, distance=0.3, rng=rng).sum() == largest


def test_a_middle_record_gives_way_to_its_two_neighbours():
    # Visited first, the middle one stands alone; restarts find the two ends.
    x = np.array([0.0, 1.0, 2.0])
    kept = thin(x, np.zeros(3), distance=1.5, rng=np.random.default_rng(0))
    assert kept.tolist() == [True, False, True]


def test_every_record_has_a_chance():
    rng = np.random.default_rng(3)
    first = [thin(np.zeros(2), np.zeros(2), distance=1.0, rng=rng)[0] for _ in range(400)]
    # Binomial standard deviation 10: five of them.
    assert 150 < sum(first) < 250


def test_large_sets_hold_what_small_ones_do():
    rng = np.random.default_rng(5)
    x, y = rng.random((2, 120_000)) * 700.0
    kept = thin(x, y, distance=2.0, rng=rng, restarts=1)
    tree = cKDTree(np.column_stack([x, y])[kept])
    assert tree.query(tree.data, k=2)[0][:, 1].min() >= 2.0
    dropped = np.column_stack([x, y])[~kept]
    assert tree.query(dropped)[0].max() < 2.0


def test_same_seed_same_records():
    x, y = np.random.default_rng(1).random((2, 500))
    first, again = (thin(x, y, distance=0.05, rng=np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_more_restarts_are_never_worse():
    x, y = np.random.default_rng(1).random((2, 300))
    kept = [
        thin(x, y, distance=0.08, rng=np.random.default_rng(2), restarts=n).sum()
        for n in (1, 10, 100)
    ]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1]


def test_errors():
    x, rng = np.array([0.0, 1.0]), np.random.default_rng(0)
    for bad in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="finite and above 0"):
            thin(x, x, distance=bad, rng=rng)
    for restarts in (0, 101):
        with pytest.raises(ValueError, match="1 to 100"):
            thin(x, x, distance=1.0, rng=rng, restarts=restarts)
    with pytest.raises(ValueError, match="not finite"):
        thin(np.array([0.0, np.nan]), x, distance=1.0, rng=rng)
    for far in (1e12, 1e308):
        with pytest.raises(ValueError, match="check the coordinates"):
            thin(np.array([-far, far]), x, distance=0.001, rng=rng)


def test_it_can_be_cancelled_and_tells_its_progress(stop_at, cancelled):
    x, y = np.random.default_rng(1).random((2, 500))
    with pytest.raises(cancelled):
        thin(x, y, distance=0.1, rng=np.random.default_rng(0), control=stop_at(0.5))
    control = stop_at(2.0)
    thin(x, y, distance=0.1, rng=np.random.default_rng(0), control=control)
    assert control.told == sorted(control.told)
    assert control.told[-1] == 1.0
