from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from algorithms.suitability.sampling.bandwidth import UnknownEffortError
from algorithms.suitability.sampling.effort import (
    EVEN_RECORDS,
    CountryCells,
    EffortRule,
    country_effort,
)
from algorithms.suitability.sampling.shrinkage import gamma_prior

UNIFORM = EffortRule(within="uniform", counted="records")


def square_km(code):
    """Countries on cells of 1 km, with the corner of the grid at (0, 0)."""
    n_rows, n_columns = code.shape
    centres = np.arange(n_columns) * 1000.0 + 500.0, -np.arange(n_rows) * 1000.0 - 500.0
    return CountryCells(code, centres)


def points_in(countries, rows, columns):
    return countries.centres[0][columns], countries.centres[1][rows]


def draw(rng, countries, where, count):
    rows, columns = np.nonzero(where)
    chosen = rng.integers(len(rows), size=count)
    return points_in(countries, rows[chosen], columns[chosen])


def test_two_countries_by_hand():
    # 50 and 100 km2, 5 and 1 records: 100 and 10 per 1000 km2.
    code = np.repeat([[1] * 5 + [7] * 10], 10, axis=0)
    countries = square_km(code)
    columns = np.array([0, 1, 2, 3, 4, 9])
    x, y = points_in(countries, np.zeros(6, int), columns)
    effort = country_effort(x, y, countries, rule=UNIFORM)
    table = effort.table
    assert table.code.tolist() == [1, 7]
    assert table.counted.tolist() == [5.0, 1.0]
    np.testing.assert_allclose(table.area_km2, [50.0, 100.0])
    np.testing.assert_allclose(table.observed, [100.0, 10.0])
    mean, strength = gamma_prior(np.array([5.0, 1.0]), np.array([0.05, 0.1]))
    assert (effort.mean, effort.strength) == (mean, strength)
    posterior = gamma(
        np.array([5.0, 1.0]) + strength, scale=1 / (np.array([0.05, 0.1]) + strength / mean)
    )
    np.testing.assert_allclose(table.effort, posterior.mean())
    np.testing.assert_allclose(posterior.cdf(table.low), 0.05)
    np.testing.assert_allclose(posterior.cdf(table.high), 0.95)
    np.testing.assert_allclose(effort.surface, np.where(code == 1, *table.effort))
    np.testing.assert_allclose(effort.weight, effort.surface / table.effort[0])
    assert effort.n_outside == 0


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=5).filter(any))
def test_effort_lies_between_the_countrys_own_density_and_the_mean(counts):
    code = np.repeat(np.arange(1, len(counts) + 1), 4)[None, :].repeat(5, axis=0)
    countries = square_km(code)
    columns = np.repeat(np.arange(len(counts)) * 4, counts)
    x, y = points_in(countries, np.zeros(len(columns), int), columns)
    effort = country_effort(x, y, countries, rule=UNIFORM)
    table = effort.table
    near = np.minimum(table.observed, effort.mean) * (1 - 1e-9)
    far = np.maximum(table.observed, effort.mean) * (1 + 1e-9)
    assert ((near <= table.effort) & (table.effort <= far)).all()
    assert (table.effort > 0.0).all()
    assert (table.low < table.effort).all()
    assert (table.effort < table.high).all()
    assert np.array_equal(
        np.argsort(table.observed, kind="stable"), np.argsort(table.effort, kind="stable")
    )


def test_a_country_without_records_keeps_a_small_effort_with_a_wide_interval():
    code = np.repeat([[1] * 20 + [2] * 20 + [3] * 20], 20, axis=0)
    countries = square_km(code)
    rng = np.random.default_rng(2)
    many, few = draw(rng, countries, code == 1, 300), draw(rng, countries, code == 2, 30)
    effort = country_effort(*np.concatenate([many, few], axis=1), countries, rule=UNIFORM)
    first, second, none = effort.table.effort
    assert 0.0 < none < second < first
    np.testing.assert_allclose([first, second], effort.table.observed[:2], rtol=0.05)
    assert none * 0.4 == pytest.approx(
        effort.strength / (1 + effort.strength / (effort.mean * 0.4))
    )
    assert none * 0.4 < 1.0  # less than one record in its 400 km2
    width = effort.table.high / effort.table.low
    assert width[2] > 10 * width[1] > 10 * width[0]


def test_cells_or_records_count():
    code = np.repeat([[1] * 4 + [2] * 4], 4, axis=0)
    countries = square_km(code)
    columns = np.array([0] * 50 + [1, 5, 6])
    x, y = points_in(countries, np.zeros(53, int), columns)
    cells = country_effort(x, y, countries, rule=EffortRule(within="uniform"))
    assert cells.table.counted.tolist() == [2.0, 2.0]
    assert cells.table.effort[0] == pytest.approx(cells.table.effort[1])
    records = country_effort(x, y, countries, rule=UNIFORM)
    assert records.table.counted.tolist() == [51.0, 2.0]
    assert records.table.effort[0] > 5 * records.table.effort[1]


def test_records_outside_every_country_are_counted():
    code = np.array([[1, 1, 0], [2, 2, 0]])
    countries = square_km(code)
    x = np.array([500.0, 500.0, 2500.0, -1.0, 1e9])
    y = np.array([-500.0, -1500.0, -500.0, -500.0, 1e9])
    effort = country_effort(x, y, countries)
    assert effort.n_outside == 3
    assert effort.table.counted.tolist() == [1.0, 1.0]
    assert np.isnan(effort.surface[:, 2]).all()
    assert np.isnan(effort.weight[:, 2]).all()


def brute_force_pattern(code, number, count, bandwidth):
    """Kernel density of one country's counts over the kernel's area in that country."""
    rows, columns = np.nonzero(code == number)
    square = (rows[:, None] - rows) ** 2 + (columns[:, None] - columns) ** 2
    kernel = np.exp(-0.5 * square / bandwidth**2)
    density = kernel @ count[rows, columns] / kernel.sum(axis=1)
    relative = density / density.mean()
    share = count[rows, columns].sum() / (count[rows, columns].sum() + EVEN_RECORDS)
    return rows, columns, share * relative + 1.0 - share


def test_the_pattern_within_a_country_is_that_of_brute_force():
    rng = np.random.default_rng(7)
    code = rng.integers(0, 4, (12, 17))  # countries in pieces, with sea between
    count = rng.integers(0, 4, code.shape) * (code > 0)
    countries = square_km(code)
    rows, columns = (axis.repeat(count.ravel()) for axis in np.divmod(np.arange(12 * 17), 17))
    rule = EffortRule(counted="records", bandwidth=2500.0)
    effort = country_effort(*points_in(countries, rows, columns), countries, rule=rule)
    for index, number in enumerate((1, 2, 3)):
        at_row, at_column, pattern = brute_force_pattern(code, number, count, 2.5)
        expected = effort.table.effort[index] * pattern
        np.testing.assert_allclose(effort.surface[at_row, at_column], expected, rtol=2e-6)


@pytest.mark.parametrize("bandwidth", [None, 3000.0])
def test_nothing_leaks_across_the_border(bandwidth):
    code = np.repeat([[1] * 15 + [2] * 15], 20, axis=0)
    countries = square_km(code)
    rng = np.random.default_rng(3)
    right = draw(rng, countries, code == 2, 40)
    everywhere = draw(rng, countries, code == 1, 200)
    at_border = code * 0
    at_border[:, 13:15] = 1
    crowded = draw(rng, countries, at_border == 1, 200)
    rule = EffortRule(counted="records", bandwidth=bandwidth)
    spread, dense = (
        country_effort(*np.concatenate([left, right], axis=1), countries, rule=rule)
        for left in (everywhere, crowded)
    )
    # The same number of records on the left, elsewhere: nothing changes on the right.
    np.testing.assert_array_equal(spread.surface[:, 15:], dense.surface[:, 15:])
    assert dense.surface[:, 14].mean() > 3 * dense.surface[:, 0].mean()


def test_even_records_leave_no_edge_at_border_or_coast():
    code = np.zeros((20, 30), int)
    code[2:18, 3:15], code[2:18, 15:27] = 1, 2
    countries = square_km(code)
    rows, columns = np.nonzero(code)
    effort = country_effort(*points_in(countries, rows, columns), countries)
    np.testing.assert_allclose(effort.weight[code > 0], 1.0, rtol=2e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["kernel", "uniform"]))
def test_mean_of_the_surface_is_the_countrys_effort_also_in_degrees(seed, within):
    rng = np.random.default_rng(seed)
    code = rng.integers(0, 3, (8, 11))
    code[0, 0] = 1
    area = rng.uniform(50.0, 120.0, 8)
    centres = 100.0 + 0.1 * np.arange(11), 50.0 - 0.1 * np.arange(8)
    countries = CountryCells(code, centres, area)
    rows, columns = np.nonzero(code)
    chosen = np.concatenate([[0], rng.integers(len(rows), size=15)])
    effort = country_effort(
        centres[0][columns[chosen]],
        centres[1][rows[chosen]],
        countries,
        rule=EffortRule(within=within),
    )
    for index, number in enumerate(effort.table.code):
        member = code == number
        cell = np.broadcast_to(area[:, None], code.shape)[member]
        assert effort.table.area_km2[index] == pytest.approx(cell.sum())
        mean = np.average(effort.surface[member], weights=cell)
        assert mean == pytest.approx(effort.table.effort[index])
    expected = effort.surface * area[:, None]
    np.testing.assert_allclose(effort.weight, expected / np.nanmax(expected), rtol=1e-6)
    assert (effort.weight[code > 0] > 0.0).all()


def test_one_place_alone_gives_even_effort_unless_a_bandwidth_is_given():
    code = np.repeat([[1] * 5 + [2] * 5], 5, axis=0)
    countries = square_km(code)
    x, y = points_in(countries, np.array([2, 2, 2]), np.array([1, 1, 1]))
    even = country_effort(x, y, countries)
    assert np.ptp(even.surface[:, :5]) == 0.0
    given_one = country_effort(x, y, countries, rule=EffortRule(bandwidth=1000.0))
    assert given_one.surface[2, 1] == given_one.surface[:, :5].max()
    assert given_one.surface[2, 1] > given_one.surface[4, 4]
    assert np.ptp(given_one.surface[:, 5:]) == 0.0


def test_errors():
    countries = square_km(np.array([[1, 0], [2, 2]]))
    x = np.array([500.0])
    with pytest.raises(UnknownEffortError, match="None of the 1 records"):
        country_effort(x, x, countries)
    with pytest.raises(UnknownEffortError, match="None of the 0 records"):
        country_effort(np.empty(0), np.empty(0), countries)
    with pytest.raises(ValueError, match="not finite"):
        country_effort(np.array([np.nan]), x, countries)
    with pytest.raises(ValueError, match="at least a cell"):
        country_effort(x, -x, countries, rule=EffortRule(bandwidth=10.0))


@pytest.mark.parametrize(
    "code",
    [
        np.ones((2, 3), int),
        np.ones((2, 2)),
        np.zeros((2, 2), int),
        np.array([[-1, 1], [1, 1]]),
        np.array([[40_000, 1], [1, 1]]),
    ],
)
def test_countries_that_are_none_are_refused(code):
    centres = np.array([0.0, 1000.0]), np.array([1000.0, 0.0])
    with pytest.raises(ValueError, match="countries"):
        CountryCells(code, centres)


def test_areas_and_rules_that_are_none_are_refused():
    centres = np.array([0.0, 1000.0]), np.array([1000.0, 0.0])
    for area in ([1.0], [1.0, 0.0], [1.0, np.nan]):
        with pytest.raises(ValueError, match="area of a cell"):
            CountryCells(np.ones((2, 2), int), centres, np.array(area))
    with pytest.raises(ValueError, match="kernel or uniform"):
        EffortRule(within="none")
    with pytest.raises(ValueError, match="cells or records"):
        EffortRule(counted="people")
    for bad in (0.0, 1.0, np.nan):
        with pytest.raises(ValueError, match="credibility"):
            EffortRule(credibility=bad)


def test_it_can_be_cancelled_and_tells_its_progress(stop_at, cancelled):
    code = np.repeat([[1] * 5 + [2] * 5], 5, axis=0)
    countries = square_km(code)
    x, y = draw(np.random.default_rng(0), countries, code > 0, 30)
    for fraction in (0.01, 0.5, 0.9):
        with pytest.raises(cancelled):
            country_effort(x, y, countries, control=stop_at(fraction))
    control = stop_at(2.0)
    country_effort(x, y, countries, control=control)
    assert control.told == sorted(control.told)
    assert control.told[-1] == 1.0
