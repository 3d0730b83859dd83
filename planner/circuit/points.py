"""One-to-all and all-to-one cases: each focal point in turn against all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.circuit.focal import FocalCircuit
from algorithms.connectivity.circuit.pairwise import FACTOR_UNITS
from algorithms.connectivity.circuit.progress import UnitProgress
from algorithms.connectivity.circuit.regions import merged_regions
from planner.circuit.context import RunContext, current_map, write_totals
from planner.circuit.pairwise import case_graph, nodes_of, tell_unconnected
from planner.circuit.results import NOT_CONNECTED, MapResults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.connectivity.circuit.graph import CircuitGraph
    from algorithms.control import Control
    from planner.circuit.inputs import FocalCells, RasterCase


@dataclass(frozen=True, slots=True)
class _Circuit:
    """A circuit with the nodes of the focal points, reduced to those."""

    graph: CircuitGraph
    nodes: IntArray
    focal: NDArray[np.int64]
    reduced: FocalCircuit


@dataclass(frozen=True, slots=True)
class _Supply:
    """What is fed and grounded at each focal node, for one focal point."""

    source: FloatArray
    grounded: BoolArray
    active: IntArray


def run_points(context: RunContext, case: RasterCase, results: MapResults) -> FloatArray:
    """Solve every focal point against the others, write its maps, then the resistances.

    Returns
    -------
    (k,) float64
        One-to-all: voltage at the point over the strength of its source. All-to-one: 0 where
        it was solved. `NOT_CONNECTED` where nothing could be solved.
    """
    focal = case.focal
    if focal is None:
        raise ValueError("a case of points needs focal points")
    names = focal.names
    others = ~np.eye(len(names), dtype=np.bool_)
    if case.pairs is not None:
        names = names[case.pairs.known(names)]  # in both modes, as in Circuitscape
        focal, others = focal.kept(names), case.pairs.wanted(names)
    ohms = np.full(len(names), NOT_CONNECTED)
    size = case.conductance.size if context.map_sums else 0
    with context.journal(size=size, sums=context.map_sums) as journal:
        done = journal.finished
        for at, name in enumerate(names):
            ohms[at] = done.get(str(name), NOT_CONNECTED)
        left = [
            at for at, name in enumerate(names) if str(name) not in done and others[at].any()
        ]
        for at, circuit, control in _circuits(context, case, focal, others, left):
            key = str(names[at])
            supply = _supply(context, case, names, (at, others[at]), circuit)
            ohms[at], sums = _solved(context, results, circuit, supply, (at, key), control)
            journal.record(key, ohms[at], *sums)
        write_totals(context, results, journal)
        results.point_resistances(names, ohms)
    return ohms


def _circuits(
    context: RunContext,
    case: RasterCase,
    focal: FocalCells,
    others: BoolArray,
    left: list[int],
) -> Iterator[tuple[int, _Circuit, Control]]:
    """Yield each focal point with its circuit.

    All share one, unless regions take part in some solutions only: then a region is merged
    where it takes part, and is ordinary land where not.
    """
    own = focal.regions and case.pairs is not None
    polygons = [] if case.polygons is None else [case.polygons]
    everyone = np.ones(len(focal.names), dtype=np.bool_)
    units = FACTOR_UNITS + len(focal.names)
    progress = UnitProgress(context.control, len(left) + units * (len(left) if own else 1))
    circuit: _Circuit | None = None
    for at in left:
        if circuit is None or own:
            taking = others[at] | (np.arange(len(everyone)) == at) if own else everyone
            part = focal.kept(focal.names[taking])
            layers = [*polygons, part.numbered(case.header.shape)] if part.regions else polygons
            graph = case_graph(context, case, merged_regions(layers) if layers else None)
            circuit = _reduced(
                context, focal, graph, progress.take(units), first=circuit is None
            )
        yield at, circuit, progress.take()


def _reduced(
    context: RunContext,
    focal: FocalCells,
    graph: CircuitGraph,
    control: Control,
    *,
    first: bool,
) -> _Circuit:
    """Reduce a circuit to the nodes of the focal points."""
    nodes = nodes_of(graph, focal)
    plan = context.planned(graph, cells=graph.node.size, places=len(nodes), quiet=not first)
    if first:
        tell_unconnected(context, focal.names, nodes)
    different = np.unique(nodes[nodes >= 0]).astype(np.int32)
    reduced = FocalCircuit(
        graph,
        different,
        columns=plan.columns,
        memory_limit=plan.solver_limit,
        control=control,
    )
    place = np.searchsorted(different, nodes)
    return _Circuit(graph, nodes, np.where(nodes >= 0, place, -1), reduced)


def _supply(
    context: RunContext,
    case: RasterCase,
    names: NDArray[np.int64],
    point: tuple[int, BoolArray],
    circuit: _Circuit,
) -> _Supply:
    """Return what is fed and grounded for one focal point."""
    at, others = point
    place, count = circuit.focal, int(circuit.focal.max(initial=-1)) + 1
    source, grounded = np.zeros(count), np.zeros(count, dtype=np.bool_)
    strengths = case.strengths or {}
    strength = np.array([strengths.get(int(name), 1.0) for name in names])
    on_land = place >= 0
    if context.options.scenario == "one-to-all":
        grounded[place[others & on_land]] = True
        if on_land[at]:
            source[place[at]] = strength[at]
            grounded[place[at]] = source[place[at]] == 0.0 and grounded[place[at]]
    else:
        feeding = others.copy()
        if case.strengths is not None:
            # As in Circuitscape, a point that is left out feeds one ampere here.
            strength = np.where(others, strength, 1.0)
            feeding = np.arange(len(names)) != at
        feeding &= on_land
        np.add.at(source, place[feeding], strength[feeding])
        if on_land[at]:
            grounded[place[at]] = True
            source[place[at]] = 0.0
    active = np.flatnonzero((source != 0.0) | grounded).astype(np.int32)
    return _Supply(source, grounded, active)


def _solved(
    context: RunContext,
    results: MapResults,
    circuit: _Circuit,
    supply: _Supply,
    point: tuple[int, str],
    control: Control,
) -> tuple[float, list[FloatArray]]:
    """Solve one focal point and write its maps; returns its value and what the sums gain."""
    at, key = point
    options, graph, node = context.options, circuit.graph, int(circuit.nodes[at])
    voltage, solved = np.zeros(graph.count), False
    if node >= 0:
        home = circuit.reduced.home
        inside = home == home[circuit.focal[at]]
        source = np.where(inside, supply.source, 0.0)
        grounded = supply.grounded & inside
        solved = bool(source.any() and grounded.any())
        if solved:
            voltage = circuit.reduced.voltages(source, grounded, control)
    if options.write_volt_maps:
        results.voltages(graph.on_grid(voltage), f"voltmap_{key}")
    sums: list[FloatArray] = []
    if options.currents:
        active = circuit.reduced.focal[supply.active]
        current = current_map(context, graph, voltage, active=active)
        if options.each_current:
            results.currents(current, f"curmap_{key}")
        sums = [current.ravel()] * context.map_sums
    if not solved:
        return NOT_CONNECTED, sums
    if options.scenario == "all-to-one":
        return 0.0, sums
    return float(voltage[node] / supply.source[circuit.focal[at]]), sums
