"""Scenarios: made, copied, named, noted and removed; each edit is one step of undo."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from planner.project import AddScenario, RemoveScenario, RenameScenario
from planner.project.schema import table_named
from resources.errors import UsageError
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from layers.qgis.layer_spec import LayerSpec
    from planner.project import Command, Project, Scenario
    from planner.project.rows import Operation, RowWriter

LONGEST_NAME = 80
LONGEST_NOTE = 4000
COPY_NAME = mark("{name}, copy")

SCENARIO_LAYERS = frozenset(
    {
        "cores",
        "corridor_swaths",
        "corridor_paths",
        "widening_areas",
        "bottleneck_stretches",
        "proposals",
    }
)
"""Layers of the map whose features belong to one scenario each."""


@dataclass(frozen=True, slots=True)
class NoteScenario:
    """Give a scenario another note; an empty one takes it away."""

    scenario_id: str
    note: str
    label: str

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Update the scenario's row."""
        table = table_named("scenarios")
        for fid in rows.fids(table, {"scenario_id": self.scenario_id}):
            yield rows.prepare_update(table, fid, {"note": self.note or None})


def new_scenario(project: Project, name: str, *, note: str = "", copy_of: str = "") -> Command:
    """Return the edit that adds a scenario, empty or as a copy of another.

    Parameters
    ----------
    project : Project
        Whose identifiers and names are taken already.
    name : str
        What people will call it.
    note : str
        Free text.
    copy_of : str
        Scenario whose cores, corridors, bottlenecks, proposals and indicators are copied;
        empty for none.

    Raises
    ------
    UsageError
        The name is empty, too long or taken, or there is no scenario to copy.
    """
    taken = project.scenarios()
    clean = checked_name(taken, name)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if copy_of:
        source = scenario_named(project, copy_of)
        label = filled("Duplicate scenario {name}", name=source.name)
        note = note or source.note
    else:
        label = filled("Add scenario {name}", name=clean)
    return AddScenario(
        scenario_id=free_identifier(taken, clean),
        name=clean,
        created=now,
        note=_checked_note(note),
        copy_of=copy_of or None,
        label=label,
    )


def rename_scenario(project: Project, scenario_id: str, name: str) -> Command:
    """Return the edit that gives a scenario another name; its identifier stays.

    Raises
    ------
    UsageError
        The name is empty, too long or another's, or there is no such scenario.
    """
    old = scenario_named(project, scenario_id)
    others = [item for item in project.scenarios() if item.scenario_id != scenario_id]
    clean = checked_name(others, name)
    label = filled("Rename scenario {name} to {new_name}", name=old.name, new_name=clean)
    return RenameScenario(scenario_id, clean, label)


def note_scenario(project: Project, scenario_id: str, note: str) -> Command:
    """Return the edit that gives a scenario another note.

    Raises
    ------
    UsageError
        The note is too long, or there is no such scenario.
    """
    old = scenario_named(project, scenario_id)
    label = filled("Change note of scenario {name}", name=old.name)
    return NoteScenario(scenario_id, _checked_note(note), label)


def remove_scenario(project: Project, scenario_id: str) -> Command:
    """Return the edit that removes a scenario with everything that belongs to it.

    Raises
    ------
    UsageError
        There is no such scenario.
    """
    old = scenario_named(project, scenario_id)
    return RemoveScenario(scenario_id, filled("Remove scenario {name}", name=old.name))


def scenario_named(project: Project, scenario_id: str) -> Scenario:
    """Return a scenario by its identifier.

    Raises
    ------
    UsageError
        There is none; lists those there are.
    """
    scenarios = project.scenarios()
    for item in scenarios:
        if item.scenario_id == scenario_id:
            return item
    listed = ", ".join(sorted(item.scenario_id for item in scenarios)) or "none"
    raise UsageError(f"The project has no scenario {scenario_id!r:.80}. Scenarios: {listed}.")


def checked_name(taken: Sequence[Scenario], name: str) -> str:
    """Return a name without the space around it.

    Raises
    ------
    UsageError
        It is empty, too long, or the name of another scenario.
    """
    clean = " ".join(name.split())
    if not clean:
        raise UsageError("A scenario needs a name. Type one.")
    if len(clean) > LONGEST_NAME:
        raise UsageError(
            f"The name has {len(clean)} characters, and {LONGEST_NAME} are allowed. Shorten it."
        )
    if any(item.name.casefold() == clean.casefold() for item in taken):
        raise UsageError(f"There is a scenario named {clean!r} already. Choose another name.")
    return clean


def free_name(taken: Sequence[Scenario], wanted: str) -> str:
    """Return a name that no scenario has, with a number behind it where it must be."""
    names = {item.name.casefold() for item in taken}
    short = wanted[: LONGEST_NAME - 4].rstrip()
    candidates = (short, *(f"{short} {number}" for number in range(2, len(names) + 3)))
    return next(item for item in candidates if item.casefold() not in names)


def free_identifier(taken: Sequence[Scenario], name: str) -> str:
    """Return an identifier made from a name that no scenario has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "scenario"
    known = {item.scenario_id for item in taken}
    candidates = (stem, *(f"{stem}-{number}" for number in range(2, len(known) + 3)))
    return next(item for item in candidates if item not in known)


def layers_of_scenario(
    specs: Sequence[LayerSpec], scenario_id: str, *, prefix: str = ""
) -> tuple[LayerSpec, ...]:
    """Return layers with those of scenarios cut to one of them.

    Parameters
    ----------
    specs : sequence of LayerSpec
        Layers of a project's map.
    scenario_id : str
        Whose features are shown; empty for those of all scenarios.
    prefix : str
        Put before the ids of the layers of scenarios, so that the same map can hold them for
        several scenarios.
    """
    if not scenario_id:
        return tuple(specs)
    quoted = scenario_id.replace("'", "''")
    clause = f"scenario = '{quoted}'"
    return tuple(
        replace(
            spec,
            layer_id=f"{prefix}{spec.layer_id}",
            subset=f"({spec.subset}) AND {clause}" if spec.subset else clause,
        )
        if spec.layer_id in SCENARIO_LAYERS
        else spec
        for spec in specs
    )


def _checked_note(note: str) -> str:
    clean = note.strip()
    if len(clean) > LONGEST_NOTE:
        raise UsageError(
            f"The note has {len(clean):,} characters, and {LONGEST_NOTE:,} are allowed. "
            "Shorten it, or attach the text to a proposal."
        )
    return clean
