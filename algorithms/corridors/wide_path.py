"""The least-cost way of a disc, which may shrink and grow, from core to core."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.cost_distance import (
    AT_SOURCE,
    STEP_COLUMNS,
    STEP_ROWS,
    UNREACHED,
    path_distance,
    step_lengths,
)
from algorithms.connectivity.heap import drop_first, index_bits_for, packed, push
from algorithms.control import NULL_CONTROL
from algorithms.corridors.clearance import ROUNDING, CoreEnd, clearance
from algorithms.corridors.discs import STEPS, discs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.connectivity.cost_distance import Int8Array, Int64Array
    from algorithms.connectivity.heap import HeapArray
    from algorithms.control import Control
    from algorithms.corridors.discs import CellLists, Discs

FREE_SHARE = 0.1
"""What a step over free land costs beside one over the cheapest new land of full width: a way
may be so many times longer, as its inverse says, to save such land."""

POPS_PER_SLICE = 20_000
SHRANK, GREW = STEPS, STEPS + 1  # links beside the eight steps


class WideWay(NamedTuple):
    """The way of a disc.

    Attributes
    ----------
    level, i, j : (n,) int32
        Place of the disc in the sequence of radii and on the lattice of half cells, from the
        first core to the second. Where it shrinks or grows, the point is there twice.
    corridor : (rows, columns) bool
        Cells that it covers on its way.
    arc_cost : float
        Sum of the cost of the cells newly entered by each move.
    """

    level: IntArray
    i: IntArray
    j: IntArray
    corridor: BoolArray
    arc_cost: float


class Ground(NamedTuple):
    """Where discs of rising radius may stand and what they pay, the same for every search.

    Attributes
    ----------
    cost : (rows, columns) float64
        Cost of entering a cell; 0 in the cores and on excluded land, which no disc overlaps.
    allowed, start, goal : (levels, 2 rows + 1, 2 columns + 1) bool
        Lattice points where the disc may be, and where it has arrived in either core.
    radii : tuple of float
        Of the discs, rising, in metres.
    discs : Discs
        Cells under each disc.
    sides : (float, float)
        Height and width of a cell in metres.
    """

    cost: FloatArray
    allowed: BoolArray
    start: BoolArray
    goal: BoolArray
    radii: tuple[float, ...]
    discs: Discs
    sides: tuple[float, float]

    @classmethod
    def of(
        cls,
        cost: FloatArray,
        cores: tuple[BoolArray, BoolArray],
        radii: Sequence[float],
        sides: tuple[float, float],
    ) -> Ground:
        """Lay out the ground.

        Parameters
        ----------
        cost : (rows, columns) float64
            Cost of each cell, NaN or inf where excluded.
        cores : two (rows, columns) bool
            Cells of the cores, none of them excluded, one at least each.
        radii : sequence of float
            Rising, in metres.
        sides : (float, float)
            Height and width of a cell in metres.
        """
        usable = np.isfinite(cost)
        paid = np.where(usable & ~cores[0] & ~cores[1], cost, 0.0)
        free = clearance(usable, sides)
        ends = [CoreEnd.of(core, sides) for core in cores]
        allowed = np.stack([free >= radius * (1 - ROUNDING) for radius in radii])
        start, goal = (
            np.stack([end.reached(radius) for radius in radii]) & allowed for end in ends
        )
        return cls(paid, allowed, start, goal, tuple(radii), discs_of(radii, sides), sides)


class _Search(NamedTuple):
    cost: FloatArray
    allowed: BoolArray
    goal: BoolArray
    reached: FloatArray  # (levels, i, j)
    link: Int8Array  # (levels, i, j)
    least: FloatArray  # (steps,) least cost of a step, if it enters free land only
    lack: FloatArray  # (levels, steps) cost of a step on top of that


def widest_way(
    ground: Ground, lack: FloatArray, control: Control = NULL_CONTROL
) -> WideWay | None:
    """Find the way of the disc that costs least.

    Parameters
    ----------
    ground : Ground
        Where it may go and what a cell costs.
    lack : (levels,) float64
        What each metre of way costs at each radius, beside the cells entered.
    control : Control
        Told the share of the possible places searched; may cancel.

    Returns
    -------
    WideWay or None
        None where no disc passes.
    """
    length = step_lengths((ground.sides[0] / 2, ground.sides[1] / 2))
    per_m2 = _cheapest(ground.cost) / (ground.sides[0] * ground.sides[1])
    least = FREE_SHARE * per_m2 * 2 * ground.radii[-1] * length
    search = _Search(
        cost=ground.cost,
        allowed=ground.allowed,
        goal=ground.goal,
        reached=np.full(ground.allowed.shape, np.inf),
        link=np.full(ground.allowed.shape, UNREACHED, dtype=np.int8),
        least=least,
        lack=lack[:, None] * length,
    )
    goal = _search(search, ground, control)
    return None if goal < 0 else _followed(search, ground, goal)


def way_length(way: WideWay, sides: tuple[float, float]) -> float:
    """Return the length of a way in metres."""
    return float(path_distance((way.i - 1) / 2, (way.j - 1) / 2, sides)[-1])


def _cheapest(paid: FloatArray) -> float:
    """Return the least cost of a cell that costs anything; 1 where none does."""
    positive = paid[paid > 0]
    return float(positive.min()) if positive.size > 0 else 1.0


def _search(search: _Search, ground: Ground, control: Control) -> int:
    """Search from the start; return the index of the goal that costs least, or -1."""
    begin = np.flatnonzero(ground.start)
    if begin.size == 0:
        return -1
    level, i, j = np.unravel_index(begin, ground.start.shape)
    _stand(search, ground.discs.under, level, i, j)
    search.link.ravel()[begin] = AT_SOURCE
    bits = index_bits_for(ground.start.size)
    entries = search.reached.ravel()[begin].view(np.uint64) >> np.uint64(bits)
    entries = np.sort((entries << np.uint64(bits)) | begin.astype(np.uint64))
    heap = np.empty(max(1024, 2 * begin.size), dtype=np.uint64)
    heap[: begin.size] = entries
    state = np.array([begin.size, 0, -1], dtype=np.int64)
    places = max(1, int(np.count_nonzero(search.allowed)))
    while state[0] > 0:
        control.report(min(1.0, float(state[1]) / places))
        if heap.size - state[0] < 10:
            heap = np.concatenate([heap, np.empty_like(heap)])
        _advance(search, ground.discs, heap, state, bits)
    control.report(1.0)
    return int(state[2])


@compiled
def _total(cost: FloatArray, cells: CellLists, number: int, i: int, j: int) -> float:
    """Return the cost of the cells of a list, the disc standing at (i, j)."""
    total = 0.0
    for cell in range(cells.start[number], cells.start[number + 1]):
        total += cost[(i - 1) // 2 + cells.rows[cell], (j - 1) // 2 + cells.columns[cell]]
    return total


@compiled
def _stand(
    search: _Search, under: CellLists, level: Int64Array, i: Int64Array, j: Int64Array
) -> None:
    """Charge every start with the cells under the disc there."""
    for point in range(level.size):
        place = 2 * (i[point] % 2) + j[point] % 2
        search.reached[level[point], i[point], j[point]] = _total(
            search.cost, under, 4 * level[point] + place, i[point], j[point]
        )


@compiled
def _offer(  # noqa: PLR0913, PLR0917 - one step of the loop below, state and all
    search: _Search,
    heap: HeapArray,
    size: int,
    to: tuple[int, int, int],
    total: float,
    by: int,
    index_bits: int,
) -> int:
    """Take a cheaper way to a place into the heap; return the size of the heap."""
    level, i, j = to
    if total < search.reached[level, i, j]:
        search.reached[level, i, j] = total
        search.link[level, i, j] = np.int8(by)
        index = (level * search.reached.shape[1] + i) * search.reached.shape[2] + j
        size = push(heap, size, packed(total, index, index_bits))
    return size


@compiled
def _advance(  # noqa: C901, PLR0912, PLR0915 - one compiled loop over places of the disc
    search: _Search, discs: Discs, heap: HeapArray, state: Int64Array, index_bits: int
) -> None:
    """Move the disc on, until the goal is settled or the slice of work is done.

    `state` holds the size of the heap, the number of places settled, and the best goal or -1.
    """
    shift = np.uint64(index_bits)
    mask = (np.uint64(1) << shift) - np.uint64(1)
    levels, height, width = search.allowed.shape
    reached = search.reached.ravel()
    size, settled, best = state[0], 0, state[2]
    for _ in range(POPS_PER_SLICE):
        if size == 0 or size + 10 > heap.size:
            break
        entry = heap[0]
        size = drop_first(heap, size)
        if best >= 0 and packed(reached[best], 0, index_bits) < ((entry >> shift) << shift):
            size = 0  # whatever is left costs more than the best goal
            break
        point = np.int64(entry & mask)
        here = reached[point]
        if (np.float64(here).view(np.uint64) >> shift) < (entry >> shift):
            continue  # the place was reached more cheaply since
        settled += 1
        level, i, j = point // (height * width), (point // width) % height, point % width
        if search.goal[level, i, j]:
            if best < 0 or here < reached[best]:
                best = point
            continue
        place = 2 * (i % 2) + j % 2
        if level > 0:
            size = _offer(search, heap, size, (level - 1, i, j), here, SHRANK, index_bits)
        if level + 1 < levels and search.allowed[level + 1, i, j]:
            total = here + _total(search.cost, discs.grown, 4 * level + place, i, j)
            size = _offer(search, heap, size, (level + 1, i, j), total, GREW, index_bits)
        for step in range(STEPS):
            to_i, to_j = i + STEP_ROWS[step], j + STEP_COLUMNS[step]
            if not search.allowed[level, to_i, to_j]:
                continue
            if (
                here + search.least[step] + search.lack[level, step]
                >= search.reached[level, to_i, to_j]
            ):
                continue  # not cheaper even if it enters free land only
            number = 32 * level + 8 * place + step
            entered = _total(search.cost, discs.entered, number, i, j)
            total = here + max(entered, search.least[step]) + search.lack[level, step]
            back = 3 - step if step < 4 else 11 - step
            size = _offer(search, heap, size, (level, to_i, to_j), total, back, index_bits)
    state[0], state[2] = size, best
    state[1] += settled


def _followed(search: _Search, ground: Ground, goal: int) -> WideWay:
    """Follow the links back from the goal."""
    level, i, j = (int(n) for n in np.unravel_index(goal, search.link.shape))
    points = [(level, i, j)]
    while (link := int(search.link[level, i, j])) != AT_SOURCE:
        if link == SHRANK:
            level += 1
        elif link == GREW:
            level -= 1
        else:
            i, j = i + STEP_ROWS[link], j + STEP_COLUMNS[link]
        points.append((level, i, j))
    return _way_of(ground, np.array(points[::-1], dtype=np.int32))


def _way_of(ground: Ground, points: IntArray) -> WideWay:
    """Gather the cells on a way of the disc: level, i and j of each point."""
    corridor = np.zeros(ground.cost.shape, dtype=np.bool_)
    arc_cost = 0.0
    before: NDArray[np.int64] = np.empty(0, dtype=np.int64)
    for point in points.tolist():
        under = _standing(ground, *point)
        entered = np.setdiff1d(under, before, assume_unique=True)
        arc_cost += float(ground.cost.ravel()[entered].sum())
        corridor.ravel()[under] = True
        before = under
    return WideWay(points[:, 0], points[:, 1], points[:, 2], corridor, arc_cost)


def _standing(ground: Ground, level: int, i: int, j: int) -> NDArray[np.int64]:
    """Return the flat indices of the cells under the disc of a level at a lattice point."""
    under = ground.discs.under
    number = 4 * level + 2 * (i % 2) + j % 2
    cells = slice(under.start[number], under.start[number + 1])
    rows = (i - 1) // 2 + under.rows[cells]
    columns = (j - 1) // 2 + under.columns[cells]
    cell: NDArray[np.int64] = rows * ground.cost.shape[1] + columns
    return cell
