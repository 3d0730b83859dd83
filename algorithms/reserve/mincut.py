"""Least selection under a boundary penalty: minimum cuts that start from the last flow.

For weights w (what a selected unit is worth) and capacities c (what a cut edge costs), find
the selection x that makes ``sum_e c_e |x_i - x_j| - sum_i w_i x_i`` least. Its dual is a flow
on the edges: whatever the flow, as long as it keeps within the capacities, ``-sum_i max(0, w_i
- outflow_i)`` is a lower bound, and the greatest one equals the least selection. Since the
bounds of the flow do not depend on the weights, the flow of one call is a good start for the
next.

The flow is found by pushing what units are worth towards those that cost (push-relabel with
first-in-first-out order and exact distances from time to time, Goldberg & Tarjan 1988;
Cherkassky & Goldberg 1997).

References
----------
Goldberg, A. V. & Tarjan, R. E. (1988). A new approach to the maximum-flow problem. Journal of
the ACM 35: 921-940.
Cherkassky, B. V. & Goldberg, A. V. (1997). On implementing the push-relabel method for the
maximum flow problem. Algorithmica 19: 390-410.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray

FREE, IN, OUT = 0, 1, 2
"""What is settled of a unit: nothing, selected, not selected."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Units and their shared boundaries, as arcs from each unit.

    Attributes
    ----------
    first : (n + 1,) int32
        Place of the first arc of each unit.
    head : (2 m,) int32
        Where each arc leads.
    twin : (2 m,) int32
        Place of the arc the other way.
    edge : (2 m,) int32
        Edge of each arc.
    """

    first: IntArray
    head: IntArray
    twin: IntArray
    edge: IntArray

    @classmethod
    def of(cls, edges: IntArray, n_units: int) -> Network:
        """Arrange edges by unit.

        Parameters
        ----------
        edges : (m, 2) int32
            Pairs of different units.
        n_units : int
            Number of units.
        """
        m = len(edges)
        tail = np.concatenate([edges[:, 0], edges[:, 1]])
        head = np.concatenate([edges[:, 1], edges[:, 0]])
        order = np.argsort(tail, kind="stable")
        place = np.empty(2 * m, dtype=np.int32)
        place[order] = np.arange(2 * m, dtype=np.int32)
        twin = place[np.concatenate([np.arange(m, 2 * m), np.arange(m)])][order]
        first = np.zeros(n_units + 1, dtype=np.int32)
        first[1:] = np.cumsum(np.bincount(tail, minlength=n_units))
        return cls(
            first, head[order].astype(np.int32), twin, (order % max(m, 1)).astype(np.int32)
        )


class Cutter:
    """Finds least selections again and again, each from the flow of the last.

    Parameters
    ----------
    network : Network
        The units.
    capacity : (m,) float64
        Cost of cutting each edge, >= 0.
    """

    def __init__(self, network: Network, capacity: FloatArray) -> None:
        self.network = network
        self._arc_capacity = capacity[network.edge]
        self._residual = self._arc_capacity.copy()
        n = network.first.size - 1
        self._height = np.empty(n, dtype=np.int32)
        self._queue = np.empty(n + 1, dtype=np.int32)
        self._queued = np.zeros(n, dtype=np.bool_)
        self._next = np.empty(n, dtype=np.int32)

    def cut(
        self, weight: FloatArray, settled: NDArray[np.int8]
    ) -> tuple[BoolArray, BoolArray, float]:
        """Return the smallest and the largest least selection, and a bound on its value.

        Parameters
        ----------
        weight : (n,) float64
            What each unit is worth when selected, finite.
        settled : (n,) int8
            `FREE`, `IN` or `OUT`.

        Returns
        -------
        smallest, largest : (n,) bool
            Both are least, and every other least selection lies between them.
        bound : float
            No selection has a smaller value, but for the rounding of the sum of all capacities
            and weights; proved by the flow.
        """
        network = self.network
        excess = _excess(network.first, self._arc_capacity, self._residual, weight)
        _saturate(network.first, network.head, network.twin, self._residual, excess, settled)
        _push(
            network.first,
            network.head,
            network.twin,
            self._residual,
            excess,
            settled,
            self._height,
            self._queue,
            self._queued,
            self._next,
        )
        largest: BoolArray = self._height >= weight.size
        smallest = _reached(
            network.first, network.head, self._residual, excess, settled, self._queue
        )
        excess = _excess(network.first, self._arc_capacity, self._residual, weight)
        bound = -float(np.maximum(excess[settled == FREE], 0.0).sum())
        bound -= float(excess[settled == IN].sum())
        return smallest, largest, bound


@compiled
def _excess(
    first: IntArray, capacity: FloatArray, residual: FloatArray, weight: FloatArray
) -> FloatArray:
    """Return what is left at each unit of its weight after the flow."""
    n = first.size - 1
    excess = np.empty(n)
    for unit in range(n):
        out = 0.0
        for arc in range(first[unit], first[unit + 1]):
            out += capacity[arc] - residual[arc]
        excess[unit] = weight[unit] - out
    return excess


@compiled
def _saturate(
    first: IntArray,
    head: IntArray,
    twin: IntArray,
    residual: FloatArray,
    excess: FloatArray,
    settled: NDArray[np.int8],
) -> None:
    """Let units that are in give, and those that are out take, all that their arcs can."""
    for unit in range(first.size - 1):
        if settled[unit] == FREE:
            continue
        for arc in range(first[unit], first[unit + 1]):
            gives = arc if settled[unit] == IN else twin[arc]
            other = head[arc]
            if settled[unit] == OUT and settled[other] == FREE:
                continue
            amount = residual[gives]
            residual[gives] = 0.0
            residual[twin[gives]] += amount
            sign = 1.0 if settled[unit] == IN else -1.0
            excess[other] += sign * amount
            excess[unit] -= sign * amount


@compiled
def _distances(  # noqa: PLR0913, PLR0917 - compiled loops take arrays, not objects
    first: IntArray,
    head: IntArray,
    twin: IntArray,
    residual: FloatArray,
    excess: FloatArray,
    settled: NDArray[np.int8],
    height: IntArray,
    queue: IntArray,
) -> None:
    """Find how many arcs each unit is from one that still takes; n where none is reached."""
    n = first.size - 1
    end = 0
    for unit in range(n):
        height[unit] = n
        if settled[unit] == OUT or (settled[unit] == FREE and excess[unit] < 0.0):
            height[unit] = 0
            queue[end] = unit
            end += 1
    start = 0
    while start < end:
        unit = queue[start]
        start += 1
        for arc in range(first[unit], first[unit + 1]):
            other = head[arc]
            if height[other] == n and residual[twin[arc]] > 0.0 and settled[other] == FREE:
                height[other] = height[unit] + 1
                queue[end] = other
                end += 1


@compiled
def _awaiting(
    excess: FloatArray,
    settled: NDArray[np.int8],
    height: IntArray,
    queue: IntArray,
    queued: BoolArray,
) -> int:
    """Queue the units whose excess can reach one that takes; return how many they are."""
    end = 0
    for unit in range(excess.size):
        queued[unit] = (
            settled[unit] == FREE and excess[unit] > 0.0 and height[unit] < excess.size
        )
        if queued[unit]:
            queue[end] = unit
            end += 1
    return end


@compiled
def _lifted(
    unit: int, first: IntArray, head: IntArray, residual: FloatArray, height: IntArray
) -> int:
    """Return the height from which a unit can push again: n where it never can."""
    n = first.size - 1
    lowest = n
    for arc in range(first[unit], first[unit + 1]):
        if residual[arc] > 0.0 and height[head[arc]] < lowest:
            lowest = height[head[arc]]
    return min(lowest + 1, n)


@compiled
def _push(  # noqa: PLR0913, PLR0917 - compiled loops take arrays, not objects
    first: IntArray,
    head: IntArray,
    twin: IntArray,
    residual: FloatArray,
    excess: FloatArray,
    settled: NDArray[np.int8],
    height: IntArray,
    queue: IntArray,
    queued: BoolArray,
    following: IntArray,
) -> None:
    """Push excess downhill until none of it can reach a unit that takes."""
    n = first.size - 1
    while True:
        _distances(first, head, twin, residual, excess, settled, height, queue)
        end = _awaiting(excess, settled, height, queue, queued)
        if end == 0:
            return
        following[:] = first[:-1]
        start = lifts = 0
        while start != end and lifts <= n:
            unit = queue[start]
            start = (start + 1) % (n + 1)
            queued[unit] = False
            while excess[unit] > 0.0 and height[unit] < n:
                arc = following[unit]
                if arc == first[unit + 1]:
                    lifts += 1
                    height[unit] = _lifted(unit, first, head, residual, height)
                    following[unit] = first[unit]
                    continue
                other = head[arc]
                if residual[arc] <= 0.0 or height[unit] != height[other] + 1:
                    following[unit] = arc + 1
                    continue
                amount = min(excess[unit], residual[arc])
                residual[arc] -= amount
                residual[twin[arc]] += amount
                excess[unit] -= amount
                excess[other] += amount
                if not queued[other] and settled[other] == FREE and excess[other] > 0.0:
                    queued[other] = True
                    queue[end] = other
                    end = (end + 1) % (n + 1)


@compiled
def _reached(
    first: IntArray,
    head: IntArray,
    residual: FloatArray,
    excess: FloatArray,
    settled: NDArray[np.int8],
    queue: IntArray,
) -> BoolArray:
    """Return the units that are in, or that excess can reach."""
    n = first.size - 1
    reached = np.zeros(n, dtype=np.bool_)
    end = 0
    for unit in range(n):
        if settled[unit] == IN or (settled[unit] == FREE and excess[unit] > 0.0):
            reached[unit] = True
            queue[end] = unit
            end += 1
    start = 0
    while start < end:
        unit = queue[start]
        start += 1
        for arc in range(first[unit], first[unit + 1]):
            other = head[arc]
            if not reached[other] and residual[arc] > 0.0 and settled[other] != OUT:
                reached[other] = True
                queue[end] = other
                end += 1
    return reached
