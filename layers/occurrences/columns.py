"""Which column of a table means what: guessed from names and contents, for confirmation."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from layers.occurrences.coordinates import degrees
from layers.occurrences.dates import iso_date
from layers.occurrences.roles import ROLE_TITLES, ROLES, Role, name_rank

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from layers.occurrences.encoding import EncodingGuess

SAMPLE_ROWS = 200
"""Rows whose contents are looked at."""

SHOWN_ROWS = 5
"""Rows shown for confirmation."""

_BINOMIAL = re.compile(r"\s*[A-Z][a-z]{2,}[ _][a-z]{3,}(-[a-z]+)?\b.*")
_ENOUGH = 0.8


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """The column of each role, by its name; None where the table has none.

    Parameters
    ----------
    lon, lat : str
        Easting and northing where the table is in a projection.
    species, date, uncertainty, country, count, basis, status, precision, datum, issues : str
        As in `roles.ROLE_TITLES`.
    """

    lon: str | None = None
    lat: str | None = None
    species: str | None = None
    date: str | None = None
    uncertainty: str | None = None
    country: str | None = None
    count: str | None = None
    basis: str | None = None
    status: str | None = None
    precision: str | None = None
    datum: str | None = None
    issues: str | None = None

    def chosen(self) -> dict[Role, str]:
        """Return the columns that are chosen, by role."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {role: name for role, name in pairs if name}  # type: ignore[misc]  # fields are roles


@dataclass(frozen=True, slots=True)
class RoleGuess:
    """The column taken for one role.

    Parameters
    ----------
    role : str
        One of `roles.ROLES`.
    column : str or None
        None where no column is taken.
    candidates : tuple of str
        Every column that could be it, the likelier first.
    reason : str
        One sentence.
    certain : bool
        Whether the name says so; otherwise it should be confirmed.
    """

    role: Role
    column: str | None
    candidates: tuple[str, ...]
    reason: str
    certain: bool


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What a file of records is taken for, to be confirmed.

    Parameters
    ----------
    label : str
        The file.
    kind : str
        In words, such as ``table (tabs)`` or ``Darwin Core archive``.
    encoding : EncodingGuess or None
        None where the format fixes it.
    names : tuple of str
        Columns in the order of the file.
    roles : mapping of str to RoleGuess
        Every role of `roles.ROLES`.
    sample : tuple of tuple of str
        The first records, up to `SHOWN_ROWS`, each with a cell for each column.
    needs_crs : bool
        The coordinates are no degrees, so the coordinate system has to be stated.
    notes : tuple of str
        What else was decided.
    """

    label: str
    kind: str
    encoding: EncodingGuess | None
    names: tuple[str, ...]
    roles: Mapping[Role, RoleGuess]
    sample: tuple[tuple[str, ...], ...]
    needs_crs: bool = False
    notes: tuple[str, ...] = ()

    @property
    def choice(self) -> ColumnChoice:
        """The guess as a choice that `read_occurrences` takes."""
        return ColumnChoice(**{role: guess.column for role, guess in self.roles.items()})

    def choice_with(self, stated: Mapping[str, str]) -> ColumnChoice:
        """Return the guess with some roles as they are stated.

        Parameters
        ----------
        stated : mapping of str to str
            Role to column; an empty name says that no column has the role. A column that is
            stated for one role is no longer guessed for another.
        """
        taken = set(stated.values())
        guessed = {
            role: guess.column if guess.column not in taken else None
            for role, guess in self.roles.items()
        }
        return ColumnChoice(**(guessed | {role: name or None for role, name in stated.items()}))

    @property
    def complete(self) -> bool:
        """Whether both coordinates are found."""
        return bool(self.roles["lon"].column and self.roles["lat"].column)

    @property
    def certain(self) -> bool:
        """Whether everything can be taken without asking."""
        sure = self.encoding is None or self.encoding.certainty != "likely"
        found = (guess for guess in self.roles.values() if guess.column)
        return sure and self.complete and not self.needs_crs and all(g.certain for g in found)


def guess_roles(names: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[Role, RoleGuess]:
    """Guess the column of every role.

    Names decide first; where none is known, a place, species or date is recognised by what the
    column holds.

    Parameters
    ----------
    names : sequence of str
        Column names.
    rows : sequence of sequence of str
        Some records, each with a cell for each column.
    """
    cells = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    found = {role: _by_name(role, names, cells) for role in ROLES}
    taken = {guess.column for guess in found.values() if guess.column}
    free = {name: column for name, column in cells.items() if name not in taken}
    if not found["lon"].column and not found["lat"].column:
        found.update(_places_by_content(free))
    for role, fits in (("species", _is_binomial), ("date", _is_date)):
        if not found[role].column:  # type: ignore[index]  # a role
            found[role] = _by_content(role, free, fits)  # type: ignore[index, arg-type]
    return found


def beyond_degrees(rows_lon: Sequence[str], rows_lat: Sequence[str]) -> bool:
    """Tell whether most coordinates are too large for degrees, so that they are projected."""
    x, y = degrees(rows_lon), degrees(rows_lat)
    known = np.isfinite(x) & np.isfinite(y)
    beyond = (np.abs(x) > 1000) | (np.abs(y) > 1000)
    return bool(known.any() and beyond[known].mean() > 0.5)


def _by_name(role: Role, names: Sequence[str], cells: Mapping[str, Sequence[str]]) -> RoleGuess:
    ranked = [(name_rank(role, name), at, name) for at, name in enumerate(names)]
    known = sorted(
        (_emptiness(role, cells[name]), rank, at, name)
        for rank, at, name in ranked
        if rank is not None
    )
    if not known:
        return RoleGuess(role, None, (), f"No column is named as a {ROLE_TITLES[role]}.", True)
    candidates = tuple(name for *_, name in known)
    reason = f'"{candidates[0]}" is a name of the {ROLE_TITLES[role]}.'
    return RoleGuess(role, candidates[0], candidates, reason, True)


def _emptiness(role: Role, column: Sequence[str]) -> int:
    """Put empty columns last, and Latin names before common ones."""
    filled = [cell for cell in column if cell.strip()]
    if not filled:
        return 2 if column else 0
    return int(role == "species" and _share(filled, _is_binomial) < 0.5)


def _by_content(
    role: Role, cells: Mapping[str, Sequence[str]], fits: Callable[[str], bool]
) -> RoleGuess:
    candidates = tuple(
        name for name, column in cells.items() if column and _share(column, fits) >= _ENOUGH
    )
    title = ROLE_TITLES[role]
    if not candidates:
        return RoleGuess(
            role, None, (), f"No column is named as or looks like a {title}.", True
        )
    reason = f'"{candidates[0]}" holds what looks like a {title}; please confirm.'
    return RoleGuess(role, candidates[0], candidates, reason, certain=False)


def _places_by_content(cells: Mapping[str, Sequence[str]]) -> dict[Role, RoleGuess]:
    """Recognise longitude and latitude by their range, in and around North-East Asia."""
    values = {name: degrees(column) for name, column in cells.items() if len(column)}
    measured = {
        name: column
        for name, column in values.items()
        if np.isfinite(column).mean() >= _ENOUGH and _has_fractions(column)
    }
    lon = tuple(name for name, column in measured.items() if _within(column, 60, 180))
    lat = tuple(name for name, column in measured.items() if _within(column, 10, 60))
    return {"lon": _place("lon", lon), "lat": _place("lat", lat)}


def _place(role: Role, candidates: tuple[str, ...]) -> RoleGuess:
    title = ROLE_TITLES[role]
    if len(candidates) == 1:
        reason = f'"{candidates[0]}" holds numbers in the range of a {title}; please confirm.'
        return RoleGuess(role, candidates[0], candidates, reason, certain=False)
    reason = f"No column is named as a {title}" + (
        "; several hold numbers in its range." if candidates else "."
    )
    return RoleGuess(role, None, candidates, reason, certain=False)


def _has_fractions(column: NDArray[np.float64]) -> bool:
    known = column[np.isfinite(column)]
    return bool(known.size and (known % 1 != 0).mean() > 0.5)


def _within(column: NDArray[np.float64], low: float, high: float) -> bool:
    known = column[np.isfinite(column)]
    return bool(known.size and ((known >= low) & (known <= high)).mean() >= 0.95)


def _share(column: Sequence[str], fits: Callable[[str], bool]) -> float:
    filled = [cell for cell in column if cell.strip()]
    return sum(map(fits, filled)) / len(filled) if filled else 0.0


def _is_binomial(text: str) -> bool:
    return _BINOMIAL.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    return len(text.strip()) >= 6 and not text.strip().isdigit() and bool(iso_date(text))
