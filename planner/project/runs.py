"""Model runs: what went in, what came out, and whether the results still stand."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from planner.errors import EditError, ProjectError
from planner.project.rows import where_clause
from planner.project.schema import table_named

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from planner.project.rows import Operation, RowWriter

_TABLE_PREFIX = "table:"
_UNHASHED = frozenset({"fid", "uuid", "run_id"})
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One step of a model, as it was run.

    Parameters
    ----------
    run_id : str
        Unique in the project.
    step : str
        Name of the step, such as ``corridors``.
    inputs_hash : str
        Hash over everything the results depend on; see `inputs_hash`.
    parameters : mapping
        Parameters by name, anything JSON holds.
    seed : int or None
        Seed of the random numbers, where there were any.
    versions : mapping of str
        Versions of the program and of the libraries that computed.
    started : str
        ISO 8601, UTC.
    seconds : float
        Duration.
    outputs : mapping of str
        What was written, to its hash: paths inside the project (``rasters/NAME.tif``) and
        selections of tables as `table_output` names them.
    inputs : mapping
        Inputs by name: content hashes, or parameters in their own right.
    """

    run_id: str
    step: str
    inputs_hash: str
    parameters: Mapping[str, object]
    seed: int | None
    versions: Mapping[str, str]
    started: str
    seconds: float
    outputs: Mapping[str, str]
    inputs: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordRun:
    """Write a run down; a fact, which undo passes over."""

    run: RunRecord

    @property
    def label(self) -> str:
        """What the journal calls it."""
        return f"Run {self.run.step}"

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Insert the run's row."""
        table = table_named("runs")
        if rows.fids(table, {"run_id": self.run.run_id}):
            raise EditError(f"The project has a run {self.run.run_id!r} already.")
        record = {name: getattr(self.run, name) for name in _RUN_FIELDS}
        yield rows.prepare_insert(table, [record])


_RUN_FIELDS = (
    "run_id",
    "step",
    "inputs_hash",
    "parameters",
    "seed",
    "versions",
    "started",
    "seconds",
    "outputs",
    "inputs",
)


def run_from_record(record: Mapping[str, object]) -> RunRecord:
    """Return the run that a row of the table tells of."""
    return RunRecord(**{name: record[name] for name in _RUN_FIELDS})  # type: ignore[arg-type]  # by name


def hash_of(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, the same on every machine and run.

    Parameters
    ----------
    value : object
        Nested mappings with text keys, sequences, sets, text, numbers, booleans and None;
        NumPy scalars and arrays count as what they hold. The order of a mapping does not
        matter, 1 and 1.0 are the same.

    Raises
    ------
    EditError
        Something else is in there, or a number that is NaN or infinite.
    """
    text = json.dumps(
        _canonical(value),
        ensure_ascii=True,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(value: object) -> object:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _canonical_number(value)
    if isinstance(value, set | frozenset):
        return sorted((_canonical(item) for item in value), key=json.dumps)
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if hasattr(value, "items"):
        return {_key(name): _canonical(item) for name, item in value.items()}
    raise EditError(f"{type(value).__name__} {value!r:.60} has no hash; use text and numbers.")


def _canonical_number(value: float) -> object:
    if not math.isfinite(value):
        raise EditError("A number that is NaN or infinite has no hash; use None.")
    return int(value) if value.is_integer() else value


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise EditError(f"The key {name!r:.60} has no hash; keys are text.")
    return name


def inputs_hash(
    step: str,
    inputs: Mapping[str, object],
    parameters: Mapping[str, object],
    *,
    seed: int | None = None,
    versions: Mapping[str, str] | None = None,
) -> str:
    """Return the hash over everything that the results of a step depend on."""
    return hash_of([step, inputs, parameters, seed, versions or {}])


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def table_output(table: str, **where: str) -> str:
    """Name a selection of a table as an output of a run.

    Parameters
    ----------
    table : str
        Table of the schema.
    **where : str
        Column to value.

    Examples
    --------
    >>> table_output("corridors", scenario="base")
    'table:corridors?scenario=base'
    """
    table_named(table)
    return f"{_TABLE_PREFIX}{table}?{urlencode(sorted(where.items()), quote_via=quote)}"


def output_hash(connection: sqlite3.Connection, folder: Path, output: str) -> str | None:
    """Return the hash of an output as it is now, or None where it is gone.

    Parameters
    ----------
    connection : sqlite3.Connection
        The project's database.
    folder : Path
        The project's folder.
    output : str
        Path inside the project, or a name made by `table_output`.

    Raises
    ------
    EditError
        The output names no known table or column.
    ProjectError
        The path leads out of the project.
    """
    if output.startswith(_TABLE_PREFIX):
        name, _, query = output.removeprefix(_TABLE_PREFIX).partition("?")
        return _rows_hash(connection, name, dict(parse_qsl(query, keep_blank_values=True)))
    path = (folder / output).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ProjectError(
            f"The run's output {output!r:.80} lies outside the project {folder}. Outputs are "
            "kept inside it."
        )
    return file_sha256(path) if path.is_file() else None


def _rows_hash(connection: sqlite3.Connection, name: str, where: Mapping[str, str]) -> str:
    table = table_named(name)
    clause, values = where_clause(table, where)
    added = [column.name for column in table.columns if column.since > 1]
    first = [n for n in table.stored_columns if n not in _UNHASHED and n not in added]
    listed = ", ".join(f'"{column}"' for column in (*first, *added))
    digest = hashlib.sha256()
    for row in connection.execute(
        f'SELECT {listed} FROM "{name}"{clause} ORDER BY fid', values
    ):
        for value in row[: len(first)]:
            digest.update(_framed(value))
        for column, value in zip(added, row[len(first) :], strict=True):
            if value is not None:
                digest.update(_framed(column) + _framed(value))
    return digest.hexdigest()


def _framed(value: object) -> bytes:
    part = value if isinstance(value, bytes) else repr(value).encode("utf-8")
    return len(part).to_bytes(8, "big") + part


def outputs_match(connection: sqlite3.Connection, folder: Path, run: RunRecord) -> bool:
    """Tell whether every output of a run is still as the run left it."""
    return all(
        output_hash(connection, folder, output) == expected
        for output, expected in run.outputs.items()
    )
