"""How wide the corridors of a file are, and where they are too narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.corridors.borders import length_within
from algorithms.corridors.widening import WidthBelowCellError
from layers.shapes import outline
from planner.corridors.drawn import DrawnCorridors, FileCorridor, grid_for, read_corridors
from planner.corridors.file_land import FileLand
from planner.corridors.outputs import Layer, ResultFolder, Row
from planner.pipeline.width_records import (
    countries_along,
    lengths_of,
    main_country,
    mean_width_m,
    places,
)
from planner.pipeline.widths import WideningGround, measure_width

if TYPE_CHECKING:
    from pathlib import Path

    from algorithms.control import Control
    from planner.pipeline.widths import Width

WIDTH_COLUMNS = (
    "corridor_id",
    "core_a",
    "core_b",
    "length_km",
    "throat_m",
    "throat_flow_m",
    "mean_width_m",
    "needed_m",
    "bottlenecks",
    "narrow_km",
    "narrow_km_by_country",
    "length_km_by_country",
    "reason",
)
PROFILE_COLUMNS = ("corridor_id", "distance_m", "width_m", "country", "x", "y")
BOTTLENECK_COLUMNS = (
    "corridor_id",
    "rank",
    "start_m",
    "end_m",
    "length_m",
    "width_m",
    "shortfall_m",
    "certain",
    "country",
    "length_km_by_country",
)


@dataclass(frozen=True)
class WidthRequest:
    """Which corridors are to be measured.

    Parameters
    ----------
    drawn : DrawnCorridors
        The corridors.
    needed_m : float
        Width below which a stretch is too narrow, > 0.
    out : Path
        Folder for the results.
    grid : Path or None
        Raster that gives the grid.
    cell_size_m : float or None
        Side of a cell where all is shapes.
    countries : bool
        Whether to look countries up in the base map.
    """

    drawn: DrawnCorridors
    needed_m: float
    out: Path
    grid: Path | None = None
    cell_size_m: float | None = None
    countries: bool = True


@dataclass(frozen=True)
class Widths:
    """What was measured, and where it was written.

    Parameters
    ----------
    corridors, bottlenecks : list of dict
        A row each.
    cell_m : float
        Side of a cell: widths are true to that.
    written : list of Path
        Files.
    """

    corridors: list[Row]
    bottlenecks: list[Row]
    cell_m: float
    written: list[Path]


def measure(request: WidthRequest, control: Control = NULL_CONTROL) -> Widths:
    """Measure corridors and write what was found.

    Parameters
    ----------
    request : WidthRequest
        What is to be measured.
    control : Control
        Told the progress; may cancel. Nothing is written before all is measured.

    Raises
    ------
    LayerReadError, InputError
        A file cannot be read or used.
    WidthBelowCellError
        The width needed is less than a cell.
    LayerWriteError
        The results cannot be written.
    """
    drawn = request.drawn
    grid, like = grid_for(drawn, request.needed_m, request.grid, request.cell_size_m)
    if request.needed_m < max(grid.cell_size):
        raise WidthBelowCellError(request.needed_m, grid.cell_size)
    inputs = (*drawn.paths, *(() if request.grid is None else (request.grid,)))
    parameters = {
        **drawn.parameters(),
        "needed_m": request.needed_m,
        "cell_size_m": list(grid.cell_size),
        "crs": grid.crs,
    }
    folder = ResultFolder(request.out, "width", inputs, parameters)
    found = read_corridors(drawn, grid, like)
    land = FileLand.of(grid, countries=request.countries)
    control.report(0.2)
    told = [
        _measured(
            land,
            request.needed_m,
            corridor,
            PartControl(control, 0.2 + 0.7 * i / len(found), 0.2 + 0.7 * (i + 1) / len(found)),
        )
        for i, corridor in enumerate(found)
    ]
    corridors = [one.corridor for one in told]
    narrow = [row for one in told for row in one.bottlenecks]
    _write(folder, told, grid.crs)
    control.report(1.0)
    return Widths(corridors, narrow, max(grid.cell_size), folder.written)


@dataclass(frozen=True)
class _Told:
    """The rows of one corridor."""

    corridor: Row
    vertices: list[Row]
    lines: list[Row]
    bottlenecks: list[Row]
    throats: list[Row]


def _measured(
    land: FileLand, needed_m: float, corridor: FileCorridor, control: Control
) -> _Told:
    row: Row = {
        "corridor_id": corridor.corridor_id,
        "core_a": corridor.core_a,
        "core_b": corridor.core_b,
        "needed_m": needed_m,
    }
    if corridor.reason:
        return _Told({**row, "reason": corridor.reason}, [], [], [], [])
    even = np.ones(land.grid.shape)  # files exclude nothing: the corridor is as it is drawn
    nothing = np.zeros(land.grid.shape, dtype=np.bool_)
    ground = WideningGround(even, nothing, needed_m)
    width = measure_width(ground, corridor.cells, land.grid.cell_size, control)
    if width.passage is None:
        why = "no way leads from core to core within the corridor"
        return _Told({**row, "reason": why}, [], [], [], [])
    return _rows(land, row, width)


def _rows(land: FileLand, row: Row, width: Width) -> _Told:
    found = width.passage
    if found is None:
        raise ValueError("a corridor without a way has no rows")
    profile = found.profile
    corridor_id = row["corridor_id"]
    parts = countries_along(land, profile)
    narrow_m: dict[str, float] = {}
    for stretch in width.narrow:
        for iso3, km in lengths_of(land, parts, stretch).items():
            narrow_m[iso3] = narrow_m.get(iso3, 0.0) + km
    length_m = float(profile.distance_m[-1])
    x, y = places(land, profile.rows, profile.columns)
    names = ["" if part.country == 0 else land.iso3[part.country - 1] for part in parts]
    ends = np.array([part.end_m for part in parts])
    at = np.minimum(np.searchsorted(ends, profile.distance_m), len(parts) - 1)
    vertices: list[Row] = [
        {
            "corridor_id": corridor_id,
            "distance_m": round(float(profile.distance_m[i]), 1),
            "width_m": round(float(profile.width_m[i]), 1),
            "country": names[at[i]],
            "x": round(float(x[i]), 1),
            "y": round(float(y[i]), 1),
            "geometry": shapely.Point(x[i], y[i]),
        }
        for i in range(len(x))
    ]
    whole = length_within(parts, 0.0, length_m)
    told = {
        **row,
        "length_km": round(length_m / 1000.0, 3),
        "throat_m": round(found.width_m, 1),
        "throat_flow_m": width.flow_m,
        "mean_width_m": mean_width_m(found),
        "bottlenecks": len(width.narrow),
        "narrow_km": round(sum(s.length_m for s in width.narrow) / 1000.0, 3),
        "narrow_km_by_country": narrow_m,
        "length_km_by_country": {
            land.iso3[code - 1] if code else "": round(metres / 1000.0, 3)
            for code, metres in whole.items()
        },
    }
    return _Told(
        told,
        vertices,
        [{"corridor_id": corridor_id, "geometry": _line(x, y)}],
        _narrow_rows(land, corridor_id, width),
        _throats(land, corridor_id, width),
    )


def _narrow_rows(land: FileLand, corridor_id: object, width: Width) -> list[Row]:
    found = width.passage
    if found is None:
        return []
    profile = found.profile
    parts = countries_along(land, profile)
    rows: list[Row] = []
    for rank, stretch in enumerate(width.narrow, 1):
        inside = (profile.distance_m >= stretch.start_m) & (profile.distance_m <= stretch.end_m)
        x, y = places(land, profile.rows[inside], profile.columns[inside])
        rows.append(
            {
                "corridor_id": corridor_id,
                "rank": rank,
                "start_m": round(stretch.start_m, 1),
                "end_m": round(stretch.end_m, 1),
                "length_m": round(stretch.length_m, 1),
                "width_m": round(stretch.width_m, 1),
                "shortfall_m": round(stretch.shortfall_m, 1),
                "certain": stretch.shortfall_m > max(land.grid.cell_size),
                "country": main_country(land, parts, stretch) or "",
                "length_km_by_country": lengths_of(land, parts, stretch),
                "geometry": _line(x, y),
            }
        )
    return rows


def _throats(land: FileLand, corridor_id: object, width: Width) -> list[Row]:
    """Return the cells along which all ways together are narrowest."""
    if width.flow is None:
        return []
    cut = np.zeros(land.grid.shape, dtype=np.bool_)
    cut[width.flow.rows, width.flow.columns] = True
    return [
        {
            "corridor_id": corridor_id,
            "width_m": width.flow_m,
            "geometry": outline(cut, land.grid),
        }
    ]


def _line(x: np.ndarray, y: np.ndarray) -> shapely.LineString:
    points = np.column_stack([x, y])
    return shapely.LineString(np.repeat(points, 2, axis=0) if len(points) == 1 else points)


def _write(folder: ResultFolder, told: list[_Told], crs: str) -> None:
    vertices = [row for one in told for row in one.vertices]
    narrow = [row for one in told for row in one.bottlenecks]
    folder.geopackage(
        "width.gpkg",
        [
            Layer(
                "lines",
                ("corridor_id", "geometry"),
                [row for one in told for row in one.lines],
            ),
            Layer("profile", (*PROFILE_COLUMNS[:4], "geometry"), vertices),
            Layer("bottlenecks", (*BOTTLENECK_COLUMNS, "geometry"), narrow),
            Layer(
                "throat",
                ("corridor_id", "width_m", "geometry"),
                [row for one in told for row in one.throats],
            ),
            Layer("corridors", WIDTH_COLUMNS, [one.corridor for one in told]),
        ],
        crs,
    )
    folder.table("widths.csv", WIDTH_COLUMNS, [one.corridor for one in told])
    folder.table("profile.csv", PROFILE_COLUMNS, vertices)
    folder.table("bottlenecks.csv", BOTTLENECK_COLUMNS, narrow)
    folder.record({"corridors": [one.corridor for one in told]})
