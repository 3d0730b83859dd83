"""How far it is to the edge: exact clearances on a lattice of half cells.

A mask of cells stands for the union of those squares. Clearances are taken at the centres,
the corners and the middles of the edges of all cells: the points of a lattice with half the
spacing, where point (i, j) lies at row ``(i - 1) / 2`` and column ``(j - 1) / 2``, counted in
cells from the centre of the first. From such a point the nearest point of any cell is again
on the lattice, so that a distance transform of the lattice gives the distance to the squares
exactly, and a strip of an even number of cells is as wide as it is (measured at cell centres
alone it would be a cell narrower).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from algorithms.connectivity.cost_distance import cell_sides

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray

ROUNDING = 1e-9
"""Relative; distances that differ by less are equal."""


def closed_lattice(mask: BoolArray) -> BoolArray:
    """Mark the lattice points in the cells of a mask, their edges and corners included.

    Parameters
    ----------
    mask : (rows, columns) bool
        Cells.

    Returns
    -------
    (2 rows + 1, 2 columns + 1) bool
        True on the closed squares.
    """
    rows, columns = mask.shape
    lattice = np.zeros((2 * rows + 1, 2 * columns + 1), dtype=np.bool_)
    for down in range(3):
        for right in range(3):
            lattice[down : down + 2 * rows : 2, right : right + 2 * columns : 2] |= mask
    return lattice


def clearance(mask: BoolArray, cell_size: float | tuple[float, float]) -> FloatArray:
    """Measure at every lattice point the radius of the largest disc that stays in the mask.

    Parameters
    ----------
    mask : (rows, columns) bool
        Cells; whatever lies beyond the grid is outside.
    cell_size : float or (float, float)
        Height and width of a cell in metres.

    Returns
    -------
    (2 rows + 1, 2 columns + 1) float64
        Distance in metres to the nearest point outside, 0 on the edge and outside.
    """
    dy, dx = cell_sides(cell_size)
    outside = closed_lattice(~mask)
    outside[[0, -1], :] = True
    outside[:, [0, -1]] = True
    return distance_to(outside, (dy, dx))


def distance_to(lattice: BoolArray, sides: tuple[float, float]) -> FloatArray:
    """Measure the distance in metres of every lattice point from the nearest marked one.

    Parameters
    ----------
    lattice : (2 rows + 1, 2 columns + 1) bool
        Marked points, one at least.
    sides : (float, float)
        Height and width of a cell in metres.
    """
    sampling = (sides[0] / 2, sides[1] / 2)
    distance: FloatArray = ndimage.distance_transform_edt(~lattice, sampling=sampling)
    return distance


def largest_radius(mask: BoolArray, cell_size: float | tuple[float, float]) -> float:
    """Return the radius in metres of the largest disc that fits in a mask, 0 in an empty one.

    Parameters
    ----------
    mask : (rows, columns) bool
        Cells; whatever lies beyond the grid is outside.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    """
    held = mask[surroundings(mask, 0.0, cell_size)]
    return float(clearance(held, cell_size).max()) if held.size else 0.0


def surroundings(
    mask: BoolArray, margin_m: float, cell_size: float | tuple[float, float]
) -> tuple[slice, slice]:
    """Return the rows and columns that hold a mask and a margin around it, cut to the grid.

    Parameters
    ----------
    mask : (rows, columns) bool
        Cells; where there are none, the result is empty.
    margin_m : float
        Margin in metres, >= 0.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    """
    if not mask.any():
        return slice(0, 0), slice(0, 0)
    window = []
    for axis, side in enumerate(cell_sides(cell_size)):
        held = np.flatnonzero(mask.any(axis=1 - axis))
        margin = int(np.ceil(margin_m / side))
        start, stop = int(held[0]) - margin, int(held[-1]) + 1 + margin
        window.append(slice(max(0, start), min(mask.shape[axis], stop)))
    return window[0], window[1]


@dataclass(frozen=True, slots=True)
class CoreEnd:
    """A core as the end of a corridor, where a disc that moves through it arrives.

    A disc no larger than the largest that fits in the core arrives with its centre; a larger
    one when it overlaps the core as deep as that one's radius. So a narrow mouth is never
    passed over, and a core smaller than the corridor it lies in does not make it narrow.

    Attributes
    ----------
    inside : (2 rows + 1, 2 columns + 1) bool
        Lattice points in the core.
    distance : (2 rows + 1, 2 columns + 1) float64
        Distance of each lattice point from the core in metres.
    radius : float
        Radius of the largest disc that fits in the core, in metres.
    """

    inside: BoolArray
    distance: FloatArray
    radius: float

    @classmethod
    def of(
        cls,
        core: BoolArray,
        sides: tuple[float, float],
        window: tuple[slice, slice] = (slice(None), slice(None)),
    ) -> CoreEnd:
        """Measure a core with a cell at least in the window; lattices cover the window only."""
        inside = closed_lattice(core[window])
        return cls(inside, distance_to(inside, sides), largest_radius(core, sides))

    def reached(self, radius: float | FloatArray) -> BoolArray:
        """Mark the centres where a disc of this radius, or of the radius there, has arrived."""
        return self.distance <= np.maximum(0.0, radius - self.radius) * (1 + ROUNDING)
