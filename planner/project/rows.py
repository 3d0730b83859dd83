"""Rows of a project's tables: checked on the way in, typed on the way out.

Everything an edit does comes down to three operations, `Insert`, `Delete` and `Update`.
Applying one returns the operation that takes it back.
"""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import DamagedProjectError, EditConflictError, EditError
from planner.project.geopackage import decode_geometries, encode_geometries, envelope_of
from planner.project.schema import TABLES, VIEWS, Column, Table, table_named

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

MAXIMUM_TEXT = 16 * 1024 * 1024
"""Longest text or JSON value stored or read, in characters."""

_BATCH = 500

Stored = None | int | float | str | bytes
"""A value as SQLite holds it."""


@dataclass(frozen=True, slots=True)
class Insert:
    """Add complete rows, identifiers included."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Stored, ...], ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove rows by identifier."""

    table: str
    fids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """Give some columns of one row other values."""

    table: str
    fid: int
    values: tuple[tuple[str, Stored], ...]


Operation = Insert | Delete | Update


class RowReader:
    """Reads typed records through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fids(self, table: Table, where: Mapping[str, object]) -> tuple[int, ...]:
        """Return the identifiers of the rows that match, in order."""
        clause, values = where_clause(table, where)
        rows = self._connection.execute(
            f'SELECT fid FROM "{table.name}"{clause} ORDER BY fid', values
        ).fetchall()
        return tuple(fid for (fid,) in rows)

    def columns(self, table: Table, where: Mapping[str, object]) -> dict[str, list[object]]:
        """Return the matching rows by column, values typed, geometry under ``geometry``."""
        clause, values = where_clause(table, where)
        names = table.stored_columns
        listed = ", ".join(f'"{name}"' for name in names)
        rows = self._connection.execute(
            f'SELECT {listed} FROM "{table.name}"{clause} ORDER BY fid', values
        ).fetchall()
        by_column = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        result: dict[str, list[object]] = {}
        for name, stored in zip(names, by_column, strict=True):
            if name == "geom":
                result["geometry"] = list(decode_geometries(stored, table=table.name))
            else:
                column = table.column(name)
                result[name] = [from_stored(column, value, table.name) for value in stored]
        return result

    def records(self, table: Table, where: Mapping[str, object]) -> list[dict[str, object]]:
        """Return the matching rows one by one, values typed."""
        columns = self.columns(table, where)
        return [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        ]

    def stored(self, table: Table, fids: Sequence[int]) -> list[tuple[Stored, ...]]:
        """Return complete rows as stored, in the order of `fids`.

        Raises
        ------
        EditConflictError
            A row is not there.
        """
        listed = ", ".join(f'"{name}"' for name in table.stored_columns)
        found: dict[int, tuple[Stored, ...]] = {}
        for start in range(0, len(fids), _BATCH):
            part = fids[start : start + _BATCH]
            marks = ", ".join("?" * len(part))
            rows = self._connection.execute(
                f'SELECT {listed} FROM "{table.name}" WHERE fid IN ({marks})', tuple(part)
            ).fetchall()
            found.update((row[0], row) for row in rows)
        missing = [fid for fid in fids if fid not in found]
        if missing:
            raise _no_such_row(table.name, missing[0])
        return [found[fid] for fid in fids]


class RowWriter(RowReader):
    """Applies operations through the writing connection, inside its transaction."""

    def __init__(self, connection: sqlite3.Connection, *, srs_id: int) -> None:
        super().__init__(connection)
        self._srs_id = srs_id

    def prepare_insert(self, table: Table, records: Iterable[Mapping[str, object]]) -> Insert:
        """Check records and give them identifiers.

        Raises
        ------
        EditError
            An unknown column, or a value that its column cannot hold.
        """
        listed = list(records)
        names = table.stored_columns
        geometries = [record.get("geometry") for record in listed]
        blobs: list[bytes | None] = [None] * len(listed)
        if table.geometry:
            blobs = encode_geometries(
                geometries, srs_id=self._srs_id, geometry_type=table.geometry
            )
        first = self._next_fid(table)
        rows = []
        for offset, (record, blob) in enumerate(zip(listed, blobs, strict=True)):
            given = stored_values(table, record)
            given.pop("geom", None)
            row: dict[str, Stored] = dict.fromkeys(names)
            row.update(given, fid=first + offset, uuid=given.get("uuid") or str(uuid.uuid4()))
            if table.geometry:
                row["geom"] = blob
            rows.append(tuple(row[name] for name in names))
        return Insert(table.name, names, tuple(rows))

    def prepare_update(self, table: Table, fid: int, changes: Mapping[str, object]) -> Update:
        """Check changed values of one row.

        Raises
        ------
        EditError
            No change, an identifier among them, an unknown column, or an unsuitable value.
        """
        if not changes:
            raise EditError(f"The change of feature {fid} of {table.name} changes nothing.")
        values = stored_values(table, changes)
        if {"fid", "uuid"} & values.keys():
            raise EditError(f"The identifiers fid and uuid of {table.name} cannot be changed.")
        if "geometry" in changes and table.geometry:
            (values["geom"],) = encode_geometries(
                [changes["geometry"]], srs_id=self._srs_id, geometry_type=table.geometry
            )
        return Update(table.name, fid, tuple(values.items()))

    def prepare_delete(self, table: Table, fids: Iterable[int]) -> Delete:
        """Name rows to remove, each once.

        Raises
        ------
        EditError
            There are none.
        """
        listed = tuple(dict.fromkeys(int(fid) for fid in fids))
        if not listed:
            raise EditError(f"Nothing was chosen to be removed from {table.name}.")
        return Delete(table.name, listed)

    def apply(self, operation: Operation) -> Operation:
        """Carry out an operation and return the one that takes it back.

        Raises
        ------
        EditConflictError
            A row to remove or change is not there, or one to add is there already.
        """
        match operation:
            case Insert():
                return self._insert(operation)
            case Delete():
                return self._delete(operation)
            case Update():
                return self._update(operation)

    def _insert(self, operation: Insert) -> Delete:
        table = _checked(operation.table, operation.columns)
        listed = ", ".join(f'"{name}"' for name in operation.columns)
        marks = ", ".join("?" * len(operation.columns))
        fids = tuple(int(row[0] or 0) for row in operation.rows)
        if self._any_present(table, fids):
            raise EditConflictError(
                f"A row of {table.name} cannot be put back: its place has been taken, probably "
                "by an edit made outside the program. Nothing was changed."
            )
        self._connection.executemany(
            f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})', operation.rows
        )
        if table.geometry:
            place = operation.columns.index("geom")
            blobs = [row[place] for row in operation.rows]
            self._touch(table, added=[blob for blob in blobs if isinstance(blob, bytes)])
        else:
            self._touch(table)
        return Delete(table.name, fids)

    def _delete(self, operation: Delete) -> Insert:
        table = _checked(operation.table, ())
        rows = self.stored(table, operation.fids)
        self._connection.executemany(
            f'DELETE FROM "{table.name}" WHERE fid = ?', [(fid,) for fid in operation.fids]
        )
        removed = [row[1] for row in rows] if table.geometry else []
        self._touch(table, removed=[blob for blob in removed if isinstance(blob, bytes)])
        return Insert(table.name, table.stored_columns, tuple(rows))

    def _update(self, operation: Update) -> Update:
        names = tuple(name for name, _ in operation.values)
        table = _checked(operation.table, names)
        (row,) = self.stored(table, (operation.fid,))
        before = dict(zip(table.stored_columns, row, strict=True))
        assignments = ", ".join(f'"{name}" = ?' for name in names)
        self._connection.execute(
            f'UPDATE "{table.name}" SET {assignments} WHERE fid = ?',
            (*(value for _, value in operation.values), operation.fid),
        )
        after = dict(operation.values)
        if "geom" in after:
            added, removed = after["geom"], before["geom"]
            self._touch(
                table,
                added=[added] if isinstance(added, bytes) else [],
                removed=[removed] if isinstance(removed, bytes) else [],
            )
        else:
            self._touch(table)
        return Update(table.name, operation.fid, tuple((name, before[name]) for name in names))

    def _any_present(self, table: Table, fids: Sequence[int]) -> bool:
        for start in range(0, len(fids), _BATCH):
            part = fids[start : start + _BATCH]
            marks = ", ".join("?" * len(part))
            row = self._connection.execute(
                f'SELECT 1 FROM "{table.name}" WHERE fid IN ({marks}) LIMIT 1', tuple(part)
            ).fetchone()
            if row is not None:
                return True
        return False

    def _next_fid(self, table: Table) -> int:
        row = self._connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)
        ).fetchone()
        return 1 if row is None else int(row[0]) + 1

    def _touch(
        self, table: Table, *, added: Sequence[bytes] = (), removed: Sequence[bytes] = ()
    ) -> None:
        """Keep time of change and extent in gpkg_contents as the standard asks."""
        names = [table.name, *(view.name for view in VIEWS if view.table == table.name)]
        marks = ", ".join("?" * len(names))
        self._connection.execute(
            "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') "
            f"WHERE table_name IN ({marks})",
            names,
        )
        if not (added or removed):
            return
        known = self._connection.execute(
            "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?",
            (table.name,),
        ).fetchone()
        old = None if known is None or None in known else known
        gone = envelope_of(removed)
        if gone is not None and (old is None or not _strictly_inside(gone, old)):
            new = self._extent(table)
        else:
            new = _union(old, envelope_of(added))
        self._connection.execute(
            "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? "
            f"WHERE table_name IN ({marks})",
            (*(new or (None,) * 4), *names),
        )

    def _extent(self, table: Table) -> tuple[float, float, float, float] | None:
        plain = "substr(geom, 4, 1) = X'03'"
        rows = self._connection.execute(
            f"SELECT CASE WHEN {plain} THEN substr(geom, 1, 40) ELSE geom END "
            f'FROM "{table.name}" WHERE geom IS NOT NULL'
        ).fetchall()
        return envelope_of([blob for (blob,) in rows])


def where_clause(table: Table, where: Mapping[str, object]) -> tuple[str, tuple[Stored, ...]]:
    """Return the SQL condition and its values for equality in every given column.

    Raises
    ------
    EditError
        An unknown column, or a value that its column cannot hold.
    """
    parts: list[str] = []
    values: list[Stored] = []
    for name, value in where.items():
        column = table.column(name)
        if value is None:
            parts.append(f'"{name}" IS NULL')
        else:
            parts.append(f'"{name}" = ?')
            values.append(to_stored(column, value, table.name))
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), tuple(values)


def stored_values(table: Table, record: Mapping[str, object]) -> dict[str, Stored]:
    """Return the checked values of a record, all but its geometry.

    Raises
    ------
    EditError
        An unknown column, or a value that its column cannot hold.
    """
    if "geometry" in record and not table.geometry and record["geometry"] is not None:
        raise EditError(f"Table {table.name} holds no geometry.")
    return {
        name: to_stored(table.column(name), value, table.name)
        for name, value in record.items()
        if name != "geometry"
    }


def to_stored(column: Column, value: object, table: str) -> Stored:
    """Return a value as SQLite holds it; NaN and NA are none.

    Raises
    ------
    EditError
        The column cannot hold it.
    """
    if column.kind == "json":
        return None if value is None else _json_text(column, value, table)
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or _is_missing(value):
        return None
    stored = _scalar(column, value)
    if stored is None:
        raise EditError(
            f"The column {column.name} of {table} holds {_KIND_NAMES[column.kind]}, not "
            f"{value!r:.80}."
        )
    if column.choices and stored not in column.choices:
        raise EditError(
            f"The column {column.name} of {table} holds {', '.join(column.choices)}, not "
            f"{value!r:.80}."
        )
    if isinstance(stored, str) and len(stored) > MAXIMUM_TEXT:
        raise EditError(
            f"A text in {column.name} of {table} exceeds {MAXIMUM_TEXT:,} characters."
        )
    return stored


_KIND_NAMES = {
    "text": "a text without NUL and lone surrogates",
    "real": "a finite number",
    "integer": "a whole number of at most 64 bits",
    "boolean": "true or false",
}


def _scalar(column: Column, value: object) -> int | float | str | None:
    """Return the value where the column's kind can hold it, else None."""
    match column.kind, value:
        case "text", str():
            return value if "\0" not in value and _encodable(value) else None
        case "boolean", bool() | 0 | 1:
            return int(bool(value))
        case "integer", int() if not isinstance(value, bool) and -(2**63) <= value < 2**63:
            return value
        case "real", int() | float() if not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        case _:
            return None


def _encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_missing(value: object) -> bool:
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in {"NAType", "NaTType"}


def _json_text(column: Column, value: object, table: str) -> str:
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
        )
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise EditError(
            f"The column {column.name} of {table} cannot hold {value!r:.80} as JSON: {error}."
        ) from error
    if len(text) > MAXIMUM_TEXT:
        raise EditError(
            f"A value of {column.name} of {table} exceeds {MAXIMUM_TEXT:,} characters."
        )
    return text


def _plain(value: object) -> object:
    """Turn NumPy values, sets and mappings of other kinds into what JSON knows."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def from_stored(column: Column, value: Stored, table: str) -> object:
    """Return a stored value as Python knows it; JSON parsed, booleans as bool.

    Raises
    ------
    DamagedProjectError
        A JSON column holds something else.
    """
    if value is None:
        return None
    if column.kind == "boolean":
        return bool(value)
    if column.kind != "json":
        return value
    try:
        if not isinstance(value, str) or len(value) > MAXIMUM_TEXT:
            raise DamagedProjectError(
                f"The column {column.name} of {table} holds something that is no JSON text. "
                "Mend it in QGIS, or restore the project from a copy."
            )
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise DamagedProjectError(
            f"The column {column.name} of {table} holds {value!r:.60}, which is no JSON: "
            f"{error}. Mend it in QGIS, or restore the project from a copy."
        ) from error


def _checked(name: str, columns: Sequence[str]) -> Table:
    """Return the table of an operation; names never reach SQL unchecked."""
    if name not in TABLES or set(columns) - set(TABLES[name].stored_columns):
        raise DamagedProjectError(
            "The journal speaks of a table or column that a project does not have "
            f"({name!r:.60}). Restore the project from a copy."
        )
    return table_named(name)


def _no_such_row(table: str, fid: int) -> EditConflictError:
    return EditConflictError(
        f"Feature {fid} of {table} is not there. It was removed, perhaps by an edit made "
        "outside the program. Nothing was changed."
    )


def _strictly_inside(
    inner: tuple[float, float, float, float], outer: tuple[float, float, float, float]
) -> bool:
    return (
        inner[0] > outer[0]
        and inner[1] > outer[1]
        and inner[2] < outer[2]
        and inner[3] < outer[3]
    )


def _union(
    first: tuple[float, float, float, float] | None,
    second: tuple[float, float, float, float] | None,
) -> tuple[float, float, float, float] | None:
    if first is None or second is None:
        return first or second
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )
