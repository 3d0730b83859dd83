import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from algorithms.corridors.clearance import (
    CoreEnd,
    clearance,
    closed_lattice,
    surroundings,
)


def distance_outside(mask, row, column, sides):
    """Distance from a point to the nearest square outside a mask, square by square."""
    best = np.inf
    for r in range(-1, mask.shape[0] + 1):
        for c in range(-1, mask.shape[1] + 1):
            on_grid = 0 <= r < mask.shape[0] and 0 <= c < mask.shape[1]
            if on_grid and mask[r, c]:
                continue
            dy = max(abs(row - r) - 0.5, 0) * sides[0]
            dx = max(abs(column - c) - 0.5, 0) * sides[1]
            best = min(best, np.hypot(dy, dx))
    return best


@settings(deadline=None, max_examples=40)
@given(
    hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6)),
    st.floats(0.5, 4),
    st.floats(0.5, 4),
)
def test_is_the_exact_distance_to_the_squares_outside(mask, dy, dx):
    free = clearance(mask, (dy, dx))
    for i in range(free.shape[0]):
        for j in range(free.shape[1]):
            expected = distance_outside(mask, (i - 1) / 2, (j - 1) / 2, (dy, dx))
            assert free[i, j] == pytest.approx(expected, abs=1e-12)


def test_strips_of_even_and_odd_width():
    for cells in (1, 2, 3, 4, 7):
        mask = np.zeros((9, 30), dtype=bool)
        mask[1 : 1 + cells] = True
        assert 2 * clearance(mask, 10.0).max() == 10.0 * cells


def test_closed_squares_have_their_edges():
    assert (
        closed_lattice(np.array([[True, False]])).tolist()
        == [[True, True, True, False, False]] * 3
    )


def test_surroundings():
    mask = np.zeros((10, 20), dtype=bool)
    mask[4:6, 10] = True
    assert surroundings(mask, 0.0, 10.0) == (slice(4, 6), slice(10, 11))
    assert surroundings(mask, 25.0, (10.0, 5.0)) == (slice(1, 9), slice(5, 16))
    assert surroundings(mask, 1e4, 10.0) == (slice(0, 10), slice(0, 20))
    assert surroundings(~mask & mask, 5.0, 10.0) == (slice(0, 0), slice(0, 0))


def test_a_disc_arrives_with_its_centre_unless_the_core_is_smaller():
    core = np.zeros((9, 9), dtype=bool)
    core[3:6, 0:3] = True
    end = CoreEnd.of(core, (2.0, 2.0))
    assert end.radius == 3.0
    np.testing.assert_array_equal(end.reached(3.0), end.inside)
    beyond = end.reached(5.0)
    assert beyond[9, 7 + 1]  # a cell, 2 m, beyond the edge at column 2.5: lattice column 6
    assert not beyond[9, 7 + 2]
