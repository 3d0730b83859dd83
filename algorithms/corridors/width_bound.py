"""What a corridor of a given width costs at least: a bound that no search can beat.

Whatever way a disc takes, somewhere the line from one bank to the other runs through the cell
of its centre, and on both sides leads on to the edge of the disc. So every cut of the corridor
holds a least number of cells, and by Menger's theorem that many lanes run through it side by
side, none through another's cell. The cheapest lanes on the whole ground therefore cost no more
than the corridor. Lanes may step diagonally, and then the line runs from edge to edge of cells;
or they may not, and then it also passes corners: the former bounds corridors along rows and
columns well, the latter those across them. The larger of both holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.corridors.clearance import CoreEnd
from algorithms.corridors.discs import PLACES, cells_under
from algorithms.corridors.lanes import cheapest_lanes

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.corridors.discs import CellLists
    from algorithms.corridors.wide_path import Ground

ROUNDING_OF_COST = 1e-9
"""Relative; the bound is lowered by so much, as sums are rounded."""

EDGE_STEPS = ((-1, 0), (0, -1), (0, 1), (1, 0))
ALL_STEPS = (*EDGE_STEPS, (-1, -1), (-1, 1), (1, -1), (1, 1))


class LaneGround(NamedTuple):
    """Where lanes may run, begin and end.

    Attributes
    ----------
    cost : (rows, columns) float64
        Cost of a cell, inf where no disc ever comes.
    ends : two (rows, columns) bool
        Cells where lanes begin and end, at their cost.
    cores : two (rows, columns) bool
        The same, free and open to any number of lanes: cores in which the disc has room.
    """

    cost: FloatArray
    ends: tuple[BoolArray, BoolArray]
    cores: tuple[BoolArray, BoolArray]


def least_cost_of_width(
    ground: Ground,
    cores: tuple[BoolArray, BoolArray],
    radius: float,
    control: Control = NULL_CONTROL,
) -> float:
    """Bound the cost of every corridor that a disc of a radius can move through.

    Parameters
    ----------
    ground : Ground
        Made for this radius, the last of its levels.
    cores : two (rows, columns) bool
        Cells of the cores.
    radius : float
        In metres.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    float
        A proven lower bound of the union cost; inf where no corridor can pass.
    """
    lanes = lane_ground(ground, cores, radius)
    best = 0.0
    for part, neighbours in enumerate((8, 4)):
        found = cheapest_lanes(
            lanes.cost,
            *lanes.ends,
            count=lane_count(radius, ground.sides, neighbours),
            neighbours=neighbours,
            opened=lanes.cores,
            control=PartControl(control, part / 2, (part + 1) / 2),
        )
        if found is None:
            return np.inf
        best = max(best, found.cost)
    return best * (1 - ROUNDING_OF_COST)


def lane_ground(
    ground: Ground, cores: tuple[BoolArray, BoolArray], radius: float
) -> LaneGround:
    """Lay out the ground on which lanes bound the corridors of a disc, see `LaneGround`.

    Where the disc has room in a core, lanes leave it anywhere, for nothing. A smaller core is
    not wide enough for them; there they begin under any disc that has arrived.
    """
    last = ground.allowed.shape[0] - 1
    usable = np.zeros(ground.cost.shape, dtype=np.bool_)
    for level in range(last + 1):
        usable |= _covered(ground, ground.allowed[level], level)
    ends: list[BoolArray] = []
    opened: list[BoolArray] = []
    nowhere = np.zeros_like(usable)
    for core, places in zip(cores, (ground.start, ground.goal), strict=True):
        roomy = CoreEnd.of(core, ground.sides).radius >= radius
        under = nowhere.copy()
        for level in range(0 if roomy else last + 1):
            under |= _covered(ground, places[level], level)
        ends.append(under)
        opened.append(core if roomy else nowhere)
    cost = np.where(usable, ground.cost, np.inf)
    return LaneGround(cost, (ends[0], ends[1]), (opened[0], opened[1]))


def lane_count(radius: float, sides: tuple[float, float], neighbours: int) -> int:
    """Return how many lanes run side by side in every corridor of a disc.

    Parameters
    ----------
    radius : float
        Of the disc, in metres.
    sides : (float, float)
        Height and width of a cell in metres.
    neighbours : {8, 4}
        Whether lanes may step diagonally.

    Returns
    -------
    int
        The least number of cells in a line across the disc through its centre.
    """
    steps = EDGE_STEPS if neighbours == 8 else ALL_STEPS  # a line closed to lanes of that kind
    fewest = None
    for place in range(PLACES):
        row_centred, column_centred = place // 2, place % 2
        cells = cells_under(row_centred, column_centred, radius, sides)
        for row in (0,) if row_centred else (0, 1):
            for column in (0,) if column_centred else (0, 1):
                across = _cells_across(cells, (row, column), steps)
                fewest = across if fewest is None else min(fewest, across)
    return fewest or 1


def _cells_across(
    cells: list[tuple[int, int]], centre: tuple[int, int], steps: tuple[tuple[int, int], ...]
) -> int:
    """Return the fewest cells of a line that leads from a cell to the outside twice."""
    inside = set(cells)

    def beside_outside(cell: tuple[int, int]) -> bool:
        return any((cell[0] + r, cell[1] + c) not in inside for r, c in steps)

    if centre not in inside or beside_outside(centre):
        return 1
    offset = np.array(cells).min(axis=0)
    shape = tuple(np.array(cells).max(axis=0) - offset + 1)
    cost = np.full(shape, np.inf)
    start, end = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    for cell in inside - {centre}:
        at = (cell[0] - offset[0], cell[1] - offset[1])
        cost[at] = 1.0
        end[at] = beside_outside(cell)
        start[at] = (cell[0] - centre[0], cell[1] - centre[1]) in steps
    arms = cheapest_lanes(cost, start, end, count=2, neighbours=len(steps))
    return 1 if arms is None else 1 + round(arms.cost)


def _covered(ground: Ground, places: BoolArray, level: int) -> BoolArray:
    """Mark the cells under the disc of a level at any of the lattice points."""
    covered = np.zeros(ground.cost.shape, dtype=np.bool_)
    under: CellLists = ground.discs.under
    for place in range(PLACES):
        i, j = np.nonzero(places[place // 2 :: 2, place % 2 :: 2])
        row = (2 * i + place // 2 - 1) // 2
        column = (2 * j + place % 2 - 1) // 2
        number = 4 * level + place
        for cell in range(under.start[number], under.start[number + 1]):
            covered[row + under.rows[cell], column + under.columns[cell]] = True
    return covered
