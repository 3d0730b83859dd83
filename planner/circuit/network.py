"""Cases on a network: nodes and links in lists instead of a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.circuit.conflicts import resolved_supply
from algorithms.connectivity.circuit.currents import branch_currents, node_currents
from algorithms.connectivity.circuit.pairwise import PairSolution, solve_pairs
from algorithms.connectivity.circuit.solve import solve_circuit
from planner.circuit.advanced import tell_conflicts
from planner.circuit.lists import told_ids
from planner.circuit.pairwise import take_over, wanted_pairs
from planner.circuit.results import NOT_CONNECTED, CaseResults

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from planner.circuit.context import RunContext
    from planner.circuit.network_inputs import NetworkCase

SMALLEST_LISTED = 1e-6
"""Amperes; branches with less are left out of the lists, as in Circuitscape 5."""


def run_network(context: RunContext, case: NetworkCase, results: CaseResults) -> FloatArray:
    """Solve a network, pairwise or advanced, and write its lists.

    Returns
    -------
    float64
        Resistances of the pairs, or voltages of the nodes.
    """
    if context.options.scenario == "advanced":
        return _run_advanced(context, case, results)
    return _run_pairwise(context, case, results)


def _run_pairwise(context: RunContext, case: NetworkCase, results: CaseResults) -> FloatArray:
    names, wanted = wanted_pairs(case.focal, case.pairs)
    graph, options = case.graph, context.options
    known = np.isin(names, case.ids)
    place = np.searchsorted(case.ids, names)
    nodes = np.where(known, place, -1).astype(np.int32)
    if not known.all():
        context.tell(f"Not in the network, so -1: focal nodes {told_ids(names[~known])}.")
    plan = context.planned(graph, cells=0, places=len(names))
    ohms = np.full((len(names), len(names)), NOT_CONNECTED)
    np.fill_diagonal(ohms, 0.0)
    home = graph.components()
    sums = int(options.currents)
    size = graph.count + len(graph.first) if sums else 0
    with context.journal(size=size, sums=sums) as journal:
        left = take_over(journal, names, wanted, ohms)
        for pair in solve_pairs(
            graph,
            nodes,
            left,
            voltages=options.write_volt_maps or options.currents,
            columns=plan.columns,
            memory_limit=plan.solver_limit,
            control=context.control,
        ):
            ends = (pair.first, pair.second)
            ohms[ends] = ohms[ends[::-1]] = pair.resistance
            key = f"{names[pair.first]}_{names[pair.second]}"
            gained = _write_pair(context, case, results, (key, home), pair)
            journal.record(key, pair.resistance, *gained)
        if options.write_cur_maps or options.write_cum_cur_map_only:
            total = journal.totals[0]
            every = np.ones(graph.count, dtype=np.bool_)
            _write_currents(case, results, "_cum", every, total)
        results.pair_resistances(names, ohms)
    return ohms


def _write_pair(
    context: RunContext,
    case: NetworkCase,
    results: CaseResults,
    named: tuple[str, IntArray],
    pair: PairSolution,
) -> list[FloatArray]:
    """Write the lists of a pair, of the nodes of its component; returns what the sums gain."""
    if pair.voltage is None:
        return []
    key, home = named
    inside = home == home[pair.nodes[0]]
    if context.options.write_volt_maps:
        results.table(f"_voltages_{key}", [case.ids[inside]], pair.voltage[inside])
    if not context.options.currents:
        return []
    both = np.concatenate(
        (
            node_currents(case.graph, pair.voltage),
            np.abs(branch_currents(case.graph, pair.voltage)),
        )
    )
    if context.options.each_current:
        _write_currents(case, results, f"_{key}", inside, both)
    return [both]


def _write_currents(
    case: NetworkCase, results: CaseResults, ending: str, inside: BoolArray, both: FloatArray
) -> None:
    """Write currents of nodes, and of the branches that carry more than almost none."""
    count = case.graph.count
    at_nodes, along = both[:count], both[count:]
    results.table(f"_node_currents{ending}", [case.ids[inside]], at_nodes[inside])
    flowing = along > SMALLEST_LISTED
    ends = [case.ids[case.graph.first[flowing]], case.ids[case.graph.second[flowing]]]
    results.table(f"_branch_currents{ending}", ends, along[flowing])


def _run_advanced(context: RunContext, case: NetworkCase, results: CaseResults) -> FloatArray:
    if case.source is None or case.ground is None:
        raise ValueError("an advanced case needs sources and grounds")
    graph, options = case.graph, context.options
    plan = context.planned(graph, cells=0, places=1)
    supply = resolved_supply(graph, case.source, case.ground, options.remove_src_or_gnd)
    tell_conflicts(context, supply, case.source, case.ground)
    voltage = solve_circuit(
        graph, supply.source, supply.ground, context.control, memory_limit=plan.solver_limit
    )
    if options.write_volt_maps:
        results.table("_voltages", [case.ids], voltage)
    if options.write_cur_maps or options.write_cum_cur_map_only:
        nodes = node_currents(graph, voltage, finite_ground=supply.finite_ground)
        both = np.concatenate((nodes, np.abs(branch_currents(graph, voltage))))
        _write_currents(case, results, "", np.ones(graph.count, dtype=np.bool_), both)
    return voltage
