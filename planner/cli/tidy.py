"""``landbridge tidy``: makes a project smaller by giving up the way back before a day."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer
from rich.console import Console

from layers.control import NULL_CONTROL
from planner.errors import ReadOnlyProjectError
from planner.project import Project
from planner.tidying import Tidying, days_ago, survey, tidy_up
from resources.errors import UsageError

USUAL_DAYS = 30
MOST_DAYS = 36_500
"""A hundred years; no calendar reaches back by any number."""


def tidy(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A project folder.")],
    *,
    days: Annotated[
        int,
        typer.Option(
            "--keep",
            metavar="DAYS",
            help="Edits of so many days can still be undone.",
            min=0,
            max=MOST_DAYS,
        ),
    ] = USUAL_DAYS,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Do it without asking; without it, you are asked."),
    ] = False,
) -> None:
    """Make a project smaller: give up the way back before a day, and what only that needed.

    What is on the map stays, and so does the history of who did what and when. Files of layers
    that were removed and of attachments that were taken off are deleted where no undo could
    bring them back.

    For example:

    - landbridge tidy out/tiger-leopard.landbridge

    - landbridge tidy out/tiger-leopard.landbridge --keep 0 --yes
    """
    console = Console(highlight=False)
    with Project.open(project) as opened:
        if opened.read_only:
            raise ReadOnlyProjectError(opened.read_only_reason)
        found = survey(opened, days_ago(days))
        if not found.is_worthwhile:
            console.print("There is nothing to tidy up.")
            return
        _tell(console, found)
        if not yes and not _agreed():
            console.print("Nothing was changed.")
            return
        done = tidy_up(opened, found.before, NULL_CONTROL)
    console.print(f"{_megabytes(done.freed_bytes)} were freed.")


def _agreed() -> bool:
    """Ask, and tell what to do where nobody is there to answer."""
    try:
        return typer.confirm("Tidy up?", default=False)
    except typer.Abort:
        raise UsageError(
            "Nobody answered, so nothing was changed. --yes tidies up without asking."
        ) from None


def _tell(console: Console, found: Tidying) -> None:
    console.print(f"Edits that can then no longer be undone: {found.steps}")
    console.print(f"Removed layers that cannot be brought back: {len(found.layers)}")
    console.print(f"Files that are deleted: {len(found.files)}")
    for path in found.files:
        console.print(f"  {path}", markup=False, soft_wrap=True)
    console.print(f"About {_megabytes(found.freed_bytes)} are freed.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
