"""Between cells and shapes: polygons burnt into a grid, cells outlined as polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio import features

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.grid import Grid


def burn(shapes: Sequence[BaseGeometry], grid: Grid) -> NDArray[np.int32]:
    """Burn shapes into a grid: each cell gets the number of the shape that holds its centre.

    Parameters
    ----------
    shapes : sequence of geometries
        In the CRS of the grid; an empty one takes no cell. Later ones lie over earlier ones.
    grid : Grid
        Grid to fill.

    Returns
    -------
    (rows, columns) int32
        0 outside; i + 1 in ``shapes[i]``. A shape that holds no cell centre takes the cell of
        its representative point where that cell is free, so that no site vanishes.
    """
    cells = np.zeros(grid.shape, dtype=np.int32)
    pairs = [(shape, number) for number, shape in enumerate(shapes, 1) if not shape.is_empty]
    if not pairs:
        return cells
    features.rasterize(pairs, out=cells, transform=grid.transform)
    present = set(np.unique(cells).tolist())
    for shape, number in pairs:
        if number not in present:
            _burn_point(cells, shape, number, grid)
    return cells


def burn_each(shapes: Sequence[BaseGeometry], grid: Grid) -> list[NDArray[np.bool_]]:
    """Return one mask per shape, so that shapes which overlap keep all their cells.

    Parameters
    ----------
    shapes : sequence of geometries
        In the CRS of the grid.
    grid : Grid
        Grid to fill.

    Returns
    -------
    list of (rows, columns) bool
        As `burn`, for each shape alone.
    """
    return [burn([shape], grid) == 1 for shape in shapes]


def touched(shapes: Sequence[BaseGeometry], grid: Grid) -> NDArray[np.bool_]:
    """Return the cells that any of the shapes touches, lines among them.

    Parameters
    ----------
    shapes : sequence of geometries
        In the CRS of the grid.
    grid : Grid
        Grid to fill.
    """
    cells = np.zeros(grid.shape, dtype=np.uint8)
    drawn = [shape for shape in shapes if not shape.is_empty]
    if drawn:
        features.rasterize(drawn, out=cells, transform=grid.transform, all_touched=True)
    return cells.astype(np.bool_)


def _burn_point(cells: NDArray[np.int32], shape: BaseGeometry, number: int, grid: Grid) -> None:
    point = shapely.point_on_surface(shape)
    row, column, inside = grid.cells_of(np.array([point.x]), np.array([point.y]))
    if inside[0] and cells[row[0], column[0]] == 0:
        cells[row[0], column[0]] = number


def outlines(labels: NDArray[np.int32], grid: Grid) -> Mapping[int, BaseGeometry]:
    """Outline the cells of each label.

    Parameters
    ----------
    labels : (rows, columns) int32
        0 is left out.
    grid : Grid
        Where the cells lie.

    Returns
    -------
    mapping of int to polygon or multi-polygon
        In the CRS of the grid; along cell edges, valid, in rising order of label.
    """
    parts: dict[int, list[BaseGeometry]] = {}
    source = np.ascontiguousarray(labels, dtype=np.int32)
    for shape, value in features.shapes(source, mask=source != 0, transform=grid.transform):
        parts.setdefault(int(value), []).append(shapely.geometry.shape(shape))
    return {label: shapely.union_all(parts[label]) for label in sorted(parts)}


def outline(mask: NDArray[np.bool_], grid: Grid) -> BaseGeometry:
    """Outline the true cells of a mask; an empty multi-polygon where there are none."""
    found = outlines(mask.astype(np.int32), grid)
    return found.get(1, shapely.MultiPolygon())


def line_through(
    rows: NDArray[np.integer], columns: NDArray[np.integer], grid: Grid
) -> BaseGeometry:
    """Return the line through cell centres.

    Parameters
    ----------
    rows, columns : (n,) int
        Cells in order.
    grid : Grid
        Where the cells lie.

    Returns
    -------
    LineString
        Through the centres, in the CRS of the grid; a single cell gives a line of no length.
    """
    x, y = grid.cell_centres()
    points = np.column_stack([x[columns], y[rows]])
    if len(points) == 1:
        points = np.repeat(points, 2, axis=0)
    return shapely.LineString(points)


def merged(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    """Return the union of shapes as one geometry."""
    return shapely.union_all(list(shapes))
