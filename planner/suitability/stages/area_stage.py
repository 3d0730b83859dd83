"""Stage: suitable land of each country and site, with the disturbance and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from shapely import box

from algorithms.control import PartControl
from layers.catalogue import Catalogue
from layers.catalogue.site import COUNTRY_NAMES
from layers.pack import lonlat_bounds
from layers.shapes import burn_each
from layers.tiles.plan import Tile
from planner.pipeline.runner import Step
from planner.profiles import load_species
from planner.suitability.defaults import has_profile
from planner.suitability.ground import Ground, window_grid
from planner.suitability.measured import EvaluationFound, known
from planner.suitability.results import ZoneArea, read_result, write_result
from planner.suitability.stages import evaluate_stage
from planner.suitability.stages.predict_stage import (
    TODAY,
    map_stack,
    raster_file,
    result_file,
)
from planner.suitability.tables import write_frame

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from algorithms.control import Control
    from layers.covariates import CovariateStack
    from planner.suitability.context import StudyContext
    from planner.suitability.study import Projection

STAGE = "areas"
RESULT = "areas.json"
TABLE = "areas.csv"
_SUMS = 6
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
        Per map, country and site.
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
        label="Suitable land by country and site",
        method=1,
        inputs={
            "maps": [folder.output_hash(result_file(item)) for item in maps],
            "rasters": [folder.output_hash(raster_file("suitability", item)) for item in maps],
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
        areas += _areas(context, projection, threshold, part)
    write_result(context.folder.file(RESULT), AreasFound(rule, threshold, tuple(areas)))
    names = list(ZoneArea.__dataclass_fields__)
    rows = [[getattr(area, name) for name in names] for area in areas]
    write_frame(context.folder.file(TABLE), pd.DataFrame(rows, columns=names))
    control.report(1.0)


def _threshold(context: StudyContext, evaluation: EvaluationFound) -> tuple[str, float]:
    found = evaluation.threshold("max_tss")
    if found is not None:
        return "max_tss", found
    if has_profile(context.study.species):
        value = load_species(context.study.species).value("habitat_threshold").value
        return "habitat_threshold of the species' profile", value
    return "0.5, for there is no evaluation", 0.5


def _areas(
    context: StudyContext, projection: Projection | None, threshold: float, control: Control
) -> list[ZoneArea]:
    names = ["suitability"]
    if context.study.has_disturbance:
        names.append("without_disturbance")
    maps = map_stack(context, names, projection)
    zones = _Zones(maps, threshold)
    told = TODAY if projection is None else projection.name
    codes, sums = _by_country(context, zones, PartControl(control, 0.0, 0.6))
    frame = context.pack.basemap("countries")
    on_map = dict(zip(frame["iso3"], frame["name"], strict=True))
    found = [
        zones.area(told, "country", code, COUNTRY_NAMES.get(code, on_map[code]), total)
        for code, total in zip(codes, sums[1:], strict=True)
        if total[0] > 0.0
    ]
    everywhere = zones.area(told, "all", ALL, "the whole map", sums.sum(axis=0))
    sites = _by_site(context, zones, told, PartControl(control, 0.6, 1.0))
    return [everywhere, *found, *sites]


class _Zones:
    """Sums over zones of one pair of maps."""

    def __init__(self, maps: CovariateStack, threshold: float) -> None:
        self.maps = maps
        self.threshold = threshold
        self.ground = Ground(maps.grid)
        self.with_disturbance = len(maps) > 1

    def sums(
        self, values: NDArray[np.float64], tile: Tile, label: NDArray[np.integer], count: int
    ) -> NDArray[np.float64]:
        """Return for each label the area, suitable area, ..., of a tile, (count, 6)."""
        now = values[0]
        before = values[1] if self.with_disturbance else now
        area = self.ground.areas_km2(
            slice(tile.row, tile.row + tile.height),
            slice(tile.column, tile.column + tile.width),
        )
        here = np.isfinite(now) & np.isfinite(before)
        now, before, area = now[here], before[here], area[here]
        place = label[here].astype(np.int64)
        is_now, was = now >= self.threshold, before >= self.threshold
        parts = (
            area,
            area * is_now,
            area * was,
            area * (was & ~is_now),
            area * now,
            area * (before - now),
        )
        return np.column_stack([np.bincount(place, part, count) for part in parts])

    def area(
        self, of_map: str, kind: str, zone: str, name: str, total: NDArray[np.float64]
    ) -> ZoneArea:
        """Return the land of a zone from its sums."""
        km2, now, was, lost, weighted, loss = (float(value) for value in total)
        disturbed = self.with_disturbance
        return ZoneArea(
            map=of_map,
            kind=kind,  # type: ignore[arg-type]  # one of three, by the callers above
            zone=zone,
            name=name,
            area_km2=round(km2, 3),
            suitable_km2=round(now, 3),
            undisturbed_km2=round(was, 3) if disturbed else None,
            lost_km2=round(lost, 3) if disturbed else None,
            mean=known(weighted / km2) if km2 > 0.0 else None,
            mean_loss=known(loss / km2) if disturbed and km2 > 0.0 else None,
        )


def _by_country(
    context: StudyContext, zones: _Zones, control: Control
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return the codes of all countries, and sums for no country and each of them."""
    codes = tuple(sorted(set(context.pack.basemap("countries")["iso3"])))
    total = np.zeros((len(codes) + 1, _SUMS))
    with zones.maps.reader() as reader:
        for done, tile in enumerate(zones.maps.plan):
            control.report(done / len(zones.maps.plan))
            values = reader.read(tile)
            if not np.isfinite(values[0]).any():
                continue
            grid = window_grid(
                zones.maps.grid,
                slice(tile.row, tile.row + tile.height),
                slice(tile.column, tile.column + tile.width),
            )
            label, here = context.pack.country_grid(grid)
            number = np.array([0, *(codes.index(code) + 1 for code in here)])
            total += zones.sums(values, tile, number[label], len(codes) + 1)
    return codes, total


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
            total = zones.sums(reader.read(tile), tile, mask.astype(np.int32), 2)[1]
            if total[0] > 0.0:
                name = catalogue[site_id].name_en
                found.append(zones.area(of_map, "site", str(site_id), name, total))
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
