"""``landbridge suitability choose``: which run is the suitability of a species, and why."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - the command line reads the annotations
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.cli.suitability.options import opened
from planner.suitability import choose_run, chosen_run, forget_choice, list_runs
from planner.suitability.project_runs import damaged_runs
from resources.errors import UsageError


def choose(
    project: Annotated[
        Path, typer.Option("--project", "-p", metavar="FOLDER", help="The project.")
    ],
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="Name of the run; without one, list them.")
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why this run is the one.")
    ] = "",
    species: Annotated[
        str, typer.Option("--species", "-s", metavar="ID", help="Only runs of this species.")
    ] = "",
    forget: Annotated[
        bool, typer.Option("--forget", help="Use the default model of --species again.")
    ] = False,
) -> None:
    """Make a run the suitability of its species in a project; the plan then builds on it.

    The choice is kept with its reason and can be undone. Without RUN the runs are listed.

    For example:

    - landbridge suitability choose --project x.landbridge

    - landbridge suitability choose 3f2a --project x.landbridge --reason "holds over the border"
    """
    console = Console(highlight=False)
    if forget:
        if not species:
            raise UsageError("Name the species whose choice is to be forgotten with --species.")
        with opened(project, writing=True) as found:
            forget_choice(found, species)
        console.print(f"The default model is the suitability of {escape(species)}.")
        return
    if run:
        with opened(project, writing=True) as found:
            choice = choose_run(found, run, reason)
        console.print(f"Chosen: {choice.run_id}. {escape(choice.reason)}", soft_wrap=True)
        for warning in choice.warnings:
            console.print(f"Mind: {escape(warning)}", style="yellow", soft_wrap=True)
        return
    with opened(project, writing=False) as found:
        runs = list_runs(found, species or None)
        table = Table(show_edge=False, pad_edge=False)
        for header in ("run", "species", "model", "started", "state", "title"):
            table.add_column(header, overflow="fold")
        for item in runs:
            chosen = chosen_run(found, item.species)
            state = "finished" if item.finished else "broken off"
            if item.chosen and chosen is not None:
                state = f"chosen: {chosen.reason}"
            table.add_row(
                item.run_id,
                escape(item.species),
                item.model,
                item.started,
                escape(state),
                escape(item.title),
            )
        damaged = damaged_runs(found)
    if runs or not damaged:
        console.print(table if runs else "The project has no runs yet.")
    for name, problem in damaged.items():
        console.print(f"Damaged: {escape(name)}. {escape(problem)}", soft_wrap=True)
