"""``landbridge doctor``: what was found, what is missing, and how to mend it."""

from __future__ import annotations

import typer
from rich.console import Console

from planner.doctor import Finding, examine

_MARKS = {
    "ok": "[green]ok[/]       ",
    "warning": "[yellow]limited[/]  ",
    "missing": "[red]missing[/]  ",
}
_INDENT = " " * 9


def doctor() -> None:
    """Tell what this machine has and what is missing, with the command that mends it.

    Ends with status 1 where something is missing.
    """
    console = Console(highlight=False)
    findings = examine()
    for finding in findings:
        _show(console, finding)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)


def _show(console: Console, finding: Finding) -> None:
    console.print(f"{_MARKS[finding.state]}[bold]{finding.subject}[/]")
    console.print(_INDENT + finding.detail, markup=False, soft_wrap=True)
    if finding.remedy:
        console.print(f"{_INDENT}mend: {finding.remedy}", markup=False, soft_wrap=True)
