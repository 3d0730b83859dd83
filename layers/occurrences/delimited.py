"""Tables in text files: delimiter, quoting and header recognised, rows read in chunks."""

from __future__ import annotations

import csv
import io
import re
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from layers.control import NULL_CONTROL
from layers.occurrences import limits
from layers.occurrences.encoding import EncodingGuess, guess_encoding, stated_encoding
from layers.occurrences.errors import OccurrenceReadError, UnknownEncodingError
from layers.occurrences.record_source import Chunk
from layers.occurrences.roles import ROLES, name_rank

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from typing import IO, Protocol

    from layers.control import Control
    from layers.occurrences.packages import TextSource

    class _Rows(Protocol):
        """What `csv.reader` gives."""

        @property
        def line_num(self) -> int: ...

        def __iter__(self) -> Iterator[list[str]]: ...

        def __next__(self) -> list[str]: ...


_SNIFF_CHARACTERS = 400_000
_SNIFF_ROWS = 200
_DELIMITERS = ("\t", ",", ";", "|")
_DELIMITER_TITLES = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}
_MOST_LINES_OF_A_ROW = 50
_NUMBER = re.compile(r"\s*[+-]?\d+([.,]\d+)?\s*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the rows of a table are written.

    Parameters
    ----------
    delimiter : str
        One character.
    quote : str
        Quote character, or empty where quotes are letters like others.
    skipped : int
        Rows above the header (or above the first record, where there is no header).
    header : bool
        Whether the first row after those names the columns.
    escape : str
        Escape character, or empty.
    """

    delimiter: str
    quote: str = '"'
    skipped: int = 0
    header: bool = True
    escape: str = ""

    @property
    def title(self) -> str:
        """The delimiter in words."""
        return _DELIMITER_TITLES.get(self.delimiter, repr(self.delimiter))


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table in a text file, whose encoding and dialect are settled.

    Use `open_table`, or the constructor where a descriptor states how it is written.
    """

    source: TextSource
    encoding: EncodingGuess
    dialect: Dialect
    names: tuple[str, ...]

    def sample(self, count: int) -> list[list[str]]:
        """Return the first records, each with a cell for each column."""
        return [self._fitted(row) for row in self._first(count)]

    def first_width(self) -> int:
        """Return the number of cells of the first record, 0 where there is none."""
        return max((len(row) for row in self._first(1)), default=0)

    def _first(self, count: int) -> list[list[str]]:
        with self.source.open() as stream, closing(self._batches(stream)) as batches:
            _, rows, _ = next(batches, (0, [], False))
        return list(islice(filter(any, rows), count))

    def notes(self) -> tuple[str, ...]:
        """Tell how the table is read, a sentence each."""
        told = [self.encoding.reason]
        if self.encoding.certainty == "likely":
            others = ", ".join(self.encoding.alternatives)
            told.append(
                f"The encoding {self.encoding.title} is a guess; see that names are right"
                + (f" (it could be {others})." if others else ".")
            )
        told.append(f"Columns are divided by {self.dialect.title}.")
        if self.dialect.skipped:
            told.append(f"{self.dialect.skipped} rows above the table are left out.")
        if not self.dialect.header:
            told.append("The first row holds a record, so columns are named by their number.")
        return tuple(told)

    def chunks(
        self, columns: Sequence[str], control: Control = NULL_CONTROL
    ) -> Iterator[Chunk]:
        """Read the wanted columns, some ten thousand rows at a time; empty rows are left out.

        Parameters
        ----------
        columns : sequence of str
            Names from `names`.
        control : Control
            Told the share of the bytes read; may cancel.

        Raises
        ------
        UnknownEncodingError
            Some bytes do not fit the encoding; tells near which row.
        OccurrenceReadError
            A quote is never closed, or there are too many rows.
        """
        with self.source.open() as stream, closing(self._batches(stream)) as batches:
            for first, rows, swollen in batches:
                yield self._chunk(first, rows, columns, swollen=swollen)
                control.report(min(stream.tell() / max(self.source.size, 1), 1.0))

    def _chunk(
        self, first: int, rows: list[list[str]], columns: Sequence[str], *, swollen: bool
    ) -> Chunk:
        width = len(self.names)
        lines = np.arange(first, first + len(rows), dtype=np.int64)
        if not all(map(any, rows)):
            filled = [any(row) for row in rows]
            lines = lines[filled]
            rows = [row for row, keep in zip(rows, filled, strict=True) if keep]
        faults = _swallowed(rows) if swollen else {}
        if set(map(len, rows)) != {width}:
            found = ((at, _fault(row, width)) for at, row in enumerate(rows))
            faults.update((at, fault) for at, fault in found if fault)
            rows = [self._fitted(row) for row in rows]
        at = [self.names.index(column) for column in columns]
        cells = {
            column: [row[position] for row in rows]
            for column, position in zip(columns, at, strict=True)
        }
        return Chunk(lines, cells, faults)

    def _fitted(self, row: list[str]) -> list[str]:
        width = len(self.names)
        return row[:width] if len(row) >= width else row + [""] * (width - len(row))

    def _batches(self, stream: IO[bytes]) -> Generator[tuple[int, list[list[str]], bool]]:
        """Yield the number of the first row, rows, and whether some take many lines."""
        text = io.TextIOWrapper(stream, encoding=self.encoding.encoding, newline="")
        above = self.dialect.skipped
        reader = _reader(text, self.dialect, strict=True)
        number = 1 + above + self.dialect.header
        try:
            for _ in range(above):
                text.readline()
            for _ in islice(reader, int(self.dialect.header)):
                pass
            before = reader.line_num
            while rows := list(islice(reader, limits.CHUNK_ROWS)):
                yield number, rows, reader.line_num - before > len(rows) + _MOST_LINES_OF_A_ROW
                before = reader.line_num
                number += len(rows)
                if number > limits.MAXIMUM_RECORDS:
                    raise OccurrenceReadError(
                        f"{self.source.label} has more than {limits.MAXIMUM_RECORDS:,} rows. "
                        "Split it, or take out the species that you need."
                    )
        except UnicodeDecodeError as error:
            raise self._wrong_encoding(above + reader.line_num, error) from error
        except csv.Error as error:
            raise OccurrenceReadError(
                f"{self.source.label}, line {above + reader.line_num}: {error}. Probably a "
                "quotation mark is not closed before; close it, or save the table again."
            ) from error
        finally:
            text.detach()

    def _wrong_encoding(self, line: int, error: UnicodeDecodeError) -> UnknownEncodingError:
        others = ", ".join(self.encoding.alternatives) or "gb18030, koi8-r or cp949"
        return UnknownEncodingError(
            f"{self.source.label}, after line {line}: the text is not {self.encoding.title} "
            f"({error.reason}). Name the encoding it is written in, such as {others}, or save "
            "it as UTF-8."
        )


def open_table(source: TextSource, encoding: str | None = None) -> TextTable:
    """Recognise how a table is written.

    Parameters
    ----------
    source : TextSource
        The file.
    encoding : str, optional
        Its encoding; guessed by default.

    Raises
    ------
    UnknownEncodingError
        The encoding is unknown, or not the one named.
    OccurrenceReadError
        It is not a table of at least two columns.
    """
    guess = stated_encoding(source, encoding) if encoding else guess_encoding(source)
    text = _beginning(source, guess)
    dialect = _guess_dialect(text)
    table = "".join(_lines(text)[dialect.skipped :])
    rows = _rows(table, dialect, _SNIFF_ROWS)
    if not rows or len(rows[0]) < 2:
        raise OccurrenceReadError(
            f"{source.label} is not a table: its first row does not divide into columns by "
            "tab, comma, semicolon or bar. Save it as CSV with one record in each row."
        )
    if len(rows[0]) > limits.MAXIMUM_COLUMNS:
        raise OccurrenceReadError(
            f"{source.label} has {len(rows[0]):,} columns, more than "
            f"{limits.MAXIMUM_COLUMNS:,}. Leave out those that tell no place, date or species."
        )
    header = not _looks_like_record(rows[0])
    names = unique_names(rows[0]) if header else unique_names([""] * len(rows[0]))
    settled = Dialect(dialect.delimiter, dialect.quote, dialect.skipped, header)
    return TextTable(source, guess, settled, names)


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the cells as column names: trimmed, none empty, none twice."""
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = cell.strip().strip("\ufeff").strip() or f"column {position}"
        plain, again = name, 2
        while name in names:
            name, again = f"{plain} ({again})", again + 1
        names.append(name)
    return tuple(names)


def _beginning(source: TextSource, guess: EncodingGuess) -> str:
    with source.open() as stream:
        text = io.TextIOWrapper(stream, encoding=guess.encoding, newline="")
        try:
            return text.read(_SNIFF_CHARACTERS)
        except UnicodeDecodeError as error:
            raise UnknownEncodingError(
                f"{source.label}: the text is not {guess.title} ({error.reason} at byte "
                f"{error.start}). Name the encoding it is written in, or save it as UTF-8."
            ) from error
        finally:
            text.detach()


def _guess_dialect(text: str) -> Dialect:
    skipped = 0
    lines = _lines(text)
    stated = re.fullmatch(r"sep=(.)\s*", lines[0]) if lines else None
    if stated:
        return Dialect(stated.group(1), skipped=1)
    while skipped < len(lines) and (
        lines[skipped].startswith("#") or not lines[skipped].strip()
    ):
        skipped += 1
    rest = "".join(lines[skipped:])
    best = max(_DELIMITERS, key=lambda delimiter: _fitness(rest, delimiter))
    quote = '"'
    if best == "\t" and not re.search(r'(^|\t)"[^\t\r\n]*"(\t|\r|\n|$)', rest):
        quote = ""
    return Dialect(best, quote, skipped)


def _lines(text: str) -> list[str]:
    """Return the lines as a file gives them, with their ends."""
    return list(io.StringIO(text, newline=""))


def _fitness(text: str, delimiter: str) -> tuple[int, float, int]:
    """Rate a delimiter by known column names, rows as wide as the first, and width."""
    rows = [row for row in _rows(text, Dialect(delimiter), 50) if row]
    if not rows or len(rows[0]) < 2:
        return 0, 0.0, 0
    width = len(rows[0])
    known = sum(any(name_rank(role, cell) is not None for role in ROLES) for cell in rows[0])
    return known, sum(len(row) == width for row in rows) / len(rows), width


def _rows(text: str, dialect: Dialect, count: int) -> list[list[str]]:
    """Return the first rows of a text that may end amid a row."""
    reader = _reader(io.StringIO(text, newline=""), dialect, strict=False)
    try:
        return list(islice(reader, count))
    except csv.Error:
        return []


def _reader(text: io.TextIOBase, dialect: Dialect, *, strict: bool) -> _Rows:
    csv.field_size_limit(limits.MAXIMUM_FIELD_CHARACTERS)
    return csv.reader(
        text,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape or None,
        strict=strict,
    )


def _looks_like_record(row: Sequence[str]) -> bool:
    named = any(name_rank(role, cell) is not None for role in ROLES for cell in row)
    return not named and sum(bool(_NUMBER.fullmatch(cell)) for cell in row) >= 2


def _fault(row: Sequence[str], width: int) -> str:
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        return f"the row has {len(row)} fields and the header {width}"
    return ""


def _swallowed(rows: Sequence[Sequence[str]]) -> dict[int, str]:
    """Find rows so tall that an unclosed quotation mark has swallowed others."""
    tall = ((at, sum(cell.count("\n") for cell in row) + 1) for at, row in enumerate(rows))
    return {
        at: f"the row takes {lines} lines, so a quotation mark is probably not closed"
        for at, lines in tall
        if lines > _MOST_LINES_OF_A_ROW
    }
