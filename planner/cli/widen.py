"""``landbridge widen``: a corridor as wide as needed everywhere, on files or on a project."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.corridor_options import (
    FILES,
    PROJECT,
    BetweenOption,
    CoreFieldOption,
    CoresOption,
    CorridorIdOption,
    CorridorOption,
    CostOption,
    CountriesOption,
    LandTypesOption,
    OutOption,
    ProjectArgument,
    drawn_corridors,
    refuse_options,
)
from planner.cli.corridor_tables import (
    console,
    shares_table,
    tell,
    widening_lines,
    written_lines,
)
from planner.cli.step_bars import run_with_bars
from planner.corridors.inputs import Source
from planner.corridors.project_tables import corridor_species, scenario_for
from planner.corridors.widened import Widened, WidenRequest, widen_file
from planner.corridors.widening import WideningDesk, propose
from planner.errors import ReadOnlyProjectError
from planner.project import CommandGroup, Project
from resources.errors import PlannerError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from planner.corridors.result import WideningResult
    from planner.progress import StepProgress


def widen(  # noqa: PLR0913 - one parameter per option of the command line
    project: ProjectArgument = None,
    *,
    corridor_id: CorridorIdOption = "",
    width: Annotated[
        float | None, typer.Option(metavar="M", help="Width to reach everywhere.")
    ] = None,
    corridor: CorridorOption = None,
    cores: CoresOption = None,
    core_field: CoreFieldOption = "",
    between: BetweenOption = "",
    cost: CostOption = None,
    need: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=M",
            help="Width a species needs; repeatable, the widest holds.",
            rich_help_panel=FILES,
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE", help="Land not to be touched; repeatable.", rich_help_panel=FILES
        ),
    ] = None,
    free: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Land that costs nothing, such as protected areas; repeatable.",
            rich_help_panel=FILES,
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="COST",
            help="Most that may be spent: tells the best for less, too.",
            rich_help_panel=FILES,
        ),
    ] = None,
    sites: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Sites to tell which are touched.", rich_help_panel=FILES
        ),
    ] = None,
    land_types: LandTypesOption = None,
    out: OutOption = None,
    countries: CountriesOption = True,
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also",
            metavar="ID",
            help="Further species whose width and exclusions hold; repeatable.",
            rich_help_panel=PROJECT,
        ),
    ] = None,
    proposal: Annotated[
        str,
        typer.Option(
            "--propose",
            metavar="NAME",
            help="Put it into a scenario as a draft proposal of this name.",
            rich_help_panel=PROJECT,
        ),
    ] = "",
    scenario: Annotated[
        str,
        typer.Option(
            metavar="ID", help="That scenario; made where missing.", rich_help_panel=PROJECT
        ),
    ] = "widening",
) -> None:
    """Widen a corridor to a width everywhere, where that costs least.

    A disc of the width moves from core to core; the present corridor and free land cost
    nothing, excluded land is never touched. Told are the land to add and its cost for each
    country, how far the cost may be from the least possible, the width measured again, and
    the bottlenecks removed. On a project the cost is km² weighted by settlement pressure, not
    money.

    For example:

    - landbridge widen --corridor found/corridors.gpkg --cores found/corridors.gpkg
    --corridor-id a:b --cost cost.tif --width 5000 --exclude towns.gpkg --free reserves.gpkg
    --out wider

    - landbridge widen --corridor swath.tif --cores cores.tif --cost cost.tif --width 3000
    --need tiger=2000 --need leopard=5000 --budget 40 --out wider

    - landbridge widen out/tiger-leopard.landbridge --corridor-id amur-tiger-1:amur-tiger-2
    --width 4000 --propose "Hunchun link"
    """
    if width is None or not (math.isfinite(width) and width > 0):
        raise UsageError("Give the width with --width, in metres and above 0.")
    if project is not None:
        if corridor is not None or cores is not None or cost is not None:
            raise UsageError("Give a project or files, not both.")
        of_files = {
            "core-field": core_field,
            "between": between,
            "need": need,
            "exclude": exclude,
            "free": free,
            "budget": budget,
            "sites": sites,
            "land-types": land_types,
            "out": out,
            "no-countries": not countries,
        }
        refuse_options(of_files, on_project=True)
        _on_project(project, (corridor_id, width), also or [], (proposal, scenario))
        return
    refuse_options({"also": also, "propose": proposal}, on_project=False)
    if cost is None or out is None:
        raise UsageError(
            "Give --corridor, --cores, --cost, --width and --out, or a project folder."
        )
    if budget is not None and not (math.isfinite(budget) and budget >= 0):
        raise UsageError(f"--budget must be 0 or more, got {budget}.")
    request = WidenRequest(
        drawn_corridors(corridor, cores, core_field, corridor_id, between),
        cost,
        width,
        out,
        tuple(_need(text) for text in need or []),
        tuple(Source.of(text) for text in exclude or []),
        tuple(Source.of(text) for text in free or []),
        budget,
        None if sites is None else Source.of(sites),
        land_types,
        countries,
    )
    _on_files(request)


def _need(text: str) -> tuple[str, float]:
    name, _, metres = text.partition("=")
    try:
        value = float(metres)
    except ValueError:
        value = math.nan
    if not name.strip() or not (math.isfinite(value) and value > 0):
        raise UsageError(f"--need takes a name and a width, such as tiger=2000, not {text!r}.")
    return name.strip(), value


def _on_files(request: WidenRequest) -> None:
    screen = console()

    def work(progress: StepProgress) -> Widened:
        with progress.step("widen") as control:
            return widen_file(request, control)

    done = run_with_bars(screen, {"widen": ("Widening", 1.0)}, work)
    if done.result.refused:
        raise PlannerError(done.result.refused)
    _tell(screen, done.result)
    if done.variants:
        tell(screen, ["", "For less, the best there is:"])
    for variant in done.variants:
        mark = "  <- within the budget" if variant is done.affordable else ""
        tell(
            screen,
            [
                f"  cost {variant.result.cost:,.2f}: {variant.narrowest_m:,.0f} m at its "
                f"narrowest, {variant.shortfall_m2 / 1e6:,.3f} km² of width short; no plan of "
                f"this cost leaves less than {variant.least_shortfall_m2 / 1e6:,.3f}{mark}"
            ],
        )
    if done.variants and done.affordable is None:
        tell(screen, ["  Nothing within the budget joins the cores."])
    tell(screen, written_lines(done.written))


def _tell(screen: Console, result: WideningResult) -> None:
    tell(screen, widening_lines(result))
    screen.print(shares_table(result))
    if result.land_type_title:
        tell(screen, [f"Land: {result.land_type_title}."])
    for site_id, name, km2 in result.sites:
        tell(screen, [f"Touches {name or site_id}: {km2:,.1f} km² inside."])


def _on_project(
    folder: Path, asked: tuple[str, float], also: list[str], proposed: tuple[str, str]
) -> None:
    screen = console()
    corridor_id, width_m = asked
    name, scenario = proposed
    with Project.open(folder, read_only=not name) as project:
        if name and project.read_only:
            raise ReadOnlyProjectError(project.read_only_reason)
        species_id = corridor_species(project, corridor_id)
        result = run_with_bars(
            screen,
            {"widen": ("Widening", 1.0)},
            partial(_widened, project, (species_id, *also), corridor_id, width_m),
        )
        if result.refused:
            raise PlannerError(result.refused)
        _tell(screen, result)
        if name:
            edit = propose(result, scenario, name)
            before = scenario_for(project, scenario)
            project.execute(CommandGroup(edit.label, (*before, edit)))
            tell(screen, [f"Proposed as {name!r} in the scenario {scenario}."])


def _widened(
    project: Project,
    species_ids: tuple[str, ...],
    corridor_id: str,
    width_m: float,
    progress: StepProgress,
) -> WideningResult:
    with progress.step("widen") as control:
        desk = WideningDesk.of(project, species_ids[0], species_ids[1:])
        control.report(0.3)
        return desk.widened(corridor_id, width_m, control)
