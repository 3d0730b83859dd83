"""What edits touch, and which of them can change places without another outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.project.rows import Delete, Insert, Update

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planner.project.rows import Operation, Stored

WHOLE = "*"
"""Stands for all columns of a row, and for the row being there."""

_NAMED_BY = {
    "settings": ("key",),
    "scenarios": ("scenario_id",),
    "map_layers": ("layer_id",),
    "proposals": ("scenario", "proposal_id"),
}
"""Columns that no two rows of a table share, though SQLite does not watch over it."""


@dataclass(slots=True)
class Touched:
    """What an edit touches.

    Parameters
    ----------
    columns : mapping of (str, int) to set of str
        Columns by table and identifier of the row; `WHOLE` where it was added or removed.
    names : set of tuple
        Table and name of the rows that were added or removed.
    scenarios : set of str
        Scenarios that added, removed or moved rows belong to.
    """

    columns: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    names: set[tuple[Stored, ...]] = field(default_factory=set)
    scenarios: set[Stored] = field(default_factory=set)


def touched_by(operations: Iterable[Operation]) -> Touched:
    """Return what operations touch; told with their inverse, also what removed rows held."""
    found = Touched()
    for operation in operations:
        match operation:
            case Insert(table, columns, rows):
                for row in rows:
                    _note_row(found, table, dict(zip(columns, row, strict=True)))
            case Delete(table, fids):
                for fid in fids:
                    found.columns.setdefault((table, fid), set()).add(WHOLE)
            case Update(table, fid, values):
                changed = dict(values)
                found.columns.setdefault((table, fid), set()).update(changed)
                _note_scenario(found, table, changed)
    return found


def independent(first: Touched, second: Touched) -> bool:
    """Tell whether two edits come to the same in either order."""
    if first.names & second.names:
        return False
    if _depends_on_scenario(first, second) or _depends_on_scenario(second, first):
        return False
    shared = first.columns.keys() & second.columns.keys()
    return not any(_overlap(first.columns[row], second.columns[row]) for row in shared)


def _note_row(found: Touched, table: str, row: Mapping[str, Stored]) -> None:
    fid = row.get("fid")
    if isinstance(fid, int):
        found.columns.setdefault((table, fid), set()).add(WHOLE)
    if table in _NAMED_BY:
        found.names.add((table, *(row.get(column) for column in _NAMED_BY[table])))
    _note_scenario(found, table, row)


def _note_scenario(found: Touched, table: str, row: Mapping[str, Stored]) -> None:
    if table != "scenarios" and row.get("scenario") is not None:
        found.scenarios.add(row["scenario"])


def _depends_on_scenario(edit: Touched, other: Touched) -> bool:
    return any(("scenarios", scenario) in other.names for scenario in edit.scenarios)


def _overlap(first: set[str], second: set[str]) -> bool:
    return WHOLE in first or WHOLE in second or bool(first & second)
