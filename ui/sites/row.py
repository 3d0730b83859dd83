"""One site as the list shows it and the search finds it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from resources.translation import mark, tr
from ui import words

if TYPE_CHECKING:
    from collections.abc import Mapping

BOUNDARY_WORDS: Mapping[str, str] = {
    "surveyed": mark("Surveyed boundary"),
    "nominal": mark("Nominal boundary"),
    "point": mark("Point only, no reported area"),
    "unlocated": mark("No coordinates known, not on the map"),
}
"""Kind of a site's geometry, in words."""

CONFIDENCE = "confidence:"
"""What stands before how sure a row is, where sites are filtered by their provenance."""


@dataclass(frozen=True)
class SiteRow:
    """What the list needs of a site.

    Parameters
    ----------
    site_id : str
        Identifier in the catalogue.
    name_en, name_local : str
        Names; the local one may be empty.
    countries : tuple of str
        ISO3 codes.
    borders : tuple of str
        Pairs such as ``"CHN-RUS"``.
    species : tuple of str
        Species ids.
    state : str
        Whether it stands today.
    designation : str
        As published.
    kind : str
        ``"surveyed"``, ``"nominal"``, ``"point"`` or ``"unlocated"``.
    area_km2 : float or None
        Reported area.
    note : str
        What was remarked when the footprint was placed.
    designation_class : str
        Kind of protected area, the same over all countries.
    confidence : str
        How sure the row of the catalogue is as a whole: ``"high"``, ``"medium"``, ``"low"``.
    """

    site_id: str
    name_en: str
    name_local: str = ""
    countries: tuple[str, ...] = ()
    borders: tuple[str, ...] = ()
    species: tuple[str, ...] = ()
    state: str = "active"
    designation: str = ""
    kind: str = "unlocated"
    area_km2: float | None = None
    note: str = ""
    designation_class: str = ""
    confidence: str = ""

    @cached_property
    def searchable(self) -> str:
        """Everything the search looks at, folded."""
        parts = (self.name_en, self.name_local, self.site_id, self.designation)
        return fold(" ".join((*parts, words.countries(self.countries))))

    @property
    def title(self) -> str:
        """Its name in the reader's language where that is known, else the English one."""
        return self._names[0]

    @property
    def other_name(self) -> str:
        """The name beside `title`; may be empty."""
        return self._names[1]

    @cached_property
    def _names(self) -> tuple[str, str]:
        return words.site_names(self.name_en, self.name_local, self.countries)

    @property
    def detail(self) -> str:
        """Second line of the list: other name, country codes, area, state where not active."""
        parts = [self.other_name, ", ".join(self.countries)]
        if self.area_km2 is not None:
            parts.append(words.area(self.area_km2))
        if self.state != "active":
            parts.append(words.identifier(self.state).lower())
        return "  ·  ".join(part for part in parts if part)

    @property
    def provenance(self) -> tuple[str, ...]:
        """How it is known, as it can be filtered by: its boundary, and its row."""
        sure = (f"{CONFIDENCE}{self.confidence}",) if self.confidence else ()
        return (self.kind, *sure)

    @property
    def boundary(self) -> str:
        """How its boundary is known, in words."""
        return provenance_words(self.kind)


def provenance_words(provenance: str) -> str:
    """Return one of `SiteRow.provenance` in words."""
    if provenance.startswith(CONFIDENCE):
        level = words.identifier(provenance.removeprefix(CONFIDENCE)).lower()
        return tr("Confidence: {level}", level=level)
    told = BOUNDARY_WORDS.get(provenance)
    return words.identifier(provenance) if told is None else tr(told)


def fold(text: str) -> str:
    """Return text without case, accents and forms of width, for searching.

    Cyrillic й and ё, and voiced kana, keep their marks off both sides of a comparison alike;
    Hangul is compared by its letters, so that a syllable half typed finds its word.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def site_row(record: Mapping[str, object]) -> SiteRow:
    """Return the row of a site as the project stores it.

    Parameters
    ----------
    record : mapping
        A row of the project's table ``sites``.
    """
    area = record.get("area_km2")
    pairs = (text.split(" ")[0] for text in _texts(record.get("borders")))
    return SiteRow(
        site_id=_text(record.get("site_id")),
        name_en=_text(record.get("name_en")),
        name_local=_text(record.get("name_local")),
        countries=_texts(record.get("countries")),
        borders=tuple(dict.fromkeys(pair for pair in pairs if "-" in pair)),
        species=_texts(record.get("species")),
        state=_text(record.get("state")) or "active",
        designation=_text(record.get("designation")),
        kind=_text(record.get("kind")) or "unlocated",
        area_km2=float(area) if isinstance(area, int | float) else None,
        note=_text(record.get("note")),
        designation_class=_text(record.get("designation_class")),
        confidence=_text(record.get("confidence")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
