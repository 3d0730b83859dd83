"""Bringing a project written by an older program up to date, with a copy kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.errors import DamagedProjectError, NewerProjectError
from planner.project.geopackage import register_attributes
from planner.project.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from planner.project.store import Store


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from a schema version to the next.

    Parameters
    ----------
    to_version : int
        Version that the step ends at; it starts from the one before.
    description : str
        What changes, for the journal.
    apply : callable
        Told the writing connection, inside a transaction.
    keeps_undo : bool
        Whether the journal's operations still fit the tables afterwards; where not, earlier
        edits stay in the history but can no longer be undone.
    """

    to_version: int
    description: str
    apply: Callable[[sqlite3.Connection], None]
    keeps_undo: bool


@dataclass(frozen=True, slots=True)
class Schema:
    """The version that a program works with, and how older files get there."""

    version: int
    migrations: Sequence[Migration]

    def steps_from(self, version: int) -> list[Migration]:
        """Return the steps from a version to this one, in order.

        Raises
        ------
        DamagedProjectError
            A step is missing, as for a version that never was.
        """
        by_target = {migration.to_version: migration for migration in self.migrations}
        wanted = range(version + 1, self.version + 1)
        if any(target not in by_target for target in wanted):
            raise DamagedProjectError(
                f"The project says it has schema version {version}, which this program does "
                "not know how to bring up to date. Restore the project from a copy."
            )
        return [by_target[target] for target in wanted]


_TO_2_PROPOSAL_COLUMNS = (
    "names TEXT",
    "lead TEXT",
    "notes TEXT",
    "legal_basis TEXT",
    "agreed_by TEXT",
    "attachments TEXT",
    "width_m DOUBLE",
    "centreline TEXT",
)
_TO_2_TABLES = (
    (
        "map_layers",
        "Layers that people added to the map, and how they changed those that are there.",
        "layer_id TEXT, name TEXT, source TEXT, kind TEXT, provider TEXT, group_name TEXT, "
        "position INTEGER, visible BOOLEAN, opacity DOUBLE, style TEXT, subset TEXT, note TEXT",
    ),
    (
        "bookmarks",
        "Named extents of the map, in the coordinate system of the project.",
        "name TEXT, west DOUBLE, south DOUBLE, east DOUBLE, north DOUBLE, position INTEGER",
    ),
)


def _to_2(connection: sqlite3.Connection) -> None:
    """Give proposals a form and the project layers and bookmarks, in words of version 2."""
    for column in _TO_2_PROPOSAL_COLUMNS:
        connection.execute(f"ALTER TABLE proposals ADD COLUMN {column}")
    for name, description, columns in _TO_2_TABLES:
        connection.execute(
            f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, '
            f"uuid TEXT NOT NULL UNIQUE, {columns}, attributes TEXT)"
        )
        register_attributes(connection, name, description)


_TO_3_JOURNAL = (
    "seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, time DATETIME NOT NULL, "
    "author TEXT NOT NULL, label TEXT NOT NULL, command_type TEXT NOT NULL, "
    "group_id TEXT NOT NULL, group_label TEXT NOT NULL, state TEXT NOT NULL, "
    "tables TEXT NOT NULL, step INTEGER, command BLOB NOT NULL, inverse BLOB NOT NULL"
)
_TO_3_KEPT = "seq, time, author, label, command_type, group_id, group_label, state, tables"


def _to_3(connection: sqlite3.Connection) -> None:
    """Give the steps of undo numbers; in version 2 a step was what stood side by side."""
    connection.execute(f"CREATE TABLE journal_3 ({_TO_3_JOURNAL})")
    connection.execute(
        f"INSERT INTO journal_3 ({_TO_3_KEPT}, command, inverse) "
        f"SELECT {_TO_3_KEPT}, command, inverse FROM journal"
    )
    connection.execute("DROP TABLE journal")
    connection.execute("ALTER TABLE journal_3 RENAME TO journal")
    connection.execute("CREATE INDEX journal_steps ON journal (state, step)")
    step, before = 0, None
    listed = connection.execute(
        "SELECT seq, group_id, state FROM journal WHERE state <> 'kept' ORDER BY seq"
    ).fetchall()
    for seq, group_id, state in listed:
        step += (group_id, state) != before
        before = (group_id, state)
        connection.execute("UPDATE journal SET step = ? WHERE seq = ?", (step, seq))


CURRENT_SCHEMA = Schema(
    SCHEMA_VERSION,
    (
        Migration(
            2,
            "Proposals have names, notes, consents and attachments; the map has layers of "
            "one's own and bookmarks",
            _to_2,
            keeps_undo=True,
        ),
        Migration(
            3,
            "Undo takes a whole run of a model back, whatever was edited meanwhile",
            _to_3,
            keeps_undo=True,
        ),
    ),
)


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the schema version that a file says it has.

    Raises
    ------
    DamagedProjectError
        It says none.
    """
    table = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'project'"
    ).fetchone()
    row = (
        table
        and connection.execute(
            "SELECT value FROM project WHERE key = 'schema_version'"
        ).fetchone()
    )
    if not row or not str(row[0]).isdecimal() or not 1 <= int(row[0]) < 2**31:
        raise DamagedProjectError(
            f"{path} is a GeoPackage, but no Landbridge project: it states no schema version. "
            "Import it as a layer instead, or restore the project from a copy."
        )
    return int(row[0])


def refuse_newer(found: int, schema: Schema, path: Path) -> None:
    """Check that a file is not from a newer program.

    Raises
    ------
    NewerProjectError
        It is.
    """
    if found > schema.version:
        raise NewerProjectError(
            f"{path.parent} was written by a newer Landbridge (schema version {found}; this "
            f"one knows up to {schema.version}). It was left untouched. Update Landbridge to "
            "open it."
        )


def migrate(store: Store, schema: Schema) -> Path | None:
    """Bring a project up to date in one transaction, after a copy was made beside it.

    Returns
    -------
    Path or None
        The copy, or None where there was nothing to do.

    Raises
    ------
    DamagedProjectError
        No way leads from the file's version to the wanted one.
    ProjectError
        The copy cannot be written; nothing was changed.
    """
    with store.reading() as reader:
        found = version_of(reader, store.path)
    refuse_newer(found, schema, store.path)
    steps = schema.steps_from(found)
    if not steps:
        return None
    copy = store.path.with_name(f"{store.path.stem}.backup-v{found}.gpkg")
    _back_up(store, copy)
    with store.transaction() as connection:
        for step in steps:
            step.apply(connection)
            if not step.keeps_undo:
                connection.execute(
                    "UPDATE journal SET state = CASE state WHEN 'done' THEN 'kept' "
                    "WHEN 'undone' THEN 'dropped' ELSE state END"
                )
        connection.execute(
            "UPDATE project SET value = ? WHERE key = 'schema_version'", (str(schema.version),)
        )
    return copy


def _back_up(store: Store, copy: Path) -> None:
    unfinished = copy.with_name(copy.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with store.reading() as source, closing(sqlite3.connect(unfinished)) as target:
            source.execute("ROLLBACK")
            source.backup(target)
        unfinished.replace(copy)
    finally:
        unfinished.unlink(missing_ok=True)
