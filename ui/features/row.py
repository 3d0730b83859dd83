"""Corridors and proposals as their lists and the inspector show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import shapely
from shapely.geometry.base import BaseGeometry

from ui import words
from ui.inspector.record import Fact, Record, plan_record

Row = Mapping[str, object]


@dataclass(frozen=True)
class FeatureRow:
    """One corridor or proposal.

    Parameters
    ----------
    kind : {"corridor", "proposal"}
        What it is.
    key : str
        Identifier in the project.
    title : str
        Its name.
    detail : str
        What sets it apart from others of its kind.
    geometry : shapely geometry or None
        In the project's CRS.
    record : Record
        What the inspector tells.
    """

    kind: Literal["corridor", "proposal"]
    key: str
    title: str
    detail: str
    geometry: BaseGeometry | None
    record: Record


def corridor_rows(records: Sequence[Row], bottlenecks: Sequence[Row]) -> tuple[FeatureRow, ...]:
    """Return corridors, each with its path, its swath and its narrow stretches.

    Parameters
    ----------
    records, bottlenecks : sequence of mappings
        Rows of the project's tables of these names, of one scenario.
    """
    parts: dict[tuple[str, str], list[Row]] = {}
    for record in records:
        parts.setdefault((_text(record, "corridor_id"), _text(record, "species")), []).append(
            record
        )
    narrow: dict[tuple[str, str], list[Row]] = {}
    for record in bottlenecks:
        narrow.setdefault((_text(record, "corridor_id"), _text(record, "species")), []).append(
            record
        )
    return tuple(_corridor(key, rows, narrow.get(key, [])) for key, rows in parts.items())


def _corridor(key: tuple[str, str], rows: list[Row], narrow: list[Row]) -> FeatureRow:
    corridor_id, species = key
    facts = _corridor_facts(rows, narrow)
    told = {fact.label: fact.value for fact in facts}
    codes = ", ".join(_texts(rows[0], "countries"))
    detail = (words.species(species), told.get("Length"), codes)
    swaths = [row for row in rows if row.get("kind") == "swath"] or rows
    record = plan_record("Corridor", swaths, facts)
    return FeatureRow(
        kind="corridor",
        key=f"{corridor_id}|{species}",
        title=record.title,
        detail="  ·  ".join(part for part in detail if part),
        geometry=_geometry(swaths),
        record=record,
    )


def _corridor_facts(rows: list[Row], narrow: list[Row]) -> list[Fact]:
    facts = [
        Fact("Countries", words.countries(_texts(rows[0], "countries"))),
        _measured("Length", rows, "length_km", lambda km: words.distance(km * 1000)),
        _measured("Area", rows, "area_km2", words.area),
        _measured("Narrowest width", rows, "min_width_m", words.distance),
        _measured("Mean width", rows, "mean_width_m", words.distance),
    ]
    stretches = [row for row in narrow if row.get("kind") == "bottleneck"]
    widening = [row for row in narrow if row.get("kind") == "widening"]
    if stretches:
        facts.append(Fact("Bottlenecks", words.plural(len(stretches), "stretch", "stretches")))
        facts.append(_measured("Width needed", stretches, "needed_m", words.distance))
    added = [
        value for row in widening if (value := _number(row, "area_to_add_km2")) is not None
    ]
    if added:
        facts.append(Fact("Land to add", words.area(sum(added))))
    return [fact for fact in facts if fact.value]


def proposal_rows(records: Sequence[Row], names: Mapping[str, str]) -> tuple[FeatureRow, ...]:
    """Return proposals of protected areas.

    Parameters
    ----------
    records : sequence of mappings
        Rows of the project's table ``proposals``, of one scenario.
    names : mapping of str to str
        Name of each site by its id.
    """
    return tuple(_proposal(record, names) for record in records)


def _proposal(row: Row, names: Mapping[str, str]) -> FeatureRow:
    status = words.identifier(_text(row, "status"))
    area = _measured("Area", [row], "area_km2", words.area)
    by_country = row.get("area_by_country")
    shares = by_country if isinstance(by_country, Mapping) else {}
    facts = [
        Fact("Status", status),
        Fact("Kind", words.identifier(_text(row, "kind"))),
        area,
        *(Fact(words.country(code), _share(part)) for code, part in sorted(shares.items())),
        Fact("Species", ", ".join(words.species(name) for name in _texts(row, "species"))),
        Fact(
            "Joins sites", "; ".join(names.get(key, key) for key in _texts(row, "member_sites"))
        ),
        *(Fact("Reason", reason) for reason in _texts(row, "reasons")),
    ]
    record = plan_record("Proposal", [row], [fact for fact in facts if fact.value])
    detail = (status, ", ".join(_texts(row, "countries")), area.value)
    return FeatureRow(
        kind="proposal",
        key=_text(row, "proposal_id"),
        title=record.title,
        detail="  ·  ".join(part for part in detail if part),
        geometry=_geometry([row]),
        record=record,
    )


def _share(part: object) -> str:
    """Return what one country gives: an area, or one protected now and one to add."""
    if isinstance(part, int | float):
        return words.area(part)
    if not isinstance(part, Mapping):
        return ""
    now, added = _number(part, "existing_km2"), _number(part, "added_km2")
    told = (
        "" if now is None else f"{words.area(now)} protected now",
        "" if added is None else f"{words.area(added)} to add",
    )
    return ", ".join(text for text in told if text)


def _measured(
    label: str, rows: Sequence[Row], column: str, wording: Callable[[float], str]
) -> Fact:
    values = [value for row in rows if (value := _number(row, column)) is not None]
    return Fact(label, wording(values[0]) if values else "")


def _geometry(rows: Sequence[Row]) -> BaseGeometry | None:
    shapes = (row.get("geometry") for row in rows)
    found = [shape for shape in shapes if isinstance(shape, BaseGeometry)]
    return shapely.union_all(found) if found else None


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value)


def _texts(row: Row, column: str) -> tuple[str, ...]:
    value = row.get(column)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def _number(row: Row, column: str) -> float | None:
    value = row.get(column)
    return float(value) if isinstance(value, int | float) else None
