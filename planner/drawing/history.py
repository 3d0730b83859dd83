"""Who changed a proposal, when, and what: told from the project's journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.drawing.rows import proposal_row
from planner.project.geopackage import decode_geometries
from planner.project.rows import from_stored
from planner.project.schema import PROPOSALS
from planner.records import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.project import Project
    from planner.project.journal import RowChange
    from planner.project.rows import Stored

_UNTOLD = frozenset({"fid", "uuid", "scenario", "run_id", "attributes", "centreline"})
"""Columns that are no field of a form; shape and width say what changed in a middle line."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a proposal, before and after an edit.

    Attributes
    ----------
    field : str
        Column; ``geometry`` for the shape, whose values are its area in km².
    before, after : object
        Values as JSON knows them; None where there was, or is, none.
    """

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class ProposalChange:
    """One edit of a proposal.

    Attributes
    ----------
    time, author : str
        When, ISO 8601 in UTC, and by whom.
    label : str
        What the edit was called, in English, to be translated when shown.
    state : str
        ``done``; ``undone`` or ``dropped`` where it was taken back.
    kind : str
        ``added``, ``changed`` or ``removed``.
    fields : tuple of FieldChange
        What changed, in the order of the table.
    """

    time: str
    author: str
    label: str
    state: str
    kind: str
    fields: tuple[FieldChange, ...]


def history_of(project: Project, scenario: str, proposal_id: str) -> tuple[ProposalChange, ...]:
    """Return every edit of a proposal, newest first, those that were undone among them.

    Edits that were made before it got another identifier or name are told too.

    Raises
    ------
    DrawingError
        The proposal is gone.
    DamagedProjectError
        An entry of the journal cannot be read.
    """
    row = proposal_row(project, scenario, proposal_id)
    changes = project.changes(PROPOSALS.name, whole_number(row["fid"]))
    return tuple(_told(change) for change in changes)


def _told(change: RowChange) -> ProposalChange:
    entry = change.entry
    kind = "changed"
    if change.before is None:
        kind = "added"
    elif change.after is None:
        kind = "removed"
    return ProposalChange(
        time=entry.time,
        author=entry.author,
        label=entry.group_label if entry.command_type == "CommandGroup" else entry.label,
        state=entry.state,
        kind=kind,
        fields=tuple(_fields(change)),
    )


def _fields(change: RowChange) -> list[FieldChange]:
    before, after = change.before or {}, change.after or {}
    found = []
    for column in PROPOSALS.stored_columns:
        if column in _UNTOLD or not (column in before or column in after):
            continue
        values = _value(before, column), _value(after, column)
        if values[0] != values[1]:
            name = "geometry" if column == "geom" else column
            found.append(FieldChange(name, *values))
    return found


def _value(values: Mapping[str, Stored], column: str) -> object:
    stored = values.get(column)
    if stored is None:
        return None
    if column == "geom":
        shapes = decode_geometries(
            [stored] if isinstance(stored, bytes) else [], table="journal"
        )
        return round(float(shapes[0].area) / 1e6, 2) if len(shapes) else None
    return from_stored(PROPOSALS.column(column), stored, PROPOSALS.name)
