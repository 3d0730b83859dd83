"""Names and numbers of a report in the language spoken now."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from layers.catalogue import Catalogue
from layers.catalogue.site import COUNTRY_NAMES
from planner.profiles import load_species, species_ids
from planner.records import listed, shown_number, texts
from planner.reserve.words import country_name
from planner.sheet_words import name_of_site
from resources.translation import language, tr, tr_c, tr_filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from layers.catalogue import Site
    from planner.profiles import Quantity, SpeciesProfile

THOUSANDS = "\N{NARROW NO-BREAK SPACE}"
_THOUSANDS_COMMA = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def figure(value: object, digits: int = 0) -> str:
    """Write a number; outside English thousands are parted by a space, never by a comma."""
    return parted(shown_number(value, digits))


def parted(text: str) -> str:
    """Return a text with the thousands of its numbers parted as `figure` does."""
    return text if language() == "en" else _THOUSANDS_COMMA.sub(THOUSANDS, text)


def quantity(value: Quantity) -> str:
    """Write a number of a profile with its unit, range and status."""
    return parted(value.shown().replace(value.status, tr(value.status)))


def title_of(profile: SpeciesProfile) -> str:
    """Return what people call a species."""
    return profile.names.in_language(language())


def species_named(species_id: object) -> str:
    """Return the name of a species with a profile, else its id; empty for none."""
    if species_id is None:
        return ""
    known = str(species_id) in species_ids()
    return title_of(load_species(str(species_id))) if known else str(species_id)


def in_a_row(names: Sequence[str]) -> str:
    """Write names as a sentence does."""
    if language() == "en":
        return listed(names)
    return tr_c("between parts of a list", ", ").join(names)


def joined(value: object) -> str:
    """Write a stored list, such as that of countries."""
    return ", ".join(texts(value))


def all_or(code: str, word_for_all: str) -> str:
    """Write the code of a country, or that it is all of them together."""
    return tr_c("of countries", "all") if code == word_for_all else code


def all_told_countries(codes: Iterable[str]) -> str:
    """Tell what the codes of countries stand for, each once: ``CHN China``."""
    return ", ".join(
        f"{code} {tr(COUNTRY_NAMES[code])}" if code in COUNTRY_NAMES else code
        for code in sorted(set(codes))
    )


def country_told(iso3: str) -> str:
    """Return what a country is called within a sentence."""
    return country_name(iso3) if language() == "en" else tr(COUNTRY_NAMES.get(iso3, iso3))


def corridor_named(name: object) -> str:
    """Return the name of a corridor, which joins those of its two ends."""
    ends = str(name).split(" to ")
    if len(ends) != 2:
        return told(name)
    return tr_c("a corridor", "{first} to {second}", first=told(ends[0]), second=told(ends[1]))


def told(text: object) -> str:
    """Return a stored text in the language spoken now; what it names by its name there.

    That are species, countries, and the sites of the catalogue whose country speaks it.
    """
    return parted(tr_filled(str(text), named=_reader_s_name))


def _reader_s_name(name: str) -> str:
    profiles = (load_species(item) for item in species_ids())
    found = next((item for item in profiles if item.names.en == name), None)
    if found is not None:
        return title_of(found)
    site = _sites_by_name().get(name)
    if site is not None:
        return name_of_site(site.name_en, site.name_local, site.countries)
    return next(
        (country_told(code) for code in COUNTRY_NAMES if country_name(code) == name), name
    )


@cache
def _sites_by_name() -> dict[str, Site]:
    return {site.name_en: site for site in Catalogue.load()}
