"""Squares and hexagons that cover a rectangle, to the millimetre where they meet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bounds = tuple[float, float, float, float]

MAXIMUM_UNITS = 1_000_000
"""Cells beyond which no grid of planning units is made."""


class Cells(NamedTuple):
    """Cells of a grid, or polygons of the user's, before they are cut.

    Attributes
    ----------
    names : (n,) str
        ``r3c12`` for row 3 from the north and column 12 from the west; or the user's.
    shapes : (n,) object
        Polygons.
    """

    names: NDArray[np.str_]
    shapes: NDArray[np.object_]


def square_cells(bounds: Bounds, side_m: float) -> Cells:
    """Cover a rectangle with squares whose corners lie on multiples of their side.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in metres of an equal-area CRS.
    side_m : float
        Side of a square, > 0.

    Raises
    ------
    ValueError
        The side is no positive number, or there would be more than `MAXIMUM_UNITS`.
    """
    west, south, east, north = _checked(bounds, side_m, side_m * side_m)
    columns = np.arange(math.floor(west / side_m), math.ceil(east / side_m))
    rows = np.arange(math.ceil(north / side_m) - 1, math.floor(south / side_m) - 1, -1)
    corner_x = np.array([0, 1, 1, 0, 0])
    corner_y = np.array([1, 1, 0, 0, 1])
    row, column = (part.ravel() for part in np.meshgrid(rows, columns, indexing="ij"))
    x = (column[:, None] + corner_x) * side_m
    y = (row[:, None] + corner_y) * side_m
    return _cells(rows.max(initial=0) - row, column - columns.min(initial=0), x, y)


def hexagon_cells(bounds: Bounds, width_m: float) -> Cells:
    """Cover a rectangle with regular hexagons that stand on a corner.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in metres of an equal-area CRS.
    width_m : float
        Distance between opposite sides, > 0.

    Raises
    ------
    ValueError
        The width is no positive number, or there would be more than `MAXIMUM_UNITS`.
    """
    half, step = width_m / 2.0, width_m / (2.0 * math.sqrt(3.0))
    west, south, east, north = _checked(bounds, width_m, 6.0 * half * step)
    # Centres lie at (2 column + row mod 2, 3 row) in units of (half, step).
    rows = np.arange(
        math.ceil((north / step + 2) / 3), math.floor((south / step - 2) / 3) - 1, -1
    )
    columns = np.arange(math.floor(west / width_m) - 1, math.ceil(east / width_m) + 1)
    row, column = (part.ravel() for part in np.meshgrid(rows, columns, indexing="ij"))
    centre_x, centre_y = 2 * column + row % 2, 3 * row
    reaches = (
        ((centre_x + 1) * half > west)
        & ((centre_x - 1) * half < east)
        & ((centre_y + 2) * step > south)
        & ((centre_y - 2) * step < north)
    )
    row, column = row[reaches], column[reaches]
    centre_x, centre_y = centre_x[reaches], centre_y[reaches]
    x = (centre_x[:, None] + np.array([0, 1, 1, 0, -1, -1, 0])) * half
    y = (centre_y[:, None] + np.array([2, 1, -1, -2, -1, 1, 2])) * step
    return _cells(row.max(initial=0) - row, column - column.min(initial=0), x, y)


def _checked(bounds: Bounds, size_m: float, area_m2: float) -> Bounds:
    if not (math.isfinite(size_m) and size_m > 0):
        raise ValueError(f"the size of a unit must be a positive number, got {size_m}")
    west, south, east, north = bounds
    count = (east - west) * (north - south) / area_m2
    if not count <= MAXIMUM_UNITS:
        raise ValueError(
            f"units of {size_m / 1000:g} km would be about {count:,.0f}, more than the "
            f"{MAXIMUM_UNITS:,} that can be worked on"
        )
    return bounds


def _cells(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> Cells:
    """Make polygons of corners; equal corners come from equal whole numbers, so they agree."""
    rings = np.round(np.stack([x, y], axis=2), 3)
    names = [
        f"r{r}c{c}" for r, c in zip((row + 1).tolist(), (column + 1).tolist(), strict=True)
    ]
    return Cells(np.array(names, dtype=np.str_), np.asarray(shapely.polygons(rings)))
