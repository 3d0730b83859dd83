"""Proposals as their list and the inspector show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resources.translation import tr
from ui import words
from ui.features.row import FeatureRow, Row, geometry_of, measured, number, text, texts
from ui.inspector.record import Fact, plan_record


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
    status = words.identifier(text(row, "status"))
    area = measured(tr("Area"), [row], "area_km2", words.area)
    by_country = row.get("area_by_country")
    shares = by_country if isinstance(by_country, Mapping) else {}
    facts = [
        Fact(tr("Status"), status),
        Fact(tr("Kind"), words.identifier(text(row, "kind"))),
        area,
        *(Fact(words.country(code), _share(part)) for code, part in sorted(shares.items())),
        Fact(
            tr("Species"), words.listed(words.species(name) for name in texts(row, "species"))
        ),
        Fact(
            tr("Joins sites"),
            words.listed_apart(names.get(key, key) for key in texts(row, "member_sites")),
        ),
        *(Fact(tr("Reason"), words.stored(reason)) for reason in texts(row, "reasons")),
    ]
    record = plan_record("proposal", [row], [fact for fact in facts if fact.value])
    detail = (status, ", ".join(texts(row, "countries")), area.value)
    return FeatureRow(
        kind="proposal",
        key=text(row, "proposal_id"),
        title=record.title,
        detail="  ·  ".join(part for part in detail if part),
        geometry=geometry_of([row]),
        record=record,
    )


def _share(part: object) -> str:
    """Return what one country gives: an area, or one protected now and one to add."""
    if isinstance(part, int | float):
        return words.area(part)
    if not isinstance(part, Mapping):
        return ""
    now, added = number(part, "existing_km2"), number(part, "added_km2")
    wider, cost = number(part, "to_add_km2"), number(part, "cost")
    told = (
        "" if now is None else tr("{now} protected now", now=words.area(now)),
        "" if added is None else tr("{added} to add", added=words.area(added)),
        ""
        if wider is None
        else tr("{wider} of it to widen the corridor", wider=words.area(wider)),
        "" if not cost else tr("at a relative cost of {cost}", cost=words.number(cost)),
    )
    return words.listed(told)
