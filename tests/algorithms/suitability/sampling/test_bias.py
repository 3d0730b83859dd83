from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.suitability.sampling.bandwidth import UnknownEffortError, reference_bandwidth
from algorithms.suitability.sampling.bias import kernel_density, target_group_cells

X, Y = np.arange(12) * 200.0 + 100.0, 900.0 - np.arange(9) * 100.0
CENTRES = (X, Y)


def brute_force(x, y, centres, bandwidth, area):
    """Sum every kernel at every cell, and divide by the kernel's mass over the area."""
    grid_x, grid_y = np.meshgrid(*centres)

    def total(at_x, at_y):
        kernel = np.zeros(grid_x.shape)
        for px, py in zip(at_x, at_y, strict=True):
            kernel += np.exp(
                -0.5 * ((grid_x - px) / bandwidth[0]) ** 2
                - 0.5 * ((grid_y - py) / bandwidth[1]) ** 2
            )
        return kernel

    density = total(x, y) / total(grid_x[area], grid_y[area])
    density[~area] = np.nan
    return density / np.nanmax(density)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(200.0, 2500.0), st.floats(100.0, 2500.0))
def test_density_is_that_of_brute_force_for_records_at_centres(seed, along_x, along_y):
    rng = np.random.default_rng(seed)
    area = rng.random((9, 12)) < 0.7
    rows, columns = rng.integers(9, size=30), rng.integers(12, size=30)
    area[rows[0], columns[0]] = True
    density = kernel_density(
        X[columns], Y[rows], CENTRES, bandwidth=(along_x, along_y), area=area
    )
    used = area[rows, columns]
    expected = brute_force(X[columns[used]], Y[rows[used]], CENTRES, (along_x, along_y), area)
    np.testing.assert_allclose(density, expected, rtol=2e-6)


def test_records_between_centres_err_by_their_way_to_the_centre_only():
    rng = np.random.default_rng(4)
    x, y = rng.uniform(0, 2400, 400), rng.uniform(50, 950, 400)
    area = np.ones((9, 12), dtype=bool)
    density = kernel_density(x, y, CENTRES, bandwidth=(600.0, 300.0))
    expected = brute_force(x, y, CENTRES, (600.0, 300.0), area)
    # A cell is a third of a bandwidth: variances differ by 1/108 of the kernel's.
    assert np.abs(density - expected).max() < 0.02
    assert np.abs(density - expected).max() > 0.0


def test_two_cells_by_hand():
    # One record in the left cell, bandwidth one cell: kernel 1 and e^-0.5; mass is the same in
    # both cells, so the right has e^-0.5 of the left.
    density = kernel_density(
        np.array([0.5]), np.array([0.5]), (np.array([0.5, 1.5]), np.array([0.5])), bandwidth=1.0
    )
    np.testing.assert_allclose(density, [[1.0, np.exp(-0.5)]], rtol=1e-6)


def test_even_records_give_even_effort_up_to_the_edge():
    columns, rows = np.meshgrid(np.arange(12), np.arange(9))
    area = (columns + rows) > 4
    density = kernel_density(
        X[columns[area]], Y[rows[area]], CENTRES, bandwidth=500.0, area=area
    )
    np.testing.assert_allclose(density[area], 1.0, rtol=1e-6)
    assert np.isnan(density[~area]).all()


def test_default_bandwidth_is_the_rule_raised_to_a_cell():
    rng = np.random.default_rng(0)
    x, y = rng.normal(1200, 10, 50), rng.normal(500, 200, 50)
    by_rule = reference_bandwidth(x, y)
    assert by_rule[0] < 200.0 < by_rule[1] * 4
    np.testing.assert_array_equal(
        kernel_density(x, y, CENTRES),
        kernel_density(x, y, CENTRES, bandwidth=(200.0, max(by_rule[1], 100.0))),
    )


def test_target_group_cells():
    cells = target_group_cells(np.array([0, 0, 1]), np.array([1, 1, 0]), (2, 3))
    assert cells.tolist() == [[False, True, False], [True, False, False]]
    with pytest.raises(ValueError, match="off the grid"):
        target_group_cells(np.array([2]), np.array([0]), (2, 3))


def test_records_that_tell_nothing():
    inside, off = np.array([500.0]), np.array([-500.0])
    with pytest.raises(UnknownEffortError, match="None of the 1 records"):
        kernel_density(off, inside, CENTRES, bandwidth=300.0)
    with pytest.raises(UnknownEffortError, match="None of the 1 records"):
        kernel_density(inside, inside, CENTRES, area=np.zeros((9, 12), bool))
    with pytest.raises(UnknownEffortError, match="fewer than two"):
        kernel_density(np.repeat(inside, 3), np.repeat(inside, 3), CENTRES)


def test_errors():
    x = np.array([500.0, 600.0])
    for bad in (199.0, (200.0, 99.0), np.nan, np.inf, 0.0, -300.0):
        with pytest.raises(ValueError, match="at least a cell"):
            kernel_density(x, x, CENTRES, bandwidth=bad)
    with pytest.raises(ValueError, match="not finite"):
        kernel_density(np.array([np.nan, 1.0]), x, CENTRES, bandwidth=500.0)
    with pytest.raises(ValueError, match="bool array of the grid's shape"):
        kernel_density(x, x, CENTRES, area=np.ones((9, 11), bool))
    with pytest.raises(ValueError, match="bool array of the grid's shape"):
        kernel_density(x, x, CENTRES, area=np.ones((9, 12)))


def test_it_can_be_cancelled_and_tells_its_progress(stop_at, cancelled):
    x = np.array([500.0, 600.0])
    with pytest.raises(cancelled):
        kernel_density(x, x, CENTRES, bandwidth=300.0, control=stop_at(0.5))
    control = stop_at(2.0)
    kernel_density(x, x, CENTRES, bandwidth=300.0, control=control)
    assert control.told == sorted(control.told)
    assert control.told[-1] == 1.0
