"""Flyways of a project: its species, results in its exports, each a recorded run."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from planner.flyways.sites import flyway_species
from planner.flyways.tables import flyway_record, write_flyway
from planner.pipeline.runner import software_versions
from planner.profiles import load_region
from planner.project import RunRecord, file_sha256, inputs_hash
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planner.flyways.analysis import Flyway
    from planner.profiles import SpeciesProfile
    from planner.project import Project


def species_of_project(
    project: Project, wanted: Sequence[str] = ()
) -> tuple[SpeciesProfile, ...]:
    """Return the flying species of a project's region, or those wanted.

    Raises
    ------
    UsageError
        The region has no species that flies, or a wanted one is not known.
    """
    if wanted:
        return flyway_species(wanted)
    region = load_region(project.region_id)
    found = tuple(one for one in flyway_species() if one.id in region.species)
    if not found:
        raise UsageError(
            f"No species of {region.names.en} has a flyway. Name one with --species, such as "
            "hooded-crane."
        )
    return found


def record_flyway(
    project: Project, flyway: Flyway, hashes: Mapping[str, str]
) -> tuple[Path, ...]:
    """Write a flyway into the exports of a project, and the run that made it.

    Parameters
    ----------
    project : Project
        Open; where it is open for reading only, nothing is written.
    flyway : Flyway
        What was found.
    hashes : mapping of str to str
        Hash of every input.

    Returns
    -------
    tuple of Path
        What was written.
    """
    if project.read_only:
        return ()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    name = "-".join(part for part in ("flyway", flyway.species, flyway.season) if part)
    written = write_flyway(project.exports_path / name, flyway, hashes)
    told = flyway_record(flyway, hashes)
    parameters = {"range_km": told["range_km"], "season": told["season"]}
    versions = software_versions()
    project.add_run(
        RunRecord(
            run_id=uuid.uuid4().hex[:12],
            step=f"flyway:{flyway.species}",
            inputs_hash=inputs_hash(name, hashes, parameters, versions=versions),
            parameters=parameters,
            seed=None,
            versions=versions,
            started=started,
            seconds=0.0,
            outputs={
                path.relative_to(project.path).as_posix(): file_sha256(path) for path in written
            },
            inputs=dict(hashes),
        )
    )
    return written
