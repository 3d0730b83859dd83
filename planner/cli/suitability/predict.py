"""``landbridge suitability predict``: the model of a run on other layers of the same names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from planner.cli.step_bars import run_with_bars
from planner.cli.suitability.land import tell_projection
from planner.cli.suitability.options import (
    ClusterOption,
    ProjectOption,
    RunArgument,
    ThreadsOption,
    named_rasters,
    opened,
    run_at,
)
from planner.cli.suitability.summary import tell_results
from planner.report.odmap_texts import share_text
from planner.suitability.context import RunOptions
from planner.suitability.problems import made_part
from planner.suitability.study import Projection, projection_name
from planner.suitability.workflow import announced_stages, extend_run, with_projection
from resources.errors import UsageError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.progress import StepProgress
    from planner.project import Project
    from planner.suitability import RunFolder, SuitabilityResults
    from planner.suitability.study import SuitabilityStudy


def predict(  # noqa: PLR0913 - one parameter per option of the command line
    run: RunArgument,
    more: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LAYER]...", help="More layers, as the shell expands *.tif."),
    ] = None,
    *,
    layers: Annotated[
        list[str] | None,
        typer.Option(
            "--layers",
            metavar="LAYER",
            help="Rasters of the same names, patterns or folders; NAME=FILE for another name.",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the projection is called.")
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What it stands for.")] = "",
    own_grid: Annotated[
        bool,
        typer.Option(
            "--own-grid", help="Predict on the grid of these layers, as for another area."
        ),
    ] = False,
    project: ProjectOption = None,
    threads: ThreadsOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Predict with the model of a run on other layers: a future climate, a restored landscape.

    Layers that are not given stay as they are. The map of similarity is always written beside,
    and the share of the area that is extrapolated is told. Without --layers the maps of today
    are made again where they are missing.

    For example:

    - landbridge suitability predict run --layers climate2070/*.tif --name climate-2070
    """
    console = Console(highlight=False)
    folder = run_at(run, project)
    study = folder.study()
    words = [*(layers or ()), *(more or ())]
    if words and not name.strip():
        raise UsageError("Give the projection a name with --name, such as --name climate-2070.")
    projection = None
    if words:
        called = " ".join(name.split())
        file_name = projection_name(called, study.projections)
        projection = made_part(
            Projection,
            {
                "name": file_name,
                "title": called if called != file_name else "",
                "layers": _by_name(console, study, words),
                "grid": "own" if own_grid else "study",
                "note": note,
            },
            "The projection",
        )
        if projection.title:
            console.print(
                f"Files of {escape(called)} are named {projection.name}.", soft_wrap=True
            )
        same = [item.name for item in study.covariates if item.name not in projection.layers]
        if same:
            console.print(
                f"Layers that stay as they are: {', '.join(map(escape, same))}.", soft_wrap=True
            )
    changed = with_projection(study, projection)
    options = RunOptions(threads, cluster)
    if project is None:
        run_with_bars(
            console,
            announced_stages(changed),
            partial(_extended, folder, changed, options, None),
        )
    else:
        with opened(project, writing=True) as found:
            run_with_bars(
                console,
                announced_stages(changed),
                partial(_extended, folder, changed, options, found),
            )
    for maps in folder.results().maps:
        if projection is None or maps.name == projection.name:
            share = share_text(maps.extrapolated_share)
            console.print(f"{escape(maps.shown)}: {share}", soft_wrap=True)
    results = folder.results()
    asked = [maps for maps in results.maps if projection and maps.name == projection.name]
    for maps in asked:
        tell_projection(console, folder, results, maps)
    if not asked:
        tell_results(console, folder)


def _extended(
    folder: RunFolder,
    study: SuitabilityStudy,
    options: RunOptions,
    project: Project | None,
    progress: StepProgress,
) -> SuitabilityResults:
    return extend_run(folder, study, progress, options, project)


def _by_name(console: Console, study: SuitabilityStudy, words: Sequence[str]) -> dict[str, str]:
    """Return the layers that words give, by the name of the study's layer."""
    known = [layer.name for layer in study.covariates]
    found, told = named_rasters(words)
    for note in told:
        console.print(escape(note), soft_wrap=True)
    for name, path in found.items():
        if name not in known:
            raise UsageError(
                f"{path} is no layer of the study: its layers are {', '.join(known)}. "
                f"{nearest_names_hint(name, known)} Name it NAME={path}, or leave it out."
            )
    return {name: path.absolute().as_posix() for name, path in found.items()}
