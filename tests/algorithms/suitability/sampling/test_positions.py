from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.suitability.sampling import positions as module
from algorithms.suitability.sampling.positions import (
    Outcome,
    Positions,
    TooWideSpreadError,
    UncertaintyRule,
    spread,
)

SPREAD = UncertaintyRule(kind="spread")


def grid(n_rows, n_columns, height=1.0, width=1.0):
    """Centres of cells, with the north-west corner of the grid at (0, 0)."""
    return width * (np.arange(n_columns) + 0.5), -height * (np.arange(n_rows) + 0.5)


def positions(*records, unit_m=None):
    x, y, radius = np.array(records, dtype=float).reshape(-1, 3).T
    return Positions(x, y, radius, unit_m)


def as_map(placed, record, shape):
    weight = np.zeros(shape)
    mine = placed.record == record
    weight[placed.row[mine], placed.column[mine]] = placed.weight[mine]
    return weight


def circle_area_by_strips(circle, row, column, width):
    """Area of circle and cell together, by 20,000 strips from top to bottom."""
    x, y, radius = circle
    left, right = column * width - x, (column + 1) * width - x
    top, bottom = -row - y, -(row + 1) - y
    edges = np.linspace(bottom, top, 20_001)
    middle = 0.5 * (edges[1:] + edges[:-1])
    half = np.sqrt(np.maximum(radius**2 - middle**2, 0.0))
    length = np.clip(half, left, right) - np.clip(-half, left, right)
    return length.sum() * (edges[1] - edges[0])


def test_a_circle_on_a_corner_is_in_four_quarters():
    placed = spread(positions((2.0, -2.0, 1.5)), grid(4, 4), np.ones((4, 4), bool), rule=SPREAD)
    weight = as_map(placed, 0, (4, 4))
    np.testing.assert_allclose(weight, weight[::-1], atol=1e-14)
    np.testing.assert_allclose(weight, weight[:, ::-1], atol=1e-14)
    assert weight[:2, :2].sum() == pytest.approx(0.25)
    # The inner cell is wholly inside, as its far corner is sqrt(2) away.
    assert weight[1, 1] == pytest.approx(1 / (np.pi * 1.5**2))
    assert weight[0, 0] > 0.0
    assert placed.outcome.tolist() == [Outcome.SPREAD]


def test_a_circle_within_a_cell_stays_there():
    rule = UncertaintyRule(kind="spread", limit_m=0.1)
    placed = spread(positions((1.5, -1.5, 0.5)), grid(3, 3), np.ones((3, 3), bool), rule=rule)
    assert placed.weight.tolist() == pytest.approx([1.0])
    assert (placed.row[0], placed.column[0]) == (1, 1)


@settings(deadline=None, max_examples=60)
@given(
    st.floats(-2.0, 9.0),
    st.floats(-8.0, 2.0),
    st.floats(0.3, 6.0),
    st.sampled_from([0.5, 1.0, 1.7]),
    st.integers(0, 2**32 - 1),
)
def test_weights_are_areas_of_the_circle_in_available_cells(x, y, radius, width, seed):
    shape = 6, 8
    available = np.random.default_rng(seed).random(shape) < 0.8
    rule = UncertaintyRule(kind="spread", limit_m=0.2)
    placed = spread(positions((x, y, radius)), grid(*shape, width=width), available, rule=rule)
    area = np.array(
        [
            [circle_area_by_strips((x, y, radius), row, column, width) for column in range(8)]
            for row in range(6)
        ]
    )
    area[~available] = 0.0
    if not placed.kept[0]:
        assert placed.outcome[0] == Outcome.UNAVAILABLE
        assert area.sum() < 1e-6
        return
    weight = as_map(placed, 0, shape)
    assert weight.sum() == pytest.approx(1.0, rel=1e-12)
    np.testing.assert_allclose(weight * area.sum(), area, atol=1e-5 * radius)


def test_south_up_and_mirrored_grids_give_the_same():
    x, y = grid(6, 8)
    available = np.random.default_rng(1).random((6, 8)) < 0.8
    record = positions((3.3, -2.2, 1.9))
    first = as_map(spread(record, (x, y), available, rule=SPREAD), 0, (6, 8))
    turned = spread(
        record, (x[::-1], y[::-1]), np.ascontiguousarray(available[::-1, ::-1]), rule=SPREAD
    )
    np.testing.assert_allclose(as_map(turned, 0, (6, 8))[::-1, ::-1], first, atol=1e-12)


def test_what_becomes_of_every_record():
    available = np.ones((5, 5), bool)
    available[:, 3:] = False
    records = positions(
        (0.5, -0.5, 0.0),  # precise
        (1.5, -1.5, np.nan),  # tells no radius
        (4.5, -2.5, 0.5),  # precise, at sea
        (9.0, -2.5, 0.5),  # precise, off the grid
        (2.5, -2.5, 1.2),  # uncertain
        (5.0, -2.5, 1.5),  # uncertain, all at sea
        (-9.0, -2.5, 1.5),  # uncertain, wholly off the grid
        (2.5, -2.5, 40.0),  # over too many cells
    )
    rule = UncertaintyRule(kind="spread", max_cells=100)
    placed = spread(records, grid(5, 5), available, rule=rule)
    names = [Outcome(value).name for value in placed.outcome]
    assert names == [
        "PRECISE",
        "PRECISE",
        "UNAVAILABLE",
        "OFF_GRID",
        "SPREAD",
        "UNAVAILABLE",
        "UNAVAILABLE",
        "UNCERTAIN",
    ]
    assert placed.counts == dict(zip(Outcome, [2, 1, 1, 1, 3], strict=True))
    assert placed.kept.tolist() == [True, True, False, False, True, False, False, False]
    assert set(placed.record.tolist()) == {0, 1, 4}
    assert (np.diff(placed.record) >= 0).all()
    assert available[placed.row, placed.column].all()

    dropped = spread(records, grid(5, 5), available)
    assert dropped.counts == dict(zip(Outcome, [2, 0, 4, 1, 1], strict=True))
    assert dropped.record.tolist() == [0, 1]
    assert dropped.weight.tolist() == [1.0, 1.0]


def test_the_limit_is_the_longer_side_of_a_cell():
    available = np.ones((4, 4), bool)
    records = positions((1.0, -1.0, 3.0), (1.0, -1.0, 3.0001))
    outcome = spread(records, grid(4, 4, height=2.0, width=3.0), available).outcome
    assert outcome.tolist() == [Outcome.PRECISE, Outcome.UNCERTAIN]


def test_records_without_a_radius_may_be_given_one():
    rule = UncertaintyRule(unknown_m=5.0)
    placed = spread(
        positions((0.5, -0.5, np.nan)), grid(4, 4), np.ones((4, 4), bool), rule=rule
    )
    assert placed.outcome.tolist() == [Outcome.UNCERTAIN]


def test_a_grid_in_degrees_spreads_over_an_ellipse():
    # At 60 degrees north a degree of longitude is half as long: the same circle in metres
    # reaches over twice as many columns as rows.
    degree_m = 100_000.0
    centres = 0.1 * np.arange(41) - 2.0, 62.0 - 0.1 * np.arange(41)
    unit_m = np.array([[degree_m / 2, degree_m]])
    record = positions((0.0, 60.0, 50_000.0), unit_m=unit_m)
    placed = spread(record, centres, np.ones((41, 41), bool), rule=SPREAD)
    in_metres = centres[0] * degree_m / 2, centres[1] * degree_m
    plane = positions((0.0, 60.0 * degree_m, 50_000.0))
    expected = spread(plane, in_metres, np.ones((41, 41), bool), rule=SPREAD)
    np.testing.assert_allclose(
        as_map(placed, 0, (41, 41)), as_map(expected, 0, (41, 41)), atol=1e-9
    )
    assert np.ptp(placed.column) == 2 * np.ptp(placed.row)


def test_cells_once_with_the_chance_that_any_record_lies_there():
    placed = module.PlacedPresences(
        np.array([0, 0, 1, 1, 2], np.int32),
        np.array([1, 0, 1, 0, 0], np.int32),
        np.array([0, 1, 0, 2, 2], np.int32),
        np.array([0.5, 0.5, 0.2, 0.8, 1.0]),
        np.array([1, 1, 0], np.int8),
    )
    rows, columns, weight = placed.per_cell()
    assert rows.tolist() == [0, 0, 1]
    assert columns.tolist() == [1, 2, 0]
    np.testing.assert_allclose(weight, [0.5, 1.0, 1 - 0.5 * 0.8], rtol=1e-14)


def test_precise_records_make_one_presence_per_cell():
    records = positions((0.5, -0.5, 0.0), (0.6, -0.4, 0.0), (1.5, -0.5, 0.0))
    rows, columns, weight = spread(records, grid(2, 2), np.ones((2, 2), bool)).per_cell()
    assert (rows.tolist(), columns.tolist()) == ([0, 0], [0, 1])
    assert weight.tolist() == [1.0, 1.0]


def test_blocks_make_no_difference(monkeypatch):
    rng = np.random.default_rng(3)
    records = Positions(
        rng.uniform(-2, 22, 200), rng.uniform(-22, 2, 200), rng.uniform(0, 5, 200)
    )
    available = rng.random((20, 20)) < 0.7
    whole = spread(records, grid(20, 20), available, rule=SPREAD)
    monkeypatch.setattr(module, "_BLOCK_CELLS", 60)
    blocks = spread(records, grid(20, 20), available, rule=SPREAD)
    for name in ("record", "row", "column", "weight", "outcome"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(blocks, name))
    assert whole.record.dtype == whole.row.dtype == whole.column.dtype == np.int32
    total = np.bincount(whole.record, whole.weight, 200)
    np.testing.assert_allclose(total, whole.kept.astype(float), rtol=1e-12)


def test_nothing_in_nothing_out():
    placed = spread(positions(), grid(2, 2), np.ones((2, 2), bool), rule=SPREAD)
    assert len(placed.record) == 0
    assert sum(placed.counts.values()) == 0
    assert [len(part) for part in placed.per_cell()] == [0, 0, 0]


def test_too_much_to_spread_is_refused_before_work_starts():
    n = 3000
    records = Positions(np.full(n, 50.0), np.full(n, -50.0), np.full(n, 45.0))
    with pytest.raises(TooWideSpreadError, match="3000 uncertain records"):
        spread(records, grid(100, 100), np.ones((100, 100), bool), rule=SPREAD)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"uncertainty_m": np.array([-1.0])}, "radius >= 0"),
        ({"uncertainty_m": np.array([np.inf])}, "radius >= 0"),
        ({"uncertainty_m": np.array([1.0, 2.0])}, "radius >= 0"),
        ({"x": np.array([np.nan])}, "not finite"),
        ({"unit_m": np.array([[1.0, 0.0]])}, "metres in a CRS unit"),
        ({"unit_m": np.array([1.0, 1.0])}, "metres in a CRS unit"),
    ],
)
def test_positions_that_are_none_are_refused(change, match):
    good = {"x": np.zeros(1), "y": np.zeros(1), "uncertainty_m": np.zeros(1)}
    with pytest.raises(ValueError, match=match):
        Positions(**{**good, **change})


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"kind": "keep"}, "dropped or spread"),
        ({"limit_m": -1.0}, "metres >= 0"),
        ({"limit_m": np.nan}, "metres >= 0"),
        ({"unknown_m": np.inf}, "metres >= 0"),
        ({"max_cells": 0}, "1 cell or more"),
    ],
)
def test_rules_that_are_none_are_refused(values, match):
    with pytest.raises(ValueError, match=match):
        UncertaintyRule(**values)


def test_available_cells_are_checked():
    for bad in (np.ones((2, 3), bool), np.ones((2, 2))):
        with pytest.raises(ValueError, match="available cells"):
            spread(positions((0.5, -0.5, 0.0)), grid(2, 2), bad)


def test_it_can_be_cancelled_and_tells_its_progress(monkeypatch, stop_at, cancelled):
    monkeypatch.setattr(module, "_BLOCK_CELLS", 10)
    rng = np.random.default_rng(3)
    records = Positions(rng.uniform(0, 20, 50), rng.uniform(-20, 0, 50), np.full(50, 3.0))
    everywhere = np.ones((20, 20), bool)
    for fraction in (0.0, 0.5):
        with pytest.raises(cancelled):
            spread(records, grid(20, 20), everywhere, rule=SPREAD, control=stop_at(fraction))
    control = stop_at(2.0)
    spread(records, grid(20, 20), everywhere, rule=SPREAD, control=control)
    assert control.told == sorted(control.told)
    assert control.told[-1] == 1.0
