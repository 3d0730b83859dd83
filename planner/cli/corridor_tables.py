"""Corridors, widths and widenings as tables for the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.corridors.result import bound_clause, told_species
from planner.records import shown_number, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from planner.corridors.result import WideningResult

Row = dict[str, object]
MOST_ROWS = 40
PIPED_WIDTH = 100


def console() -> Console:
    """Open the terminal, or a page of fixed width where output is piped."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, highlight=False)


def corridors_table(rows: Sequence[Mapping[str, object]]) -> Table:
    """Return corridors as a table: cores, length, cost, throat, countries, crossings."""
    titles = [str(row.get("title") or f"{row['core_a']} - {row['core_b']}") for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    _add_corridor_column(table, titles)
    for name in ("Length, km", "Cost", "Narrowest, m", "Countries", "Crossing"):
        right = name in {"Length, km", "Cost", "Narrowest, m"}
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for title, row in zip(titles[:MOST_ROWS], rows[:MOST_ROWS], strict=True):
        table.add_row(
            escape(title),
            "adjoin" if row.get("adjoining") else shown_number(row.get("length_km"), 1),
            shown_number(row.get("cost")),
            shown_number(row.get("throat_m")),
            " ".join(texts(row.get("countries"))),
            escape("; ".join(texts(row.get("crossings")))),
        )
    return table


def _add_corridor_column(table: Table, titles: Sequence[str]) -> None:
    """Add the column of the corridors, so wide that an identifier can be copied whole."""
    longest = max((len(word) for title in titles for word in title.split()), default=0)
    table.add_column("Corridor", overflow="fold", min_width=min(longest, PIPED_WIDTH // 2))


def not_joined_lines(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Tell which pairs are not joined, and why."""
    return [escape(f"{row['core_a']} - {row['core_b']}: {row['reason']}") for row in rows]


def widths_table(rows: Sequence[Mapping[str, object]]) -> Table:
    """Return the widths of corridors as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    _add_corridor_column(table, [str(row["corridor_id"]) for row in rows])
    for name in ("Length, km", "Narrowest, m", "All ways, m", "Mean, m", "Too narrow"):
        right = name != "Too narrow"
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows[:MOST_ROWS]:
        table.add_row(
            escape(str(row["corridor_id"])),
            "adjoin" if row.get("adjoining") else shown_number(row.get("length_km"), 1),
            shown_number(row.get("throat_m")) or "no way",
            shown_number(row.get("throat_flow_m")),
            shown_number(row.get("mean_width_m")),
            escape(str(row.get("narrow") or "")),
        )
    return table


def widening_lines(result: WideningResult) -> list[str]:
    """Tell what a widening came to, in lines."""
    title = f"[bold]{escape(result.corridor_id)}[/] to {result.width_m:,.0f} m"
    species = told_species(result)
    return [
        f"{title}, for {escape(species)}" if species else title,
        f"  {result.area_km2:,.2f} km² to add; cost {result.cost:,.2f} "
        f"({escape(result.cost_unit)}){bound_clause(result.cost, result.lower_bound)}",
        f"  Measured again: {result.verified_width_m:,.0f} m at its narrowest; "
        f"{result.bottlenecks_removed} narrow "
        f"stretch{'es' if result.bottlenecks_removed != 1 else ''} removed, "
        f"{result.bottlenecks_left} left",
    ]


def shares_table(result: WideningResult) -> Table:
    """Return the countries' parts in a widening as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    for name in ("Country", "To add, km²", "Cost", "Whole, km²", "Land to add"):
        right = name not in {"Country", "Land to add"}
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for share in result.shares:
        types = ", ".join(f"{name} {km2:,.1f}" for name, km2 in share.land_types.items())
        table.add_row(
            share.iso3 or "none",
            f"{share.area_km2:,.2f}",
            f"{share.cost:,.2f}",
            f"{share.whole_km2:,.1f}",
            escape(types),
        )
    return table


def written_lines(paths: Iterable[Path]) -> list[str]:
    """Tell which files were written."""
    return ["", "Written:", *(f"  {escape(str(path))}" for path in paths)]


def tell(screen: Console, lines: Iterable[str]) -> None:
    """Print lines as they are, however long."""
    for line in lines:
        screen.print(line, soft_wrap=True)
