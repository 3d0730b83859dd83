from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.connectivity.circuit.currents import branch_currents, node_currents
from algorithms.connectivity.circuit.graph import grid_graph, link_graph
from algorithms.connectivity.circuit.solve import solve_circuit

INFINITE = np.inf


def links(count, *branches):
    first, second, conductance = (np.array(column) for column in zip(*branches, strict=True))
    return link_graph(
        count, first.astype(np.int32), second.astype(np.int32), conductance.astype(float)
    )


def test_resistors_in_series_and_in_parallel():
    graph = links(3, (0, 1, 1 / 2), (1, 2, 1 / 3))
    voltage = solve_circuit(graph, np.array([1.0, 0, 0]), np.array([0, 0, INFINITE]))
    assert voltage == pytest.approx([5.0, 3.0, 0.0])
    graph = links(2, (0, 1, 1 / 2), (1, 0, 1 / 3))
    voltage = solve_circuit(graph, np.array([1.0, 0]), np.array([0, INFINITE]))
    assert voltage[0] == pytest.approx(6 / 5)


def test_a_balanced_bridge_carries_nothing_across():
    graph = links(4, (0, 1, 1.0), (0, 2, 0.5), (1, 3, 2.0), (2, 3, 1.0), (1, 2, 7.0))
    voltage = solve_circuit(graph, np.array([1.0, 0, 0, 0]), np.array([0, 0, 0, INFINITE]))
    current = branch_currents(graph, voltage)
    across = (graph.first == 1) & (graph.second == 2)
    assert current[across].tolist() == [0.0]
    assert node_currents(graph, voltage) == pytest.approx([1.0, 2 / 3, 1 / 3, 1.0])


def test_a_finite_ground_draws_current_that_counts_at_its_node():
    graph = links(2, (0, 1, 1.0))
    ground = np.array([0.0, 0.5])
    voltage = solve_circuit(graph, np.array([2.0, 0.0]), ground)
    assert voltage == pytest.approx([6.0, 4.0])
    assert node_currents(graph, voltage, finite_ground=ground) == pytest.approx([2.0, 2.0])


def test_a_part_without_source_or_without_ground_stays_at_nothing():
    graph = links(6, (0, 1, 1.0), (2, 3, 1.0), (4, 5, 1.0))
    source = np.array([1.0, 0, 1.0, 0, 0, 0])
    ground = np.array([0, INFINITE, 0, 0, 0, INFINITE])
    assert solve_circuit(graph, source, ground).tolist() == [1.0, 0, 0, 0, 0, 0]


def test_a_node_that_is_a_source_and_grounded_keeps_voltage_nothing():
    graph = links(2, (0, 1, 1.0))
    assert solve_circuit(graph, np.array([1.0, 0]), np.array([INFINITE, 0])).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("source", "ground"), [(np.nan, 0.0), (np.inf, 0.0), (1.0, -1.0), (1.0, np.nan)]
)
def test_what_has_no_meaning_is_refused(source, ground):
    with pytest.raises(ValueError, match="must be"):
        solve_circuit(links(2, (0, 1, 1.0)), np.array([source, 0]), np.array([ground, 0]))


class StopError(Exception):
    pass


class StopsAt:
    def __init__(self, fraction):
        self.fraction = fraction

    def report(self, fraction):
        if fraction >= self.fraction:
            raise StopError


def test_it_can_be_cancelled():
    with pytest.raises(StopError):
        solve_circuit(
            links(2, (0, 1, 1.0)), np.array([1.0, 0]), np.array([0, INFINITE]), StopsAt(0.5)
        )


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    four=st.booleans(),
    average=st.booleans(),
)
def test_it_agrees_with_a_dense_solution(seed, four, average):
    rng = np.random.default_rng(seed)
    conductance = np.where(rng.random((4, 5)) < 0.2, 0.0, rng.uniform(0.1, 10, (4, 5)))
    graph = grid_graph(conductance, four_neighbours=four, average_resistances=average)
    source = np.where(rng.random(graph.count) < 0.3, rng.normal(size=graph.count), 0.0)
    ground = np.where(rng.random(graph.count) < 0.3, rng.uniform(0.1, 2, graph.count), 0.0)
    ground[rng.random(graph.count) < 0.1] = np.inf
    found = solve_circuit(graph, source, ground)
    laplacian = np.zeros((graph.count, graph.count))
    for a, b, c in zip(graph.first, graph.second, graph.conductance, strict=True):
        laplacian[[a, b], [a, b]] += c
        laplacian[[a, b], [b, a]] -= c
    component = graph.components()
    expected = np.zeros(graph.count)
    for part in np.unique(component):
        nodes = np.flatnonzero(component == part)
        if not (source[nodes] != 0).any() or not (ground[nodes] != 0).any():
            continue
        free = nodes[np.isfinite(ground[nodes])]
        matrix = laplacian[np.ix_(free, free)] + np.diag(ground[free])
        expected[free] = np.linalg.solve(matrix, source[free]) if len(free) else 0.0
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)
