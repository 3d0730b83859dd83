from itertools import combinations, pairwise, permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.connectivity.flyways import (
    EARTH_RADIUS_M,
    fewest_stones,
    find_gaps,
    great_circle_distances,
    measure_flyway,
    minimax_legs,
    smallest_cut,
)


def on_a_line(*km):
    place = np.array(km, dtype=float)
    return np.abs(place[:, None] - place)


def weights(count, *sites):
    found = np.zeros(count)
    found[list(sites)] = 1.0
    return found


def test_great_circles_by_hand():
    found = great_circle_distances(np.array([0.0, 90.0, 0.0, 180.0]), np.array([0, 0, 90, 0.0]))
    quarter = EARTH_RADIUS_M * np.pi / 2
    np.testing.assert_allclose(found[0], [0, quarter, quarter, 2 * quarter], rtol=1e-12)
    np.testing.assert_array_equal(found, found.T)


def test_a_flyway_of_four_by_hand():
    """Breeding at 0, staging at 500 and 900, wintering at 1,400; flights of 600."""
    distance = on_a_line(0, 500, 900, 1400)
    found = measure_flyway(distance, weights(4, 0), weights(4, 3), 600.0)
    assert found.connected_share == 1
    assert list(found.critical) == [False, True, True, False]
    assert found.needed_leg == 500
    np.testing.assert_array_equal(found.lengthening, [np.inf, 400, 400, np.inf])
    np.testing.assert_allclose(found.flights.total, 1 / 4)
    np.testing.assert_allclose(found.routes.amounts, [0, 1, 1, 0])
    assert len(found.cut) == 1
    wider = measure_flyway(distance, weights(4, 0), weights(4, 3), 1000.0)
    assert not wider.critical.any()
    assert wider.flights.total == pytest.approx(1 / 3)


def test_a_site_that_is_both_is_no_pair_with_itself():
    found = measure_flyway(on_a_line(0, 100), weights(2, 0, 1), weights(2, 1), 50.0)
    assert found.possible == 1
    assert found.connected_share == 0


def test_no_ends_and_no_sites():
    found = measure_flyway(on_a_line(0, 1), weights(2), weights(2), 5.0)
    assert np.isnan(found.connected_share)
    assert found.needed_leg == np.inf
    assert found.cut.size == 0
    assert not found.critical.any()
    np.testing.assert_array_equal(found.lengthening, [0, 0])
    none = np.zeros(0)
    assert measure_flyway(np.zeros((0, 0)), none, none, 1.0).part.size == 0


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.integers(2, 6))
def test_minimax_legs_are_the_best_of_all_routes(seed, count):
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 9, (count, 2))
    distance = np.hypot(*(place[:, None] - place[None]).T)
    distance[0, 1] = distance[1, 0] = np.inf
    found = minimax_legs(distance)
    for a in range(count):
        for b in range(count):
            others = [n for n in range(count) if n not in (a, b)]
            routes = [[a, *way, b] for k in range(count - 1) for way in permutations(others, k)]
            best = min(max(distance[i, j] for i, j in pairwise(r)) for r in routes)
            assert found[a, b] == (0 if a == b else best)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 1000))
def test_what_the_loss_of_a_site_does_is_what_leaving_it_out_gives(seed):
    rng = np.random.default_rng(seed)
    count = 9
    place = rng.uniform(0, 9, (count, 2))
    distance = np.hypot(*(place[:, None] - place[None]).T)
    breeding, wintering = rng.integers(0, 2, (2, count)) * rng.uniform(1, 3, (2, count))
    found = measure_flyway(distance, breeding, wintering, 3.5)
    for site in range(count):
        left = np.arange(count) != site
        less = measure_flyway(
            distance[np.ix_(left, left)], breeding[left], wintering[left], 3.5
        )
        assert found.needed_leg_without[site] == less.needed_leg
        assert found.pairs.removal[site] == pytest.approx(
            found.pairs.total - less.pairs.total, abs=1e-9
        )
        assert found.flights.removal[site] == pytest.approx(
            found.flights.total - less.flights.total, abs=1e-9
        )


def test_the_smallest_cut_is_smallest():
    rng = np.random.default_rng(4)
    for _ in range(10):
        graph = nx.gnp_random_graph(8, 0.35, seed=int(rng.integers(1000)))
        linked = nx.to_numpy_array(graph) > 0
        breeding, wintering = weights(8, 0, 1) > 0, weights(8, 6, 7) > 0

        def parts(sites, graph=graph):
            less = graph.copy()
            less.remove_nodes_from(sites)
            return not any(
                a in less and b in less and nx.has_path(less, a, b)
                for a in (0, 1)
                for b in (6, 7)
            )

        found = smallest_cut(linked, breeding, wintering)
        assert parts(found.tolist())
        assert not any(parts(one) for one in combinations(range(8), len(found) - 1))


def test_gaps_by_hand():
    distance = on_a_line(0, 100, 1000, 1100, 3000)
    found = find_gaps(distance, weights(5, 0, 1), weights(5, 3), 500.0)
    assert [(gap.first, gap.second, gap.stones, gap.gain) for gap in found] == [
        (1, 2, 1, 2.0),
        (3, 4, 3, 0.0),
    ]
    assert find_gaps(distance, weights(5, 0), weights(5, 3), 2000.0) == ()
    exact = find_gaps(on_a_line(0, 1000), weights(2, 0), weights(2, 1), 500.0)
    assert exact[0].stones == 1


def test_the_fewest_stones_and_of_those_the_shortest_way():
    place = np.array([[0, 0], [10, 0], [5, 3], [5, 1], [3, 0], [7, 0]], dtype=float)
    distance = np.hypot(*(place[:, None] - place[None]).T)
    start, goal = weights(6, 0) > 0, weights(6, 1) > 0
    assert list(fewest_stones(distance, 6.0, start, goal)) == [3]
    assert list(fewest_stones(distance, 4.5, start, goal)) == [4, 5]
    assert fewest_stones(distance, 2.0, start, goal) is None


def test_refusals_and_stopping(stopper):
    distance = on_a_line(*range(30))
    with pytest.raises(ValueError, match="flight range"):
        measure_flyway(distance, weights(30), weights(30), 0.0)
    with pytest.raises(ValueError, match="flight range"):
        find_gaps(distance, weights(30), weights(30), np.nan)
    with pytest.raises(ValueError, match="breeding has"):
        measure_flyway(distance, weights(3), weights(30), 1.0)
    with pytest.raises(ValueError, match="square"):
        minimax_legs(distance[:2])
    with pytest.raises(KeyboardInterrupt):
        measure_flyway(distance, weights(30, 0), weights(30, 9), 1.0, control=stopper(0.8))
