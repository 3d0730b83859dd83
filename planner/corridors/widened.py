"""Widening a corridor of a file over the cost of land of a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, PartControl
from layers.shapes import burn
from planner.corridors.drawn import DrawnCorridors, FileCorridor, read_corridors
from planner.corridors.file_land import FileLand
from planner.corridors.inputs import (
    InputError,
    Source,
    read_grid,
    read_mask,
    read_on,
    read_shapes,
)
from planner.corridors.outputs import Layer, ResultFolder, Row
from planner.corridors.place import LandTypes, Need, SiteShape, WideningPlace
from planner.corridors.result import WideningResult, WideningVariant, best_affordable
from planner.pipeline.widths import WideningGround

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.control import Control
    from layers.grid import Grid

COUNTRY_COLUMNS = ("corridor_id", "country", "to_add_km2", "cost", "whole_km2", "land_types")
CORRIDOR_COLUMNS = (
    "corridor_id",
    "species",
    "width_m",
    "verified_width_m",
    "to_add_km2",
    "cost",
    "lower_bound",
    "gap",
    "bottlenecks_removed",
    "bottlenecks_left",
    "reason",
)
SITE_COLUMNS = ("corridor_id", "site_id", "name", "inside_km2")
VARIANT_COLUMNS = (
    "variant",
    "within_budget",
    "cost",
    "to_add_km2",
    "narrowest_m",
    "shortfall_m2",
    "least_shortfall_m2",
)
_NAME_COLUMNS = ("name_en", "name", "NAME", "Name", "NAME_ENG")
_ID_COLUMNS = ("site_id", "SITE_ID", "WDPAID", "id")


@dataclass(frozen=True)
class WidenRequest:
    """What is to be widened, and how.

    Parameters
    ----------
    drawn : DrawnCorridors
        The corridor.
    cost : Path
        Cost of adding each cell, >= 0; NoData is excluded. It gives the grid.
    width_m : float
        Width to reach everywhere, > 0.
    out : Path
        Folder for the results.
    needs : tuple of (str, float)
        Species and the widths they need; the widest of these and `width_m` holds.
    exclude : tuple of Source
        Land that must not be touched, every cell of it.
    free : tuple of Source
        Land that costs nothing, such as protected areas.
    budget : float or None
        Most that may be spent, in the unit of the cost; then variants are told.
    sites : Source or None
        Sites to tell whether they are touched.
    land_types : Path or None
        Raster of codes of types of land, on the same grid.
    countries : bool
        Whether to look countries up in the base map.
    """

    drawn: DrawnCorridors
    cost: Path
    width_m: float
    out: Path
    needs: tuple[tuple[str, float], ...] = ()
    exclude: tuple[Source, ...] = ()
    free: tuple[Source, ...] = ()
    budget: float | None = None
    sites: Source | None = None
    land_types: Path | None = None
    countries: bool = True

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files that are read."""
        more = [source.path for source in (*self.exclude, *self.free)]
        more += [] if self.sites is None else [self.sites.path]
        more += [] if self.land_types is None else [self.land_types]
        return (self.cost, *self.drawn.paths, *more)

    def parameters(self) -> dict[str, object]:
        """Return what it is widened with, for the record."""
        return {
            **self.drawn.parameters(),
            "cost": str(self.cost),
            "width_m": self.width_m,
            "needs": dict(self.needs),
            "exclude": [str(source) for source in self.exclude],
            "free": [str(source) for source in self.free],
            "budget": self.budget,
        }


@dataclass(frozen=True)
class Widened:
    """What it came to, and where it was written.

    Parameters
    ----------
    result : WideningResult
        The corridor as wide as asked for everywhere, or why it cannot be.
    variants : tuple of WideningVariant
        Cheaper ones, where a budget was given.
    affordable : WideningVariant or None
        The best of them within the budget.
    written : list of Path
        Files.
    """

    result: WideningResult
    variants: tuple[WideningVariant, ...]
    affordable: WideningVariant | None
    written: list[Path]


def widen_file(request: WidenRequest, control: Control = NULL_CONTROL) -> Widened:
    """Widen a corridor and write what was found.

    Parameters
    ----------
    request : WidenRequest
        What is to be widened.
    control : Control
        Told the progress; may cancel. Nothing is written before all is found.

    Raises
    ------
    LayerReadError, InputError
        A file cannot be read or used.
    LayerWriteError
        The results cannot be written.
    """
    raster = read_grid(request.cost)
    folder = ResultFolder(request.out, "widening", request.paths, request.parameters())
    ground = _ground(request, raster.values, raster.grid)
    corridor = _the_one(read_corridors(request.drawn, raster.grid, request.cost), request)
    land = FileLand.of(raster.grid, countries=request.countries)
    place = WideningPlace(
        corridor.corridor_id,
        land,
        corridor.cells,
        (
            Need("", ground),
            *(Need(name, replace(ground, needed_m=m)) for name, m in request.needs),
        ),
        _land_types(request, raster.grid),
        _sites(request, raster.grid),
        f"units of {request.cost.name}",
    )
    control.report(0.2)
    share = 1.0 if request.budget is None else 0.5
    result = place.widened(request.width_m, PartControl(control, 0.2, 0.2 + 0.7 * share))
    variants: tuple[WideningVariant, ...] = ()
    if request.budget is not None:
        variants = place.variants(request.width_m, PartControl(control, 0.55, 0.9))
    chosen = None if request.budget is None else best_affordable(variants, request.budget)
    done = Widened(result, variants, chosen, folder.written)
    _write(folder, done, raster.grid)
    control.report(1.0)
    return done


def _ground(request: WidenRequest, cost: NDArray[np.float64], grid: Grid) -> WideningGround:
    if (cost < 0).any():
        row, column = np.argwhere(cost < 0)[0]
        count = int((cost < 0).sum())
        raise InputError(
            f"{request.cost}: a cost must be 0 or more, but {count:,} cells are "
            f"negative, the first in row {row + 1}, column {column + 1}. Make land that cannot "
            "be used NoData."
        )
    cost = np.where(np.isfinite(cost), cost, np.nan)
    for source in request.exclude:
        cost[read_mask(source, grid, request.cost, whole_cells=True)] = np.nan
    free = np.zeros(grid.shape, dtype=np.bool_)
    for source in request.free:
        free |= read_mask(source, grid, request.cost)
    return WideningGround(cost, free, request.width_m)


def _the_one(found: list[FileCorridor], request: WidenRequest) -> FileCorridor:
    if len(found) > 1:
        ids = ", ".join(corridor.corridor_id for corridor in found[:30])
        raise InputError(
            f"{request.drawn.corridor} holds {len(found)} corridors: {ids}. Choose one with "
            "--corridor-id."
        )
    if found[0].reason:
        raise InputError(f"{found[0].corridor_id} cannot be widened: {found[0].reason}.")
    return found[0]


def _land_types(request: WidenRequest, grid: Grid) -> LandTypes | None:
    if request.land_types is None:
        return None
    codes = read_on(request.land_types, grid, request.cost)
    return LandTypes(f"Classes of {request.land_types.name}", codes, {})


def _sites(request: WidenRequest, grid: Grid) -> tuple[SiteShape, ...]:
    if request.sites is None:
        return ()
    frame = read_shapes(request.sites, grid, prefer="sites")
    names = next((c for c in _NAME_COLUMNS if c in frame.columns), None)
    ids = next((c for c in _ID_COLUMNS if c in frame.columns), None)
    return tuple(
        SiteShape(
            str(number if ids is None else frame[ids].iloc[number - 1]),
            "" if names is None else str(frame[names].iloc[number - 1]),
            shape,
        )
        for number, shape in enumerate(frame.geometry, 1)
    )


def corridor_row(result: WideningResult) -> Row:
    """Return a widening as a row of a table."""
    return {
        "corridor_id": result.corridor_id,
        "species": [name for name in result.species if name],
        "width_m": result.width_m,
        "verified_width_m": result.verified_width_m if not result.refused else None,
        "to_add_km2": round(result.area_km2, 4) if not result.refused else None,
        "cost": round(result.cost, 4) if not result.refused else None,
        "lower_bound": None if result.lower_bound is None else round(result.lower_bound, 4),
        "gap": None if result.gap is None else round(result.gap, 4),
        "bottlenecks_removed": result.bottlenecks_removed,
        "bottlenecks_left": result.bottlenecks_left,
        "reason": result.refused,
    }


def country_rows(result: WideningResult) -> list[Row]:
    """Return the countries' parts in a widening as rows of a table."""
    return [
        {
            "corridor_id": result.corridor_id,
            "country": share.iso3,
            "to_add_km2": round(share.area_km2, 4),
            "cost": round(share.cost, 4),
            "whole_km2": round(share.whole_km2, 4),
            "land_types": {name: round(km2, 4) for name, km2 in share.land_types.items()},
            "geometry": result.added_by_country.get(share.iso3),
        }
        for share in result.shares
    ]


def _variant_rows(done: Widened) -> list[Row]:
    return [
        {
            "variant": number,
            "within_budget": done.affordable is variant,
            "cost": round(variant.result.cost, 4),
            "to_add_km2": round(variant.result.area_km2, 4),
            "narrowest_m": round(variant.narrowest_m, 1),
            "shortfall_m2": round(variant.shortfall_m2, 1),
            "least_shortfall_m2": round(variant.least_shortfall_m2, 1),
            "geometry": variant.result.geometry,
        }
        for number, variant in enumerate(done.variants, 1)
    ]


def _write(folder: ResultFolder, done: Widened, grid: Grid) -> None:
    result = done.result
    rows = country_rows(result)
    added = [row for row in rows if row["geometry"] is not None]
    whole = [{**corridor_row(result), "geometry": result.geometry}]
    touched: list[Row] = [
        {
            "corridor_id": result.corridor_id,
            "site_id": i,
            "name": n,
            "inside_km2": round(km2, 4),
        }
        for i, n, km2 in result.sites
    ]
    layers = [
        Layer("corridor", (*CORRIDOR_COLUMNS, "geometry"), [] if result.refused else whole),
        Layer("added", (*COUNTRY_COLUMNS, "geometry"), added),
        Layer("sites_touched", SITE_COLUMNS, touched),
    ]
    if done.variants:
        layers.append(Layer("variants", (*VARIANT_COLUMNS, "geometry"), _variant_rows(done)))
        folder.table("variants.csv", VARIANT_COLUMNS, _variant_rows(done))
    folder.geopackage("widening.gpkg", layers, grid.crs)
    folder.table("widening.csv", CORRIDOR_COLUMNS, [corridor_row(result)])
    folder.table("countries.csv", COUNTRY_COLUMNS, rows)
    folder.table("sites_touched.csv", SITE_COLUMNS, touched)
    if not result.refused:
        cells = burn([result.geometry], grid).astype(np.uint8)
        cells[burn(list(result.added_by_country.values()), grid) > 0] = 2
        folder.raster("widening.tif", cells, grid, unit="1 corridor, 2 land to add")
    folder.record(corridor_row(result))
