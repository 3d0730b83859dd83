import itertools

import numpy as np
import pytest
from scipy import ndimage

from algorithms.corridors.clearance import clearance
from algorithms.corridors.widening import InfeasibleWidthError, widen
from algorithms.corridors.width import passage
from algorithms.corridors.width_bound import lane_count


@pytest.mark.parametrize(
    ("width", "neighbours", "lanes"),
    [(1.0, 8, 1), (3.0, 8, 3), (5.0, 8, 5), (9.0, 8, 9), (3.0, 4, 3), (7.0, 4, 5)],
)
def test_counts_the_lanes_of_a_disc(width, neighbours, lanes):
    assert lane_count(width / 2, (1.0, 1.0), neighbours) == lanes


def test_is_met_by_a_straight_corridor():
    a, b = np.zeros((2, 21, 40), dtype=bool)
    a[:, :8], b[:, -8:] = True, True
    found = widen(np.ones((21, 40)), a, b, width_m=50.0, cell_size=10.0)
    assert found.lower_bound == pytest.approx(found.union_cost)
    assert found.gap == pytest.approx(0.0, abs=1e-6)


def test_is_met_across_the_grid():
    a, b = np.zeros((2, 40, 40), dtype=bool)
    a[:12, :12], b[-12:, -12:] = True, True
    found = widen(np.ones((40, 40)), a, b, width_m=30.0, cell_size=10.0)
    assert found.gap < 0.02


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
