"""The land and the ends that the bound on the cost of a corridor goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.control import NULL_CONTROL
from algorithms.corridors.clearance import CoreEnd, distance_to
from algorithms.corridors.discs import PLACES
from algorithms.corridors.potential import potential_bound

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.corridors.discs import CellLists
    from algorithms.corridors.wide_path import Ground


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
        usable = cores[0] | cores[1]
        for level in range(ground.allowed.shape[0]):
            usable |= _covered(ground, ground.allowed[level], level)
        area = ground.sides[0] * ground.sides[1]
        radius = ground.radii[-1]
        first, second = (
            core
            if CoreEnd.of(core, ground.sides).radius >= radius
            else _around(np.logical_or.reduce(places), radius, ground.sides)
            for core, places in zip(cores, (ground.start, ground.goal), strict=True)
        )
        return cls(np.where(usable, ground.cost / area, np.inf), (first, second), 2 * radius)


def least_cost_of_width(
    ground: Ground,
    cores: tuple[BoolArray, BoolArray],
    known_cost: float,
    control: Control = NULL_CONTROL,
) -> float:
    """Bound the cost of every corridor that the largest disc of a ground can move through.

    Parameters
    ----------
    ground : Ground
        Where the disc may go and what a cell costs.
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
    land = BoundGround.of(ground, cores)
    found = potential_bound(
        land.price,
        land.ends,
        land.width_m,
        sides=ground.sides,
        good_enough=known_cost,
        control=control,
    )
    return min(found, known_cost)


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
