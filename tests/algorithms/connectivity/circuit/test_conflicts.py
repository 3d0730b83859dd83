from __future__ import annotations

import numpy as np
import pytest

from algorithms.connectivity.circuit.conflicts import resolved_supply
from algorithms.connectivity.circuit.graph import link_graph

INFINITE = np.inf


@pytest.fixture
def graph():
    return link_graph(
        4, np.array([0, 1, 2], np.int32), np.array([1, 2, 3], np.int32), np.ones(3)
    )


@pytest.mark.parametrize(
    ("rule", "source", "ground"),
    [
        ("keepall", [1, -2, 3, 0], [0, 0.5, 0, INFINITE]),
        ("rmvsrc", [0, 0, 3, 0], [INFINITE, 0.5, 0, INFINITE]),
        ("rmvgnd", [1, -2, 3, 0], [0, 0.5, 0, INFINITE]),
        ("rmvall", [0, 0, 3, 0], [INFINITE, 0.5, 0, INFINITE]),
    ],
)
def test_every_rule(graph, rule, source, ground):
    supply = resolved_supply(
        graph, np.array([1.0, -2, 3, 0]), np.array([INFINITE, 0.5, 0, INFINITE]), rule
    )
    assert supply.source.tolist() == source
    assert supply.ground.tolist() == ground
    assert supply.finite_ground.tolist() == [0, 0.5, 0, 0]
    assert supply.solved.all()


def test_a_component_whose_only_ground_is_dropped_is_not_solved(graph):
    source = np.array([1.0, 0, 0, 0])
    for ground in (INFINITE, 2.0):
        supply = resolved_supply(graph, source, np.array([ground, 0, 0, 0]), "rmvgnd")
        assert not supply.solved.any()
        assert not supply.source.any()
    kept = resolved_supply(graph, source, np.array([2.0, 0, 0, 0]), "keepall")
    assert kept.solved.all()
    dropped = resolved_supply(graph, source, np.array([INFINITE, 0, 0, 0]), "keepall")
    assert not dropped.solved.any()


def test_a_component_whose_only_source_is_removed_is_not_solved(graph):
    supply = resolved_supply(
        graph, np.array([1.0, 0, 0, 0]), np.array([INFINITE, 0, 0, 0]), "rmvsrc"
    )
    assert not supply.solved.any()
