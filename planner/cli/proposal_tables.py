"""Ledgers, proposals, portfolios and withdrawals as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table

from planner.records import shown_number
from planner.reserve.ledger import ALL
from planner.reserve.words import NO_MONEY, country_name, country_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.reserve.alternative import Alternative, Enlargement
    from planner.reserve.fairness_curve import Fairness
    from planner.reserve.ledger import Ledger, LedgerLine
    from planner.reserve.portfolio_run import PortfolioFound
    from planner.reserve.proposal import Proposal, Proposals
    from planner.reserve.withdrawal_run import WithdrawalFound

_EVENNESS = (
    "Evenness: the least share of a country divided by the share it is entitled to (here "
    "{entitled}); 1 is wholly even. Cost: of new land. Price: by how much the value that is "
    "sought is worse than without shares; the true price lies between the limits, proved. "
    "The value is {value}."
)


def shown_name(iso3: str) -> str:
    """Return a country's code, or the word for all together."""
    return "all" if iso3 == ALL else iso3


def percent(value: float | None, digits: int = 1) -> str:
    """Write a share in percent; what is unknown stays empty."""
    return "" if value is None else f"{100 * value:.{digits}f} %"


def _table(title: str, caption: str, columns: Sequence[tuple[str, bool]]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="bold",
        title=escape(title),
        title_justify="left",
        caption=escape(caption) if caption else None,
        caption_justify="left",
    )
    for name, right in columns:
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    return table


def ledger_table(ledger: Ledger, title: str, unit: str) -> Table:
    """Return what each country gives and gains.

    Parameters
    ----------
    ledger : Ledger
        The ledger.
    title : str
        Above it.
    unit : str
        What the cost is in.
    """
    table = _table(
        title,
        f"Cost in {unit}. {NO_MONEY} Gives: share of the cost. Targets: share of what the new "
        "land holds of all targets, more than is asked counted too. Connected: share of the "
        "rise of connected habitat. Ratio: mean of the last two over the first; above 1 a "
        f"country gains more than it gives. {country_words(_codes(ledger))}.",
        (
            ("", False), ("New, km²", True), ("Cost", True), ("Gives", True),
            ("Targets", True), ("Connected", True), ("Ratio", True),
        ),
    )  # fmt: skip
    for line in (*ledger.lines, ledger.total):
        table.add_row(
            shown_name(line.iso3),
            shown_number(line.area_km2, 1),
            shown_number(line.cost, 1),
            percent(line.give_share),
            percent(line.target_share),
            percent(line.connected_share),
            _ratio(line),
            style="bold" if line.iso3 == ALL else None,
        )
    return table


def _codes(ledger: Ledger) -> list[str]:
    return [line.iso3 for line in ledger.lines]


def _ratio(line: LedgerLine) -> str:
    if line.ratio is not None:
        return f"{line.ratio:.2f}"
    return "gives nothing" if line.gain_share else ""


def species_table(ledger: Ledger, names: dict[str, str]) -> Table:
    """Return what each country gains for each species.

    Parameters
    ----------
    ledger : Ledger
        The ledger.
    names : dict of str to str
        Species to what people call it.
    """
    table = _table(
        "Gains by species",
        "Connected: equivalent connected area (ECA), of a country counted over its own habitat "
        "with all that is reached from it, at home and abroad.",
        (
            ("Species", False), ("", False), ("Habitat, km²", True), ("added", True),
            ("Connected, km²", True), ("gain", True),
        ),
    )  # fmt: skip
    for place, item in enumerate(ledger.total.species):
        for row, line in enumerate((*ledger.lines, ledger.total)):
            gain = line.species[place]
            table.add_row(
                escape(names.get(item.species, item.species)) if row == 0 else "",
                shown_name(line.iso3),
                shown_number(gain.habitat_before_km2),
                f"+{gain.habitat_km2:,.0f}",
                shown_number(gain.connected_before_km2),
                f"+{gain.connected_km2:,.0f}",
            )
    return table


def fairness_table(fairness: Fairness, value: str) -> Table:
    """Return the price-of-fairness curve.

    Parameters
    ----------
    fairness : Fairness
        The curve, with a point at least.
    value : str
        What the value that is sought adds up.
    """
    portions = fairness.points[0].portions
    countries = [portion.iso3 for portion in portions]
    entitled = ", ".join(f"{item.iso3} {100 * item.entitlement:.0f} %" for item in portions)
    table = _table(
        f"Price of fairness: shares of {fairness.share_of}",
        _EVENNESS.format(entitled=entitled, value=value),
        (
            ("Solution", False), ("Evenness", True), ("Cost", True), ("Price", True),
            ("proved", True), *((iso3, True) for iso3 in countries),
        ),
    )  # fmt: skip
    for point in fairness.points:
        limits = ""
        if point.price_lower is not None and point.price_upper is not None:
            limits = f"{100 * point.price_lower:.1f} to {100 * point.price_upper:.1f} %"
        table.add_row(
            point.solution,
            shown_number(point.evenness, 2),
            shown_number(point.cost, 1),
            percent(point.price),
            limits,
            *(percent(portion.share, 0) for portion in point.portions),
        )
    return table


def proposals_table(proposals: Proposals, alternative: Alternative | None) -> Table:
    """Return the proposals of a solution beside enlarging existing sites."""
    compared = {} if alternative is None else {item.scope: item for item in alternative.items}
    table = _table(
        "Transboundary proposals",
        "Enlarging: cost of reaching the same targets and connectivity by enlarging existing "
        "sites only, as found; in brackets what is proved to be the least."
        if compared
        else "",
        (
            ("", True), ("Proposal", False), ("New, km²", True), ("Cost", True),
            ("Enlarging", True),
        ),
    )  # fmt: skip
    for number, item in enumerate(proposals.items, 1):
        other = compared.get(item.proposal_id)
        table.add_row(
            str(number),
            escape(f"{item.name}\n{item.kind}; {_added_words(item)}"),
            shown_number(item.new_km2, 1),
            shown_number(item.cost, 1),
            "" if other is None else enlarging_cost(other),
        )
    for land in proposals.national:
        table.add_row(
            "",
            f"further land in {country_name(land.iso3)}, not joined over a border",
            shown_number(land.area_km2, 1),
            shown_number(land.cost, 1),
            "",
        )
    return table


def _added_words(item: Proposal) -> str:
    """Tell how much new land lies in which country; none is told in words."""
    if item.new_km2 <= 0:
        return "nothing new: existing sites, to be cared for together"
    parts = ", ".join(
        f"{part.iso3} {shown_number(part.new_km2)}" for part in item.parts_by_country
    )
    return f"new: {parts} km²"


def enlarging_cost(item: Enlargement) -> str:
    """Write what enlarging costs instead."""
    if not item.needed:
        return "nothing to reach"
    if item.impossible:
        return "impossible"
    if not item.reached:
        return "not found in time" if item.cut_short else "not reached"
    least = "" if item.least_cost is None else f" (≥ {item.least_cost:,.1f})"
    return f"{item.cost:,.1f}{least}"


def portfolio_table(portfolio: PortfolioFound) -> Table:
    """Return the members of a portfolio."""
    table = _table(
        f"Portfolio: within {100 * portfolio.within:g} % of the best, at least "
        f"{portfolio.distance:g} apart",
        "Value: what is sought. Above best: by how much it is worse than the best found; at "
        "most: than the best possible, proved. Nearest: of the new land that it and the most "
        "similar other solution have together, the share that only one has.",
        (
            ("Solution", False), ("Cost", True), ("Value", True), ("Above best", True),
            ("at most", True), ("Nearest", True),
        ),
    )  # fmt: skip
    for place, member in enumerate(portfolio.members):
        others = [value for at, value in enumerate(member.distance) if at != place]
        table.add_row(
            member.solution,
            shown_number(member.cost, 1),
            shown_number(member.value, 1),
            percent(member.excess, 2),
            percent(member.excess_bound, 2),
            f"{min(others):.2f}" if others else "",
        )
    return table


def no_regret_table(portfolio: PortfolioFound) -> Table:
    """Return the land that every good solution has."""
    table = _table(
        f"No-regret land: in every solution within {100 * portfolio.within:g} % of the best",
        "Proved: no solution so good does without it. Seen: all those found have it, which "
        "proves nothing of others. Land of existing sites is not counted.",
        (
            ("", False), ("Units proved", True), ("km²", True), ("Cost", True),
            ("Units seen", True), ("km²", True),
        ),
    )  # fmt: skip
    for row in portfolio.by_country:
        table.add_row(
            shown_name(row.iso3),
            str(row.proved),
            shown_number(row.proved_km2, 1),
            shown_number(row.proved_cost, 1),
            str(row.found),
            shown_number(row.found_km2, 1),
            style="bold" if row.iso3 == ALL else None,
        )
    return table


def withdrawal_table(found: WithdrawalFound) -> Table:
    """Return who gives how much before and after a withdrawal."""
    table = _table(
        f"Without {country_name(found.iso3)}",
        f"{country_words(row.iso3 for row in found.countries)}.",
        (
            ("", False), ("New, km²", True), ("after", True), ("Cost", True), ("after", True),
            ("change", True),
        ),
    )  # fmt: skip
    for row in found.countries:
        table.add_row(
            row.iso3,
            shown_number(row.area_before_km2, 1),
            shown_number(row.area_after_km2, 1),
            shown_number(row.cost_before, 1),
            shown_number(row.cost_after, 1),
            f"{row.cost_after - row.cost_before:+,.1f}",
        )
    return table
