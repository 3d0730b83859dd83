"""Rows of the table of proposals: found by their key, and what an edit writes into them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.drawing.errors import DrawingError, OutsideRegionError

if TYPE_CHECKING:
    from planner.drawing.measures import DrawingMeasures
    from planner.project import Project
    from planner.records import Record

DRAWN = "drawn-"
"""How the identifiers of what people draw begin."""
MADE = ("candidate-", "reserve-")
"""How those begin that a model run makes, and replaces when it is run again."""
_COPIED_APART = frozenset({"fid", "uuid", "proposal_id", "scenario"})
MEMBER_SHARE = 0.5
"""A site with so much of it inside is a member of a proposal, as for candidates."""


def new_id() -> str:
    """Return an identifier for a drawn proposal."""
    return f"{DRAWN}{uuid.uuid4().hex[:12]}"


def proposal_row(project: Project, scenario: str, proposal_id: str) -> Record:
    """Return the row of a proposal.

    Raises
    ------
    DrawingError
        The scenario has no such proposal any more.
    """
    found = project.records("proposals", scenario=scenario, proposal_id=proposal_id)
    if not found:
        raise DrawingError(
            f"The proposal {proposal_id!r:.60} is not in the scenario {scenario!r:.60} any "
            "more: it was removed or renamed. Choose it again in the list of proposals."
        )
    return found[0]


def adopted(row: Record, changes: Mapping[str, object]) -> Record:
    """Return changes with which a proposal becomes the user's own.

    What a model run has made would be replaced when the run is made again; with an identifier
    of its own it stays. Where it came from is kept among its attributes.

    Parameters
    ----------
    row : mapping
        The row as it is.
    changes : mapping
        What an edit changes in it.
    """
    key = str(row["proposal_id"])
    if not key.startswith(MADE):
        return dict(changes)
    own = changes.get("attributes", row["attributes"])
    attributes = dict(own) if isinstance(own, Mapping) else {}
    return {
        **changes,
        "proposal_id": new_id(),
        "attributes": {**attributes, "taken_over_from": key},
    }


def copied(row: Record) -> Record:
    """Return what a copy of a proposal has in common with it."""
    return {name: value for name, value in row.items() if name not in _COPIED_APART}


def suffixed(names: object, told: str) -> Record | None:
    """Return names by language, each with something told behind it."""
    if not isinstance(names, Mapping):
        return None
    return {str(code): f"{name} ({told})" for code, name in names.items()}


def measured_facts(measures: DrawingMeasures, attributes: object = None) -> Record:
    """Return the columns that follow from the shape of a proposal.

    Parameters
    ----------
    measures : DrawingMeasures
        Of the shape.
    attributes : mapping, optional
        Further attributes that are kept.

    Raises
    ------
    OutsideRegionError
        The shape holds no land that counts.
    """
    if measures.land_km2 <= 0.0:
        raise OutsideRegionError(
            "The drawing holds no land of a country of this region, so there is nothing to "
            "propose. Draw it on land inside the region of the project."
        )
    narrow = measures.bottleneck
    kept = dict(attributes) if isinstance(attributes, Mapping) else {}
    for gone in ("gap_km2", "counted_km2", "bottleneck_m", "uncounted_km2"):
        kept.pop(gone, None)
    uncounted = measures.uncounted_km2
    return {
        "area_km2": round(measures.land_km2, 1),
        "area_by_country": measures.area_by_country,
        "countries": [item.iso3 for item in measures.countries],
        "attributes": {
            **kept,
            "added_km2": round(sum(item.new_km2 for item in measures.countries), 1),
            "habitat_km2": {item.species: round(item.km2, 1) for item in measures.habitat},
            "cost": round(measures.cost, 2),
            "cost_by_country": {item.iso3: round(item.cost, 2) for item in measures.countries},
            "cost_unit": measures.cost_unit,
            **({"uncounted_km2": uncounted} if uncounted else {}),
            **({} if narrow is None else {"bottleneck_m": round(narrow.width_m, 1)}),
        },
    }


def members_of(measures: DrawingMeasures) -> list[str]:
    """Return the sites that a drawing holds for the most part, or joins."""
    held = [item.site_id for item in measures.sites if item.share_inside >= MEMBER_SHARE]
    joined = [site_id for group in measures.linked for site_id in group]
    return list(dict.fromkeys([*held, *joined]))


def species_of(measures: DrawingMeasures) -> list[str]:
    """Return the species that have habitat in a drawing."""
    return sorted(item.species for item in measures.habitat if round(item.km2, 1) > 0.0)
