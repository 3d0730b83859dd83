"""The looks of the map, read from one file."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from resources.paths import resource_path

Look = dict[str, Any]


@cache
def map_style() -> dict[str, Look]:
    """Return the colours and widths of the map, by subject."""
    with resource_path("styles", "map.toml").open("rb") as stream:
        return tomllib.load(stream)


def look(subject: str) -> Look:
    """Return the colours and widths of one subject, such as ``"corridors"``."""
    return map_style()[subject]


def country_colour(iso3: str) -> str:
    """Return the hue that tells a country apart in charts."""
    return str(map_style()["countries"].get(iso3, "#999999"))
