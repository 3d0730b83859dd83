"""Operations as the journal stores them: JSON, packed where long, read back with care."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from planner.errors import DamagedProjectError
from planner.project.rows import Delete, Insert, Operation, Stored, Update

if TYPE_CHECKING:
    from collections.abc import Sequence

PACK_ABOVE_BYTES = 4096
"""Shorter payloads stay readable JSON."""

MAXIMUM_PAYLOAD_BYTES = 1024 * 1024 * 1024
"""Largest payload that is unpacked; stops a small file from filling the memory."""


def pack(operations: Sequence[Operation]) -> bytes:
    """Return operations as bytes: JSON, compressed where it is long."""
    text = json.dumps(
        [_to_json(operation) for operation in operations],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode("utf-8")
    return zlib.compress(text, level=1) if len(text) > PACK_ABOVE_BYTES else text


def unpack(payload: object) -> tuple[Operation, ...]:
    """Return the operations of a payload.

    Raises
    ------
    DamagedProjectError
        The payload is no list of operations, or is too large.
    """
    try:
        listed = json.loads(_text_of(payload))
        return tuple(_from_json(item) for item in listed)
    except (ValueError, TypeError, KeyError, RecursionError, zlib.error) as error:
        raise DamagedProjectError(
            f"An entry of the journal cannot be read ({error}), so this step cannot be taken "
            "back or repeated. The data themselves are not affected."
        ) from error


def _text_of(payload: object) -> bytes:
    if not isinstance(payload, bytes):
        raise TypeError("no bytes")
    if payload[:1] == b"[":
        return payload
    inflater = zlib.decompressobj()
    text = inflater.decompress(payload, MAXIMUM_PAYLOAD_BYTES)
    if not inflater.eof:
        raise ValueError("cut short, or too large")
    return text


def _to_json(operation: Operation) -> dict[str, object]:
    match operation:
        case Insert(table, columns, rows):
            listed = [[_value_to_json(value) for value in row] for row in rows]
            return {"op": "insert", "table": table, "columns": columns, "rows": listed}
        case Delete(table, fids):
            return {"op": "delete", "table": table, "fids": fids}
        case Update(table, fid, values):
            changed = {name: _value_to_json(value) for name, value in values}
            return {"op": "update", "table": table, "fid": fid, "values": changed}


def _from_json(item: dict[str, object]) -> Operation:
    match item:
        case {"op": "insert", "table": str(table), "columns": list(names), "rows": list(rows)}:
            columns = tuple(str(name) for name in names)
            read = tuple(tuple(_value_from_json(value) for value in row) for row in rows)
            if any(len(row) != len(columns) for row in read):
                raise ValueError("a row of the wrong length")
            return Insert(table, columns, read)
        case {"op": "delete", "table": str(table), "fids": list(fids)}:
            return Delete(table, tuple(int(fid) for fid in fids))
        case {"op": "update", "table": str(table), "fid": int(fid), "values": dict(values)}:
            changed = tuple((str(k), _value_from_json(value)) for k, value in values.items())
            return Update(table, fid, changed)
        case _:
            raise ValueError(f"unknown operation {item!r:.60}")


def _value_to_json(value: Stored) -> object:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _value_from_json(value: object) -> Stored:
    match value:
        case {"hex": str(digits)}:
            return bytes.fromhex(digits)
        case None | int() | float() | str():
            return value
        case _:
            raise ValueError(f"unknown value {value!r:.60}")
