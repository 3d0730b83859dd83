"""Current through branches and nodes, from the voltages of a circuit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray, IntArray
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
    leaving, entering = _sums_at_nodes(
        graph.first, graph.second, graph.conductance, np.asarray(voltage, dtype=np.float64)
    )
    if finite_ground is not None:
        earthed = finite_ground * voltage
        leaving += np.maximum(earthed, 0.0)
        entering += np.maximum(-earthed, 0.0)
    return np.maximum(leaving, entering)


@compiled
def _sums_at_nodes(
    first: IntArray, second: IntArray, conductance: FloatArray, voltage: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the sums of what leaves and what enters each node through branches."""
    greatest = 0.0
    for branch in range(len(first)):
        current = abs(conductance[branch] * (voltage[first[branch]] - voltage[second[branch]]))
        greatest = max(greatest, current)
    least = SMALLEST_SHARE * greatest
    leaving, entering = np.zeros(len(voltage)), np.zeros(len(voltage))
    for branch in range(len(first)):
        a, b = first[branch], second[branch]
        current = conductance[branch] * (voltage[a] - voltage[b])
        if abs(current) < least:
            continue
        if current > 0.0:
            leaving[a] += current
            entering[b] += current
        else:
            leaving[b] -= current
            entering[a] -= current
    return leaving, entering
