"""``landbridge width``: how wide corridors are, on files or on a project."""

from __future__ import annotations

import math
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
    CountriesOption,
    GridOption,
    OutOption,
    ProjectArgument,
    drawn_corridors,
    refuse_options,
)
from planner.cli.corridor_tables import console, tell, widths_table, written_lines
from planner.cli.step_bars import run_with_bars
from planner.corridors.measured import WidthRequest, Widths, measure
from planner.corridors.project_tables import stored_species, width_rows
from planner.profiles import load_species
from planner.project import Project
from resources.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from planner.progress import StepProgress


def width(  # noqa: PLR0913 - one parameter per option of the command line
    project: ProjectArgument = None,
    *,
    corridor_id: CorridorIdOption = "",
    corridor: CorridorOption = None,
    cores: CoresOption = None,
    core_field: CoreFieldOption = "",
    between: BetweenOption = "",
    needed: Annotated[
        float | None,
        typer.Option(
            metavar="M", help="Width below which it is too narrow.", rich_help_panel=FILES
        ),
    ] = None,
    grid: GridOption = None,
    cell_size: Annotated[
        float | None,
        typer.Option(
            metavar="M",
            help="Side of a cell, where all is shapes. [a tenth of --needed]",
            rich_help_panel=FILES,
        ),
    ] = None,
    out: OutOption = None,
    countries: CountriesOption = True,
    species: Annotated[
        list[str] | None,
        typer.Option(
            "--species",
            "-s",
            metavar="ID",
            help="Species of the project; repeatable. [all]",
            rich_help_panel=PROJECT,
        ),
    ] = None,
) -> None:
    """Measure how wide corridors are, and where they are too narrow.

    Told are the width of the widest way at its narrowest, that of all ways together at the
    weakest place, the mean, and the stretches below the width needed, the worst first, with
    the country each lies in. Widths are true to a cell. Written are a GeoPackage with the
    middle lines, the profile, the bottlenecks and the throat, and tables.

    For example:

    - landbridge width --corridor found/corridors.gpkg --cores found/corridors.gpkg
    --grid found/mosaic.tif --needed 5000 --out widths

    - landbridge width --corridor swath.geojson --cores reserves.gpkg --needed 2000 --out widths

    - landbridge width out/tiger-leopard.landbridge --species amur-tiger
    """
    if project is not None:
        if corridor is not None or cores is not None:
            raise UsageError("Give a project or files, not both.")
        of_files = {
            "core-field": core_field,
            "between": between,
            "needed": needed,
            "grid": grid,
            "cell-size": cell_size,
            "out": out,
            "no-countries": not countries,
        }
        refuse_options(of_files, on_project=True)
        _on_project(project, species or [], corridor_id)
        return
    refuse_options({"species": species}, on_project=False)
    if needed is None or out is None:
        raise UsageError("Give --corridor, --cores, --needed and --out, or a project folder.")
    for name, value in (("needed", needed), ("cell-size", cell_size)):
        if value is not None and not (math.isfinite(value) and value > 0):
            raise UsageError(f"--{name} must be above 0 m, got {value}.")
    request = WidthRequest(
        drawn_corridors(corridor, cores, core_field, corridor_id, between),
        needed,
        out,
        grid,
        cell_size,
        countries,
    )
    _on_files(request)


def _on_files(request: WidthRequest) -> None:
    screen = console()

    def work(progress: StepProgress) -> Widths:
        with progress.step("measure") as control:
            return measure(request, control)

    found = run_with_bars(screen, {"measure": ("Widths", 1.0)}, work)
    rows = [{**row, "narrow": _narrow(row)} for row in found.corridors if not row.get("reason")]
    if rows:
        screen.print(widths_table(rows))
    tell(
        screen,
        [
            f"{row['corridor_id']}: {row['reason']}."
            for row in found.corridors
            if row.get("reason")
        ],
    )
    for row in found.bottlenecks:
        where = f" in {row['country']}" if row["country"] else ""
        sure = "" if row["certain"] else ", within one cell"
        tell(
            screen,
            [
                f"  {row['corridor_id']}, {row['rank']}: {row['width_m']:,.0f} m wide for "
                f"{row['length_m']:,.0f} m{where}, {row['shortfall_m']:,.0f} m short{sure}"
            ],
        )
    tell(screen, [f"Widths are true to a cell of {found.cell_m:,.0f} m."])
    tell(screen, written_lines(found.written))


def _narrow(row: dict[str, object]) -> str:
    if not row.get("bottlenecks"):
        return "nowhere"
    by_country = row["narrow_km_by_country"]
    parts = by_country.items() if isinstance(by_country, dict) else ()
    told = ", ".join(f"{iso3} {km:,.1f}" for iso3, km in parts if iso3)
    return f"{row['narrow_km']:,.1f} km" + (f" ({told})" if told else "")


def _on_project(folder: Path, species_ids: list[str], corridor_id: str) -> None:
    screen = console()
    with Project.open(folder, read_only=True) as project:
        for species_id in stored_species(project, species_ids, corridor_id):
            rows = width_rows(project, species_id, corridor_id)
            screen.print(f"\n[bold]{load_species(species_id).names.en}[/]")
            screen.print(widths_table([row for row in rows if row["throat_m"] is not None]))
            for row in rows:
                if row["remark"]:
                    tell(screen, [f"{row['corridor_id']}: {row['remark']}"])
