"""Check records of species: what is kept, what is refused and why, what is doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.control import NULL_CONTROL
from layers.occurrences import limits
from layers.occurrences.block import REASONS, Block, Texts, Verdicts
from layers.occurrences.dates import date_range
from layers.occurrences.duplicates import repeated
from layers.occurrences.place_checks import check_places
from layers.occurrences.records import is_named, normal_name
from layers.occurrences.rules import REMEDIES, TITLES, Doubt, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from layers.control import Control
    from layers.occurrences.records import Occurrences
    from layers.occurrences.reference import PlaceReference
    from layers.occurrences.rules import CheckRules

_GRAVE_ISSUES = frozenset(
    {
        "COORDINATE_INVALID",
        "COORDINATE_OUT_OF_RANGE",
        "COORDINATE_PRECISION_INVALID",
        "COORDINATE_REPROJECTION_FAILED",
        "COORDINATE_REPROJECTION_SUSPICIOUS",
        "COORDINATE_UNCERTAINTY_METERS_INVALID",
        "COUNTRY_COORDINATE_MISMATCH",
        "COUNTRY_MISMATCH",
        "CONTINENT_COORDINATE_MISMATCH",
        "GEODETIC_DATUM_INVALID",
        "PRESUMED_NEGATED_LATITUDE",
        "PRESUMED_NEGATED_LONGITUDE",
        "PRESUMED_SWAPPED_COORDINATE",
        "RECORDED_DATE_INVALID",
        "RECORDED_DATE_UNLIKELY",
        "TAXON_MATCH_FUZZY",
        "TAXON_MATCH_HIGHERRANK",
        "TAXON_MATCH_NONE",
        "ZERO_COORDINATE",
    }
)
_FOSSIL = frozenset({"fossilspecimen", "fossil"})
_CAPTIVE = frozenset({"livingspecimen", "living", "captive"})


@dataclass(frozen=True)
class CheckedOccurrences:
    """The records after the checks; what was read is kept or refused, never lost.

    Parameters
    ----------
    read : int
        Number of records read, equal to ``len(kept) + len(rejected)``.
    kept : DataFrame
        With the columns of `Occurrences.table`, in file order; coordinates that were mended or
        moved to the coast are the new ones.
    rejected : DataFrame
        ``line``, ``species``, ``lon``, ``lat``, ``reason`` (code), ``sentence``, ``remedy``.
    flagged : DataFrame
        ``line``, ``species``, ``lon``, ``lat``, ``reason`` (code) and ``sentence`` of each
        warning of a kept record; a record may have several.
    counts, warning_counts : mapping of str to int
        Number of refused records per code; of warnings.
    rules : CheckRules
        What was asked.
    """

    read: int
    kept: pd.DataFrame
    rejected: pd.DataFrame
    flagged: pd.DataFrame
    counts: Mapping[str, int]
    warning_counts: Mapping[str, int]
    rules: CheckRules

    @property
    def summary(self) -> tuple[str, ...]:
        """What was found, a sentence each, for the window and the report."""
        told = [
            f"{self.read:,} {'record was' if self.read == 1 else 'records were'} read, "
            f"{len(self.kept):,} kept and {len(self.rejected):,} refused."
        ]
        told += [f"Refused, {TITLES[code]}: {count:,}." for code, count in self.counts.items()]
        told += [
            f"Kept with a warning, {TITLES[code]}: {count:,}."
            for code, count in self.warning_counts.items()
        ]
        rules = self.rules
        told.append(
            f"Off the coast up to {rules.sea_km:g} km and across the stated border up to "
            f"{rules.border_km:g} km are allowed; cells are {rules.cell_km:g} km wide; "
            f"centroids count within {rules.centroid_km:g} km."
        )
        if rules.snap_to_coast:
            told.append("Records just off the coast are moved to its nearest point.")
        return tuple(told)


def check_occurrences(
    found: Occurrences,
    rules: CheckRules,
    reference: PlaceReference,
    control: Control = NULL_CONTROL,
) -> CheckedOccurrences:
    """Check every record and tell of each refused one why.

    Parameters
    ----------
    found : Occurrences
        As read.
    rules : CheckRules
        Which checks, with which limits.
    reference : PlaceReference
        Land, countries and centroids.
    control : Control
        Told the share that is checked; may cancel.

    Returns
    -------
    CheckedOccurrences
        Every record of `found` is in ``kept`` or in ``rejected``, once.
    """
    table = found.table
    count = len(table)
    verdicts = Verdicts(count)
    lon = table["lon"].to_numpy(dtype=np.float64, copy=True)
    lat = table["lat"].to_numpy(dtype=np.float64, copy=True)
    texts = Texts(table)
    unnamed = not any(texts.of("species"))
    for start in range(0, count, limits.CHUNK_ROWS):
        end = min(start + limits.CHUNK_ROWS, count)
        block = Block(table.iloc[start:end], texts, start, verdicts, rules)
        _check_statement(block, unnamed=unnamed)
        check_places(block, reference)
        _check_doubts(block)
        lon[start:end], lat[start:end] = block.lon, block.lat
        control.report(0.7 * end / count)
    _check_repeats(table, (lon, lat), verdicts, rules, control)
    checked = _collected(table, (lon, lat), verdicts, rules, control)
    control.report(1.0)
    return checked


def _check_statement(block: Block, *, unnamed: bool) -> None:
    """Check what a record states beside its place."""
    faulty = block.among("unread", "stated", bool)
    nowhere = ~faulty & (np.isnan(block.lon) | np.isnan(block.lat))
    block.find(Reason.MISSING, nowhere, "It has no coordinates.")
    told = [_sentence(text) for text in block.texts("unread", np.flatnonzero(faulty))]
    block.find(Reason.UNREADABLE, faulty, told)
    block.find(Reason.ABSENT, block.open & block.mask("absent"), "It states an absence.")
    if not unnamed:
        no_name = block.open & ~block.among("species", "stated", bool)
        block.find(Reason.MISSING, no_name, "It names no species, though others do.")
        wanted = [normal_name(name) for name in block.rules.species]
        other = block.open & ~block.among(
            "species", "wanted", lambda name: _is_any(name, wanted)
        )
        told = block.texts("species", np.flatnonzero(other))
        block.find(Reason.WRONG_SPECIES, other, [f"It is of {name}." for name in told])
    if block.rules.date_from or block.rules.date_to:
        _check_dates(block)


def _is_any(name: str, wanted: Sequence[str]) -> bool:
    normal = normal_name(name)
    return not wanted or any(is_named(normal, one) for one in wanted)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _check_dates(block: Block) -> None:
    first = date_range(block.rules.date_from)[0] if block.rules.date_from else ""
    last = date_range(block.rules.date_to)[1] if block.rules.date_to else "9999"
    outside = block.open & ~block.among(
        "date", "within", lambda date: not date or _overlaps(date, first, last)
    )
    told = block.texts("date", np.flatnonzero(outside))
    block.find(Reason.DATE, outside, [f"It is of {date}." for date in told])
    undated = block.open & ~block.among("date", "stated", bool)
    block.warn(Doubt.UNDATED, undated, "It tells no date.")


def _overlaps(iso: str, first: str, last: str) -> bool:
    start, end = date_range(iso)
    return start <= last and end >= first


def _check_doubts(block: Block) -> None:
    """Warn of what does not make a record useless."""
    uncertainty = block.numbers("uncertainty_m") / 1000
    wide = block.open & (uncertainty > block.rules.cell_km)
    block.warn(
        Doubt.UNCERTAIN_PLACE,
        wide,
        [f"Its place is known to {km:,.0f} km." for km in uncertainty[wide]],
    )
    unknown = block.open & block.among("datum", "stated", bool)
    told = block.texts("datum", np.flatnonzero(unknown))
    block.warn(
        Doubt.UNKNOWN_DATUM,
        unknown,
        [
            f'Its datum "{text}" is not known; it may lie hundreds of metres off.'
            for text in told
        ],
    )
    fossil = block.open & block.among("basis", "fossil", lambda text: _plain(text) in _FOSSIL)
    block.warn(Doubt.FOSSIL, fossil, "It is a fossil.")
    held = block.open & block.among("basis", "captive", lambda text: _plain(text) in _CAPTIVE)
    block.warn(Doubt.CAPTIVE, held, "It is a living specimen, kept by people.")
    doubted = block.open & block.among("issues", "grave", lambda text: bool(_grave(text)))
    told = [_grave(text) for text in block.texts("issues", np.flatnonzero(doubted))]
    block.warn(Doubt.PUBLISHER_ISSUE, doubted, [f"Its publisher notes {one}." for one in told])


def _grave(text: str) -> str:
    return ", ".join(sorted(_GRAVE_ISSUES & _parts(text)))


def _parts(text: str) -> set[str]:
    return set(text.replace(",", ";").replace("|", ";").replace(" ", "").upper().split(";"))


def _plain(text: str) -> str:
    return text.casefold().replace("_", "").replace(" ", "")


def _check_repeats(
    table: pd.DataFrame,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    verdicts: Verdicts,
    rules: CheckRules,
    control: Control,
) -> None:
    action = rules.action(Reason.DUPLICATE)
    if action == "skip" or not len(table):
        return
    keys = (
        np.asarray(table["species"].cat.codes, dtype=np.int32),
        np.asarray(table["date"].cat.codes, dtype=np.int32),
    )
    line = table["line"].to_numpy(dtype=np.int64)
    for later, earlier in repeated(places, keys, verdicts.reason == 0, control):
        told = [f"Species, place and date are those of row {row}." for row in line[earlier]]
        if action == "flag":
            verdicts.flag(later, str(Reason.DUPLICATE), told)
        else:
            verdicts.take(later, Reason.DUPLICATE, told)


def _collected(
    table: pd.DataFrame,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    verdicts: Verdicts,
    rules: CheckRules,
    control: Control,
) -> CheckedOccurrences:
    refused, sentences = verdicts.refusals()
    codes = verdicts.reason[refused].astype(np.int8) - 1
    listed = table.iloc[refused][["line", "species", "lon", "lat"]].reset_index(drop=True)
    listed["reason"] = pd.Categorical.from_codes(
        codes, categories=pd.Index([str(reason) for reason in REASONS])
    )
    listed["sentence"] = sentences
    remedies = pd.Index([REMEDIES[reason] for reason in REASONS])
    listed["remedy"] = pd.Categorical.from_codes(codes, categories=remedies)
    control.report(1.0)
    keep = np.flatnonzero(verdicts.reason == 0)
    kept = table.iloc[keep].reset_index(drop=True)
    kept["lon"], kept["lat"] = places[0][keep], places[1][keep]
    control.report(1.0)
    flagged = _warned(table, places, verdicts)
    return CheckedOccurrences(
        read=len(table),
        kept=kept,
        rejected=listed,
        flagged=flagged,
        counts=_counts(listed["reason"]),
        warning_counts=_counts(flagged["reason"]),
        rules=rules,
    )


def _warned(
    table: pd.DataFrame,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    verdicts: Verdicts,
) -> pd.DataFrame:
    """List the warnings of records that were not refused later."""
    positions, codes, sentences = verdicts.warnings()
    still = np.flatnonzero(verdicts.reason[positions] == 0)
    at = positions[still]
    flagged = table.iloc[at][["line", "species"]].reset_index(drop=True)
    flagged["lon"], flagged["lat"] = places[0][at], places[1][at]
    flagged["reason"], flagged["sentence"] = codes[still], sentences[still]
    return flagged


def _counts(codes: pd.Series[str]) -> dict[str, int]:
    found = codes.value_counts()
    return {str(code): int(count) for code, count in found.items() if count}
