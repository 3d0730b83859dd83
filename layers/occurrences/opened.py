"""A file of records that is recognised, whose columns can be confirmed and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.control import NULL_CONTROL
from layers.occurrences.columns import (
    SAMPLE_ROWS,
    SHOWN_ROWS,
    ColumnGuess,
    beyond_degrees,
    guess_roles,
)
from layers.occurrences.datums import WGS84, crs_of

if TYPE_CHECKING:
    import pandas as pd

    from layers.control import Control
    from layers.occurrences.columns import RoleGuess
    from layers.occurrences.encoding import EncodingGuess
    from layers.occurrences.record_source import RecordSource
    from layers.occurrences.roles import Role


@dataclass(frozen=True, slots=True)
class OpenedRecords:
    """A file of records, recognised but not read.

    Parameters
    ----------
    label, name : str
        Where it lies, for messages; its short name, for the column ``source``.
    kind : str
        The format in words.
    source : RecordSource
        Its records.
    crs : str
        Coordinate system of the coordinates.
    guess : ColumnGuess
        What the columns are taken for.
    effort : DataFrame, optional
        As `Occurrences.effort`.
    geometry : bool
        Whether the places are geometries and no columns.
    """

    label: str
    name: str
    kind: str
    source: RecordSource
    crs: str
    guess: ColumnGuess
    effort: pd.DataFrame | None = None
    geometry: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """What the caller states about a file instead of having it guessed.

    Parameters
    ----------
    encoding, crs, layer : str, optional
        As in `read_occurrences`.
    control : Control
        May cancel while a file is recognised; told no progress by that.
    """

    encoding: str | None = None
    crs: str | None = None
    layer: str | None = None
    control: Control = NULL_CONTROL

    @property
    def table_crs(self) -> str:
        """Coordinate system of a table of text: the stated one, or degrees on WGS 84."""
        if self.crs is None or crs_of(self.crs).equals(crs_of(WGS84), ignore_axis_order=True):
            return WGS84
        return self.crs


def opened_table(
    source: RecordSource,
    *,
    place: tuple[str, str, str],
    encoding: EncodingGuess,
    stated: Stated,
    notes: tuple[str, ...] = (),
    effort: pd.DataFrame | None = None,
) -> OpenedRecords:
    """Recognise the columns of a source of text.

    Parameters
    ----------
    source : RecordSource
        Records with coordinates in columns.
    place : tuple of str
        Label, short name and kind of the file.
    encoding : EncodingGuess
        What its text is read as.
    stated : Stated
        What the caller states.
    notes : tuple of str
        What was decided before.
    effort : DataFrame, optional
        As `Occurrences.effort`.
    """
    label, name, kind = place
    rows = source.sample(SAMPLE_ROWS)
    roles = guess_roles(source.names, rows)
    needs_crs = stated.crs is None and _projected(source.names, rows, roles)
    guess = ColumnGuess(
        label=label,
        kind=kind,
        encoding=encoding,
        names=source.names,
        roles=roles,
        sample=tuple(tuple(row) for row in rows[:SHOWN_ROWS]),
        needs_crs=needs_crs,
        notes=notes,
    )
    return OpenedRecords(label, name, kind, source, stated.table_crs, guess, effort)


def _projected(
    names: tuple[str, ...], rows: list[list[str]], roles: dict[Role, RoleGuess]
) -> bool:
    lon, lat = roles["lon"].column, roles["lat"].column
    if lon is None or lat is None:
        return False
    x, y = ([row[names.index(column)] for row in rows] for column in (lon, lat))
    return beyond_degrees(x, y)
