"""The weakest place of a corridor, all its parallel ways taken together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from algorithms.connectivity.cost_distance import STEP_COLUMNS, STEP_ROWS, cell_sides
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control

FORWARD_STEPS = (2, 3, 6, 7)  # right, down, down left, down right: each pair of cells once
UNITS_PER_CELL = 10_000  # capacities are whole numbers


@dataclass(frozen=True, slots=True)
class FlowThroat:
    """The narrowest cut through a corridor.

    Attributes
    ----------
    width_m : float
        Length of the cut: the widths at it of all ways side by side, summed.
    rows, columns : (n,) int32
        Cells on the side of the first core that the cut runs along.
    """

    width_m: float
    rows: IntArray
    columns: IntArray


def flow_throat(
    mask: BoolArray,
    core_a: BoolArray,
    core_b: BoolArray,
    *,
    cell_size: float | tuple[float, float],
    control: Control = NULL_CONTROL,
) -> FlowThroat | None:
    """Find the place where least width is left between two cores, over all ways together.

    It is a minimum cut, found by maximum flow. The capacities of the steps between cells are
    such that what a cut severs is its length, whatever its direction, by the Cauchy-Crofton
    formula: right on average over directions, at most 3 % too long and, along
    rows, columns and diagonals, 5 % too short on square cells (13 % on cells three times as
    wide as high).
    A step out of the corridor is reflected at its bank, so that narrow ways are not too narrow.
    `algorithms.corridors.width.passage` tells instead how wide one animal's way can be.

    Parameters
    ----------
    mask, core_a, core_b : (rows, columns) bool
        Cells of the corridor and of its cores; they may overlap and touch.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    control : Control
        Told the progress; may cancel before and after the flow is found.

    Returns
    -------
    FlowThroat or None
        None where the cores are not joined, or where they share a cell.

    Raises
    ------
    ValueError
        The shapes disagree, or a core is empty.

    References
    ----------
    Boykov, Y. & Kolmogorov, V. (2003). Computing geodesics and minimal surfaces via graph cuts.
    Proceedings of the 9th IEEE International Conference on Computer Vision, 26-33.

    Ford, L. R. & Fulkerson, D. R. (1956). Maximal flow through a network. Canadian Journal of
    Mathematics 8, 399-404.
    """
    sides = cell_sides(cell_size)
    if not mask.shape == core_a.shape == core_b.shape:
        raise ValueError(
            f"mask and cores must be of one shape, got {mask.shape}, {core_a.shape} and "
            f"{core_b.shape}"
        )
    if not (core_a.any() and core_b.any()):
        raise ValueError("a throat lies between two cores with a cell at least each")
    if (core_a & core_b).any():
        return None
    control.report(0.0)
    node = _nodes(mask, core_a, core_b)
    ends, length = _edges(node, sides)
    control.report(0.2)
    unit = np.sqrt(sides[0] * sides[1]) / UNITS_PER_CELL
    capacity = np.rint(length / unit).astype(np.int32)
    count = int(node.max()) + 1
    graph = _symmetric(ends, capacity, count)
    found = maximum_flow(graph, 0, 1)
    control.report(0.9)
    if found.flow_value == 0:
        return None
    left = graph - found.flow
    left.eliminate_zeros()
    near = np.zeros(count + 1, dtype=np.bool_)  # the last stands for what is no node
    near[breadth_first_order(left, 0, return_predecessors=False)] = True
    rows, columns = _along_cut(node, near)
    control.report(1.0)
    return FlowThroat(float(found.flow_value) * unit, rows, columns)


def _nodes(mask: BoolArray, core_a: BoolArray, core_b: BoolArray) -> IntArray:
    """Return the node of each cell: 0 first core, 1 second, its own elsewhere, -1 outside."""
    node = np.full(mask.shape, -1, dtype=np.int32)
    rest = mask & ~core_a & ~core_b
    node[rest] = 2 + np.arange(np.count_nonzero(rest), dtype=np.int32)
    node[core_a], node[core_b] = 0, 1
    return node


def _edges(node: IntArray, sides: tuple[float, float]) -> tuple[IntArray, FloatArray]:
    """List the steps between nodes, (2, n), and how much of a cut's length each stands for."""
    framed = np.pad(node, 1, constant_values=-1)
    ends: list[NDArray[np.int32]] = []
    lengths: list[FloatArray] = []
    weights = _crofton(sides)
    for step, weight in zip(FORWARD_STEPS, weights, strict=True):
        down, right = STEP_ROWS[step], STEP_COLUMNS[step]
        here, there = _pair(framed, (0, 0), (down, right))
        inside = (here >= 0) & (there >= 0) & (here != there)
        ends.append(np.stack([here[inside], there[inside]]))
        lengths.append(np.full(int(inside.sum()), weight))
        if down == 0 or right == 0:
            continue
        # One end of a diagonal lies outside: half of it is reflected along either axis.
        for start, out in (((0, 0), (down, right)), ((down, right), (0, 0))):
            for beside in ((start[0], out[1]), (out[0], start[1])):
                other = (out[0] + start[0] - beside[0], out[1] + start[1] - beside[1])
                a, b = _pair(framed, start, beside)
                outside, fourth = _pair(framed, out, other)
                mirrored = (a >= 0) & (b >= 0) & (outside < 0) & (fourth < 0) & (a != b)
                ends.append(np.stack([a[mirrored], b[mirrored]]))
                lengths.append(np.full(int(mirrored.sum()), weight / 2))
    return np.concatenate(ends, axis=1), np.concatenate(lengths)


def _pair(
    framed: IntArray, first: tuple[int, int], second: tuple[int, int]
) -> tuple[IntArray, IntArray]:
    """Return the nodes at two offsets from every cell and from a frame around them."""
    rows, columns = framed.shape
    wide = np.pad(framed, 1, constant_values=-1)
    a, b = (
        wide[1 + down : 1 + down + rows, 1 + right : 1 + right + columns].ravel()
        for down, right in (first, second)
    )
    return a, b


def _crofton(sides: tuple[float, float]) -> tuple[float, ...]:
    """Return the length of cut that a step of each of `FORWARD_STEPS` stands for, in metres."""
    dy, dx = sides
    slope = np.arctan2(dy, dx)
    # Each direction stands for the angles half way to its neighbours.
    share = {2: slope, 3: np.pi / 2 - slope, 6: np.pi / 4, 7: np.pi / 4}
    far = {2: dx, 3: dy, 6: np.hypot(dy, dx), 7: np.hypot(dy, dx)}
    return tuple(float(dy * dx * share[step] / (2 * far[step])) for step in FORWARD_STEPS)


def _symmetric(ends: IntArray, capacity: IntArray, count: int) -> csr_array:
    both = np.concatenate([ends, ends[::-1]], axis=1)
    twice = np.concatenate([capacity, capacity])
    graph = coo_array((twice, (both[0], both[1])), shape=(count, count)).tocsr()
    graph.sum_duplicates()
    return csr_array(graph.astype(np.int32))


def _along_cut(node: IntArray, near: BoolArray) -> tuple[IntArray, IntArray]:
    """Return the cells on the near side of the cut that have a neighbour beyond it."""
    framed = np.pad(node, 1, constant_values=-1)
    centre = framed[1:-1, 1:-1]
    along = np.zeros(node.shape, dtype=np.bool_)
    rows, columns = node.shape
    for down, right in zip(STEP_ROWS, STEP_COLUMNS, strict=True):
        beside = framed[1 + down : 1 + down + rows, 1 + right : 1 + right + columns]
        along |= (centre >= 0) & near[centre] & (beside >= 0) & ~near[beside]
    at = np.nonzero(along)
    return at[0].astype(np.int32), at[1].astype(np.int32)
