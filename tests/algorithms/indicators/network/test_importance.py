import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.indicators.network.equivalent_area import (
    equivalent_connected_area,
    iic_numerator,
    integral_index_numerator,
    probability_links,
)
from algorithms.indicators.network.importance import removal_importance
from algorithms.indicators.network.links import links_between, shorter_links, unit_links


def random_patches(seed, count):
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 10, (count, 2))
    distance = np.hypot(*(place[:, None] - place[None]).T)
    return rng.uniform(0, 5, count), np.maximum(distance - 1, 0)


def test_a_chain_of_three_by_hand():
    """Removing the middle parts the ends; removing an end takes it and its flux."""
    area = np.array([1.0, 2.0, 3.0])
    links = unit_links(links_between(np.array([[0, 1, 9], [1, 0, 1], [9, 1, 0.0]]), longest=1))
    found = removal_importance(links, area, area, "links")
    # The numerator: squares 14, pairs twice (1 + 1 + 3).
    assert found.total == pytest.approx(24)
    np.testing.assert_allclose(found.intra, [1, 4, 9])
    np.testing.assert_allclose(found.flux, [2 * (1 + 1), 2 * (1 + 3), 2 * (1 + 3)])
    np.testing.assert_allclose(found.connector, [0, 2 * 1, 0], atol=1e-12)
    np.testing.assert_allclose(found.links, [2 * (1 + 1), 2 * (1 + 3)])
    np.testing.assert_allclose(
        found.percent(found.removal), [100 * 5 / 24, 100 * 14 / 24, 100 * 17 / 24]
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 14), st.floats(0.5, 6))
def test_every_removal_is_what_computing_anew_gives(seed, count, longest):
    area, distance = random_patches(seed, count)
    near = np.where(distance <= longest, distance, np.inf)
    links = links_between(near)
    pc = removal_importance(
        probability_links(links, reference_distance=2.0), area, area, "probability"
    )
    iic = removal_importance(unit_links(links), area, area, "links")
    chance = np.where(near < np.inf, 0.5 ** (distance / 2.0), 0.0)
    whole = equivalent_connected_area(area, chance) ** 2
    assert pc.total == pytest.approx(whole, rel=1e-12)
    for node in range(count):
        left = np.arange(count) != node
        part = np.ix_(left, left)
        without = equivalent_connected_area(area[left], chance[part]) ** 2
        assert pc.removal[node] == pytest.approx(whole - without, rel=1e-9, abs=1e-9)
        without = integral_index_numerator(area[left], distance[part], link_distance=longest)
        assert iic.removal[node] == pytest.approx(iic.total - without, rel=1e-9, abs=1e-9)
    for link in range(len(pc.links)):
        one = links.number == link
        cut = links_between(np.where(_matrix_of(links, one, count), np.inf, near))
        without = iic_numerator(area, cut)
        assert iic.links[link] == pytest.approx(iic.total - without, rel=1e-9, abs=1e-9)


def _matrix_of(links, chosen, count):
    rows = np.repeat(np.arange(count), np.diff(links.start))
    found = np.zeros((count, count), dtype=bool)
    found[rows[chosen], links.neighbour[chosen]] = True
    return found


def test_pairs_from_sources_to_targets_against_networkx():
    """Worth "reach": what the removal parts, pair by pair."""
    _, distance = random_patches(3, 25)
    links = links_between(distance, longest=2.0)
    rng = np.random.default_rng(1)
    source = rng.integers(0, 2, 25) * rng.uniform(1, 2, 25)
    target = np.where(source == 0, rng.uniform(0, 1, 25), 0.0)
    found = removal_importance(links, source, target, "reach", with_links=False)
    assert found.links.size == 0
    graph = nx.from_numpy_array(distance <= 2.0)

    def worth(graph):
        return sum(
            source[i] * target[j] for i in graph for j in nx.node_connected_component(graph, i)
        )

    assert found.total == pytest.approx(worth(graph))
    for node in range(25):
        less = graph.copy()
        less.remove_node(node)
        assert found.removal[node] == pytest.approx(worth(graph) - worth(less))


def test_one_node_none_and_apart():
    one = removal_importance(links_between(np.zeros((1, 1))), np.ones(1), np.ones(1), "links")
    assert one.total == 1
    assert one.percent(one.removal) == [100]
    none = removal_importance(
        links_between(np.zeros((0, 0))), np.zeros(0), np.zeros(0), "links"
    )
    assert none.total == 0
    assert none.removal.size == 0
    apart = np.array([[0, np.inf], [np.inf, 0]])
    two = removal_importance(links_between(apart), np.ones(2), np.ones(2), "probability")
    assert two.total == 2
    np.testing.assert_array_equal(two.connector, [0, 0])


def test_stopping_and_refusals(stopper):
    area, distance = random_patches(0, 30)
    links = links_between(distance)
    with pytest.raises(KeyboardInterrupt):
        removal_importance(links, area, area, "reach", control=stopper(0.0))
    with pytest.raises(ValueError, match="source has the shape"):
        removal_importance(links, area[:3], area, "reach")
    with pytest.raises(ValueError, match="target: every value"):
        removal_importance(links, area, area * np.nan, "reach")
    assert shorter_links(links, -1.0).length.size == 0
