"""Ill and huge inputs to everything that takes points: refused with words, or bounded work."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.suitability.sampling.bandwidth import UnknownEffortError
from algorithms.suitability.sampling.bias import kernel_density
from algorithms.suitability.sampling.duplicates import first_per_cell
from algorithms.suitability.sampling.effort import CountryCells, country_effort
from algorithms.suitability.sampling.positions import Positions, UncertaintyRule, spread
from algorithms.suitability.sampling.thinning import thin

CENTRES = np.arange(10) * 1000.0 + 500.0, -np.arange(8) * 1000.0 - 500.0
EVERYWHERE = np.ones((8, 10), dtype=bool)
COUNTRIES = CountryCells(np.repeat([[1] * 5 + [2] * 5], 8, axis=0), CENTRES)
SPREAD = UncertaintyRule(kind="spread")


def by_thinning(x, y):
    return thin(x, y, distance=500.0, rng=np.random.default_rng(0), restarts=1)


def by_density(x, y):
    return kernel_density(x, y, CENTRES, bandwidth=2000.0)


def by_effort(x, y):
    return country_effort(x, y, COUNTRIES)


def by_spreading(x, y):
    return spread(Positions(x, y, np.full(len(x), 1500.0)), CENTRES, EVERYWHERE, rule=SPREAD)


WAYS = [by_thinning, by_density, by_effort, by_spreading]


@pytest.mark.parametrize("way", WAYS)
@given(
    st.lists(st.floats(0.0, 10_000.0), min_size=1, max_size=6),
    st.sampled_from([np.nan, np.inf, -np.inf]),
    st.booleans(),
    st.data(),
)
def test_coordinates_that_are_not_finite_are_refused_with_their_place(
    way, good, bad, in_x, data
):
    place = data.draw(st.integers(0, len(good) - 1))
    ill = np.array(good)
    ill[place] = bad
    pair = (ill, -np.array(good)) if in_x else (np.array(good), ill)
    with pytest.raises(ValueError, match=f"1 of {len(good)} points .* index {place};"):
        way(*pair)


@pytest.mark.parametrize("way", WAYS)
def test_lists_of_different_length_are_refused(way):
    with pytest.raises(ValueError, match=r"shapes|radius"):
        way(np.zeros(3), np.zeros(2))


@pytest.mark.parametrize("way", [by_density, by_effort])
def test_no_records_give_no_effort(way):
    with pytest.raises(UnknownEffortError, match="None of the 0 records"):
        way(np.empty(0), np.empty(0))


def test_no_records_are_thinned_and_spread_to_none():
    assert by_thinning(np.empty(0), np.empty(0)).shape == (0,)
    assert by_spreading(np.empty(0), np.empty(0)).outcome.shape == (0,)


def test_one_record():
    x, y = np.array([4600.0]), np.array([-3300.0])
    assert by_thinning(x, y).tolist() == [True]
    assert by_density(x, y)[3, 4] == 1.0
    effort = by_effort(x, y)
    assert effort.table.effort[0] > effort.table.effort[1] > 0.0
    assert by_spreading(x, y).weight.sum() == pytest.approx(1.0)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(min_value=0.0, allow_infinity=False, allow_nan=False) | st.just(np.nan),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_finite_records_are_placed_or_counted(records):
    x, y, radius = np.array(records).T
    placed = spread(Positions(x, y, radius), CENTRES, EVERYWHERE, rule=SPREAD)
    assert sum(placed.counts.values()) == len(records)
    total = np.bincount(placed.record, placed.weight, len(records))
    np.testing.assert_allclose(total, placed.kept.astype(float), rtol=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=30))
def test_any_records_give_a_map_of_effort_or_words(records):
    x, y = np.array(records).T
    x[0], y[0] = 5500.0, -100.0
    for surface in (by_density(x, y), by_effort(x, y).weight):
        assert np.isfinite(surface).all()
        assert surface.max() == 1.0
        assert (surface >= 0.0).all()


@pytest.mark.slow
def test_ten_million_records_take_bounded_time():
    rng = np.random.default_rng(0)
    n = 10_000_000
    x, y = rng.random(n) * 10_000.0, -rng.random(n) * 8_000.0
    by_thinning(x[:10], y[:10])  # compiled
    begun = time.perf_counter()
    kept = by_thinning(x, y)
    assert 100 < kept.sum() < 500
    effort = by_effort(x, y)
    assert effort.table.counted.tolist() == [40.0, 40.0]
    assert by_density(x, y).shape == (8, 10)
    cell_kept, dropped = first_per_cell(
        (-y // 1000.0).astype(np.int32), (x // 1000.0).astype(np.int32)
    )
    assert (cell_kept.sum(), dropped) == (80, n - 80)
    precise = spread(Positions(x, y, np.zeros(n)), CENTRES, EVERYWHERE, rule=SPREAD)
    assert precise.kept.all()
    # Well under a minute on a core of its own; a method that compares pairs takes days.
    assert time.perf_counter() - begun < 300.0
