import networkx as nx
import numpy as np
import pytest

from algorithms.indicators.network.betweenness import betweenness
from algorithms.indicators.network.links import links_between, unit_links


def network(seed, count, longest, *, whole_numbers=False):
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 10, (count, 2))
    distance = np.hypot(*(place[:, None] - place[None]).T)
    if whole_numbers:  # many ties
        distance = np.ceil(distance)
    links = links_between(distance, longest=longest)
    graph = nx.from_numpy_array(np.where(distance <= longest, distance, 0.0))
    return links, graph


@pytest.mark.parametrize("whole_numbers", [False, True])
@pytest.mark.parametrize(("count", "longest"), [(12, 3.0), (60, 2.0), (60, 20.0)])
def test_agrees_with_networkx(count, longest, whole_numbers):
    links, graph = network(count, count, longest, whole_numbers=whole_numbers)
    one = np.ones(count)
    for lengths, weight in ((unit_links(links), None), (links, "weight")):
        found = betweenness(lengths, one, one)
        for name, normalized in (("paths", False), ("normalised", True)):
            peer = nx.betweenness_centrality(graph, weight=weight, normalized=normalized)
            np.testing.assert_allclose(
                getattr(found, name),
                [peer[node] for node in range(count)],
                rtol=1e-9,
                atol=1e-9,
            )


def test_weighted_by_areas_by_hand():
    """A chain a-b-c and a way round a-d-c of the same length: each middle has half the pair."""
    distance = np.full((4, 4), np.inf)
    for i, j in ((0, 1), (1, 2), (0, 3), (3, 2)):
        distance[i, j] = distance[j, i] = np.log(2)
    np.fill_diagonal(distance, 0)
    area = np.array([2.0, 3.0, 5.0, 7.0])
    links = links_between(distance)
    pc = betweenness(links, area, area, "probability")
    # Pair (0, 2) is worth 2 * 5 / 4, pair (1, 3) 3 * 7 / 4; each is shared by two nodes.
    np.testing.assert_allclose(pc.amounts, [21 / 8, 10 / 8, 21 / 8, 10 / 8])
    np.testing.assert_allclose(pc.paths, [0.5, 0.5, 0.5, 0.5])
    iic = betweenness(unit_links(links), area, area, "links")
    np.testing.assert_allclose(iic.amounts, [21 / 6, 10 / 6, 21 / 6, 10 / 6])
    only = betweenness(unit_links(links), np.array([2.0, 0, 0, 0]), np.array([0, 0, 5.0, 0]))
    np.testing.assert_allclose(only.amounts, [0, 5, 0, 5])


def test_touching_patches_prefer_fewer_links():
    distance = np.zeros((3, 3))
    found = betweenness(links_between(distance), np.ones(3), np.ones(3))
    np.testing.assert_array_equal(found.paths, [0, 0, 0])
    distance[0, 2] = distance[2, 0] = 5.0
    found = betweenness(links_between(distance), np.ones(3), np.ones(3))
    np.testing.assert_array_equal(found.paths, [0, 1, 0])


def test_none_one_and_stopping(stopper):
    none = betweenness(links_between(np.zeros((0, 0))), np.zeros(0), np.zeros(0))
    assert none.paths.size == none.normalised.size == 0
    one = betweenness(links_between(np.zeros((1, 1))), np.ones(1), np.ones(1))
    np.testing.assert_array_equal(one.normalised, [0])
    links, _ = network(0, 30, 9.0)
    with pytest.raises(KeyboardInterrupt):
        betweenness(links, np.ones(30), np.ones(30), control=stopper(0.0))
