"""Step: the cores of each cat, the patches of habitat that corridors are to connect.

Protected land with enough habitat is a core. A patch of habitat that is large enough and holds
no such land is one too; a patch that does is represented by it, so that corridors run between
protected places through the habitat that joins them. Cores end at borders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.corridors.cores import Cores, find_cores, split_by_country
from layers.raster import read_raster, write_cog
from layers.shapes import outlines
from planner.pipeline.runner import Step
from planner.pipeline.sites import ProtectedLand
from planner.pipeline.study import SCENARIO
from planner.project import ReplaceFeatures, table_output
from planner.records import number, texts
from resources.translation import filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile


def suitability_raster(species_id: str) -> str:
    """Return the name of the raster of suitability, as it is today with people."""
    return f"suitability_{species_id}"


def cores_raster(species_id: str) -> str:
    """Return the name of the raster of core numbers."""
    return f"cores_{species_id}"


def cores_step(study: Study, profile: SpeciesProfile) -> Step:
    """Describe the step for one species."""
    return Step(
        name=f"cores:{profile.id}",
        label=filled("Cores, {species}", species=profile.names.en),
        method=1,
        inputs={
            "suitability": study.raster_hash(suitability_raster(profile.id)),
            "sites": study.project.output_hash(table_output("sites")),
        },
        parameters={
            "habitat_threshold": profile.value("habitat_threshold").value,
            "minimum_core_area_km2": profile.value("minimum_core_area_km2").value,
        },
        outputs=(
            table_output("cores", scenario=SCENARIO, species=profile.id),
            study.raster_output(cores_raster(profile.id)),
        ),
    )


def store_cores(study: Study, profile: SpeciesProfile, control: Control, run_id: str) -> None:
    """Find the cores of one species and store them."""
    suitability = study.read(suitability_raster(profile.id))
    protected = ProtectedLand(study)
    control.report(0.2)
    found = national_cores(
        np.where(study.country > 0, suitability, np.nan),
        protected.labels,
        study.country,
        threshold=profile.value("habitat_threshold").value,
        minimum_cells=profile.value("minimum_core_area_km2").value / study.grid.cell_area_km2,
    )
    control.report(0.7)
    write_cog(
        study.project.raster_path(cores_raster(profile.id)),
        found.labels,
        study.grid,
        nodata=0,
        tags={"species": profile.id},
    )
    records = _records(study, profile, found, protected, run_id)
    where = {"scenario": SCENARIO, "species": profile.id}
    study.project.execute(
        ReplaceFeatures(
            "cores",
            records,
            where,
            filled("Compute cores, {species}", species=profile.names.en),
        )
    )
    control.report(1.0)


def national_cores(
    suitability: NDArray[np.float64],
    protected: NDArray[np.int32],
    country: NDArray[np.int32],
    *,
    threshold: float,
    minimum_cells: float,
) -> Cores:
    """Find the cores by the rule of this module.

    Parameters
    ----------
    suitability : (rows, columns) float64
        0 to 1, NaN outside.
    protected : (rows, columns) int32
        Number of the protected site in each cell, 0 outside.
    country : (rows, columns) int32
        Number of the country, 0 outside.
    threshold : float
        Suitability from which a cell is habitat.
    minimum_cells : float
        Smallest core, in cells.
    """
    in_sites = np.where(protected > 0, suitability, np.nan)
    of_sites = find_cores(in_sites, None, threshold=threshold, minimum_area_cells=minimum_cells)
    patches = find_cores(
        suitability, None, threshold=threshold, minimum_area_cells=minimum_cells
    )
    represented = np.unique(patches.labels[of_sites.labels > 0])
    free = np.isin(patches.labels, represented, invert=True) & (patches.labels > 0)
    chosen = np.where((of_sites.labels > 0) | free, suitability, np.nan)
    whole = find_cores(chosen, protected, threshold=threshold, minimum_area_cells=minimum_cells)
    return split_by_country(
        whole, country, suitability, protected, minimum_part_cells=minimum_cells / 4
    )


@dataclass(frozen=True)
class StoredCores:
    """The cores of one species as stored: entry i describes core i + 1 of the raster."""

    labels: NDArray[np.int32]
    core_ids: tuple[str, ...]
    names: tuple[str, ...]
    countries: tuple[str, ...]
    areas_km2: tuple[float, ...]
    site_ids: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, study: Study, profile: SpeciesProfile) -> StoredCores:
        """Read what `store_cores` stored."""
        raster = read_raster(study.project.raster_path(cores_raster(profile.id)))
        rows = study.project.records("cores", scenario=SCENARIO, species=profile.id)
        return cls(
            np.nan_to_num(raster.values).astype(np.int32),
            tuple(str(row["core_id"]) for row in rows),
            tuple(str(row["name"]) for row in rows),
            tuple(texts(row["countries"])[0] for row in rows),
            tuple(number(row["area_km2"]) for row in rows),
            tuple(texts(row["site_ids"]) for row in rows),
        )


def _records(
    study: Study, profile: SpeciesProfile, found: Cores, protected: ProtectedLand, run_id: str
) -> list[dict[str, object]]:
    shapes = outlines(found.labels, study.grid)
    records: list[dict[str, object]] = []
    for core in range(1, found.count + 1):
        inside = found.labels == core
        iso3 = study.iso3[int(np.bincount(study.country[inside]).argmax()) - 1]
        held = np.bincount(protected.labels[inside], minlength=len(protected.site_ids) + 1)[1:]
        members = [int(i) for i in np.argsort(-held, kind="stable") if held[i] > 0]
        records.append(
            {
                "core_id": f"{profile.id}-{core}",
                "name": _core_name(members, protected, core, iso3),
                "area_km2": round(
                    float(found.area_cells[core - 1]) * study.grid.cell_area_km2, 2
                ),
                "countries": [iso3],
                "site_ids": [protected.site_ids[i] for i in members],
                "geometry": shapes[core],
                "attributes": {
                    "mean_suitability": round(float(found.mean_suitability[core - 1]), 4)
                },
                "run_id": run_id,
            }
        )
    return records


def _core_name(members: list[int], protected: ProtectedLand, core: int, iso3: str) -> str:
    if not members:
        return filled("Unprotected habitat {number} ({iso3})", number=core, iso3=iso3)
    name = protected.names[members[0]]
    others = len(members) - 1
    return name if not others else filled("{name} and {count} more", name=name, count=others)
