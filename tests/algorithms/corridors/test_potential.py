import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.corridors.potential import potential_bound


def ends_of(rows, columns, depth=3):
    first, second = np.zeros((2, rows, columns), dtype=bool)
    first[:, :depth], second[:, -depth:] = True, True
    return first, second


@pytest.mark.parametrize("sides", [(1.0, 1.0), (2.0, 1.0), (10.0, 30.0)])
def test_even_land_costs_width_times_length(sides):
    price = np.full((24, 30), 3.0)
    width, length = 6 * sides[0], 24 * sides[1]
    found = potential_bound(price, ends_of(24, 30), width, sides=sides)
    assert 0.97 * 3.0 * width * length < found <= 3.0 * width * length


def test_free_land_that_is_wide_enough_costs_nothing_and_what_it_lacks_is_paid():
    price = np.ones((24, 40))
    price[8:16] = 0.0
    ends = ends_of(24, 40)
    assert potential_bound(price, ends, 8.0, sides=(1.0, 1.0)) < 0.5
    found = potential_bound(price, ends, 11.0, sides=(1.0, 1.0))
    assert 0.9 * 3 * 34 < found <= 3 * 34


def test_no_more_flow_passes_than_there_is_room():
    price = np.ones((20, 30))
    price[:, 14] = np.inf
    price[6:10, 14] = 1.0  # a gate of four cells
    ends = ends_of(20, 30)
    within = potential_bound(price, ends, 4.0, sides=(1.0, 1.0))
    assert 4.0 * 24 * 0.9 < within < 4.0 * 24 * 1.6
    beyond = [potential_bound(price, ends, width, sides=(1.0, 1.0)) for width in (5.0, 6.0)]
    assert within < beyond[0] < beyond[1]  # no corridor is so wide: the bound may grow for ever


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_a_flow_along_the_cells_never_costs_less(seed):
    """Whole strips of cells from end to end are such a flow, and the cheapest is bounded."""
    rng = np.random.default_rng(seed)
    price = rng.integers(0, 9, (12, 20)).astype(float)
    found = potential_bound(price, ends_of(12, 20), 3.0, sides=(1.0, 1.0))
    rows = price[:, 3:-3].sum(axis=1)
    strips = [rows[top : top + 3].sum() for top in range(10)]
    assert 0.0 <= found <= min(strips) + 1e-9


def test_a_slope_that_is_limited_proves_less():
    price = np.full((24, 30), 3.0)
    ends = ends_of(24, 30)
    free = potential_bound(price, ends, 6.0, sides=(1.0, 1.0))
    half = potential_bound(price, ends, 6.0, sides=(1.0, 1.0), steepest=1.5)
    assert half == pytest.approx(free / 2, rel=0.05)


def test_ends_that_touch_or_are_missing_prove_nothing():
    price = np.ones((6, 8))
    first, second = ends_of(6, 8)
    assert potential_bound(price, (first, ~first), 2.0, sides=(1.0, 1.0)) == 0.0
    assert potential_bound(price, (first, second & False), 2.0, sides=(1.0, 1.0)) == 0.0


def test_ends_without_a_way_between_them():
    price = np.ones((12, 20))
    price[:, 10] = np.inf
    found = potential_bound(price, ends_of(12, 20), 3.0, sides=(1.0, 1.0))
    assert found >= 0.0
    assert np.isfinite(found)


def test_stops_as_soon_as_it_knows_enough(stopper):
    watch = stopper(stop_at=0.2)
    with pytest.raises(KeyboardInterrupt):
        potential_bound(
            np.ones((60, 80)), ends_of(60, 80), 5.0, sides=(1.0, 1.0), control=watch
        )
    assert watch.seen == sorted(watch.seen)
    told = potential_bound(
        np.ones((60, 80)), ends_of(60, 80), 5.0, sides=(1.0, 1.0), good_enough=1.0
    )
    assert told > 1.0
