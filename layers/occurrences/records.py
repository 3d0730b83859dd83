"""Records of species as they were read, before anything is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

TABLE_COLUMNS = (
    "line",
    "species",
    "lon",
    "lat",
    "date",
    "uncertainty_m",
    "country",
    "count",
    "basis",
    "source",
    "absent",
    "resolution_km",
    "round_km",
    "datum",
    "issues",
    "unread",
)
EFFORT_COLUMNS = ("deployment", "lon", "lat", "start", "end", "days", "species")


@dataclass(frozen=True)
class Occurrences:
    """The records of one file, in file order.

    Parameters
    ----------
    table : DataFrame
        One row per record. ``line`` (int64, row in the file, the header is 1), ``species``,
        ``lon`` and ``lat`` (float64 degrees, EPSG:4326, NaN where missing or unreadable),
        ``date`` (ISO 8601, a day, month, year or two of them with a slash; empty where not
        stated or unreadable), ``uncertainty_m`` (float64, NaN unknown), ``country`` (ISO3 or
        empty), ``count`` (float64, NaN unknown), ``basis``, ``source`` (file and member),
        ``absent`` (bool, the species was looked for and not found), ``resolution_km``
        (float32, how coarsely the coordinates were rounded, NaN unknown), ``round_km``
        (float32, the same of a record whose coordinates are round numbers while those of the
        file are not, so that it may be chance), ``datum`` (where it is unknown, as stated),
        ``issues`` (as the publisher states them), ``unread`` (what
        could not be read, empty where all could). Texts are categories.
    notes : tuple of str
        What was decided while reading, a sentence each.
    effort : DataFrame, optional
        Where and how long was searched, found or not: one row per camera deployment with
        ``deployment``, ``lon``, ``lat``, ``start``, ``end`` (ISO), ``days`` (float64) and
        ``species`` (those detected, separated by a semicolon). None where the format does not
        tell.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]
    effort: pd.DataFrame | None = None

    def effort_for(self, species: str) -> pd.DataFrame | None:
        """Return the effort with a column ``detected`` (bool) for a species.

        Parameters
        ----------
        species : str
            Scientific name; a detection of one of its subspecies counts.
        """
        if self.effort is None:
            return None
        wanted = normal_name(species)
        detected = [
            any(is_named(normal_name(name), wanted) for name in names.split("; "))
            for names in self.effort["species"]
        ]
        return self.effort.assign(detected=np.array(detected, dtype=np.bool_))


def normal_name(name: str) -> str:
    """Bring a species name to the form in which names are compared."""
    return " ".join(name.replace("_", " ").casefold().split())


def is_named(name: str, wanted: str) -> bool:
    """Tell whether a normal name is a wanted one, or it followed by author or subspecies."""
    return name == wanted or name.startswith((f"{wanted} ", f"{wanted},"))
