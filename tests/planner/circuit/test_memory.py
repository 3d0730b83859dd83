from __future__ import annotations

import numpy as np
import pytest

from algorithms.connectivity.circuit.graph import grid_graph
from planner.circuit import memory
from planner.circuit.errors import CircuitMemoryError
from planner.circuit.memory import available_bytes, planned_memory


@pytest.fixture
def graph():
    return grid_graph(np.ones((40, 40)), four_neighbours=False, average_resistances=True)


def test_memory_is_told(graph):
    plan = planned_memory(graph, cells=1600, places=5, memory_gb=4.0)
    assert plan.nodes == 1600
    assert plan.columns == 6
    assert plan.total_bytes < 4e9
    assert plan.solver_limit == pytest.approx(4e9 - plan.base_bytes)
    assert "1,600 nodes; about 0.2" in plan.told()
    assert "4.0 GB may be used" in plan.told()


@pytest.mark.parametrize("allowed", [0.01, 0.2012, 0.2015])
def test_what_does_not_fit_is_refused(graph, allowed):
    with pytest.raises(CircuitMemoryError, match="--memory"):
        planned_memory(graph, cells=1600, places=5, memory_gb=allowed)


def test_fewer_solutions_are_held_where_memory_is_short(graph):
    whole = planned_memory(graph, cells=1600, places=200, memory_gb=4.0)
    base = (whole.base_bytes + whole.solver_bytes) / 1e9
    short = planned_memory(graph, cells=1600, places=200, memory_gb=base + 1e-3)
    assert 2 <= short.columns < whole.columns == 201


def test_where_nothing_is_known_there_is_no_limit(graph, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: np.inf)
    plan = planned_memory(graph, cells=1600, places=3, memory_gb=None)
    assert plan.solver_limit is None
    assert "may be used" not in plan.told()


def test_the_machine_has_memory():
    assert available_bytes() > 1e6
