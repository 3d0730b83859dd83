"""Giving up undo before a point, so that the journal holds no more than history needs.

Entries stay, with what was done, by whom and when. What they would need to be taken back goes,
except for what proposals were: the history of a proposal is a record of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.project.payload import pack
from planner.project.rows import Insert, Update
from planner.project.schema import PROPOSALS
from planner.project.touching import touched_by

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator

    from planner.project.journal import Journal, JournalEntry
    from planner.project.rows import Operation, Stored

EVERYTHING = "9999-12-31T00:00:00.000Z"
"""A time after every edit."""

_EMPTY_BYTES = 4
"""Of the two payloads of an entry that holds none: two pairs of brackets."""
_PRUNED = (
    "(step <= ? OR (state IN ('kept', 'dropped') AND time < ?)) "
    f"AND length(command) + length(inverse) > {_EMPTY_BYTES}"
)


@dataclass(frozen=True, slots=True)
class Prunable:
    """What the journal could do without.

    Parameters
    ----------
    steps : int
        Steps of undo, and of what could be repeated, that would be given up.
    payload_bytes : int
        What they take in the file, about.
    """

    steps: int
    payload_bytes: int


class Pruner:
    """Prunes the journal through one connection, in the transaction of the change.

    Parameters
    ----------
    connection : sqlite3.Connection
        That of the journal.
    journal : Journal
        Reads the entries.
    before : str
        ISO 8601, UTC. The steps that ended before it are given up, up to the first that did
        not: what was done later may have built on that.
    """

    def __init__(self, connection: sqlite3.Connection, journal: Journal, before: str) -> None:
        self._connection = connection
        self._journal = journal
        self._before = before
        (first_kept,) = connection.execute(
            "SELECT min(step) FROM journal WHERE state IN ('done', 'undone') AND time >= ?",
            (before,),
        ).fetchone()
        (last,) = connection.execute("SELECT coalesce(max(step), 0) FROM journal").fetchone()
        self._place = int(last) if first_kept is None else int(first_kept) - 1

    def prunable(self) -> Prunable:
        """Return what would be given up."""
        (steps,) = self._connection.execute(
            "SELECT count(DISTINCT step) FROM journal "
            "WHERE state IN ('done', 'undone') AND step <= ?",
            (self._place,),
        ).fetchone()
        (size,) = self._connection.execute(
            "SELECT coalesce(sum(length(command) + length(inverse)), 0) FROM journal "
            f"WHERE {_PRUNED}",
            (self._place, self._before),
        ).fetchone()
        return Prunable(int(steps), int(size))

    def texts_of_undo(self, table: str, column: str) -> set[str]:
        """Return the values of a column that undo or redo could still bring back."""
        found: set[str] = set()
        for operation in self._operations_of_undo(table):
            found |= _texts(operation, column)
        return found

    def rows_of_undo(self, table: str) -> set[int]:
        """Return the rows of a table that undo or redo could still change."""
        touched = touched_by(self._operations_of_undo(table)).columns
        return {fid for _, fid in touched}

    def _operations_of_undo(self, table: str) -> Iterator[Operation]:
        for entry in self._journal.where(
            "state IN ('done', 'undone') AND (step > ? OR step IS NULL) "
            "AND ',' || tables || ',' LIKE ? ORDER BY seq",
            self._place,
            f"%,{table},%",
        ):
            for operations in self._journal.payloads(entry):
                yield from _of_table(operations, table)

    def prune(self) -> None:
        """Give up undo before the point."""
        for entry in self._journal.where(f"{_PRUNED} ORDER BY seq", self._place, self._before):
            done, inverse = self._kept_of(entry)
            self._connection.execute(
                "UPDATE journal SET command = ?, inverse = ? WHERE seq = ?",
                (pack(done), pack(inverse), entry.seq),
            )
        self._connection.execute(
            "UPDATE journal SET state = CASE state WHEN 'done' THEN 'final' ELSE 'dropped' END "
            "WHERE state IN ('done', 'undone') AND step <= ?",
            (self._place,),
        )

    def _kept_of(self, entry: JournalEntry) -> tuple[list[Operation], list[Operation]]:
        if PROPOSALS.name not in entry.tables:
            return [], []
        done, inverse = self._journal.payloads(entry)
        return _of_table(done, PROPOSALS.name), _of_table(inverse, PROPOSALS.name)


def _of_table(operations: Collection[Operation], table: str) -> list[Operation]:
    return [operation for operation in operations if operation.table == table]


def _texts(operation: Operation, column: str) -> set[str]:
    values: list[Stored] = []
    match operation:
        case Insert(_, columns, rows) if column in columns:
            at = columns.index(column)
            values = [row[at] for row in rows]
        case Update(_, _, changed):
            values = [value for name, value in changed if name == column]
    return {value for value in values if isinstance(value, str)}
