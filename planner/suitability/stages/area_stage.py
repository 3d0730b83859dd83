"""Stage: suitable land of each State and site, with the disturbance and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from shapely import box

from algorithms.control import PartControl
from algorithms.suitability.understanding.disturbance import disturbance_cost
from layers.catalogue import Catalogue
from layers.pack import lonlat_bounds
from layers.shapes import burn_each
from layers.states import BOUNDARY_NOTE, OTHER_LAND, OTHER_LAND_NOTE, ZONES, zone_name
from layers.tiles.plan import Tile
from planner.pipeline.runner import Step
from planner.profiles import load_species
from planner.suitability.defaults import has_profile
from planner.suitability.ground import Ground, window_grid
from planner.suitability.mapped import ZoneArea
from planner.suitability.measured import EvaluationFound, known
from planner.suitability.results import read_result, write_result
from planner.suitability.stages import evaluate_stage
from planner.suitability.stages.predict_stage import (
    TODAY,
    beside_today,
    map_stack,
    raster_file,
    result_file,
)
from planner.suitability.tables import write_frame
from resources.translation import mark

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from algorithms.control import Control
    from algorithms.suitability.understanding.disturbance import DisturbanceCost
    from layers.covariates import CovariateStack
    from planner.suitability.context import StudyContext
    from planner.suitability.study import Projection

STAGE = "areas"
RESULT = "areas.json"
TABLE = "areas.csv"
SITE_REACH_DEGREES = 4.0
"""No site of the catalogue reaches so far from its point."""
ALL = "all"


@dataclass(frozen=True, slots=True)
class AreasFound:
    """Suitable land.

    Parameters
    ----------
    threshold_rule : str
        Rule by which land counts as suitable.
    threshold : float
        The threshold.
    areas : tuple of ZoneArea
        Per map, State (and other land) and site.
    """

    threshold_rule: str
    threshold: float
    areas: tuple[ZoneArea, ...]


def area_step(context: StudyContext) -> Step:
    """Describe the stage."""
    folder = context.folder
    maps: list[Projection | None] = [None, *context.study.projections]
    return Step(
        name=STAGE,
        label=mark("Suitable land by country and site"),
        method=3,
        inputs={
            "maps": [folder.output_hash(result_file(item)) for item in maps],
            "rasters": [
                folder.output_hash(raster_file(name, item))
                for item in maps
                for name in ("suitability", "similarity")
            ],
            "evaluation": folder.output_hash(evaluate_stage.RESULT),
            "pack": context.pack.content_hash,
            "catalogue": Catalogue.load().content_hash,
        },
        parameters={"rule": "max_tss", "species": context.study.species},
        outputs=(RESULT, TABLE),
    )


def store_areas(context: StudyContext, control: Control, _run_id: str) -> None:
    """Measure the suitable land of every map and write it."""
    evaluation = read_result(EvaluationFound, context.folder.path / evaluate_stage.RESULT)
    rule, threshold = _threshold(context, evaluation)
    maps: list[Projection | None] = [None, *context.study.projections]
    areas: list[ZoneArea] = []
    for number, projection in enumerate(maps):
        control.report(number / len(maps))
        part = PartControl(control, number / len(maps), (number + 1) / len(maps))
        areas += _areas(context, projection, (threshold, evaluation.threshold("p10")), part)
    write_result(context.folder.file(RESULT), AreasFound(rule, threshold, tuple(areas)))
    names = list(ZoneArea.__dataclass_fields__)
    rows = [[*(getattr(area, name) for name in names), _note(area)] for area in areas]
    write_frame(context.folder.file(TABLE), pd.DataFrame(rows, columns=[*names, "note"]))
    control.report(1.0)


def _note(area: ZoneArea) -> str:
    """Return what must be told with a row of the table, which may be read alone."""
    if area.kind != "country":
        return ""
    return OTHER_LAND_NOTE if area.zone == OTHER_LAND else BOUNDARY_NOTE


def _threshold(context: StudyContext, evaluation: EvaluationFound) -> tuple[str, float]:
    found = evaluation.threshold("max_tss")
    if found is not None:
        return "max_tss", found
    if has_profile(context.study.species):
        value = load_species(context.study.species).value("habitat_threshold").value
        return "habitat_threshold of the species' profile", value
    return "0.5, for there is no evaluation", 0.5


def _areas(
    context: StudyContext,
    projection: Projection | None,
    limits: tuple[float, float | None],
    control: Control,
) -> list[ZoneArea]:
    names = ["suitability", "similarity"]
    if context.study.has_disturbance:
        names.append("without_disturbance")
    maps = map_stack(context, names, projection)
    if projection is not None and projection.grid == "study":
        maps = beside_today(context, maps)
    measured = _Zones(maps, limits)
    told = TODAY if projection is None else projection.name
    sums = _by_zone(context, measured, PartControl(control, 0.0, 0.6))
    found = [
        measured.area((told, "country", zone, zone_name(zone)), sums.part([number]))
        for number, zone in enumerate(ZONES, start=2)
    ]
    everywhere = measured.area((told, "all", ALL, "the whole map"), sums)
    sites = _by_site(context, measured, told, PartControl(control, 0.6, 1.0))
    return [everywhere, *(area for area in found if area.area_km2 > 0.0), *sites]


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over the zones of one pair of maps.

    Parameters
    ----------
    cost : DisturbanceCost
        Areas by zone, and what people cost.
    weighted : (k, 6) float64
        Of each zone of `cost`: suitability times area, suitable area that is extrapolated,
        area above the other threshold, suitable area that is not so today, area that is so
        today alone, and cells.
    """

    cost: DisturbanceCost
    weighted: NDArray[np.float64]

    def __add__(self, other: _Sums) -> _Sums:
        cost = self.cost + other.cost
        weighted = np.zeros((len(cost.zone), self.weighted.shape[1]))
        for one in (self, other):
            weighted[np.searchsorted(cost.zone, one.cost.zone)] += one.weighted
        return _Sums(cost, weighted)

    def part(self, zones: list[int]) -> _Sums:
        """Return the sums of some zones."""
        here = np.isin(self.cost.zone, zones)
        arrays = {
            name: getattr(self.cost, name)[here]
            for name in self.cost.__dataclass_fields__  # zone, areas, mean loss
        }
        return _Sums(type(self.cost)(**arrays), self.weighted[here])


class _Zones:
    """Measures zones of the maps of one set of layers, with the disturbance and without."""

    def __init__(self, maps: CovariateStack, limits: tuple[float, float | None]) -> None:
        self.maps = maps
        self.threshold, self.p10 = limits
        self.ground = Ground(maps.grid)
        self.with_disturbance = "without_disturbance" in maps.names
        self.with_today = TODAY in maps.names

    def _map(self, values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        """Return one of the maps by its name; that of suitability where there is no such."""
        names = self.maps.names
        found: NDArray[np.float64] = values[names.index(name) if name in names else 0]
        return found

    def sums(
        self, values: NDArray[np.float64], tile: Tile, label: NDArray[np.integer]
    ) -> _Sums:
        """Return the sums of the zones of a tile, whose labels are 1 and above."""
        now, before = values[0], self._map(values, "without_disturbance")
        area = self.ground.areas_km2(
            slice(tile.row, tile.row + tile.height),
            slice(tile.column, tile.column + tile.width),
        )
        zone = label.astype(np.int32)
        cost = disturbance_cost(now, before, area, zone, threshold=self.threshold)
        known = np.isfinite(now) & np.isfinite(before) & (zone > 0)
        place = np.searchsorted(cost.zone, zone[known])
        today, suitable = self._map(values, TODAY), now >= self.threshold
        parts = (
            area * now,
            area * (suitable & (self._map(values, "similarity") < 0.0)),
            area * (now >= (np.inf if self.p10 is None else self.p10)),
            area * (suitable & (today < self.threshold)),
            area * (~suitable & (today >= self.threshold)),
            np.ones_like(area),
        )
        weighted = [np.bincount(place, part[known], len(cost.zone)) for part in parts]
        return _Sums(cost, np.column_stack(weighted).astype(np.float64))

    def area(self, what: tuple[str, str, str, str], sums: _Sums) -> ZoneArea:
        """Return the land of all zones in sums; `what` is map, kind, zone and name."""
        cost = sums.cost
        km2 = float(cost.area_km2.sum())
        known_part = cost.area_km2 > 0.0
        loss = float((cost.mean_loss[known_part] * cost.area_km2[known_part]).sum())
        of_map, kind, zone, name = what
        further = sums.weighted.sum(axis=0)

        def total(values: NDArray[np.float64]) -> float:
            return round(float(values.sum()), 3)

        disturbed = self.with_disturbance
        return ZoneArea(
            map=of_map,
            kind=kind,  # type: ignore[arg-type]  # one of three, by the callers
            zone=zone,
            name=name,
            area_km2=total(cost.area_km2),
            suitable_km2=total(cost.suitable_km2),
            undisturbed_km2=total(cost.undisturbed_km2) if disturbed else None,
            lost_km2=total(cost.lost_km2) if disturbed else None,
            mean=known(float(further[0]) / km2) if km2 > 0.0 else None,
            mean_loss=known(loss / km2) if disturbed and km2 > 0.0 else None,
            gained_km2=total(cost.gained_km2) if disturbed else None,
            unknown_km2=total(cost.unknown_km2) if kind != "all" else None,
            extrapolated_km2=total(further[1]),
            p10_km2=total(further[2]) if self.p10 is not None else None,
            appeared_km2=total(further[3]) if self.with_today else None,
            vanished_km2=total(further[4]) if self.with_today else None,
            cells=round(float(further[5])),
        )


def _by_zone(context: StudyContext, measured: _Zones, control: Control) -> _Sums:
    """Return the sums of the cells of no State (1) and of each of `ZONES` (2 and so on)."""
    found: _Sums | None = None
    with measured.maps.reader() as reader:
        for done, tile in enumerate(measured.maps.plan):
            control.report(done / len(measured.maps.plan))
            grid = window_grid(
                measured.maps.grid,
                slice(tile.row, tile.row + tile.height),
                slice(tile.column, tile.column + tile.width),
            )
            here = measured.sums(reader.read(tile), tile, context.zone_grid(grid) + 1)
            found = here if found is None else found + here
    if found is None:
        raise ValueError("a map has one tile at least")
    return found


def _by_site(
    context: StudyContext, zones: _Zones, of_map: str, control: Control
) -> list[ZoneArea]:
    """Return the land of each site of the catalogue that lies on the map, at least in part."""
    grid = zones.maps.grid
    catalogue = Catalogue.load()
    west, south, east, north = lonlat_bounds(grid)
    around = (
        west - SITE_REACH_DEGREES,
        south - SITE_REACH_DEGREES,
        east + SITE_REACH_DEGREES,
        north + SITE_REACH_DEGREES,
    )
    near = catalogue.select(region_bounds=around)
    if not len(near):
        return []
    footprints = near.footprints(context.pack, "EPSG:4326")
    footprints = footprints[footprints.intersects(box(west, south, east, north))]
    local: gpd.GeoDataFrame = footprints.to_crs(grid.crs)
    found = []
    with zones.maps.reader() as reader:
        for done, (site_id, shape) in enumerate(
            zip(local["site_id"], local.geometry, strict=True)
        ):
            control.report(done / max(1, len(local)))
            tile = _tile_of(shape.bounds, zones)
            if tile is None:
                continue
            part = window_grid(
                grid,
                slice(tile.row, tile.row + tile.height),
                slice(tile.column, tile.column + tile.width),
            )
            (mask,) = burn_each([shape], part)
            sums = zones.sums(reader.read(tile), tile, mask.astype(np.int32))
            if sums.cost.area_km2.sum() > 0.0:
                what = (of_map, "site", str(site_id), catalogue[site_id].name_en)
                found.append(zones.area(what, sums))
    return found


def _tile_of(bounds: tuple[float, float, float, float], zones: _Zones) -> Tile | None:
    """Return the cells around a shape, cut at the edge of the grid; None where it is off."""
    grid = zones.maps.grid
    rows, columns = grid.shape
    left = int(np.floor((bounds[0] - grid.transform.c) / grid.transform.a))
    right = int(np.floor((bounds[2] - grid.transform.c) / grid.transform.a)) + 1
    top = int(np.floor((bounds[3] - grid.transform.f) / grid.transform.e))
    bottom = int(np.floor((bounds[1] - grid.transform.f) / grid.transform.e)) + 1
    left, top = max(0, left), max(0, top)
    right, bottom = min(columns, right), min(rows, bottom)
    if left >= right or top >= bottom:
        return None
    return Tile(top, left, bottom - top, right - left)
