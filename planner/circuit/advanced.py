"""Advanced cases on a grid: the sources and grounds that the user gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.circuit.conflicts import Supply, resolved_supply
from algorithms.connectivity.circuit.solve import solve_circuit
from planner.circuit.context import RunContext, current_map
from planner.circuit.errors import CircuitInputError
from planner.circuit.pairwise import case_graph

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray
    from algorithms.connectivity.circuit.graph import CircuitGraph
    from planner.circuit.inputs import RasterCase
    from planner.circuit.results import MapResults


def run_advanced(context: RunContext, case: RasterCase, results: MapResults) -> FloatArray:
    """Solve the circuit and write its maps.

    Returns
    -------
    (rows, columns) float64
        Voltages.

    Raises
    ------
    CircuitInputError
        No source, or no ground, is on a cell that anything moves through.
    """
    if case.source is None or case.ground is None:
        raise ValueError("an advanced case needs sources and grounds")
    options = context.options
    graph = case_graph(context, case, case.polygons)
    plan = context.planned(graph, cells=case.conductance.size, places=1)
    source = _at_nodes(context, graph, case.source, "source")
    ground = _at_nodes(context, graph, case.ground, "ground")
    supply = resolved_supply(graph, source, ground, options.remove_src_or_gnd)
    tell_conflicts(context, supply, source, ground)
    voltage = solve_circuit(
        graph, supply.source, supply.ground, context.control, memory_limit=plan.solver_limit
    )
    on_grid = graph.on_grid(voltage)
    if options.write_volt_maps:
        results.voltages(on_grid, "voltmap")
    if options.write_cur_maps or options.write_cum_cur_map_only:
        current = current_map(
            context,
            graph,
            voltage,
            active=np.empty(0, dtype=np.int32),
            finite_ground=supply.finite_ground,
        )
        results.currents(current, "curmap")
    return on_grid


def _at_nodes(
    context: RunContext, graph: CircuitGraph, values: FloatArray, what: str
) -> FloatArray:
    """Add up the values of the cells of each node."""
    given = values != 0.0
    lost = int(np.count_nonzero(given & (graph.node < 0)))
    path = context.places.inputs[f"{what}_file"]
    if lost:
        context.tell(f"{path}: cells on NoData, which have no effect: {lost:,}.")
    given &= graph.node >= 0
    if not given.any():
        raise CircuitInputError(
            f"{path}: no {what} is on a cell that anything moves through. Check that it lies "
            "over the habitat."
        )
    found = np.zeros(graph.count)
    np.add.at(found, graph.node[given], values[given])
    return found


def tell_conflicts(
    context: RunContext, supply: Supply, source: FloatArray, ground: FloatArray
) -> None:
    """Tell where sources and grounds met, and whether anything is left to solve."""
    both = int(np.count_nonzero((source != 0.0) & (ground != 0.0)))
    if both:
        rule = context.options.remove_src_or_gnd
        context.tell(f"Nodes that are both source and ground, decided by {rule}: {both:,}.")
    if not supply.solved.any():
        context.tell(
            "Nothing is solved: no source is connected to a ground. All voltages and currents "
            "are 0."
        )
