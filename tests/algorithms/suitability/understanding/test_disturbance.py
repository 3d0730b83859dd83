from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.understanding.disturbance import (
    disturbance_cost,
    without_disturbance,
)


def test_disturbance_is_taken_away_where_something_is_known():
    values = np.array([[1.0, 5.0, 30.0], [2.0, np.nan, 40.0]])
    changed = without_disturbance(values, {1: 0.0, 2: 99.0})
    np.testing.assert_array_equal(changed, [[1.0, 0.0, 99.0], [2.0, np.nan, 99.0]])
    assert values[0, 1] == 5.0


def test_cost_by_hand():
    """Zone 1: one cell lost, one kept, one gained. Zone 5: one cell unknown. One in none."""
    now = np.array([[0.2, 0.8, 0.6], [np.nan, 0.9, 0.1]])
    before = np.array([[0.7, 0.9, 0.4], [0.5, 0.9, 1.0]])
    zone = np.array([[1, 1, 1], [5, 5, 0]], dtype=np.int32)
    area = np.array([[4.0, 2.0, 1.0], [3.0, 6.0, 9.0]])
    cost = disturbance_cost(now, before, area, zone, threshold=0.5)
    np.testing.assert_array_equal(cost.zone, [1, 5])
    np.testing.assert_allclose(cost.area_km2, [7.0, 6.0])
    np.testing.assert_allclose(cost.unknown_km2, [0.0, 3.0])
    np.testing.assert_allclose(cost.suitable_km2, [3.0, 6.0])
    np.testing.assert_allclose(cost.undisturbed_km2, [6.0, 6.0])
    np.testing.assert_allclose(cost.lost_km2, [4.0, 0.0])
    np.testing.assert_allclose(cost.gained_km2, [1.0, 0.0])
    np.testing.assert_allclose(cost.mean_loss, [(0.5 * 4 + 0.1 * 2 - 0.2) / 7, 0.0])


def test_a_zone_of_unknown_cells_has_no_mean():
    unknown = np.full(2, np.nan)
    cost = disturbance_cost(
        unknown, unknown, np.float64(2.0), np.array([3, 3], np.int32), threshold=0.5
    )
    np.testing.assert_array_equal(cost.unknown_km2, [4.0])
    assert np.isnan(cost.mean_loss).all()


@given(st.integers(0, 2**32 - 1), st.integers(0, 60))
def test_tiles_add_up_and_areas_balance(seed, cut):
    rng = np.random.default_rng(seed)
    now, before = rng.random((2, 60))
    now[rng.random(60) < 0.2] = np.nan
    zone = rng.integers(0, 5, 60).astype(np.int32)
    area = rng.random(60)

    def cost(piece):
        return disturbance_cost(
            now[piece], before[piece], area[piece], zone[piece], threshold=0.5
        )

    whole, joined = cost(slice(None)), cost(slice(cut)) + cost(slice(cut, None))
    for one, other in zip(astuple(whole), astuple(joined), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
    np.testing.assert_allclose(
        whole.suitable_km2 - whole.gained_km2,
        whole.undisturbed_km2 - whole.lost_km2,
        atol=1e-12,
    )
    known = whole.area_km2 + whole.unknown_km2
    np.testing.assert_allclose(known, [area[zone == label].sum() for label in whole.zone])


def test_errors():
    some, zone = np.array([0.2, 0.4]), np.array([1, 1], np.int32)
    with pytest.raises(ValueError, match="do not agree"):
        disturbance_cost(some, some[:1], some, zone, threshold=0.5)
    with pytest.raises(ValueError, match="areas of cells do not agree"):
        disturbance_cost(some, some, np.ones(3), zone, threshold=0.5)
    with pytest.raises(ValueError, match=">= 0"):
        disturbance_cost(some, some, -some, zone, threshold=0.5)
    with pytest.raises(ValueError, match="threshold"):
        disturbance_cost(some, some, some, zone, threshold=np.nan)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        disturbance_cost(some, some + 1, some, zone, threshold=0.5)
    with pytest.raises(ValueError, match="places, variables"):
        without_disturbance(some, {0: 0.0})
    with pytest.raises(ValueError, match="no disturbance column"):
        without_disturbance(some[None], {})
    with pytest.raises(ValueError, match="column 2 of 2"):
        without_disturbance(some[None], {2: 0.0})
    with pytest.raises(ValueError, match="column 1 is not finite"):
        without_disturbance(some[None], {1: np.inf})
