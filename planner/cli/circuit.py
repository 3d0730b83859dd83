"""``landbridge circuit``: circuit theory from the command line."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path  # noqa: TC003 - the command line reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from planner.circuit.cases import STEPS, CircuitRequest, run_case
from planner.circuit.ini import read_ini
from planner.cli.corridor_options import (
    FILES,
    PROJECT,
    BetweenOption,
    CoreFieldOption,
    CoresOption,
    CorridorOption,
    CountriesOption,
    drawn_corridors,
    refuse_with,
)
from planner.cli.corridor_tables import console
from planner.cli.step_bars import run_with_bars
from planner.omnidirectional.options import is_omniscape
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from planner.corridors.drawn import DrawnCorridors
    from planner.corridors.pinched import PinchRequest

CASE = "On a case"
_MOST_SHOWN = 8
Given = dict[str, object]


def circuit(  # noqa: PLR0913 - one parameter per option of the command line
    case: Annotated[
        Path | None,
        typer.Argument(
            metavar="[CASE.ini|PROJECT]",
            help="A case of Circuitscape, 4 or 5, or of Omniscape; or a project folder; or "
            "nothing, with files.",
        ),
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            help="Folder for the results. [for a case that of output_file]",
        ),
    ] = None,
    memory: Annotated[
        float | None,
        typer.Option(
            metavar="GB",
            help="Memory that may be taken. [most of what is free]",
            min=0.01,
            rich_help_panel=CASE,
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a run that was interrupted or killed.",
            rich_help_panel=CASE,
        ),
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Scheduler of a dask cluster, for Omniscape cases.",
            rich_help_panel=CASE,
        ),
    ] = None,
    resistance: Annotated[
        Path | None,
        typer.Option(
            metavar="TIF",
            help="Resistance, above 0; NoData is a barrier. Gives the grid.",
            rich_help_panel=FILES,
        ),
    ] = None,
    corridor: CorridorOption = None,
    cores: CoresOption = None,
    core_field: CoreFieldOption = "",
    corridor_id: Annotated[
        str,
        typer.Option(
            metavar="ID", help="The corridor that is meant. [all]", rich_help_panel=FILES
        ),
    ] = "",
    between: BetweenOption = "",
    radius: Annotated[
        list[float] | None,
        typer.Option(
            metavar="M",
            help="Radius of the discs whose restoration is tried; repeatable. "
            "[1, 2 and 4 cells]",
            rich_help_panel=FILES,
        ),
    ] = None,
    countries: CountriesOption = True,
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
) -> None:
    """Compute resistance, current and voltage by circuit theory.

    The .ini file of a Circuitscape case runs unchanged, and its results are written under
    Circuitscape's names. Relative paths are looked up in the current folder, then beside the
    case and above it. Pairs are written as they are solved; after Ctrl-C or a kill, --resume
    goes on with the rest.

    The .ini file of an Omniscape case (radius, resistance_file) gives omnidirectional current,
    tile by tile on the cores or, with --cluster, on a dask cluster; --resume goes on with the
    tiles that are not finished.

    On files, the pinch points of each corridor are found, where the current between its two
    cores must pass few cells, and its barriers, where restoring land would shorten the
    least-cost distance most. Written are the currents and the savings as GeoTIFF, and the
    places, ranked, as GeoPackage and tables. A corridor that does not join its cores is told
    with the reason.

    On a project, the same is found for its corridors: rasters for the map, and the places that
    count most.

    For example:

    - landbridge circuit input/raster/pairwise/1/sgVerify1.ini

    - landbridge circuit case.ini --out results --memory 8

    - landbridge circuit omniscape.ini --cluster tcp://host:8786 --resume

    - landbridge circuit --resistance resistance.tif --corridor found/corridors.gpkg
    --cores found/corridors.gpkg --radius 500 --radius 1000 --out pinched

    - landbridge circuit out/tiger-leopard.landbridge --species amur-tiger
    """
    screen = console()
    of_case: Given = {"memory": memory, "resume": resume, "cluster": cluster}
    of_files: Given = {
        "resistance": resistance,
        "corridor": corridor,
        "cores": cores,
        "core-field": core_field,
        "corridor-id": corridor_id,
        "between": between,
        "radius": radius,
        "no-countries": not countries,
    }
    of_project: Given = {"species": species}
    if case is None:
        # Imported where they are used: the models of habitat that come along take a second.
        from planner.cli.circuit_runs import look_at_files  # noqa: PLC0415 - see above

        refuse_with("files", {"a case": of_case, "a project folder": of_project})
        drawn = partial(drawn_corridors, corridor, cores, core_field, corridor_id, between)
        look_at_files(screen, _pinch_request(resistance, drawn, out, radius, countries))
    elif case.is_dir():
        from planner.cli.circuit_runs import look_at_project  # noqa: PLC0415 - see above

        refuse_with("a project", {"a case": of_case, "files": {"out": out, **of_files}})
        look_at_project(screen, case, species or [])
    else:
        refuse_with("a case", {"files": of_files, "a project folder": of_project})
        _run_case(screen, case, out, memory, cluster, resume=resume)


def _pinch_request(
    resistance: Path | None,
    drawn: Callable[[], DrawnCorridors],
    out: Path | None,
    radii_m: Sequence[float] | None,
    countries: bool,
) -> PinchRequest:
    if resistance is None or out is None:
        raise UsageError(
            "Give the .ini file of a case, a project folder, or --resistance, --corridor, "
            "--cores and --out."
        )
    for radius_m in radii_m or ():
        if not (math.isfinite(radius_m) and radius_m > 0):
            raise UsageError(f"--radius must be above 0 m, got {radius_m}.")
    from planner.corridors.pinched import PinchRequest  # noqa: PLC0415 - as in circuit

    return PinchRequest(resistance, drawn(), out, tuple(radii_m or ()), countries)


def _run_case(
    screen: Console,
    case: Path,
    out: Path | None,
    memory: float | None,
    cluster: str | None,
    *,
    resume: bool,
) -> None:
    if not case.exists():
        raise UsageError(
            f"{case} cannot be read: there is no such file or folder. Give the .ini file of a "
            "case, or a project folder."
        )
    if is_omniscape(read_ini(case)):
        from planner.cli.circuit_runs import run_omniscape  # noqa: PLC0415 - as in circuit

        run_omniscape(screen, case, out=out, memory_gb=memory, resume=resume, cluster=cluster)
        return
    if cluster:
        raise UsageError("--cluster goes with Omniscape cases; this one is of Circuitscape.")
    request = CircuitRequest.of(case, out=out, memory_gb=memory, resume=resume)
    _tell_files(screen, request)
    tell = partial(_tell, screen)
    written = run_with_bars(screen, STEPS, lambda progress: run_case(request, progress, tell))
    screen.print(f"\nWritten to {escape(str(request.places.folder))}:", soft_wrap=True)
    for path in written[: -_MOST_SHOWN - 1 : -1]:  # what sums up the others comes first
        screen.print(f"  {escape(path.name)}", soft_wrap=True)
    if len(written) > _MOST_SHOWN:
        screen.print(f"  and {len(written) - _MOST_SHOWN:,} more")


def _tell(screen: Console, sentence: str) -> None:
    screen.print(escape(sentence), soft_wrap=True)


def _tell_files(screen: Console, request: CircuitRequest) -> None:
    options = request.options
    screen.print(
        f"[bold]{escape(str(request.case))}[/]: {options.data_type}, {options.scenario}"
    )
    for key, path in request.places.inputs.items():
        screen.print(f"  {key:<22} {escape(str(path))}", soft_wrap=True)
