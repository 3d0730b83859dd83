"""The six States of the table and how all outputs name land; other land is told as one.

Land is summed for the six States, under the names of the United Nations or, where those are
long, their usual short form, and for all others together. Codes that data sources use for one
another's ground are counted together. Every table, report and sentence has its names from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.catalogue.site import COUNTRY_NAMES
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Iterable

STATES = ("CHN", "JPN", "KOR", "MNG", "PRK", "RUS")
"""Codes of the States at the table, in alphabetical order."""

OTHER_LAND = "other"
"""Zone of all land outside `STATES`."""

OTHER_LAND_NAME = "other land"

ZONES = (*STATES, OTHER_LAND)
"""Rows of every table of land, in this order."""

TOGETHER: tuple[frozenset[str], ...] = (frozenset({"CHN", "HKG", "MAC", "TWN"}),)
"""Codes that data sources use for one another's ground; the same zone, never held against a
record."""

BOUNDARY_NOTE = mark(
    "Boundaries and names follow their data source and do not imply any opinion on the legal "
    "status of any country, territory or area, or on the delimitation of its frontiers."
)
OTHER_LAND_NOTE = f"Other land is all land outside the six States. {BOUNDARY_NOTE}"
"""Stands under every table of land by State."""


def zone_of(code: str) -> str:
    """Return the zone in which a country code of a data source is counted.

    Parameters
    ----------
    code : str
        ISO 3166-1 alpha-3 or any other code of a data source; empty for none.

    Returns
    -------
    str
        One of `STATES`, `OTHER_LAND`, or empty for an empty code.
    """
    if not code:
        return ""
    for group in TOGETHER:
        if code in group:
            return next((state for state in STATES if state in group), OTHER_LAND)
    return code if code in STATES else OTHER_LAND


def zone_numbers(codes: Iterable[str]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return what turns numbers of codes into numbers of `ZONES`.

    Parameters
    ----------
    codes : iterable of str
        ``codes[k - 1]`` has the number k on a grid; 0 is no country.

    Returns
    -------
    (len(codes) + 1,) int32
        k for ``ZONES[k - 1]`` at each number, 0 at 0.
    """
    return np.array([0, *(ZONES.index(zone_of(code)) + 1 for code in codes)], dtype=np.int32)


def zone_name(zone: str) -> str:
    """Return the name of a zone for people; what is no zone and no country stays as it is."""
    return OTHER_LAND_NAME if zone == OTHER_LAND else COUNTRY_NAMES.get(zone, zone)
