"""Barriers: the score by hand, the disc against brute force, and against real restoration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.connectivity.cost_distance import cost_distance
from algorithms.corridors.barriers import (
    OCTILE,
    Barriers,
    BarrierSearch,
    LinkedPair,
    barriers_between,
    disc_minimum,
    pair_barriers,
    restoration_places,
)


def least_cost(resistance, labels, a=1, b=2, cell=1.0):
    surface = cost_distance(resistance, labels == a, cell_size=cell)
    return float(surface.cost[labels == b].min())


def test_a_wall_in_a_strip_by_hand():
    # ten cells of 100 m, resistance 1, but a wall of 100 in the middle cell
    resistance = np.ones((1, 11))
    resistance[0, 5] = 100.0
    labels = np.zeros((1, 11), np.int32)
    labels[0, 0], labels[0, 10] = 1, 2
    lcd = 8 * 100.0 + 2 * 50.5 * 100.0
    assert least_cost(resistance, labels, cell=100.0) == pytest.approx(lcd)
    found = barriers_between(
        resistance, labels, [LinkedPair(1, 2, lcd)], BarrierSearch((100.0,)), cell_size=100.0
    )
    # the disc about the wall begins 400 m from either core: 400 + 400 + 200
    assert found.score[0, 5] == pytest.approx((lcd - 1000) / 200)
    assert found.percent[0, 5] == pytest.approx(100 * (lcd - 1000) / lcd)
    assert found.radius_m[0, 5] == 100.0
    assert found.pair[0, 5] == 0
    # a disc that takes the wall in at its edge still must leave it: half of it is left
    assert found.score[0, 4] == pytest.approx((lcd - (300 + 4 * 100 + 50.5 * 100 + 200)) / 200)
    assert found.score[0, 1] == 0.0
    assert np.isnan(found.radius_m[0, 1])
    assert found.pair[0, 1] == -1


def test_a_disc_bridges_what_nothing_can_pass():
    resistance = np.ones((3, 9))
    resistance[:, 4] = np.nan
    resistance[2, 4] = 500.0
    labels = np.zeros((3, 9), np.int32)
    labels[0, 0], labels[0, 8] = 1, 2
    lcd = least_cost(resistance, labels)
    found = barriers_between(
        resistance, labels, [LinkedPair(1, 2, lcd)], BarrierSearch((1.0,)), cell_size=1.0
    )
    assert found.score[0, 4] == pytest.approx((lcd - (3 + 3 + 2)) / 2)


def test_the_better_radius_is_kept():
    resistance = np.ones((1, 15))
    resistance[0, [5, 9]] = 50.0  # a disc must reach beyond both walls
    labels = np.zeros((1, 15), np.int32)
    labels[0, 0], labels[0, 14] = 1, 2
    pair = LinkedPair(1, 2, least_cost(resistance, labels))
    search = BarrierSearch((1.0, 3.0, 5.0))
    found = barriers_between(resistance, labels, [pair], search, cell_size=1.0)
    one = {
        radius: barriers_between(
            resistance, labels, [pair], BarrierSearch((radius,)), cell_size=1.0
        ).score[0, 7]
        for radius in (1.0, 3.0, 5.0)
    }
    assert found.score[0, 7] == max(one.values())
    assert found.radius_m[0, 7] == max(one, key=one.get) == 3.0


def test_pairs_are_summed_and_the_greatest_kept():
    resistance = np.ones((1, 13))
    resistance[0, 4], resistance[0, 8] = 20.0, 40.0
    labels = np.zeros((1, 13), np.int32)
    labels[0, 0], labels[0, 6], labels[0, 12] = 1, 2, 3
    pairs = [
        LinkedPair(a, b, least_cost(resistance, labels, a, b)) for a, b in ((2, 3), (1, 2))
    ]
    found = barriers_between(resistance, labels, pairs, BarrierSearch((1.0,)), cell_size=1.0)
    assert found.pair[0, [4, 8]].tolist() == [1, 0]
    both = [
        barriers_between(resistance, labels, [pair], BarrierSearch((1.0,)), cell_size=1.0)
        for pair in pairs
    ]
    np.testing.assert_allclose(found.total, both[0].score + both[1].score)
    np.testing.assert_allclose(found.score, np.maximum(both[0].score, both[1].score))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 1.5, 2.0, 3.0]))
def test_real_restoration_keeps_to_the_bounds(seed, radius):
    rng = np.random.default_rng(seed)
    resistance = 1.0 + rng.lognormal(1.0, 1.5, size=(9, 11))
    labels = np.zeros((9, 11), np.int32)
    labels[rng.integers(9), 0], labels[rng.integers(9), 10] = 1, 2
    lcd = least_cost(resistance, labels)
    cost = [cost_distance(resistance, labels == core).cost for core in (1, 2)]
    found = pair_barriers(*cost, lcd, BarrierSearch((radius,)), cell_size=1.0)
    score = np.zeros((9, 11))
    score[found.window] = found.score
    row, column = rng.integers(9), rng.integers(1, 10)
    y, x = np.ogrid[:9, :11]
    disc = np.hypot(y - row, x - column) <= radius
    around = np.zeros_like(disc)
    for down, right in np.argwhere(disc):
        around[max(0, down - 1) : down + 2, max(0, right - 1) : right + 2] = True
    predicted = sum(c[disc].min() for c in cost) + 2 * radius
    assert score[row, column] == pytest.approx(max(0.0, (lcd - predicted) / (2 * radius)))
    restored = least_cost(np.where(disc, 1.0, resistance), labels)
    assert restored <= predicted + (OCTILE - 1) * 2 * radius + 1e-9
    assert restored >= min(lcd, sum(c[around].min() for c in cost)) - 1e-9


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(0.0, 6.0),
    st.sampled_from([1.0, (1.0, 2.0), (1.5, 0.5)]),
)
def test_disc_minimum_like_brute_force(seed, radius, cell):
    values = np.random.default_rng(seed).random((7, 9))
    values[values > 0.9] = np.inf
    height, width = cell if isinstance(cell, tuple) else (cell, cell)
    y, x = np.mgrid[:7, :9]
    expected = [
        values[np.hypot((y - i) * height, (x - j) * width) <= radius + 1e-9].min()
        for i, j in np.ndindex(7, 9)
    ]
    found = disc_minimum(values, radius, cell_size=cell)
    np.testing.assert_array_equal(found.ravel(), expected)


def test_places_keep_apart():
    score = np.array([[5.0, 4.0, 0.0, 0.0, 0.0, 3.0]])
    radius = np.where(score > 0, 100.0, np.nan)
    pair = np.where(score > 0, 0, -1).astype(np.int32)
    barriers = Barriers(score, score, score / 10, radius, pair)
    places = restoration_places(barriers, separation_m=0.0, cell_size=100.0)
    assert [(p.column, p.score, p.saved, p.pair) for p in places] == [
        (0, 5.0, 1000.0, 0),
        (5, 3.0, 600.0, 0),
    ]
    assert places[0].percent == 0.5
    near = restoration_places(barriers, separation_m=900.0, cell_size=100.0)
    assert len(near) == 1
    assert restoration_places(barriers, separation_m=0.0, cell_size=100.0, most=0) == ()


@given(
    st.integers(0, 2**32 - 1),
    st.floats(0.0, 5.0),
    st.sampled_from([1.0, (1.0, 2.0), (1.5, 0.5)]),
)
def test_places_keep_as_far_apart_as_all_cells_tried_one_by_one(seed, separation, cell):
    rng = np.random.default_rng(seed)
    score, radius = rng.random((7, 9)), rng.choice([1.0, 2.5], (7, 9))
    barriers = Barriers(score, score, score, radius, np.zeros((7, 9), np.int32))
    height, width = cell if isinstance(cell, tuple) else (cell, cell)
    expected: list[tuple[int, int]] = []
    for at in np.argsort(-score, axis=None):
        i, j = (int(place) for place in np.unravel_index(at, score.shape))
        if all(
            np.hypot((i - k) * height, (j - m) * width)
            > max(separation, radius[i, j] + radius[k, m])
            for k, m in expected
        ):
            expected.append((i, j))
    places = restoration_places(barriers, separation_m=separation, cell_size=cell, most=63)
    assert [(place.row, place.column) for place in places] == expected


def test_no_pair_fills_the_list_alone():
    score = np.array([[9.0, 8.0, 7.0, 6.0, 1.0, 0.5]])
    pair = np.array([[0, 0, 0, 1, 1, 1]], np.int32)
    barriers = Barriers(score, score, score, np.full((1, 6), 0.1), pair)
    apart = {"separation_m": 0.0, "cell_size": 1.0}
    listed = [place.column for place in restoration_places(barriers, **apart, most_of_pair=2)]
    assert listed == [0, 1, 3, 4]
    assert len(restoration_places(barriers, **apart)) == 6


def test_no_pairs_and_unreached_cores_save_nothing():
    labels = np.zeros((3, 3), np.int32)
    found = barriers_between(np.ones((3, 3)), labels, [], BarrierSearch((1.0,)), cell_size=1.0)
    assert not found.score.any()
    far = np.full((3, 3), np.inf)
    alone = pair_barriers(far, far, 5.0, BarrierSearch((1.0,)), cell_size=1.0)
    assert not alone.score.any()


def test_a_cancel_is_heard(stopper):
    labels = np.zeros((1, 9), np.int32)
    labels[0, 0], labels[0, 8] = 1, 2
    watch = stopper(stop_at=0.6)
    with pytest.raises(KeyboardInterrupt):
        barriers_between(
            np.ones((1, 9)),
            labels,
            [LinkedPair(1, 2, 8.0)],
            BarrierSearch((1.0, 2.0)),
            cell_size=1.0,
            control=watch,
        )
    assert watch.seen == sorted(watch.seen)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"radii_m": ()}, "radii"),
        ({"radii_m": (0.0,)}, "radii"),
        ({"radii_m": (np.nan,)}, "radii"),
        ({"radii_m": (1.0,), "restored_resistance": 0.0}, "resistance"),
    ],
)
def test_searches_that_cannot_be(values, said):
    with pytest.raises(ValueError, match=said):
        BarrierSearch(**values)


def test_refusals():
    labels = np.array([[1, 0, 2]], np.int32)
    with pytest.raises(ValueError, match="smaller than a cell"):
        barriers_between(
            np.ones((1, 3)), labels, [], BarrierSearch((50.0,)), cell_size=(10.0, 100.0)
        )
    with pytest.raises(ValueError, match="least cost"):
        barriers_between(
            np.ones((1, 3)),
            labels,
            [LinkedPair(1, 2, np.inf)],
            BarrierSearch((1.0,)),
            cell_size=1.0,
        )
