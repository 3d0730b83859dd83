"""The journal: every edit with its inverse, and how far back the user has gone.

`planner.project.steps` tells which entries are taken back together.

An entry is ``done``, ``undone`` (it can be repeated), ``dropped`` (undone, and another edit was
made since: history only), ``kept`` (a fact such as a model run, which undo passes over) or
``final`` (done, and the way back was given up: `planner.project.pruning`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from planner.errors import DamagedProjectError
from planner.project.payload import pack, unpack
from planner.project.rows import Delete, Insert, Update

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from planner.project.commands import Command
    from planner.project.rows import Operation, RowWriter, Stored

State = Literal["done", "undone", "dropped", "kept", "final"]
_LISTED = "seq, time, author, label, command_type, group_id, group_label, state, tables"
_READ = f"{_LISTED}, step"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One edit as history tells it.

    Parameters
    ----------
    seq : int
        Place in the journal, rising.
    time : str
        ISO 8601, UTC.
    author : str
        Who made the edit.
    label : str
        What it did.
    command_type : str
        Name of the command.
    group_id : str
        Edits of one group are undone together.
    group_label : str
        What the group did; the label where the edit stands alone.
    state : str
        ``done``, ``undone``, ``dropped``, ``kept`` or ``final``.
    tables : tuple of str
        Tables it touched.
    step : int or None
        Place in the order of undo, rising; edits of one step are taken back together. None
        for what is kept, and for the edits of a group that is still being made.
    """

    seq: int
    time: str
    author: str
    label: str
    command_type: str
    group_id: str
    group_label: str
    state: State
    tables: tuple[str, ...]
    step: int | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """What one edit did to one row.

    Parameters
    ----------
    entry : JournalEntry
        The edit.
    before, after : mapping of str to stored value, or None
        Columns that were given other values, as SQLite holds them; all columns of a row that
        was added or removed, and None on the side where the row is not there.
    """

    entry: JournalEntry
    before: Mapping[str, Stored] | None
    after: Mapping[str, Stored] | None


@dataclass(frozen=True, slots=True)
class Group:
    """Edits that are one step of undo."""

    group_id: str
    label: str


def now() -> str:
    """Return the time as the journal writes it: ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_id() -> str:
    """Return an identifier for a group."""
    return uuid.uuid4().hex


class Journal:
    """Reads and writes the journal through one connection, in the transaction of the change."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def entries(self, *, limit: int | None = None) -> list[JournalEntry]:
        """Return the entries, newest first."""
        return self.where("true ORDER BY seq DESC LIMIT ?", -1 if limit is None else limit)

    def where(self, condition: str, *values: int | str) -> list[JournalEntry]:
        """Return the entries that meet a condition.

        Parameters
        ----------
        condition : str
            In SQL, with the order; a literal of this package.
        *values
            For its placeholders.
        """
        rows = self._connection.execute(
            f"SELECT {_READ} FROM journal WHERE {condition}", values
        ).fetchall()
        return [_entry(row) for row in rows]

    def payloads(
        self, entry: JournalEntry
    ) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
        """Return what an entry did, and what takes it back.

        Raises
        ------
        DamagedProjectError
            The entry cannot be read.
        """
        command, inverse = self._connection.execute(
            "SELECT command, inverse FROM journal WHERE seq = ?", (entry.seq,)
        ).fetchone()
        return unpack(command), unpack(inverse)

    def changes(self, table: str, fid: int) -> list[RowChange]:
        """Return what edits did to one row, newest first.

        Raises
        ------
        DamagedProjectError
            An entry cannot be read.
        """
        rows = self._connection.execute(
            f"SELECT {_READ}, command, inverse FROM journal "
            "WHERE ',' || tables || ',' LIKE ? ORDER BY seq DESC",
            (f"%,{table},%",),
        ).fetchall()
        found: list[RowChange] = []
        for row in rows:
            before = _last_of(unpack(row[-1]), table, fid)
            after = _last_of(unpack(row[-2]), table, fid)
            if before is not _UNTOUCHED or after is not _UNTOUCHED:
                found.append(RowChange(_entry(row[:-2]), _values_of(before), _values_of(after)))
        return found

    def write(
        self,
        command: Command,
        *,
        author: str,
        group: Group,
        done: Sequence[Operation],
        inverse: Sequence[Operation],
        state: State = "done",
    ) -> int:
        """Add an entry and return its place in the journal; it is no step of undo yet."""
        tables = ",".join(dict.fromkeys(operation.table for operation in done))
        cursor = self._connection.execute(
            f"INSERT INTO journal ({_LISTED[5:]}, command, inverse) VALUES (?, ?, ?, ?, ?, ?, "
            "?, ?, ?, ?)",
            (
                now(),
                author,
                command.label,
                type(command).__name__,
                group.group_id,
                group.label,
                state,
                tables,
                pack(done),
                pack(inverse),
            ),
        )
        return int(cursor.lastrowid or 0)

    def undo(self, entry: JournalEntry, rows: RowWriter) -> None:
        """Take an entry back."""
        self._replay(entry, rows, "inverse", "undone")

    def redo(self, entry: JournalEntry, rows: RowWriter) -> None:
        """Repeat an entry."""
        self._replay(entry, rows, "command", "done")

    def _replay(self, entry: JournalEntry, rows: RowWriter, column: str, state: State) -> None:
        (payload,) = self._connection.execute(
            f"SELECT {column} FROM journal WHERE seq = ?", (entry.seq,)
        ).fetchone()
        for operation in unpack(payload):
            rows.apply(operation)
        self._connection.execute(
            "UPDATE journal SET state = ? WHERE seq = ?", (state, entry.seq)
        )


_UNTOUCHED: Mapping[str, Stored] = {}


def _last_of(
    operations: Sequence[Operation], table: str, fid: int
) -> Mapping[str, Stored] | None:
    """Return what operations set of a row in the end: values, None for no row, or untouched."""
    told: Mapping[str, Stored] | None = _UNTOUCHED
    for operation in operations:
        if operation.table != table:
            continue
        match operation:
            case Insert(_, columns, rows):
                for row in rows:
                    values = dict(zip(columns, row, strict=True))
                    if values.get("fid") == fid:
                        told = values
            case Delete(_, fids):
                told = None if fid in fids else told
            case Update(_, other, values) if other == fid:
                told = {**(told or {}), **dict(values)}
    return told


def _values_of(told: Mapping[str, Stored] | None) -> Mapping[str, Stored] | None:
    return None if told is None or told is _UNTOUCHED else told


def _entry(row: tuple[object, ...]) -> JournalEntry:
    match row:
        case (
            int(seq),
            str(time),
            str(author),
            str(label),
            str(command_type),
            str(group_id),
            str(group_label),
            "done" | "undone" | "dropped" | "kept" | "final" as state,
            str(tables),
            int() | None as step,
        ):
            listed = tuple(tables.split(",")) if tables else ()
            return JournalEntry(
                seq,
                time,
                author,
                label,
                command_type,
                group_id,
                group_label,
                state,
                listed,
                step,
            )
        case _:
            raise DamagedProjectError(
                f"Entry {row[0]!r:.20} of the journal is damaged. Restore the project from a "
                "copy."
            )
