"""What holds where a node is both a source of current and tied to ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from algorithms.connectivity.circuit.solve import solved_nodes

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.connectivity.circuit.graph import CircuitGraph

ConflictRule: TypeAlias = Literal["keepall", "rmvsrc", "rmvgnd", "rmvall"]


@dataclass(frozen=True, slots=True)
class Supply:
    """Sources and grounds after their conflicts are resolved.

    Attributes
    ----------
    source : (count,) float64
        Current injected at each node; 0 in components that are not solved.
    ground : (count,) float64
        Conductance to ground, infinite for a direct ground.
    solved : (count,) bool
        Nodes of components with a source and a ground.
    """

    source: FloatArray
    ground: FloatArray
    solved: BoolArray

    @property
    def finite_ground(self) -> FloatArray:
        """Finite conductances to ground, 0 elsewhere."""
        return np.where(np.isinf(self.ground), 0.0, self.ground)


def resolved_supply(
    graph: CircuitGraph, source: FloatArray, ground: FloatArray, rule: ConflictRule
) -> Supply:
    """Resolve conflicts of sources and grounds by Circuitscape's rules.

    Parameters
    ----------
    graph : CircuitGraph
        The circuit.
    source : (count,) float64
        Current to inject at each node.
    ground : (count,) float64
        Conductance to ground, infinite for a direct ground.
    rule : {"keepall", "rmvsrc", "rmvgnd", "rmvall"}
        What goes where a node has both. A finite ground is taken before conflicts are
        resolved, so that ``rmvgnd`` drops it from the question whether a component has a
        ground, but not from the circuit. ``rmvall`` removes the source. Whatever the rule, a
        direct ground under a source that is left is dropped.

    Returns
    -------
    Supply
        What is solved.
    """
    conflict = (source != 0.0) & (ground != 0.0)
    direct = np.isinf(ground)
    finite = np.where(direct, 0.0, ground)
    left = source.copy()
    counted = ground != 0.0
    if rule in {"rmvsrc", "rmvall"}:
        left[conflict] = 0.0
    elif rule == "rmvgnd":
        direct = direct & ~conflict
        counted &= ~conflict
    dropped = direct & (left != 0.0)
    direct, counted = direct & ~dropped, counted & ~dropped
    solved = solved_nodes(graph, left, counted.astype(np.float64))
    kept = np.where(direct, np.inf, finite)
    return Supply(np.where(solved, left, 0.0), np.where(solved, kept, 0.0), solved)
