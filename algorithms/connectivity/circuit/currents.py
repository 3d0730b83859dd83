"""Current through branches and nodes, from the voltages of a circuit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray
    from algorithms.connectivity.circuit.graph import CircuitGraph

SMALLEST_SHARE = 1e-8
"""Branch currents below this share of the greatest are rounding, and taken as none."""


def branch_currents(graph: CircuitGraph, voltage: FloatArray) -> FloatArray:
    """Return the current of each branch, from its first end to its second.

    Parameters
    ----------
    graph : CircuitGraph
        The circuit.
    voltage : (count,) float64
        Voltage of each node.

    Returns
    -------
    (m,) float64
        Negative where it flows the other way; 0 below `SMALLEST_SHARE` of the greatest, so
        that dead ends carry none.
    """
    current = graph.conductance * (voltage[graph.first] - voltage[graph.second])
    greatest = np.abs(current).max(initial=0.0)
    current[np.abs(current) < SMALLEST_SHARE * greatest] = 0.0
    return np.asarray(current, dtype=np.float64)


def node_currents(
    graph: CircuitGraph, voltage: FloatArray, *, finite_ground: FloatArray | None = None
) -> FloatArray:
    """Return the current through each node.

    It is the sum of what flows in through branches, or the sum of what flows out, whichever is
    greater; what flows to ground through a finite conductance counts, the current injected at
    the node itself does not (and is what the other sum lacks).

    Parameters
    ----------
    graph : CircuitGraph
        The circuit.
    voltage : (count,) float64
        Voltage of each node.
    finite_ground : (count,) float64, optional
        Conductance from each node to ground, finite.

    Returns
    -------
    (count,) float64
        Current, >= 0.
    """
    current = branch_currents(graph, voltage)
    forth, back = np.maximum(current, 0.0), np.maximum(-current, 0.0)
    count = graph.count
    leaving = np.bincount(graph.first, weights=forth, minlength=count)
    leaving += np.bincount(graph.second, weights=back, minlength=count)
    entering = np.bincount(graph.second, weights=forth, minlength=count)
    entering += np.bincount(graph.first, weights=back, minlength=count)
    if finite_ground is not None:
        earthed = finite_ground * voltage
        leaving += np.maximum(earthed, 0.0)
        entering += np.maximum(-earthed, 0.0)
    return np.maximum(leaving, entering)
