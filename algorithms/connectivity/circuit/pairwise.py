"""Resistance between pairs of places, and the voltages behind it, from one factorisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.circuit.progress import UnitProgress
from algorithms.connectivity.laplacian.solver import grounded_solver, plan_solver
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.connectivity.circuit.graph import CircuitGraph
    from algorithms.control import Control

FACTOR_UNITS = 10.0
"""What a factorisation counts for in the progress, beside one solution."""
CANCELLED_SHARE = 1e-5
"""A resistance below this share of those to the anchor is solved for itself."""


@dataclass(frozen=True, slots=True)
class PairSolution:
    """One ampere that flows from the second place of a pair to the first.

    Attributes
    ----------
    first, second : int
        Positions of the places in the list that was asked about.
    nodes : tuple of int
        Nodes of the two places.
    resistance : float
        Effective resistance, the voltage of the second place; 0 where both are one node.
    voltage : (count,) float64 or None
        Voltage of every node, 0 at the first place and outside the component; None where only
        resistances were asked for.
    """

    first: int
    second: int
    nodes: tuple[int, int]
    resistance: float
    voltage: FloatArray | None


def solve_pairs(  # noqa: PLR0913 - one question, whose options do not belong together
    graph: CircuitGraph,
    places: IntArray,
    wanted: BoolArray,
    *,
    voltages: bool = True,
    columns: int = 64,
    memory_limit: float | None = None,
    control: Control = NULL_CONTROL,
) -> Iterator[PairSolution]:
    """Solve every wanted pair of places that is connected.

    Each component is factorised once, grounded at its first place; a pair is the difference of
    the solutions of its two places, unless they cancel.

    Parameters
    ----------
    graph : CircuitGraph
        The circuit.
    places : (k,) int32
        Node of each place, negative where it has none.
    wanted : (k, k) bool
        Pairs to solve, read above the diagonal.
    voltages : bool
        Give the voltage of every node; without it, only as many solutions as places are made.
    columns : int
        How many solutions may be held at once, >= 2; with fewer than places, some are made
        again.
    memory_limit : float, optional
        Bytes the solver may use.
    control : Control
        Told the share of the work done; may cancel.

    Yields
    ------
    PairSolution
        Pairs that are not connected are left out.

    Raises
    ------
    ValueError
        The shapes disagree, or a place is no node.
    """
    if wanted.shape != (len(places),) * 2 or (places >= graph.count).any():
        raise ValueError("pairs need a square of the places, and places nodes of the circuit")
    component = graph.components()
    home = np.full(len(places), -1, dtype=np.int32)
    home[places >= 0] = component[places[places >= 0]]
    upper = np.triu(wanted, 1) & (home[:, None] == home) & (home >= 0)[:, None]
    parts = [part for part in np.unique(home[home >= 0]) if upper[home == part].any()]
    asked = {int(part): _Asked.of(places, upper, home == part) for part in parts}
    held = max(2, columns) if voltages else 0
    progress = UnitProgress(control, sum(pairs.units(held) for pairs in asked.values()))
    for part, pairs in asked.items():
        yield from pairs.coincident(graph.count, voltages)
        if len(pairs.nodes) < 2:
            continue
        solved = _Part(graph, component == part, pairs.nodes, memory_limit, progress)
        if voltages:
            yield from _with_voltages(solved, pairs, held)
        else:
            yield from _resistances_only(solved, pairs, max(1, columns))
    control.report(1.0)


def effective_resistances(
    graph: CircuitGraph,
    places: IntArray,
    control: Control = NULL_CONTROL,
    *,
    memory_limit: float | None = None,
) -> FloatArray:
    """Return the effective resistance between every two places.

    Parameters
    ----------
    graph : CircuitGraph
        The circuit.
    places : (k,) int32
        Node of each place, negative where it has none.
    control : Control
        Told the share of the work done; may cancel.
    memory_limit : float, optional
        Bytes the solver may use.

    Returns
    -------
    (k, k) float64
        Infinite where two places are not connected, 0 on the diagonal.

    Raises
    ------
    ValueError
        A place is no node.
    """
    found = np.full((len(places),) * 2, np.inf)
    np.fill_diagonal(found, 0.0)
    wanted = np.ones(found.shape, dtype=np.bool_)
    for pair in solve_pairs(
        graph, places, wanted, voltages=False, memory_limit=memory_limit, control=control
    ):
        found[pair.first, pair.second] = found[pair.second, pair.first] = pair.resistance
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """The pairs asked for in one component.

    Attributes
    ----------
    nodes : (q,) int32
        The different nodes of its places.
    pairs : dict
        Places of the pairs between two of those nodes, by the positions of these in `nodes`,
        lower first; and whether the first place is at the higher.
    """

    nodes: IntArray
    pairs: dict[tuple[int, int], list[tuple[int, int, bool]]]

    @classmethod
    def of(cls, places: IntArray, upper: BoolArray, inside: BoolArray) -> _Asked:
        members = np.flatnonzero(inside)
        nodes, first, number = np.unique(
            places[members], return_index=True, return_inverse=True
        )
        order = np.argsort(first)  # in the order of the places, so that pairs come in theirs
        nodes, number = nodes[order], np.argsort(order)[number]
        at = dict(zip(members.tolist(), number.tolist(), strict=True))
        pairs: dict[tuple[int, int], list[tuple[int, int, bool]]] = {}
        for low, high in np.argwhere(upper & inside[:, None]).tolist():
            ends = sorted((at[low], at[high]))
            turned = at[low] > at[high]
            pairs.setdefault((ends[0], ends[1]), []).append((low, high, turned))
        return cls(nodes.astype(np.int32), pairs)

    def units(self, held: int) -> float:
        """Return the work: factorisation, solutions with so many held, what uses a pair."""
        count = len(self.nodes)
        rows = max(1, held - 1)
        again = sum(max(0, count - start - rows) for start in range(0, count, rows))
        pairs = sum(len(some) for some in self.pairs.values())
        return FACTOR_UNITS + count + (again + pairs if held else 0)

    def coincident(self, count: int, voltages: bool) -> Iterator[PairSolution]:
        """Yield the pairs whose places are one node."""
        for (low, high), pairs in self.pairs.items():
            if low == high:
                for first, second, _ in pairs:
                    nothing = np.zeros(count) if voltages else None
                    node = int(self.nodes[low])
                    yield PairSolution(first, second, (node, node), 0.0, nothing)


class _Part:
    """One component, factorised with its first asked node tied to ground."""

    def __init__(
        self,
        graph: CircuitGraph,
        inside: BoolArray,
        nodes: IntArray,
        memory_limit: float | None,
        progress: UnitProgress,
    ) -> None:
        self.nodes = nodes
        self.inside = inside
        self.progress = progress
        self._unknown = inside.copy()
        self._unknown[nodes[0]] = False
        self._order = np.cumsum(self._unknown) - 1
        matrix = graph.reduced_laplacian(self._unknown)
        position = graph.position[self._unknown]
        plan = plan_solver(matrix, position=position, memory_limit=memory_limit)
        self._solver = grounded_solver(
            matrix, position=position, plan=plan, control=progress.take(FACTOR_UNITS)
        )

    def responses(self, numbers: list[int], *, against: int = 0) -> FloatArray:
        """Return the voltages for one ampere into each node, drawn from one of the others.

        Parameters
        ----------
        numbers : list of int
            Positions of nodes.
        against : int
            Position of the node it is drawn from.

        Returns
        -------
        (count, len(numbers)) float64
            Voltage of each node, 0 at the first asked node.
        """
        sides = np.zeros((int(np.count_nonzero(self._unknown)), len(numbers)))
        for column, number in enumerate(numbers):
            for end, amount in ((number, 1.0), (against, -1.0)):
                if end != 0:
                    sides[self._order[self.nodes[end]], column] += amount
        voltage = np.zeros((len(self._unknown), len(numbers)))
        voltage[self._unknown] = self._solver.solve(sides, self.progress.take(len(numbers)))
        return voltage


def _with_voltages(solved: _Part, asked: _Asked, held: int) -> Iterator[PairSolution]:
    """Yield pairs with their voltages, holding no more than so many solutions."""
    count, rows = len(asked.nodes), held - 1
    for start in range(0, count, rows):
        numbers = list(range(start, min(start + rows, count)))
        block = solved.responses(numbers)
        for later in range(start + 1, count):
            lower = [at for at in numbers if at < later and (at, later) in asked.pairs]
            if not lower:
                continue
            inside = later < start + rows
            one = block[:, later - start] if inside else solved.responses([later])[:, 0]
            for at in lower:
                yield from _pairs_of(solved, asked, (at, later), (block[:, at - start], one))


def _pairs_of(
    solved: _Part,
    asked: _Asked,
    ends: tuple[int, int],
    responses: tuple[FloatArray, FloatArray],
) -> Iterator[PairSolution]:
    """Yield the pairs between two nodes, from the solutions of both."""
    low, high = (int(asked.nodes[end]) for end in ends)
    difference = responses[1] - responses[0]
    resistance = difference[high] - difference[low]
    if resistance < CANCELLED_SHARE * max(responses[0][low], responses[1][high]):
        difference = solved.responses([ends[1]], against=ends[0])[:, 0]
        resistance = difference[high] - difference[low]
    for first, second, turned in asked.pairs[ends]:
        voltage = difference[high] - difference if turned else difference - difference[low]
        whole = np.where(solved.inside, voltage, 0.0)
        nodes = (high, low) if turned else (low, high)
        yield PairSolution(first, second, nodes, float(resistance), whole)
        solved.progress.take().report(1.0)


def _resistances_only(solved: _Part, asked: _Asked, columns: int) -> Iterator[PairSolution]:
    """Yield pairs without voltages, from the voltages at the asked nodes."""
    count = len(asked.nodes)
    between = np.empty((count, count))
    for start in range(0, count, columns):
        numbers = list(range(start, min(start + columns, count)))
        between[:, numbers] = solved.responses(numbers)[asked.nodes]
    own = np.diag(between)
    found = own[:, None] + own - between - between.T
    for (low, high), pairs in asked.pairs.items():
        if low == high:
            continue
        resistance = found[low, high]
        if resistance < CANCELLED_SHARE * max(own[low], own[high]):
            alone = solved.responses([high], against=low)[:, 0]
            resistance = alone[asked.nodes[high]] - alone[asked.nodes[low]]
        for first, second, turned in pairs:
            ends = (high, low) if turned else (low, high)
            nodes = (int(asked.nodes[ends[0]]), int(asked.nodes[ends[1]]))
            yield PairSolution(first, second, nodes, float(resistance), None)
