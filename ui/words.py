"""Numbers, codes and identifiers in the words that people read, the same in every panel."""

from __future__ import annotations

import math
import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from layers.states import BOUNDARY_NOTE, zone_name
from planner.profiles import load_region, load_species, region_ids, species_ids
from planner.sheet_words import name_of_site
from resources.translation import language, mark, tr, tr_c, tr_filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.profiles import Names, Quantity, RegionProfile

_BETWEEN_NAMES = re.compile(", | and ")
_SPACE = "\N{NARROW NO-BREAK SPACE}"

_COUNTRIES = (
    mark("China"),
    mark("Japan"),
    mark("Kazakhstan"),
    mark("Republic of Korea"),
    mark("Mongolia"),
    mark("DPRK"),
    mark("Russian Federation"),
    mark("other land"),
)
_SPECIES = (
    mark("Amur tiger"),
    mark("Amur leopard"),
    mark("Snow leopard"),
    mark("White-naped crane"),
    mark("Hooded crane"),
    mark("Red crowned crane"),
    mark("Black-faced spoonbill"),
)
"""Names that no profile has in every language."""
_STATUS: Mapping[str, str] = {
    # TRANSLATORS: how a number came into a profile: read in a source
    "read": mark("read"),
    # TRANSLATORS: how a number came into a profile: from memory
    "recalled": mark("recalled"),
    # TRANSLATORS: how a number came into a profile: judged by experts
    "expert": mark("expert"),
}
_IDENTIFIERS = (
    # Of a site: whether it stands today, how sure its row is, where it lies.
    mark("Active"),
    mark("Unverified"),
    mark("Merged"),
    mark("Planned"),
    mark("Merged in part"),
    mark("Split"),
    mark("Not a protected area"),
    mark("High"),
    mark("Medium"),
    mark("Low"),
    mark("Inland"),
    mark("Flyway"),
    # Of a site: the class of its designation.
    mark("Strict nature reserve"),
    mark("National nature reserve"),
    mark("Nature reserve"),
    mark("National park"),
    mark("Nature park"),
    mark("Wildlife refuge"),
    mark("Migratory bird reserve"),
    mark("Natural monument"),
    mark("Forest park"),
    mark("Wetland park"),
    mark("Wetland protected area"),
    mark("Biosphere reserve"),
    mark("Ramsar site"),
    mark("World heritage site"),
    mark("Important bird area"),
    mark("Flyway network site"),
    # Of a proposal.
    mark("Draft"),
    mark("Tabled"),
    mark("Agreed"),
    mark("Rejected"),
    mark("Corridor"),
    mark("Proposal"),
    mark("Site"),
    mark("Transboundary park"),
    mark("Transboundary protected area"),
    mark("Transboundary conservation landscape"),
    mark("Transboundary migration conservation area"),
    mark("Widened corridor"),
    # Steps of the plan.
    mark("Sites"),
    mark("Habitat"),
    mark("Resistance"),
    mark("Cores"),
    mark("Corridors"),
    mark("Proposals"),
    mark("Indicators"),
    mark("Circuit"),
    mark("Barriers"),
    mark("Pinch points"),
    mark("Map"),
    mark("Tables"),
    mark("Report"),
    mark("Plan"),
    mark("Reserve"),
    mark("Suitability"),
    # Layers of the data pack.
    mark("Elevation"),
    mark("Slope"),
    mark("Ruggedness"),
    mark("Land"),
    mark("Koppen"),
    mark("Potential vegetation"),
    mark("Precipitation annual"),
    mark("Precipitation seasonality"),
    mark("Settlement pressure"),
    mark("Temperature coldest"),
    mark("Temperature mean"),
    mark("Temperature seasonality"),
    mark("Temperature warmest"),
    mark("Distance border"),
    mark("Distance coast"),
    mark("Distance river"),
)
"""What `identifier` makes of the identifiers that the window shows."""
_LAYERS = (
    mark("Distance to the nearest international land border"),
    mark("Distance to the sea coast"),
    mark("Distance to the nearest river"),
    mark("Elevation"),
    mark("Köppen-Geiger climate class"),
    mark("Potential natural vegetation (Holdridge life zone)"),
    mark("Annual precipitation"),
    mark("Precipitation seasonality"),
    mark("Terrain ruggedness index"),
    mark("Settlement pressure"),
    mark("Slope of the 5 arc-minute terrain"),
    mark("Mean temperature of the coldest month"),
    mark("Annual mean temperature"),
    mark("Temperature seasonality"),
    mark("Mean temperature of the warmest month"),
)
"""Titles of the layers of the data pack."""
_CLASSES = (
    mark("in up to a quarter"),
    mark("in a quarter to half"),
    mark("in half to three quarters"),
    mark("in more than three quarters"),
    mark("in every solution found"),
)
"""Classes in the legend of how often land is selected."""
_TABLES = (
    mark("sites"),
    mark("pairs"),
    mark("cores"),
    mark("corridors"),
    mark("bottlenecks"),
    mark("proposals"),
    mark("indicators"),
    mark("bookmarks"),
)
"""Tables as labels of edits name them."""


def number(value: float) -> str:
    """Return a measured number with three digits, or all of those before the point."""
    if not math.isfinite(value):
        return tr_c("of a number", "unknown")
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}".replace(",", _SPACE)
    return f"{value:.3g}"


def fixed(value: float, decimals: int) -> str:
    """Return a number with so many decimals."""
    if not math.isfinite(value):
        return tr_c("of a number", "unknown")
    return f"{value:,.{decimals}f}".replace(",", _SPACE)


def area(value_km2: float) -> str:
    """Return an area with its unit."""
    return tr("{number} km²", number=number(value_km2))


def distance(value_m: float) -> str:
    """Return a length in metres below ten kilometres, in kilometres above."""
    if value_m >= 10_000:
        return tr("{number} km", number=number(value_m / 1000))
    return tr("{number} m", number=number(value_m))


def country(iso3: str) -> str:
    """Return the name of a country or of other land; what has no name stays as it is."""
    return tr(zone_name(iso3))


def countries(codes: tuple[str, ...]) -> str:
    """Return the names of countries in the order of their codes."""
    return listed(country(code) for code in sorted(codes))


def border(pair: str) -> str:
    """Return a border by its two countries, in alphabetical order of their codes."""
    return " – ".join(country(code) for code in sorted(pair.split("-")))


def other_land_note() -> str:
    """Return what stands under every table of land by State."""
    note = tr(BOUNDARY_NOTE)
    return tr("Other land is all land outside the six States. {note}", note=note)


def site_names(name_en: str, name_local: str, codes: Sequence[str]) -> tuple[str, str]:
    """Return the names of a site, the one in the reader's language first.

    Parameters
    ----------
    name_en, name_local : str
        The English name, and the one in the language of its country; that may be empty.
    codes : sequence of str
        ISO3 codes of its countries.
    """
    first = name_of_site(name_en, name_local, codes)
    return first, name_local if first == name_en else name_en


def identifier(value: str) -> str:
    """Return an identifier such as ``merged-in-part`` as words, the first with a capital."""
    told = capital(value.replace("-", " ").replace("_", " "))
    return tr(told)


def species(species_id: str) -> str:
    """Return the reader's name of a species, from its profile where it has one."""
    return _species(species_id, language())


@cache
def _species(species_id: str, spoken: str) -> str:
    if species_id not in species_ids():
        return identifier(species_id)
    return _name(load_species(species_id).names, spoken)


def region(profile: RegionProfile) -> str:
    """Return the reader's name of a region."""
    return _name(profile.names, language())


def _name(names: Names, spoken: str) -> str:
    """Return a name as its profile gives it in the language spoken, or translated."""
    return str(getattr(names, spoken, "") or tr(names.en))


def stored(text: str) -> str:
    """Return a text that is stored in English, such as the label of an edit, for the reader."""
    return tr_filled(text, named=_named)


def feature(name: str, *, computed: bool) -> str:
    """Return the name of a corridor or proposal; names of places in it stay as they are.

    Parameters
    ----------
    name : str
        As it is stored.
    computed : bool
        Whether the program gave the name, which joins those of two places.
    """
    one, to, other = name.partition(" to ")
    if computed and to:
        one, other = stored(one), stored(other)
        return tr_c("name of a corridor", "{one} to {other}", one=one, other=other)
    told = stored(name)
    one, joined, other = name.partition(" and ")
    if computed and joined and told == name:
        return tr_c("name of two sites together", "{one} and {other}", one=one, other=other)
    return told


def problem(error: BaseException) -> str:
    """Return the message of an error for the reader; where it has none, its kind."""
    return stored(str(error) or type(error).__name__)


def _named(value: str) -> str:
    """Return the reader's names of species and regions, stored by their English ones."""
    parts = _BETWEEN_NAMES.split(value)
    known = [_english_names().get(part.removeprefix("the ")) for part in parts]
    found = [_name(names, language()) for names in known if names is not None]
    return listed(found) if len(found) == len(parts) else value


@cache
def _english_names() -> Mapping[str, Names]:
    known = [load_species(found).names for found in species_ids()]
    known += [load_region(found).names for found in region_ids()]
    return {names.en: names for names in known}


def quantity(found: Quantity) -> str:
    """Return a number of a profile with its range and how it came there."""
    status = tr(_STATUS.get(found.status, found.status))
    shown = found.shown().replace(" km2", " km²")
    return f"{shown.removesuffix(f'{found.status})')}{status})"


def moment(time: str) -> str:
    """Return a moment, stored as ISO 8601, by the reader's clock; other text as it is."""
    try:
        found = datetime.fromisoformat(time).astimezone()
    except ValueError:
        return time
    if language() == "en":
        return f"{found.day} {found:%b %H:%M}"
    return f"{found:%Y-%m-%d %H:%M}"


def titles(marked: Mapping[str, str]) -> dict[str, str]:
    """Return titles that were marked, in the language spoken now, by the same keys."""
    return {value: tr(title) for value, title in marked.items()}


def capital(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def listed(parts: Iterable[str]) -> str:
    """Return parts of a sentence one after the other, without those that are empty."""
    return tr_c("between parts of a list", ", ").join(part for part in parts if part)


def listed_apart(parts: Iterable[str]) -> str:
    """Return parts that may hold commas one after the other, without those that are empty."""
    joint = tr_c("between longer parts of a list", "; ")
    return joint.join(part for part in parts if part)


def both(parts: Sequence[str]) -> str:
    """Return parts of a sentence joined by the word for and."""
    told = parts[0] if parts else ""
    for part in parts[1:]:
        told = tr("{first} and {second}", first=told, second=part)
    return told
