"""``landbridge circuit``: circuit theory from the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path  # noqa: TC003 - the command line reads the annotations
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from planner.circuit.cases import STEPS, CircuitRequest, run_case
from planner.circuit.ini import read_ini
from planner.cli.circuit_runs import look_at_project, run_omniscape
from planner.cli.step_bars import run_with_bars
from planner.omnidirectional.options import is_omniscape
from resources.errors import UsageError

_MOST_SHOWN = 8


def circuit(
    case: Annotated[
        Path,
        typer.Argument(
            metavar="CASE.ini|PROJECT",
            help="A case of Circuitscape, 4 or 5, or of Omniscape; or a project folder.",
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            help="Folder for the results. [that of output_file]",
        ),
    ] = None,
    memory: Annotated[
        float | None,
        typer.Option(
            metavar="GB", help="Memory that may be taken. [most of what is free]", min=0.01
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with a run that was interrupted or killed."),
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Scheduler of a dask cluster, for Omniscape cases."
        ),
    ] = None,
    species: Annotated[
        list[str] | None,
        typer.Option(
            "--species", "-s", metavar="ID", help="Species of the project. [all that walk]"
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

    On a project, pinch points and barriers of its corridors are found: rasters for the map,
    and the places that count most.

    For example:

    - landbridge circuit input/raster/pairwise/1/sgVerify1.ini

    - landbridge circuit case.ini --out results --memory 8

    - landbridge circuit omniscape.ini --cluster tcp://host:8786 --resume

    - landbridge circuit out/tiger-leopard.landbridge --species amur-tiger
    """
    console = Console(highlight=False)
    if case.is_dir():
        if any((out, memory, resume, cluster)):
            raise UsageError("On a project only --species can be given.")
        look_at_project(console, case, species or [])
        return
    if species:
        raise UsageError("--species goes with a project folder, not with a case.")
    if not case.exists():
        raise UsageError(
            f"{case} cannot be read: there is no such file or folder. Give the .ini file of a "
            "case, or a project folder."
        )
    if is_omniscape(read_ini(case)):
        run_omniscape(console, case, out=out, memory_gb=memory, resume=resume, cluster=cluster)
        return
    if cluster:
        raise UsageError("--cluster goes with Omniscape cases; this one is of Circuitscape.")
    request = CircuitRequest.of(case, out=out, memory_gb=memory, resume=resume)
    _tell_files(console, request)
    tell = partial(_tell, console)
    written = run_with_bars(console, STEPS, lambda progress: run_case(request, progress, tell))
    console.print(f"\nWritten to {escape(str(request.places.folder))}:", soft_wrap=True)
    for path in written[: -_MOST_SHOWN - 1 : -1]:  # what sums up the others comes first
        console.print(f"  {escape(path.name)}", soft_wrap=True)
    if len(written) > _MOST_SHOWN:
        console.print(f"  and {len(written) - _MOST_SHOWN:,} more")


def _tell(console: Console, sentence: str) -> None:
    console.print(escape(sentence), soft_wrap=True)


def _tell_files(console: Console, request: CircuitRequest) -> None:
    options = request.options
    console.print(
        f"[bold]{escape(str(request.case))}[/]: {options.data_type}, {options.scenario}"
    )
    for key, path in request.places.inputs.items():
        console.print(f"  {key:<22} {escape(str(path))}", soft_wrap=True)
