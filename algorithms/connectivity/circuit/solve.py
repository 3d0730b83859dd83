"""Voltages of a circuit with current sources and grounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.laplacian.solver import grounded_solver, plan_solver
from algorithms.control import NULL_CONTROL, PartControl

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.connectivity.circuit.graph import CircuitGraph
    from algorithms.connectivity.laplacian.solver import SolverPlan
    from algorithms.control import Control

FACTOR_SHARE = 0.8
"""Share of the time of one solution that goes into the factorisation."""


def solved_nodes(graph: CircuitGraph, source: FloatArray, ground: FloatArray) -> BoolArray:
    """Return the nodes whose component holds both a source and a ground.

    Parameters
    ----------
    graph : CircuitGraph
        The circuit.
    source : (count,) float64
        Current injected at each node.
    ground : (count,) float64
        Conductance to ground, infinite for a direct ground.
    """
    component = graph.components()
    parts = int(component.max(initial=-1)) + 1
    fed = np.zeros(parts, dtype=np.bool_)
    fed[component[source != 0.0]] = True
    earthed = np.zeros(parts, dtype=np.bool_)
    earthed[component[ground != 0.0]] = True
    return (fed & earthed)[component]


def solve_circuit(
    graph: CircuitGraph,
    source: FloatArray,
    ground: FloatArray,
    control: Control = NULL_CONTROL,
    *,
    memory_limit: float | None = None,
) -> FloatArray:
    """Return the voltage of every node, given what is injected and what is tied to ground.

    Parameters
    ----------
    graph : CircuitGraph
        The circuit.
    source : (count,) float64
        Current injected at each node, finite; negative where it is drawn.
    ground : (count,) float64
        Conductance from each node to ground: 0 for none, infinite for a direct ground, whose
        voltage is 0.
    control : Control
        Told the share of the work done; may cancel.
    memory_limit : float, optional
        Bytes the solver may use.

    Returns
    -------
    (count,) float64
        Voltage; 0 in components without a source or without a ground, where it is undefined.

    Raises
    ------
    ValueError
        A source is not finite, or a ground negative or not a number.
    """
    if not np.isfinite(source).all():
        raise ValueError("sources must be finite")
    if np.isnan(ground).any() or (ground < 0.0).any():
        raise ValueError("grounds must be conductances >= 0, infinite for a direct ground")
    voltage = np.zeros(graph.count)
    direct = np.isinf(ground)
    unknown = solved_nodes(graph, source, ground) & ~direct
    if unknown.any():
        finite = np.where(direct, 0.0, ground)
        matrix = graph.reduced_laplacian(unknown, finite)
        position = graph.position[unknown]
        plan: SolverPlan = plan_solver(matrix, position=position, memory_limit=memory_limit)
        solver = grounded_solver(
            matrix,
            position=position,
            plan=plan,
            control=PartControl(control, 0.0, FACTOR_SHARE),
        )
        voltage[unknown] = solver.solve(
            source[unknown], PartControl(control, FACTOR_SHARE, 1.0)
        )
    control.report(1.0)
    return voltage
