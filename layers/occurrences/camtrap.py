"""Camera-trap data packages (Camtrap DP): what was seen, and where and how long was looked."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.control import NULL_CONTROL
from layers.occurrences import limits
from layers.occurrences.columns import SAMPLE_ROWS
from layers.occurrences.coordinates import numbers
from layers.occurrences.delimited import TextTable, open_table
from layers.occurrences.errors import OccurrenceReadError
from layers.occurrences.opened import OpenedRecords, Stated, opened_table
from layers.occurrences.record_source import Chunk, Link, WidenedSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from layers.control import Control
    from layers.occurrences.packages import Package

DESCRIPTOR_NAME = "datapackage.json"

# Names of versions 1.0 and later, then of 0.1.
_DEPLOYMENT = ("deploymentID", "deployment_id")
_PLACE = {
    "longitude": ("longitude",),
    "latitude": ("latitude",),
    "coordinateUncertainty": ("coordinateUncertainty", "coordinate_uncertainty"),
    "deploymentStart": ("deploymentStart", "start"),
    "deploymentEnd": ("deploymentEnd", "end"),
}
_TYPE = ("observationType", "observation_type")
_LEVEL = ("observationLevel", "observation_level")
_SPECIES = ("scientificName", "scientific_name")
_EVENT = "event"
_ANIMAL = "animal"


class _AnimalSource:
    """The observations that are animals, of one level."""

    def __init__(self, table: TextTable, level: str) -> None:
        self._table = table
        self._level = level

    @property
    def names(self) -> tuple[str, ...]:
        return self._table.names

    def sample(self, count: int) -> list[list[str]]:
        kind = _column(self.names, _TYPE)
        rows = self._table.sample(SAMPLE_ROWS * 5)
        if kind is not None:
            at = self.names.index(kind)
            rows = [row for row in rows if row[at].strip().casefold() == _ANIMAL] or rows
        return rows[:count]

    def chunks(
        self, columns: Sequence[str], control: Control = NULL_CONTROL
    ) -> Iterator[Chunk]:
        kind, level = _column(self.names, _TYPE), _column(self.names, _LEVEL)
        needed = [*columns, *(name for name in (kind, level) if name)]
        for chunk in self._table.chunks(list(dict.fromkeys(needed)), control):
            yield self._animals(chunk, kind, level)

    def _animals(self, chunk: Chunk, kind: str | None, level: str | None) -> Chunk:
        kept = np.ones(len(chunk.lines), dtype=np.bool_)
        for column, wanted in ((kind, _ANIMAL), (level, self._level)):
            if column is not None and wanted:
                kept &= [cell.strip().casefold() == wanted for cell in chunk.cells[column]]
        new_position = {int(old): new for new, old in enumerate(np.flatnonzero(kept))}
        return Chunk(
            chunk.lines[kept],
            {
                name: [cell for cell, keep in zip(column, kept, strict=True) if keep]
                for name, column in chunk.cells.items()
            },
            {new_position[at]: text for at, text in chunk.faults.items() if at in new_position},
        )


def open_camtrap(package: Package, stated: Stated) -> OpenedRecords:
    """Recognise a camera-trap data package, versions 1 and 0.1.

    Observations take place and uncertainty from their deployment. Observations of people,
    vehicles and nothing are no records of a species; they are counted in the notes, and the
    deployments come back as effort whether or not anything was seen.

    Parameters
    ----------
    package : Package
        With a ``datapackage.json``.
    stated : Stated
        What the caller states.

    Raises
    ------
    OccurrenceReadError
        The descriptor or a table it names cannot be used.
    UnsafePackageError
        A path leads outside the package or to the web.
    """
    descriptor = package.find(DESCRIPTOR_NAME) or DESCRIPTOR_NAME
    resources = _resources(package, descriptor)
    deployments = _table(package, descriptor, resources, "deployments", stated)
    observations = _table(package, descriptor, resources, "observations", stated)
    link = _deployed(deployments, observations, stated.control)
    level, details = _survey(observations, stated.control)
    animals = _AnimalSource(observations, level)
    effort, effort_notes = _effort(link, details)
    notes = [
        f"{package.path.name} is a camera-trap package: {len(link.rows):,} deployments.",
        *_left_out(details),
        *effort_notes,
    ]
    return opened_table(
        WidenedSource(animals, {}, link),
        place=(observations.source.label, observations.source.name, "camera-trap package"),
        encoding=observations.encoding,
        stated=stated,
        notes=tuple(notes),
        effort=effort,
    )


def _resources(package: Package, descriptor: str) -> Mapping[str, Mapping[str, object]]:
    source = package.source(descriptor)
    try:
        content = json.loads(package.small(source).decode("utf-8-sig"))
        listed = content["resources"]
        return {one["name"]: one for one in listed if isinstance(one.get("name"), str)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise OccurrenceReadError(
            f"{source.label} does not list the tables of a data package ({error}). Export the "
            "package again."
        ) from error


def _table(
    package: Package,
    descriptor: str,
    resources: Mapping[str, Mapping[str, object]],
    name: str,
    stated: Stated,
) -> TextTable:
    resource = resources.get(name)
    path = None if resource is None else resource.get("path")
    if isinstance(path, list) and len(path) == 1:
        path = path[0]
    if not isinstance(path, str):
        raise OccurrenceReadError(
            f"{package.path}, {descriptor} names no file of {name}, or several. A camera-trap "
            "package needs one table of deployments and one of observations; export it again."
        )
    source = package.source(path, beside=descriptor)
    return open_table(source, stated.encoding)


def _column(names: Sequence[str], known: Sequence[str]) -> str | None:
    return next((name for name in known if name in names), None)


def _needed(table: TextTable, known: Sequence[str]) -> str:
    name = _column(table.names, known)
    if name is None:
        raise OccurrenceReadError(
            f"{table.source.label} has no column {known[0]}. Its columns are "
            f"{', '.join(table.names)}; export the package again."
        )
    return name


def _deployed(deployments: TextTable, observations: TextTable, control: Control) -> Link:
    key = _needed(deployments, _DEPLOYMENT)
    columns = {name: _column(deployments.names, known) for name, known in _PLACE.items()}
    for name in ("longitude", "latitude"):
        _needed(deployments, _PLACE[name])
    present = {name: column for name, column in columns.items() if column}
    rows: dict[str, tuple[str, ...]] = {}
    for chunk in deployments.chunks(list(dict.fromkeys((key, *present.values())))):
        control.report(0.0)
        cells = [chunk.cells[column] for column in present.values()]
        rows.update(zip(chunk.cells[key], zip(*cells, strict=True), strict=True))
        if len(rows) > limits.MAXIMUM_DEPLOYMENTS:
            raise OccurrenceReadError(
                f"{deployments.source.label} has more than {limits.MAXIMUM_DEPLOYMENTS:,} "
                "deployments. Split the package."
            )
    return Link(_needed(observations, _DEPLOYMENT), "deployment", tuple(present), rows)


class _Survey:
    """What the observations hold, seen in one pass."""

    def __init__(self) -> None:
        self.species: dict[str, set[str]] = {}
        self.kinds: dict[str, int] = {}
        self.levels: dict[str, int] = {}


def _survey(observations: TextTable, control: Control) -> tuple[str, _Survey]:
    """Return the level to read (empty where there is one alone), and what is there."""
    key = _needed(observations, _DEPLOYMENT)
    species = _needed(observations, _SPECIES)
    kind, level = _column(observations.names, _TYPE), _column(observations.names, _LEVEL)
    found = _Survey()
    wanted = [name for name in (key, species, kind, level) if name]
    for chunk in observations.chunks(list(dict.fromkeys(wanted))):
        control.report(0.0)
        for position, deployment in enumerate(chunk.cells[key]):
            what = chunk.cells[kind][position].strip().casefold() if kind else _ANIMAL
            found.kinds[what] = found.kinds.get(what, 0) + 1
            if what != _ANIMAL:
                continue
            found.species.setdefault(deployment, set()).add(
                chunk.cells[species][position].strip()
            )
            if level:
                at = chunk.cells[level][position].strip().casefold()
                found.levels[at] = found.levels.get(at, 0) + 1
    both = found.levels.get(_EVENT, 0) and found.levels.get("media", 0)
    return (_EVENT if both else ""), found


def _left_out(found: _Survey) -> list[str]:
    notes = []
    others = {what or "unclassified": n for what, n in found.kinds.items() if what != _ANIMAL}
    if others:
        told = ", ".join(f"{count:,} {what}" for what, count in sorted(others.items()))
        notes.append(f"Observations that are no animals are not read as records: {told}.")
    if found.levels.get(_EVENT, 0) and found.levels.get("media", 0):
        notes.append(
            f"{found.levels['media']:,} animals are told per picture and not read again, "
            f"because {found.levels[_EVENT]:,} are told per event."
        )
    return notes


def _effort(link: Link, found: _Survey) -> tuple[pd.DataFrame, list[str]]:
    at = {name: position for position, name in enumerate(link.names)}
    rows = list(link.rows.values())

    def cells(name: str) -> list[str]:
        return [row[at[name]].strip() for row in rows] if name in at else [""] * len(rows)

    start, end = cells("deploymentStart"), cells("deploymentEnd")
    days = np.array([_days(*pair) for pair in zip(start, end, strict=True)], dtype=np.float64)
    effort = pd.DataFrame(
        {
            "deployment": list(link.rows),
            "lon": numbers(cells("longitude")),
            "lat": numbers(cells("latitude")),
            "start": start,
            "end": end,
            "days": days,
            "species": [
                "; ".join(sorted(filter(None, found.species.get(key, set()))))
                for key in link.rows
            ],
        }
    )
    unknown = int(np.isnan(days).sum())
    notes = [f"{int((effort['species'] == '').sum()):,} deployments saw no animal."]
    if unknown:
        notes.append(
            f"{unknown:,} deployments do not tell a sensible start and end; their days are "
            "unknown."
        )
    return effort, notes


def _days(start: str, end: str) -> float:
    try:
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
        days = (last - first).total_seconds() / 86_400
    except (ValueError, TypeError):
        return float("nan")
    return days if days >= 0 else float("nan")
