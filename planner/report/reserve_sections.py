"""The sections of the report of a reserve run: targets, ledger, proposals, alternative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.page import Block, Figure, Paragraph, Section, Table
from planner.report.reserve_plots import beyond_the_edge, fairness_plot, ledger_plot
from planner.report.words import (
    all_or,
    all_told_countries,
    figure,
    in_a_row,
    species_named,
    told,
)
from planner.reserve.ledger import ALL
from resources.translation import mark, tr, tr_c

if TYPE_CHECKING:
    from planner.reserve.fairness_curve import Fairness
    from planner.reserve.feature_rows import FeatureRow
    from planner.reserve.ledger import Ledger, LedgerLine
    from planner.reserve.stored_solution import StoredSolution

_SHARED = {"area": mark("area"), "cost": mark("cost"), "gain": mark("gain")}


def percent(value: float | None, digits: int = 1) -> str:
    """Write a share in percent; what is unknown stays empty."""
    return "" if value is None else f"{100 * value:.{digits}f}"


def targets_section(features: tuple[FeatureRow, ...], stored: StoredSolution) -> Section:
    """Tell what is held of every feature.

    Parameters
    ----------
    features : tuple of FeatureRow
        Features of the run.
    stored : StoredSolution
        The solution.
    """
    held = {item.name: item for item in stored.features}
    rows = tuple(
        (
            told(row.name),
            all_or(row.country, ""),
            told(row.unit),
            figure(row.total, 1),
            figure(row.existing, 1),
            figure(row.target, 1),
            figure(held[row.name].held, 1),
            tr_c("a target is met", "yes")
            if held[row.name].met
            else tr("no, {amount} short", amount=figure(held[row.name].shortfall, 1)),
            told(row.how),
        )
        for row in features
    )
    note = tr(
        "Totals are those of the whole layer, land outside the planning units included; "
        "relative targets are shares of them. Existing: in units that count as existing."
    )
    table = Table(
        tr("What is wanted and what is held"),
        (
            tr("Feature"), tr("Country"), tr("Unit"), tr("Total"), tr("Existing"), tr("Target"),
            tr("Held"), tr("Met"), tr("How the target was set"),
        ),
        rows,
        frozenset({3, 4, 5, 6}),
    )  # fmt: skip
    return Section(tr("Targets"), (Paragraph(note), table))


def ledger_section(ledger: Ledger, unit: str) -> Section:
    """Tell what each country gives and gains.

    Parameters
    ----------
    ledger : Ledger
        The ledger.
    unit : str
        What the cost is in.
    """
    blocks: list[Block] = [
        Paragraph(
            tr(
                "A country gives the new land selected in it, outside existing sites; cost is "
                "in {unit} and no money. It gains what that land holds of the targets, each "
                "feature as a share of its target, more than is asked counted too, and the "
                "rise of its own connected habitat, to which its neighbours' land adds as "
                "well. The ratio is the mean of its two shares of what is gained over its "
                "share of the cost: above 1 it gains more than it gives. {countries}.",
                unit=unit,
                countries=all_told_countries(line.iso3 for line in ledger.lines),
            )
        )
    ]
    if ledger.total.cost > 0:
        blocks.append(
            Figure.from_bytes(
                ledger_plot(ledger),
                alt=tr("Shares of each country in what is given and gained"),
                caption=tr(
                    "Share of each country in the cost, in the targets held anew, and in the "
                    "rise of connected habitat."
                ),
            )
        )
    blocks.append(_ledger_table(ledger, unit))
    if ledger.total.species:
        blocks.append(_species_table(ledger))
    if rest := ledger.total.rest_km2:
        blocks.append(
            Paragraph(
                tr(
                    "{area} km² outside existing sites count as existing in every solution, "
                    "because sites cover most of the units that they lie in.",
                    area=figure(rest, 1),
                )
            )
        )
    return Section(tr("Country ledger"), tuple(blocks))


def _ledger_table(ledger: Ledger, unit: str) -> Table:
    return Table(
        tr("What each country gives and gains; cost in {unit}", unit=unit),
        (
            tr("Country"), tr("Existing, km²"), tr("New, km²"), tr("Cost"), tr("Gives, %"),
            tr("Targets, %"), tr("Connected, %"), tr("Ratio"),
        ),
        tuple(
            (
                all_or(line.iso3, ALL),
                figure(line.existing_km2),
                figure(line.area_km2, 1),
                figure(line.cost, 1),
                percent(line.give_share),
                percent(line.target_share),
                percent(line.connected_share),
                _ratio(line),
            )
            for line in (*ledger.lines, ledger.total)
        ),
        frozenset(range(1, 8)),
    )  # fmt: skip


def _ratio(line: LedgerLine) -> str:
    if line.ratio is None:
        return tr("gives nothing") if line.gain_share else ""
    return f"{line.ratio:.2f}"


def _species_table(ledger: Ledger) -> Table:
    return Table(
        tr("Habitat and its connectivity (equivalent connected area), before and gained"),
        (
            tr("Species"), tr("Country"), tr("Habitat in sites, km²"), tr("Added, km²"),
            tr("Connected, km²"), tr("Gained, km²"),
        ),
        tuple(
            (
                species_named(item.species),
                all_or(line.iso3, ALL),
                figure(gain.habitat_before_km2),
                figure(gain.habitat_km2),
                figure(gain.connected_before_km2),
                figure(gain.connected_km2),
            )
            for place, item in enumerate(ledger.total.species)
            for line in (*ledger.lines, ledger.total)
            for gain in (line.species[place],)
        ),
        frozenset({2, 3, 4, 5}),
    )  # fmt: skip


def fairness_section(fairness: Fairness, unit: str, value: str) -> Section:
    """Tell what it costs to share more evenly.

    Parameters
    ----------
    fairness : Fairness
        The curve, with a point at least.
    unit : str
        What the cost is in.
    value : str
        What the value that is sought adds up.
    """
    countries = [portion.iso3 for portion in fairness.points[0].portions]
    entitled = ", ".join(
        f"{portion.iso3} {100 * portion.entitlement:.0f} %"
        for portion in fairness.points[0].portions
    )
    blocks: list[Block] = [
        Paragraph(
            tr(
                "Shared out is the {what} of new land; the countries are entitled to "
                "{entitled} of it. Evenness is the least share of a country divided by the "
                "share it is entitled to. Each point is the best selection found in which no "
                "country falls below a level, and can be opened. The band shows between which "
                "limits the best is proved to lie.",
                what=tr(_SHARED[fairness.share_of]),
                entitled=entitled,
            )
        ),
        Paragraph(
            tr(
                "The value is {value}. The price is the rise of that value; the cost of new "
                "land alone, in {unit}, stands beside it.",
                value=value,
                unit=unit,
            )
        ),
        Paragraph(_fairest_words(fairness)),
    ]
    if any(point.evenness is not None for point in fairness.points):
        blocks.append(
            Figure.from_bytes(
                fairness_plot(fairness),
                alt=tr("Value against the evenness of the countries' shares"),
                caption=tr(
                    "Price of fairness. Percentages: by how much the value is worse than "
                    "without shares."
                )
                + _left_out(fairness),
            )
        )
    blocks.append(
        Table(
            tr("Points of the curve"),
            (
                tr("Solution"), tr("Evenness"), tr("Gini"), tr("Cost"), tr("Value"),
                tr("Price, %"), tr("Proved, %"),
                *(f"{iso3}, %" for iso3 in countries),
            ),
            tuple(
                (
                    point.solution,
                    figure(point.evenness, 2),
                    figure(point.gini, 2),
                    figure(point.cost, 1),
                    figure(point.value, 1),
                    percent(point.price),
                    tr(
                        "{least} to {most}",
                        least=percent(point.price_lower),
                        most=percent(point.price_upper),
                    ),
                    *(percent(portion.share) for portion in point.portions),
                )
                for point in fairness.points
            ),
            frozenset(range(1, 7 + len(countries))),
        )
    )  # fmt: skip
    blocks += [Paragraph(told(note)) for note in fairness.notes]
    return Section(tr("Price of fairness"), tuple(blocks))


def _left_out(fairness: Fairness) -> str:
    beyond = beyond_the_edge(fairness)
    if not beyond:
        return ""
    told_points = in_a_row(beyond)
    words = tr("Left out, for little is known of the best there: {points}.", points=told_points)
    return f" {words}"


def _fairest_words(fairness: Fairness) -> str:
    if fairness.fairest_level is None:
        return tr("How even the shares can be at most was not found.")
    level = f"{fairness.fairest_level:.2f}"
    if fairness.fairest_bound is None:
        return tr("The fairest selection found has an evenness of {level}.", level=level)
    return tr(
        "The fairest selection found has an evenness of {level}; none exceeds {bound}, proved.",
        level=level,
        bound=f"{fairness.fairest_bound:.2f}",
    )
