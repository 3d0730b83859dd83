from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.connectivity.circuit.focal import FocalCircuit
from algorithms.connectivity.circuit.graph import grid_graph, link_graph
from algorithms.connectivity.circuit.pairwise import effective_resistances, solve_pairs
from algorithms.connectivity.circuit.solve import solve_circuit


def random_graph(seed, share=0.25):
    rng = np.random.default_rng(seed)
    conductance = np.where(rng.random((4, 5)) < share, 0.0, rng.uniform(0.1, 10, (4, 5)))
    conductance[0, 0] = conductance[3, 4] = 1.0
    graph = grid_graph(conductance, four_neighbours=True, average_resistances=True)
    return graph, rng.integers(-1, graph.count, 6).astype(np.int32)


def pseudo_inverse(graph):
    laplacian = np.zeros((graph.count, graph.count))
    for a, b, c in zip(graph.first, graph.second, graph.conductance, strict=True):
        laplacian[[a, b], [a, b]] += c
        laplacian[[a, b], [b, a]] -= c
    return np.linalg.pinv(laplacian)


def by_pseudo_inverse(graph, places):
    inverse = pseudo_inverse(graph)
    component = graph.components()
    found = np.full((len(places), len(places)), np.inf)
    for i, a in enumerate(places):
        for j, b in enumerate(places):
            if i == j:
                found[i, j] = 0.0
            elif min(a, b) >= 0 and component[a] == component[b]:
                found[i, j] = inverse[a, a] + inverse[b, b] - 2 * inverse[a, b]
    return found


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_resistances_are_those_of_the_pseudo_inverse(seed):
    graph, places = random_graph(seed)
    expected = by_pseudo_inverse(graph, places)
    assert effective_resistances(graph, places) == pytest.approx(expected, rel=1e-8, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), columns=st.integers(1, 7))
def test_a_pair_has_the_voltages_of_one_ampere_however_many_are_held(seed, columns):
    graph, places = random_graph(seed)
    wanted = np.ones((6, 6), dtype=bool)
    wanted[1, 4] = False
    seen = set()
    inverse, component = pseudo_inverse(graph), graph.components()
    for pair in solve_pairs(graph, places, wanted, columns=columns):
        seen.add((pair.first, pair.second))
        at, fed = places[pair.first], places[pair.second]
        assert pair.nodes == (at, fed)
        if fed == at:
            assert pair.resistance == 0.0
        expected = inverse[:, fed] - inverse[:, at]
        expected = np.where(component == component[at], expected - expected[at], 0.0)
        assert pair.voltage == pytest.approx(expected, rel=1e-8, abs=1e-8)
        assert pair.resistance == pytest.approx(expected[fed], rel=1e-8, abs=1e-8)
    finite = np.isfinite(by_pseudo_inverse(graph, places))
    expected_pairs = {
        (i, j) for i in range(6) for j in range(i + 1, 6) if finite[i, j] and wanted[i, j]
    }
    assert seen == expected_pairs


@pytest.mark.parametrize("voltages", [True, False])
def test_near_neighbours_far_from_the_anchor_keep_their_digits(voltages):
    """A difference of two solutions of 1e12 V would leave nothing of 1 V."""
    graph = link_graph(
        3, np.array([0, 1], np.int32), np.array([1, 2], np.int32), np.array([1e-12, 1 / 3])
    )
    wanted = np.ones((3, 3), dtype=bool)
    pairs = solve_pairs(graph, np.arange(3, dtype=np.int32), wanted, voltages=voltages)
    found = {(pair.first, pair.second): pair.resistance for pair in pairs}
    assert found[1, 2] == pytest.approx(3.0, rel=1e-6)


def test_pairs_must_fit_their_places():
    graph, _ = random_graph(1)
    with pytest.raises(ValueError, match="square"):
        next(solve_pairs(graph, np.array([0, 1], np.int32), np.ones((3, 3), dtype=bool)))
    with pytest.raises(ValueError, match="nodes of the circuit"):
        effective_resistances(graph, np.array([graph.count], np.int32))


class StopError(Exception):
    pass


class Watch:
    def __init__(self, stop=2.0):
        self.told = []
        self.stop = stop

    def report(self, fraction):
        self.told.append(fraction)
        if fraction >= self.stop:
            raise StopError


def test_progress_never_falls_and_it_can_be_cancelled():
    graph = grid_graph(np.ones((4, 4)), four_neighbours=True, average_resistances=True)
    places = np.array([0, 5, 10, 15], np.int32)
    watch = Watch()
    effective_resistances(graph, places, watch)
    assert watch.told == sorted(watch.told)
    assert watch.told[-1] == 1.0
    with pytest.raises(StopError):
        effective_resistances(graph, places, Watch(stop=0.5))
    with pytest.raises(StopError):
        FocalCircuit(graph, places, control=Watch(stop=0.5))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), columns=st.integers(1, 4))
def test_the_reduced_circuit_agrees_with_the_whole_one(seed, columns):
    graph, places = random_graph(seed)
    focal = np.unique(places[places >= 0])
    rng = np.random.default_rng(seed)
    reduced = FocalCircuit(graph, focal, columns=columns)
    grounded = rng.random(len(focal)) < 0.4
    source = np.where(grounded, 0.0, rng.normal(size=len(focal)))
    whole_source, whole_ground = np.zeros(graph.count), np.zeros(graph.count)
    whole_source[focal] = source
    whole_ground[focal[grounded]] = np.inf
    expected = solve_circuit(graph, whole_source, whole_ground)
    assert reduced.voltages(source, grounded) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_circuit_of_focal_nodes_alone():
    graph = link_graph(2, np.array([0], np.int32), np.array([1], np.int32), np.array([0.25]))
    reduced = FocalCircuit(graph, np.array([0, 1], np.int32))
    found = reduced.voltages(np.array([1.0, 0.0]), np.array([False, True]))
    assert found.tolist() == [4.0, 0.0]
