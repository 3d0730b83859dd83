import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.connectivity.cost_distance import cost_distance
from algorithms.corridors.adjacency import (
    CorePair,
    SeparatedPair,
    adjacent_cores,
    separated_pairs,
)


def test_neighbours_in_a_row():
    labels = np.array([[1, 0, 0, 2, 0, 3]], dtype=np.int32)
    pairs = adjacent_cores(np.ones((1, 6)), labels, cell_size=10.0)
    assert pairs == (
        CorePair(1, 2, 30.0, 1, adjoining=False),
        CorePair(2, 3, 20.0, 1, adjoining=False),
    )
    near = adjacent_cores(np.ones((1, 6)), labels, cell_size=10.0, max_cost=25.0)
    assert [(pair.core_a, pair.core_b) for pair in near] == [(2, 3)]


@pytest.mark.parametrize("turned", [False, True])
def test_cores_that_touch_at_a_corner_adjoin(turned):
    labels = np.array([[1, 0], [0, 2]], dtype=np.int32)
    labels = labels[:, ::-1] if turned else labels
    (pair,) = adjacent_cores(np.full((2, 2), 3.0), labels, cell_size=(3.0, 4.0), max_cost=1.0)
    assert pair.adjoining
    assert pair.cost_bound == 15.0


def test_a_wall_parts_neighbours_and_a_core_on_a_barrier_has_none():
    resistance = np.array([[1.0, np.inf, 1.0], [1.0, np.inf, np.nan]])
    labels = np.array([[1, 0, 2], [0, 0, 3]], dtype=np.int32)
    assert adjacent_cores(resistance, labels, cell_size=1.0) == ()
    assert adjacent_cores(resistance, np.zeros_like(labels), cell_size=1.0) == ()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_bounds_are_costs_of_paths_and_the_nearest_pair_is_exact(seed):
    rng = np.random.default_rng(seed)
    resistance = rng.lognormal(0, 1, (14, 11))
    labels = np.zeros(resistance.shape, dtype=np.int32)
    for core in (1, 2, 3, 4):
        row, column = rng.integers(0, 10, 2)
        labels[row : row + 2, column : column + 2] = core
    present = sorted(set(np.unique(labels)) - {0})
    pairs = adjacent_cores(resistance, labels, cell_size=(2.0, 3.0))
    least = {}
    for core in present:
        cost = cost_distance(resistance, labels == core, cell_size=(2.0, 3.0)).cost
        least |= {(core, other): cost[labels == other].min() for other in present}
    for pair in pairs:
        exact = least[pair.core_a, pair.core_b]
        assert exact <= pair.cost_bound * (1 + 1e-12)
    # Each core's cheapest partner is a neighbour, and the bound is then the least cost.
    for core in present:
        others = [other for other in present if other != core]
        if not others:
            continue
        best = min(others, key=lambda other: least[core, other])
        bounds = {(p.core_a, p.core_b): p.cost_bound for p in pairs}
        key = (min(core, best), max(core, best))
        assert bounds[key] == pytest.approx(least[core, best], rel=1e-9)


def test_can_be_stopped(stopper):
    labels = np.zeros((50, 50), dtype=np.int32)
    labels[3, 3] = 1
    with pytest.raises(KeyboardInterrupt):
        adjacent_cores(np.ones((50, 50)), labels, cell_size=1.0, control=stopper(0.0))


def test_cores_that_no_land_joins_are_told_with_their_nearest():
    resistance = np.ones((1, 9))
    resistance[0, 3] = resistance[0, 6:] = np.nan
    labels = np.array([[1, 0, 2, 0, 0, 3, 0, 0, 4]], dtype=np.int32)
    found = separated_pairs(resistance, labels, cell_size=10.0)
    assert found == (
        SeparatedPair(2, 3, 30.0, ()),
        SeparatedPair(3, 4, 30.0, (4,)),
    )
    assert separated_pairs(np.ones((1, 9)), labels, cell_size=10.0) == ()
    assert separated_pairs(resistance, np.zeros_like(labels), cell_size=10.0) == ()


def test_two_cores_on_barriers_are_apart_and_a_core_of_two_pieces_joins_both_sides():
    walled = np.array([[np.nan, np.nan, np.nan]])
    labels = np.array([[4, 0, 9]], dtype=np.int32)
    (pair,) = separated_pairs(walled, labels, cell_size=1.0)
    assert pair == SeparatedPair(4, 9, 2.0, (4, 9))
    resistance = np.array([[1.0, 1.0, np.nan, 1.0, 1.0]])
    bridge = np.array([[1, 2, 0, 2, 3]], dtype=np.int32)
    assert separated_pairs(resistance, bridge, cell_size=1.0) == ()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_a_pair_is_separated_exactly_where_no_way_leads_over_land_and_cores(seed):
    rng = np.random.default_rng(seed)
    resistance = np.where(rng.random((9, 12)) < 0.45, np.nan, 1.0)
    labels = np.zeros(resistance.shape, dtype=np.int32)
    for core in range(1, 5):
        labels[rng.integers(0, 9), rng.integers(0, 12)] = core
    present = sorted(set(np.unique(labels)) - {0})
    reach = {
        core: np.isfinite(cost_distance(resistance, labels == core).cost) for core in present
    }
    for pair in separated_pairs(resistance, labels, cell_size=1.0):
        assert not (reach[pair.core_a] & (labels == pair.core_b)).any()
        for core in (pair.core_a, pair.core_b):
            assert (core in pair.on_barrier) == bool(np.isnan(resistance[labels == core]).all())
    alone = [
        core
        for core in present
        if not any(reach[o][labels == core].any() for o in present if o != core)
    ]
    if len(present) > 1:
        told = {
            c
            for p in separated_pairs(resistance, labels, cell_size=1.0)
            for c in (p.core_a, p.core_b)
        }
        assert set(alone) <= told


def test_without_diagonal_steps_corners_are_no_contact():
    labels = np.array([[1, 0], [0, 2]], dtype=np.int32)
    (pair,) = adjacent_cores(np.full((2, 2), 3.0), labels, cell_size=10.0, neighbours=4)
    assert (pair.adjoining, pair.cost_bound) == (False, 60.0)
    walled = np.array([[1.0, np.nan], [np.nan, 1.0]])
    assert adjacent_cores(walled, labels, cell_size=10.0, neighbours=4) == ()
    assert len(adjacent_cores(walled, labels, cell_size=10.0)) == 1


def test_a_core_in_the_hole_of_another_and_one_in_several_pieces():
    labels = np.ones((7, 9), dtype=np.int32)
    labels[2:5, 2:5] = 0
    labels[3, 3] = 2
    (pair,) = adjacent_cores(np.ones(labels.shape), labels, cell_size=10.0)
    assert pair == CorePair(1, 2, 20.0, pair.contact_cells, adjoining=False)
    pieces = np.array([[1, 0, 2, 0, 1]], dtype=np.int32)
    (both,) = adjacent_cores(np.ones((1, 5)), pieces, cell_size=10.0)
    assert (both.core_a, both.core_b, both.cost_bound, both.contact_cells) == (1, 2, 20.0, 2)


def test_one_single_core_has_no_neighbour():
    labels = np.array([[0, 5, 0]], dtype=np.int32)
    assert adjacent_cores(np.ones((1, 3)), labels, cell_size=10.0) == ()
    assert separated_pairs(np.ones((1, 3)), labels, cell_size=10.0) == ()
