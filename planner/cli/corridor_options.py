"""Options that the verbs on corridors share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.corridors.drawn import DrawnCorridors
from planner.corridors.inputs import Source
from resources.errors import UsageError

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
