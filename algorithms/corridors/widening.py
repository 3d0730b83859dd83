"""The land to add so that a corridor is wide enough everywhere, at least cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.cost_distance import (
    AT_SOURCE,
    STEP_COLUMNS,
    STEP_ROWS,
    UNREACHED,
    cell_sides,
    least_cost_path,
    path_distance,
    step_lengths,
)
from algorithms.connectivity.heap import drop_first, index_bits_for, packed, push
from algorithms.control import NULL_CONTROL
from algorithms.corridors.clearance import ROUNDING, CoreEnd, clearance
from algorithms.corridors.width import passage
from resources.errors import PlannerError

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.connectivity.cost_distance import Int8Array, Int64Array
    from algorithms.connectivity.heap import HeapArray
    from algorithms.control import Control

DETOUR_CELLS = 100.0
"""A way over free land may be this many cells longer to save the cost of one mean cell."""

POPS_PER_SLICE = 20_000


class InfeasibleWidthError(PlannerError, ValueError):
    """No corridor of the width asked for can pass between the exclusions.

    Attributes
    ----------
    widest_m : float or None
        Width that can pass, to half a cell, None where no land joins the cores at all.
    """

    def __init__(self, width_m: float, widest_m: float | None) -> None:
        self.widest_m = widest_m
        if widest_m is None:
            rest = (
                "no land that may be used joins the two cores. Take a larger area around the "
                "corridor or fewer exclusions."
            )
        else:
            rest = (
                f"about {widest_m:,.0f} m is the most that the excluded land leaves. Ask for "
                "less, take a larger area around the corridor, or exclude less."
            )
        super().__init__(f"A corridor {width_m:,.0f} m wide cannot pass: {rest}")


class WidthBelowCellError(PlannerError, ValueError):
    """A width less than a cell, which the grid cannot show."""

    def __init__(self, width_m: float, sides: tuple[float, float]) -> None:
        super().__init__(
            f"A width of {width_m:,.0f} m is less than a cell of {sides[0]:,.0f} by "
            f"{sides[1]:,.0f} m, so on this grid every corridor has it. Use a finer grid."
        )


@dataclass(frozen=True, slots=True)
class Widening:
    """A corridor of a given width and the land it adds.

    Attributes
    ----------
    corridor : (rows, columns) bool
        Cells that a disc of the width covers on its way from core to core.
    added : (rows, columns) bool
        Those among them that cost something: neither free nor in a core.
    rows, columns : (n,) float64
        Way of the centre of the disc, in cells.
    length_m : float
        Length of that way.
    arc_cost : float
        Sum of the cost of the cells newly entered by each step, which the search minimises:
        a cell left and entered again counts twice.
    union_cost : float
        Cost of the added cells, each once: what the widening costs.
    verified_minimum_width_m : float
        Width of the throat of corridor and cores together, measured on the result by distance
        transform; at least the width asked for.
    """

    corridor: BoolArray
    added: BoolArray
    rows: FloatArray
    columns: FloatArray
    length_m: float
    arc_cost: float
    union_cost: float
    verified_minimum_width_m: float


def widen(
    cost: FloatArray,
    core_a: BoolArray,
    core_b: BoolArray,
    *,
    width_m: float,
    cell_size: float | tuple[float, float],
    control: Control = NULL_CONTROL,
) -> Widening:
    """Find the corridor at least `width_m` wide everywhere that adds land at least cost.

    A disc of that diameter moves from core to core over a lattice of half cells; a step costs
    the cells that the disc newly enters (wide-path search). Land that costs nothing, which is
    the present corridor and what is protected, is used again freely, but not for a detour:
    each cell of way also costs a hundredth of a mean cell (`DETOUR_CELLS`). So the arc cost is
    least among all ways but for that, and it is what the land costs (the union cost) unless
    the way enters again what it had left: where the two agree, nothing is counted twice; by
    their difference at most the search may have misjudged this way. Excluded land is never
    touched.

    Parameters
    ----------
    cost : (rows, columns) float64
        Cost of adding each cell, >= 0; 0 for the corridor as it is and for protected land;
        NaN or inf for excluded land (settlements; water for cats). Cells of the cores are
        free unless excluded.
    core_a, core_b : (rows, columns) bool
        Cells of the cores, or of the wide parts of the corridor around a narrow stretch.
    width_m : float
        Width in metres, finite, no less than the height and width of a cell.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    control : Control
        Told the share of the possible places of the disc searched, several times a second;
        may cancel.

    Returns
    -------
    Widening
        The corridor, checked by distance transform.

    Raises
    ------
    InfeasibleWidthError
        The exclusions, or the edge of the grid, leave no way of this width.
    WidthBelowCellError
        The width is less than a cell.
    ValueError
        The shapes disagree, a cost is negative, a core is empty, or the width is not finite
        and > 0.

    References
    ----------
    Shirabe, T. (2016). A method for finding a least-cost wide path in raster space.
    International Journal of Geographical Information Science 30, 1469-1485.
    """
    sides = cell_sides(cell_size)
    _check(cost, core_a, core_b, width_m, sides)
    control.report(0.0)
    usable = np.isfinite(cost)
    cores = (core_a & usable, core_b & usable)
    if not (cores[0].any() and cores[1].any()):
        raise InfeasibleWidthError(width_m, None)
    paid = np.where(usable & ~core_a & ~core_b, cost, 0.0)
    radius = width_m / 2
    ends = (CoreEnd.of(cores[0], sides), CoreEnd.of(cores[1], sides))
    allowed = clearance(usable, sides) >= radius * (1 - ROUNDING)
    length = step_lengths((sides[0] / 2, sides[1] / 2))
    search = _Search(
        cost=paid,
        allowed=allowed,
        goal=ends[1].reached(radius) & allowed,
        reached=np.full(allowed.shape, np.inf),
        link=np.full(allowed.shape, UNREACHED, dtype=np.int8),
        detour=length / np.sqrt(sides[0] * sides[1]) * _mean_cost(paid) / DETOUR_CELLS,
    )
    disc = _disc(radius, sides)
    goal = _search(search, disc, ends[0].reached(radius) & allowed, control)
    if goal is None:
        widest = passage(usable, *cores, cell_size=sides)
        if widest is None:
            raise InfeasibleWidthError(width_m, None)
        # Ends in small cores are judged to half a cell: the width asked for is not what passes.
        raise InfeasibleWidthError(width_m, min(widest.width_m, width_m - min(sides) / 2))
    return _result(search, disc, goal, cores, sides)


def _check(
    cost: FloatArray,
    core_a: BoolArray,
    core_b: BoolArray,
    width_m: float,
    sides: tuple[float, float],
) -> None:
    if not cost.shape == core_a.shape == core_b.shape or cost.ndim != 2:
        raise ValueError(
            f"cost and cores must be grids of one shape, got {cost.shape}, {core_a.shape} and "
            f"{core_b.shape}"
        )
    if (cost < 0).any():
        raise ValueError(f"a cost must be >= 0, got {np.nanmin(cost)}")
    if not (core_a.any() and core_b.any()):
        raise ValueError("a corridor needs two cores with a cell at least each")
    if not (np.isfinite(width_m) and width_m > 0):
        raise ValueError(f"the width must be finite and > 0, got {width_m}")
    if width_m < max(sides):
        raise WidthBelowCellError(width_m, sides)


def _mean_cost(paid: FloatArray) -> float:
    positive = paid[paid > 0]
    return float(positive.mean()) if positive.size > 0 else 1.0


class _Disc(NamedTuple):
    """Cells under a disc, and those it newly enters in a step, for each place within a cell.

    The place of lattice point (i, j) is ``2 * (i % 2) + j % 2``. Offsets count from the cell
    ``((i - 1) // 2, (j - 1) // 2)``.
    """

    rows: Int64Array
    columns: Int64Array
    start: Int64Array  # (5,) where the cells of each place begin
    entered_rows: Int64Array
    entered_columns: Int64Array
    entered_start: (
        Int64Array  # (33,) the same for each place and direction: 8 * place + direction
    )


class _Search(NamedTuple):
    cost: FloatArray
    allowed: BoolArray
    goal: BoolArray
    reached: FloatArray
    link: Int8Array
    detour: FloatArray


def _disc(radius: float, sides: tuple[float, float]) -> _Disc:
    under = [_cells_under(place // 2, place % 2, radius, sides) for place in range(4)]
    entered = []
    for place in range(4):
        for down, right in zip(STEP_ROWS, STEP_COLUMNS, strict=True):
            i, j = place // 2 + down, place % 2 + right
            row = (i - 1) // 2 - (place // 2 - 1) // 2
            column = (j - 1) // 2 - (place % 2 - 1) // 2
            there = {(r + row, c + column) for r, c in under[2 * (i % 2) + j % 2]}
            entered.append(sorted(there - set(under[place])))
    return _Disc(*_listed(under), *_listed(entered))


def _cells_under(
    row_centred: int, column_centred: int, radius: float, sides: tuple[float, float]
) -> list[tuple[int, int]]:
    """List the cells that a disc overlaps, as offsets from the cell of its centre."""
    at = (0.0 if row_centred else 0.5, 0.0 if column_centred else 0.5)
    down, right = (int(np.ceil(radius / side)) + 1 for side in sides)
    away_rows = np.maximum(np.abs(np.arange(-down, down + 1) - at[0]) - 0.5, 0) * sides[0]
    away_columns = np.maximum(np.abs(np.arange(-right, right + 1) - at[1]) - 0.5, 0) * sides[1]
    away = np.hypot(away_rows[:, None], away_columns[None, :])
    return [
        (int(r) - down, int(c) - right) for r, c in np.argwhere(away < radius * (1 - ROUNDING))
    ]


def _listed(
    groups: list[list[tuple[int, int]]],
) -> tuple[Int64Array, Int64Array, Int64Array]:
    cells = np.array([cell for group in groups for cell in group], dtype=np.int64)
    cells = cells.reshape(-1, 2)
    start = np.concatenate([[0], np.cumsum([len(group) for group in groups])])
    return cells[:, 0].copy(), cells[:, 1].copy(), start.astype(np.int64)


def _search(
    search: _Search, disc: _Disc, start: BoolArray, control: Control
) -> tuple[int, int] | None:
    """Search from the start; return the goal that costs least, None where none is reached."""
    if not start.any():
        return None
    begin = np.flatnonzero(start)
    rows, columns = np.divmod(begin, start.shape[1])
    _stand(search, disc, rows, columns)
    search.link.ravel()[begin] = AT_SOURCE
    bits = index_bits_for(start.size)
    entries = search.reached.ravel()[begin].view(np.uint64) >> np.uint64(bits)
    entries = np.sort((entries << np.uint64(bits)) | begin.astype(np.uint64))
    heap = np.empty(max(1024, 2 * begin.size), dtype=np.uint64)
    heap[: begin.size] = entries
    state = np.array([begin.size, 0, -1], dtype=np.int64)
    places = max(1, int(np.count_nonzero(search.allowed)))
    while state[0] > 0:
        control.report(min(1.0, float(state[1]) / places))
        if heap.size - state[0] < 8:
            heap = np.concatenate([heap, np.empty_like(heap)])
        _advance(search, disc, heap, state, bits)
    control.report(1.0)
    if state[2] < 0:
        return None
    row, column = divmod(int(state[2]), start.shape[1])
    return row, column


@compiled
def _stand(search: _Search, disc: _Disc, rows: Int64Array, columns: Int64Array) -> None:
    """Charge every start with the cells under the disc there."""
    for point in range(rows.size):
        i, j = rows[point], columns[point]
        place = 2 * (i % 2) + j % 2
        total = 0.0
        for cell in range(disc.start[place], disc.start[place + 1]):
            total += search.cost[
                (i - 1) // 2 + disc.rows[cell], (j - 1) // 2 + disc.columns[cell]
            ]
        search.reached[i, j] = total


@compiled
def _entered_cost(search: _Search, disc: _Disc, i: int, j: int, move: int) -> float:
    """Return the cost of the cells that the disc at (i, j) newly enters by a move."""
    total = 0.0
    for cell in range(disc.entered_start[move], disc.entered_start[move + 1]):
        total += search.cost[
            (i - 1) // 2 + disc.entered_rows[cell], (j - 1) // 2 + disc.entered_columns[cell]
        ]
    return total


@compiled
def _advance(
    search: _Search, disc: _Disc, heap: HeapArray, state: Int64Array, index_bits: int
) -> None:
    """Move the disc on, until the goal is settled or the slice of work is done.

    `state` holds the size of the heap, the number of places settled, and the best goal or -1.
    """
    shift = np.uint64(index_bits)
    index_mask = (np.uint64(1) << shift) - np.uint64(1)
    width = search.allowed.shape[1]
    size, settled, best = state[0], 0, state[2]
    for _ in range(POPS_PER_SLICE):
        if size == 0 or size + 8 > heap.size:
            break
        entry = heap[0]
        size = drop_first(heap, size)
        if best >= 0 and packed(search.reached[best // width, best % width], 0, index_bits) < (
            (entry >> shift) << shift
        ):
            size = 0  # whatever is left costs more than the best goal
            break
        point = np.int64(entry & index_mask)
        i, j = point // width, point % width
        here = search.reached[i, j]
        if (np.float64(here).view(np.uint64) >> shift) < (entry >> shift):
            continue  # the place was reached more cheaply since
        settled += 1
        if search.goal[i, j]:
            if best < 0 or here < search.reached[best // width, best % width]:
                best = point
            continue
        place = 2 * (i % 2) + j % 2
        for direction in range(8):
            to_i, to_j = i + STEP_ROWS[direction], j + STEP_COLUMNS[direction]
            if not search.allowed[to_i, to_j]:
                continue
            total = here + search.detour[direction]
            total += _entered_cost(search, disc, i, j, 8 * place + direction)
            if total < search.reached[to_i, to_j]:
                search.reached[to_i, to_j] = total
                search.link[to_i, to_j] = np.int8(
                    3 - direction if direction < 4 else 11 - direction
                )
                size = push(heap, size, packed(total, to_i * width + to_j, index_bits))
    state[0], state[2] = size, best
    state[1] += settled


def _result(
    search: _Search,
    disc: _Disc,
    goal: tuple[int, int],
    cores: tuple[BoolArray, BoolArray],
    sides: tuple[float, float],
) -> Widening:
    i, j = least_cost_path(search.link, *goal)
    corridor = np.zeros(search.cost.shape, dtype=np.bool_)
    arc_cost = 0.0
    before: set[tuple[int, int]] = set()
    for row, column in zip(i.tolist(), j.tolist(), strict=True):
        under = _standing(disc, row, column)
        arc_cost += float(sum(search.cost[cell] for cell in under - before))
        corridor[tuple(np.array(list(under)).T)] = True
        before = under
    at_row, at_column = (i - 1) / 2, (j - 1) / 2
    added = corridor & (search.cost > 0)
    measured = passage(corridor, *cores, cell_size=sides)
    return Widening(
        corridor,
        added,
        at_row,
        at_column,
        float(path_distance(at_row, at_column, sides)[-1]),
        arc_cost,
        float(search.cost[added].sum()),
        0.0 if measured is None else measured.width_m,
    )


def _standing(disc: _Disc, i: int, j: int) -> set[tuple[int, int]]:
    """Return the cells under the disc at a lattice point."""
    place = 2 * (i % 2) + j % 2
    cells = slice(disc.start[place], disc.start[place + 1])
    rows = (i - 1) // 2 + disc.rows[cells]
    columns = (j - 1) // 2 + disc.columns[cells]
    return set(zip(rows.tolist(), columns.tolist(), strict=True))
