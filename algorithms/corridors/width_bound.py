"""The land and the ends that the bound on the cost of a corridor goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import ndimage

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL
from algorithms.corridors.clearance import CoreEnd, distance_to
from algorithms.corridors.cores import EIGHT_NEIGHBOURS
from algorithms.corridors.discs import PLACES
from algorithms.corridors.potential import potential_bound

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.corridors.discs import CellLists
    from algorithms.corridors.wide_path import Ground

ROUNDS_OF_EXCLUSION = 4
BELOW = 1 - 1e-12  # of the known cost: what costs as much is no better


class BoundGround(NamedTuple):
    """What a potential is sought on.

    Attributes
    ----------
    price : (rows, columns) float64
        Cost per square metre, inf where no disc ever comes.
    ends : two (rows, columns) bool
        Cells where corridors begin and end, counted as free: the cores where the largest disc
        has room in them; else what it covers where a disc has arrived, so that no line can
        close around an end without being as long as the disc is wide.
    width_m : float
        Diameter of the largest disc.
    """

    price: FloatArray
    ends: tuple[BoolArray, BoolArray]
    width_m: float

    @classmethod
    def of(cls, ground: Ground, cores: tuple[BoolArray, BoolArray]) -> BoundGround:
        """Lay it out for the discs of a ground, between its two cores."""
        return cls.within(ground, cores, ground.allowed)

    @classmethod
    def within(
        cls, ground: Ground, cores: tuple[BoolArray, BoolArray], places: BoolArray
    ) -> BoundGround:
        """Lay it out for discs that stand at some of the places only."""
        usable = cores[0] | cores[1]
        for level in range(places.shape[0]):
            usable |= _covered(ground, places[level], level)
        area = ground.sides[0] * ground.sides[1]
        radius = ground.radii[-1]
        first, second = (
            core
            if CoreEnd.of(core, ground.sides).radius >= radius
            else _around(np.logical_or.reduce(arrived & places), radius, ground.sides)
            for core, arrived in zip(cores, (ground.start, ground.goal), strict=True)
        )
        return cls(np.where(usable, ground.cost / area, np.inf), (first, second), 2 * radius)


def least_cost_of_width(
    ground: Ground,
    cores: tuple[BoolArray, BoolArray],
    known_cost: float,
    control: Control = NULL_CONTROL,
) -> float:
    """Bound the cost of every corridor that the disc of a ground can move through.

    The bound is the better of two: that of a potential, and that of discs along the way that
    share no cell. A place where the disc alone, with what the discs before and behind it cost
    at least, costs as much as the corridor that is known is on no cheaper way: such places are
    ruled out first, and land that no other disc comes to does not count.

    Parameters
    ----------
    ground : Ground
        Where the disc may go and what a cell costs; of one level.
    cores : two (rows, columns) bool
        Cells of the cores.
    known_cost : float
        Cost of some such corridor: no better bound is sought.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    float
        A proven lower bound of the union cost, `known_cost` at most.
    """
    alone = np.full(ground.allowed.shape[1:], np.inf)
    _alone(ground.cost, ground.allowed[0], ground.discs.under, alone)
    between = _between_ends(ground)
    apart = 0.0
    for _ in range(ROUNDS_OF_EXCLUSION):
        places = _joining(alone, ground)
        if not places.any():
            return known_cost
        alone[~places] = np.inf
        apart, left = _discs_apart(alone, between, ground, known_cost)
        if left is None:
            break
        alone[left] = np.inf
    land = BoundGround.within(ground, cores, np.isfinite(alone)[None])
    found = potential_bound(
        land.price,
        land.ends,
        land.width_m,
        sides=ground.sides,
        good_enough=known_cost,
        control=control,
    )
    return min(max(found, apart), known_cost)


def _between_ends(ground: Ground) -> FloatArray:
    """Return how far each place is on the way from one end to the other, in metres.

    Half the difference of the distances from the ends changes by no more than a step is long.
    """
    first, second = (distance_to(at[0], ground.sides) for at in (ground.start, ground.goal))
    half: FloatArray = (first - second) / 2
    return half


def _joining(alone: FloatArray, ground: Ground) -> BoolArray:
    """Mark the places left in pieces that join both ends."""
    pieces, _ = ndimage.label(np.isfinite(alone), EIGHT_NEIGHBOURS)
    joined = np.intersect1d(pieces[ground.start[0]], pieces[ground.goal[0]])
    places: BoolArray = np.isin(pieces, joined[joined > 0])
    return places


def _discs_apart(
    alone: FloatArray, between: FloatArray, ground: Ground, known_cost: float
) -> tuple[float, BoolArray | None]:
    """Bound the cost by discs so far apart that they share no cell; say what it rules out.

    Every way crosses every line of equal `between`. Lines that lie a disc apart are crossed by
    discs that share nothing, each at its cheapest place at least. A place on a line at which
    the disc costs more than what the others leave of the known cost is on no cheaper way.
    """
    here = np.isfinite(alone)
    step = float(np.hypot(*ground.sides)) / 2
    low = between[ground.start[0] & here].max(initial=-np.inf)
    high = between[ground.goal[0] & here].min(initial=np.inf)
    # Discs share a cell up to twice a step beyond their radii; lines are a step or two wide.
    spacing = 2 * ground.radii[-1] + 4 * step
    number = np.floor((between - low) / step)
    lines = int((high - low) // step) + 1 if high >= low else 0
    if lines <= 0:
        return 0.0, None
    valid = here & (number >= 0) & (number < lines)
    cheapest = np.full(lines, np.inf)
    np.minimum.at(cheapest, number[valid].astype(np.int64), alone[valid])
    cheapest[~np.isfinite(cheapest)] = 0.0
    apart = int(np.ceil(spacing / step))
    sums = [float(cheapest[offset::apart].sum()) for offset in range(min(apart, lines))]
    rest = np.array([sums[line % apart] - cheapest[line] for line in range(lines)])
    over = np.zeros_like(here)
    over[valid] = alone[valid] + rest[number[valid].astype(np.int64)] >= known_cost * BELOW
    return max(sums), over if over.any() else None


@compiled
def _alone(cost: FloatArray, allowed: BoolArray, under: CellLists, alone: FloatArray) -> None:
    """Add up the cost of the cells under the disc at each place where it may be."""
    for i in range(allowed.shape[0]):
        for j in range(allowed.shape[1]):
            if allowed[i, j]:
                place = 2 * (i % 2) + j % 2
                total = 0.0
                for cell in range(under.start[place], under.start[place + 1]):
                    row, column = under.rows[cell], under.columns[cell]
                    total += cost[(i - 1) // 2 + row, (j - 1) // 2 + column]
                alone[i, j] = total


def _around(places: BoolArray, radius: float, sides: tuple[float, float]) -> BoolArray:
    """Mark the cells that a disc touches standing at any of these points of the lattice."""
    if not places.any():
        return np.zeros((places.shape[0] // 2, places.shape[1] // 2), dtype=np.bool_)
    near = distance_to(places, sides)[1::2, 1::2]
    touched: BoolArray = near <= radius + np.hypot(*sides) / 2
    return touched


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
