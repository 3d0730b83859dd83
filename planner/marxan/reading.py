"""Reading tables of Marxan as they are met: commas, tabs, runs of tabs, semicolons, spaces."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pandas as pd

from layers.occurrences.encoding import guess_encoding
from layers.occurrences.packages import file_source
from planner.marxan.errors import MarxanFolderError
from planner.marxan.tables import MarxanTable
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST_TABLE_BYTES = 1_000_000_000
"""Largest table that is read: some fifty million rows."""

_SPACES = r"\s+"
_SAMPLE = 200_000
_QUOTED = re.compile(r'"[^"]*"')
_NUMERIC = re.compile(r"[\s,;:|'\"/.+\-eE0-9]+")
_DECIMAL_COMMA = re.compile(r"\d,\d")
_DECIMAL_POINT = re.compile(r"\d\.\d")


def read_text(path: Path, most_bytes: int = LARGEST_TABLE_BYTES) -> str:
    r"""Read a file of text, in UTF-8, UTF-16 or an encoding of the region.

    Parameters
    ----------
    path : Path
        The file.
    most_bytes : int
        Largest size that is read.

    Returns
    -------
    str
        The text, with ``\n`` at the end of its lines.

    Raises
    ------
    MarxanFolderError
        It is missing, not a file, too large or cannot be read.
    UnknownEncodingError
        It is no text, or in an encoding that is not known.
    """
    try:
        if not path.is_file():
            raise MarxanFolderError(
                f"{path} is missing. Put the file there, or mend its name in the parameters."
            )
        size = path.stat().st_size
        if size > most_bytes:
            raise MarxanFolderError(
                f"{path} holds {size:,} bytes, more than {most_bytes:,}. Leave out what is "
                "not needed, or merge planning units."
            )
        if not size:
            return ""
        encoding = guess_encoding(file_source(path)).encoding
        text = path.read_text(encoding=encoding)
    except UnicodeDecodeError as error:
        raise MarxanFolderError(
            f"{path} is not {error.encoding} text throughout ({error.reason} at byte "
            f"{error.start:,}). Save it as UTF-8."
        ) from error
    except OSError as error:
        if isinstance(error, PlannerError):
            raise
        raise MarxanFolderError(
            f"{path} cannot be read: {error.strerror}. Mend the file, or its rights."
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_table(path: Path, *, headless: Sequence[str] = ()) -> MarxanTable:
    """Read a table of Marxan.

    Fields are parted by commas, tabs (each, or in runs where the header has runs of them),
    semicolons or spaces; the header may be parted in another way than the rows. Fields may be
    quoted. Where fields are not parted by commas, a comma in a number is its decimal sign.
    Empty lines are passed over.

    Parameters
    ----------
    path : Path
        The file.
    headless : sequence of str
        Columns by place where the file begins with numbers at once, as Marxan allows for
        some tables; empty where a header is needed.

    Returns
    -------
    MarxanTable

    Raises
    ------
    MarxanFolderError
        It cannot be read, has no header or no rows, names a column twice, or a line has more
        fields than the header.
    UnknownEncodingError
        As `read_text`.
    """
    text = read_text(path)
    lines = text.split("\n")
    top = next((number for number, line in enumerate(lines) if line.strip()), None)
    if top is None:
        raise MarxanFolderError(f"{path} is empty. Put the table there, with its header line.")
    bare = _NUMERIC.fullmatch(lines[top]) is not None
    if bare and not headless:
        raise MarxanFolderError(
            f"{path}, line {top + 1}: {lines[top].strip()[:60]!r} is no header. Name the "
            "columns in the first line."
        )
    above = top if bare else top + 1
    first = next((line for line in lines[above:] if line.strip()), "")
    separator = _separator(first)
    if not bare:
        separator = _of_rows(_separator(lines[top]), separator, first)
    names = tuple(headless) if bare else _names(path, lines[top], separator)
    if not first:
        raise MarxanFolderError(f"{path} has a header and no rows. Add the rows.")
    body = "\n".join(lines[above:])
    sample = body[:_SAMPLE]
    comma = (
        separator != ","
        and _DECIMAL_COMMA.search(sample) is not None
        and _DECIMAL_POINT.search(sample) is None
    )
    table = MarxanTable(path, names, pd.DataFrame(), body, above, "," if comma else ".")
    return _parsed(table, separator, first)


def _parsed(table: MarxanTable, separator: str, first: str) -> MarxanTable:
    text = re.sub("\t+", "\t", table.body) if separator == "\t\t" else table.body
    single = "\t" if separator == "\t\t" else separator
    spare = _fields(first, separator) - len(table.names)
    columns = [*table.names, *(f"unnamed {number}" for number in range(spare))]
    if spare > 0 and not _ends_empty(first, single, spare):
        raise _too_many(table, table.above + 1, _fields(first, separator))
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=single,
            header=None,
            names=columns,
            index_col=False,
            dtype={"name": "str"},
            skipinitialspace=True,
            keep_default_na=False,
            na_values=[""],
            decimal=table.decimal,
            low_memory=False,
            on_bad_lines="error",
        )
    except pd.errors.ParserError as error:
        raise _unparsed(table, error) from error
    return MarxanTable(table.path, table.names, frame, table.body, table.above, table.decimal)


def _unparsed(table: MarxanTable, error: pd.errors.ParserError) -> MarxanFolderError:
    found = re.search(r"in line (\d+), saw (\d+)", str(error))
    if found is None:
        return MarxanFolderError(
            f"{table.path} is no table: {str(error).strip()}. A quotation mark may not be "
            "closed; mend the file, or save it again."
        )
    return _too_many(table, table.above + int(found[1]), int(found[2]))


def _too_many(table: MarxanTable, line: int, count: int) -> MarxanFolderError:
    return MarxanFolderError(
        f"{table.path}, line {line:,}: {count} fields, where {len(table.names)} columns are "
        f"named ({', '.join(table.names)}). Put texts that hold the separator in quotation "
        "marks, or name the column."
    )


def _separator(line: str) -> str:
    r"""Tell what parts the fields of a line: ``,``, ``;``, a tab, two for runs, or spaces."""
    plain = _QUOTED.sub("", line.strip())
    count = {mark: plain.count(mark) for mark in "\t,;"}
    most = max(count, key=lambda mark: count[mark])
    if not count[most]:
        return _SPACES
    return "\t\t" if most == "\t" and "\t\t" in plain else most


def _of_rows(header: str, rows: str, first: str) -> str:
    """Tell what parts the fields of the rows: as the header's, unless they show another."""
    if header == "\t\t" and rows == "\t":
        return header
    return header if rows == _SPACES and len(first.split()) < 2 else rows


def _names(path: Path, header: str, separator: str) -> tuple[str, ...]:
    mark = _separator(header)
    if mark == _SPACES and separator != _SPACES:
        mark = separator  # a header of one column
    parts = re.split(f"{mark[0]}+" if mark == "\t\t" else mark, header.strip())
    plain = [part.strip().strip("\"'").strip().lower() for part in parts]
    while plain and not plain[-1]:
        plain.pop()
    names = tuple(name or f"column {place}" for place, name in enumerate(plain, start=1))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise MarxanFolderError(
            f"{path}: the header names {', '.join(twice)} twice. Give each column its own name."
        )
    if len(names) == 1 and not re.fullmatch(r"\w+", names[0]):
        raise MarxanFolderError(
            f"{path}: the header {header.strip()[:80]!r} does not divide into columns by "
            "comma, tab, semicolon or space. Save the table with one of these."
        )
    return names


def _fields(line: str, separator: str) -> int:
    plain = _QUOTED.sub("q", line.strip(" \n"))
    if separator == _SPACES:
        return len(plain.split())
    if separator == "\t\t":
        plain = re.sub("\t+", "\t", plain)
    return plain.count(separator[0]) + 1


def _ends_empty(line: str, mark: str, count: int) -> bool:
    """Tell whether the last fields of a line are empty."""
    ends = line.strip(" \n").split(mark)[-count:] if mark != _SPACES else ["x"]
    return not any(end.strip() for end in ends)
