"""What every kind of run is given, and how a run keeps what it has finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algorithms.connectivity.circuit.currents import node_currents
from planner.circuit.journal import JOURNAL_ENDING, RunJournal, case_digest
from planner.circuit.memory import MemoryPlan, planned_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.connectivity.circuit.graph import CircuitGraph
    from algorithms.control import Control
    from planner.circuit.options import CircuitOptions
    from planner.circuit.places import CasePlaces
    from planner.circuit.results import MapResults


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run is given.

    Attributes
    ----------
    options : CircuitOptions
        What the case asks for.
    places : CasePlaces
        Where it reads and writes.
    control : Control
        Told the share of the work done; may cancel.
    tell : callable
        Shows a sentence to the user.
    begin : callable
        Writes what stands at the head of the results; called when the memory is known to
        suffice, so that a folder that cannot be written is told before the work.
    memory_gb : float, optional
        What may be taken.
    resume : bool
        Go on with what an earlier run has finished.
    """

    options: CircuitOptions
    places: CasePlaces
    control: Control
    tell: Callable[[str], None]
    begin: Callable[[], None]
    memory_gb: float | None = None
    resume: bool = False

    def planned(
        self, graph: CircuitGraph, *, cells: int, places: int, quiet: bool = False
    ) -> MemoryPlan:
        """Estimate the memory and, unless quiet, tell it and begin the results.

        Raises
        ------
        CircuitMemoryError
            It does not fit.
        LayerWriteError
            The results cannot be written.
        """
        plan = planned_memory(graph, cells=cells, places=places, memory_gb=self.memory_gb)
        if not quiet:
            self.tell(plan.told())
            self.begin()
        return plan

    def journal(self, *, size: int, sums: int) -> RunJournal:
        """Return the journal of the run, taken up where that is wanted and possible."""
        path = self.places.result(JOURNAL_ENDING)
        digest = case_digest(self.options, self.places)
        journal = RunJournal(path, digest, size=size, sums=sums)
        if self.resume:
            done = journal.go_on()
            self.tell(
                f"Solutions taken over from an earlier run: {done:,}."
                if done
                else "No unfinished run of this case with these inputs; it starts anew."
            )
        elif path.is_file():
            self.tell(f"{path} holds an unfinished run, which is given up; --resume goes on.")
            journal.drop()
        return journal

    @property
    def map_sums(self) -> int:
        """How many sums of maps are kept: the cumulative current, and the greatest."""
        if self.options.write_max_cur_maps:
            return 2
        return 1 if self.options.currents else 0


def current_map(
    context: RunContext,
    graph: CircuitGraph,
    voltage: FloatArray,
    *,
    active: IntArray,
    finite_ground: FloatArray | None = None,
) -> FloatArray:
    """Return the map of currents through the cells.

    Parameters
    ----------
    context : RunContext
        Says whether focal nodes show no current.
    graph : CircuitGraph
        The circuit.
    voltage : (count,) float64
        Voltage of each node.
    active : (k,) int
        Nodes that are fed or grounded as focal nodes.
    finite_ground : (count,) float64, optional
        Conductance to ground.

    Returns
    -------
    (rows, columns) float64
        0 where there is no node.
    """
    current = node_currents(graph, voltage, finite_ground=finite_ground)
    if context.options.set_focal_node_currents_to_zero:
        current[active] = 0.0
    return graph.on_grid(current)


def write_totals(context: RunContext, results: MapResults, journal: RunJournal) -> None:
    """Write the cumulative and the greatest current, where the case asks for them."""
    totals, options = journal.totals, context.options
    shape = results.shape
    if options.write_cur_maps or options.write_cum_cur_map_only:
        results.currents(totals[0].reshape(shape), "cum_curmap")
    if options.write_max_cur_maps:
        results.currents(totals[1].reshape(shape), "max_curmap")
