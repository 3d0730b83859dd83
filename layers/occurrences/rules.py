"""What is asked of a record, why one is refused, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from layers.occurrences.dates import date_range, iso_date
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Action = Literal["reject", "flag", "skip"]

PACK_CELL_KM = 9.3
"""Side of a cell of the default pack (5 arc-minutes), north to south."""


class Reason(StrEnum):
    """Why a record is refused; a record has the first that holds, in this order."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    ABSENT = "absent"
    WRONG_SPECIES = "wrong_species"
    DATE = "date"
    ZERO = "zero"
    SWAPPED = "swapped"
    OUT_OF_RANGE = "out_of_range"
    SEA = "sea"
    COUNTRY_MISMATCH = "country_mismatch"
    COUNTRY_CENTROID = "country_centroid"
    PRECISION = "precision"
    DUPLICATE = "duplicate"


class Doubt(StrEnum):
    """What is told of a record that is kept."""

    NEAR_COAST = "near_coast"
    NEAR_BORDER = "near_border"
    OUTSIDE_MAP = "outside_map"
    UNCERTAIN_PLACE = "uncertain_place"
    UNKNOWN_DATUM = "unknown_datum"
    FOSSIL = "fossil"
    CAPTIVE = "captive"
    PUBLISHER_ISSUE = "publisher_issue"
    UNDATED = "undated"
    MENDED = "swapped_mended"
    ROUND_NUMBERS = "round_numbers"


TITLES: Mapping[str, str] = MappingProxyType(
    {
        Reason.MISSING: "no coordinates or no species",
        Reason.UNREADABLE: "coordinates that cannot be read",
        Reason.ABSENT: "an absence",
        Reason.WRONG_SPECIES: "another species",
        Reason.DATE: "outside the range of dates",
        Reason.ZERO: "a coordinate of exactly zero",
        Reason.SWAPPED: "longitude and latitude swapped",
        Reason.OUT_OF_RANGE: "coordinates beyond the globe",
        Reason.SEA: "in the sea",
        Reason.COUNTRY_MISMATCH: "not in the stated country",
        Reason.COUNTRY_CENTROID: "the centroid of a country or province",
        Reason.PRECISION: "rounded too coarsely for the cells",
        Reason.DUPLICATE: "repeats another record",
        Doubt.NEAR_COAST: "just off the coast",
        Doubt.NEAR_BORDER: "just across the border of the stated country",
        Doubt.OUTSIDE_MAP: "outside the base map, so sea and country are not checked",
        Doubt.UNCERTAIN_PLACE: "an uncertainty larger than a cell",
        Doubt.UNKNOWN_DATUM: "a datum that is not known",
        Doubt.FOSSIL: "a fossil",
        Doubt.CAPTIVE: "a living specimen, kept by people",
        Doubt.PUBLISHER_ISSUE: "doubted by its publisher",
        Doubt.UNDATED: "no date, though a range of dates is asked for",
        Doubt.MENDED: "swapped coordinates, put right",
        Doubt.ROUND_NUMBERS: "round numbers, which may be rounding",
    }
)

REMEDIES: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.MISSING: "Fill in what is missing, or choose the right columns.",
        Reason.UNREADABLE: "Write decimal degrees, such as 43.1234, or choose other columns: "
        "--column lon=NAME --column lat=NAME.",
        Reason.ABSENT: "None is needed: absences are no presences.",
        Reason.WRONG_SPECIES: "Add the name to the species' names if it means the same.",
        Reason.DATE: "Widen the range of dates if the record should count.",
        Reason.ZERO: "Fill in the true coordinates; a zero usually stands for unknown.",
        Reason.SWAPPED: "Exchange the columns (--column lon=NAME --column lat=NAME), or have "
        "swapped coordinates mended (--rule mend_swapped=true).",
        Reason.OUT_OF_RANGE: "Correct it; longitude lies in -180..180 and latitude in -90..90.",
        Reason.SEA: "Correct the coordinates, or allow a larger distance from the coast.",
        Reason.COUNTRY_MISMATCH: "Correct the coordinates or the country.",
        Reason.COUNTRY_CENTROID: "Find the true place; such points stand for a whole area.",
        Reason.PRECISION: "Find the exact place, or work with larger cells.",
        Reason.DUPLICATE: "None is needed: the first of them is kept.",
    }
)

ALWAYS_REJECTED = frozenset(
    {Reason.MISSING, Reason.UNREADABLE, Reason.ABSENT, Reason.OUT_OF_RANGE}
)


@dataclass(frozen=True, slots=True)
class CheckRules:
    """Which checks are made, and their limits.

    Parameters
    ----------
    species : tuple of str
        Names that count as the wanted species, each also when followed by an author or
        subspecies; empty takes every record. A file that names no species at all is taken as
        being of the wanted one.
    date_from, date_to : str
        Dates as ISO 8601; empty for no limit. A record that may lie within them counts.
    cell_km : float
        Side of a cell of the study, > 0. A record that rounding may have moved by more, which
        is half the step it is rounded to, is refused; one that states a larger uncertainty is
        kept with a warning, because sampling decides what becomes of it.
    sea_tolerance_km : float, optional
        A record this far off the coast is kept with a warning that tells the distance; one cell
        by default.
    border_tolerance_km : float, optional
        The same for a record across the border of the country it states.
    centroid_km : float
        A record this near to the centroid of a country or province is refused, >= 0.
    snap_to_coast : bool
        Whether records off the coast, within the tolerance, are moved to its nearest point.
    mend_swapped : bool
        Whether swapped coordinates are put right and kept with a warning.
    actions : mapping of Reason to {"reject", "flag", "skip"}
        Where another action than refusing is wanted; a record without a usable place, and an
        absence, is always refused.

    Raises
    ------
    UsageError
        A limit is no sensible number or date, or such a record is to be kept.
    """

    species: tuple[str, ...] = ()
    date_from: str = ""
    date_to: str = ""
    cell_km: float = PACK_CELL_KM
    sea_tolerance_km: float | None = None
    border_tolerance_km: float | None = None
    centroid_km: float = 1.0
    snap_to_coast: bool = False
    mend_swapped: bool = False
    actions: Mapping[Reason, Action] = field(default_factory=dict)

    def __post_init__(self) -> None:
        limits = (self.sea_km, self.border_km, self.centroid_km)
        if not 0 < self.cell_km < 1000 or not all(0 <= limit < 1000 for limit in limits):
            raise UsageError(
                "The limits of the checks are kilometres from 0 to 1000, and a cell is larger "
                f"than 0; got cells of {self.cell_km} and tolerances {limits}."
            )
        for date in (self.date_from, self.date_to):
            if date and iso_date(date) != date:
                raise UsageError(f'"{date}" is no date. Write it as 2015-04-30 or 2015.')
        if (
            self.date_from
            and self.date_to
            and date_range(self.date_from)[0] > date_range(self.date_to)[1]
        ):
            raise UsageError(
                f"The range of dates ends ({self.date_to}) before it begins "
                f"({self.date_from}). Exchange both."
            )
        for reason, action in self.actions.items():
            if reason in ALWAYS_REJECTED and action != "reject":
                raise UsageError(
                    f"A record with {TITLES[reason]} cannot be kept. Leave this check as it is."
                )

    @property
    def sea_km(self) -> float:
        """Furthest distance off the coast, km."""
        return self.cell_km if self.sea_tolerance_km is None else self.sea_tolerance_km

    @property
    def border_km(self) -> float:
        """Furthest distance across the border of the stated country, km."""
        return self.cell_km if self.border_tolerance_km is None else self.border_tolerance_km

    def action(self, reason: Reason) -> Action:
        """Return what is done with a record for which a reason holds."""
        return self.actions.get(reason, "reject")
