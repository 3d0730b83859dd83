"""Corridors that are given in files, with the two cores that each joins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS

from layers.grid import Grid, equal_area_crs
from layers.shapes import burn
from planner.corridors.inputs import (
    InputError,
    check_metres,
    read_cores,
    read_grid,
    read_mask,
    read_shapes,
    shapes_as_stored,
)
from planner.pipeline.widths import CorridorCells

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from planner.corridors.inputs import CoreSet, Source

CELLS_PER_WIDTH = 10
"""Where no grid is given, the width asked for is so many cells."""
MOST_CELLS = 16_000_000


@dataclass(frozen=True)
class DrawnCorridors:
    """Which corridors of which files are meant.

    Parameters
    ----------
    corridor : Source
        Raster whose cells other than 0 are the corridor, or shapes.
    cores : Source
        The cores.
    core_field : str
        Column that names the core of a shape.
    corridor_id : str
        The one that is meant, or empty for all.
    between : tuple of str
        The two cores, where the file of the corridor does not tell; or empty.
    """

    corridor: Source
    cores: Source
    core_field: str = ""
    corridor_id: str = ""
    between: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files that are read."""
        return (self.corridor.path, self.cores.path)

    def parameters(self) -> dict[str, object]:
        """Return which are meant, for the record."""
        return {
            "corridor": str(self.corridor),
            "cores": str(self.cores),
            "core_field": self.core_field,
            "corridor_id": self.corridor_id,
            "between": list(self.between),
        }


@dataclass(frozen=True)
class FileCorridor:
    """One corridor on a grid.

    Parameters
    ----------
    corridor_id, core_a, core_b : str
        What the files call it and its cores.
    cells : CorridorCells
        Its cells.
    reason : str
        Why it cannot be worked on; empty where it can.
    """

    corridor_id: str
    core_a: str
    core_b: str
    cells: CorridorCells
    reason: str = ""


def grid_for(
    drawn: DrawnCorridors, width_m: float, like: Path | None, cell_size_m: float | None
) -> tuple[Grid, Path]:
    """Return the grid to work on, and the file that gives it.

    That of `like`; else that of the corridor or the cores, where one is a raster; else square
    cells in the system of the corridor's shapes, or in an equal-area one where that is in
    degrees.

    Parameters
    ----------
    drawn : DrawnCorridors
        Files.
    width_m : float
        Width of interest: without another word a cell is a tenth of it.
    like : Path or None
        Raster that gives the grid.
    cell_size_m : float or None
        Side of a cell, for shapes.

    Raises
    ------
    LayerReadError, InputError
        A file cannot be read, lies in degrees, or the grid would be too large.
    """
    rasters = [source.path for source in (drawn.corridor, drawn.cores) if not source.is_vector]
    chosen = like or (rasters[0] if rasters else None)
    if chosen is not None:
        return read_grid(chosen).grid, chosen
    corridor = shapes_as_stored(drawn.corridor, prefer="swaths")
    crs = CRS.from_user_input(corridor.crs)
    if crs.is_geographic:
        crs = CRS.from_user_input(equal_area_crs(tuple(corridor.total_bounds)))
    cores = shapes_as_stored(drawn.cores, prefer="cores").to_crs(crs)
    around = np.array([corridor.to_crs(crs).total_bounds, cores.total_bounds])
    side = cell_size_m or width_m / CELLS_PER_WIDTH
    west, south = around[:, :2].min(axis=0) - side
    east, north = around[:, 2:].max(axis=0) + side
    if not np.isfinite([west, south, east, north]).all():
        raise InputError(f"{drawn.corridor} or {drawn.cores} holds no shape.")
    if side > max(east - west, north - south) - 2 * side:
        raise InputError(
            f"Cells of {side:,.0f} m are larger than all of {drawn.corridor} and "
            f"{drawn.cores}. Take smaller ones with --cell-size, or give a raster with --grid."
        )
    count = (east - west) * (north - south) / side**2
    if count > MOST_CELLS:
        raise InputError(
            f"Cells of {side:g} m would make a grid of {count:,.0f} cells around "
            f"{drawn.corridor} and {drawn.cores}. Take larger ones with --cell-size, or give a "
            "raster with --grid."
        )
    grid = Grid.from_bounds(crs.to_string(), (west, south, east, north), side)
    check_metres(grid, drawn.corridor.path)
    return grid, drawn.corridor.path


def read_corridors(drawn: DrawnCorridors, grid: Grid, like: Path) -> list[FileCorridor]:
    """Read corridors with their cores onto a grid.

    Shapes with the columns ``core_a`` and ``core_b``, as `landbridge corridors` writes them,
    are one corridor for each pair. Otherwise everything in the file is one corridor between
    the two cores there are, or the two that are named.

    Parameters
    ----------
    drawn : DrawnCorridors
        Files, and which corridors are meant.
    grid : Grid
        Grid to work on.
    like : Path
        File that gives it.

    Raises
    ------
    LayerReadError, InputError
        A file cannot be read; a corridor or core is not there; or it is not clear which two
        cores are meant.
    """
    cores = read_cores(drawn.cores, grid, like, drawn.core_field)
    frame = None
    if drawn.corridor.is_vector:
        frame = read_shapes(drawn.corridor, grid, prefer="swaths")
    if frame is not None and {"core_a", "core_b"} <= set(frame.columns):
        found = _of_pairs(drawn, frame, cores, grid)
    else:
        found = [_between(drawn, frame, cores, (grid, like))]
    if not found:
        wanted = drawn.corridor_id or " and ".join(drawn.between) or "any"
        raise InputError(f"{drawn.corridor} holds no corridor {wanted}.")
    return found


def _of_pairs(
    drawn: DrawnCorridors, frame: gpd.GeoDataFrame, cores: CoreSet, grid: Grid
) -> list[FileCorridor]:
    groups: dict[tuple[str, str, str], list[shapely.Geometry]] = {}
    has_id = "corridor_id" in frame.columns
    for row in frame.to_dict("records"):
        a, b = str(row["core_a"]), str(row["core_b"])
        name = str(row["corridor_id"]) if has_id else f"{a}:{b}"
        if drawn.corridor_id and name != drawn.corridor_id:
            continue
        if drawn.between and {a, b} != set(drawn.between):
            continue
        groups.setdefault((name, a, b), []).append(row["geometry"])
    return [
        _joined(name, (a, b), burn([shapely.union_all(shapes)], grid) == 1, cores)
        for (name, a, b), shapes in groups.items()
    ]


def _between(
    drawn: DrawnCorridors,
    frame: gpd.GeoDataFrame | None,
    cores: CoreSet,
    place: tuple[Grid, Path],
) -> FileCorridor:
    ids = drawn.between or cores.ids
    if len(ids) < 2:
        raise InputError(
            f"{drawn.cores} holds one core only, {ids[0]}, and a corridor needs two."
        )
    if len(ids) != 2:
        raise InputError(
            f"{drawn.cores} holds {len(ids)} cores, and {drawn.corridor} does not say which "
            f"two the corridor joins. Name them, for example: --between {ids[0]},{ids[1]}."
        )
    grid, like = place
    mask = (
        read_mask(drawn.corridor, grid, like)
        if frame is None
        else burn(list(frame.geometry), grid) > 0
    )
    return _joined(f"{ids[0]}:{ids[1]}", (ids[0], ids[1]), mask, cores)


def _joined(
    name: str, ends: tuple[str, str], mask: NDArray[np.bool_], cores: CoreSet
) -> FileCorridor:
    numbers = [cores.number(core) for core in ends]
    absent = [
        f"core {cores.ids[number - 1]} has no cell here: {why}"
        for number in numbers
        if (why := cores.absent[number - 1])
    ]
    a, b = (cores.labels == number for number in numbers)
    return FileCorridor(name, *ends, CorridorCells(mask & ~a & ~b, a, b), "; ".join(absent))
