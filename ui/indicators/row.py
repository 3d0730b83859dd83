"""Indicators before and after the plan, in words and with no more digits than they bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.translation import tr
from ui import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_REGION = "ALL"
_UNITS = {"km2": "km²"}
_MOST_DECIMALS = 2


@dataclass(frozen=True)
class IndicatorRow:
    """One number before and after, for the whole region or one country.

    Parameters
    ----------
    place : str
        ``"Whole region"`` or the name of a country.
    before, after : str
        In the unit of the group; a dash where it was not measured.
    """

    place: str
    before: str
    after: str


@dataclass(frozen=True)
class IndicatorGroup:
    """One indicator of one species or of all land.

    Parameters
    ----------
    title : str
        Name of the indicator.
    unit : str
        Unit of every number.
    species : str
        Name of the species; empty where it is about all land.
    rows : tuple of IndicatorRow
        The region first, then the countries in the order of their codes.
    run_id : str
        The run that measured it; empty where it is not recorded.
    """

    title: str
    unit: str
    species: str
    rows: tuple[IndicatorRow, ...]
    run_id: str = ""


def indicator_groups(records: Iterable[Mapping[str, object]]) -> tuple[IndicatorGroup, ...]:
    """Return the indicators of a scenario, in the order in which they were stored.

    Parameters
    ----------
    records : iterable of mappings
        Rows of the project's table ``indicators``, of one scenario.
    """
    found: dict[tuple[str, str, str], dict[str, dict[str, Mapping[str, object]]]] = {}
    for record in records:
        key = (_text(record, "indicator"), _text(record, "species"), _text(record, "unit"))
        places = found.setdefault(key, {})
        stages = places.setdefault(_text(record, "country") or _REGION, {})
        stages[_text(record, "stage")] = record
    return tuple(_group(key, places) for key, places in found.items())


def _group(
    key: tuple[str, str, str], places: Mapping[str, Mapping[str, Mapping[str, object]]]
) -> IndicatorGroup:
    indicator, species, unit = key
    in_order = sorted(places, key=lambda code: (code != _REGION, code))
    runs = [_text(row, "run_id") for stages in places.values() for row in stages.values()]
    return IndicatorGroup(
        title=words.capital(tr(indicator)),
        unit=tr(_UNITS.get(unit, unit)),
        species=words.species(species) if species else "",
        rows=tuple(_row(code, places[code]) for code in in_order),
        run_id=next((run for run in runs if run), ""),
    )


def _row(code: str, stages: Mapping[str, Mapping[str, object]]) -> IndicatorRow:
    before, after = _shown([_value(stages.get(stage)) for stage in ("before", "after")])
    place = tr("Whole region") if code == _REGION else words.country(code)
    return IndicatorRow(place, before, after)


def _shown(values: Sequence[float | None]) -> list[str]:
    """Return numbers with the decimals that tell them apart: at first none from 100 on."""
    known = [value for value in values if value is not None]
    decimals = 0 if known and max(abs(value) for value in known) >= 100 else 1
    while decimals < _MOST_DECIMALS and len(set(known)) > len(
        {round(value, decimals) for value in known}
    ):
        decimals += 1
    return ["–" if value is None else words.fixed(value, decimals) for value in values]


def _value(record: Mapping[str, object] | None) -> float | None:
    value = None if record is None else record.get("value")
    return float(value) if isinstance(value, int | float) else None


def _text(record: Mapping[str, object], column: str) -> str:
    value = record.get(column)
    return value if isinstance(value, str) else ""
