"""Barriers: where restoring land would shorten the least-cost distance between cores most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.cost_distance import cell_sides, cost_distance
from algorithms.control import NULL_CONTROL, PartControl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control

OCTILE = float(np.sqrt(4.0 - 2.0 * np.sqrt(2.0)))
"""A way over square cells and their diagonals is this much longer than the straight one."""


@dataclass(frozen=True, slots=True)
class BarrierSearch:
    """What is restored, and how wide.

    Parameters
    ----------
    radii_m : tuple of float
        Radii in metres of the discs that are restored, each at least a side of a cell.
    restored_resistance : float
        Resistance of restored land, finite and > 0.

    Raises
    ------
    ValueError
        There is no radius, or a number is outside its range.
    """

    radii_m: tuple[float, ...]
    restored_resistance: float = 1.0

    def __post_init__(self) -> None:
        if not self.radii_m or not all(np.isfinite(r) and r > 0 for r in self.radii_m):
            raise ValueError(f"radii must be finite and > 0, got {self.radii_m}")
        if not (np.isfinite(self.restored_resistance) and self.restored_resistance > 0):
            raise ValueError(
                f"restored land needs a resistance > 0, got {self.restored_resistance}"
            )

    def check_cells(self, sides: tuple[float, float]) -> None:
        """Refuse radii smaller than a cell.

        Raises
        ------
        ValueError
            A radius is smaller than a side of a cell.
        """
        if min(self.radii_m) < max(sides):
            raise ValueError(
                f"a radius of {min(self.radii_m):g} m is smaller than a cell of "
                f"{max(sides):g} m: no disc of that size can be told"
            )


class LinkedPair(NamedTuple):
    """Two cores and the least cost between them.

    Attributes
    ----------
    core_a, core_b : int
        Their labels.
    least_cost : float
        Least-cost distance in resistance times metres, finite and > 0.
    """

    core_a: int
    core_b: int
    least_cost: float


class Barriers(NamedTuple):
    """What restoring a disc about each cell would bring.

    Attributes
    ----------
    score : (rows, columns) float64
        Least-cost distance saved per metre of the disc's diameter, over the radii and pairs
        the greatest; 0 where nothing is saved.
    total : (rows, columns) float64
        The sum over the pairs of the greatest over the radii.
    percent : (rows, columns) float64
        The saving of `score` in per cent of the pair's least cost.
    radius_m : (rows, columns) float64
        Radius of `score`; NaN where nothing is saved.
    pair : (rows, columns) int32
        Position of the pair of `score`, -1 where nothing is saved.
    """

    score: FloatArray
    total: FloatArray
    percent: FloatArray
    radius_m: FloatArray
    pair: IntArray


class RestorationPlace(NamedTuple):
    """A disc whose restoration would shorten a least-cost distance.

    Attributes
    ----------
    row, column : int
        Its centre.
    radius_m : float
        Its radius in metres.
    score : float
        Cost saved per metre of its diameter.
    saved : float
        Cost saved, in resistance times metres.
    percent : float
        The same in per cent of the least cost.
    pair : int
        Position of the pair of cores.
    """

    row: int
    column: int
    radius_m: float
    score: float
    saved: float
    percent: float
    pair: int


def barriers_between(
    resistance: FloatArray,
    labels: IntArray,
    pairs: Sequence[LinkedPair],
    search: BarrierSearch,
    *,
    cell_size: float | tuple[float, float],
    control: Control = NULL_CONTROL,
) -> Barriers:
    """Score every disc by how much it would shorten the way between each pair of cores.

    For a disc of radius r and a pair of least cost LCD the cost after restoration is taken as
    ``LCD' = min(cost to a) + min(cost to b) + 2 r restored_resistance``, the minima over the
    cells of the disc, and the score as ``(LCD - LCD') / (2 r)``.

    Parameters
    ----------
    resistance : (rows, columns) float64
        Resistance, > 0; NaN or inf is a barrier, which a disc may bridge.
    labels : (rows, columns) int32
        Label of the core in each cell, 0 outside.
    pairs : sequence of LinkedPair
        Cores and the least cost between them on this grid.
    search : BarrierSearch
        Radii and restored resistance.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    Barriers
        All 0 where there are no pairs.

    Raises
    ------
    ValueError
        As for `cost_distance`; a radius is smaller than a cell, or a least cost not > 0.

    Notes
    -----
    On square cells, setting the resistance in the disc to the restored one, where it is
    higher, gives a least cost of at most ``LCD' + (OCTILE - 1) 2 r restored_resistance``: the
    way through the disc is a chord of it, no longer than 2 r but for the steps of the grid. It
    may be less, where the chord is short, and is never below the sum of the minima over the
    disc and the cells around it, or LCD if that is less.

    References
    ----------
    McRae, B. H., Hall, S. A., Beier, P. & Theobald, D. M. (2012). Where to restore ecological
    connectivity? Detecting barriers and quantifying restoration benefits. PLoS ONE 7, e52604.
    """
    sides = cell_sides(cell_size)
    search.check_cells(sides)
    if any(not (np.isfinite(pair.least_cost) and pair.least_cost > 0) for pair in pairs):
        raise ValueError("the least cost of every pair must be finite and > 0")
    shape = resistance.shape
    found = Barriers(
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape),
        np.full(shape, np.nan),
        np.full(shape, -1, dtype=np.int32),
    )
    order = sorted(range(len(pairs)), key=lambda at: pairs[at][:2])
    costs: dict[int, FloatArray] = {}
    for done, at in enumerate(order):
        part = PartControl(control, done / len(order), (done + 1) / len(order))
        pair = pairs[at]
        for half, core in enumerate((pair.core_a, pair.core_b)):
            if core not in costs:
                costs[core] = cost_distance(
                    resistance,
                    labels == core,
                    cell_size=sides,
                    max_cost=max(p.least_cost for p in pairs if core in p[:2]),
                    control=PartControl(part, half / 4, (half + 1) / 4),
                ).cost
        both = (costs[pair.core_a], costs[pair.core_b])
        one = pair_barriers(
            *both, pair.least_cost, search, cell_size=sides, control=PartControl(part, 0.5, 1.0)
        )
        _add(found, one, at)
        needed = {core for later in order[done + 1 :] for core in pairs[later][:2]}
        costs = {core: cost for core, cost in costs.items() if core in needed}
    control.report(1.0)
    return found


class PairBarriers(NamedTuple):
    """As `Barriers`, for one pair and in a part of the grid.

    Attributes
    ----------
    window : (slice, slice)
        Rows and columns that the arrays cover; nothing is saved outside.
    score, percent, radius_m : (window) float64
        As there.
    """

    window: tuple[slice, slice]
    score: FloatArray
    percent: FloatArray
    radius_m: FloatArray


def pair_barriers(
    cost_a: FloatArray,
    cost_b: FloatArray,
    least_cost: float,
    search: BarrierSearch,
    *,
    cell_size: float | tuple[float, float],
    control: Control = NULL_CONTROL,
) -> PairBarriers:
    """Score every disc for one pair of cores.

    Parameters
    ----------
    cost_a, cost_b : (rows, columns) float64
        Cost distance from either core, inf where unreached; those above the least cost do not
        matter.
    least_cost : float
        Least cost between the cores.
    search, cell_size, control
        As for `barriers_between`.

    Raises
    ------
    ValueError
        A radius is smaller than a cell.
    """
    sides = cell_sides(cell_size)
    search.check_cells(sides)
    reach = [int(max(search.radii_m) / side + 1e-9) for side in sides]
    window, wider = _parts(cost_a, cost_b, least_cost, reach)
    inner = (
        slice(window[0].start - wider[0].start, window[0].stop - wider[0].start),
        slice(window[1].start - wider[1].start, window[1].stop - wider[1].start),
    )
    near_a, near_b = cost_a[wider], cost_b[wider]
    score = np.zeros(near_a[inner].shape)
    saving, radius_m = score.copy(), np.full(score.shape, np.nan)
    for at, radius in enumerate(search.radii_m):
        step = 1.0 / (2 * len(search.radii_m))
        restored = np.full(near_a.shape, 2.0 * radius * search.restored_resistance)
        for half, near in enumerate((near_a, near_b)):
            start = (2 * at + half) * step
            restored += disc_minimum(
                near,
                radius,
                cell_size=sides,
                control=PartControl(control, start, min(1.0, start + step)),
            )
        saved = least_cost - restored[inner]
        better = saved / (2.0 * radius) > score
        score[better] = saved[better] / (2.0 * radius)
        saving[better] = saved[better]
        radius_m[better] = radius
    return PairBarriers(window, score, 100.0 * saving / least_cost, radius_m)


def disc_minimum(
    values: FloatArray,
    radius_m: float,
    *,
    cell_size: float | tuple[float, float],
    control: Control = NULL_CONTROL,
) -> FloatArray:
    """Return the least value within a radius of each cell, from centre to centre.

    Each row of the disc is a running minimum, which takes the same time for any width.

    Parameters
    ----------
    values : (rows, columns) float64
        Without NaN.
    radius_m : float
        Radius in metres, finite and >= 0.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    control : Control
        Told the share of the disc's rows done; may cancel.

    References
    ----------
    van Herk, M. (1992). A fast algorithm for local minimum and maximum filters on rectangular
    and octagonal kernels. Pattern Recognition Letters 13, 517-521.
    """
    height, width = cell_sides(cell_size)
    lowest = np.full(values.shape, np.inf)
    reach = int(radius_m / height + 1e-9)
    for away in range(reach + 1):
        half = int(np.sqrt(max(0.0, radius_m**2 - (away * height) ** 2)) / width + 1e-9)
        _lower(values, away, half, lowest)
        control.report((away + 1) / (reach + 1))
    return lowest


def restoration_places(
    barriers: Barriers,
    *,
    separation_m: float,
    cell_size: float | tuple[float, float],
    most: int = 10,
    most_of_pair: int | None = None,
) -> tuple[RestorationPlace, ...]:
    """List the best discs to restore, the highest score first.

    Parameters
    ----------
    barriers : Barriers
        Scores.
    separation_m : float
        Least distance in metres between two places, >= 0; no less than the sum of their radii.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    most : int
        How many are listed at most.
    most_of_pair : int, optional
        How many of one pair of cores, so that a pair of costly land between does not fill the
        list alone.
    """
    height, width = cell_sides(cell_size)
    score = barriers.score.copy()
    listed: Counter[int] = Counter()
    rows, columns = np.ogrid[: score.shape[0], : score.shape[1]]
    widest = float(np.max(np.nan_to_num(barriers.radius_m), initial=0.0))
    places: list[RestorationPlace] = []
    while len(places) < most and score.size > 0:
        row, column = (int(at) for at in np.unravel_index(np.argmax(score), score.shape))
        if not score[row, column] > 0:
            break
        radius = float(barriers.radius_m[row, column])
        best = float(score[row, column])
        pair = int(barriers.pair[row, column])
        places.append(
            RestorationPlace(
                row,
                column,
                radius,
                best,
                best * 2.0 * radius,
                float(barriers.percent[row, column]),
                pair,
            )
        )
        reach = max(separation_m, radius + widest)
        near = (
            slice(max(0, row - int(reach / height) - 1), row + int(reach / height) + 2),
            slice(max(0, column - int(reach / width) - 1), column + int(reach / width) + 2),
        )
        away = np.hypot((rows[near[0]] - row) * height, (columns[:, near[1]] - column) * width)
        own = np.nan_to_num(barriers.radius_m[near])
        score[near][away <= np.maximum(separation_m, radius + own)] = 0.0
        listed[pair] += 1
        if listed[pair] == most_of_pair:
            score[barriers.pair == pair] = 0.0
    return tuple(places)


def _parts(
    cost_a: FloatArray, cost_b: FloatArray, least_cost: float, reach: list[int]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return where a disc can save something, and with the cells that its discs look at."""
    window, wider = [], []
    near = [cost <= least_cost for cost in (cost_a, cost_b)]
    for axis in (0, 1):
        side = cost_a.shape[axis]
        ends = [np.flatnonzero(mask.any(axis=1 - axis)) for mask in near]
        first = max((int(end[0]) if end.size else side) for end in ends) - reach[axis]
        last = min((int(end[-1]) if end.size else -1) for end in ends) + reach[axis]
        first, stop = max(0, min(first, side)), min(side, last + 1)
        stop = max(first, stop)
        window.append(slice(first, stop))
        wider.append(slice(max(0, first - reach[axis]), min(side, stop + reach[axis])))
    return (window[0], window[1]), (wider[0], wider[1])


def _add(found: Barriers, one: PairBarriers, at: int) -> None:
    score = found.score[one.window]
    found.total[one.window] += one.score
    better = one.score > score
    score[better] = one.score[better]
    for target, value in ((found.percent, one.percent), (found.radius_m, one.radius_m)):
        target[one.window][better] = value[better]
    found.pair[one.window][better] = at


@compiled
def _lower(values: FloatArray, away: int, half: int, lowest: FloatArray) -> None:
    """Lower each cell to the least within half a width in the rows so far away, up and down."""
    rows, columns = values.shape
    block = 2 * half + 1
    padded = np.full((columns + 4 * half + 2) // block * block + block, np.inf)
    forth, back = padded.copy(), padded.copy()
    for i in range(rows):
        padded[half : half + columns] = values[i]
        for j in range(padded.size):
            start = j % block == 0
            forth[j] = padded[j] if start else min(forth[j - 1], padded[j])
        for j in range(padded.size - 1, -1, -1):
            end = j % block == block - 1
            back[j] = padded[j] if end else min(back[j + 1], padded[j])
        for target in (i - away, i + away):
            if 0 <= target < rows:
                for j in range(columns):
                    least = min(back[j], forth[j + block - 1])
                    lowest[target, j] = min(lowest[target, j], least)
