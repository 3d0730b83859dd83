from __future__ import annotations

import numpy as np
import pytest

from algorithms.connectivity.circuit.graph import NO_NODE, grid_graph, link_graph


def dense(graph):
    """Return the matrix of conductances, parallel branches added up."""
    found = np.zeros((graph.count, graph.count))
    np.add.at(found, (graph.first, graph.second), graph.conductance)
    return found + found.T


def test_cells_that_share_an_edge_are_joined_by_their_mean_resistance():
    graph = grid_graph(
        np.array([[1.0, 0.5], [0.0, 0.25]]), four_neighbours=True, average_resistances=True
    )
    assert graph.count == 3
    assert graph.node.tolist() == [[0, 1], [NO_NODE, 2]]
    assert graph.position.tolist() == [[0, 0], [0, 1], [1, 1]]
    expected = np.zeros((3, 3))
    expected[0, 1] = expected[1, 0] = 1 / 1.5  # resistances 1 and 2
    expected[1, 2] = expected[2, 1] = 1 / 3  # resistances 2 and 4
    assert dense(graph) == pytest.approx(expected)


def test_mean_conductances_and_diagonal_neighbours():
    graph = grid_graph(
        np.array([[1.0, 0.5], [np.nan, 0.25]]), four_neighbours=False, average_resistances=False
    )
    found = dense(graph)
    assert found[0, 1] == pytest.approx(0.75)
    assert found[1, 2] == pytest.approx(0.375)
    assert found[0, 2] == pytest.approx(0.625 / np.sqrt(2))


def test_a_diagonal_that_rises_to_the_right_is_a_branch_too():
    graph = grid_graph(
        np.array([[0.0, 2.0], [2.0, 0.0]]), four_neighbours=False, average_resistances=True
    )
    assert dense(graph)[0, 1] == pytest.approx(2 / np.sqrt(2))


def test_a_region_is_one_node_even_apart_and_takes_cells_without_conductance():
    conductance = np.array([[1.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.0, 1.0]])
    regions = np.array([[5, 0, 5, 5], [0, 0, 9, 0]])
    graph = grid_graph(
        conductance, four_neighbours=True, average_resistances=True, short_circuits=regions
    )
    assert graph.node.tolist() == [[0, 1, 0, 0], [2, NO_NODE, NO_NODE, 3]]  # 9 holds nothing
    assert graph.position[0].tolist() == [-1, -1]
    assert dense(graph)[0].tolist() == [0.0, 1.0, 1.0, 1.0]
    assert dense(graph)[1, 2] == 0.0


def test_a_cell_taken_into_a_region_joins_by_mean_conductance_only():
    conductance = np.array([[1.0, 0.0, 3.0]])
    regions = np.array([[1, 1, 0]])
    by_resistance = grid_graph(
        conductance, four_neighbours=True, average_resistances=True, short_circuits=regions
    )
    by_conductance = grid_graph(
        conductance, four_neighbours=True, average_resistances=False, short_circuits=regions
    )
    assert len(by_resistance.first) == 0  # the mean with an infinite resistance
    assert by_conductance.conductance.tolist() == [1.5]


def test_links_of_the_same_nodes_act_in_parallel_and_loops_do_not_count():
    graph = link_graph(
        3,
        np.array([0, 1, 2, 1], np.int32),
        np.array([1, 0, 2, 2], np.int32),
        np.array([1.0, 2.0, 5.0, 0.0]),
    )
    assert (graph.first.tolist(), graph.second.tolist()) == ([0], [1])
    assert graph.conductance.tolist() == [3.0]
    assert graph.components().tolist() == [0, 0, 1]


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_a_link_needs_a_conductance(bad):
    with pytest.raises(ValueError, match="finite and not negative"):
        link_graph(2, np.array([0], np.int32), np.array([1], np.int32), np.array([bad]))


def test_a_link_needs_nodes():
    with pytest.raises(ValueError, match="nodes 0 to 1"):
        link_graph(2, np.array([0], np.int32), np.array([2], np.int32), np.array([1.0]))


def test_values_are_laid_on_the_grid():
    graph = grid_graph(np.array([[1.0, 0.0]]), four_neighbours=True, average_resistances=True)
    assert graph.on_grid(np.array([7.0]), fill=-9.0).tolist() == [[7.0, -9.0]]


def test_an_empty_grid_is_an_empty_circuit():
    graph = grid_graph(np.zeros((2, 2)), four_neighbours=False, average_resistances=False)
    assert graph.count == 0
    assert graph.components().tolist() == []
