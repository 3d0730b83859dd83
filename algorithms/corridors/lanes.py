"""Lanes: the cheapest way to lead several paths side by side, none through another's cell.

A corridor so many cells wide holds that many lanes. The least cost of the lanes on their own,
without the corridor's shape, bounds what any such corridor costs from below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.cost_distance import STEP_COLUMNS, STEP_ROWS
from algorithms.connectivity.heap import drop_first, index_bits_for, packed, push
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.connectivity.cost_distance import Int8Array, Int64Array
    from algorithms.connectivity.heap import HeapArray
    from algorithms.control import Control

POPS_PER_SLICE = 100_000

# How a node was reached. Entries 0 to 7 are steps: into a cell, or back along a lane's step.
OWN_CELL, OWN_SPARE, FROM_START = 8, 9, 10


class Lanes(NamedTuple):
    """The cheapest lanes between two sets of cells.

    Attributes
    ----------
    cost : float
        Cost of the cells that lanes run through, and of spare ones.
    used : (rows, columns) bool
        Cells that a lane runs through, without spare ones.
    spare : (rows, columns) int32
        How many spare lanes run through each cell.
    """

    cost: float
    used: BoolArray
    spare: NDArray[np.int32]


class _Net(NamedTuple):
    """Residual network of lanes on a framed grid in one row: node 2c leads into cell c."""

    cost: FloatArray  # of a cell; inf where no lane may run
    open_start: BoolArray  # cells that any number of lanes may leave
    open_end: BoolArray  # cells that any number of lanes may enter, free of charge
    end: BoolArray
    step: Int64Array
    taken: Int8Array  # lanes through a cell, 0 or 1
    spare: NDArray[np.int32]  # spare lanes through a cell
    moved: NDArray[np.int32]  # (cells, steps) lanes along each step
    potential: FloatArray  # (2 cells,)
    reached: FloatArray  # (2 cells,)
    how: Int8Array  # (2 cells,)


def cheapest_lanes(  # noqa: PLR0913 - one problem, whose parts do not belong together
    cost: FloatArray,
    start: BoolArray,
    end: BoolArray,
    *,
    count: int,
    neighbours: int,
    opened: tuple[BoolArray, BoolArray] | None = None,
    spare_cost: float = np.inf,
    control: Control = NULL_CONTROL,
) -> Lanes | None:
    """Lead lanes from one set of cells to another at least cost, one lane to a cell.

    This is a minimum-cost flow with capacities on the cells, solved exactly by successive
    shortest paths; each lane added may push the others aside.

    Parameters
    ----------
    cost : (rows, columns) float64
        Cost of leading a lane through a cell, >= 0; inf where none may run.
    start, end : (rows, columns) bool
        Cells in which lanes begin and end, which they pay for; not barred.
    count : int
        How many lanes, >= 1.
    neighbours : {8, 4}
        Whether lanes may step diagonally; two may cross there.
    opened : two (rows, columns) bool, optional
        More cells in which lanes begin, and in which they end: any number of them, free of
        charge, no matter what such a cell costs.
    spare_cost : float
        What a spare lane, which needs no room, costs per cell; inf for none.
    control : Control
        Told the share of lanes found; may cancel.

    Returns
    -------
    Lanes or None
        None where there is no room for so many.

    References
    ----------
    Suurballe, J. W. (1974). Disjoint paths in a network. Networks 4, 125-145.

    Ahuja, R. K., Magnanti, T. L. & Orlin, J. B. (1993). Network Flows. Prentice Hall, ch. 9.
    """
    closed = np.zeros(cost.shape, dtype=np.bool_)
    net = _net(cost, end, opened or (closed, closed), neighbours)
    begin = np.flatnonzero(np.pad(start & np.isfinite(cost), 1))
    state = np.zeros(2)  # potentials of the common start and of the common end
    for lane in range(count):
        control.report(lane / count)
        last = _next_lane(net, begin, state, spare_cost, control, lane / count)
        if last < 0:
            return None
        _lay(net, last)
    control.report(1.0)
    framed = (cost.shape[0] + 2, cost.shape[1] + 2)
    used = net.taken.reshape(framed)[1:-1, 1:-1] > 0
    spare = np.where(net.open_end, 0, net.spare).reshape(framed)[1:-1, 1:-1]
    total = float(cost[used].sum())
    if np.isfinite(spare_cost):
        total += spare_cost * float(spare.sum())
    return Lanes(total, used, spare)


def _net(
    cost: FloatArray, end: BoolArray, opened: tuple[BoolArray, BoolArray], neighbours: int
) -> _Net:
    priced = np.where(opened[1], 0.0, cost)
    framed = np.pad(priced, 1, constant_values=np.inf).ravel()
    width = cost.shape[1] + 2
    step = (np.array(STEP_ROWS) * width + np.array(STEP_COLUMNS))[:neighbours]
    return _Net(
        cost=framed,
        open_start=np.pad(opened[0], 1).ravel(),
        open_end=np.pad(opened[1], 1).ravel(),
        end=np.pad(end | opened[1], 1).ravel(),
        step=step.astype(np.int64),
        taken=np.zeros(framed.size, dtype=np.int8),
        spare=np.zeros(framed.size, dtype=np.int32),
        moved=np.zeros((framed.size, neighbours), dtype=np.int32),
        potential=np.zeros(2 * framed.size),
        reached=np.empty(2 * framed.size),
        how=np.empty(2 * framed.size, dtype=np.int8),
    )


def _next_lane(
    net: _Net,
    begin: Int64Array,
    state: FloatArray,
    spare_cost: float,
    control: Control,
    fraction: float,
) -> int:
    """Find the cheapest way to lead one lane more; return its last node, or -1."""
    net.reached.fill(np.inf)
    opened = np.flatnonzero(net.open_start)
    nodes = np.concatenate([2 * begin, 2 * opened + 1])
    net.reached[nodes] = np.maximum(0.0, state[0] - net.potential[nodes])
    net.how[nodes] = FROM_START
    bits = index_bits_for(net.reached.size)
    keys = net.reached[nodes].view(np.uint64) >> np.uint64(bits) << np.uint64(bits)
    keys = np.sort(keys | nodes.astype(np.uint64))
    heap = np.empty(max(1024, 2 * keys.size), dtype=np.uint64)
    heap[: keys.size] = keys
    size_last = np.array([keys.size, -1], dtype=np.int64)
    nearest = np.array([np.inf])
    while size_last[0] > 0:
        control.report(fraction)
        if heap.size - size_last[0] < 12:
            heap = np.concatenate([heap, np.empty_like(heap)])
        _advance(net, heap, size_last, nearest, (state[1], spare_cost), bits)
    if size_last[1] < 0:
        return -1
    _raise_potentials(net, nearest[0])
    state[0] -= nearest[0]
    return int(size_last[1])


@compiled
def _raise_potentials(net: _Net, nearest: float) -> None:
    for node in range(net.reached.size):
        if net.reached[node] < nearest:
            net.potential[node] += net.reached[node] - nearest


@compiled
def _offer(  # noqa: PLR0913, PLR0917 - one step of the loop below, state and all
    reached: FloatArray,
    how: Int8Array,
    heap: HeapArray,
    size: int,
    node: np.int64,
    total: float,
    by: int,
    index_bits: int,
) -> int:
    """Take a cheaper way to a node into the heap; return the size of the heap."""
    if total < reached[node]:
        reached[node] = total
        how[node] = by
        size = push(heap, size, packed(total, int(node), index_bits))
    return size


@compiled
def _advance(  # noqa: C901, PLR0912, PLR0915 - one compiled loop over the residual network
    net: _Net,
    heap: HeapArray,
    size_last: Int64Array,
    nearest: FloatArray,
    end_spare: tuple[float, float],
    index_bits: int,
) -> None:
    """Settle nodes until the end is reached most cheaply or the slice of work is done.

    `size_last` holds the size of the heap and the last node of the cheapest lane or -1;
    `end_spare` the potential of the common end and the cost of a spare lane.
    """
    shift = np.uint64(index_bits)
    mask = (np.uint64(1) << shift) - np.uint64(1)
    size, last = size_last[0], size_last[1]
    reached, how, potential = net.reached, net.how, net.potential
    for _ in range(POPS_PER_SLICE):
        if size == 0 or size + 12 > heap.size:
            break
        entry = heap[0]
        size = drop_first(heap, size)
        if (entry >> shift) > (packed(nearest[0], 0, index_bits) >> shift):
            size = 0  # whatever is left costs more than the end
            break
        node = np.int64(entry & mask)
        here = reached[node]
        if (np.float64(here).view(np.uint64) >> shift) < (entry >> shift):
            continue
        cell = node >> 1
        base = here + potential[node]
        if node & 1 == 0:  # into the cell: go through it, or back along a lane that comes in
            other = node + 1
            price, by = np.inf, OWN_CELL
            if net.open_end[cell]:
                price, by = 0.0, OWN_SPARE
            elif net.taken[cell] == 0:
                price = net.cost[cell]
            if end_spare[1] < price:
                price, by = end_spare[1], OWN_SPARE
            size = _offer(
                reached,
                how,
                heap,
                size,
                other,
                max(here, base + price - potential[other]),
                by,
                index_bits,
            )
            if net.taken[cell] > 0 or net.spare[cell] > 0:
                for direction in range(net.step.size):
                    before = cell - net.step[direction]
                    if net.moved[before, direction] > 0:
                        other = np.int64(2 * before + 1)
                        size = _offer(
                            reached,
                            how,
                            heap,
                            size,
                            other,
                            max(here, base - potential[other]),
                            direction,
                            index_bits,
                        )
            continue
        if net.end[cell]:
            total = max(here, base - end_spare[0])
            if total < nearest[0]:
                nearest[0] = total
                last = node
        for direction in range(net.step.size):
            beyond = cell + net.step[direction]
            if net.cost[beyond] == np.inf or net.open_start[beyond]:
                continue
            other = 2 * beyond
            size = _offer(
                reached,
                how,
                heap,
                size,
                other,
                max(here, base - potential[other]),
                direction,
                index_bits,
            )
        price, by = np.inf, OWN_CELL
        if net.taken[cell] > 0:
            price = -net.cost[cell]
        if net.spare[cell] > 0 and net.open_end[cell]:
            price, by = 0.0, OWN_SPARE
        elif net.spare[cell] > 0 and -end_spare[1] < price:
            price, by = -end_spare[1], OWN_SPARE
        if price < np.inf:
            other = node - 1
            size = _offer(
                reached,
                how,
                heap,
                size,
                other,
                max(here, base + price - potential[other]),
                by,
                index_bits,
            )
    size_last[0], size_last[1] = size, last


@compiled
def _lay(net: _Net, last: int) -> None:
    """Lay the lane that ends in a node, moving others as it says."""
    node = last
    while True:
        how = net.how[node]
        cell = node >> 1
        if how == FROM_START:
            break
        if node & 1 == 1:
            if how == OWN_CELL:
                net.taken[cell] = 1
                node -= 1
            elif how == OWN_SPARE:
                net.spare[cell] += 1
                node -= 1
            else:  # a lane's step out of this cell is taken back
                net.moved[cell, how] -= 1
                node = 2 * (cell + net.step[how])
        elif how == OWN_CELL:
            net.taken[cell] = 0
            node += 1
        elif how == OWN_SPARE:
            net.spare[cell] -= 1
            node += 1
        else:
            before = cell - net.step[how]
            net.moved[before, how] += 1
            node = 2 * before + 1
