"""Darwin Core archives: meta.xml and the tables it describes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from layers.occurrences import limits
from layers.occurrences.delimited import Dialect, TextTable, open_table
from layers.occurrences.encoding import guess_encoding, stated_encoding
from layers.occurrences.errors import OccurrenceReadError, UnsafePackageError
from layers.occurrences.opened import OpenedRecords, Stated, opened_table
from layers.occurrences.record_source import Link, WidenedSource
from layers.occurrences.roles import ROLES, name_rank

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.occurrences.packages import Package

META_NAME = "meta.xml"
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}


@dataclass(slots=True)
class _TableMeta:
    """One core or extension element."""

    kind: str
    attributes: Mapping[str, str]
    locations: list[str] = field(default_factory=list)
    terms: dict[int, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    key: int | None = None

    @property
    def holds(self) -> str:
        """Last word of the row type, such as ``Occurrence``."""
        return _short(self.attributes.get("rowType", ""))


def open_archive(package: Package, stated: Stated) -> OpenedRecords:
    """Recognise a Darwin Core archive.

    The occurrences are the core, or an extension of a core of events, which then gives place
    and date. Other extensions are not needed and not read.

    Parameters
    ----------
    package : Package
        With a ``meta.xml``.
    stated : Stated
        What the caller states.

    Raises
    ------
    OccurrenceReadError
        The description or a table it names cannot be used.
    UnsafePackageError
        The description declares entities or leads outside the archive.
    """
    meta_name = package.find(META_NAME) or META_NAME
    source = package.source(meta_name)
    tables = _parsed(source.label, package.small(source))
    core = next((table for table in tables if table.kind == "core"), None)
    if core is None:
        raise OccurrenceReadError(
            f"{source.label} describes no core table. Get the archive again from its publisher."
        )
    records = next((table for table in tables if table.holds == "Occurrence"), core)
    table = _text_table(package, meta_name, records, stated)
    link = None if records is core else _events(package, meta_name, core, records, stated)
    notes = [f"{table.source.name} is read as {table.encoding.title}."]
    if link is not None:
        notes.append("Places and dates that a record does not state come from its event.")
    return opened_table(
        WidenedSource(table, records.defaults, link),
        place=(table.source.label, table.source.name, "Darwin Core archive"),
        encoding=table.encoding,
        stated=stated,
        notes=tuple(notes),
    )


def _parsed(label: str, content: bytes) -> list[_TableMeta]:
    tables: list[_TableMeta] = []
    text: list[str] = []

    def refuse(*_: object) -> int:
        raise UnsafePackageError(
            f"{label} declares entities or a document type, which a description of an archive "
            "does not need. It is not read; get the archive from a publisher you trust."
        )

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        text.clear()
        if tag in ("core", "extension"):
            tables.append(_TableMeta(tag, attributes))
        elif tables and tag in ("id", "coreid") and attributes.get("index", "").isdigit():
            tables[-1].key = int(attributes["index"])
        elif tables and tag == "field":
            _take_field(tables[-1], attributes)

    def end(name: str) -> None:
        if tables and name.rpartition("}")[2] == "location":
            tables[-1].locations.append("".join(text).strip())

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise OccurrenceReadError(
            f"{label} is damaged: {error}. Get the archive again from its publisher."
        ) from error
    return tables


def _take_field(table: _TableMeta, attributes: Mapping[str, str]) -> None:
    term, index = _short(attributes.get("term", "")), attributes.get("index", "")
    if not term:
        return
    if index.isdigit() and int(index) < limits.MAXIMUM_COLUMNS:
        table.terms.setdefault(int(index), term)
    if "default" in attributes:
        table.defaults[term] = attributes["default"]


def _text_table(
    package: Package, meta_name: str, meta: _TableMeta, stated: Stated
) -> TextTable:
    if len(meta.locations) != 1:
        raise OccurrenceReadError(
            f"{package.path}, {meta_name}: the {meta.holds or meta.kind} table lies in "
            f"{len(meta.locations)} files instead of one. Join them, and name one file there."
        )
    source = package.source(meta.locations[0], beside=meta_name)
    wanted = stated.encoding or meta.attributes.get("encoding")
    encoding = stated_encoding(source, wanted) if wanted else guess_encoding(source)
    delimiter = _character(package, meta, "fieldsTerminatedBy", ",")
    if not delimiter:
        raise OccurrenceReadError(
            f"{package.path}, {meta_name}: fieldsTerminatedBy is empty. Write what divides the "
            "columns, such as \\t."
        )
    skipped = meta.attributes.get("ignoreHeaderLines", "0").strip() or "0"
    dialect = Dialect(
        delimiter=delimiter,
        quote=_character(package, meta, "fieldsEnclosedBy", '"'),
        skipped=int(skipped) if skipped.isdigit() else 0,
        header=False,
    )
    width = max([*meta.terms, meta.key or 0], default=0) + 1
    probe = TextTable(source, encoding, dialect, tuple(map(str, range(limits.MAXIMUM_COLUMNS))))
    first = probe.first_width()
    names = _names(meta, max(width, first))
    return TextTable(source, encoding, dialect, names)


def _names(meta: _TableMeta, width: int) -> tuple[str, ...]:
    names: list[str] = []
    for position in range(width):
        name = meta.terms.get(position, "")
        if not name and position == meta.key:
            name = _key_name(meta)
        if not name or name in names:
            name = f"column {position + 1}"
        names.append(name)
    return tuple(names)


def _key_name(meta: _TableMeta) -> str:
    return "id" if meta.kind == "core" else "coreid"


def _events(
    package: Package, meta_name: str, core: _TableMeta, records: _TableMeta, stated: Stated
) -> Link:
    """Read the core of events, to which the occurrences refer."""
    if core.key is None or records.key is None:
        raise OccurrenceReadError(
            f"{package.path}, {meta_name}: the occurrences are an extension, but id or coreid "
            "is not given, so they cannot be joined to their events. Get a complete archive."
        )
    table = _text_table(package, meta_name, core, stated)
    source = WidenedSource(table, core.defaults)
    wanted = tuple(
        name
        for name in source.names
        if any(name_rank(role, name) is not None for role in ROLES)
    )
    key = table.names[core.key]
    rows: dict[str, tuple[str, ...]] = {}
    for chunk in source.chunks(list(dict.fromkeys((key, *wanted)))):
        stated.control.report(0.0)
        cells = (chunk.cells[name] for name in wanted)
        rows.update(zip(chunk.cells[key], zip(*cells, strict=True), strict=True))
        if len(rows) > limits.MAXIMUM_DEPLOYMENTS:
            raise OccurrenceReadError(
                f"{table.source.label} holds more than {limits.MAXIMUM_DEPLOYMENTS:,} events. "
                "Split the archive."
            )
    record_key = _names(records, records.key + 1)[records.key]
    return Link(record_key, "event", wanted, rows)


def _character(package: Package, meta: _TableMeta, name: str, usual: str) -> str:
    text = meta.attributes.get(name, usual)
    text = _ESCAPES.get(text, text)
    if len(text) > 1:
        raise OccurrenceReadError(
            f'{package.path}: {name}="{text}" of {META_NAME} is more than one character, which '
            "is not supported. Write the table with a tab or comma."
        )
    return text


def _short(term: str) -> str:
    return re.split(r"[/#]", term.strip())[-1]


def open_single_table(package: Package, member: str, stated: Stated) -> OpenedRecords:
    """Recognise the one table of an archive without description, as GBIF's simple download.

    Parameters
    ----------
    package : Package
        The archive.
    member : str
        Its table.
    stated : Stated
        What the caller states.
    """
    table = open_table(package.source(member), stated.encoding)
    return opened_table(
        table,
        place=(table.source.label, table.source.name, f"table ({table.dialect.title})"),
        encoding=table.encoding,
        stated=stated,
        notes=table.notes(),
    )
