"""Least-cost corridors between neighbouring cores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from algorithms.connectivity.cost_distance import (
    cell_sides,
    cost_distance,
    least_cost_path,
    path_distance,
)
from algorithms.connectivity.threads import in_threads
from algorithms.control import NULL_CONTROL
from algorithms.corridors.cores import EIGHT_NEIGHBOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.connectivity.cost_distance import Int8Array
    from algorithms.control import Control
    from algorithms.corridors.adjacency import CorePair

ROUNDING = 1e-9  # relative; sums of steps in another order differ by less


@dataclass(frozen=True, slots=True)
class SwathRule:
    """How much more than the least cost a cell may cost and still be in the corridor.

    The cut-off is ``cost + share * least cost``. With a mean width it is the lowest cut-off,
    up to that one, at which area divided by the length of the path reaches the width.

    Attributes
    ----------
    cost : float
        Part of the cut-off in cost units (resistance times metres), finite and >= 0.
    share : float
        Part of the cut-off as a share of the least cost, finite and >= 0.
    mean_width_m : float or None
        Mean width to aim at in metres, > 0.
    """

    cost: float = 0.0
    share: float = 0.0
    mean_width_m: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("cost", self.cost), ("share", self.share)):
            if not (np.isfinite(value) and value >= 0):
                raise ValueError(f"the {name} of a cut-off must be finite and >= 0: {value}")
        if self.mean_width_m is not None and not self.mean_width_m > 0:
            raise ValueError(f"the mean width must be > 0, got {self.mean_width_m}")

    def limit(self, least_cost: float) -> float:
        """Return the highest cut-off for a corridor of this least cost."""
        return self.cost + self.share * least_cost


@dataclass(frozen=True, slots=True)
class Corridor:
    """The land between two cores over which moving costs little more than the least.

    Attributes
    ----------
    core_a, core_b : int
        Labels of the cores.
    adjoining : bool
        Whether the cores touch; then cost and length are 0, the path is the pair of touching
        cells, and the swath is the land beside the contact.
    cost : float
        Least cost between the cores, in resistance times metres.
    length_m : float
        Length of the least-cost path from the centre of its first cell, the last in
        `core_a`, to the centre of its last, the first in `core_b`.
    rows, columns : (n,) int32
        Cells of the least-cost path on the whole grid.
    through : tuple of int
        Labels of other cores that the path passes through.
    cutoff : float
        Cut-off of the swath, in resistance times metres.
    window : (slice, slice)
        Rows and columns of the whole grid that the two arrays below cover.
    normalised : (window) float64
        Cost of the best path between the cores through each cell, less the least cost; inf
        beyond the highest cut-off of the rule.
    swath : (window) bool
        Cells outside both cores within the cut-off, in pieces that touch both cores.
    """

    core_a: int
    core_b: int
    adjoining: bool
    cost: float
    length_m: float
    rows: IntArray
    columns: IntArray
    through: tuple[int, ...]
    cutoff: float
    window: tuple[slice, slice]
    normalised: FloatArray
    swath: BoolArray

    def swath_on(self, shape: tuple[int, ...]) -> BoolArray:
        """Return the swath on the whole grid of this shape."""
        whole = np.zeros(shape, dtype=np.bool_)
        whole[self.window] = self.swath
        return whole


def normalised_corridor(cost_a: FloatArray, cost_b: FloatArray, least: float) -> FloatArray:
    """Return what a detour through each cell costs above the least cost between two cores.

    Parameters
    ----------
    cost_a, cost_b : (rows, columns) float64
        Cost distance from either core, inf where unreached.
    least : float
        Least cost between the cores.

    Returns
    -------
    (rows, columns) float64
        ``cost_a + cost_b - least``; exactly 0 where the rest is rounding.

    References
    ----------
    McRae, B. H. & Kavanagh, D. M. (2011). Linkage Mapper Connectivity Analysis Software. The
    Nature Conservancy, Seattle.
    """
    detour = cost_a + cost_b - least
    detour[detour <= ROUNDING * least] = 0.0
    return detour


def corridors_between(  # noqa: PLR0913 - one search, whose options do not belong together
    resistance: FloatArray,
    labels: IntArray,
    pairs: Sequence[CorePair],
    *,
    cell_size: float | tuple[float, float],
    rule: SwathRule,
    neighbours: int = 8,
    control: Control = NULL_CONTROL,
) -> tuple[Corridor, ...]:
    """Find the least-cost corridor of each pair of cores.

    Each core is searched from once, no further than its corridors reach, several at a time;
    its costs are dropped after its last pair.

    Parameters
    ----------
    resistance : (rows, columns) float64
        Resistance, > 0; NaN or inf is a barrier.
    labels : (rows, columns) int32
        Label of the core in each cell, 0 outside.
    pairs : sequence of CorePair
        From `adjacent_cores` over the same grids, perhaps only some of them.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    rule : SwathRule
        Cut-off of the swaths.
    neighbours : {8, 4}
        Whether steps may be diagonal, as the pairs were found.
    control : Control
        Told the share of the searches done, several times a second; may cancel.

    Returns
    -------
    tuple of Corridor
        One per pair, in the order of the pairs.

    Raises
    ------
    ValueError
        As for `cost_distance`, or the cost bound of a pair is not that of a path between them.

    References
    ----------
    McRae, B. H. & Kavanagh, D. M. (2011). Linkage Mapper Connectivity Analysis Software. The
    Nature Conservancy, Seattle.
    """
    sides = cell_sides(cell_size)
    reach: dict[int, float] = {}
    for pair in pairs:
        for core in (pair.core_a, pair.core_b):
            limit = (pair.cost_bound + rule.limit(pair.cost_bound)) * (1 + ROUNDING)
            reach[core] = max(reach.get(core, 0.0), limit)
    order = _search_order(pairs)
    search = _Search(resistance, labels, sides, neighbours)
    tasks = [partial(search.reached, core, reach[core]) for core in order]
    known: dict[int, _Reached] = {}
    found: dict[int, Corridor] = {}
    for index, reached in in_threads(tasks, control):
        known[order[index]] = reached
        for position, pair in enumerate(pairs):
            if position not in found and pair.core_a in known and pair.core_b in known:
                a, b = known[pair.core_a], known[pair.core_b]
                found[position] = _corridor(pair, a, b, labels, sides, rule)
        open_pairs = [pair for position, pair in enumerate(pairs) if position not in found]
        needed = {core for pair in open_pairs for core in (pair.core_a, pair.core_b)}
        known = {core: costs for core, costs in known.items() if core in needed}
    return tuple(found[position] for position in range(len(pairs)))


def mosaic(corridors: Iterable[Corridor], shape: tuple[int, ...]) -> FloatArray:
    """Return the lowest normalised cost over all corridors in each cell, inf outside all.

    Parameters
    ----------
    corridors : iterable of Corridor
        Corridors on one grid.
    shape : (int, int)
        Shape of that grid.
    """
    lowest = np.full(shape, np.inf)
    for corridor in corridors:
        part = lowest[corridor.window]
        np.minimum(part, corridor.normalised, out=part)
    return lowest


def joining_both(swath: BoolArray, core_a: BoolArray, core_b: BoolArray) -> BoolArray:
    """Keep the pieces of a mask that touch both cores, at edges or corners.

    Parameters
    ----------
    swath, core_a, core_b : (rows, columns) bool
        Cells of the mask and of the cores.
    """
    pieces, count = ndimage.label(swath, structure=EIGHT_NEIGHBOURS)
    keep = np.ones(count + 1, dtype=np.bool_)
    for core in (core_a, core_b):
        near = ndimage.binary_dilation(core, structure=EIGHT_NEIGHBOURS)
        touched = np.zeros(count + 1, dtype=np.bool_)
        touched[pieces[near]] = True
        keep &= touched
    keep[0] = False
    return keep[pieces]


@dataclass(frozen=True, slots=True)
class _Reached:
    """Cost surface of one core, cut to the rows and columns it reaches."""

    top: int
    left: int
    cost: FloatArray
    link: Int8Array

    def cut(self, window: tuple[slice, slice]) -> tuple[slice, slice]:
        rows, columns = window
        return (
            slice(rows.start - self.top, rows.stop - self.top),
            slice(columns.start - self.left, columns.stop - self.left),
        )


def _search_order(pairs: Sequence[CorePair]) -> list[int]:
    """Order the cores so that pairs close early and few costs are held at once."""
    order: dict[int, None] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.core_a, pair.core_b)):
        order.setdefault(pair.core_a)
        order.setdefault(pair.core_b)
    return list(order)


@dataclass(frozen=True, slots=True)
class _Search:
    """What every search from a core has in common."""

    resistance: FloatArray
    labels: IntArray
    sides: tuple[float, float]
    neighbours: int

    def reached(self, core: int, max_cost: float, control: Control) -> _Reached:
        surface = cost_distance(
            self.resistance,
            self.labels == core,
            cell_size=self.sides,
            max_cost=max_cost,
            neighbours=self.neighbours,
            back_link=True,
            control=control,
        )
        reached = np.isfinite(surface.cost)
        if surface.back_link is None or not reached.any():
            raise ValueError(f"core {core} is not on the grid, or all of it lies on barriers")
        window = _bounds(reached)
        return _Reached(
            window[0].start,
            window[1].start,
            surface.cost[window].copy(),
            surface.back_link[window].copy(),
        )


def _bounds(mask: BoolArray) -> tuple[slice, slice]:
    """Return the rows and columns that hold every True of a mask with at least one."""
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _overlap(a: _Reached, b: _Reached) -> tuple[slice, slice]:
    top, left = max(a.top, b.top), max(a.left, b.left)
    bottom = min(a.top + a.cost.shape[0], b.top + b.cost.shape[0])
    right = min(a.left + a.cost.shape[1], b.left + b.cost.shape[1])
    return slice(top, max(top, bottom)), slice(left, max(left, right))


def _corridor(
    pair: CorePair,
    a: _Reached,
    b: _Reached,
    labels: IntArray,
    sides: tuple[float, float],
    rule: SwathRule,
) -> Corridor:
    window = _overlap(a, b)
    core = labels[window]
    cost_a, cost_b = a.cost[a.cut(window)], b.cost[b.cut(window)]
    to_b = np.where(core == pair.core_b, cost_a, np.inf)
    if not np.isfinite(to_b.min(initial=np.inf)):
        raise ValueError(
            f"no path joins cores {pair.core_a} and {pair.core_b} within the cost bound "
            f"{pair.cost_bound} of the pair"
        )
    row, column = np.unravel_index(int(np.argmin(to_b)), to_b.shape)
    least = float(to_b[row, column])
    rows, columns = least_cost_path(
        a.link, window[0].start - a.top + int(row), window[1].start - a.left + int(column)
    )
    rows, columns = rows + np.int32(a.top), columns + np.int32(a.left)
    length_m = float(path_distance(rows, columns, sides)[-1])

    normalised = normalised_corridor(cost_a, cost_b, least)
    limit = rule.limit(least)
    normalised[normalised > limit] = np.inf
    outside = (core != pair.core_a) & (core != pair.core_b)
    cutoff = limit
    if rule.mean_width_m is not None:
        cells = rule.mean_width_m * length_m / (sides[0] * sides[1])
        cutoff = _cutoff_for_area(normalised[outside], cells, limit)
    swath = joining_both(
        outside & (normalised <= cutoff), core == pair.core_a, core == pair.core_b
    )
    shown = _bounds(np.isfinite(normalised))
    met = np.unique(labels[rows, columns])
    return Corridor(
        pair.core_a,
        pair.core_b,
        adjoining=pair.adjoining,
        cost=0.0 if pair.adjoining else least,
        length_m=0.0 if pair.adjoining else length_m,
        rows=rows,
        columns=columns,
        through=tuple(int(c) for c in met if c not in (0, pair.core_a, pair.core_b)),
        cutoff=cutoff,
        window=(
            slice(window[0].start + shown[0].start, window[0].start + shown[0].stop),
            slice(window[1].start + shown[1].start, window[1].start + shown[1].stop),
        ),
        normalised=normalised[shown].copy(),
        swath=swath[shown].copy(),
    )


def _cutoff_for_area(normalised: FloatArray, cells: float, limit: float) -> float:
    """Return the lowest cut-off that `cells` cells meet, or the limit where too few do."""
    within = np.sort(normalised[np.isfinite(normalised)])
    wanted = int(np.ceil(cells))
    if wanted > within.size or wanted == 0:
        return limit
    return float(within[wanted - 1])
