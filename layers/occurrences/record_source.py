"""What every format gives: records in chunks of columns, whatever file they come from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from layers.control import NULL_CONTROL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from layers.control import Control


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records, by columns.

    Parameters
    ----------
    lines : (n,) int64
        Number of the row in the file, 1 for the first; the header counts.
    cells : mapping of str to sequence of str
        The wanted columns, each of length n.
    faults : mapping of int to str
        What is wrong with a row, by its position.
    places : tuple of two (n,) float64, optional
        x and y where the format holds geometries.
    """

    lines: NDArray[np.int64]
    cells: Mapping[str, Sequence[str]]
    faults: Mapping[int, str] = field(default_factory=dict)
    places: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None


class RecordSource(Protocol):
    """Records that can be read again and again."""

    @property
    def names(self) -> tuple[str, ...]:
        """Columns in the order of the file, each name once."""

    def sample(self, count: int) -> list[list[str]]:
        """Return the first records, each with a cell for each column."""

    def chunks(
        self, columns: Sequence[str], control: Control = NULL_CONTROL
    ) -> Iterator[Chunk]:
        """Read the wanted columns chunk by chunk."""


@dataclass(frozen=True, slots=True)
class Link:
    """A table that records refer to by a key.

    Parameters
    ----------
    key : str
        Column of the records.
    title : str
        What is referred to, for messages, such as ``deployment``.
    names : tuple of str
        Columns that are brought over.
    rows : mapping of str to tuple of str
        Their cells, by key.
    """

    key: str
    title: str
    names: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class WidenedSource:
    """Records with columns added: constants, defaults, and what they refer to.

    Parameters
    ----------
    source : RecordSource
        The records as they stand.
    defaults : mapping of str to str
        Value of a column where a cell is empty, or everywhere where there is no such column.
    link : Link, optional
        Table the records refer to; a key it does not know is a fault of the record.
    """

    source: RecordSource
    defaults: Mapping[str, str] = field(default_factory=dict)
    link: Link | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the records, then the added ones."""
        own = self.source.names
        linked = () if self.link is None else self.link.names
        added = (name for name in (*linked, *self.defaults) if name not in own)
        return (*own, *dict.fromkeys(added))

    def sample(self, count: int) -> list[list[str]]:
        """Return the first records, each with a cell for each column."""
        rows = self.source.sample(count)
        cells = {name: [row[at] for row in rows] for at, name in enumerate(self.source.names)}
        wide, _ = self._widened(cells, self.names, len(rows))
        return [list(row) for row in zip(*(wide[name] for name in self.names), strict=True)]

    def chunks(
        self, columns: Sequence[str], control: Control = NULL_CONTROL
    ) -> Iterator[Chunk]:
        """Read the wanted columns chunk by chunk."""
        needed = [name for name in columns if name in self.source.names]
        if self.link is not None and self.link.key not in needed:
            needed.append(self.link.key)
        for chunk in self.source.chunks(needed, control):
            cells, strangers = self._widened(chunk.cells, columns, len(chunk.lines))
            yield replace(chunk, cells=cells, faults={**strangers, **chunk.faults})

    def _widened(
        self, cells: Mapping[str, Sequence[str]], columns: Sequence[str], count: int
    ) -> tuple[dict[str, Sequence[str]], dict[int, str]]:
        wide = {name: cells[name] for name in columns if name in cells}
        faults: dict[int, str] = {}
        if self.link is not None:
            keys = cells[self.link.key]
            nothing = ("",) * len(self.link.names)
            found = [self.link.rows.get(key) for key in keys]
            for position, row in enumerate(found):
                if row is None:
                    faults[position] = f'{self.link.title} "{keys[position]}" is not listed'
            for at, name in enumerate(self.link.names):
                if name in columns and name not in wide:
                    wide[name] = [(row or nothing)[at] for row in found]
        for name, default in self.defaults.items():
            if name in wide:
                wide[name] = [cell or default for cell in wide[name]]
            elif name in columns:
                wide[name] = [default] * count
        return wide, faults
