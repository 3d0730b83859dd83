"""The sections of the report of a reserve run: targets, ledger, proposals, alternative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.profiles import load_species, species_ids
from planner.records import listed, shown_number
from planner.report.page import Block, Figure, Paragraph, Section, Table
from planner.report.reserve_plots import beyond_the_edge, fairness_plot, ledger_plot
from planner.reserve.ledger import ALL
from planner.reserve.words import country_words

if TYPE_CHECKING:
    from planner.reserve.fairness_curve import Fairness
    from planner.reserve.feature_rows import FeatureRow
    from planner.reserve.ledger import Ledger, LedgerLine
    from planner.reserve.stored_solution import StoredSolution


def percent(value: float | None, digits: int = 1) -> str:
    """Write a share in percent; what is unknown stays empty."""
    return "" if value is None else f"{100 * value:.{digits}f}"


def species_name(name: str) -> str:
    """Return what people call a species, where it has a profile."""
    return load_species(name).names.en if name in species_ids() else name


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
            row.name,
            row.country or "all",
            row.unit,
            shown_number(row.total, 1),
            shown_number(row.existing, 1),
            shown_number(row.target, 1),
            shown_number(held[row.name].held, 1),
            "yes" if held[row.name].met else f"no, {held[row.name].shortfall:,.1f} short",
            row.how,
        )
        for row in features
    )
    note = (
        "Totals are those of the whole layer, land outside the planning units included; "
        "relative targets are shares of them. Existing: in units that count as existing."
    )
    table = Table(
        "What is wanted and what is held",
        (
            "Feature", "Country", "Unit", "Total", "Existing", "Target", "Held", "Met",
            "How the target was set",
        ),
        rows,
        frozenset({3, 4, 5, 6}),
    )  # fmt: skip
    return Section("Targets", (Paragraph(note), table))


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
            "A country gives the new land selected in it, outside existing sites; cost is in "
            f"{unit} and no money. It gains what that land holds of the targets, each feature "
            "as a share of its target, more than is asked counted too, and the rise of its own "
            "connected habitat, to which its neighbours' land adds as well. The ratio is the "
            "mean of its two shares of what is gained over its share of the cost: above 1 it "
            f"gains more than it gives. {country_words(line.iso3 for line in ledger.lines)}."
        )
    ]
    if ledger.total.cost > 0:
        blocks.append(
            Figure.from_bytes(
                ledger_plot(ledger),
                alt="Shares of each country in what is given and gained",
                caption="Share of each country in the cost, in the targets held anew, and in "
                "the rise of connected habitat.",
            )
        )
    blocks.append(_ledger_table(ledger, unit))
    if ledger.total.species:
        blocks.append(_species_table(ledger))
    if rest := ledger.total.rest_km2:
        blocks.append(
            Paragraph(
                f"{rest:,.1f} km² outside existing sites count as existing in every solution, "
                "because sites cover most of the units that they lie in."
            )
        )
    return Section("Country ledger", tuple(blocks))


def _ledger_table(ledger: Ledger, unit: str) -> Table:
    return Table(
        f"What each country gives and gains; cost in {unit}",
        (
            "Country", "Existing, km²", "New, km²", "Cost", "Gives, %", "Targets, %",
            "Connected, %", "Ratio",
        ),
        tuple(
            (
                "all" if line.iso3 == ALL else line.iso3,
                shown_number(line.existing_km2),
                shown_number(line.area_km2, 1),
                shown_number(line.cost, 1),
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
        return "gives nothing" if line.gain_share else ""
    return f"{line.ratio:.2f}"


def _species_table(ledger: Ledger) -> Table:
    return Table(
        "Habitat and its connectivity (equivalent connected area), before and gained",
        (
            "Species", "Country", "Habitat in sites, km²", "Added, km²", "Connected, km²",
            "Gained, km²",
        ),
        tuple(
            (
                species_name(item.species),
                "all" if line.iso3 == ALL else line.iso3,
                shown_number(gain.habitat_before_km2),
                shown_number(gain.habitat_km2),
                shown_number(gain.connected_before_km2),
                shown_number(gain.connected_km2),
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
            f"Shared out is the {fairness.share_of} of new land; the countries are entitled to "
            f"{entitled} of it. Evenness is the least share of a country divided by the share "
            "it is entitled to. Each point is the best selection found in which no country "
            "falls below a level, and can be opened. The band shows between which limits the "
            "best is proved to lie."
        ),
        Paragraph(
            f"The value is {value}. The price is the rise of that value; the cost of new land "
            f"alone, in {unit}, stands beside it."
        ),
        Paragraph(_fairest_words(fairness)),
    ]
    if any(point.evenness is not None for point in fairness.points):
        blocks.append(
            Figure.from_bytes(
                fairness_plot(fairness),
                alt="Value against the evenness of the countries' shares",
                caption="Price of fairness. Percentages: by how much the value is worse than "
                f"without shares.{_left_out(fairness)}",
            )
        )
    blocks.append(
        Table(
            "Points of the curve",
            (
                "Solution", "Evenness", "Gini", "Cost", "Value", "Price, %", "Proved, %",
                *(f"{iso3}, %" for iso3 in countries),
            ),
            tuple(
                (
                    point.solution,
                    shown_number(point.evenness, 2),
                    shown_number(point.gini, 2),
                    shown_number(point.cost, 1),
                    shown_number(point.value, 1),
                    percent(point.price),
                    f"{percent(point.price_lower)} to {percent(point.price_upper)}",
                    *(percent(portion.share) for portion in point.portions),
                )
                for point in fairness.points
            ),
            frozenset(range(1, 7 + len(countries))),
        )
    )  # fmt: skip
    blocks += [Paragraph(note) for note in fairness.notes]
    return Section("Price of fairness", tuple(blocks))


def _left_out(fairness: Fairness) -> str:
    beyond = beyond_the_edge(fairness)
    if not beyond:
        return ""
    return f" Left out, for little is known of the best there: {listed(beyond)}."


def _fairest_words(fairness: Fairness) -> str:
    if fairness.fairest_level is None:
        return "How even the shares can be at most was not found."
    told = f"The fairest selection found has an evenness of {fairness.fairest_level:.2f}"
    if fairness.fairest_bound is None:
        return f"{told}."
    return f"{told}; none exceeds {fairness.fairest_bound:.2f}, proved."
