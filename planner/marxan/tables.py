"""Tables of Marxan as they are met: commas, tabs, runs of tabs, semicolons or spaces."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.occurrences.encoding import guess_encoding
from layers.occurrences.packages import file_source
from planner.marxan.errors import MarxanFolderError
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray

LARGEST_TABLE_BYTES = 1_000_000_000
"""Largest table that is read: some fifty million rows."""

_SPACES = r"\s+"
_SAMPLE = 200_000
_MOST_SHOWN = 5
_QUOTED = re.compile(r'"[^"]*"')
_NUMERIC = re.compile(r"[\s,;:|'\"/.+\-eE0-9]+")
_DECIMAL_COMMA = re.compile(r"\d,\d")
_DECIMAL_POINT = re.compile(r"\d\.\d")


@dataclass(frozen=True, slots=True, eq=False)
class MarxanTable:
    """A table with the columns that its header names, or that its place gives them.

    Use `read_table`.

    Attributes
    ----------
    path : Path
        The file.
    names : tuple of str
        Columns in small letters, in the order of the file.
    frame : pandas.DataFrame
        The rows; numbers where every cell of a column is one, and texts elsewhere.
    body : str
        The text below the header, for messages.
    above : int
        Lines of the file above the body.
    decimal : str
        Decimal sign of its numbers.
    """

    path: Path
    names: tuple[str, ...]
    frame: pd.DataFrame
    body: str
    above: int
    decimal: str = "."

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.frame)

    def has(self, name: str) -> bool:
        """Tell whether the table has a column."""
        return name in self.names

    def found(self, *names: str) -> str | None:
        """Return the first of some names that the table has a column for, or None."""
        return next((name for name in names if name in self.names), None)

    def needed(self, *names: str) -> str:
        """Return the first of some names that the table has a column for.

        Raises
        ------
        MarxanFolderError
            It has none of them.
        """
        name = self.found(*names)
        if name is None:
            raise MarxanFolderError(
                f"{self.path} has no column {' or '.join(names)}; its columns are "
                f"{', '.join(self.names)}. Name the column in the first line."
            )
        return name

    def numbers(self, name: str, *, empty: float | None = None) -> FloatArray:
        """Return a column as finite numbers.

        Parameters
        ----------
        name : str
            The column.
        empty : float, optional
            What an empty cell stands for; without it, empty cells are refused.

        Returns
        -------
        (rows,) float64

        Raises
        ------
        MarxanFolderError
            A cell is empty or no finite number; names lines and cells.
        """
        column = self.frame[name]
        values = _as_numbers(column, self.decimal)
        missing = column.isna().to_numpy()
        if missing.any():
            if empty is None:
                self.refuse(
                    missing,
                    f"column {name} is empty, or the line has too few fields",
                    "Fill it in",
                )
            values[missing] = empty
        wrong = ~np.isfinite(values)
        if wrong.any():
            said = ", ".join(repr(str(cell)) for cell in column[wrong][:_MOST_SHOWN])
            self.refuse(wrong, f"column {name} holds no finite number: {said}", "Mend it")
        return values

    def ids(self, name: str) -> NDArray[np.int64]:
        """Return a column as whole numbers >= 0.

        Returns
        -------
        (rows,) int64

        Raises
        ------
        MarxanFolderError
            A cell is empty or no such number; names lines and cells.
        """
        values = self.numbers(name)
        wrong = (values < 0) | (values != np.floor(values)) | (values > 2**53)
        if wrong.any():
            said = ", ".join(f"{value:g}" for value in values[wrong][:_MOST_SHOWN])
            self.refuse(
                wrong, f"column {name} holds {said}", "Give whole numbers from 0 upwards"
            )
        return values.astype(np.int64)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a column as texts without space around them; empty cells are empty."""
        column = self.frame[name].astype("str").where(self.frame[name].notna(), "")
        return tuple(column.str.strip())

    def refuse(self, wrong: BoolArray, what: str, remedy: str) -> None:
        """Raise an error that names the lines of some rows.

        Parameters
        ----------
        wrong : (rows,) bool
            The rows.
        what : str
            What is wrong with them.
        remedy : str
            What to do about it.

        Raises
        ------
        MarxanFolderError
            Always.
        """
        raise MarxanFolderError(f"{self.path}, {self.lines(wrong)}: {what}. {remedy}.")

    def lines(self, rows: BoolArray) -> str:
        """Name the lines of some rows: ``lines 3, 4 and 7 more``."""
        wanted = np.flatnonzero(rows)
        first = set(wanted[:_MOST_SHOWN].tolist())
        numbers = [
            number for row, number in self._numbered(max(first, default=0)) if row in first
        ]
        return told_list("line", [f"{number:,}" for number in numbers], len(wanted))

    def _numbered(self, last: int) -> Iterator[tuple[int, int]]:
        """Yield the rows up to the last wanted one, each with its line in the file."""
        filled = (
            number
            for number, line in enumerate(io.StringIO(self.body), start=self.above + 1)
            if line.strip()
        )
        yield from islice(enumerate(filled), last + 1)


def told_list(noun: str, shown: Sequence[str], count: int | None = None) -> str:
    """Write names with their noun: ``unit 3``, ``units 3, 4 and 7 more``.

    Parameters
    ----------
    noun : str
        In the singular; its plural ends in s.
    shown : sequence of str
        The names; the first few are told.
    count : int, optional
        How many there are in all. By default as many as are given.
    """
    total = len(shown) if count is None else count
    told = list(shown[:_MOST_SHOWN])
    if total > len(told):
        told.append(f"{total - len(told):,} more")
    joined = " and ".join((", ".join(told[:-1]), told[-1])) if len(told) > 1 else "".join(told)
    return f"{noun}{'s' if total != 1 else ''} {joined}"


def told_ids(noun: str, ids: Iterable[int]) -> str:
    """Write identifiers with their noun, each once, in ascending order."""
    return told_list(noun, [str(identifier) for identifier in sorted(set(ids))])


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


def _as_numbers(column: pd.Series, decimal: str) -> FloatArray:
    """(rows,) float64: what is no number is NaN."""
    if pd.api.types.is_bool_dtype(column):
        return np.full(len(column), np.nan)
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    texts = column.astype("str").str.strip()
    if decimal == ",":
        texts = texts.str.replace(",", ".", regex=False)
    return pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64, copy=True)


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
