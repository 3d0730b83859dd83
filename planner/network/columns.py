"""Tables of text with the columns that a network needs, named or guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from layers.occurrences.delimited import open_table, unique_names
from layers.occurrences.errors import OccurrenceReadError
from layers.occurrences.packages import file_source
from planner.network.errors import NetworkInputError
from resources.errors import nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from algorithms.arrays import BoolArray, FloatArray
    from layers.occurrences.delimited import TextTable

MAX_TABLE_BYTES = 2_000_000_000

GUESSES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "node", "node_id", "nodeid", "site_id", "core_id", "patch", "patch_id", "fid"),
    "area": ("area", "area_ha", "area_km2", "area_m2", "weight", "attribute", "attr", "amount"),
    "x": ("x", "x_m", "easting", "east", "coord_x", "xcoord"),
    "y": ("y", "y_m", "northing", "north", "coord_y", "ycoord"),
    "lon": ("lon", "longitude", "long", "lng", "x_lon", "decimallongitude"),
    "lat": ("lat", "latitude", "y_lat", "decimallatitude"),
    "from": ("from", "id_from", "from_id", "source", "id1", "node1", "node_a", "core_a"),
    "to": ("to", "id_to", "to_id", "target", "id2", "node2", "node_b", "core_b"),
    "distance": ("distance", "distance_m", "distance_km", "dist", "cost", "length", "weight"),
    "name": ("name", "site_name", "site", "name_en"),
    "role": ("role", "roles", "season_role", "use"),
    "season": ("season", "seasons", "migration"),
    "weight": ("weight", "count", "birds", "amount", "area", "area_km2", "area_ha"),
}
"""Names that a column of each kind usually has, the usual one first, in small letters."""

_OPTION = {"distance": "length"}
"""Options that are not called as the column they name."""

_TRUE = frozenset({"1", "true", "yes", "y", "t", "x"})
_FALSE = frozenset({"0", "false", "no", "n", "f", ""})


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A table of text whose columns are asked for by what they mean.

    Parameters
    ----------
    path : Path
        The file.
    text : TextTable
        Recognised: encoding, delimiter, header.
    notes : list of str
        What was guessed, a sentence each; added to.
    options : bool
        Whether the user can name columns by options.
    """

    path: Path
    text: TextTable
    notes: list[str] = field(default_factory=list)
    options: bool = True

    @classmethod
    def open(
        cls, path: Path, encoding: str | None = None, *, options: bool = True
    ) -> NamedTable:
        """Recognise how a table is written.

        Parameters
        ----------
        path : Path
            The file.
        encoding : str, optional
            Its encoding; guessed by default.
        options : bool
            Whether the user can name columns by options.

        Raises
        ------
        NetworkInputError
            It is missing, too large or no table; names the remedy.
        """
        try:
            source = file_source(path)
            if source.size > MAX_TABLE_BYTES:
                raise NetworkInputError(
                    f"{path} has {source.size:,} bytes, more than {MAX_TABLE_BYTES:,}. Leave "
                    "out the nodes or the long links that are not needed."
                )
            text = open_table(source, encoding)
        except OccurrenceReadError as error:
            raise NetworkInputError(f"{error}") from error
        table = cls(path, _without_names(text), options=options)
        if text.encoding.certainty == "likely":
            table.notes.append(f"{path.name}: read as {text.encoding.title}, which is a guess.")
        return table

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns; ``column 1`` and so on where the file names none."""
        return self.text.names

    def find(self, role: str, stated: str | None = None, *, place: int | None = None) -> str:
        """Return the column for a role.

        Parameters
        ----------
        role : str
            Key of `GUESSES`.
        stated : str, optional
            Its name, where the user named it.
        place : int, optional
            Position that it has in a file without names, from 0.

        Raises
        ------
        NetworkInputError
            There is no such column; names those there are and the option.
        """
        found = self.seek(role, stated, place=place)
        if found is None:
            remedy = (
                f"Name it with --{_OPTION.get(role, role)} COLUMN"
                if self.options
                else f"Call the column {' or '.join(GUESSES[role][:2])}"
            )
            raise NetworkInputError(
                f"{self.path} has no column that looks like {role}. Its columns are "
                f"{', '.join(self.names[:20])}. {remedy}."
            )
        return found

    def seek(
        self, role: str, stated: str | None = None, *, place: int | None = None
    ) -> str | None:
        """Return the column for a role, or None where none looks like it.

        Raises
        ------
        NetworkInputError
            The column that the user named is not there.
        """
        if stated is not None:
            return self.stated(role, stated)
        plain = {_plain(name): name for name in reversed(self.names)}
        found = next((plain[one] for one in GUESSES[role] if one in plain), None)
        if found is None and not self.text.dialect.header and place is not None:
            found = self.names[place] if place < len(self.names) else None
        if found is not None:
            self.notes.append(f"{self.path.name}: column {found!r} is taken as {role}.")
        return found

    def stated(self, role: str, name: str) -> str:
        """Return a column that the user named.

        Raises
        ------
        NetworkInputError
            It is not there; offers the nearest names.
        """
        if name not in self.names:
            raise NetworkInputError(
                f"{self.path} has no column {name!r} for {role}. "
                f"{nearest_names_hint(name, list(self.names))}"
            )
        return name

    def rows(self, columns: Sequence[str]) -> Iterator[tuple[int, list[Sequence[str]]]]:
        """Yield the line of the first row of each chunk, and its columns.

        Raises
        ------
        NetworkInputError
            The text cannot be read on, or a row has too many fields.
        """
        wanted = list(dict.fromkeys(columns))
        try:
            for chunk in self.text.chunks(wanted):
                if chunk.faults:
                    at, fault = next(iter(chunk.faults.items()))
                    raise NetworkInputError(
                        f"{self.path}, row {int(chunk.lines[at])}: {fault}. Correct the row."
                    )
                first = int(chunk.lines[0]) if len(chunk.lines) else 0
                yield first, [chunk.cells[column] for column in columns]
        except OccurrenceReadError as error:
            raise NetworkInputError(f"{error}") from error

    def texts(self, column: str) -> list[str]:
        """Return the cells of a column, trimmed."""
        return [cell.strip() for _, (cells,) in self.rows([column]) for cell in cells]

    def numbers(self, column: str, role: str, *, low: float = 0.0) -> FloatArray:
        """Return the numbers of a column.

        Raises
        ------
        NetworkInputError
            A cell is no number, or below `low`; names the row.
        """
        parts = [
            as_numbers(self.path, first, cells, (column, role), low=low)
            for first, (cells,) in self.rows([column])
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def truths(self, column: str, role: str) -> BoolArray:
        """Return the yes and no of a column.

        Raises
        ------
        NetworkInputError
            A cell is neither.
        """
        found = []
        for at, cell in enumerate(self.texts(column)):
            if cell.lower() not in _TRUE | _FALSE:
                raise NetworkInputError(
                    f"{self.path}, record {at + 1}, column {column}: {cell!r} does not say "
                    f"whether it is {role}. Write yes or no."
                )
            found.append(cell.lower() in _TRUE)
        return np.array(found, dtype=np.bool_)


def as_numbers(
    path: Path,
    first: int,
    cells: Sequence[str],
    meaning: tuple[str, str],
    *,
    low: float,
    endless: bool = False,
) -> FloatArray:
    """Return cells as numbers, some `endless` where they may be; see `NamedTable.numbers`."""
    column, role = meaning
    try:
        values = np.array(cells, dtype=np.float64)
    except ValueError:
        at = next(i for i, cell in enumerate(cells) if not _is_number(cell))
        raise NetworkInputError(
            f"{path}, row {first + at}, column {column}: {cells[at]!r} is not a number, as "
            f"{role} must be. Correct it; decimals are written with a point."
        ) from None
    wrong = ~((values >= low) & ((values < np.inf) | endless))
    if wrong.any():
        at = int(np.argmax(wrong))
        bound = "" if low == -np.inf else f" of at least {low:g}"
        needed = f"a number{bound}, or inf where there is no way," if endless else ""
        raise NetworkInputError(
            f"{path}, row {first + at}, column {column}: {cells[at]!r} is no {role}; "
            f"{needed or f'a finite number{bound}'} is needed. Correct the row or leave it out."
        )
    return values


def _without_names(text: TextTable) -> TextTable:
    """Take a first row that names nothing known and holds a number as a record."""
    known = {one for names in GUESSES.values() for one in names}
    named = any(_plain(name) in known for name in text.names)
    if named or not text.dialect.header or not any(map(_is_number, text.names)):
        return text
    names = unique_names([""] * len(text.names))
    return replace(text, dialect=replace(text.dialect, header=False), names=names)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _plain(name: str) -> str:
    return re.sub(r"[\W]+", "_", name.strip().lower()).strip("_")
