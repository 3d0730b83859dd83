"""Step: what the plan changes, per country, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from algorithms.control import PartControl
from algorithms.indicators.network.protconn import protconn
from algorithms.indicators.protection import habitat_protected, protected_share
from layers.shapes import burn
from planner.pipeline.cores import suitability_raster
from planner.pipeline.habitat_network import (
    SMALLEST_PATCH_KM2,
    connected_km2,
    dispersal_reach,
    land_network,
)
from planner.pipeline.runner import Step
from planner.pipeline.sites import ProtectedLand
from planner.pipeline.study import SCENARIO
from planner.project import StoreIndicators, table_output
from planner.records import attribute, number, shape_of
from resources.translation import mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile

Stage = Literal["before", "after"]

LAND = mark("land in catalogued sites")
"""Not a country's protected share: the catalogue holds sites on and near borders only."""
HABITAT = mark("habitat in catalogued sites")
CONNECTED = mark("connected habitat in catalogued sites (ECA)")
NARROWEST = mark("narrowest corridor")
ALL = "ALL"
"""Stands in the column of countries for all of the region."""
PROTCONN_KM = 10.0
"""Median dispersal distance of ProtConn, after Saura et al. 2017."""


def indicators_step(study: Study) -> Step:
    """Describe the step."""
    tables = ("proposals", "corridors", "bottlenecks", "sites")
    return Step(
        name="indicators",
        label=mark("Indicators before and after"),
        method=2,
        inputs={
            "tables": study.table_hashes(tables),
            "suitability": {
                item.id: study.raster_hash(suitability_raster(item.id))
                for item in study.species
            },
        },
        parameters={
            "protconn_km": PROTCONN_KM,
            "smallest_patch_km2": SMALLEST_PATCH_KM2,
            "reach": {item.id: list(dispersal_reach(item)) for item in study.species},
            "habitat_threshold": study.species_values("habitat_threshold"),
        },
        outputs=(table_output("indicators", scenario=SCENARIO),),
    )


def store_indicators(study: Study, control: Control, run_id: str) -> None:
    """Measure protection and connectivity without and with candidates and widening."""
    before = ProtectedLand(study).mask
    shapes = [shape_of(row) for row in study.project.records("proposals", scenario=SCENARIO)]
    after = before.copy()
    widening = study.project.records("bottlenecks", scenario=SCENARIO, kind="widening")
    shapes += [shape_of(row) for row in widening]
    for shape in shapes:
        after |= burn([shape], study.grid) == 1
    after &= study.country > 0
    records = _measured(study, before, "before", PartControl(control, 0.0, 0.45))
    records += _measured(study, after, "after", PartControl(control, 0.45, 0.9))
    records += _widths(study)
    study.project.execute(StoreIndicators(SCENARIO, records, run_id))
    control.report(1.0)


def _measured(
    study: Study, protected: NDArray[np.bool_], stage: Stage, control: Control
) -> list[dict[str, object]]:
    """Measure one stage."""
    cell = study.grid.cell_area_km2
    land = protected_share(protected, study.country, cell_area_km2=cell)
    total, held = float(land.total_km2.sum()), float(land.protected_km2.sum())
    rows = [
        _row(stage, LAND, "%", 100.0 * held / total),
        _row(stage, LAND, "km2", held),
    ]
    for code, share, area in zip(land.codes, land.share, land.protected_km2, strict=True):
        iso3 = study.iso3[int(code) - 1]
        rows.append(_row(stage, LAND, "%", 100.0 * float(share), country=iso3))
        rows.append(_row(stage, LAND, "km2", float(area), country=iso3))
    control.report(0.2)
    network = land_network(protected, cell_m=study.cell_m)
    connected = protconn(
        network.area_km2, network.links, region_area=total, reference_distance=PROTCONN_KM
    )
    rows.append(_row(stage, "ProtConn", "%", connected.protconn))
    for done, profile in enumerate(study.species):
        control.report(0.3 + 0.7 * done / len(study.species))
        rows += _habitat(study, profile, protected, stage)
    return rows


def _habitat(
    study: Study, profile: SpeciesProfile, protected: NDArray[np.bool_], stage: Stage
) -> list[dict[str, object]]:
    """Measure the area of habitat of one species in sites, and how connected it is."""
    suitability = study.read(suitability_raster(profile.id))
    threshold = profile.value("habitat_threshold").value
    habitat = suitability >= threshold
    amount = habitat_protected(
        habitat.astype(np.float64),
        protected,
        study.country,
        cell_area_km2=study.grid.cell_area_km2,
        threshold=1.0,
    )
    rows = []
    for code, share, area in zip(amount.codes, amount.share, amount.protected_km2, strict=True):
        iso3 = study.iso3[int(code) - 1]
        common = {"country": iso3, "species": profile.id}
        rows.append(_row(stage, HABITAT, "km2", float(area), **common))
        if np.isfinite(share):
            rows.append(_row(stage, HABITAT, "%", 100.0 * float(share), **common))
    eca = connected_km2(land_network(protected & habitat, cell_m=study.cell_m), profile)
    rows.append(_row(stage, CONNECTED, "km2", eca, species=profile.id))
    return rows


def _widths(study: Study) -> list[dict[str, object]]:
    """Tell the narrowest place of all corridors of each cat, as it is and as widened."""
    rows = []
    for profile in study.species:
        paths = study.project.records(
            "corridors", scenario=SCENARIO, species=profile.id, kind="path"
        )
        told = [row for row in paths if row["min_width_m"] is not None]
        if not told:
            continue
        before = [number(row["min_width_m"]) for row in told]
        after = [_widened(row) for row in told]
        rows.append(_row("before", NARROWEST, "m", min(before), species=profile.id))
        rows.append(_row("after", NARROWEST, "m", min(after), species=profile.id))
    return rows


def _widened(row: dict[str, object]) -> float:
    widening = attribute(row, "widening")
    now = number(row["min_width_m"])
    if isinstance(widening, dict) and "verified_minimum_width_m" in widening:
        return max(now, number(widening["verified_minimum_width_m"]))
    return now


def _row(
    stage: Stage,
    indicator: str,
    unit: str,
    value: float,
    *,
    country: str = ALL,
    species: str | None = None,
) -> dict[str, object]:
    return {
        "stage": stage,
        "indicator": indicator,
        "unit": unit,
        "value": round(value, 3),
        "country": country,
        "species": species,
    }
