"""A circuit reduced to a few of its nodes, any of which may then be fed or tied to ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array

from algorithms.connectivity.circuit.pairwise import FACTOR_UNITS
from algorithms.connectivity.circuit.progress import UnitProgress
from algorithms.connectivity.laplacian.solver import grounded_solver, plan_solver
from algorithms.control import NULL_CONTROL, PartControl

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.connectivity.circuit.graph import CircuitGraph
    from algorithms.connectivity.laplacian.solver import GroundedSolver
    from algorithms.control import Control


class FocalCircuit:
    """A circuit whose focal nodes may be fed or grounded in turn, factorised once.

    With the focal nodes F and all others U, Kirchhoff's equations give the voltages of U from
    those of F, and the reduced system ``S v_F = source`` with
    ``S = L_FF - L_FU L_UU^-1 L_UF``. Only L_UU is factorised; S takes one solution for each
    focal node, and each question after that one more.

    Parameters
    ----------
    graph : CircuitGraph
        The circuit.
    focal : (k,) int32
        The focal nodes, all different.
    columns : int
        How many solutions are made at once.
    memory_limit : float, optional
        Bytes the solver may use.
    control : Control
        Told the share of the work done; may cancel.

    Attributes
    ----------
    focal : (k,) int32
        The focal nodes.
    home : (k,) int32
        Component of each of them.
    """

    def __init__(
        self,
        graph: CircuitGraph,
        focal: IntArray,
        *,
        columns: int = 16,
        memory_limit: float | None = None,
        control: Control = NULL_CONTROL,
    ) -> None:
        self.focal = focal
        component = graph.components()
        self.home = component[focal]
        inner = np.isin(component, self.home)
        inner[focal] = False
        self._inner = inner
        self._coupling, direct = _couplings(graph, focal, inner)
        self._solver: GroundedSolver | None = None
        progress = UnitProgress(control, FACTOR_UNITS + len(focal))
        if inner.any():
            matrix, position = graph.reduced_laplacian(inner), graph.position[inner]
            plan = plan_solver(matrix, position=position, memory_limit=memory_limit)
            self._solver = grounded_solver(
                matrix, position=position, plan=plan, control=progress.take(FACTOR_UNITS)
            )
        between = direct
        for start in range(0, len(focal), columns):
            some = slice(start, start + columns)
            if self._solver is not None:
                sides = self._coupling[:, some].toarray()
                taken = progress.take(sides.shape[1])
                between[:, some] += self._coupling.T @ self._solver.solve(sides, taken)
        # The sum of two roundings is symmetric, and rows sum to zero without cancellation.
        between = (between + between.T) / 2.0
        np.fill_diagonal(between, 0.0)
        self._reduced = np.diag(between.sum(axis=1)) - between

    def voltages(
        self, source: FloatArray, grounded: BoolArray, control: Control = NULL_CONTROL
    ) -> FloatArray:
        """Return the voltages of all nodes for sources and direct grounds at focal nodes.

        Parameters
        ----------
        source : (k,) float64
            Current injected at each focal node.
        grounded : (k,) bool
            Focal nodes tied to ground.
        control : Control
            Told the share of the work done; may cancel.

        Returns
        -------
        (count,) float64
            0 in components that have no source or no ground.
        """
        fed = np.isin(self.home, self.home[source != 0.0])
        earthed = np.isin(self.home, self.home[grounded])
        free = np.flatnonzero(fed & earthed & ~grounded)
        at_focal = np.zeros(len(self.focal))
        if len(free):
            at_focal[free] = np.linalg.solve(self._reduced[np.ix_(free, free)], source[free])
        voltage = np.zeros(len(self._inner))
        voltage[self.focal] = at_focal
        if self._solver is not None and len(free):
            voltage[self._inner] = self._solver.solve(
                self._coupling @ at_focal, PartControl(control, 0.0, 1.0)
            )
        control.report(1.0)
        return voltage


def _couplings(
    graph: CircuitGraph, focal: IntArray, inner: BoolArray
) -> tuple[csr_array, FloatArray]:
    """Return the conductances between inner and focal nodes, and among focal nodes."""
    place = np.full(graph.count, -1, dtype=np.int32)
    place[focal] = np.arange(len(focal), dtype=np.int32)
    order = np.cumsum(inner, dtype=np.int32) - 1
    rows, columns, amounts = [], [], []
    for one, other in ((graph.first, graph.second), (graph.second, graph.first)):
        across = inner[one] & (place[other] >= 0)
        rows.append(order[one[across]])
        columns.append(place[other[across]])
        amounts.append(graph.conductance[across])
    coupling = coo_array(
        (np.concatenate(amounts), (np.concatenate(rows), np.concatenate(columns))),
        shape=(int(np.count_nonzero(inner)), len(focal)),
    )
    direct = np.zeros((len(focal), len(focal)))
    both = (place[graph.first] >= 0) & (place[graph.second] >= 0)
    ends = (place[graph.first[both]], place[graph.second[both]])
    np.add.at(direct, ends, graph.conductance[both])
    return csr_array(coupling), direct + direct.T
