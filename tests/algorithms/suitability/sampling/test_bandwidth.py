from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.sampling.bandwidth import (
    UnknownEffortError,
    likelihood_bandwidth,
    reference_bandwidth,
)

CENTRES = np.arange(60) * 10.0 + 5.0, -np.arange(50) * 10.0 - 5.0


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


def left_out(rows, columns, area, bandwidth):
    """Log-likelihood of each visited cell under the others' kernels, one by one."""
    at_row, at_column = np.nonzero(area)

    def kernel(row, column, other_row, other_column):
        return np.exp(
            -0.5 * ((row - other_row) / bandwidth) ** 2
            - 0.5 * ((column - other_column) / bandwidth) ** 2
        )

    total = 0.0
    for index in range(len(rows)):
        others = np.delete(np.arange(len(rows)), index)
        density = 0.0
        for other in others:
            mass = kernel(at_row, at_column, rows[other], columns[other]).sum()
            density += kernel(rows[index], columns[index], rows[other], columns[other]) / mass
        total += np.log(density / len(others))
    return total


def test_the_bandwidth_is_the_likeliest_by_brute_force():
    rng = np.random.default_rng(5)
    area = rng.random((50, 60)) < 0.9
    cells = set()
    for row, column in ((10, 12), (35, 40)):
        at = np.round(rng.normal((row, column), 3.0, (25, 2))).astype(int)
        cells |= {tuple(cell) for cell in at if area[tuple(cell)]}
    rows, columns = np.array(sorted(cells)).T
    x, y = CENTRES[0][columns], CENTRES[1][rows]
    along_x, along_y = likelihood_bandwidth(x, y, CENTRES, area=area)
    reference = reference_bandwidth(x, y)
    assert along_x / along_y == pytest.approx(reference[0] / reference[1])
    # Two clusters of 30 m; the reference sees their distance, and blurs them.
    assert 10.0 < along_x < 40.0 < reference[0]
    isotropic = np.sqrt(along_x * along_y) / 10.0
    score = [left_out(rows, columns, area, isotropic * factor) for factor in (0.6, 1.0, 1.6)]
    assert score[1] > max(score[0], score[2])


def test_repeated_visits_and_records_outside_the_area_change_nothing():
    rng = np.random.default_rng(1)
    x, y = rng.uniform(200, 400, 40), rng.uniform(-400, -200, 40)
    area = np.zeros((50, 60), dtype=bool)
    area[:45, :55] = True
    first = likelihood_bandwidth(x, y, CENTRES, area=area)
    off = np.concatenate([x, [590.0, 9e9]]), np.concatenate([y, [-490.0, 0.0]])
    assert likelihood_bandwidth(*off, CENTRES, area=area) == first


def test_it_never_goes_below_a_cell():
    # A clump of neighbouring cells and one twin pair: narrower is always likelier.
    x = np.array([5.0, 15.0, 5.0, 15.0])
    y = np.array([-5.0, -5.0, -15.0, -15.0])
    assert likelihood_bandwidth(x, y, CENTRES) == (10.0, 10.0)


def test_errors(stop_at, cancelled):
    x = np.array([5.0, 15.0, 25.0])
    with pytest.raises(UnknownEffortError, match="2 cells have records"):
        likelihood_bandwidth(x[:2], -x[:2], CENTRES)
    with pytest.raises(ValueError, match="bool array of the grid's shape"):
        likelihood_bandwidth(x, -x, CENTRES, area=np.ones((2, 2), bool))
    with pytest.raises(ValueError, match="not finite"):
        likelihood_bandwidth(x * np.nan, -x, CENTRES)
    with pytest.raises(cancelled):
        likelihood_bandwidth(x, -x, CENTRES, control=stop_at(0.5))
