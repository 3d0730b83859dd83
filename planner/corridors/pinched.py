"""Pinch points and barriers of the corridors of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage

from algorithms.connectivity.cost_distance import cost_distance
from algorithms.control import NULL_CONTROL, PartControl
from algorithms.corridors.barriers import BarrierSearch, LinkedPair, barriers_between
from algorithms.corridors.cores import EIGHT_NEIGHBOURS
from algorithms.corridors.least_cost import ROUNDING
from algorithms.corridors.pinch_points import corridor_current, current_of_all
from layers.shapes import outline
from planner.corridors.drawn import DrawnCorridors, FileCorridor, read_corridors
from planner.corridors.file_land import FileLand
from planner.corridors.inputs import InputError
from planner.corridors.outputs import Layer, ResultFolder, Row
from planner.corridors.resistances import ResistanceInput
from planner.pipeline.pinch_records import (
    BARRIER_COLUMNS,
    BARRIER_UNIT,
    CURRENT_UNIT,
    DISCS_PER_CORRIDOR,
    LEAST_SHARE,
    PINCH_COLUMNS,
    PLACE_COLUMNS,
    PLACES_PER_CORRIDOR,
    RADII_CELLS,
    SEPARATION_CELLS,
    barrier_rows,
    pinch_rows,
)
from planner.pipeline.widths import CorridorCells
from planner.records import number

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.control import Control
    from algorithms.corridors.pinch_points import CorridorCurrent
    from layers.grid import Grid

RANKED = ("rank", "corridor_id", "core_a", "core_b", "x", "y", *PLACE_COLUMNS)
PINCH_TABLE = (*RANKED, *PINCH_COLUMNS)
BARRIER_TABLE = (*RANKED, *BARRIER_COLUMNS)
CORRIDOR_TABLE = (
    "corridor_id",
    "core_a",
    "core_b",
    "area_km2",
    "countries",
    "least_cost",
    "resistance_ohm",
    "pinch_points",
    "highest_share",
    "cells_across",
    "barriers",
    "saved_percent",
    "reason",
)
MOST_DISCS = 100
"""Places to restore that are listed at most, whatever the number of corridors."""


@dataclass(frozen=True)
class PinchRequest:
    """Which corridors are to be looked at.

    Parameters
    ----------
    resistance : Path
        Resistance of the land; gives the grid.
    drawn : DrawnCorridors
        The corridors and their cores.
    out : Path
        Folder for the results.
    radii_m : tuple of float
        Radii of the discs whose restoration is tried; 1, 2 and 4 cells where empty.
    countries : bool
        Whether to look countries up in the base map.
    """

    resistance: Path
    drawn: DrawnCorridors
    out: Path
    radii_m: tuple[float, ...] = ()
    countries: bool = True


@dataclass(frozen=True)
class Pinched:
    """What was found, and where it was written.

    Parameters
    ----------
    corridors : list of dict
        A row each; with the reason where nothing could be found.
    pinch_points, barriers : list of dict
        The places, the one that counts most first.
    cell_m : float
        Side of a cell.
    least_resistance : float
        The lowest of the land; restored land is taken to have 1.
    written : list of Path
        Files.
    """

    corridors: list[Row]
    pinch_points: list[Row]
    barriers: list[Row]
    cell_m: float
    least_resistance: float
    written: list[Path]


def look_at_corridors(request: PinchRequest, control: Control = NULL_CONTROL) -> Pinched:
    """Find where corridors are narrow to a current and what to restore, and write it.

    Parameters
    ----------
    request : PinchRequest
        Which corridors.
    control : Control
        Told the progress; may cancel. Nothing is written before all is found.

    Raises
    ------
    LayerReadError, InputError
        A file cannot be read or used; a radius is less than a cell.
    LayerWriteError
        The results cannot be written.
    """
    resistance = ResistanceInput(request.resistance)
    raster = resistance.read()
    radii_m = _radii(request, raster.grid)
    parameters = {
        "resistance": str(request.resistance),
        **request.drawn.parameters(),
        "radii_m": list(radii_m),
        "restored_resistance": BarrierSearch(radii_m).restored_resistance,
        "separation_cells": SEPARATION_CELLS,
        "least_share": LEAST_SHARE,
        "pinch_points_per_corridor": PLACES_PER_CORRIDOR,
        "barriers_per_corridor": DISCS_PER_CORRIDOR,
        "cell_size_m": list(raster.grid.cell_size),
        "crs": raster.grid.crs,
        "countries": request.countries,
    }
    inputs = (*resistance.paths, *request.drawn.paths)
    folder = ResultFolder(request.out, "circuit", inputs, parameters)
    corridors = read_corridors(request.drawn, raster.grid, request.resistance)
    land = FileLand.of(raster.grid, countries=request.countries)
    control.report(0.1)
    search = _Search(raster.values, land, corridors)
    search.measure_costs(PartControl(control, 0.1, 0.3))
    search.send_currents(PartControl(control, 0.3, 0.6))
    search.score_barriers(radii_m, PartControl(control, 0.6, 0.95))
    search.write(folder)
    control.report(1.0)
    return Pinched(
        search.rows,
        search.pinch_points,
        search.barriers,
        max(raster.grid.cell_size),
        float(np.nanmin(raster.values)),
        folder.written,
    )


def _radii(request: PinchRequest, grid: Grid) -> tuple[float, ...]:
    side_m = max(grid.cell_size)
    if not request.radii_m:
        return tuple(radius * side_m for radius in RADII_CELLS)
    if min(request.radii_m) < side_m:
        raise InputError(
            f"A radius of {min(request.radii_m):g} m is less than a cell of {side_m:g} m of "
            f"{request.resistance}, so no disc of that size can be told. Give a radius of "
            f"{side_m:g} m or more, or a finer grid."
        )
    return tuple(sorted(set(request.radii_m)))


@dataclass
class _Search:
    """The search, and the rows that tell of it; one of each per corridor."""

    resistance: NDArray[np.float64]
    land: FileLand
    corridors: list[FileCorridor]

    def __post_init__(self) -> None:
        self.cells = [self._passable(corridor.cells) for corridor in self.corridors]
        self.rows = [
            self._row(corridor, cells)
            for corridor, cells in zip(self.corridors, self.cells, strict=True)
        ]
        self.least: dict[int, float] = {}
        self.currents: list[CorridorCurrent] = []
        self.pinch_points: list[Row] = []
        self.percent = np.zeros(self.resistance.shape)
        self.barriers: list[Row] = []

    def _passable(self, cells: CorridorCells) -> CorridorCells:
        return CorridorCells(*(part & np.isfinite(self.resistance) for part in cells))

    def _row(self, corridor: FileCorridor, cells: CorridorCells) -> Row:
        area_km2 = float(cells.swath.sum()) * self.land.grid.cell_area_km2
        whole = corridor.cells.swath | corridor.cells.core_a | corridor.cells.core_b
        return {
            **_ends(corridor),
            "area_km2": round(area_km2, 3),
            "countries": self.land.names(whole),
            "pinch_points": 0,
            "barriers": 0,
            "reason": corridor.reason or _why_not(corridor, cells),
        }

    def measure_costs(self, control: Control) -> None:
        """Find the least-cost distance between the cores of each corridor, over all land."""
        usable = [at for at, row in enumerate(self.rows) if not row["reason"]]
        usable.sort(key=lambda at: self.corridors[at].core_a)
        first, control = PartControl(control, 0.0, 0.4), PartControl(control, 0.4, 1.0)
        bounds = {
            at: self._cost_within(at, _part(first, done, len(usable)))
            for done, at in enumerate(usable)
        }
        start, cost = "", self.resistance
        for done, at in enumerate(usable):
            cells, part = self.cells[at], _part(control, done, len(usable))
            if done == 0 or self.corridors[at].core_a != start:
                start = self.corridors[at].core_a
                same = (bounds[to] for to in usable if self.corridors[to].core_a == start)
                cost = cost_distance(
                    self.resistance,
                    cells.core_a,
                    cell_size=self.land.grid.cell_size,
                    max_cost=max(same) * (1 + ROUNDING),
                    control=part,
                ).cost
            least = float(cost[cells.core_b].min())
            if np.isfinite(least):
                self.least[at] = least
                self.rows[at]["least_cost"] = round(least, 3)
            else:
                self.rows[at]["reason"] = "no passable land joins its cores"
        control.report(1.0)

    def _cost_within(self, at: int, control: Control) -> float:
        """Return the least cost within a corridor, which is no less than that over all land."""
        cells = self.cells[at]
        inside = np.logical_or.reduce(cells)
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        land = np.where(inside[window], self.resistance[window], np.nan)
        side = self.land.grid.cell_size
        cost = cost_distance(land, cells.core_a[window], cell_size=side, control=control).cost
        return float(cost[cells.core_b[window]].min())

    def send_currents(self, control: Control) -> None:
        """Send a current through each corridor and list where it is narrow."""
        for done, at in enumerate(sorted(self.least)):
            part = _part(control, done, len(self.least))
            current = corridor_current(self.resistance, *self.cells[at], control=part)
            if current is None:
                self.rows[at]["reason"] = "no way leads from core to core within the corridor"
                continue
            self.currents.append(current)
            found = pinch_rows(self.land, current)
            top = int(np.argmax(np.nan_to_num(current.current, nan=-1.0)))
            self.rows[at] |= {
                "resistance_ohm": round(current.resistance, 3),
                "pinch_points": len(found),
                "highest_share": round(float(current.current.flat[top]), 4),
                "cells_across": round(float(current.ways.flat[top]), 2),
            }
            self.pinch_points += [{**_ends(self.corridors[at]), **row} for row in found]
        self.pinch_points.sort(
            key=lambda row: (
                -number(row["current_share"]),
                number(row["cells_across"]),
                str(row["corridor_id"]),
            )
        )
        _rank(self.pinch_points)
        control.report(1.0)

    def score_barriers(self, radii_m: tuple[float, ...], control: Control) -> None:
        """Score every disc of land for the pairs of cores, and list what to restore."""
        labels = np.zeros(self.resistance.shape, dtype=np.int32)
        numbers: dict[str, int] = {}
        corridors_of: dict[tuple[int, int], list[int]] = {}
        for at in sorted(self.least):
            corridor, cells = self.corridors[at], self.cells[at]
            for name, core in (
                (corridor.core_a, cells.core_a),
                (corridor.core_b, cells.core_b),
            ):
                labels[core] = numbers.setdefault(name, len(numbers) + 1)
            ends = sorted((numbers[corridor.core_a], numbers[corridor.core_b]))
            corridors_of.setdefault((ends[0], ends[1]), []).append(at)
        found = barriers_between(
            self.resistance,
            labels,
            [LinkedPair(*ends, self.least[of[0]]) for ends, of in corridors_of.items()],
            BarrierSearch(radii_m),
            cell_size=self.land.grid.cell_size,
            control=control,
        )
        self.percent = found.percent
        of_pair = list(corridors_of.values())
        for pair_at, place in barrier_rows(self.land, found, most=MOST_DISCS):
            for at in of_pair[pair_at]:
                row = self.rows[at]
                row["barriers"] = int(number(row["barriers"])) + 1
                saved = max(number(row.get("saved_percent")), number(place["saved_percent"]))
                row["saved_percent"] = saved
            first = _ends(self.corridors[of_pair[pair_at][0]])
            names = [self.corridors[at].corridor_id for at in of_pair[pair_at]]
            self.barriers.append({**first, "corridor_id": ", ".join(names), **place})
        _rank(self.barriers)

    def write(self, folder: ResultFolder) -> None:
        """Write rasters, layers, tables and the record of the run."""
        grid = self.land.grid
        total, greatest = current_of_all(self.currents, grid.shape)
        folder.raster("current.tif", greatest, grid, unit=CURRENT_UNIT)
        folder.raster("current_sum.tif", total, grid, unit="amperes, over all corridors")
        folder.raster("barriers.tif", self.percent, grid, unit=BARRIER_UNIT)
        outlined = [
            {**row, "geometry": outline(corridor.cells.swath, grid)}
            for row, corridor in zip(self.rows, self.corridors, strict=True)
        ]
        folder.geopackage(
            "circuit.gpkg",
            [
                Layer("pinch_points", (*PINCH_TABLE, "geometry"), _points(self.pinch_points)),
                Layer("barriers", (*BARRIER_TABLE, "geometry"), _points(self.barriers)),
                Layer("corridors", (*CORRIDOR_TABLE, "geometry"), outlined),
            ],
            grid.crs,
        )
        folder.table("pinch_points.csv", PINCH_TABLE, self.pinch_points)
        folder.table("barriers.csv", BARRIER_TABLE, self.barriers)
        folder.table("circuit.csv", CORRIDOR_TABLE, self.rows)
        folder.record({"corridors": self.rows})


def _ends(corridor: FileCorridor) -> Row:
    return {
        "corridor_id": corridor.corridor_id,
        "core_a": corridor.core_a,
        "core_b": corridor.core_b,
    }


def _why_not(corridor: FileCorridor, cells: CorridorCells) -> str:
    """Return why there is nothing to find; empty where there may be."""
    names = (corridor.core_a, corridor.core_b)
    for name, core in zip(names, (cells.core_a, cells.core_b), strict=True):
        if not core.any():
            return f"core {name} lies on NoData with all its cells"
    near = ndimage.binary_dilation(cells.core_a, structure=EIGHT_NEIGHBOURS)
    if np.any(near & cells.core_b):
        return "its cores touch, so there is no land between them"
    return ""


def _part(control: Control, done: int, count: int) -> PartControl:
    return PartControl(control, done / count, (done + 1) / count)


def _rank(rows: list[Row]) -> None:
    for rank, row in enumerate(rows, 1):
        row["rank"] = rank


def _points(rows: list[Row]) -> list[Row]:
    return [
        {**row, "geometry": shapely.Point(number(row["x"]), number(row["y"]))} for row in rows
    ]
