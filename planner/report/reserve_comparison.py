"""The sections of the report of a reserve run that compare: proposals and alternatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.records import listed, shown_number
from planner.report.page import Block, Figure, Heading, Paragraph, Section, Table
from planner.report.reserve_plots import comparison_map, frequency_map
from planner.report.reserve_sections import percent, species_name
from planner.reserve.ledger import ALL
from planner.reserve.words import country_name

if TYPE_CHECKING:
    from planner.reserve.alternative import Alternative, Enlargement
    from planner.reserve.ground import Ground
    from planner.reserve.portfolio_run import PortfolioFound
    from planner.reserve.proposal import Proposal, Proposals
    from planner.reserve.stored_solution import StoredSolution
    from planner.reserve.withdrawal_run import WithdrawalFound

IUCN = (
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
    blocks: list[Block] = [Paragraph(IUCN)]
    if not proposals.items:
        blocks.append(
            Paragraph(
                "No land of this solution hangs together with existing sites over a border."
            )
        )
    for number, item in enumerate(proposals.items, 1):
        blocks += _proposal_blocks(number, item, compared.get(item.proposal_id))
    if proposals.national:
        blocks.append(
            Table(
                "Further land of the solution, not joined over a border",
                ("Country", "New, km²", "Cost", "Units"),
                tuple(
                    (
                        land.iso3,
                        shown_number(land.area_km2, 1),
                        shown_number(land.cost, 1),
                        str(len(land.units)),
                    )
                    for land in proposals.national
                ),
                frozenset({1, 2, 3}),
            )
        )
    return Section("Transboundary proposals", tuple(blocks))


def _proposal_blocks(number: int, item: Proposal, other: Enlargement | None) -> list[Block]:
    members = listed([f"{site.name} ({site.iso3})" for site in item.members])
    habitat = "; ".join(
        f"{species_name(name)} {km2:,.0f} km²" for name, km2 in item.habitat_km2.items()
    )
    blocks: list[Block] = [
        Heading(f"{number}. {item.name}"),
        Paragraph(f"Type: {item.kind}. Members: {members or 'no existing site'}."),
        Paragraph(f"Habitat inside: {habitat or 'none of the species looked at'}."),
        Table(
            f"{item.name}: area and cost by country",
            ("Country", "Existing, km²", "Counted as existing, km²", "New, km²", "Cost"),
            tuple(
                (
                    part.iso3,
                    shown_number(part.existing_km2, 1),
                    shown_number(part.rest_km2, 1),
                    shown_number(part.new_km2, 1),
                    shown_number(part.cost, 1),
                )
                for part in item.parts_by_country
            ),
            frozenset({1, 2, 3, 4}),
        ),
    ]
    blocks += [Paragraph(reason) for reason in item.reasons]
    if other is not None:
        blocks.append(Paragraph(f"Compared with enlarging sites: {other.verdict}"))
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
            "For each proposal: the cost of holding the same part of the targets and the same "
            "connected habitat of every species by enlarging existing sites only. A site grows "
            "from its own edge through land of its own country and never until it meets "
            "another. The cost found is that of a heuristic; the least is proved."
        )
    ]
    if alternative.whole is not None:
        blocks += _whole_comparison(alternative.whole, ground, stored)
    if compared:
        blocks.append(
            Table(
                f"Side by side; cost in {unit}",
                (
                    "Proposal", "Proposed: km²", "Cost", "Enlarging: km²", "Cost found",
                    "Least, proved", "Verdict",
                ),
                tuple(
                    (
                        item.name,
                        shown_number(item.joining_km2, 1),
                        shown_number(item.joining_cost, 1),
                        shown_number(item.area_km2, 1) if item.reached else "not reached",
                        shown_number(item.cost, 1) if item.reached else "",
                        shown_number(item.least_cost, 1),
                        item.verdict,
                    )
                    for item in compared
                ),
                frozenset({1, 2, 3, 4, 5}),
            )
        )  # fmt: skip
        blocks.append(_connected_table(compared))
    if any(item.missing for item in compared):
        blocks.append(_missing_table(compared))
    return Section("Compared with enlarging existing sites", tuple(blocks))


def _whole_comparison(
    whole: Enlargement, ground: Ground, stored: StoredSolution
) -> list[Block]:
    grown = np.zeros(ground.existing.size, dtype=np.bool_)
    grown[list(whole.units)] = True
    joined, enlarged = (ground.cells_of(mask) & ~ground.base for mask in (stored.mask(), grown))
    return [
        Paragraph(f"All together: {whole.verdict}"),
        Figure.from_bytes(
            comparison_map(ground, joined, enlarged),
            alt="Land added by the proposals, and by enlarging existing sites only",
            caption="Left: what the solution adds. Right: the cheapest enlargement found of "
            "existing sites"
            + (" that reaches the same." if whole.reached else "; it does not reach the same."),
        ),
    ]


def _connected_table(compared: list[Enlargement]) -> Table:
    return Table(
        "Equivalent connected area, km²",
        ("Proposal", "Species", "Existing", "Proposed", "Enlarging"),
        tuple(
            (
                item.name,
                species_name(one.species),
                shown_number(one.existing_km2),
                shown_number(one.joining_km2),
                shown_number(one.enlarging_km2),
            )
            for item in compared
            for one in item.connected
        ),
        frozenset({2, 3, 4}),
    )


def _missing_table(compared: list[Enlargement]) -> Table:
    return Table(
        "What enlarging falls short of",
        ("Proposal", "What", "Needed", "Missing"),
        tuple(
            (
                item.name,
                f"{species_name(one.what)}, connected habitat, km²"
                if one.kind == "connectivity"
                else one.what,
                shown_number(one.needed, 1),
                shown_number(one.missing, 1),
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
            f"{_solutions(len(portfolio.members))} within {100 * portfolio.within:g} % of the "
            "best. Of the new land that any two have together, "
            f"{100 * portfolio.distance:g} % or more is in only one of them."
            f"{_sought_words(portfolio)}"
        ),
        Figure.from_bytes(
            frequency_map(ground, frequency, needed),
            alt="How often each planning unit is in the portfolio",
            caption="Share of the solutions that have each unit; outlined in red: no-regret "
            "land, which every solution so good is proved to have.",
        ),
        Table(
            "Members",
            ("Solution", "Cost", "Value", "Above the best found, %", "At most, proved, %"),
            tuple(
                (
                    member.solution,
                    shown_number(member.cost, 1),
                    shown_number(member.value, 1),
                    percent(member.excess, 2),
                    percent(member.excess_bound, 2),
                )
                for member in portfolio.members
            ),
            frozenset({1, 2, 3, 4}),
        ),
        Table(
            "No-regret land: in every solution so good",
            ("Country", "Units, proved", "km²", "Cost", "Further units, in all seen", "km²"),
            tuple(
                (
                    "all" if row.iso3 == ALL else row.iso3,
                    str(row.proved),
                    shown_number(row.proved_km2, 1),
                    shown_number(row.proved_cost, 1),
                    str(row.found),
                    shown_number(row.found_km2, 1),
                )
                for row in portfolio.by_country
            ),
            frozenset({1, 2, 3, 4, 5}),
        ),
        *(Paragraph(note) for note in portfolio.notes),
    ]
    return Section("Portfolio", tuple(blocks))


def _solutions(count: int) -> str:
    return "One solution" if count == 1 else f"{count} solutions"


def _sought_words(portfolio: PortfolioFound) -> str:
    """Tell why there are fewer than were sought; nothing where there are as many."""
    if len(portfolio.members) >= portfolio.count:
        return ""
    ended = "proved" if portfolio.exhausted else "not proved, the time was over"
    return f" {portfolio.count} were sought: there is no further one ({ended})."


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
    for item, told in zip(found, sentences, strict=True):
        blocks.append(Heading(f"Without {country_name(item.iso3)}"))
        blocks.append(Paragraph(" ".join(told)))
        if item.countries:
            blocks.append(
                Table(
                    f"Who gives how much without {country_name(item.iso3)}",
                    ("Country", "New, km²", "New after, km²", "Cost", "Cost after"),
                    tuple(
                        (
                            row.iso3,
                            shown_number(row.area_before_km2, 1),
                            shown_number(row.area_after_km2, 1),
                            shown_number(row.cost_before, 1),
                            shown_number(row.cost_after, 1),
                        )
                        for row in item.countries
                    ),
                    frozenset({1, 2, 3, 4}),
                )
            )
    return Section("If a country withdraws", tuple(blocks))
