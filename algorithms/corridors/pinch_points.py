"""Pinch points: where the current between two cores is forced through few cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import ndimage

from algorithms.connectivity.circuit.currents import branch_currents, node_currents
from algorithms.connectivity.circuit.graph import grid_graph
from algorithms.connectivity.circuit.solve import solve_circuit
from algorithms.connectivity.cost_distance import cell_sides
from algorithms.control import NULL_CONTROL
from algorithms.corridors.cores import EIGHT_NEIGHBOURS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.connectivity.circuit.graph import CircuitGraph
    from algorithms.control import Control

_SAME = 1e-6  # relative; currents of a stretch of one cell differ by the solver's rounding
_CORE_A, _CORE_B = 1, 2


@dataclass(frozen=True, slots=True)
class CorridorCurrent:
    """One ampere between the cores of a corridor, through the corridor only.

    Attributes
    ----------
    window : (slice, slice)
        Rows and columns of the whole grid that the arrays cover.
    current : (window) float64
        Share of the current through each cell, 0 to 1 (a cell that all of it must pass has 1);
        NaN outside the corridor and in the cores.
    ways : (window) float64
        How many cells share the current at the voltage of each cell, as if equally: 1 over the
        sum of the squared shares of the cells it leaves there; NaN as above, and where no
        current passes.
    resistance : float
        Effective resistance between the cores, in ohms per square.
    """

    window: tuple[slice, slice]
    current: FloatArray
    ways: FloatArray
    resistance: float


class PinchPlace(NamedTuple):
    """A place where the current is high.

    Attributes
    ----------
    row, column : int
        Its middle on the whole grid.
    current : float
        Share of all current through its most loaded cell, 0 to 1.
    ways : float
        How many cells share the current there, as in `CorridorCurrent`.
    """

    row: int
    column: int
    current: float
    ways: float


def corridor_current(
    resistance: FloatArray,
    swath: BoolArray,
    core_a: BoolArray,
    core_b: BoolArray,
    *,
    control: Control = NULL_CONTROL,
) -> CorridorCurrent | None:
    """Send one ampere from core to core through a corridor.

    Each core is one node of no resistance. Neighbours, diagonal ones too, are joined by the
    mean of their resistances, as a least-cost path counts them; the diagonal is longer by the
    root of 2. Cells outside the corridor carry nothing.

    Parameters
    ----------
    resistance : (rows, columns) float64
        Resistance, > 0; where it is NaN or infinite nothing flows. Within the cores it does not
        matter, but for the cells at their edges, whose own half of a joint counts; one of NaN
        counts like its neighbour outside.
    swath : (rows, columns) bool
        Cells of the corridor.
    core_a, core_b : (rows, columns) bool
        Cells of the two cores, at least one each and none in common.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    CorridorCurrent or None
        None where the corridor does not join the cores.

    Raises
    ------
    ValueError
        The shapes disagree, a core is empty or both share cells, or a resistance is not > 0.

    References
    ----------
    McRae, B. H., Dickson, B. G., Keitt, T. H. & Shah, V. B. (2008). Using circuit theory to
    model connectivity in ecology, evolution, and conservation. Ecology 89, 2712-2724.
    McRae, B. H. (2012). Pinchpoint Mapper Connectivity Analysis Software. The Nature
    Conservancy, Seattle.
    """
    _check(resistance, swath, core_a, core_b)
    window = _window(swath, core_a, core_b)
    region = np.where(core_a[window], _CORE_A, 0) + np.where(core_b[window], _CORE_B, 0)
    ground = resistance[window]
    open_land = (swath[window] | (region > 0)) & np.isfinite(ground)
    conductance = np.zeros(ground.shape)
    np.divide(1.0, ground, conductance, where=open_land)
    conductance = _edged(conductance, region)
    graph = grid_graph(
        conductance, four_neighbours=False, average_resistances=True, short_circuits=region
    )
    ends = tuple(int(graph.node[region == core][0]) for core in (_CORE_A, _CORE_B))
    if min(ends) < 0 or len(set(graph.components()[list(ends)])) > 1:
        return None
    sent, tied = np.zeros(graph.count), np.zeros(graph.count)
    sent[ends[0]], tied[ends[1]] = 1.0, np.inf
    voltage = solve_circuit(graph, sent, tied, control)
    inside = (graph.node >= 0) & (region == 0)
    flow = graph.on_grid(np.minimum(node_currents(graph, voltage), 1.0))
    ways = graph.on_grid(_ways(graph, voltage, ends[0]), fill=np.nan)
    return CorridorCurrent(
        window,
        np.where(inside, flow, np.nan),
        np.where(inside & (flow > 0), ways, np.nan),
        float(voltage[ends[0]]),
    )


def pinch_places(
    found: CorridorCurrent,
    *,
    separation_m: float,
    cell_size: float | tuple[float, float],
    least_share: float = 0.1,
    most: int = 10,
) -> tuple[PinchPlace, ...]:
    """List the places with the highest current, the highest first.

    Parameters
    ----------
    found : CorridorCurrent
        Of one corridor.
    separation_m : float
        A place is the highest within this distance, in metres, > 0.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    least_share : float
        Places with a smaller share of the current are left out.
    most : int
        How many are listed at most.

    Raises
    ------
    ValueError
        The separation is not > 0.
    """
    if not separation_m > 0:
        raise ValueError(f"places must lie some way apart, got {separation_m} m")
    flow = np.nan_to_num(found.current)
    near = _disc(separation_m, cell_sides(cell_size))
    highest = ndimage.maximum_filter(flow, footprint=near, mode="constant")
    peak = (flow >= highest * (1 - _SAME)) & (flow >= least_share) & (flow > 0)
    labels, count = ndimage.label(peak, structure=EIGHT_NEIGHBOURS)
    numbers = np.arange(1, count + 1)
    load = np.asarray(ndimage.maximum(flow, labels, numbers), dtype=np.float64)
    ranked = numbers[np.argsort(-load, kind="stable")][:most]
    return tuple(_place(found, flow, labels == number) for number in ranked)


def _place(found: CorridorCurrent, flow: FloatArray, peak: BoolArray) -> PinchPlace:
    """Describe a place by the middle one of its cells of the highest current."""
    rows, columns = np.nonzero(peak)
    away = np.hypot(rows - rows.mean(), columns - columns.mean())
    row, column = int(rows[np.argmin(away)]), int(columns[np.argmin(away)])
    return PinchPlace(
        row + int(found.window[0].start),
        column + int(found.window[1].start),
        float(flow[row, column]),
        float(found.ways[row, column]),
    )


def current_of_all(
    found: Iterable[CorridorCurrent], shape: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Lay the currents of several corridors over each other.

    Parameters
    ----------
    found : iterable of CorridorCurrent
        On one grid.
    shape : (int, int)
        Shape of that grid.

    Returns
    -------
    total, greatest : (rows, columns) float64
        Sum and maximum of the currents in each cell; NaN outside all corridors.
    """
    total, greatest = np.full(shape, np.nan), np.full(shape, np.nan)
    for one in found:
        here = total[one.window]
        both = np.isfinite(here) & np.isfinite(one.current)
        total[one.window] = np.where(both, here + one.current, np.fmax(here, one.current))
        greatest[one.window] = np.fmax(greatest[one.window], one.current)
    return total, greatest


def _check(
    resistance: FloatArray, swath: BoolArray, core_a: BoolArray, core_b: BoolArray
) -> None:
    shapes = [grid.shape for grid in (resistance, swath, core_a, core_b)]
    if len(shapes[0]) != 2 or len(set(shapes)) > 1:
        raise ValueError(f"all grids must have one shape, got {shapes}")
    if not (core_a.any() and core_b.any()):
        raise ValueError("each core needs a cell at least")
    if np.any(core_a & core_b):
        raise ValueError("the cores have cells in common")
    if np.any(resistance[swath | core_a | core_b] <= 0):
        raise ValueError("resistance must be > 0 in the corridor and its cores")


def _window(swath: BoolArray, core_a: BoolArray, core_b: BoolArray) -> tuple[slice, slice]:
    """Return the part of the grid in which anything can flow: the swath and what touches it."""
    near_a = ndimage.binary_dilation(core_a, structure=EIGHT_NEIGHBOURS)
    contact = near_a & core_b
    contact |= ndimage.binary_dilation(contact, structure=EIGHT_NEIGHBOURS) & core_a
    shown = ndimage.binary_dilation(swath, structure=EIGHT_NEIGHBOURS) | contact
    if not (np.any(shown & core_a) and np.any(shown & core_b)):
        shown |= core_a | core_b  # not joined: both are there all the same
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _edged(conductance: FloatArray, region: IntArray) -> FloatArray:
    """Give core cells of no known resistance the greatest conductance beside them outside."""
    blank = (region > 0) & (conductance == 0)
    if not blank.any():
        return conductance
    outside = np.where(region == 0, conductance, 0.0)
    beside = ndimage.maximum_filter(outside, size=3, mode="constant")
    return np.where(blank, beside, conductance)


def _ways(graph: CircuitGraph, voltage: FloatArray, start: int) -> FloatArray:
    """Return for each node over how many cells the current is spread just below its voltage.

    The branches from nodes at or above a voltage to nodes below it carry all current. Walking
    down the voltages, what crosses from one node changes only where one of its branches ends.
    The node where the current starts is a whole core: what it gives is told apart by who takes.
    """
    current = branch_currents(graph, voltage)
    falls = current > 0
    upper = np.where(falls, graph.first, graph.second)
    lower = np.where(falls, graph.second, graph.first)
    giver = np.where(upper == start, graph.count + lower, upper)
    rank = np.empty(graph.count, dtype=np.int64)
    rank[np.argsort(-voltage, kind="stable")] = np.arange(graph.count)
    order = np.lexsort((rank[lower], giver))
    upper, lower, giver = upper[order], lower[order], giver[order]
    first = np.flatnonzero(np.append(True, giver[1:] != giver[:-1])[: giver.size])
    size = np.diff(np.append(first, giver.size))
    left = np.append(np.cumsum(np.abs(current[order])[::-1])[::-1], 0.0)
    end = np.repeat(first + size, size)
    crossing, later = left[:-1] - left[end], left[1:] - left[end]
    change = np.zeros(graph.count)
    np.add.at(change, rank[upper[first]], crossing[first] ** 2)
    np.add.at(change, rank[lower], later**2 - crossing**2)
    level = np.cumsum(change)[rank]
    ways = np.full(graph.count, np.nan)
    np.divide(1.0, level, ways, where=level > _SAME)
    return ways


def _disc(radius_m: float, sides: tuple[float, float]) -> BoolArray:
    reach = [int(radius_m / side) for side in sides]
    down, right = np.ogrid[-reach[0] : reach[0] + 1, -reach[1] : reach[1] + 1]
    disc: BoolArray = (down * sides[0]) ** 2 + (right * sides[1]) ** 2 <= radius_m**2
    return disc
