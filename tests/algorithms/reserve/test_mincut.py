"""Minimum cuts: least selections under a boundary penalty."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.reserve.mincut import FREE, IN, OUT, Cutter, Network


def grid_edges(rows, columns):
    number = np.arange(rows * columns).reshape(rows, columns)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    down = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    return np.concatenate([across, down]).astype(np.int32)


def value_of(selected, weight, edges, capacity):
    cut = selected[edges[:, 0]] != selected[edges[:, 1]]
    return capacity[cut].sum() - weight[selected].sum()


def least_by_trying(weight, edges, capacity, settled):
    best = []
    for bits in product([False, True], repeat=weight.size):
        selected = np.array(bits)
        if selected[settled == OUT].any() or not selected[settled == IN].all():
            continue
        best.append((value_of(selected, weight, edges, capacity), selected))
    least = min(value for value, _ in best)
    return least, [selected for value, selected in best if value <= least + 1e-9]


def test_a_unit_worth_more_than_its_boundary_is_taken_alone():
    edges = grid_edges(1, 3)
    cutter = Cutter(Network.of(edges, 3), np.array([1.0, 1.0]))
    smallest, largest, bound = cutter.cut(np.array([-5.0, 3.0, -5.0]), np.zeros(3, np.int8))
    assert smallest.tolist() == largest.tolist() == [False, True, False]
    assert bound == pytest.approx(-1.0)


def test_equally_good_selections_lie_between_the_smallest_and_the_largest():
    edges = grid_edges(1, 2)
    cutter = Cutter(Network.of(edges, 2), np.array([1.0]))
    smallest, largest, bound = cutter.cut(np.array([1.0, -1.0]), np.zeros(2, np.int8))
    assert smallest.tolist() == [False, False]
    assert largest.tolist() == [True, True]
    assert bound == 0.0


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_cuts_are_least_again_and_again_from_the_last_flow(seed):
    rng = np.random.default_rng(seed)
    rows, columns = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    n = rows * columns
    edges = grid_edges(rows, columns)
    capacity = rng.integers(0, 4, len(edges)).astype(float)
    cutter = Cutter(Network.of(edges, n), capacity)
    for _ in range(3):
        weight = rng.integers(-4, 5, n).astype(float)
        settled = rng.choice([FREE, FREE, FREE, IN, OUT], n).astype(np.int8)
        smallest, largest, bound = cutter.cut(weight, settled)
        least, best = least_by_trying(weight, edges, capacity, settled)
        assert bound == pytest.approx(least, abs=1e-9)
        together = np.logical_and.reduce(best)
        assert smallest.tolist() == together.tolist()
        free_or_in = np.logical_or.reduce(best)
        assert largest[settled == FREE].tolist() == free_or_in[settled == FREE].tolist()
        for selected in (smallest, free_or_in):
            assert value_of(selected, weight, edges, capacity) == pytest.approx(least)


def test_the_bound_holds_for_weights_of_any_size():
    rng = np.random.default_rng(4)
    edges = grid_edges(30, 40)
    capacity = rng.uniform(0, 1e7, len(edges))
    rounding = 1e-14 * capacity.sum()
    cutter = Cutter(Network.of(edges, 1200), capacity)
    for scale in (1e-6, 1.0, 1e9):
        weight = scale * rng.standard_normal(1200)
        smallest, largest, bound = cutter.cut(weight, np.zeros(1200, np.int8))
        for selected in (smallest, largest):
            value = value_of(selected, weight, edges, capacity)
            assert value >= bound - 1e-12 * abs(bound)
            assert value == pytest.approx(bound, rel=1e-9, abs=rounding)


def test_units_without_edges_are_judged_alone():
    cutter = Cutter(Network.of(np.empty((0, 2), np.int32), 3), np.empty(0))
    smallest, _, bound = cutter.cut(np.array([1.0, -1.0, 2.0]), np.zeros(3, np.int8))
    assert smallest.tolist() == [True, False, True]
    assert bound == -3.0
