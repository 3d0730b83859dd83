"""Pairwise cases on a grid: resistance, voltage and current between every two focal points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.circuit.graph import CircuitGraph, grid_graph
from algorithms.connectivity.circuit.pairwise import PairSolution, solve_pairs
from algorithms.connectivity.circuit.progress import UnitProgress
from algorithms.connectivity.circuit.regions import merged_regions
from planner.circuit.context import RunContext, current_map, write_totals
from planner.circuit.lists import told_ids
from planner.circuit.results import NOT_CONNECTED, MapResults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from planner.circuit.inputs import FocalCells, RasterCase
    from planner.circuit.journal import RunJournal
    from planner.circuit.lists import PairRule
    from planner.circuit.memory import MemoryPlan


def run_pairwise(context: RunContext, case: RasterCase, results: MapResults) -> FloatArray:
    """Solve every wanted pair, write its maps as they come, then the resistances.

    Returns
    -------
    (k, k) float64
        Resistances, `NOT_CONNECTED` where a pair is not connected or not wanted.
    """
    focal = case.focal
    if focal is None:
        raise ValueError("a pairwise case needs focal points")
    names, wanted = wanted_pairs(focal.names, case.pairs)
    focal = focal.kept(names)
    graph = case_graph(context, case, case.polygons)
    plan = context.planned(graph, cells=case.conductance.size, places=len(names))
    ohms = np.full((len(names), len(names)), NOT_CONNECTED)
    np.fill_diagonal(ohms, 0.0)
    size = case.conductance.size if context.map_sums else 0
    with context.journal(size=size, sums=context.map_sums) as journal:
        left = take_over(journal, names, wanted, ohms)
        pairs = (
            _region_pairs(context, case, focal, left, plan)
            if focal.regions
            else _point_pairs(context, graph, focal, left, plan)
        )
        for circuit, first, second, solution in pairs:
            key = f"{names[first]}_{names[second]}"
            ends = (first, second)
            ohms[ends] = ohms[ends[::-1]] = solution.resistance
            sums = _write_pair(context, results, circuit, key, solution)
            journal.record(key, solution.resistance, *sums)
        write_totals(context, results, journal)
        results.pair_resistances(names, ohms)
    return ohms


def wanted_pairs(
    names: NDArray[np.int64], rule: PairRule | None
) -> tuple[NDArray[np.int64], BoolArray]:
    """Return the ids that take part and which pairs of them are wanted.

    With a list or matrix of pairs to include, ids that it does not name are left out; with one
    of pairs to exclude, they stay.
    """
    if rule is None:
        wanted = ~np.eye(len(names), dtype=np.bool_)
        return names, wanted
    if rule.included:
        names = names[rule.known(names)]
    return names, rule.wanted(names)


def case_graph(context: RunContext, case: RasterCase, regions: IntArray | None) -> CircuitGraph:
    """Return the circuit of a case with these short-circuit regions."""
    return grid_graph(
        case.conductance,
        four_neighbours=context.options.connect_four_neighbors_only,
        average_resistances=context.options.connect_using_avg_resistances,
        short_circuits=regions,
    )


def nodes_of(graph: CircuitGraph, focal: FocalCells) -> IntArray:
    """Return the node of the first cell of each id, negative where it has none."""
    rows, columns = focal.first_cells()
    return graph.node[rows, columns]


def tell_unconnected(context: RunContext, names: NDArray[np.int64], nodes: IntArray) -> None:
    """Tell which focal points carry no current because they are on NoData."""
    off = names[nodes < 0]
    if len(off):
        context.tell(f"On NoData, so connected to nothing (-1): focal points {told_ids(off)}.")


def take_over(
    journal: RunJournal, names: NDArray[np.int64], wanted: BoolArray, ohms: FloatArray
) -> BoolArray:
    """Fill in what an earlier run has finished.

    Parameters
    ----------
    journal : RunJournal
        Knows what that was.
    names : (k,) int64
        Ids of the focal points.
    wanted : (k, k) bool
        Pairs to solve.
    ohms : (k, k) float64
        Gains the resistances that are known.

    Returns
    -------
    (k, k) bool
        The pairs that are left.
    """
    done, left = journal.finished, wanted.copy()
    if done:
        for first in range(len(names)):
            for second in range(first + 1, len(names)):
                found = done.get(f"{names[first]}_{names[second]}")
                if found is not None:
                    ohms[first, second] = ohms[second, first] = found
                    left[first, second] = False
    return left


def _point_pairs(
    context: RunContext,
    graph: CircuitGraph,
    focal: FocalCells,
    left: BoolArray,
    plan: MemoryPlan,
) -> Iterator[tuple[CircuitGraph, int, int, PairSolution]]:
    """Yield the pairs of single cells, all from one circuit."""
    nodes = nodes_of(graph, focal)
    tell_unconnected(context, focal.names, nodes)
    options = context.options
    for pair in solve_pairs(
        graph,
        nodes,
        left,
        voltages=options.write_volt_maps or options.currents,
        columns=plan.columns,
        memory_limit=plan.solver_limit,
        control=context.control,
    ):
        yield graph, pair.first, pair.second, pair


def _region_pairs(
    context: RunContext,
    case: RasterCase,
    focal: FocalCells,
    left: BoolArray,
    plan: MemoryPlan,
) -> Iterator[tuple[CircuitGraph, int, int, PairSolution]]:
    """Yield the pairs of regions: for each a circuit in which only these two are merged."""
    pairs = np.argwhere(np.triu(left, 1))
    progress = UnitProgress(context.control, float(len(pairs)))
    polygons = [] if case.polygons is None else [case.polygons]
    options = context.options
    both = np.ones((2, 2), dtype=np.bool_)
    for first, second in pairs.tolist():
        ends = focal.kept(focal.names[[first, second]])
        shape = case.header.shape
        merged = [focal.kept(focal.names[[end]]).numbered(shape) for end in (first, second)]
        regions = merged_regions([*polygons, *merged])
        graph = case_graph(context, case, regions)
        for pair in solve_pairs(
            graph,
            nodes_of(graph, ends),
            both,
            voltages=options.write_volt_maps or options.currents,
            memory_limit=plan.solver_limit,
            control=progress.take(),
        ):
            yield graph, first, second, pair


def _write_pair(
    context: RunContext,
    results: MapResults,
    graph: CircuitGraph,
    key: str,
    solution: PairSolution,
) -> list[FloatArray]:
    """Write the maps of a pair; returns what it adds to the sums."""
    voltage, options = solution.voltage, context.options
    if voltage is None:
        return []
    if options.write_volt_maps:
        results.voltages(graph.on_grid(voltage), f"voltmap_{key}")
    if not options.currents:
        return []
    current = current_map(
        context, graph, voltage, active=np.array(solution.nodes, dtype=np.int32)
    )
    if options.each_current:
        results.currents(current, f"curmap_{key}")
    return [current.ravel()] * context.map_sums
