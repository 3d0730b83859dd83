"""Numbers, codes and identifiers in the words that people read, the same in every panel."""

from __future__ import annotations

import math
from functools import cache

from layers.states import zone_name
from planner.profiles import load_species, species_ids

_SPACE = "\N{NARROW NO-BREAK SPACE}"


def number(value: float) -> str:
    """Return a measured number with three digits, or all of those before the point."""
    if not math.isfinite(value):
        return "unknown"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}".replace(",", _SPACE)
    return f"{value:.3g}"


def fixed(value: float, decimals: int) -> str:
    """Return a number with so many decimals."""
    if not math.isfinite(value):
        return "unknown"
    return f"{value:,.{decimals}f}".replace(",", _SPACE)


def area(value_km2: float) -> str:
    """Return an area with its unit."""
    return f"{number(value_km2)} km²"


def distance(value_m: float) -> str:
    """Return a length in metres below ten kilometres, in kilometres above."""
    return f"{number(value_m / 1000)} km" if value_m >= 10_000 else f"{number(value_m)} m"


def country(iso3: str) -> str:
    """Return the name of a country or of other land; what has no name stays as it is."""
    return zone_name(iso3)


def countries(codes: tuple[str, ...]) -> str:
    """Return the names of countries in the order of their codes."""
    return ", ".join(country(code) for code in sorted(codes))


def border(pair: str) -> str:
    """Return a border by its two countries, in alphabetical order of their codes."""
    return " – ".join(country(code) for code in sorted(pair.split("-")))


def identifier(value: str) -> str:
    """Return an identifier such as ``merged-in-part`` as words, the first with a capital."""
    words = value.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


@cache
def species(species_id: str) -> str:
    """Return the English name of a species, from its profile where it has one."""
    if species_id in species_ids():
        return load_species(species_id).names.en
    return identifier(species_id)


def plural(count: int, one: str, many: str) -> str:
    """Return a count with its noun."""
    return f"{number(count)} {one if count == 1 else many}"
