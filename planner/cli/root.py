"""The root of the command line: mounts the verbs and turns errors into one paragraph."""

from __future__ import annotations

from importlib.metadata import entry_points, version
from typing import Annotated

import typer
from pydantic import ValidationError

from planner.cli.lazy import LazyGroup
from planner.suitability.problems import told_problems
from resources.errors import PlannerError, UsageError

STATUS_FAILURE = 1
STATUS_USAGE = 2


class _Verbs(LazyGroup):
    """The verbs of the program; each is imported when it is used."""

    modules = {
        name: f"planner.cli.{name}"
        for name in (
            "plan",
            "sites",
            "suitability",
            "corridors",
            "width",
            "widen",
            "circuit",
            "network",
            "flyway",
            "propose",
            "ledger",
            "portfolio",
            "reserve",
            "tidy",
            "doctor",
            "sources",
        )
    }


app = typer.Typer(
    name="landbridge",
    cls=_Verbs,
    help="Plan transboundary conservation in North-East Asia: habitat, corridors, "
    "protected-area proposals, and maps for the table.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("app", context_settings={"ignore_unknown_options": True})
def open_window(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PROJECT", help="A project folder; without one the window asks."
        ),
    ] = None,
) -> None:
    """Open the desktop window, on a project or for a region.

    **landbridge app PROJECT** opens the project in that folder.

    **landbridge app --region ID** opens the project of a region, and makes it where there is
    none; **landbridge plan --list** names the regions. With **--out DIR** the project's folder
    is looked for and made in DIR; without it, in the folder "out" of landbridge plan where you
    have one here, and else in Landbridge among your documents.
    """
    found = entry_points(group="landbridge.desktop", name="window")
    if not found:
        raise PlannerError(
            "The desktop window is not part of this installation. Install the package again "
            "with pip, so that its entry points are registered."
        )
    try:
        run = next(iter(found)).load()
    except ImportError as error:
        raise PlannerError(
            f"The window cannot start: {error}. A system library that Qt needs may be missing; "
            "make setup installs them on Debian and Ubuntu, pip installs PyQt6 itself."
        ) from error
    raise typer.Exit(run(list(arguments or [])))


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"landbridge {version('landbridge')}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print it and end."
        ),
    ] = False,
) -> None:
    """Mount the options that stand before the verb."""


def run(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        Words after the program's name; those of the process where not given.

    Returns
    -------
    int
        Status to end with: 0 done, 1 failure, 2 usage, 130 interrupted.

    Raises
    ------
    KeyboardInterrupt
        Something was asked, and Ctrl-C was the answer.
    """
    try:
        status = app(arguments, prog_name="landbridge", standalone_mode=False)
    except typer.Abort as ended:  # Ctrl-C where something was asked
        raise KeyboardInterrupt from ended
    except typer.TyperException as error:
        _tell_usage(error.format_message())
        return error.exit_code
    except UsageError as error:
        typer.echo(f"landbridge: {error}", err=True)
        return STATUS_USAGE
    except PlannerError as error:
        typer.echo(f"landbridge: {error}", err=True)
        return STATUS_FAILURE
    except ValidationError as error:  # a value of an option that only the settings refuse
        typer.echo(f"landbridge: This cannot be used: {told_problems(error)}", err=True)
        return STATUS_USAGE
    return status if isinstance(status, int) else 0


def _tell_usage(message: str) -> None:
    """Tell what was wrong with the words; where none were given, the help has been shown."""
    if message:
        sentence = message if message.endswith((".", "?")) else f"{message}."
        typer.echo(
            f"landbridge: {sentence} See landbridge --help, or --help after the verb.", err=True
        )
