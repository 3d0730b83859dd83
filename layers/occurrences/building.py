"""From cells of text to the table of records: numbers, dates, countries, datums."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.occurrences.coordinates import (
    KM_PER_DEGREE,
    degrees,
    numbers,
    repeated_steps,
    resolution_km,
)
from layers.occurrences.countries import iso3_of
from layers.occurrences.dates import iso_date
from layers.occurrences.datums import WGS84, crs_of, datum_crs, is_stated, to_degrees
from layers.occurrences.records import TABLE_COLUMNS
from layers.occurrences.text_column import TextColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from layers.occurrences.columns import ColumnChoice
    from layers.occurrences.record_source import Chunk
    from layers.occurrences.roles import Role

_ABSENT_WORDS = frozenset(
    {"absent", "absence", "0", "no", "false", "n", "not detected", "нет", "отсутствует", "无",
     "無", "不在", "未发现", "없음", "미확인", "なし", "үгүй", "байхгүй"}
)  # fmt: skip
_SHOWN_CHARACTERS = 40


class TableBuilder:
    """Collects chunks of records into one table.

    Parameters
    ----------
    choice : ColumnChoice
        Which column means what.
    source : str
        Name of the file and member, for the column ``source``.
    crs : str
        Coordinate system of the coordinates; a datum column counts only for degrees.
    """

    def __init__(self, choice: ColumnChoice, source: str, crs: str = WGS84) -> None:
        self._columns = choice.chosen()
        self._source = source
        self._crs = crs
        self._projected = crs != WGS84 and not crs_of(crs).is_geographic
        self._numbers: dict[str, list[NDArray[np.generic]]] = {
            name: []
            for name in (
                "line", "lon", "lat", "uncertainty_m", "count", "absent", "resolution_km",
                "stated_km",
            )
        }  # fmt: skip
        self._texts = {
            name: TextColumn()
            for name in (
                "species",
                "date",
                "country",
                "basis",
                "source",
                "datum",
                "issues",
                "unread",
            )
        }
        self._placed = False
        self._lost: dict[str, dict[str, int]] = {}
        self._tally: dict[str, int] = {}

    @property
    def columns(self) -> list[str]:
        """The columns to read."""
        return list(dict.fromkeys(self._columns.values()))

    def add(self, chunk: Chunk) -> None:
        """Append the records of a chunk."""
        count = len(chunk.lines)
        self._numbers["line"].append(chunk.lines)
        self._add_places(chunk, count)
        self._add_uncertainty(chunk, count)
        self._add_presence(chunk, count)
        for name, role in (("basis", "basis"), ("issues", "issues")):
            self._add_text(name, role, chunk, str.strip)  # type: ignore[arg-type]  # a role
        self._add_text("species", "species", chunk, _tidy)
        self._add_text("date", "date", chunk, self._date)
        self._add_text("country", "country", chunk, self._country)
        self._texts["source"].add_same(self._source, count)

    def finished(self) -> tuple[pd.DataFrame, list[str]]:
        """Return the table with the columns of `records.TABLE_COLUMNS`, and notes."""
        lon = self._joined("lon")
        rounded, round_only = repeated_steps(
            self._joined("resolution_km").astype(np.float32), np.isfinite(lon)
        )
        rounded = np.fmax(rounded, self._joined("stated_km"))
        self._numbers |= {"lon": [lon], "resolution_km": [rounded], "round_km": [round_only]}
        table = pd.DataFrame(
            {
                name: self._texts[name].finished()
                if name in self._texts
                else self._joined(name)
                for name in TABLE_COLUMNS
            }
        )
        return table, self._notes()

    @property
    def rows(self) -> int:
        """Records so far."""
        return sum(map(len, self._numbers["line"]))

    @property
    def has_places(self) -> bool:
        """Whether any record so far has coordinates."""
        return self._placed

    def _joined(self, name: str) -> NDArray[np.generic]:
        parts = self._numbers.pop(name)
        return np.concatenate(parts) if parts else np.zeros(0, dtype=_DTYPES[name])

    def _cells(self, role: Role, chunk: Chunk) -> Sequence[str] | None:
        column = self._columns.get(role)
        return None if column is None else chunk.cells[column]

    def _add_text(
        self, name: str, role: Role, chunk: Chunk, convert: Callable[[str], str]
    ) -> None:
        cells = self._cells(role, chunk)
        if cells is None:
            self._texts[name].add_same("", len(chunk.lines))
        else:
            self._texts[name].add(cells, convert)

    def _add_places(self, chunk: Chunk, count: int) -> None:
        unread = dict(chunk.faults)
        if chunk.places is not None:
            x, y = chunk.places
        else:
            x, y = (self._axis(role, chunk, unread) for role in ("lon", "lat"))
        resolution = resolution_km(x, y, projected=self._projected)
        lon, lat = to_degrees(x, y, self._crs)
        for position in np.flatnonzero(np.isfinite(x) & np.isfinite(y) & np.isnan(lon)):
            unread.setdefault(int(position), f"the point lies outside the range of {self._crs}")
        lon, lat = self._on_wgs84(chunk, lon, lat)
        if unread:
            faulty = np.fromiter(unread, dtype=np.int64)
            lon, lat = lon.copy(), lat.copy()
            lon[faulty] = lat[faulty] = np.nan
        self._placed = self._placed or bool(np.isfinite(lon).any())
        self._numbers["lon"].append(lon)
        self._numbers["lat"].append(lat)
        self._numbers["resolution_km"].append(resolution)
        self._numbers["stated_km"].append(self._stated_km(chunk, count))
        self._texts["unread"].add_few(unread, count)

    def _axis(self, role: Role, chunk: Chunk, unread: dict[int, str]) -> NDArray[np.float64]:
        cells = self._cells(role, chunk) or [""] * len(chunk.lines)
        values = numbers(cells) if self._projected else degrees(cells)
        for position in np.flatnonzero(np.isnan(values)).tolist():
            text = cells[position].strip()
            if text:
                title = "longitude" if role == "lon" else "latitude"
                shown = text[:_SHOWN_CHARACTERS]
                unread.setdefault(position, f'the {title} "{shown}" cannot be read')
        return values

    def _on_wgs84(
        self, chunk: Chunk, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        cells = self._cells("datum", chunk)
        if cells is None or self._crs != WGS84:
            self._texts["datum"].add_same("", len(lon))
            return lon, lat
        values = np.empty(len(cells), dtype=object)
        values[:] = cells
        codes, distinct = pd.factorize(values)
        unknown = {}
        for code, stated in enumerate(distinct):
            here, crs = codes == code, datum_crs(stated)
            if crs is None:
                self._lose("datum", stated, int(here.sum()))
                unknown.update(
                    dict.fromkeys(np.flatnonzero(here).tolist(), stated.strip()[:80])
                )
            elif crs != WGS84:
                lon, lat = lon.copy(), lat.copy()
                lon[here], lat[here] = to_degrees(lon[here], lat[here], crs)
                self._count(f"on the datum {stated.strip()} were brought to WGS 84", here)
            elif not is_stated(stated):
                self._count("state no datum and are taken as WGS 84", here)
        self._texts["datum"].add_few(unknown, len(lon))
        return lon, lat

    def _stated_km(self, chunk: Chunk, count: int) -> NDArray[np.float32]:
        cells = self._cells("precision", chunk)
        if cells is None:
            return np.full(count, np.nan, dtype=np.float32)
        stated = numbers(cells) * KM_PER_DEGREE
        stated[~(stated > 0)] = np.nan
        return stated.astype(np.float32)

    def _add_uncertainty(self, chunk: Chunk, count: int) -> None:
        cells = self._cells("uncertainty", chunk)
        values = np.full(count, np.nan) if cells is None else numbers(cells)
        impossible = values <= 0
        if impossible.any():
            self._count("state an uncertainty of zero or less, taken as unknown", impossible)
            values[impossible] = np.nan
        self._numbers["uncertainty_m"].append(values)

    def _add_presence(self, chunk: Chunk, count: int) -> None:
        cells = self._cells("count", chunk)
        counted = np.full(count, np.nan) if cells is None else numbers(cells)
        absent = counted == 0
        status = self._cells("status", chunk)
        if status is not None:
            texts = pd.Series(status, dtype=object)
            absent |= texts.map(_is_absent).to_numpy(dtype=np.bool_)
        self._numbers["count"].append(counted)
        self._numbers["absent"].append(absent)

    def _date(self, text: str) -> str:
        day = text[:10] if len(text) > 10 and text[10] in "T " and "/" not in text else text
        iso = _known_date(day)
        if not iso and text.strip():
            self._lose("date", text, 1)
        return iso

    def _country(self, text: str) -> str:
        code = iso3_of(text)
        if not code and text.strip():
            self._lose("country", text, 1)
        return code

    def _lose(self, what: str, text: str, count: int) -> None:
        lost = self._lost.setdefault(what, {})
        if len(lost) < 1000:
            lost[text.strip()[:_SHOWN_CHARACTERS]] = lost.get(text, 0) + count

    def _count(self, what: str, where: NDArray[np.bool_]) -> None:
        self._tally[what] = self._tally.get(what, 0) + int(where.sum())

    def _notes(self) -> list[str]:
        notes = [f"{count:,} records {what}." for what, count in self._tally.items() if count]
        for what, lost in self._lost.items():
            shown = ", ".join(f'"{text}"' for text in list(lost)[:5])
            more = "" if len(lost) <= 5 else " and others"
            notes.append(f"{_LOST_TITLES[what]}: {shown}{more}.")
        return notes


_DTYPES = {
    "line": np.int64,
    "absent": np.bool_,
    "resolution_km": np.float32,
    "stated_km": np.float32,
}
_DTYPES.update(dict.fromkeys(("lon", "lat", "uncertainty_m", "count"), np.float64))
_LOST_TITLES = {
    "date": "Dates that cannot be read and count as not stated",
    "country": "Countries that are not known and count as not stated",
    "datum": "Datums that are not known, whose records are flagged",
}


@lru_cache(maxsize=200_000)
def _known_date(text: str) -> str:
    return iso_date(text)


@lru_cache(maxsize=10_000)
def _is_absent(text: str) -> bool:
    return text.strip().casefold() in _ABSENT_WORDS


def _tidy(text: str) -> str:
    return " ".join(text.split())
