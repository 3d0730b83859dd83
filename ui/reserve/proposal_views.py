"""Proposals of a run in the words of the window, each beside the alternative to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.translation import tr
from ui import words
from ui.reserve.view import ProposalView, Side

if TYPE_CHECKING:
    from planner.reserve.alternative import Alternative, Enlargement
    from planner.reserve.proposal import CountryPart, JoinedSites, Proposal, Proposals

WHOLE = "all"
"""Stands for the whole solution among its proposals."""


def proposal_views(
    found: Proposals, alternative: Alternative | None, unit: str
) -> tuple[ProposalView, ...]:
    """Return what a solution proposes: proposal by proposal, then all of it.

    Parameters
    ----------
    found : Proposals
        What it proposes.
    alternative : Alternative or None
        The same by enlarging existing sites; None where not computed.
    unit : str
        What costs are measured in.
    """
    items = () if alternative is None else alternative.items
    others = {item.scope: item for item in items}
    views = [_proposal(item, others.get(item.proposal_id), unit) for item in found.items]
    whole = None if alternative is None else alternative.whole
    if whole is not None or found.national:
        views.append(_whole(found, whole, unit))
    return tuple(views)


def _proposal(item: Proposal, other: Enlargement | None, unit: str) -> ProposalView:
    kind = words.identifier(item.kind)
    facts = [
        (tr("Type"), kind),
        (
            tr("Area"),
            tr(
                "{area}, {new} of it new",
                area=words.area(item.area_km2),
                new=words.area(item.new_km2),
            ),
        ),
        (tr("Cost"), f"{words.number(item.cost)} {unit}"),
        *((words.country(part.iso3), _part_told(part)) for part in item.parts_by_country),
        (tr("Species"), words.listed(words.species(name) for name in item.species)),
        (tr("Sites"), words.listed_apart(site.name for site in item.members)),
        *((tr("Joins"), _pair_told(pair)) for pair in item.pairs),
    ]
    reasons = (*item.reasons, *(reason for part in item.parts for reason in part.reasons))
    detail = (", ".join(item.countries), tr("{area} new", area=words.area(item.new_km2)), kind)
    return ProposalView(
        key=item.proposal_id,
        title=words.feature(item.name, computed=True),
        detail="  ·  ".join(detail),
        facts=tuple((name, value) for name, value in facts if value),
        reasons=tuple(words.stored(reason) for reason in dict.fromkeys(reasons)),
        geometry=item.geometry,
        sides=() if other is None else _sides(other),
        verdict="" if other is None else words.stored(other.verdict),
    )


def _whole(found: Proposals, other: Enlargement | None, unit: str) -> ProposalView:
    facts = [
        (
            words.country(land.iso3),
            tr(
                "{area} not joined over a border, at a cost of {cost}",
                area=words.area(land.area_km2),
                cost=words.number(land.cost),
            ),
        )
        for land in found.national
    ]
    if other is not None:
        added = tr(
            "{joining}, cost {joining_cost} {unit}",
            joining=words.area(other.joining_km2),
            joining_cost=words.number(other.joining_cost),
            unit=unit,
        )
        facts.insert(0, (tr("New land"), added))
    return ProposalView(
        key=WHOLE,
        title=tr("The whole solution"),
        detail=tr("All proposals together, with land not joined over a border"),
        facts=tuple(facts),
        reasons=(),
        geometry=None,
        sides=() if other is None else _sides(other),
        verdict="" if other is None else words.stored(other.verdict),
    )


def _sides(other: Enlargement) -> tuple[Side, Side]:
    joined, enlarged = [], []
    for name, one, two in (
        (tr("Cost"), other.joining_cost, other.cost),
        (tr("New km²"), other.joining_km2, other.area_km2),
        *(
            (
                tr("{species}, ECA km²", species=words.species(item.species)),
                item.joining_km2,
                item.enlarging_km2,
            )
            for item in other.connected
        ),
    ):
        joined.append((name, words.number(one)))
        enlarged.append((name, words.number(two)))
    joined.append((tr("Reaches it"), tr("yes")))
    enlarged.append((tr("Reaches it"), tr("yes") if other.reached else tr("no")))
    return (
        Side(tr("Joining"), tuple(joined)),
        Side(tr("Enlarging"), tuple(enlarged), other.geometry if other.units else None),
    )


def _part_told(part: CountryPart) -> str:
    return tr(
        "{existing} protected now, {new} to add at a cost of {cost}",
        existing=words.area(part.existing_km2),
        new=words.area(part.new_km2),
        cost=words.number(part.cost),
    )


def _pair_told(pair: JoinedSites) -> str:
    apart = (
        tr("adjoining")
        if pair.touching
        else tr("{distance} km apart", distance=words.number(pair.distance_km))
    )
    return tr(
        "{name_a} and {name_b}, {apart}", name_a=pair.name_a, name_b=pair.name_b, apart=apart
    )
