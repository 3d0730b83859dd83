"""Steps on demand: pinch points and barriers of the corridors of each cat.

They are no part of a plan; `landbridge circuit PROJECT` runs them. Each leaves a raster, which
the map shows, and a table of the places that count most.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import PartControl
from algorithms.corridors.barriers import BarrierSearch, LinkedPair, barriers_between
from algorithms.corridors.pinch_points import corridor_current, current_of_all
from layers.raster import write_cog
from layers.shapes import burn
from planner.files import made_folder, write_csv
from planner.pipeline.cores import StoredCores, cores_raster
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
from planner.pipeline.resistance import resistance_raster
from planner.pipeline.runner import Step, StepRunner
from planner.pipeline.study import SCENARIO
from planner.project import table_output
from planner.records import attribute, number, shape_of
from resources.errors import PlannerError
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.control import Control
    from algorithms.corridors.pinch_points import CorridorCurrent
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile
    from planner.progress import StepProgress

PINCH_HEADERS = ("corridor_id", "corridor", *PLACE_COLUMNS, *PINCH_COLUMNS)
BARRIER_HEADERS = ("corridor_id", "corridor", *PLACE_COLUMNS, *BARRIER_COLUMNS)


def current_raster(species_id: str) -> str:
    """Return the name of the raster of current."""
    return f"current_{species_id}"


def barriers_raster(species_id: str) -> str:
    """Return the name of the raster of barriers."""
    return f"barriers_{species_id}"


def circuit_steps(species: Sequence[SpeciesProfile]) -> dict[str, tuple[str, float]]:
    """Return the steps in order: name to label and expected share of the time."""
    steps: dict[str, tuple[str, float]] = {}
    for profile in species:
        steps[f"pinch:{profile.id}"] = (
            filled("Pinch points, {species}", species=profile.names.en),
            1.0,
        )
        steps[f"barriers:{profile.id}"] = (
            filled("Barriers, {species}", species=profile.names.en),
            2.0,
        )
    return steps


def find_pinch_points(
    study: Study, species: Sequence[SpeciesProfile], progress: StepProgress
) -> None:
    """Run the steps of these species whose results do not stand.

    Parameters
    ----------
    study : Study
        With corridors stored in its project.
    species : sequence of SpeciesProfile
        Species that walk.
    progress : StepProgress
        Knows the steps of `circuit_steps`; told the progress; may cancel.

    Raises
    ------
    PlannerError
        The project holds no cores and resistance of a species yet.
    """
    for profile in species:
        for name in (resistance_raster(profile.id), cores_raster(profile.id)):
            if study.raster_hash(name) is None:
                raise PlannerError(
                    f"The project {study.project.path} has no {name}.tif yet, so no corridor "
                    f"of {profile.names.en} can be looked at. Run landbridge corridors on it "
                    "first, or landbridge plan."
                )
    runner = StepRunner(study.project, study.seed, progress)
    for profile in species:
        runner.run(pinch_step(study, profile), partial(store_pinch_points, study, profile))
        runner.run(barriers_step(study, profile), partial(store_barriers, study, profile))


def pinch_step(study: Study, profile: SpeciesProfile) -> Step:
    """Describe the step of pinch points for one species."""
    return Step(
        name=f"pinch:{profile.id}",
        label=filled("Pinch points, {species}", species=profile.names.en),
        method=1,
        inputs=_inputs(study, profile),
        parameters={
            "separation_cells": SEPARATION_CELLS,
            "least_share": LEAST_SHARE,
            "places_per_corridor": PLACES_PER_CORRIDOR,
        },
        outputs=(
            study.raster_output(current_raster(profile.id)),
            _table_output(study, pinch_table(study, profile.id)),
        ),
    )


def barriers_step(study: Study, profile: SpeciesProfile) -> Step:
    """Describe the step of barriers for one species."""
    return Step(
        name=f"barriers:{profile.id}",
        label=filled("Barriers, {species}", species=profile.names.en),
        method=2,
        inputs=_inputs(study, profile),
        parameters={
            "radii_m": [radius * study.cell_m for radius in RADII_CELLS],
            "restored_resistance": 1.0,
            "separation_cells": SEPARATION_CELLS,
            "places_per_corridor": DISCS_PER_CORRIDOR,
        },
        outputs=(
            study.raster_output(barriers_raster(profile.id)),
            _table_output(study, barrier_table(study, profile.id)),
        ),
    )


def store_pinch_points(
    study: Study, profile: SpeciesProfile, control: Control, _run_id: str
) -> None:
    """Send a current through every corridor of one species and store where it is narrow."""
    resistance = study.read(resistance_raster(profile.id))
    cores = StoredCores.read(study, profile)
    labels = np.where(np.isfinite(resistance), cores.labels, 0)
    links = _links(study, profile, cores)
    found: list[CorridorCurrent] = []
    rows: list[tuple[object, ...]] = []
    for done, link in enumerate(links):
        if link.swath is None:
            continue
        part = PartControl(control, 0.9 * done / len(links), 0.9 * (done + 1) / len(links))
        a, b = labels == link.core_a, labels == link.core_b
        swath = link.swath & ~a & ~b
        current = corridor_current(resistance, swath, a, b, control=part)
        if current is None:
            continue
        found.append(current)
        rows += [
            (*link.told, *(place[name] for name in PINCH_HEADERS[2:]))
            for place in pinch_rows(study, current)
        ]
    _, greatest = current_of_all(found, study.grid.shape)
    rows.sort(key=lambda row: (-number(row[5]), number(row[6]), str(row[0])))
    tags = {"species": profile.id, "unit": CURRENT_UNIT}
    path = study.project.raster_path(current_raster(profile.id))
    write_cog(path, greatest, study.grid, tags=tags)
    _write_table(pinch_table(study, profile.id), PINCH_HEADERS, rows)
    control.report(1.0)


def store_barriers(
    study: Study, profile: SpeciesProfile, control: Control, _run_id: str
) -> None:
    """Score what restoring land would bring the corridors of one species, and store it."""
    resistance = study.read(resistance_raster(profile.id))
    cores = StoredCores.read(study, profile)
    labels = np.where(np.isfinite(resistance), cores.labels, 0).astype(np.int32)
    links = [link for link in _links(study, profile, cores) if link.cost > 0]
    search = BarrierSearch(tuple(radius * study.cell_m for radius in RADII_CELLS))
    found = barriers_between(
        resistance,
        labels,
        [LinkedPair(link.core_a, link.core_b, link.cost) for link in links],
        search,
        cell_size=study.cell_m,
        control=PartControl(control, 0.0, 0.9),
    )
    rows = [
        (*links[pair].told, *(place[name] for name in BARRIER_HEADERS[2:]))
        for pair, place in barrier_rows(study, found)
    ]
    land = np.where(study.country > 0, found.percent, np.nan)
    tags = {"species": profile.id, "unit": BARRIER_UNIT}
    path = study.project.raster_path(barriers_raster(profile.id))
    write_cog(path, land, study.grid, tags=tags)
    _write_table(barrier_table(study, profile.id), BARRIER_HEADERS, rows)
    control.report(1.0)


def pinch_table(study: Study, species_id: str) -> Path:
    """Return the path of the table of pinch points."""
    return study.project.path / "exports" / f"pinch_points_{species_id}.csv"


def barrier_table(study: Study, species_id: str) -> Path:
    """Return the path of the table of places to restore."""
    return study.project.path / "exports" / f"barriers_{species_id}.csv"


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a table that a step of this module wrote, the best place first."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@dataclass(frozen=True)
class _Link:
    """A corridor as the project holds it."""

    told: tuple[str, str]
    core_a: int
    core_b: int
    cost: float
    swath: NDArray[np.bool_] | None


def _links(study: Study, profile: SpeciesProfile, cores: StoredCores) -> list[_Link]:
    """Return the corridors of one species; those between adjoining cores have no swath."""
    where = {"scenario": SCENARIO, "species": profile.id}
    swaths = {
        str(row["corridor_id"]): shape_of(row)
        for row in study.project.records("corridors", kind="swath", **where)
    }
    label = {core_id: index for index, core_id in enumerate(cores.core_ids, 1)}
    links = []
    for row in study.project.records("corridors", kind="path", **where):
        key, ends = str(row["corridor_id"]), (str(row["core_a"]), str(row["core_b"]))
        if not all(end in label for end in ends):
            continue
        drawn = key in swaths and not attribute(row, "adjoining")
        links.append(
            _Link(
                (key, str(row["name"])),
                label[ends[0]],
                label[ends[1]],
                number(row["cost"]),
                burn([swaths[key]], study.grid) == 1 if drawn else None,
            )
        )
    return links


def _inputs(study: Study, profile: SpeciesProfile) -> dict[str, object]:
    where = {"scenario": SCENARIO, "species": profile.id}
    corridors = table_output(
        "corridors", **where
    )  # by this name the map sees whether they stand
    return {
        "resistance": study.raster_hash(resistance_raster(profile.id)),
        "cores": study.raster_hash(cores_raster(profile.id)),
        "core_table": study.project.output_hash(table_output("cores", **where)),
        corridors: study.project.output_hash(corridors),
        "pack": study.pack.content_hash,
    }


def _table_output(study: Study, path: Path) -> str:
    return path.relative_to(study.project.path).as_posix()


def _write_table(
    path: Path, headers: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    made_folder(path.parent)
    write_csv(path, headers, rows)
