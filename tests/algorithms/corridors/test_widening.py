import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from algorithms.corridors.clearance import CoreEnd, clearance
from algorithms.corridors.wide_path import FREE_SHARE
from algorithms.corridors.widening import (
    InfeasibleWidthError,
    WidthBelowCellError,
    widen,
)


def two_cores(rows, columns, depth=8):
    a = np.zeros((rows, columns), dtype=bool)
    b = a.copy()
    a[:, :depth], b[:, -depth:] = True, True
    return a, b


@pytest.mark.parametrize("cells", [1, 2, 3, 4, 7])
def test_adds_a_strip_of_exactly_the_width(cells):
    a, b = two_cores(21, 36)
    found = widen(np.ones((21, 36)), a, b, width_m=100.0 * cells, cell_size=100.0)
    assert found.added.sum() == cells * 20
    assert found.union_cost == cells * 20
    assert found.arc_cost == found.union_cost
    assert found.verified_minimum_width_m == 100.0 * cells
    assert not (found.added & (a | b)).any()
    assert found.length_m == 2000.0


def test_pays_only_where_the_corridor_is_too_narrow():
    a, b = two_cores(21, 46)
    corridor = np.zeros((21, 46), dtype=bool)
    corridor[8:13, 8:-8] = True
    corridor[8:10, 20:24] = False  # three cells wide for four columns
    cost = np.where(corridor, 0.0, 1.0)
    found = widen(cost, a, b, width_m=50.0, cell_size=10.0)
    assert found.union_cost == 8.0
    assert set(zip(*np.nonzero(found.added), strict=True)) == {
        (row, column) for row in (8, 9) for column in range(20, 24)
    }
    assert found.verified_minimum_width_m == 50.0


def test_takes_the_cheaper_side():
    a, b = two_cores(21, 40)
    cost = np.ones((21, 40))
    cost[11:] = 5.0
    cost[9:11, 8:-8] = 0.0
    found = widen(cost, a, b, width_m=40.0, cell_size=10.0)
    assert found.union_cost == 2 * 24
    assert (np.nonzero(found.added)[0] < 9).all()


def test_never_touches_excluded_land():
    a, b = two_cores(30, 40)
    cost = np.ones((30, 40))
    cost[13:30, 20] = np.nan
    cost[2, 20] = np.inf
    found = widen(cost, a, b, width_m=60.0, cell_size=10.0)
    assert not (found.corridor & ~np.isfinite(cost)).any()
    assert found.verified_minimum_width_m >= 60.0


def test_free_land_makes_no_detours_and_no_spikes():
    a, b = two_cores(41, 60)
    cost = np.ones((41, 60))
    cost[18:23, 8:-8] = 0.0  # the corridor, five cells wide
    cost[4:18, 30:35] = 0.0  # a blind arm
    cost[23:37, 20:25] = 0.0
    found = widen(cost, a, b, width_m=50.0, cell_size=10.0)
    assert found.union_cost == 0.0
    assert not found.added.any()
    assert found.length_m == 440.0
    rows = np.nonzero(found.corridor.any(axis=1))[0]
    assert (rows.min(), rows.max()) == (18, 22)


def test_a_long_way_round_over_free_land_is_not_worth_a_little_new_land():
    a, b = two_cores(60, 60)
    cost = np.ones((60, 60))
    cost[5:10, 8:-8] = 0.0  # the corridor, five cells wide but for four columns
    cost[5:7, 28:32] = 1.0
    straight = widen(cost, a, b, width_m=50.0, cell_size=10.0)
    loop = cost.copy()
    loop[5:50, 15:20], loop[45:50, 15:45], loop[5:50, 40:45] = 0.0, 0.0, 0.0
    assert widen(loop, a, b, width_m=50.0, cell_size=10.0).rows.max() < 10
    assert straight.union_cost == 8.0
    short = cost.copy()  # round by ten cells only, and much to pay on the straight way
    short[5:15, 24:29], short[10:15, 24:36], short[5:15, 31:36] = 0.0, 0.0, 0.0
    short[5:10, 29:31] = 50.0
    assert widen(short, a, b, width_m=50.0, cell_size=10.0).union_cost == 0.0


def test_says_how_wide_a_corridor_can_be():
    a, b = two_cores(20, 30)
    cost = np.ones((20, 30))
    cost[:, 15] = np.nan
    cost[5:9, 15] = 1.0
    with pytest.raises(InfeasibleWidthError, match="40 m is the most") as failure:
        widen(cost, a, b, width_m=50.0, cell_size=10.0)
    assert failure.value.widest_m == 40.0
    assert widen(cost, a, b, width_m=40.0, cell_size=10.0).verified_minimum_width_m == 40.0
    cost[:, 15] = np.nan
    with pytest.raises(InfeasibleWidthError, match="no land") as failure:
        widen(cost, a, b, width_m=20.0, cell_size=10.0)
    assert failure.value.widest_m is None
    with pytest.raises(InfeasibleWidthError, match="no land"):
        widen(np.where(a, np.nan, 1.0), a, b, width_m=20.0, cell_size=10.0)


def paid_and_rate(cost, a, b, width, sides):
    """Return what entering each cell costs, and what a metre over free land costs."""
    paid = np.where(np.isfinite(cost) & ~a & ~b, cost, 0.0)
    cheapest = paid[paid > 0].min() if (paid > 0).any() else 1.0
    return paid, FREE_SHARE * cheapest / (sides[0] * sides[1]) * width


def under_disc(shape, i, j, width, sides):
    centre_rows, centre_columns = np.indices(shape)
    away_rows = np.maximum(np.abs(centre_rows - (i - 1) / 2) - 0.5, 0) * sides[0]
    away_columns = np.maximum(np.abs(centre_columns - (j - 1) / 2) - 0.5, 0) * sides[1]
    return np.hypot(away_rows, away_columns) < width / 2 * (1 - 1e-9)


def least_charge(cost, a, b, width, sides):
    """Least charge of moving the disc, by a graph of all its places and steps."""
    paid, rate = paid_and_rate(cost, a, b, width, sides)
    fits = clearance(np.isfinite(cost), sides) >= width / 2 * (1 - 1e-9)
    places = {tuple(p): n for n, p in enumerate(np.argwhere(fits).tolist())}
    disc = {place: under_disc(cost.shape, *place, width, sides) for place in places}
    edges = []
    for (i, j), number in places.items():
        for down, right in np.ndindex(3, 3):
            other = (i + down - 1, j + right - 1)
            if other != (i, j) and other in places:
                entered = paid[disc[other] & ~disc[i, j]].sum()
                far = np.hypot((down - 1) * sides[0], (right - 1) * sides[1]) / 2
                edges.append((number, places[other], max(entered, rate * far)))
    start = CoreEnd.of(a, sides).reached(width / 2)
    stop = CoreEnd.of(b, sides).reached(width / 2)
    source = len(places)
    edges += [
        (source, number, max(paid[disc[place]].sum(), 1e-300))
        for place, number in places.items()
        if start[place]
    ]
    if not edges:
        return np.inf
    i, j, weight = zip(*edges, strict=True)
    graph = coo_array((weight, (i, j)), shape=(source + 1, source + 1)).tocsr()
    reached = dijkstra(graph, indices=source)
    return min((reached[n] for place, n in places.items() if stop[place]), default=np.inf)


def charge_along(found, cost, a, b, width, sides):
    paid, rate = paid_and_rate(cost, a, b, width, sides)
    points = np.column_stack([2 * found.rows + 1, 2 * found.columns + 1])
    discs = [under_disc(cost.shape, *point, width, sides) for point in points]
    total = paid[discs[0]].sum()
    for step, far in enumerate(np.diff(points, axis=0) * np.array(sides) / 2):
        entered = paid[discs[step + 1] & ~discs[step]].sum()
        total += max(entered, rate * np.hypot(*far))
    return total


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 100_000), st.floats(3.0, 11.0), st.sampled_from([(2.0, 3.0), (2.0, 2.0)]))
def test_no_way_is_charged_less(seed, width, sides):
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 6, (10, 13)).astype(float)
    cost[ndimage.gaussian_filter(rng.standard_normal(cost.shape), 1) > 0.45] = np.inf
    cost[:, :3], cost[:, -3:] = 1.0, 1.0
    a, b = two_cores(10, 13, 3)
    expected = least_charge(cost, a, b, width, sides)
    if np.isinf(expected):
        with pytest.raises(InfeasibleWidthError) as failure:
            widen(cost, a, b, width_m=width, cell_size=sides)
        assert failure.value.widest_m is None or failure.value.widest_m < width
        return
    found = widen(cost, a, b, width_m=width, cell_size=sides)
    charge = charge_along(found, cost, a, b, width, sides)
    assert charge == pytest.approx(expected, rel=1e-9)
    assert found.arc_cost <= charge * (1 + 1e-12)
    assert found.union_cost <= found.arc_cost * (1 + 1e-12)
    assert found.union_cost == pytest.approx(cost[found.added].sum())
    assert found.verified_minimum_width_m >= width * (1 - 1e-9)
    assert np.isfinite(cost[found.corridor]).all()
    assert not (found.added & (a | b)).any()


def test_costs_less_than_a_buffered_path():
    rng = np.random.default_rng(2)
    cost = np.exp(2 * ndimage.gaussian_filter(rng.standard_normal((60, 90)), 2) * 3)
    a, b = two_cores(60, 90)
    found = widen(cost, a, b, width_m=70.0, cell_size=10.0)
    thin = widen(cost, a, b, width_m=10.0, cell_size=10.0)
    away = ndimage.distance_transform_edt(~thin.corridor)
    buffered = cost[(away <= 3) & ~a & ~b].sum()
    assert found.union_cost < buffered


def test_can_be_stopped_at_once(stopper):
    rng = np.random.default_rng(0)
    a, b = two_cores(300, 400)
    watch = stopper(stop_at=0.2)
    with pytest.raises(KeyboardInterrupt):
        widen(rng.uniform(1, 2, (300, 400)), a, b, width_m=90.0, cell_size=10.0, control=watch)
    assert time.process_time() - watch.times[-1] < 1.0
    assert watch.seen == sorted(watch.seen)


def test_refuses_what_it_cannot_mean():
    a, b = two_cores(9, 30)
    cost = np.ones((9, 30))
    with pytest.raises(WidthBelowCellError, match="less than a cell of 10 by 20 m"):
        widen(cost, a, b, width_m=15.0, cell_size=(10.0, 20.0))
    with pytest.raises(ValueError, match="finite and > 0"):
        widen(cost, a, b, width_m=np.nan, cell_size=10.0)
    with pytest.raises(ValueError, match="one shape"):
        widen(cost[1:], a, b, width_m=20.0, cell_size=10.0)
    with pytest.raises(ValueError, match="cost must be >= 0"):
        widen(-cost, a, b, width_m=20.0, cell_size=10.0)
    with pytest.raises(ValueError, match="two cores"):
        widen(cost, a & ~a, b, width_m=20.0, cell_size=10.0)
