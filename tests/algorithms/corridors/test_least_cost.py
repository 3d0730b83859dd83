import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from algorithms.connectivity.cost_distance import cost_distance, path_distance
from algorithms.corridors.adjacency import CorePair, adjacent_cores
from algorithms.corridors.least_cost import SwathRule, corridors_between, mosaic


def found(resistance, labels, rule, cell_size=1.0):
    pairs = adjacent_cores(resistance, labels, cell_size=cell_size)
    return corridors_between(resistance, labels, pairs, cell_size=cell_size, rule=rule)


def test_hand_worked_corridor():
    # Two cores at the ends of a strip whose middle row is easy ground.
    resistance = np.array([[2.0] * 5, [1.0] * 5, [2.0] * 5])
    labels = np.zeros((3, 5), dtype=np.int32)
    labels[:, 0], labels[:, 4] = 1, 2
    (corridor,) = found(resistance, labels, SwathRule(cost=0.0), cell_size=10.0)
    assert corridor.cost == 40.0
    assert corridor.length_m == 40.0
    assert corridor.rows.tolist() == [1] * 5
    assert corridor.columns.tolist() == [0, 1, 2, 3, 4]
    assert not corridor.adjoining
    swath = corridor.swath_on((3, 5))
    assert swath.tolist() == [[False] * 5, [False, True, True, True, False], [False] * 5]
    (wide,) = found(resistance, labels, SwathRule(share=1.0), cell_size=10.0)
    assert wide.cutoff == 40.0
    assert wide.swath_on((3, 5)).sum() == 9
    # In the corner by core a: 1.5 * hypot(10, 10) would leave the row; straight is 80.
    whole = np.full((3, 5), np.inf)
    whole[wide.window] = wide.normalised
    onto_it = 20.0
    back = min(1.5 * np.hypot(10, 10) + 20.0, 60.0)
    assert whole[0, 1] == pytest.approx(onto_it + back - 40.0)


def random_case(seed):
    rng = np.random.default_rng(seed)
    resistance = ndimage.gaussian_filter(rng.lognormal(0, 1.5, (24, 30)), 1)
    resistance[rng.random(resistance.shape) < 0.08] = np.nan
    labels = np.zeros(resistance.shape, dtype=np.int32)
    for core in range(1, 6):
        row, column = rng.integers(0, 20), rng.integers(0, 26)
        labels[row : row + 3, column : column + 3] = core
    labels[0, 0] = 6
    return resistance, labels


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 100_000), st.floats(0, 0.5))
def test_corridors_agree_with_whole_cost_surfaces(seed, share):
    resistance, labels = random_case(seed)
    sides = (2.0, 3.0)
    pairs = adjacent_cores(resistance, labels, cell_size=sides)
    corridors = corridors_between(
        resistance, labels, pairs, cell_size=sides, rule=SwathRule(share=share)
    )
    assert [(c.core_a, c.core_b) for c in corridors] == [(p.core_a, p.core_b) for p in pairs]
    for corridor in corridors:
        a, b = labels == corridor.core_a, labels == corridor.core_b
        cost_a = cost_distance(resistance, a, cell_size=sides).cost
        cost_b = cost_distance(resistance, b, cell_size=sides).cost
        least = cost_a[b].min()
        if not corridor.adjoining:
            assert corridor.cost == pytest.approx(least, rel=1e-12)
        path = (corridor.rows, corridor.columns)
        assert a[path][0]
        assert b[path][-1]
        assert not (a | b)[path][1:-1].any()
        middle = (resistance[path][1:] + resistance[path][:-1]) / 2
        legs = np.diff(path_distance(*path, sides))
        assert (middle * legs).sum() == pytest.approx(least, rel=1e-9)
        expected = cost_a + cost_b - least
        whole = np.full(resistance.shape, np.inf)
        whole[corridor.window] = corridor.normalised
        inside = np.isfinite(whole)
        np.testing.assert_allclose(whole[inside], expected[inside], atol=1e-8 * least)
        limit = share * least
        assert (expected[~inside] > limit * (1 - 1e-9) - 1e-9 * least).all()
        swath = corridor.swath_on(resistance.shape)
        assert swath[path][1:-1].all()
        assert not (swath & (a | b)).any()
        assert (whole[swath] <= corridor.cutoff).all()
        pieces, count = ndimage.label(swath, np.ones((3, 3)))
        for piece in range(1, count + 1):
            around = ndimage.binary_dilation(pieces == piece, np.ones((3, 3)))
            assert (around & a).any()
            assert (around & b).any()


def test_touching_cores_adjoin_with_nothing_between_them():
    labels = np.array([[1, 1, 2, 2], [1, 1, 2, 2], [0, 0, 0, 0]], dtype=np.int32)
    (corridor,) = found(np.ones((3, 4)), labels, SwathRule(share=2.0), cell_size=100.0)
    assert corridor.adjoining
    assert (corridor.cost, corridor.length_m) == (0.0, 0.0)
    assert labels[corridor.rows, corridor.columns].tolist() == [1, 2]
    beside = corridor.swath_on((3, 4))
    assert beside[2, 1]
    assert beside[2, 2]


def test_cores_of_one_cell_and_with_holes():
    labels = np.zeros((7, 12), dtype=np.int32)
    labels[1:6, 1:6] = 1
    labels[3, 3] = 0
    labels[3, 10] = 2
    (corridor,) = found(np.ones((7, 12)), labels, SwathRule(share=0.01))
    assert corridor.cost == 5.0
    # The hole costs the same from the far core as the ring around it, but leads nowhere.
    assert not corridor.swath_on((7, 12))[3, 3]


def test_names_the_cores_that_a_path_passes_through():
    resistance = np.full((9, 9), 50.0)
    resistance[4, :], resistance[0, :] = 1.0, 30.0  # the zones of 1 and 3 meet in row 0
    labels = np.zeros((9, 9), dtype=np.int32)
    labels[4, 0], labels[4, 4], labels[4, 8] = 1, 2, 3
    labels[0:4, 0] = 1
    labels[0:4, 8] = 3
    pairs = adjacent_cores(resistance, labels, cell_size=1.0)
    assert (1, 3) in {(pair.core_a, pair.core_b) for pair in pairs}
    corridors = corridors_between(
        resistance, labels, pairs, cell_size=1.0, rule=SwathRule(share=0.1)
    )
    through = {(c.core_a, c.core_b): c.through for c in corridors}
    assert through[1, 3] == (2,)
    assert through[1, 2] == ()


def test_a_mean_width_sets_the_cut_off():
    resistance = 1.0 + np.abs(np.arange(21) - 10.0)[:, None] * np.ones((21, 40)) / 20
    labels = np.zeros((21, 40), dtype=np.int32)
    labels[:, 0], labels[:, -1] = 1, 2
    rule = SwathRule(share=1.0, mean_width_m=500.0)
    (corridor,) = found(resistance, labels, rule, cell_size=100.0)
    area = corridor.swath.sum() * 100.0 * 100.0
    assert corridor.length_m == 3900.0
    assert area / corridor.length_m >= 500.0
    assert area / corridor.length_m < 700.0
    assert 0 < corridor.cutoff < corridor.cost
    (capped,) = found(
        resistance, labels, SwathRule(share=0.01, mean_width_m=1e6), cell_size=100.0
    )
    assert capped.cutoff == pytest.approx(0.01 * capped.cost)


def test_the_mosaic_is_the_lowest_of_all():
    resistance, labels = random_case(4)
    corridors = found(resistance, labels, SwathRule(share=0.2))
    lowest = mosaic(corridors, resistance.shape)
    each = np.full((len(corridors), *resistance.shape), np.inf)
    for layer, corridor in zip(each, corridors, strict=True):
        layer[corridor.window] = corridor.normalised
    np.testing.assert_array_equal(lowest, each.min(axis=0))


def test_can_be_stopped_at_once(stopper):
    resistance = np.random.default_rng(0).uniform(1, 9, (900, 900))
    labels = np.zeros(resistance.shape, dtype=np.int32)
    labels[2, 2], labels[890, 890] = 1, 2
    pairs = (CorePair(1, 2, 1e9, 1, adjoining=False),)
    watch = stopper(stop_at=0.3)
    with pytest.raises(KeyboardInterrupt):
        corridors_between(
            resistance, labels, pairs, cell_size=1.0, rule=SwathRule(), control=watch
        )
    assert time.process_time() - watch.times[-1] < 1.0


def test_refuses_what_it_cannot_mean():
    for words in ({"cost": -1.0}, {"share": np.inf}, {"mean_width_m": 0.0}):
        with pytest.raises(ValueError, match=r"finite|mean width"):
            SwathRule(**words)
    labels = np.array([[1, 0, 2]], dtype=np.int32)
    bound_too_low = (CorePair(1, 2, 0.5, 1, adjoining=False),)
    with pytest.raises(ValueError, match="no path joins cores 1 and 2"):
        corridors_between(
            np.ones((1, 3)), labels, bound_too_low, cell_size=1.0, rule=SwathRule()
        )
    missing = (CorePair(1, 9, 5.0, 1, adjoining=False),)
    with pytest.raises(ValueError, match="no source"):
        corridors_between(np.ones((1, 3)), labels, missing, cell_size=1.0, rule=SwathRule())
    walled = np.array([[1.0, 1.0, np.nan]])
    with pytest.raises(ValueError, match="core 2 is not on the grid"):
        corridors_between(walled, labels, bound_too_low, cell_size=1.0, rule=SwathRule())


def test_a_core_in_the_hole_of_another_is_reached_from_every_side():
    labels = np.ones((7, 9), dtype=np.int32)
    labels[1:6, 2:7] = 0
    labels[3, 4] = 2
    (corridor,) = found(np.ones(labels.shape), labels, SwathRule(cost=0.0), cell_size=10.0)
    assert corridor.cost == 30.0
    around = corridor.swath_on(labels.shape)
    assert around[2, 4]
    assert around[4, 4]
    assert not around[3, 4]


def test_one_core_in_two_pieces_is_joined_by_its_nearer_one():
    labels = np.array([[1, 0, 0, 2, 0, 1]], dtype=np.int32)
    (corridor,) = found(np.ones((1, 6)), labels, SwathRule(cost=0.0), cell_size=10.0)
    assert corridor.cost == 20.0
    assert corridor.columns.tolist() == [5, 4, 3]


def test_without_diagonal_steps_paths_go_round_corners():
    labels = np.zeros((3, 3), dtype=np.int32)
    labels[0, 0], labels[2, 2] = 1, 2
    pairs = adjacent_cores(np.ones((3, 3)), labels, cell_size=10.0, neighbours=4)
    (corridor,) = corridors_between(
        np.ones((3, 3)), labels, pairs, cell_size=10.0, rule=SwathRule(), neighbours=4
    )
    assert (corridor.cost, corridor.length_m) == (40.0, 40.0)
    assert corridor.swath_on((3, 3)).sum() == 7
