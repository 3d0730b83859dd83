"""``landbridge plan``: the main job from the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from planner.cli.step_bars import run_with_bars
from planner.pipeline.plan import (
    PlanRequest,
    PlanResult,
    announced_steps,
    make_plan,
)
from planner.pipeline.study import DEFAULT_SEED
from planner.profiles import DEFAULT_REGION, load_region, load_species, region_ids, species_ids
from planner.workspace import project_folder
from resources.errors import PlannerError

DEFAULT_FOLDER = Path("out")


def plan(
    region: Annotated[
        str, typer.Argument(metavar="REGION", help="Region to plan for; see --list.")
    ] = DEFAULT_REGION,
    species: Annotated[
        list[str] | None,
        typer.Option(
            "--species",
            "-s",
            metavar="ID",
            help="Species to plan for; give it again for more. [the region's]",
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="FOLDER", help="Folder in which the project is made."
        ),
    ] = DEFAULT_FOLDER,
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", help="Seed of everything random.", min=0)
    ] = DEFAULT_SEED,
    maps: Annotated[bool, typer.Option(help="Print the map through QGIS.")] = True,
    show_names: Annotated[
        bool, typer.Option("--list", help="List the regions and species, and end.")
    ] = False,
) -> None:
    """Make a plan: habitat, corridors and their widths, proposals, indicators, map and report.

    Everything goes into a project folder, REGION.landbridge, that any GIS can read. A second
    run reuses what has not changed. Ctrl-C stops; what was finished is kept.

    For example:

    - landbridge plan

    - landbridge plan tumen-estuary --no-maps

    - landbridge plan north-east-asia --species snow-leopard --out plans
    """
    console = Console(highlight=False)
    if show_names:
        _list_names(console)
        return
    request = PlanRequest.of(region, species or (), out, seed=seed, maps=maps)
    folder = project_folder(request.region, request.folder)
    console.print(
        f"[bold]{request.region.names.en}[/]: "
        f"{', '.join(item.names.en for item in request.species)}",
        soft_wrap=True,
    )
    result = _run(console, request)
    _tell(console, result)
    if result.problems:
        raise PlannerError(
            f"The plan in {folder} is complete but for the maps. " + " ".join(result.problems)
        )


def _run(console: Console, request: PlanRequest) -> PlanResult:
    return run_with_bars(console, announced_steps(request), partial(make_plan, request))


def _tell(console: Console, result: PlanResult) -> None:
    console.print("\nWritten:")
    for path in result.written:
        console.print(f"  {escape(str(path))}  [dim]{_size(path)}[/]", soft_wrap=True)


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _list_names(console: Console) -> None:
    console.print("[bold]Regions[/]")
    for name in region_ids():
        region = load_region(name)
        countries = ", ".join(region.countries)
        console.print(f"  {name:<20} {region.names.en} ({countries})", soft_wrap=True)
    console.print("[bold]Species[/]")
    for name in species_ids():
        console.print(f"  {name:<24} {load_species(name).names.en}")
