"""``landbridge plan``: the main job from the command line."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
)
from rich.text import Text
from typing_extensions import override

from planner.pipeline.plan import (
    DEFAULT_SEED,
    PlanRequest,
    PlanResult,
    announced_steps,
    make_plan,
)
from planner.profiles import DEFAULT_REGION, load_region, load_species, region_ids, species_ids
from planner.progress import StepProgress, StepStatus
from planner.workspace import project_folder
from resources.errors import PlannerError

if TYPE_CHECKING:
    from types import FrameType

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


class _TimeLeft(ProgressColumn):
    """Seconds a step took, or has left."""

    @override
    def render(self, task: Task) -> Text:
        return Text(str(task.fields.get("time", "")), style="dim")


def _run(console: Console, request: PlanRequest) -> PlanResult:
    steps = announced_steps(request)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        _TimeLeft(),
        console=console,
        disable=not console.is_terminal,
    )
    tasks: dict[str, TaskID] = {}

    def on_changed(status: StepStatus) -> None:
        label, _ = steps[status.name]
        if status.name not in tasks:
            tasks[status.name] = bars.add_task(label, total=1.0, time="")
        bars.update(tasks[status.name], completed=status.fraction, time=_time(status))
        if not console.is_terminal and status.state in {"done", "reused", "failed"}:
            console.print(f"{label}: {status.state} {_time(status)}".rstrip())

    weights = {name: weight for name, (_, weight) in steps.items()}
    with _CtrlC() as ctrl_c, bars:
        return make_plan(request, StepProgress(weights, control=ctrl_c, on_changed=on_changed))


class _CtrlC:
    """Remembers that Ctrl-C was pressed, until the work next tells how far it is.

    The exception that Ctrl-C raises is lost where it falls into a callback of a library that
    is written in C; then the next report raises it again.
    """

    def __init__(self) -> None:
        self._pressed = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._on_pressed)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def report(self, fraction: float) -> None:  # noqa: ARG002 - what a control is told
        """End the work where Ctrl-C was pressed."""
        if self._pressed:
            raise KeyboardInterrupt

    def _on_pressed(self, _number: int, _frame: FrameType | None) -> None:
        self._pressed = True
        raise KeyboardInterrupt


def _time(status: StepStatus) -> str:
    if status.state == "reused":
        return "unchanged"
    if status.state == "done":
        return f"{status.seconds:.1f} s"
    if status.state == "running" and status.seconds_left is not None:
        return f"{status.seconds_left:.0f} s left"
    return ""


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
