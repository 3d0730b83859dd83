"""``landbridge suitability columns``: what a file of records is taken for."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - the command line reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from layers.occurrences.roles import ROLE_TITLES
from planner.suitability.previews import guess_record_columns

if TYPE_CHECKING:
    from layers.occurrences import ColumnGuess


def columns(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="File with records.")],
    encoding: Annotated[
        str, typer.Option(metavar="NAME", help="Encoding of the text. [found out]")
    ] = "",
    crs: Annotated[
        str, typer.Option(metavar="CRS", help="Coordinate system, such as EPSG:32652.")
    ] = "",
) -> None:
    """Show what the columns of a file of records are taken for.

    landbridge suitability fit takes the same guess; --column ROLE=NAME tells it otherwise.

    For example:

    - landbridge suitability columns points.csv
    """
    show_guess(Console(highlight=False), guess_record_columns(path, encoding, crs))


def show_guess(console: Console, guess: ColumnGuess) -> None:
    """Show a guess: the columns with the reason of each, and the first records."""
    console.print(f"[bold]{escape(guess.label)}[/]: {escape(guess.kind)}", soft_wrap=True)
    if guess.encoding is not None:
        console.print(
            f"Text: {escape(guess.encoding.title)}. {escape(guess.encoding.reason)}",
            soft_wrap=True,
        )
    table = Table(show_edge=False, pad_edge=False)
    for header in ("role", "meaning", "column", "why"):
        table.add_column(header, overflow="fold")
    for role, found in guess.roles.items():
        if found.column or role in {"lon", "lat"}:
            mark = "" if found.certain else " (?)"
            column = f"{found.column}{mark}" if found.column else "not found"
            table.add_row(role, ROLE_TITLES[role], escape(column), escape(found.reason))
    console.print(table)
    if guess.sample:
        rows = Table(show_edge=False, pad_edge=False, title="The first records")
        for name in guess.names[:8]:
            rows.add_column(escape(name), overflow="ellipsis", no_wrap=True)
        for row in guess.sample:
            rows.add_row(*(escape(cell) for cell in row[:8]))
        console.print(rows)
    if guess.needs_crs:
        console.print("The coordinates are no degrees: state their system with --crs.")
    for note in guess.notes:
        console.print(escape(note), soft_wrap=True)
