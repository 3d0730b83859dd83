"""The sections of the report of a reserve run that compare: proposals and alternatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.report.page import Block, Figure, Heading, Paragraph, Section, Table
from planner.report.reserve_plots import comparison_map, frequency_map
from planner.report.reserve_sections import percent
from planner.report.words import (
    all_or,
    country_told,
    figure,
    in_a_row,
    species_named,
    told,
)
from planner.reserve.ledger import ALL
from resources.translation import mark, tr, tr_n

if TYPE_CHECKING:
    from planner.reserve.alternative import Alternative, Enlargement
    from planner.reserve.ground import Ground
    from planner.reserve.portfolio_run import PortfolioFound
    from planner.reserve.proposal import Proposal, Proposals
    from planner.reserve.stored_solution import StoredSolution
    from planner.reserve.withdrawal_run import WithdrawalFound

IUCN = mark(
    "Types after IUCN's guidelines (Vasilijević et al. 2015): a transboundary protected area "
    "where existing sites adjoin; a conservation landscape where land joins sites that do not; "
    "a migration area where most of what is added serves birds on their flyway. A type is "
    "proposed here; that the countries co-operate, which each type needs, is theirs to agree."
)


def proposals_section(proposals: Proposals, alternative: Alternative | None) -> Section:
    """Tell of every proposal: what it joins, who adds what, why, and at what price otherwise.

    Parameters
    ----------
    proposals : Proposals
        What the solution proposes.
    alternative : Alternative, optional
        How it compares with enlarging existing sites.
    """
    compared = {} if alternative is None else {item.scope: item for item in alternative.items}
    blocks: list[Block] = [Paragraph(tr(IUCN))]
    if not proposals.items:
        blocks.append(
            Paragraph(
                tr("No land of this solution hangs together with existing sites over a border.")
            )
        )
    for number, item in enumerate(proposals.items, 1):
        blocks += _proposal_blocks(number, item, compared.get(item.proposal_id))
    if proposals.national:
        blocks.append(
            Table(
                tr("Further land of the solution, not joined over a border"),
                (tr("Country"), tr("New, km²"), tr("Cost"), tr("Units")),
                tuple(
                    (
                        land.iso3,
                        figure(land.area_km2, 1),
                        figure(land.cost, 1),
                        str(len(land.units)),
                    )
                    for land in proposals.national
                ),
                frozenset({1, 2, 3}),
            )
        )
    return Section(tr("Transboundary proposals"), tuple(blocks))


def _proposal_blocks(number: int, item: Proposal, other: Enlargement | None) -> list[Block]:
    members = in_a_row([f"{told(site.name)} ({site.iso3})" for site in item.members])
    habitat = "; ".join(
        f"{species_named(name)} {figure(km2)} km²" for name, km2 in item.habitat_km2.items()
    )
    blocks: list[Block] = [
        Heading(f"{number}. {told(item.name)}"),
        Paragraph(
            tr(
                "Type: {type}. Members: {members}.",
                type=told(item.kind),
                members=members or tr("no existing site"),
            )
        ),
        Paragraph(
            tr(
                "Habitat inside: {habitat}.",
                habitat=habitat or tr("none of the species looked at"),
            )
        ),
        Table(
            tr("{proposal}: area and cost by country", proposal=told(item.name)),
            (
                tr("Country"),
                tr("Existing, km²"),
                tr("Counted as existing, km²"),
                tr("New, km²"),
                tr("Cost"),
            ),
            tuple(
                (
                    part.iso3,
                    figure(part.existing_km2, 1),
                    figure(part.rest_km2, 1),
                    figure(part.new_km2, 1),
                    figure(part.cost, 1),
                )
                for part in item.parts_by_country
            ),
            frozenset({1, 2, 3, 4}),
        ),
    ]
    blocks += [Paragraph(told(reason)) for reason in item.reasons]
    if other is not None:
        blocks.append(
            Paragraph(
                tr("Compared with enlarging sites: {verdict}", verdict=told(other.verdict))
            )
        )
    return blocks


def alternative_section(
    alternative: Alternative, ground: Ground, stored: StoredSolution, unit: str
) -> Section:
    """Tell what the same would cost by enlarging existing sites only, side by side.

    Parameters
    ----------
    alternative : Alternative
        The comparison.
    ground : Ground
        The grid, for the map.
    stored : StoredSolution
        The solution.
    unit : str
        What the cost is in.
    """
    compared = [item for item in (alternative.whole, *alternative.items) if item is not None]
    blocks: list[Block] = [
        Paragraph(
            tr(
                "For each proposal: the cost of holding the same part of the targets and the "
                "same connected habitat of every species by enlarging existing sites only. A "
                "site grows from its own edge through land of its own country and never until "
                "it meets another. The cost found is that of a heuristic; the least is proved."
            )
        )
    ]
    if alternative.whole is not None:
        blocks += _whole_comparison(alternative.whole, ground, stored)
    if compared:
        blocks.append(
            Table(
                tr("Side by side; cost in {unit}", unit=unit),
                (
                    tr("Proposal"), tr("Proposed: km²"), tr("Cost"), tr("Enlarging: km²"),
                    tr("Cost found"), tr("Least, proved"), tr("Verdict"),
                ),
                tuple(
                    (
                        told(item.name),
                        figure(item.joining_km2, 1),
                        figure(item.joining_cost, 1),
                        figure(item.area_km2, 1) if item.reached else tr("not reached"),
                        figure(item.cost, 1) if item.reached else "",
                        figure(item.least_cost, 1),
                        told(item.verdict),
                    )
                    for item in compared
                ),
                frozenset({1, 2, 3, 4, 5}),
            )
        )  # fmt: skip
        blocks.append(_connected_table(compared))
    if any(item.missing for item in compared):
        blocks.append(_missing_table(compared))
    return Section(tr("Compared with enlarging existing sites"), tuple(blocks))


def _whole_comparison(
    whole: Enlargement, ground: Ground, stored: StoredSolution
) -> list[Block]:
    grown = np.zeros(ground.existing.size, dtype=np.bool_)
    grown[list(whole.units)] = True
    joined, enlarged = (ground.cells_of(mask) & ~ground.base for mask in (stored.mask(), grown))
    return [
        Paragraph(tr("All together: {verdict}", verdict=told(whole.verdict))),
        Figure.from_bytes(
            comparison_map(ground, joined, enlarged),
            alt=tr("Land added by the proposals, and by enlarging existing sites only"),
            caption=tr(
                "Left: what the solution adds. Right: the cheapest enlargement found of "
                "existing sites that reaches the same."
            )
            if whole.reached
            else tr(
                "Left: what the solution adds. Right: the cheapest enlargement found of "
                "existing sites; it does not reach the same."
            ),
        ),
    ]


def _connected_table(compared: list[Enlargement]) -> Table:
    return Table(
        tr("Equivalent connected area, km²"),
        (tr("Proposal"), tr("Species"), tr("Existing"), tr("Proposed"), tr("Enlarging")),
        tuple(
            (
                told(item.name),
                species_named(one.species),
                figure(one.existing_km2),
                figure(one.joining_km2),
                figure(one.enlarging_km2),
            )
            for item in compared
            for one in item.connected
        ),
        frozenset({2, 3, 4}),
    )


def _missing_table(compared: list[Enlargement]) -> Table:
    return Table(
        tr("What enlarging falls short of"),
        (tr("Proposal"), tr("Feature"), tr("Needed"), tr("Missing")),
        tuple(
            (
                told(item.name),
                tr("{species}, connected habitat, km²", species=species_named(one.what))
                if one.kind == "connectivity"
                else told(one.what),
                figure(one.needed, 1),
                figure(one.missing, 1),
            )
            for item in compared
            for one in item.missing
        ),
        frozenset({2, 3}),
    )


def portfolio_section(portfolio: PortfolioFound, ground: Ground) -> Section:
    """Tell of solutions that are nearly as good, and of what they have in common.

    Parameters
    ----------
    portfolio : PortfolioFound
        The portfolio.
    ground : Ground
        The grid, for the map.
    """
    needed = np.zeros(ground.existing.size, dtype=np.bool_)
    needed[list(portfolio.no_regret)] = True
    frequency = np.array(portfolio.frequency, dtype=np.float64)
    blocks: list[Block] = [
        Paragraph(
            tr_n(
                "One solution within {within} % of the best. Of the new land that any two have "
                "together, {distance} % or more is in only one of them.",
                "{count} solutions within {within} % of the best. Of the new land that any two "
                "have together, {distance} % or more is in only one of them.",
                len(portfolio.members),
                within=f"{100 * portfolio.within:g}",
                distance=f"{100 * portfolio.distance:g}",
            )
            + _sought_words(portfolio)
        ),
        Figure.from_bytes(
            frequency_map(ground, frequency, needed),
            alt=tr("How often each planning unit is in the portfolio"),
            caption=tr(
                "Share of the solutions that have each unit; outlined in red: no-regret land, "
                "which every solution so good is proved to have."
            ),
        ),
        Table(
            tr("Members"),
            (
                tr("Solution"),
                tr("Cost"),
                tr("Value"),
                tr("Above the best found, %"),
                tr("At most, proved, %"),
            ),
            tuple(
                (
                    member.solution,
                    figure(member.cost, 1),
                    figure(member.value, 1),
                    percent(member.excess, 2),
                    percent(member.excess_bound, 2),
                )
                for member in portfolio.members
            ),
            frozenset({1, 2, 3, 4}),
        ),
        Table(
            tr("No-regret land: in every solution so good"),
            (
                tr("Country"),
                tr("Units, proved"),
                "km²",
                tr("Cost"),
                tr("Further units, in all seen"),
                "km²",
            ),
            tuple(
                (
                    all_or(row.iso3, ALL),
                    str(row.proved),
                    figure(row.proved_km2, 1),
                    figure(row.proved_cost, 1),
                    str(row.found),
                    figure(row.found_km2, 1),
                )
                for row in portfolio.by_country
            ),
            frozenset({1, 2, 3, 4, 5}),
        ),
        *(Paragraph(told(note)) for note in portfolio.notes),
    ]
    return Section(tr("Portfolio"), tuple(blocks))


def _sought_words(portfolio: PortfolioFound) -> str:
    """Tell why there are fewer than were sought; nothing where there are as many."""
    if len(portfolio.members) >= portfolio.count:
        return ""
    words = (
        tr("{count} were sought: there is no further one (proved).", count=portfolio.count)
        if portfolio.exhausted
        else tr(
            "{count} were sought: there is no further one (not proved, the time was over).",
            count=portfolio.count,
        )
    )
    return f" {words}"


def withdrawal_section(
    found: tuple[WithdrawalFound, ...], sentences: list[list[str]]
) -> Section:
    """Tell what changes if a country withdraws.

    Parameters
    ----------
    found : tuple of WithdrawalFound
        Country by country.
    sentences : list of list of str
        What is told of each.
    """
    blocks: list[Block] = []
    for item, lines in zip(found, sentences, strict=True):
        blocks.append(Heading(tr("Without {country}", country=country_told(item.iso3))))
        blocks.append(Paragraph(" ".join(lines)))
        if item.countries:
            blocks.append(
                Table(
                    tr(
                        "Who gives how much without {country}",
                        country=country_told(item.iso3),
                    ),
                    (
                        tr("Country"),
                        tr("New, km²"),
                        tr("New after, km²"),
                        tr("Cost"),
                        tr("Cost after"),
                    ),
                    tuple(
                        (
                            row.iso3,
                            figure(row.area_before_km2, 1),
                            figure(row.area_after_km2, 1),
                            figure(row.cost_before, 1),
                            figure(row.cost_after, 1),
                        )
                        for row in item.countries
                    ),
                    frozenset({1, 2, 3, 4}),
                )
            )
    return Section(tr("If a country withdraws"), tuple(blocks))
