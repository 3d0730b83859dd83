import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from algorithms.connectivity.cost_distance import (
    AT_SOURCE,
    UNREACHED,
    cost_distance,
    least_cost_path,
    path_distance,
)


def graph_costs(resistance, sources, cell_size, neighbours):
    """Costs by a general graph search over every pair of neighbouring cells."""
    (dy, dx), (rows, columns) = cell_size, resistance.shape
    ends = []
    for row in range(rows):
        for column in range(columns):
            for down in (-1, 0, 1):
                for right in (-1, 0, 1):
                    r, c = row + down, column + right
                    if (down, right) == (0, 0) or not (0 <= r < rows and 0 <= c < columns):
                        continue
                    if neighbours == 4 and down and right:
                        continue
                    step = (
                        (resistance[row, column] + resistance[r, c])
                        / 2
                        * np.hypot(down * dy, right * dx)
                    )
                    if np.isfinite(step):
                        ends.append((row * columns + column, r * columns + c, step))
    size = resistance.size
    start = np.flatnonzero(sources & np.isfinite(resistance))
    if not ends:
        costs = np.full(size, np.inf)
        costs[start] = 0
        return costs.reshape(resistance.shape)
    i, j, step = zip(*ends, strict=True)
    graph = coo_array((step, (i, j)), shape=(size, size)).tocsr()
    if start.size == 0:
        return np.full(resistance.shape, np.inf)
    return dijkstra(graph, indices=start, min_only=True).reshape(resistance.shape)


def random_case(seed, shape=(13, 17)):
    rng = np.random.default_rng(seed)
    resistance = rng.lognormal(0, 2, shape)
    resistance[rng.random(shape) < 0.2] = np.nan
    resistance[rng.random(shape) < 0.1] = np.inf
    sources = rng.random(shape) < 0.03
    sources[tuple(rng.integers(0, shape))] = True
    return resistance, sources


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("neighbours", [4, 8])
def test_agrees_with_a_graph_search(seed, neighbours):
    resistance, sources = random_case(seed)
    found = cost_distance(resistance, sources, cell_size=(30.0, 50.0), neighbours=neighbours)
    expected = graph_costs(resistance, sources, (30.0, 50.0), neighbours)
    np.testing.assert_allclose(found.cost, expected, rtol=1e-9)


def test_hand_worked_steps():
    resistance = np.array([[1.0, 3.0, 1.0], [1.0, np.nan, 5.0]])
    sources = np.zeros((2, 3), dtype=bool)
    sources[0, 0] = True
    cost = cost_distance(resistance, sources, cell_size=(10.0, 20.0)).cost
    assert cost[0, 0] == 0
    assert cost[0, 1] == 2 * 20  # mean of 1 and 3, over the width of a cell
    assert cost[1, 0] == 1 * 10  # and over its height
    assert cost[0, 2] == 2 * 20 + 2 * 20
    assert cost[1, 2] == 80 + 3 * 10  # cheaper than the diagonal, 40 + 4 * hypot(10, 20)
    straight = cost_distance(np.full((2, 2), 3.0), sources[:, :2], cell_size=(10.0, 20.0)).cost
    assert straight[1, 1] == 3 * np.hypot(10, 20)
    assert np.isinf(cost[1, 1])


def test_diagonal_steps_pass_between_corners_only_where_allowed():
    resistance = np.array([[1.0, np.inf], [np.inf, 1.0]])
    sources = np.array([[True, False], [False, False]])
    assert cost_distance(resistance, sources).cost[1, 1] == np.sqrt(2)
    assert np.isinf(cost_distance(resistance, sources, neighbours=4).cost[1, 1])


@pytest.mark.parametrize("seed", range(6))
def test_back_links_lead_to_the_source_at_the_cost_given(seed):
    resistance, sources = random_case(seed, (20, 15))
    surface = cost_distance(resistance, sources, cell_size=(3.0, 2.0), back_link=True)
    assert (surface.back_link[np.isinf(surface.cost)] == UNREACHED).all()
    assert (surface.back_link[surface.cost == 0] == AT_SOURCE).all()
    for row, column in np.argwhere(np.isfinite(surface.cost)):
        rows, columns = least_cost_path(surface.back_link, row, column)
        assert sources[rows[0], columns[0]]
        assert (rows[-1], columns[-1]) == (row, column)
        through = resistance[rows, columns]
        legs = np.diff(path_distance(rows, columns, (3.0, 2.0)))
        total = ((through[:-1] + through[1:]) / 2 * legs).sum()
        assert total == pytest.approx(surface.cost[row, column], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_allocation_is_the_label_of_the_cheapest_source(seed):
    resistance, _ = random_case(seed)
    labels = np.zeros(resistance.shape, dtype=np.int32)
    labels[2, 2], labels[2, 3], labels[10, 14], labels[11, 3] = 4, 4, 9, 2
    surface = cost_distance(resistance, labels)
    each = {
        label: graph_costs(resistance, labels == label, (1.0, 1.0), 8) for label in (2, 4, 9)
    }
    reached = np.isfinite(surface.cost)
    assert (surface.allocation[~reached] == 0).all()
    for cell in zip(*np.nonzero(reached), strict=True):
        assert each[surface.allocation[cell]][cell] == pytest.approx(surface.cost[cell])


def test_many_nearly_equal_costs_are_settled_in_the_right_order():
    # Costs that agree in more bits than a heap entry keeps make the search mend itself.
    rng = np.random.default_rng(5)
    resistance = 1.0 + rng.random((30, 30)) * 1e-12
    sources = np.zeros((30, 30), dtype=bool)
    sources[15, 3] = True
    found = cost_distance(resistance, sources, back_link=True)
    expected = graph_costs(resistance, sources, (1.0, 1.0), 8)
    np.testing.assert_allclose(found.cost, expected, rtol=1e-15)


def test_the_cut_off_only_removes_what_costs_more():
    resistance, sources = random_case(3, (25, 25))
    whole = cost_distance(resistance, sources).cost
    limit = float(np.median(whole[np.isfinite(whole)]))
    cut = cost_distance(resistance, sources, max_cost=limit, back_link=True)
    np.testing.assert_array_equal(cut.cost, np.where(whole <= limit, whole, np.inf))
    assert (cut.back_link[np.isinf(cut.cost)] == UNREACHED).all()


def test_sources_on_barriers_reach_nothing():
    resistance = np.array([[np.nan, 1.0, 1.0]])
    on_barrier = np.array([[True, False, False]])
    assert np.isinf(cost_distance(resistance, on_barrier).cost).all()
    nothing = cost_distance(np.full((2, 2), np.inf), np.ones((2, 2), dtype=bool))
    assert np.isinf(nothing.cost).all()


@settings(deadline=None, max_examples=40)
@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=7),
        elements=st.one_of(st.floats(1e-3, 1e3), st.just(np.nan)),
    ),
    st.data(),
)
def test_no_step_is_a_bargain(resistance, data):
    sources = np.zeros(resistance.shape, dtype=bool)
    sources[
        data.draw(st.integers(0, resistance.shape[0] - 1)),
        data.draw(st.integers(0, resistance.shape[1] - 1)),
    ] = True
    cost = cost_distance(resistance, sources).cost
    np.testing.assert_allclose(cost, graph_costs(resistance, sources, (1.0, 1.0), 8), rtol=1e-9)
    doubled = cost_distance(2 * resistance, sources).cost
    np.testing.assert_allclose(doubled, 2 * cost, rtol=1e-12)


def test_tells_its_progress_and_stops_within_a_second(stopper):
    resistance = np.random.default_rng(1).uniform(1, 9, (1500, 1500))
    sources = np.zeros(resistance.shape, dtype=bool)
    sources[0, 0] = True
    cost_distance(resistance[:9, :9].copy(), sources[:9, :9].copy())  # compiled, if it was not
    watch = stopper(stop_at=2.0)
    cost_distance(resistance, sources, control=watch)
    assert watch.seen == sorted(watch.seen)
    assert watch.seen[-1] == 1.0
    assert len(watch.seen) > 5
    assert max(np.diff(watch.times)) < 1.0
    with pytest.raises(KeyboardInterrupt):
        cost_distance(resistance, sources, control=stopper(stop_at=0.2))


def test_the_interpreter_runs_on_while_a_search_runs():
    resistance = np.random.default_rng(1).uniform(1, 9, (1200, 1200))
    sources = np.zeros(resistance.shape, dtype=bool)
    sources[600, 600] = True
    with ThreadPoolExecutor(1) as pool:
        search = pool.submit(cost_distance, resistance, sources)
        turns = 0
        while not search.done():
            turns += 1
            time.sleep(0.001)
    assert np.isfinite(search.result().cost).all()
    assert turns > 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"resistance": np.zeros((3, 3))}, "resistance must be > 0.*9 cells.*row 0, column 0"),
        ({"resistance": np.full((3, 3), -np.inf)}, "resistance must be > 0"),
        ({"resistance": np.ones((2, 3))}, "one shape"),
        ({"sources": np.zeros((3, 3), dtype=bool)}, "no source"),
        ({"sources": np.full((3, 3), -1)}, "labels"),
        ({"sources": np.ones((3, 3))}, "labels"),
        ({"sources": np.full((3, 3), 2**31)}, "32 bits"),
        ({"cell_size": 0.0}, "height and width"),
        ({"cell_size": (1.0, np.nan)}, "height and width"),
        ({"max_cost": -1.0}, "max_cost"),
        ({"max_cost": np.nan}, "max_cost"),
        ({"neighbours": 6}, "4 or 8"),
    ],
)
def test_refuses_what_it_cannot_mean(change, words):
    case = {"resistance": np.ones((3, 3)), "sources": np.eye(3, dtype=bool)} | change
    with pytest.raises(ValueError, match=words):
        cost_distance(case.pop("resistance"), case.pop("sources"), **case)


def test_a_path_needs_a_reached_cell():
    link = cost_distance(
        np.array([[1.0, np.nan, 1.0]]), np.array([[True, False, False]]), back_link=True
    ).back_link
    rows, columns = least_cost_path(link, 0, 0)
    assert (rows.tolist(), columns.tolist()) == ([0], [0])
    with pytest.raises(ValueError, match="no source reaches"):
        least_cost_path(link, 0, 2)
    with pytest.raises(ValueError, match="outside"):
        least_cost_path(link, -1, 0)
    with pytest.raises(ValueError, match="without back-links"):
        cost_distance(np.ones((1, 2)), np.array([[True, False]])).path_to(0, 1)


@pytest.mark.slow
def test_compiles_without_a_word_where_nothing_can_be_written(tmp_path):
    """An installed copy that cannot be written, and no cache folder, must not warn or fail."""
    code = (
        "import numba.core.caching as caching\n"
        "class Nowhere:\n"
        "    from_function = classmethod(lambda cls, py_func, path: None)\n"
        "caching.CacheImpl._locator_classes = [Nowhere]\n"
        "import numpy as np\n"
        "from algorithms.connectivity.cost_distance import cost_distance\n"
        "print(cost_distance(np.ones((1, 3)), np.array([[True, False, False]])).cost.sum())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("3.0\n", "")


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (2, 9), (3, 3)])
@pytest.mark.parametrize("neighbours", [4, 8])
def test_no_step_leaves_the_grid_or_wraps_around_it(shape, neighbours):
    resistance = np.random.default_rng(1).uniform(1, 9, shape)
    for cell in range(resistance.size):
        sources = np.zeros(shape, dtype=bool)
        sources.flat[cell] = True
        found = cost_distance(resistance, sources, neighbours=neighbours).cost
        expected = graph_costs(resistance, sources, (1.0, 1.0), neighbours)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("fully_connected", [True, False])
@pytest.mark.parametrize("sampling", [(1.0, 1.0), (30.0, 50.0)])
def test_agrees_with_scikit_image(fully_connected, sampling):
    graph = pytest.importorskip("skimage.graph", reason="the extra `bench` is not installed")
    resistance, sources = random_case(11, (120, 90))
    passable = np.isfinite(resistance)
    sources &= passable
    peer = graph.MCP_Geometric(
        np.where(passable, resistance, -1), fully_connected=fully_connected, sampling=sampling
    )
    expected, _ = peer.find_costs(np.argwhere(sources))
    found = cost_distance(
        resistance, sources, cell_size=sampling, neighbours=8 if fully_connected else 4
    )
    np.testing.assert_allclose(found.cost, expected, rtol=1e-9)


def test_a_surface_is_an_array_of_its_cost():
    surface = cost_distance(np.ones((2, 3)), np.eye(2, 3, dtype=bool))
    assert np.asarray(surface) is surface.cost
    assert surface[0, 1] == surface.cost[0, 1]
    assert surface.shape == surface.cost.shape
    single = np.asarray(surface, dtype=np.float32)
    np.testing.assert_array_equal(single, surface.cost.astype(np.float32))
    assert not np.shares_memory(np.array(surface), surface.cost)


def test_any_layout_and_number_type_will_do_and_is_left_as_it_was():
    resistance = np.random.default_rng(2).integers(1, 9, (12, 20))
    sources = np.zeros((24, 40), dtype=np.uint8)[::2, ::2]
    sources[3, 4] = 7
    resistance.setflags(write=False)
    found = cost_distance(resistance, sources)
    expected = graph_costs(resistance.astype(float), sources > 0, (1.0, 1.0), 8)
    np.testing.assert_allclose(found.cost, expected, rtol=1e-12)
    assert (found.allocation == 7).all()
    whole = cost_distance(np.asfortranarray(resistance, dtype=float), sources).cost
    np.testing.assert_array_equal(whole, found.cost)


def test_takes_no_more_memory_than_its_result():
    resistance = np.random.default_rng(1).uniform(1, 9, (600, 600))
    sources = np.zeros(resistance.shape, dtype=bool)
    sources[300, 300] = True
    cost_distance(resistance, sources)
    tracemalloc.start()
    cost_distance(resistance, sources)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.1 * resistance.nbytes
