"""Options that the verbs on corridors share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.corridors.drawn import DrawnCorridors
from planner.corridors.inputs import Source
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES = "On files"
PROJECT = "On a project"

ProjectArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[PROJECT]", help="A project folder, instead of files."),
]
GridOption = Annotated[
    Path | None,
    typer.Option(metavar="TIF", help="Raster that gives the grid.", rich_help_panel=FILES),
]
CostOption = Annotated[
    Path | None,
    typer.Option(
        metavar="TIF",
        help="Cost of adding each cell, 0 or more; NoData cannot be used. Gives the grid.",
        rich_help_panel=FILES,
    ),
]
LandTypesOption = Annotated[
    Path | None,
    typer.Option(metavar="TIF", help="Codes of types of land to tell.", rich_help_panel=FILES),
]
CorridorIdOption = Annotated[
    str, typer.Option("--corridor-id", metavar="ID", help="The corridor that is meant. [all]")
]
CorridorOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Corridor: a raster whose cells other than 0 are in it, or shapes, such as what "
        "landbridge corridors wrote.",
        rich_help_panel=FILES,
    ),
]
CoresOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Cores: a raster of numbers on the same grid, or shapes in any system "
        "(FILE.gpkg|layername=LAYER).",
        rich_help_panel=FILES,
    ),
]
CoreFieldOption = Annotated[
    str,
    typer.Option(
        metavar="COLUMN",
        help="Column of the shapes that names their core. [core_id, or each its own]",
        rich_help_panel=FILES,
    ),
]
BetweenOption = Annotated[
    str,
    typer.Option(
        metavar="A,B",
        help="The two cores, where the file of the corridor does not tell.",
        rich_help_panel=FILES,
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="DIR", help="Folder for the results.", rich_help_panel=FILES
    ),
]
CountriesOption = Annotated[
    bool, typer.Option(help="Tell countries by the base map.", rich_help_panel=FILES)
]


def refuse_options(given: Mapping[str, object], *, on_project: bool) -> None:
    """Refuse options that say nothing here, rather than pass over them.

    Parameters
    ----------
    given : mapping
        Option without dashes to its value; None, empty text and False are those not given.
    on_project : bool
        Whether a project was given; otherwise files were.

    Raises
    ------
    UsageError
        One is given; names all of them.
    """
    refuse_with(
        "a project" if on_project else "files", {"files" if on_project else "a project": given}
    )


def refuse_with(here: str, of_others: Mapping[str, Mapping[str, object]]) -> None:
    """Refuse options that belong to something else than what was given.

    Parameters
    ----------
    here : str
        What was given, such as ``a project``.
    of_others : mapping
        For each other thing the options that go with it, as for `refuse_options`.

    Raises
    ------
    UsageError
        One is given; names all of one kind.
    """
    for there, given in of_others.items():
        names = [
            f"--{name}"
            for name, value in given.items()
            if not (value is None or value is False or value in ("", []))
        ]
        if names:
            verb = "goes" if len(names) == 1 else "go"
            raise UsageError(f"{', '.join(names)} {verb} with {there}, not with {here}.")


def drawn_corridors(
    corridor: str | None, cores: str | None, core_field: str, corridor_id: str, between: str
) -> DrawnCorridors:
    """Return which corridors are meant.

    Raises
    ------
    UsageError
        A file is missing among the options, or `between` does not name two cores.
    """
    if corridor is None or cores is None:
        raise UsageError("Give --corridor and --cores, or a project folder.")
    ends = tuple(part.strip() for part in between.split(",")) if between else ()
    if ends and (len(ends) != 2 or not all(ends) or ends[0] == ends[1]):
        raise UsageError(f"--between names two cores, such as 1,2, not {between!r}.")
    return DrawnCorridors(Source.of(corridor), Source.of(cores), core_field, corridor_id, ends)
