import itertools

import numpy as np
import pytest
from scipy import ndimage

from algorithms.corridors.clearance import clearance
from algorithms.corridors.widening import InfeasibleWidthError, widen
from algorithms.corridors.width import passage


@pytest.mark.parametrize("cells", [4, 5, 10])
def test_is_nearly_met_by_a_straight_corridor(cells):
    a, b = np.zeros((2, 30, 50), dtype=bool)
    a[:, :12], b[:, -12:] = True, True
    found = widen(np.ones((30, 50)), a, b, width_m=10.0 * cells, cell_size=10.0)
    assert found.union_cost == 26 * cells
    assert 0.0 <= found.gap < 0.03


@pytest.mark.parametrize("angle", [0.0, 22.5, 45.0])
def test_knows_what_a_corridor_lacks_in_any_direction(angle):
    y, x = np.mgrid[:70, :70] - 34.5
    turn = np.radians(angle)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    a, b = (np.abs(across) < 12) & (along < -20), (np.abs(across) < 12) & (along > 20)
    cost = np.where(np.abs(across) < 4, 0.0, 1.0)  # a corridor eight cells wide
    found = widen(cost, a, b, width_m=12.0, cell_size=1.0)
    lacking = 4.0 * 40
    assert 0.8 * lacking < found.lower_bound < 1.1 * lacking


def test_finds_the_cost_of_a_single_narrow_place():
    a, b = np.zeros((2, 40, 60), dtype=bool)
    a[8:32, :14], b[8:32, -14:] = True, True
    cost = np.ones((40, 60))
    cost[15:25, 14:-14] = 0.0  # ten cells wide but for three over eight columns
    cost[15:18, 26:34] = 1.0
    found = widen(cost, a, b, width_m=10.0, cell_size=1.0)
    assert found.union_cost == 24.0
    assert found.gap < 0.1


def test_two_narrow_ways_side_by_side_are_no_wide_one():
    a, b = np.zeros((2, 40, 70), dtype=bool)
    a[5:35, :14], b[5:35, -14:] = True, True
    cost = np.ones((40, 70))
    cost[10:16, 14:-14] = 0.0  # six cells wide
    cost[22:28, 14:-14] = 0.0  # and another six: together more than the ten asked for
    found = widen(cost, a, b, width_m=10.0, cell_size=1.0)
    assert found.union_cost == 4 * 42
    assert found.lower_bound > 0.3 * found.union_cost


def test_cells_need_not_be_square():
    a, b = np.zeros((2, 20, 60), dtype=bool)
    a[:, :14], b[:, -14:] = True, True
    found = widen(np.ones((20, 60)), a, b, width_m=120.0, cell_size=(20.0, 10.0))
    assert found.union_cost == 6 * 32
    assert 0.0 <= found.gap < 0.05


def test_never_asks_for_more_than_is_known():
    a, b = np.zeros((2, 12, 30), dtype=bool)
    a[:, :6], b[:, -6:] = True, True
    free = widen(np.zeros((12, 30)), a, b, width_m=3.0, cell_size=1.0)
    assert free.lower_bound == 0.0
    assert free.gap == 0.0
    assert widen(np.ones((12, 30)), a, b, width_m=3.0, cell_size=1.0, prove=False).gap is None


def least_union_cost(cost, a, b, width):
    """Try every set of cells that may be added."""
    open_cells = np.argwhere(np.isfinite(cost) & ~a & ~b)
    prices = cost[tuple(open_cells.T)]
    order = sorted(
        itertools.chain.from_iterable(
            itertools.combinations(range(len(prices)), n) for n in range(len(prices) + 1)
        ),
        key=lambda chosen: prices[list(chosen)].sum(),
    )
    for chosen in order:
        mask = np.zeros(cost.shape, dtype=bool)
        mask[tuple(open_cells[list(chosen)].T)] = True
        if not ndimage.binary_dilation(mask | a, np.ones((3, 3)))[b].any():
            continue
        way = passage(mask, a & np.isfinite(cost), b & np.isfinite(cost), cell_size=1.0)
        if way is not None and way.width_m >= width:
            return prices[list(chosen)].sum()
    return np.inf


@pytest.mark.parametrize("width", [1.0, 2.0, 2.5, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_no_set_of_cells_is_cheaper(seed, width):
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 9, (4, 8)).astype(float)
    a, b = np.zeros((2, 4, 8), dtype=bool)
    a[:, :3], b[:, -3:] = True, True
    if seed:
        cost[rng.integers(4), 3 + seed % 2] = np.nan
    best = least_union_cost(cost, a, b, width)
    try:
        found = widen(cost, a, b, width_m=width, cell_size=1.0)
    except InfeasibleWidthError:
        return
    assert found.lower_bound <= best + 1e-9
    assert best <= found.union_cost


@pytest.mark.parametrize("seed", range(12))
def test_never_exceeds_what_a_search_finds(seed):
    rng = np.random.default_rng(seed)
    cost = np.exp(ndimage.gaussian_filter(rng.standard_normal((40, 44)), 2) * 6)
    cost[ndimage.gaussian_filter(rng.standard_normal(cost.shape), 1.5) > 0.25] = np.inf
    a, b = np.zeros((2, 40, 44), dtype=bool)
    size = int(rng.integers(1, 10))  # cores smaller than the disc, too
    a[15 : 15 + size, 3 : 3 + size], b[20 : 20 + size, 30 : 30 + size] = True, True
    cost[a | b] = 0.0
    width = float(rng.choice([2.0, 3.0, 4.5, 6.0]))
    free = clearance(np.isfinite(cost), 1.0)
    assert free.max() > width / 2
    try:
        found = widen(cost, a, b, width_m=width, cell_size=1.0)
    except InfeasibleWidthError:
        return
    assert 0.0 <= found.lower_bound <= found.union_cost <= found.arc_cost + 1e-9
    assert 0.0 <= found.gap <= 1.0
