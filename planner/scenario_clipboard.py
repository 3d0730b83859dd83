"""A scenario as text for the clipboard, and back from text of unknown origin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from planner.project import AddFeatures, AddScenario, CommandGroup
from planner.project.schema import TABLES
from planner.scenarios import LONGEST_NOTE, free_identifier, free_name, scenario_named
from resources.errors import UsageError
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.project import Command, Project
    from planner.project.schema import Table

FORMAT = "landbridge-scenario"
MAXIMUM_CHARACTERS = 128_000_000
MAXIMUM_ROWS = 100_000
_VERSION = 1
_NO_SCENARIO = (
    "The clipboard holds no scenario. Copy one with “Copy” in the panel Scenarios first."
)


@dataclass(frozen=True)
class PastedScenario:
    """A scenario read from text.

    Parameters
    ----------
    command : Command
        Adds it with everything that belongs to it, as one step of undo.
    scenario_id : str
        Identifier it will have.
    name : str
        Name it will have.
    """

    command: Command
    scenario_id: str
    name: str


def scenario_text(project: Project, scenario_id: str) -> str:
    """Return a scenario with all that belongs to it as JSON.

    Raises
    ------
    UsageError
        There is no such scenario.
    """
    scenario = scenario_named(project, scenario_id)
    return json.dumps(
        {
            "format": FORMAT,
            "version": _VERSION,
            "name": scenario.name,
            "note": scenario.note,
            "crs": project.crs,
            "tables": {
                table.name: [
                    _written(row) for row in project.records(table.name, scenario=scenario_id)
                ]
                for table in _tables()
            },
        },
        ensure_ascii=False,
    )


def is_scenario_text(text: str) -> bool:
    """Tell at a glance whether text may be a scenario, without reading it whole."""
    return f'"{FORMAT}"' in text[:200]


def pasted_scenario(project: Project, text: str) -> PastedScenario:
    """Return the edit that adds the scenario that a text holds.

    Parameters
    ----------
    project : Project
        Into which it goes; geometry is brought into its CRS.
    text : str
        From `scenario_text` of this project or another; not trusted.

    Raises
    ------
    UsageError
        It is no scenario, is too large, or holds what a project cannot.
    """
    document = _document(text)
    to_project = _transformer(document.get("crs"), project.crs)
    taken = project.scenarios()
    name = free_name(taken, " ".join(_text(document, "name").split()) or "Scenario")
    scenario_id = free_identifier(taken, name)
    runs = {run.run_id for run in project.runs()}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    note = _text(document, "note")[:LONGEST_NOTE]
    commands: list[Command] = [AddScenario(scenario_id, name, now, note)]
    count = 0
    for table in _tables():
        rows = _rows(document, table)
        count += len(rows)
        if count > MAXIMUM_ROWS:
            raise UsageError(
                f"The scenario on the clipboard has more than {MAXIMUM_ROWS:,} rows, which is "
                "more than a paste may bring. Copy the project's folder instead."
            )
        if rows:
            records = [_read(table, row, to_project, runs) for row in rows]
            placed = [{**record, "scenario": scenario_id} for record in records]
            commands.append(AddFeatures(table.name, placed))
    label = filled("Paste scenario {name}", name=name)
    return PastedScenario(CommandGroup(label, tuple(commands)), scenario_id, name)


def _tables() -> tuple[Table, ...]:
    return tuple(table for table in TABLES.values() if table.has_column("scenario"))


def _written(row: Mapping[str, object]) -> dict[str, object]:
    kept = {
        name: value
        for name, value in row.items()
        if name not in {"fid", "uuid", "scenario", "geometry"} and value is not None
    }
    geometry = row.get("geometry")
    if isinstance(geometry, BaseGeometry):
        kept["geometry"] = geometry.wkb_hex
    return kept


def _document(text: str) -> dict[str, Any]:
    if len(text) > MAXIMUM_CHARACTERS:
        raise UsageError(
            f"The clipboard holds {len(text):,} characters, more than the "
            f"{MAXIMUM_CHARACTERS:,} a paste may bring. Copy the project's folder instead."
        )
    if not is_scenario_text(text):
        raise UsageError(_NO_SCENARIO)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"The scenario on the clipboard is damaged: {error}. Copy it again."
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UsageError(_NO_SCENARIO)
    if document.get("version") != _VERSION:
        raise UsageError(
            "The scenario on the clipboard was copied from another version of Landbridge. "
            "Use the same version in both windows."
        )
    return document


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""


def _rows(document: Mapping[str, Any], table: Table) -> list[Mapping[str, Any]]:
    tables = document.get("tables")
    rows = tables.get(table.name, []) if isinstance(tables, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(
            f"The scenario on the clipboard is damaged: its {table.name} are no list of rows. "
            "Copy it again."
        )
    return rows


def _read(
    table: Table, row: Mapping[str, Any], to_project: Transformer | None, runs: set[str]
) -> dict[str, object]:
    known = {column.name for column in table.columns} | {"attributes"}
    record: dict[str, object] = {name: row[name] for name in known & row.keys()}
    if record.get("run_id") not in runs:
        record.pop("run_id", None)  # a run of another project, which is not told here
    if table.geometry and isinstance(row.get("geometry"), str):
        record["geometry"] = _geometry(row["geometry"], to_project)
    return record


def _geometry(text: str, to_project: Transformer | None) -> BaseGeometry:
    try:
        shape: BaseGeometry = shapely.from_wkb(text)
    except (ShapelyError, ValueError) as error:
        raise UsageError(
            f"The scenario on the clipboard is damaged: a geometry cannot be read ({error}). "
            "Copy it again."
        ) from error
    if to_project is not None:

        def moved(places: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(to_project.transform(places[:, 0], places[:, 1]))

        shape = shapely.transform(shape, moved)
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise UsageError(
            "The scenario on the clipboard lies outside the area of this project. Open a "
            "project of the same region."
        )
    return shape


def _transformer(source: object, target: str) -> Transformer | None:
    try:
        given, own = CRS.from_user_input(str(source)), CRS.from_user_input(target)
    except CRSError as error:
        raise UsageError(
            "The scenario on the clipboard does not say in what coordinate system it is. "
            "Copy it again."
        ) from error
    return None if given == own else Transformer.from_crs(given, own, always_xy=True)
