"""Tables of a Marxan folder: columns as numbers, ids and texts, and errors with lines."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.marxan.errors import MarxanFolderError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class MarxanTable:
    """A table with the columns that its header names, or that its place gives them.

    Use `planner.marxan.reading.read_table`.

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
