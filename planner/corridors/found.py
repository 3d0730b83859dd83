"""Corridors between the cores of a file, over a resistance of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from algorithms.connectivity.cost_distance import cost_distance
from algorithms.control import NULL_CONTROL, PartControl
from algorithms.corridors.adjacency import (
    CorePair,
    SeparatedPair,
    neighbouring_zones,
    separated_pairs,
)
from algorithms.corridors.cores import country_shares
from algorithms.corridors.least_cost import Corridor, SwathRule, corridors_between, mosaic
from algorithms.corridors.width import passage
from layers.shapes import line_through, outline, outlines
from planner.corridors.file_land import FileLand
from planner.corridors.inputs import CoreSet, InputError, Source, read_cores
from planner.corridors.outputs import Layer, ResultFolder, Row
from planner.corridors.place import cut_grid
from planner.pipeline.corridors import (
    crossings,
    kilometres_by_country,
    square_kilometres_by_country,
)
from planner.records import number, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.connectivity.cost_distance import CostSurface
    from algorithms.control import Control
    from planner.corridors.resistances import ResistanceInput

CORRIDOR_COLUMNS = (
    "corridor_id",
    "core_a",
    "core_b",
    "status",
    "reason",
    "cost",
    "length_km",
    "cost_per_m",
    "throat_m",
    "area_km2",
    "mean_width_m",
    "cutoff",
    "adjoining",
    "countries",
    "length_km_by_country",
    "area_km2_by_country",
    "crossings",
    "through",
)
JOINED, NOT_JOINED = "corridor", "not joined"
LEFT_OUT = "left out"
CROSSING_COLUMNS = ("corridor_id", "border", "lon", "lat")
CORE_COLUMNS = ("core_id", "number", "cells", "area_km2", "country", "neighbours", "status")


@dataclass(frozen=True)
class FindRequest:
    """Which corridors are to be found.

    Parameters
    ----------
    resistance : ResistanceInput
        The land.
    cores : Source
        Raster of labels, or shapes.
    out : Path
        Folder for the results.
    rule : SwathRule
        Which land is in a corridor.
    core_field : str
        Column that names the core of a shape; see `read_cores`.
    max_cost : float
        Largest cost between neighbours, in resistance times metres.
    neighbours : {8, 4}
        Whether steps may be diagonal.
    countries : bool
        Whether to look countries up in the base map.
    across_borders_only : bool
        Leave out corridors between cores of one country.
    """

    resistance: ResistanceInput
    cores: Source
    out: Path
    rule: SwathRule
    core_field: str = ""
    max_cost: float = np.inf
    neighbours: int = 8
    countries: bool = True
    across_borders_only: bool = False

    def parameters(self) -> dict[str, object]:
        """Return what the corridors are found with, for the record."""
        return {
            **self.resistance.parameters(),
            "cores": str(self.cores),
            "core_field": self.core_field,
            "cutoff_cost": self.rule.cost,
            "cutoff_share": self.rule.share,
            "mean_width_m": self.rule.mean_width_m,
            "max_cost": None if np.isinf(self.max_cost) else self.max_cost,
            "neighbours": self.neighbours,
            "countries": self.countries,
            "across_borders_only": self.across_borders_only,
        }


@dataclass(frozen=True)
class Found:
    """What was found, and where it was written.

    Parameters
    ----------
    corridors : list of dict
        One row per corridor in the order of the cores, then one per pair that is not joined,
        with the reason.
    crossings : list of dict
        Where they cross borders.
    cores : list of dict
        The cores.
    written : list of Path
        Files.
    """

    corridors: list[Row]
    crossings: list[Row]
    cores: list[Row]
    written: list[Path] = field(default_factory=list)

    @property
    def joined(self) -> list[Row]:
        """The corridors proper."""
        return [row for row in self.corridors if row["status"] == JOINED]

    @property
    def apart(self) -> list[Row]:
        """The pairs that are not joined, with their reasons."""
        return [row for row in self.corridors if row["status"] != JOINED]

    @property
    def left_out(self) -> list[Row]:
        """The cores that could not take part, with their reasons."""
        return [row for row in self.cores if str(row["status"]).startswith(LEFT_OUT)]


def find(request: FindRequest, control: Control = NULL_CONTROL) -> Found:
    """Find corridors and write them.

    Parameters
    ----------
    request : FindRequest
        What is to be found.
    control : Control
        Told the progress; may cancel. Nothing is written before all is found.

    Raises
    ------
    LayerReadError, InputError
        A file cannot be read or used.
    LayerWriteError
        The results cannot be written.
    """
    inputs = (*request.resistance.paths, request.cores.path)
    raster = request.resistance.read()
    folder = ResultFolder(request.out, "corridors", inputs, request.parameters())
    cores = read_cores(
        request.cores, raster.grid, request.resistance.paths[0], request.core_field
    )
    if len(cores.ids) < 2:
        raise InputError(
            f"{request.cores} holds one core only, {cores.ids[0]}, and a corridor needs two. "
            "Give each core a number or a shape of its own."
        )
    land = FileLand.of(raster.grid, countries=request.countries)
    control.report(0.1)
    search = _Search(request, raster.values, cores, land)
    found = search.run(PartControl(control, 0.1, 0.9))
    _write(folder, search, found)
    control.report(1.0)
    return Found(found.corridors, found.crossings, found.cores, folder.written)


@dataclass
class _Search:
    """The search for corridors, and the rows that tell of them."""

    request: FindRequest
    resistance: NDArray[np.float64]
    cores: CoreSet
    land: FileLand

    def __post_init__(self) -> None:
        self.labels = np.where(np.isfinite(self.resistance), self.cores.labels, 0).astype(
            np.int32
        )
        self.core_country = self._core_countries()
        self.surface: CostSurface | None = None
        self.found: tuple[Corridor, ...] = ()

    def run(self, control: Control) -> Found:
        side, request = self.land.grid.cell_size, self.request
        pairs: tuple[CorePair, ...] = ()
        if self.labels.any():
            self.surface = cost_distance(
                self.resistance,
                self.labels,
                cell_size=side,
                neighbours=request.neighbours,
                control=PartControl(control, 0.0, 0.3),
            )
            pairs = neighbouring_zones(
                self.surface,
                self.resistance,
                self.labels,
                cell_size=side,
                neighbours=request.neighbours,
            )
        apart = separated_pairs(
            self.resistance,
            self.cores.labels,
            cell_size=side,
            control=PartControl(control, 0.3, 0.4),
        )
        wanted = [pair for pair in pairs if self._is_wanted(pair)]
        near = [pair for pair in wanted if self._is_affordable(pair)]
        self.found = corridors_between(
            self.resistance,
            self.labels,
            near,
            cell_size=side,
            rule=request.rule,
            neighbours=request.neighbours,
            control=PartControl(control, 0.4, 0.6),
        )
        rows = []
        for done, corridor in enumerate(self.found):
            start, end = (0.6 + 0.4 * (done + more) / len(self.found) for more in (0, 1))
            rows.append(self._row(corridor, PartControl(control, start, end)))
        rows += [self._too_dear(pair) for pair in wanted if not self._is_affordable(pair)]
        rows += [self._apart(pair) for pair in apart]
        crossed = [
            {"corridor_id": self.corridor_id(corridor.core_a, corridor.core_b), **place}
            for corridor in self.found
            for place in crossings(self.land, corridor)
        ]
        return Found(rows, crossed, self._core_rows(pairs))

    def _core_countries(self) -> tuple[str, ...]:
        shares = country_shares(self.cores.labels, self.land.country)
        codes = [*shares.majority.tolist(), *[0] * (len(self.cores.ids) - len(shares.majority))]
        return tuple(self.land.iso3[code - 1] if code else "" for code in codes)

    def _is_wanted(self, pair: CorePair) -> bool:
        if not self.request.across_borders_only:
            return True
        return self.core_country[pair.core_a - 1] != self.core_country[pair.core_b - 1]

    def _is_affordable(self, pair: CorePair) -> bool:
        return pair.adjoining or pair.cost_bound <= self.request.max_cost

    def corridor_id(self, a: int, b: int) -> str:
        """Return what a corridor between two cores is called."""
        return f"{self.cores.ids[a - 1]}:{self.cores.ids[b - 1]}"

    def _ends(self, a: int, b: int) -> Row:
        return {
            "corridor_id": self.corridor_id(a, b),
            "core_a": self.cores.ids[a - 1],
            "core_b": self.cores.ids[b - 1],
        }

    def _row(self, corridor: Corridor, control: Control) -> Row:
        side = self.land.grid.cell_size
        swath = corridor.swath_on(self.land.grid.shape)
        ends = (self.labels == corridor.core_a, self.labels == corridor.core_b)
        width = passage(swath, *ends, cell_size=side, control=control)
        lengths = kilometres_by_country(self.land, corridor)
        held = {self.core_country[corridor.core_a - 1], self.core_country[corridor.core_b - 1]}
        area_m2 = float(swath.sum()) * side[0] * side[1]
        length_m = corridor.length_m
        places = crossings(self.land, corridor)
        return {
            **self._ends(corridor.core_a, corridor.core_b),
            "status": JOINED,
            "cost": round(corridor.cost, 3),
            "length_km": round(length_m / 1000.0, 3),
            "cost_per_m": round(corridor.cost / length_m, 4) if length_m else None,
            "throat_m": None if width is None else round(width.width_m, 1),
            "area_km2": round(area_m2 / 1e6, 3),
            "mean_width_m": round(area_m2 / length_m, 1) if length_m else None,
            "cutoff": round(corridor.cutoff, 3),
            "adjoining": corridor.adjoining,
            "countries": sorted({*lengths, *held} - {""}),
            "length_km_by_country": lengths,
            "area_km2_by_country": square_kilometres_by_country(self.land, swath),
            "crossings": [f"{p['border']} {p['lat']} N {p['lon']} E" for p in places],
            "through": [self.cores.ids[label - 1] for label in corridor.through],
        }

    def _too_dear(self, pair: CorePair) -> Row:
        return {
            **self._ends(pair.core_a, pair.core_b),
            "status": NOT_JOINED,
            "reason": f"it costs about {pair.cost_bound:,.0f}, more than the largest cost",
            "cost": round(pair.cost_bound, 3),
        }

    def _apart(self, pair: SeparatedPair) -> Row:
        why = "no passable land joins them"
        if pair.on_barrier:
            names = " and ".join(self.cores.ids[core - 1] for core in pair.on_barrier)
            why = f"core {names} lies on NoData with all its cells"
        return {
            **self._ends(pair.core_a, pair.core_b),
            "status": NOT_JOINED,
            "reason": why,
            "length_km": round(pair.distance_m / 1000.0, 3),
        }

    def _core_rows(self, pairs: tuple[CorePair, ...]) -> list[Row]:
        count = len(self.cores.ids)
        cells = np.bincount(self.cores.labels.ravel(), minlength=count + 1)
        passable = np.bincount(self.labels.ravel(), minlength=count + 1)
        near: dict[int, list[str]] = {core: [] for core in range(1, count + 1)}
        for pair in pairs:
            near[pair.core_a].append(self.cores.ids[pair.core_b - 1])
            near[pair.core_b].append(self.cores.ids[pair.core_a - 1])
        rows = []
        for core, (name, absent) in enumerate(
            zip(self.cores.ids, self.cores.absent, strict=True), 1
        ):
            status = "joined" if near[core] else "no neighbour that can be reached"
            if absent:
                status = f"{LEFT_OUT}: {absent}"
            elif not passable[core]:
                status = f"{LEFT_OUT}: it lies on NoData with all its cells"
            rows.append(
                {
                    "core_id": name,
                    "number": core,
                    "cells": int(cells[core]),
                    "area_km2": round(float(cells[core]) * self.land.grid.cell_area_km2, 4),
                    "country": self.core_country[core - 1],
                    "neighbours": near[core],
                    "status": status,
                }
            )
        return rows


def _write(folder: ResultFolder, search: _Search, found: Found) -> None:
    grid = search.land.grid
    folder.geopackage("corridors.gpkg", _layers(search, found), grid.crs)
    folder.table("corridors.csv", CORRIDOR_COLUMNS, found.corridors)
    folder.table("crossings.csv", CROSSING_COLUMNS, found.crossings)
    folder.table("cores.csv", CORE_COLUMNS, found.cores)
    if search.surface is not None and search.surface.allocation is not None:
        cost = np.where(np.isfinite(search.surface.cost), search.surface.cost, np.nan)
        unit = "resistance times metres"
        folder.raster("cost_distance.tif", cost, grid, unit=unit)
        folder.raster(
            "allocation.tif", search.surface.allocation, grid, unit="number of a core"
        )
        lowest = mosaic(search.found, grid.shape)
        lowest[~np.isfinite(lowest)] = np.nan
        folder.raster("mosaic.tif", lowest, grid, unit=f"{unit}, above the least cost")
    if search.request.resistance.is_derived:
        shown = np.where(np.isfinite(search.resistance), search.resistance, np.nan)
        folder.raster("resistance.tif", shown, grid, unit="relative cost per metre")
    folder.record(
        {
            "cores": len(found.cores),
            "corridors": len(found.joined),
            "pairs_not_joined": len(found.corridors) - len(found.joined),
        }
    )


def _layers(search: _Search, found: Found) -> list[Layer]:
    grid = search.land.grid
    shapes: Mapping[int, object] = outlines(search.cores.labels, grid)
    by_id = {row["corridor_id"]: row for row in found.joined}
    paths, swaths = [], []
    for corridor in search.found:
        row = by_id[search.corridor_id(corridor.core_a, corridor.core_b)]
        paths.append({**row, "geometry": line_through(corridor.rows, corridor.columns, grid)})
        if corridor.swath.any():
            here = cut_grid(grid, corridor.window)
            swaths.append({**row, "geometry": outline(corridor.swath, here)})
    columns = (*CORRIDOR_COLUMNS, "geometry")
    points = [
        {**row, "geometry": shapely.Point(number(row["x"]), number(row["y"]))}
        for row in found.crossings
    ]
    return [
        Layer(
            "cores",
            (*CORE_COLUMNS, "geometry"),
            [
                {**row, "geometry": shapes.get(whole_number(row["number"]))}
                for row in found.cores
            ],
        ),
        Layer("paths", columns, paths),
        Layer("swaths", columns, swaths),
        Layer("crossings", (*CROSSING_COLUMNS, "geometry"), points),
        Layer("not_joined", ("corridor_id", "core_a", "core_b", "reason"), found.apart),
    ]
