"""National parts of proposals, and those that were made proposals of their own.

A proposal that crosses borders is one proposal; its parts in each country are measured whenever
its shape changes, and stored with it. Parts that are made proposals of their own keep a link
in their attributes, by which they are still one transboundary proposal.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.drawing.numbers import digits
from planner.records import number, texts
from resources.translation import filled

if TYPE_CHECKING:
    from planner.project import Project
    from planner.records import Record

LINK = "transboundary"
"""Attribute that holds the link."""


@dataclass(frozen=True, slots=True)
class Link:
    """What the proposals have in common that were cut from one.

    Parameters
    ----------
    link_id : str
        Identifier of the transboundary proposal.
    name : str
        What it was called before it was cut.
    uncounted_km2 : mapping of str to float
        What of it belongs to no part, see `uncounted_of`.
    """

    link_id: str
    name: str
    uncounted_km2: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class NationalPart:
    """What a proposal takes of one country, or one of the proposals that were cut from it.

    Parameters
    ----------
    key : str
        Identifier where the part is a proposal of its own; empty where it is not.
    countries : tuple of str
        ISO3 codes; one for a part.
    area_km2 : float
        Its land.
    cost : float or None
        Cost of what is not protected yet, None where it was never measured.
    habitat_km2 : mapping of str to float
        Habitat of each species inside; empty where it was never measured.
    """

    key: str
    countries: tuple[str, ...]
    area_km2: float
    cost: float | None
    habitat_km2: Mapping[str, float]


def new_link_id() -> str:
    """Return an identifier for a transboundary proposal of several rows."""
    return f"across-{uuid.uuid4().hex[:12]}"


def link_of(row: Mapping[str, object]) -> Link | None:
    """Return the link of a proposal's row, None where it has none."""
    attributes = row.get("attributes")
    stored = attributes.get(LINK) if isinstance(attributes, Mapping) else None
    if not isinstance(stored, Mapping) or not stored.get("id"):
        return None
    left_out = _uncounted(stored)
    return Link(str(stored["id"]), str(stored.get("name") or ""), left_out)


def linked(attributes: object, link: Link) -> Record:
    """Return attributes with a link."""
    told = {"id": link.link_id, "name": link.name, "uncounted_km2": dict(link.uncounted_km2)}
    return {**unlinked(attributes), LINK: told}


def unlinked(attributes: object) -> Record:
    """Return attributes without a link."""
    kept = attributes if isinstance(attributes, Mapping) else {}
    return {str(name): value for name, value in kept.items() if name != LINK}


def parts_of(row: Mapping[str, object]) -> tuple[NationalPart, ...]:
    """Return the national parts of a proposal as they were measured last."""
    stored = row["area_by_country"]
    shares = stored.items() if isinstance(stored, Mapping) else ()
    return tuple(_part(str(iso3), share) for iso3, share in sorted(shares))


def _part(iso3: str, share: object) -> NationalPart:
    if not isinstance(share, Mapping):  # models of the first versions have stored areas alone
        return NationalPart("", (iso3,), number(share), None, {})
    habitat = share.get("habitat_km2")
    area = number(share.get("existing_km2")) + number(share.get("added_km2"))
    return NationalPart(
        "",
        (iso3,),
        area,
        number(share["cost"]) if "cost" in share else None,
        {str(name): number(km2) for name, km2 in habitat.items()}
        if isinstance(habitat, Mapping)
        else {},
    )


def members_of_link(
    project: Project, scenario: str, link: Link | None
) -> tuple[NationalPart, ...]:
    """Return the proposals of a scenario that are linked as one, by their countries."""
    if link is None:
        return ()
    rows = project.records("proposals", scenario=scenario)
    found = [_member(row) for row in rows if _is_of(row, link)]
    return tuple(sorted(found, key=lambda part: (part.countries, part.key)))


def _is_of(row: Record, link: Link) -> bool:
    own = link_of(row)
    return own is not None and own.link_id == link.link_id


def _member(row: Record) -> NationalPart:
    parts = parts_of(row)
    costs = [part.cost for part in parts if part.cost is not None]
    habitat: dict[str, float] = {}
    for part in parts:
        for species, km2 in part.habitat_km2.items():
            habitat[species] = habitat.get(species, 0.0) + km2
    return NationalPart(
        str(row["proposal_id"]),
        texts(row["countries"]),
        sum(part.area_km2 for part in parts),
        sum(costs) if costs else None,
        habitat,
    )


def uncounted_of(row: Mapping[str, object]) -> Mapping[str, float]:
    """Return the km² of a proposal that lie in no national part.

    By ``sea``, ``other`` (land of countries that take no part) and ``outside`` (the region).
    For a part that was cut from a proposal, what lies in no part of that.
    """
    own, link = _uncounted(row.get("attributes")), link_of(row)
    return own if own or link is None else link.uncounted_km2


def _uncounted(attributes: object) -> dict[str, float]:
    stored = attributes.get("uncounted_km2") if isinstance(attributes, Mapping) else None
    told = stored.items() if isinstance(stored, Mapping) else ()
    return {str(what): number(km2) for what, km2 in told}


def uncounted_sentence(row: Mapping[str, object]) -> str:
    """Say what of a proposal belongs to no national part; empty where all of it does."""
    total = sum(uncounted_of(row).values())
    if not total:
        return ""
    return filled(
        "{area} km² of it lie in no country of the region and belong to no part.",
        area=digits(total),
    )
