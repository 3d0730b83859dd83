"""``landbridge corridors``: least-cost corridors, on files or on a project."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from algorithms.corridors.least_cost import SwathRule
from planner.cli.corridor_options import (
    FILES,
    PROJECT,
    CoreFieldOption,
    CoresOption,
    CountriesOption,
    OutOption,
    ProjectArgument,
    refuse_options,
)
from planner.cli.corridor_tables import (
    console,
    corridors_table,
    not_joined_lines,
    tell,
    written_lines,
)
from planner.cli.step_bars import run_with_bars
from planner.corridors.curve import ResistanceCurve
from planner.corridors.found import FindRequest, Found, find
from planner.corridors.inputs import Source
from planner.corridors.project_tables import corridor_rows
from planner.corridors.resistances import ResistanceInput, read_curve
from planner.corridors.runs import corridor_steps, find_corridors, walking_species
from planner.project import Project
from resources.errors import UsageError

if TYPE_CHECKING:
    from planner.progress import StepProgress

EIGHT = 8
DEFAULT_SHARE = 0.1
MEAN_WIDTH_SHARE = 0.5


def corridors(  # noqa: PLR0913 - one parameter per option of the command line
    project: ProjectArgument = None,
    *,
    species: Annotated[
        list[str] | None,
        typer.Option(
            "--species",
            "-s",
            metavar="ID",
            help="Species of the project; repeatable. [all that walk]",
            rich_help_panel=PROJECT,
        ),
    ] = None,
    resistance: Annotated[
        Path | None,
        typer.Option(
            metavar="TIF",
            help="Resistance, above 0; NoData is a barrier.",
            rich_help_panel=FILES,
        ),
    ] = None,
    suitability: Annotated[
        Path | None,
        typer.Option(
            metavar="TIF",
            help="Suitability, 0 to 1; with --classes, codes of classes of land.",
            rich_help_panel=FILES,
        ),
    ] = None,
    maximum: Annotated[
        float | None,
        typer.Option(help="Resistance where suitability is 0. [100]", rich_help_panel=FILES),
    ] = None,
    shape: Annotated[
        float | None,
        typer.Option(
            help="How soon it falls as suitability rises; 0 is a line. [8]",
            rich_help_panel=FILES,
        ),
    ] = None,
    curve: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="A drawn curve: suitability, resistance.",
            rich_help_panel=FILES,
        ),
    ] = None,
    classes: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Resistance of each class: code, resistance or 'barrier'; code 'other' for "
            "the rest.",
            rich_help_panel=FILES,
        ),
    ] = None,
    cores: CoresOption = None,
    core_field: CoreFieldOption = "",
    out: OutOption = None,
    cutoff: Annotated[
        float | None,
        typer.Option(
            metavar="COST",
            help="A corridor holds what costs at most so much above the least.",
            rich_help_panel=FILES,
        ),
    ] = None,
    share: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="The same as a share of the least cost. [0.1; 0.5 with --mean-width]",
            rich_help_panel=FILES,
        ),
    ] = None,
    mean_width: Annotated[
        float | None,
        typer.Option(
            metavar="M",
            help="Lower the cut-off until the corridor is so wide on average.",
            rich_help_panel=FILES,
        ),
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(
            metavar="COST", help="Join no cores that are dearer.", rich_help_panel=FILES
        ),
    ] = None,
    neighbours: Annotated[
        int, typer.Option(help="Steps to 8 neighbours, or 4.", rich_help_panel=FILES)
    ] = EIGHT,
    across_borders_only: Annotated[
        bool,
        typer.Option(
            "--across-borders-only",
            help="Only between cores of different countries.",
            rich_help_panel=FILES,
        ),
    ] = False,
    countries: CountriesOption = True,
) -> None:
    """Find least-cost corridors between neighbouring cores.

    Cores are neighbours where the land that each reaches most cheaply touches. Each corridor
    is told with its cost, length, width at its throat, countries and border crossings; pairs
    that no land joins are told with the reason. Written are a GeoPackage, the cost distance,
    its allocation and the mosaic of corridors as GeoTIFF, tables, and a record of the run.

    On a project the steps of landbridge plan that find corridors are run, with the resistance
    curve that was drawn in it; what stands is not done again.

    For example:

    - landbridge corridors --resistance resistance.tif --cores cores.gpkg --out found

    - landbridge corridors --suitability habitat.tif --curve curve.csv --cores cores.tif
    --mean-width 5000 --across-borders-only --out found

    - landbridge corridors out/tiger-leopard.landbridge --species amur-tiger
    """
    if project is not None:
        given = (resistance, suitability, cores, out, curve, classes)
        if any(item is not None for item in given):
            raise UsageError("Give a project or files, not both.")
        of_files = {
            "maximum": maximum,
            "shape": shape,
            "core-field": core_field,
            "cutoff": cutoff,
            "share": share,
            "mean-width": mean_width,
            "max-cost": max_cost,
            "neighbours": neighbours != EIGHT,
            "across-borders-only": across_borders_only,
            "no-countries": not countries,
        }
        refuse_options(of_files, on_project=True)
        _on_project(project, species or [])
        return
    refuse_options({"species": species}, on_project=False)
    if cores is None or out is None:
        raise UsageError("Give --cores and --out with --resistance, or a project folder.")
    land = _resistance(resistance, suitability, (maximum, shape), curve, classes)
    if neighbours not in {4, EIGHT}:
        raise UsageError(f"Steps go to 4 or 8 neighbours, not {neighbours}.")
    for name, value in (("cutoff", cutoff), ("share", share), ("max-cost", max_cost)):
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise UsageError(f"--{name} must be 0 or more, got {value}.")
    if mean_width is not None and not (math.isfinite(mean_width) and mean_width > 0):
        raise UsageError(f"--mean-width must be above 0, got {mean_width}.")
    request = FindRequest(
        land,
        Source.of(cores),
        out,
        _rule(cutoff, share, mean_width),
        core_field,
        math.inf if max_cost is None else max_cost,
        neighbours,
        countries,
        across_borders_only,
    )
    _on_files(request)


def _rule(cutoff: float | None, share: float | None, mean_width: float | None) -> SwathRule:
    if share is None:
        share = MEAN_WIDTH_SHARE if mean_width is not None else DEFAULT_SHARE
        share = 0.0 if cutoff is not None else share
    return SwathRule(cost=cutoff or 0.0, share=share, mean_width_m=mean_width)


def _resistance(
    resistance: Path | None,
    suitability: Path | None,
    exponential: tuple[float | None, float | None],
    curve: Path | None,
    classes: Path | None,
) -> ResistanceInput:
    if (resistance is None) == (suitability is None):
        raise UsageError("Give one of --resistance and --suitability.")
    ways = [any(value is not None for value in exponential), curve, classes]
    if sum(bool(way) for way in ways) > 1:
        raise UsageError("Give one of --maximum with --shape, --curve and --classes.")
    if resistance is not None:
        if any(ways):
            raise UsageError("A curve or classes go with --suitability, not with --resistance.")
        return ResistanceInput(resistance)
    land = Path(str(suitability))
    if classes is not None:
        return ResistanceInput(land, None, classes, by_class=True)
    if curve is not None:
        return ResistanceInput(land, read_curve(curve), curve)
    given = {
        name: value
        for name, value in zip(("maximum", "shape"), exponential, strict=True)
        if value is not None
    }
    return ResistanceInput(land, ResistanceCurve.model_validate(given))


def _on_files(request: FindRequest) -> None:
    screen = console()

    def work(progress: StepProgress) -> Found:
        with progress.step("find") as control:
            return find(request, control)

    found = run_with_bars(screen, {"find": ("Corridors", 1.0)}, work)
    if found.joined:
        screen.print(corridors_table(found.joined))
    else:
        tell(screen, ["No corridor was found."])
    if found.apart:
        tell(screen, ["", "Not joined:", *not_joined_lines(found.apart)])
    if found.left_out:
        left_out = [f"Core {row['core_id']} is {row['status']}." for row in found.left_out]
        tell(screen, ["", *left_out])
    tell(screen, written_lines(found.written))


def _on_project(folder: Path, species_ids: list[str]) -> None:
    screen = console()
    with Project.open(folder) as project:
        species = walking_species(project, species_ids)
        run_with_bars(
            screen, corridor_steps(species), partial(find_corridors, project, species)
        )
        for profile in species:
            screen.print(f"\n[bold]{profile.names.en}[/]")
            rows = corridor_rows(project, profile.id)
            if rows:
                screen.print(corridors_table(rows))
            else:
                screen.print("No corridor joins cores of different countries.")
