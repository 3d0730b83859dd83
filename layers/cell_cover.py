"""How much of each cell of a grid an area covers, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from typing import TypeVar

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.grid import Grid

    Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True, eq=False)
class CellCover:
    """The cells that an area reaches into.

    Attributes
    ----------
    rows, columns : slice
        Where these cells lie in the grid.
    share : (rows, columns) float64
        Share of each cell that the area covers, 0 to 1.
    cell_km2 : float
        Area of a cell.
    """

    rows: slice
    columns: slice
    share: NDArray[np.float64]
    cell_km2: float

    @property
    def area_km2(self) -> float:
        """Area inside the grid."""
        return float(self.share.sum()) * self.cell_km2

    def cut(self, values: NDArray[Value]) -> NDArray[Value]:
        """Return the part of a (rows, columns) array of the whole grid in these cells."""
        part: NDArray[Value] = values[self.rows, self.columns]
        return part

    def km2_where(self, mask: NDArray[np.bool_]) -> float:
        """Return the area inside the true cells of a mask of the whole grid."""
        return float(self.share[self.cut(mask)].sum()) * self.cell_km2

    def weighted_km2(self, weight: NDArray[np.float64]) -> float:
        """Return the area with each cell counted by its weight, an array of the whole grid."""
        return float((self.share * self.cut(weight)).sum()) * self.cell_km2


def cell_cover(area: BaseGeometry, grid: Grid) -> CellCover:
    """Measure how much of each cell an area covers.

    The share of a cell follows from the edges that run through it: no cell is sampled, so the
    shares add up to the area as exactly as floating-point numbers allow.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        Valid, in the CRS of the grid; what lies beyond the grid is not counted.
    grid : Grid
        Square or rectangular cells.
    """
    inside = shapely.intersection(area, shapely.box(*grid.bounds))
    polygons = [
        item
        for item in shapely.get_parts(shapely.get_parts(inside))
        if item.geom_type == "Polygon" and not item.is_empty
    ]
    if not polygons:
        nothing = np.zeros((0, 0))
        return CellCover(slice(0, 0), slice(0, 0), nothing, grid.cell_area_km2)
    start, end = _edges(np.array(polygons), grid)
    top, left = np.floor(np.minimum(start, end).min(axis=0)).astype(int)
    bottom, right = np.ceil(np.maximum(start, end).max(axis=0)).astype(int)
    bottom, right = max(bottom, top + 1), max(right, left + 1)
    share = _shares(start - (top, left), end - (top, left), (bottom - top, right - left))
    return CellCover(slice(top, bottom), slice(left, right), share, grid.cell_area_km2)


def _edges(
    polygons: NDArray[np.object_], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return start and end of every edge in cells, (n, 2) row and column; land on one side."""
    oriented = shapely.orient_polygons(polygons)
    rings = shapely.get_rings(oriented)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    cells = np.column_stack(
        [
            (points[:, 1] - grid.transform.f) / grid.transform.e,
            (points[:, 0] - grid.transform.c) / grid.transform.a,
        ]
    )
    rows, columns = grid.shape
    cells = np.clip(cells, 0.0, (rows, columns))  # rounding at the rim of the grid
    same = ring[1:] == ring[:-1]
    return cells[:-1][same], cells[1:][same]


def _shares(
    start: NDArray[np.float64], end: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Add up what each piece of an edge encloses with the cells to the right of it."""
    first, last = _cut_at_cells(start, end)
    drop = last[:, 0] - first[:, 0]
    middle = (first + last) / 2
    rows, columns = shape
    row = np.clip(np.floor(middle[:, 0]).astype(np.int64), 0, rows - 1)
    column = np.clip(np.floor(middle[:, 1]).astype(np.int64), 0, columns - 1)
    beside = middle[:, 1] - column
    width = columns + 1
    cell = row * width + column
    size = rows * width
    steps = np.bincount(cell, weights=drop * (1.0 - beside), minlength=size)
    steps += np.bincount(cell + 1, weights=drop * beside, minlength=size)[:size]
    covered = np.cumsum(steps.reshape(rows, width), axis=1)[:, :columns]
    return np.clip(np.abs(covered), 0.0, 1.0)


def _cut_at_cells(
    start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut edges where they cross from cell to cell; (n, 2) to (m, 2) each."""
    step = end - start
    edges = np.arange(len(start))
    owner, along = [edges, edges], [np.zeros(len(start)), np.ones(len(start))]
    for axis in (0, 1):
        low = np.minimum(start[:, axis], end[:, axis])
        high = np.maximum(start[:, axis], end[:, axis])
        first = np.floor(low).astype(np.int64) + 1
        count = np.maximum(np.ceil(high).astype(np.int64) - first, 0)
        of = np.repeat(edges, count)
        number = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
        line = first[of] + number
        owner.append(of)
        along.append((line - start[of, axis]) / step[of, axis])
    who, where = np.concatenate(owner), np.clip(np.concatenate(along), 0.0, 1.0)
    order = np.lexsort((where, who))
    who, where = who[order], where[order]
    points = start[who] + where[:, None] * step[who]
    same = who[1:] == who[:-1]
    return points[:-1][same], points[1:][same]
