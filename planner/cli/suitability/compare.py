"""``landbridge suitability compare``: two runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.cli.suitability.options import ProjectOption, RunArgument, run_at
from planner.suitability.comparison import compare_runs

if TYPE_CHECKING:
    from collections.abc import Sequence


_LONG = 24
"""Letters from which a setting gets a line of its own: a table would break it."""


def compare(
    run: RunArgument,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The run to compare with.")],
    project: ProjectOption = None,
) -> None:
    """Compare two runs: settings that differ, what the tests say, and the difference of maps.

    For example:

    - landbridge suitability compare run run2
    """
    console = Console(highlight=False)
    found = compare_runs(run_at(run, project), run_at(other, project))
    heads = ("", found.first, found.second)
    if found.settings and found.settings[0][0] == "species":
        console.print(f"[bold]{escape(found.note)}[/]", soft_wrap=True)
    long = [row for row in found.settings if max(map(len, row[1:])) > _LONG]
    short = [row for row in found.settings if row not in long]
    if short:
        console.print(_table("Settings that differ", heads, short))
    for name, first, second in long:  # whole, so that paths can be copied
        console.print(f"{escape(name)}:", soft_wrap=True)
        for run_name, value in ((found.first, first), (found.second, second)):
            console.print(f"  {escape(run_name)}: {escape(value) or '-'}", soft_wrap=True)
    console.print(_table("Tests", heads, found.measures))
    if found.note and not (found.settings and found.settings[0][0] == "species"):
        console.print(escape(found.note), soft_wrap=True)
    if found.maps is None:
        return
    maps = found.maps
    correlation = "unknown" if maps.correlation is None else f"{maps.correlation:.3f}"
    rows = (
        ("area that both know, km²", f"{maps.shared_km2:,.0f}"),
        ("mean difference, second less first", f"{maps.mean:+.4f}"),
        ("mean absolute difference", f"{maps.mean_absolute:.4f}"),
        ("correlation of the maps", correlation),
        ("Schoener's D", f"{maps.schoener_d:.3f}"),
        ("suitable in both, km²", f"{maps.both_km2:,.0f}"),
        ("suitable in the first alone, km²", f"{maps.only_first_km2:,.0f}"),
        ("suitable in the second alone, km²", f"{maps.only_second_km2:,.0f}"),
    )
    console.print(_table("Maps", ("", ""), rows))


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, show_edge=False, pad_edge=False, title_justify="left")
    for head in heads:
        table.add_column(escape(head), overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    return table
