"""Step: least-cost corridors between neighbouring cores of different countries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import PartControl
from algorithms.corridors.adjacency import adjacent_cores
from algorithms.corridors.borders import border_crossings, length_by_country
from algorithms.corridors.least_cost import Corridor, SwathRule, corridors_between
from layers.shapes import line_through, outline
from planner.pipeline.cores import StoredCores, cores_raster
from planner.pipeline.resistance import resistance_raster
from planner.pipeline.runner import Step
from planner.pipeline.study import SCENARIO
from planner.pipeline.width_records import border_name, places
from planner.pipeline.widths import (
    TOWN_PEOPLE,
    WINDOW_WIDTHS,
    CorridorCells,
    Measured,
    measured,
    widening_ground,
)
from planner.project import CommandGroup, ReplaceFeatures, table_output
from resources.translation import filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from planner.pipeline.land import Land
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile

SWATH_WIDTHS = 3.0
"""Mean width of a swath, in times the width that the species needs."""
SWATH_SHARE = 0.5
"""Detours of a swath cost at most this share above the least cost."""


def corridors_step(study: Study, profile: SpeciesProfile) -> Step:
    """Describe the step for one species."""
    return Step(
        name=f"corridors:{profile.id}",
        label=filled("Corridors, {species}", species=profile.names.en),
        method=5,
        inputs={
            "resistance": study.raster_hash(resistance_raster(profile.id)),
            "cores": study.raster_hash(cores_raster(profile.id)),
            "sites": study.project.output_hash(table_output("sites")),
            "pack": study.pack.content_hash,
            "core_table": study.project.output_hash(
                table_output("cores", scenario=SCENARIO, species=profile.id)
            ),
        },
        parameters={
            "maximum_corridor_length_km": _longest_km(study, profile),
            "minimum_corridor_width_m": profile.value("minimum_corridor_width_m").value,
            "swath_widths": SWATH_WIDTHS,
            "swath_share": SWATH_SHARE,
            "settlement_avoidance_km": profile.value("settlement_avoidance_km").value,
            "town_people": TOWN_PEOPLE,
            "window_widths": WINDOW_WIDTHS,
        },
        outputs=(
            table_output("corridors", scenario=SCENARIO, species=profile.id),
            table_output("bottlenecks", scenario=SCENARIO, species=profile.id),
        ),
    )


def store_corridors(
    study: Study, profile: SpeciesProfile, control: Control, run_id: str
) -> None:
    """Find and measure the corridors of one species over borders, and store them."""
    cores = StoredCores.read(study, profile)
    resistance = study.read(resistance_raster(profile.id))
    cores_here = np.where(np.isfinite(resistance), cores.labels, 0).astype(np.int32)
    pairs = adjacent_cores(
        resistance, cores_here, cell_size=study.cell_m, control=PartControl(control, 0.0, 0.3)
    )
    across = [
        pair
        for pair in pairs
        if cores.countries[pair.core_a - 1] != cores.countries[pair.core_b - 1]
    ]
    rule = SwathRule(
        share=SWATH_SHARE,
        mean_width_m=SWATH_WIDTHS * profile.value("minimum_corridor_width_m").value,
    )
    found = corridors_between(
        resistance,
        cores_here,
        across,
        cell_size=study.cell_m,
        rule=rule,
        control=PartControl(control, 0.3, 0.6),
    )
    longest_m = _longest_km(study, profile) * 1000.0
    kept = [corridor for corridor in found if corridor.length_m <= longest_m]
    ground = widening_ground(study, profile)
    records: list[dict[str, object]] = []
    stretches: list[dict[str, object]] = []
    for done, corridor in enumerate(kept):
        part = PartControl(
            control, 0.6 + 0.4 * done / len(kept), 0.6 + 0.4 * (done + 1) / len(kept)
        )
        ends = (cores_here == corridor.core_a, cores_here == corridor.core_b)
        cells = CorridorCells(corridor.swath_on(study.grid.shape), *ends)
        width = measured(study, ground, cells, part)
        records += _records(study, cores, corridor, width, run_id)
        same = {"corridor_id": _corridor_id(cores, corridor), "run_id": run_id}
        stretches += [{**same, **stretch} for stretch in width.stretches]
    where = {"scenario": SCENARIO, "species": profile.id}
    study.project.execute(
        CommandGroup(
            filled("Compute corridors, {species}", species=profile.names.en),
            (
                ReplaceFeatures("corridors", records, where),
                ReplaceFeatures("bottlenecks", stretches, where),
            ),
        )
    )
    control.report(1.0)


def _longest_km(study: Study, profile: SpeciesProfile) -> float:
    """Return the longest corridor worth telling: within the region's limit and a dispersal."""
    limit = study.region.maximum_corridor_length_km.value
    return min(limit, profile.value("dispersal_max_km").value)


def _corridor_id(cores: StoredCores, corridor: Corridor) -> str:
    return f"{cores.core_ids[corridor.core_a - 1]}:{cores.core_ids[corridor.core_b - 1]}"


def _records(
    study: Study, cores: StoredCores, corridor: Corridor, width: Measured, run_id: str
) -> list[dict[str, object]]:
    a, b = corridor.core_a - 1, corridor.core_b - 1
    swath = corridor.swath_on(study.grid.shape)
    lengths = kilometres_by_country(study, corridor)
    common: dict[str, object] = {
        "corridor_id": _corridor_id(cores, corridor),
        "name": f"{cores.names[a]} to {cores.names[b]}",
        "core_a": cores.core_ids[a],
        "core_b": cores.core_ids[b],
        "countries": sorted({cores.countries[a], cores.countries[b], *lengths}),
        "length_km": round(corridor.length_m / 1000.0, 2),
        "cost": round(corridor.cost, 1),
        "area_km2": round(float(swath.sum()) * study.grid.cell_area_km2, 2),
        "min_width_m": width.throat_m,
        "mean_width_m": width.mean_width_m,
        "run_id": run_id,
        "attributes": {
            **width.facts,
            "adjoining": corridor.adjoining,
            "cutoff": round(corridor.cutoff, 1),
            "length_km_by_country": lengths,
            "area_km2_by_country": square_kilometres_by_country(study, swath),
            "crossings": crossings(study, corridor),
            "through": [cores.core_ids[label - 1] for label in corridor.through],
        },
    }
    records = [
        {
            **common,
            "kind": "path",
            "geometry": line_through(corridor.rows, corridor.columns, study.grid),
        }
    ]
    if swath.any():
        records.append({**common, "kind": "swath", "geometry": outline(swath, study.grid)})
    return records


def kilometres_by_country(land: Land, corridor: Corridor) -> dict[str, float]:
    """Return how far the least-cost path runs in each country; 0 where the cores adjoin."""
    lengths = length_by_country(
        corridor.rows, corridor.columns, land.country, land.grid.cell_size
    )
    return {
        land.iso3[code - 1]: 0.0 if corridor.adjoining else round(metres / 1000.0, 2)
        for code, metres in lengths.items()
        if code
    }


def square_kilometres_by_country(land: Land, cells: NDArray[np.bool_]) -> dict[str, float]:
    """Return the area of some cells in each country that has any of them."""
    held = np.bincount(land.country[cells], minlength=1)
    return {
        land.iso3[code - 1]: round(int(count) * land.grid.cell_area_km2, 2)
        for code, count in enumerate(held)
        if code and count
    }


def crossings(land: Land, corridor: Corridor) -> list[dict[str, object]]:
    """Tell where the least-cost path crosses borders, in degrees and in the land's CRS."""
    found = border_crossings(corridor.rows, corridor.columns, land.country, land.grid.cell_size)
    told: list[dict[str, object]] = []
    for crossing in found:
        lon, lat = land.degrees_at(crossing.row, crossing.column)
        border = border_name(land, crossing.from_country, crossing.to_country)
        x, y = places(land, np.array([crossing.row]), np.array([crossing.column]))
        told.append(
            {
                "border": border,
                "lat": round(lat, 3),
                "lon": round(lon, 3),
                "x": round(float(x[0]), 1),
                "y": round(float(y[0]), 1),
            }
        )
    return told
