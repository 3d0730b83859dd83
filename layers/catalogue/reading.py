"""Read a catalogue folder and refuse, with file, row and remedy, what cannot be right."""

from __future__ import annotations

import csv
import io
import math
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from layers.catalogue.site import (
    COUNTRY_NAMES,
    ISO3_CODES,
    SPECIES_IDS,
    BorderRelation,
    DesignationClass,
    FieldProvenance,
    Realm,
    Relation,
    Site,
    State,
    Status,
)
from layers.errors import LayerReadError
from resources.errors import nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from enum import StrEnum
    from pathlib import Path

    EnumT = TypeVar("EnumT", bound=StrEnum)

SITES_FILE = "sites.csv"
PROVENANCE_FILE = "provenance.csv"
MAXIMUM_BYTES = 200_000_000
MAXIMUM_ROWS = 100_000
MAXIMUM_FIELD_LENGTH = 10_000
MAXIMUM_AREA_KM2 = 1_000_000.0
IUCN_CATEGORIES = ("", "Ia", "Ib", "II", "III", "IV", "V", "VI")
CONFIDENCES = ("", "high", "medium", "low")
LIST_SEPARATOR = ";"

_COLUMNS = (
    "site_id",
    "name_en",
    "name_local",
    "countries",
    "designation_class",
    "labels",
    "designation",
    "realm",
    "lat",
    "lon",
    "area_km2",
    "year",
    "iucn",
    "borders",
    "border_text",
    "adjoining",
    "adjoining_text",
    "species",
    "same_area_as",
    "part_of",
    "replaced_by",
    "state",
    "confidence",
    "source",
)
_REQUIRED = ("site_id", "name_en", "countries", "designation_class", "state")
_REFERENCES = ("adjoining", "same_area_as", "part_of", "replaced_by")
_PROVENANCE_COLUMNS = ("site_id", "field", "value", "status", "source", "note")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class DamagedCatalogueError(LayerReadError):
    """A catalogue file that cannot be used; names file, row, field and remedy."""


class _Row:
    """One line of a CSV file, which knows where it stands for the sake of its errors."""

    def __init__(self, path: Path, line: int, values: Mapping[str, str]) -> None:
        self._path = path
        self._line = line
        self._values = values

    def text(self, column: str) -> str:
        return self._values.get(column, "").strip()

    def fail(self, column: str, problem: str, remedy: str) -> DamagedCatalogueError:
        return DamagedCatalogueError(
            f"{self._path}, line {self._line}, field {column}: {problem}. {remedy}"
        )

    def required(self, column: str) -> str:
        text = self.text(column)
        if not text:
            raise self.fail(column, "is empty", "Fill it in, or remove the row.")
        return text

    def number(self, column: str, low: float, high: float) -> float | None:
        text = self.text(column)
        if not text:
            return None
        remedy = (
            f"Write a number from {low:g} to {high:g} with a decimal point, or leave it empty."
        )
        try:
            value = float(text)
        except ValueError:
            raise self.fail(column, f'"{text}" is not a number', remedy) from None
        if not (math.isfinite(value) and low <= value <= high):
            raise self.fail(column, f"{text} is out of range", remedy)
        return value

    def parts(self, column: str) -> tuple[str, ...]:
        found = tuple(part.strip() for part in self.text(column).split(LIST_SEPARATOR))
        found = tuple(part for part in found if part)
        if len(set(found)) != len(found):
            raise self.fail(column, "names the same thing twice", "Name each once.")
        return found

    def one_of(self, column: str, text: str, kind: type[EnumT]) -> EnumT:
        try:
            return kind(text)
        except ValueError:
            hint = nearest_names_hint(text, [member.value for member in kind])
            raise self.fail(column, f'"{text}" is not known', hint) from None


def _csv_rows(path: Path, columns: tuple[str, ...], needed: tuple[str, ...]) -> Iterator[_Row]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True, restval="")
    try:
        _check_header(path, tuple(reader.fieldnames or ()), columns, needed)
        for count, values in enumerate(reader, start=1):
            yield _checked_row(path, reader.line_num, count, values)
    except csv.Error as error:
        raise DamagedCatalogueError(
            f"{path}, line {reader.line_num}, is not well-formed CSV: {error}. "
            "Look for a quotation mark that is not closed, or save the table as CSV again."
        ) from error


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8-sig") if size <= MAXIMUM_BYTES else ""
    except FileNotFoundError:
        raise DamagedCatalogueError(
            f"{path} does not exist. A catalogue is a folder with {SITES_FILE} and, where its "
            f"sources are kept, {PROVENANCE_FILE}; give the folder that holds them."
        ) from None
    except UnicodeDecodeError as error:
        raise DamagedCatalogueError(
            f"{path} is not UTF-8 text (byte {error.start}). Save it as CSV in UTF-8."
        ) from error
    except OSError as error:
        raise DamagedCatalogueError(
            f"{path} cannot be read: {error.strerror}. Check the path and its permissions."
        ) from error
    if size > MAXIMUM_BYTES:
        raise DamagedCatalogueError(
            f"{path} is larger than {MAXIMUM_BYTES:,} bytes. Split the catalogue."
        )
    return text


def _check_header(
    path: Path, header: tuple[str, ...], columns: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    missing = [column for column in needed if column not in header]
    unknown = [column for column in header if column not in columns]
    if missing or unknown or len(set(header)) != len(header):
        problem = (
            f"lacks the columns {', '.join(missing)}"
            if missing
            else f"has the unknown or doubled columns {', '.join(unknown) or header}"
        )
        raise DamagedCatalogueError(
            f"{path}, line 1: the header {problem}. Known columns: {', '.join(columns)}."
        )


def _checked_row(path: Path, line: int, count: int, values: dict[str, str]) -> _Row:
    if None in values:
        raise DamagedCatalogueError(
            f"{path}, line {line}: more fields than the header has. "
            "Quote the field that holds a comma."
        )
    if count > MAXIMUM_ROWS:
        raise DamagedCatalogueError(
            f"{path} has more than {MAXIMUM_ROWS:,} rows. Split the catalogue."
        )
    for column, value in values.items():
        if len(value) > MAXIMUM_FIELD_LENGTH:
            raise DamagedCatalogueError(
                f"{path}, line {line}, field {column}: longer than {MAXIMUM_FIELD_LENGTH:,} "
                "characters. Look for a quotation mark that is not closed."
            )
    return _Row(path, line, values)


def read_sites(folder: Path) -> tuple[Site, ...]:
    """Read the sites of a catalogue folder, in the order of the file.

    Parameters
    ----------
    folder : Path
        Holds ``sites.csv`` and, optionally, ``provenance.csv``; UTF-8, comma-separated.

    Returns
    -------
    tuple of Site
        At least one.

    Raises
    ------
    DamagedCatalogueError
        A file is missing or unreadable, a value is out of its range or vocabulary, an id is
        used twice, or a reference leads to no row.
    """
    path = folder / SITES_FILE
    rows = {}
    for row in _csv_rows(path, _COLUMNS, _REQUIRED):
        site_id = row.required("site_id")
        if not _SLUG.fullmatch(site_id):
            raise row.fail(
                "site_id",
                f'"{site_id}" is not an identifier',
                "Use lower-case letters, digits and single hyphens.",
            )
        if site_id in rows:
            raise row.fail("site_id", f'"{site_id}" is used twice', "Give each row its own.")
        rows[site_id] = row
    if not rows:
        raise DamagedCatalogueError(f"{path} has no rows. Add a site, or use the default.")
    known = list(rows)
    for site_id, row in rows.items():
        _check_references(site_id, row, known)
    provenance = _read_provenance(folder, known)
    return tuple(
        _site(site_id, row, provenance.get(site_id, {})) for site_id, row in rows.items()
    )


def _check_references(site_id: str, row: _Row, known: list[str]) -> None:
    known_ids = set(known)
    for column in _REFERENCES:
        for other in row.parts(column):
            if other == site_id:
                raise row.fail(column, "the site refers to itself", "Remove the reference.")
            if other not in known_ids:
                raise row.fail(
                    column, f'no row has the id "{other}"', nearest_of_many(other, known)
                )


def nearest_of_many(name: str, known: list[str]) -> str:
    """Return the near-names sentence, or a general remedy where nothing is near.

    Parameters
    ----------
    name : str
        What was written.
    known : list of str
        Every valid name; too many to list.
    """
    hint = nearest_names_hint(name, known)
    return hint if hint.startswith("Did you mean") else "Use the site_id of a row."


def _site(
    site_id: str, row: _Row, provenance: Mapping[str, tuple[FieldProvenance, ...]]
) -> Site:
    lat, lon = row.number("lat", -90, 90), row.number("lon", -180, 180)
    if (lat is None) != (lon is None):
        raise row.fail("lat", "latitude and longitude go together", "Give both or neither.")
    area = row.number("area_km2", 0, MAXIMUM_AREA_KM2)
    if area == 0:
        raise row.fail("area_km2", "an area is not zero", "Leave an unknown area empty.")
    year = row.number("year", 1800, 2100)
    if year is not None and not year.is_integer():
        raise row.fail("year", f"{year} is not a year", "Write four digits.")
    return Site(
        site_id=site_id,
        name_en=row.required("name_en"),
        name_local=row.text("name_local"),
        countries=_countries(row),
        designation_class=row.one_of(
            "designation_class", row.required("designation_class"), DesignationClass
        ),
        labels=tuple(
            row.one_of("labels", label, DesignationClass) for label in row.parts("labels")
        ),
        designation=row.text("designation"),
        realm=row.one_of("realm", row.text("realm") or Realm.LAND, Realm),
        lat=lat,
        lon=lon,
        area_km2=area,
        year=None if year is None else int(year),
        iucn=_listed(row, "iucn", IUCN_CATEGORIES),
        borders=tuple(_border(row, text) for text in row.parts("borders")),
        border_text=row.text("border_text"),
        adjoining=row.parts("adjoining"),
        adjoining_text=row.text("adjoining_text"),
        species=_species(row),
        same_area_as=row.parts("same_area_as"),
        part_of=row.parts("part_of"),
        replaced_by=row.parts("replaced_by"),
        state=row.one_of("state", row.required("state"), State),
        confidence=_listed(row, "confidence", CONFIDENCES),
        source=row.text("source"),
        provenance=MappingProxyType(dict(provenance)),
    )


def _countries(row: _Row) -> tuple[str, ...]:
    row.required("countries")
    codes = row.parts("countries")
    for code in codes:
        _check_iso3(row, "countries", code)
    return tuple(sorted(codes))


def _check_iso3(row: _Row, column: str, code: str) -> None:
    if code not in ISO3_CODES:
        known = ", ".join(f"{iso} ({name})" for iso, name in COUNTRY_NAMES.items())
        raise row.fail(
            column,
            f'"{code}" is not an ISO 3166-1 alpha-3 country code',
            f"Write three capital letters, such as {known}.",
        )


def _border(row: _Row, text: str) -> BorderRelation:
    pair, _, relation = text.partition(":")
    relation_value = row.one_of("borders", relation, Relation)
    if not pair:
        if relation_value in {Relation.ON, Relation.NEAR}:
            raise row.fail("borders", f'"{text}" names no border', "Write CHN-RUS:on.")
        return BorderRelation("", relation_value)
    codes = pair.split("-")
    for code in codes:
        _check_iso3(row, "borders", code)
    if len(codes) != 2 or codes[0] >= codes[1]:
        raise row.fail(
            "borders",
            f'"{pair}" is not a pair of countries in alphabetical order',
            "Write it as CHN-RUS.",
        )
    return BorderRelation(pair, relation_value)


def _listed(row: _Row, column: str, allowed: tuple[str, ...]) -> str:
    text = row.text(column)
    if text not in allowed:
        raise row.fail(
            column, f'"{text}" is not known', f"Known: {', '.join(filter(None, allowed))}."
        )
    return text


def _species(row: _Row) -> tuple[str, ...]:
    species = row.parts("species")
    for species_id in species:
        if species_id not in SPECIES_IDS:
            raise row.fail(
                "species",
                f'"{species_id}" is not a species of the catalogue',
                nearest_names_hint(species_id, list(SPECIES_IDS)),
            )
    return species


def _read_provenance(
    folder: Path, known: list[str]
) -> dict[str, dict[str, tuple[FieldProvenance, ...]]]:
    path = folder / PROVENANCE_FILE
    if not path.exists():
        return {}
    known_ids = set(known)
    found: dict[str, dict[str, tuple[FieldProvenance, ...]]] = {}
    for row in _csv_rows(path, _PROVENANCE_COLUMNS, _PROVENANCE_COLUMNS[:5]):
        site_id = row.required("site_id")
        if site_id not in known_ids:
            raise row.fail(
                "site_id", f'no site has the id "{site_id}"', nearest_of_many(site_id, known)
            )
        column = row.required("field")
        if column not in _COLUMNS:
            raise row.fail(
                "field",
                f'"{column}" is not a field',
                nearest_names_hint(column, list(_COLUMNS)),
            )
        entry = FieldProvenance(
            status=row.one_of("status", row.required("status"), Status),
            value=row.text("value"),
            source=row.required("source"),
            note=row.text("note"),
        )
        fields = found.setdefault(site_id, {})
        fields[column] = (*fields.get(column, ()), entry)
    return found
