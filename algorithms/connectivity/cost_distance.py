"""Accumulated cost of moving over a resistance surface, and the paths that cost least.

Neither grid is copied or framed: cells on the rim check their steps. A layout in tiles of 8 by
8 cells, with resistance and cost side by side, was measured at 4,000 x 4,000 cells: as fast or
a tenth slower, and 16 bytes a cell more. A frame of barriers was a fifth slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from algorithms.compiled import compiled
from algorithms.connectivity.heap import drop_first, index_bits_for, packed, push
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.connectivity.heap import HeapArray
    from algorithms.control import Control

Int8Array: TypeAlias = NDArray[np.int8]
Int64Array: TypeAlias = NDArray[np.int64]

# Row and column step of each direction that a back-link can name; the first four share an edge.
STEP_ROWS = (-1, 0, 0, 1, -1, -1, 1, 1)
STEP_COLUMNS = (0, -1, 1, 0, -1, 1, -1, 1)

AT_SOURCE = -1
"""Back-link of a source cell."""
UNREACHED = -2
"""Back-link of a cell that no source reaches."""

POPS_PER_SLICE = 200_000  # about a tenth of a second of work between two reports


@dataclass(frozen=True, slots=True)
class CostSurface:
    """What it costs to reach every cell.

    Attributes
    ----------
    cost : (rows, columns) float64
        Accumulated cost from the cheapest source, in resistance times length; 0 on sources,
        inf where no source reaches within the cut-off.
    back_link : (rows, columns) int8 or None
        Index into `STEP_ROWS` and `STEP_COLUMNS` of the step towards the source; `AT_SOURCE`
        on sources, `UNREACHED` where the cost is infinite. None unless asked for.
    allocation : (rows, columns) int32 or None
        Label of the source from which the least-cost path to the cell starts, 0 where
        unreached. None unless the sources were labels.
    """

    cost: FloatArray
    back_link: Int8Array | None = None
    allocation: IntArray | None = None

    def __array__(
        self, dtype: DTypeLike | None = None, *, copy: bool | None = None
    ) -> NDArray[Any]:
        """Return the cost, for functions that take any array."""
        return np.array(self.cost, dtype=dtype, copy=copy)

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - whatever an array takes and gives
        """Return the cost at one place or several, as of the array."""
        return self.cost[place]

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.cost.shape

    def path_to(self, row: int, column: int) -> tuple[IntArray, IntArray]:
        """Return the least-cost path to a cell, see `least_cost_path`.

        Raises
        ------
        ValueError
            The surface was made without back-links, or as for `least_cost_path`.
        """
        if self.back_link is None:
            raise ValueError("this cost surface was made without back-links")
        return least_cost_path(self.back_link, row, column)


def cost_distance(  # noqa: PLR0913 - one search, whose options do not belong together
    resistance: FloatArray,
    sources: BoolArray | IntArray,
    *,
    cell_size: float | tuple[float, float] = 1.0,
    max_cost: float = np.inf,
    neighbours: int = 8,
    back_link: bool = False,
    control: Control = NULL_CONTROL,
) -> CostSurface:
    """Accumulate the cost of moving away from the sources.

    A step between two cells costs the mean of their resistances times its length. Cells
    without a resistance (NaN or inf) are barriers: no path enters them, but a diagonal step
    may pass between two that touch at a corner. Sources on barriers reach nothing. The search
    is Dijkstra's, exact to floating-point rounding; it releases the interpreter lock.

    Parameters
    ----------
    resistance : (rows, columns) float64
        Cost per metre of moving through each cell, > 0; NaN or inf is a barrier.
    sources : (rows, columns) bool or integer
        Cells to start from. Integers are labels from 0 to 2^31 - 1, where 0 is not a source,
        and make the result hold an `allocation`.
    cell_size : float or (float, float)
        Height and width of a cell in metres, or one number for square cells.
    max_cost : float
        Cells that cost more are left unreached.
    neighbours : {8, 4}
        Whether steps may be diagonal.
    back_link : bool
        Whether to keep the step towards the source for every cell.
    control : Control
        Told the share of passable cells settled, several times a second; may cancel.

    Returns
    -------
    CostSurface
        Cost, and back-links or allocation where asked for.

    Raises
    ------
    ValueError
        The shapes disagree, a resistance is zero or negative, there is no source, or a
        cell size, cut-off or number of neighbours is outside the ranges above.

    References
    ----------
    Dijkstra, E. W. (1959). A note on two problems in connexion with graphs. Numerische
    Mathematik 1, 269-271.

    Adriaensen, F. et al. (2003). The application of 'least-cost' modelling as a functional
    landscape model. Landscape and Urban Planning 64, 233-247.
    """
    sides = cell_sides(cell_size)
    _check_options(resistance, sources, max_cost, neighbours)
    land = np.ascontiguousarray(resistance, dtype=np.float64)
    passable = _checked_resistance(land)
    labelled = sources.dtype != np.bool_
    cells = np.ascontiguousarray(sources).ravel()
    start = _checked_starts(land, cells)
    grid = _grid(land, sides, neighbours, trace=back_link or labelled)
    _search(grid, start, max(1, passable), max_cost, control)
    link = grid.link.reshape(land.shape if grid.link.size > 0 else (0, 0))
    return CostSurface(
        grid.cost.reshape(land.shape),
        link if back_link else None,
        _allocated(link, start, cells[start]) if labelled else None,
    )


def least_cost_path(back_link: Int8Array, row: int, column: int) -> tuple[IntArray, IntArray]:
    """Follow the back-links from a cell to its source.

    Parameters
    ----------
    back_link : (rows, columns) int8
        Of a `CostSurface`.
    row, column : int
        Cell to start from.

    Returns
    -------
    rows, columns : (n,) int32
        Cells of the path, the source first and the given cell last.

    Raises
    ------
    ValueError
        The cell is outside the grid or no source reaches it.
    """
    if not (0 <= row < back_link.shape[0] and 0 <= column < back_link.shape[1]):
        raise ValueError(f"cell ({row}, {column}) is outside the grid of {back_link.shape}")
    if back_link[row, column] == UNREACHED:
        raise ValueError(f"no source reaches cell ({row}, {column})")
    rows, columns = [row], [column]
    while (link := int(back_link[row, column])) != AT_SOURCE:
        row, column = row + STEP_ROWS[link], column + STEP_COLUMNS[link]
        rows.append(row)
        columns.append(column)
    return np.array(rows[::-1], dtype=np.int32), np.array(columns[::-1], dtype=np.int32)


def path_distance(
    rows: ArrayLike, columns: ArrayLike, cell_size: float | tuple[float, float]
) -> FloatArray:
    """Return the distance of each vertex of a path from its first, along the path, in metres.

    Parameters
    ----------
    rows, columns : (n,) numbers
        Vertices in cells; fractions are welcome.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    """
    dy, dx = cell_sides(cell_size)
    leg = np.hypot(
        np.diff(np.asarray(rows, dtype=np.float64)) * dy,
        np.diff(np.asarray(columns, dtype=np.float64)) * dx,
    )
    return np.concatenate([np.zeros(1), np.cumsum(leg)])


def cell_sides(cell_size: float | tuple[float, float]) -> tuple[float, float]:
    """Return the height and width of a cell in metres from either way to give them.

    Raises
    ------
    ValueError
        A side is not finite and > 0.
    """
    dy, dx = cell_size if isinstance(cell_size, tuple) else (cell_size, cell_size)
    if not (np.isfinite(dy) and np.isfinite(dx) and dy > 0 and dx > 0):
        raise ValueError(f"a cell needs a finite height and width > 0, got {dy} by {dx}")
    return float(dy), float(dx)


def step_lengths(sides: tuple[float, float]) -> FloatArray:
    """Return the length of each of the eight steps between cells of these sides."""
    return np.hypot(np.array(STEP_ROWS) * sides[0], np.array(STEP_COLUMNS) * sides[1])


def _check_options(
    resistance: FloatArray, sources: BoolArray | IntArray, max_cost: float, neighbours: int
) -> None:
    if resistance.ndim != 2 or resistance.shape != sources.shape:
        raise ValueError(
            f"resistance and sources must be grids of one shape, got {resistance.shape} "
            f"and {sources.shape}"
        )
    if sources.dtype.kind not in "bui":
        raise ValueError("sources must be true and false, or labels that are integers >= 0")
    if neighbours not in (4, 8):
        raise ValueError(f"a cell has 4 or 8 neighbours, not {neighbours}")
    if np.isnan(max_cost) or max_cost < 0:
        raise ValueError(f"max_cost must be >= 0, got {max_cost}")


def _checked_resistance(resistance: FloatArray) -> int:
    """Return how many cells can be passed, or refuse what is no resistance."""
    passable, wrong, first = _surveyed(resistance.ravel())
    if wrong > 0:
        row, column = divmod(first, resistance.shape[1])
        raise ValueError(
            f"resistance must be > 0, or NaN or inf for a barrier: {wrong} "
            f"cells are not, the first in row {row}, column {column} "
            f"({resistance[row, column]})"
        )
    return passable


def _checked_starts(resistance: FloatArray, sources: NDArray[Any]) -> Int64Array:
    """Return the cells in which the search starts, or refuse what are no sources."""
    start, count, negative = _starts(resistance.ravel(), sources)
    if sources.dtype.itemsize >= 4 and sources.max(initial=0) > np.iinfo(np.int32).max:
        raise ValueError("labels of sources must fit into 32 bits")
    if negative > 0:
        raise ValueError("sources must be true and false, or labels that are integers >= 0")
    if count == 0:
        raise ValueError("there is no source cell")
    return start


class _Grid(NamedTuple):
    """A search's grids, each in one row and none of them copied."""

    columns: int
    resistance: FloatArray
    cost: FloatArray
    link: Int8Array  # empty where links are not wanted
    step: Int64Array
    half_length: FloatArray


def _grid(
    resistance: FloatArray, sides: tuple[float, float], neighbours: int, *, trace: bool
) -> _Grid:
    columns = resistance.shape[1]
    step = np.array(STEP_ROWS, dtype=np.int64) * columns + np.array(STEP_COLUMNS)
    return _Grid(
        columns=columns,
        resistance=resistance.ravel(),
        cost=np.full(resistance.size, np.inf),
        link=np.full(resistance.size if trace else 0, UNREACHED, dtype=np.int8),
        step=step[:neighbours],
        half_length=step_lengths(sides)[:neighbours] / 2,
    )


def _search(
    grid: _Grid, start: Int64Array, passable: int, max_cost: float, control: Control
) -> None:
    grid.cost[start] = 0.0
    if grid.link.size > 0:
        grid.link[start] = AT_SOURCE
    heap = np.empty(max(1024, start.size + start.size // 2), dtype=np.uint64)
    heap[: start.size] = start  # at cost 0 the entry is the index, and these are in order
    state = np.array([start.size, 0], dtype=np.int64)
    bits = index_bits_for(grid.cost.size)
    while state[0] > 0:
        control.report(min(1.0, float(state[1]) / passable))
        if heap.size - state[0] < 8:
            wider = np.empty(heap.size + heap.size // 2, dtype=np.uint64)
            wider[: state[0]] = heap[: state[0]]
            heap = wider
        _advance(grid, heap, state, max_cost, bits)
    control.report(1.0)


@compiled
def _surveyed(resistance: FloatArray) -> tuple[int, int, int]:
    """Return how many cells can be passed, how many are wrong, and the first wrong one."""
    passable = wrong = 0
    first = -1
    for cell in range(resistance.size):
        value = resistance[cell]
        if value <= 0.0:
            wrong += 1
            if first < 0:
                first = cell
        passable += np.isfinite(value)
    return passable, wrong, first


@compiled
def _starts(resistance: FloatArray, sources: NDArray[Any]) -> tuple[Int64Array, int, int]:
    """Return the source cells that can be left, the number of sources, and of negative ones."""
    count = usable = negative = 0
    for cell in range(sources.size):
        if sources[cell] != 0:
            count += 1
            negative += sources[cell] < 0
            usable += np.isfinite(resistance[cell])
    start = np.empty(usable, dtype=np.int64)
    filled = 0
    for cell in range(sources.size):
        if sources[cell] != 0 and np.isfinite(resistance[cell]):
            start[filled] = cell
            filled += 1
    return start, count, negative


@compiled
def _advance(
    grid: _Grid, heap: HeapArray, state: Int64Array, max_cost: float, index_bits: int
) -> None:
    """Settle cells until the heap is empty or nearly full, or the slice of work is done.

    `state` holds the size of the heap and the number of cells settled.
    """
    columns, resistance, cost, link, step, half_length = grid
    shift = np.uint64(index_bits)
    index_mask = (np.uint64(1) << shift) - np.uint64(1)
    trace = link.size > 0
    size = state[0]
    settled = 0
    for _ in range(POPS_PER_SLICE):
        if size == 0 or size + 8 > heap.size:
            break
        entry = heap[0]
        size = drop_first(heap, size)
        cell = np.int64(entry & index_mask)
        here = cost[cell]
        if (np.float64(here).view(np.uint64) >> shift) < (entry >> shift):
            continue  # the cell was reached more cheaply since
        settled += 1
        through = resistance[cell]
        column = cell % columns
        inside = columns <= cell < cost.size - columns and 0 < column < columns - 1
        for direction in range(step.size):
            other = cell + step[direction]
            if not inside and _beyond(other, cost.size, column, direction, columns):
                continue
            reached = here + (through + resistance[other]) * half_length[direction]
            if reached < cost[other] and reached <= max_cost:  # never so where NaN or inf
                cost[other] = reached
                if trace:
                    link[other] = np.int8(3 - direction if direction < 4 else 11 - direction)
                size = push(heap, size, packed(reached, other, index_bits))
    state[0] = size
    state[1] += settled


@compiled
def _beyond(other: int, size: int, column: np.int64, direction: int, columns: int) -> bool:
    """Tell whether a step from a cell on the rim of the grid leaves the grid."""
    if not 0 <= other < size:
        return True
    right = STEP_COLUMNS[direction]
    return (right < 0 and column == 0) or (right > 0 and column == columns - 1)


@compiled
def _spread_labels(
    link: Int8Array, label: IntArray, step_rows: Int64Array, step_columns: Int64Array
) -> None:
    """Give every reached cell the label of its source, following each link once."""
    rows, columns = link.shape
    trail = np.empty(rows * columns, dtype=np.int64)
    for start in range(rows * columns):
        row, column = start // columns, start % columns
        length = 0
        while link[row, column] >= 0 and label[row, column] == 0:
            trail[length] = row * columns + column
            length += 1
            towards = link[row, column]
            row += step_rows[towards]
            column += step_columns[towards]
        for position in range(length):
            cell = trail[position]
            label[cell // columns, cell % columns] = label[row, column]


def _allocated(link: Int8Array, start: Int64Array, label: NDArray[Any]) -> IntArray:
    """Return the label of the source behind each cell, from the labels of the starts."""
    grid = np.zeros(link.shape, dtype=np.int32)
    grid.ravel()[start] = label
    _spread_labels(link, grid, np.array(STEP_ROWS), np.array(STEP_COLUMNS))
    return grid
