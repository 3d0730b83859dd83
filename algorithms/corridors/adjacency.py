"""Which cores are neighbours, by who can reach the land between them most cheaply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from algorithms.connectivity.cost_distance import (
    STEP_COLUMNS,
    STEP_ROWS,
    cell_sides,
    cost_distance,
    step_lengths,
)
from algorithms.control import NULL_CONTROL
from algorithms.corridors.cores import EIGHT_NEIGHBOURS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.connectivity.cost_distance import CostSurface
    from algorithms.control import Control

FORWARD_STEPS = (2, 3, 6, 7)  # right, down, down left, down right: each pair of cells once


@dataclass(frozen=True, slots=True)
class CorePair:
    """Two cores whose zones of cheapest access touch.

    Attributes
    ----------
    core_a, core_b : int
        Labels of the cores, `core_a` the lower.
    cost_bound : float
        Cost of the best path between them that leaves neither's zone, in resistance times
        metres: an upper bound of the least cost, met unless a path through a third zone is
        cheaper.
    contact_cells : int
        Pairs of cells along which the two zones touch.
    adjoining : bool
        Whether the cores themselves touch, at an edge or a corner of a cell.
    """

    core_a: int
    core_b: int
    cost_bound: float
    contact_cells: int
    adjoining: bool


def adjacent_cores(
    resistance: FloatArray,
    labels: IntArray,
    *,
    cell_size: float | tuple[float, float],
    max_cost: float = np.inf,
    neighbours: int = 8,
    control: Control = NULL_CONTROL,
) -> tuple[CorePair, ...]:
    """Find the pairs of cores that are neighbours by cost allocation.

    Every cell is given to the core that reaches it most cheaply; cores are neighbours where
    the zones so made touch and the path over the contact costs no more than `max_cost`; cores
    that adjoin are, whatever their contact costs.

    Parameters
    ----------
    resistance : (rows, columns) float64
        Resistance, > 0; NaN or inf is a barrier.
    labels : (rows, columns) int32
        Label of the core in each cell, 0 outside. A core all on barriers has no neighbours.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    max_cost : float
        Largest cost between neighbours, in resistance times metres.
    neighbours : {8, 4}
        Whether steps may be diagonal.
    control : Control
        Told the share of cells allocated; may cancel.

    Returns
    -------
    tuple of CorePair
        Ordered by `core_a`, then `core_b`; empty where there are fewer than two cores.

    Raises
    ------
    ValueError
        As for `cost_distance`, except that there may be no core.

    References
    ----------
    McRae, B. H. & Kavanagh, D. M. (2011). Linkage Mapper Connectivity Analysis Software. The
    Nature Conservancy, Seattle.
    """
    if not labels.any():
        return ()
    surface = cost_distance(
        resistance,
        labels,
        cell_size=cell_size,
        max_cost=max_cost,
        neighbours=neighbours,
        control=control,
    )
    pairs = neighbouring_zones(
        surface, resistance, labels, cell_size=cell_size, neighbours=neighbours
    )
    return tuple(pair for pair in pairs if pair.adjoining or pair.cost_bound <= max_cost)


def neighbouring_zones(
    surface: CostSurface,
    resistance: FloatArray,
    labels: IntArray,
    *,
    cell_size: float | tuple[float, float],
    neighbours: int = 8,
) -> tuple[CorePair, ...]:
    """Find the pairs of cores whose zones touch on a cost surface that is there already.

    Parameters
    ----------
    surface : CostSurface
        From `cost_distance` with the labels as sources, over the same grids.
    resistance, labels, cell_size, neighbours
        As for `adjacent_cores`.

    Returns
    -------
    tuple of CorePair
        Ordered by `core_a`, then `core_b`.

    Raises
    ------
    ValueError
        The surface has no allocation.
    """
    low, high, cost, touch = _contacts(
        surface, resistance, labels, cell_sides(cell_size), neighbours
    )
    pair, which = np.unique(np.column_stack([low, high]), axis=0, return_inverse=True)
    bound = np.full(len(pair), np.inf)
    np.minimum.at(bound, which.ravel(), cost)
    contact = np.bincount(which.ravel(), minlength=len(pair))
    adjoining = np.bincount(which.ravel(), weights=touch, minlength=len(pair)) > 0
    return tuple(
        CorePair(int(a), int(b), float(bound[i]), int(contact[i]), bool(adjoining[i]))
        for i, (a, b) in enumerate(pair)
    )


@dataclass(frozen=True, slots=True)
class SeparatedPair:
    """Two cores that are neighbours in a straight line and that no land joins.

    Attributes
    ----------
    core_a, core_b : int
        Labels of the cores, `core_a` the lower.
    distance_m : float
        About the shortest distance between them, from cell to cell in steps of eight
        directions.
    on_barrier : tuple of int
        Those of the two that lie on barriers with all their cells.
    """

    core_a: int
    core_b: int
    distance_m: float
    on_barrier: tuple[int, ...]


def separated_pairs(
    resistance: FloatArray,
    labels: IntArray,
    *,
    cell_size: float | tuple[float, float],
    control: Control = NULL_CONTROL,
) -> tuple[SeparatedPair, ...]:
    """Find the pairs of cores that would be neighbours if nothing stood in the way.

    Neighbours are taken by distance alone, as `adjacent_cores` takes them by cost; those of
    them are returned that no way over passable cells joins, through other cores neither. So
    every group of cores that is cut off from the rest is in one pair at least.

    Parameters
    ----------
    resistance : (rows, columns) float64
        Resistance, > 0; NaN or inf is a barrier.
    labels : (rows, columns) int32
        Label of the core in each cell, 0 outside.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    control : Control
        Told the share of cells allocated; may cancel.

    Returns
    -------
    tuple of SeparatedPair
        Ordered by `core_a`, then `core_b`.

    Raises
    ------
    ValueError
        As for `cost_distance`, except that there may be no core.
    """
    group = _joined_cores(resistance, labels)
    if len(set(group.values())) < 2:
        return ()
    near = adjacent_cores(np.ones(labels.shape), labels, cell_size=cell_size, control=control)
    return tuple(
        SeparatedPair(
            pair.core_a,
            pair.core_b,
            pair.cost_bound,
            tuple(core for core in (pair.core_a, pair.core_b) if group[core] < 0),
        )
        for pair in near
        if group[pair.core_a] != group[pair.core_b]
    )


def _joined_cores(resistance: FloatArray, labels: IntArray) -> dict[int, int]:
    """Return a number for each core, the same for all that land joins.

    A core joins the pieces of land that it reaches into. One all on barriers has a negative
    number of its own.
    """
    pieces, count = ndimage.label(np.isfinite(resistance), structure=EIGHT_NEIGHBOURS)
    cores = np.unique(labels[labels > 0])
    held = np.unique(np.column_stack([labels.ravel(), pieces.ravel()]), axis=0)
    held = held[(held > 0).all(axis=1)]
    node = np.searchsorted(cores, held[:, 0])
    size = cores.size + count + 1
    links = coo_array((np.ones(len(held)), (node, cores.size + held[:, 1])), shape=(size, size))
    group = connected_components(links, directed=False)[1]
    standing = set(held[:, 0].tolist())
    return {
        int(core): int(group[place]) if core in standing else -1 - place
        for place, core in enumerate(cores.tolist())
    }


def _contacts(
    surface: CostSurface,
    resistance: FloatArray,
    labels: IntArray,
    sides: tuple[float, float],
    neighbours: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], FloatArray, NDArray[np.bool_]]:
    """List every pair of neighbouring cells of different zones: zones, cost, cores touch."""
    zone = surface.allocation
    if zone is None:
        raise ValueError("the surface has no allocation")
    found = []
    length = step_lengths(sides)
    for step in FORWARD_STEPS[: neighbours // 2]:
        here, there = _shifted(zone.shape, STEP_ROWS[step], STEP_COLUMNS[step])
        a, b = zone[here], zone[there]
        at = np.nonzero((a != b) & (a > 0) & (b > 0))
        across = (resistance[here][at] + resistance[there][at]) / 2 * length[step]
        cost = surface.cost[here][at] + surface.cost[there][at] + across
        touch = (labels[here][at] > 0) & (labels[there][at] > 0)
        found.append((np.minimum(a[at], b[at]), np.maximum(a[at], b[at]), cost, touch))
    low, high, cost, touch = (np.concatenate(part) for part in zip(*found, strict=True))
    return low, high, cost, touch


def _shifted(
    shape: tuple[int, ...], down: int, right: int
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return windows such that a cell in the first has its neighbour in the second."""
    rows, columns = shape
    here = (slice(0, rows - down), slice(max(0, -right), columns - max(0, right)))
    there = (slice(down, rows), slice(max(0, right), columns - max(0, -right)))
    return here, there
