"""Work in steps at the terminal: a bar for each with the time left, and an end by Ctrl-C."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Self, TypeVar

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

from planner.progress import StepProgress, StepStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType

    from rich.console import Console

ResultT = TypeVar("ResultT")


def run_with_bars(
    console: Console,
    steps: Mapping[str, tuple[str, float]],
    work: Callable[[StepProgress], ResultT],
) -> ResultT:
    """Do work in steps, showing how far each is; where no terminal is, a line for each.

    Parameters
    ----------
    console : Console
        Where to show it.
    steps : mapping
        Name of each step to its label and expected share of the time.
    work : callable
        Does it; told the progress, which raises `KeyboardInterrupt` after Ctrl-C.
    """
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
        bars.update(tasks[status.name], completed=status.fraction, time=told_time(status))
        if not console.is_terminal and status.state in {
            "done",
            "reused",
            "failed",
            "interrupted",
        }:
            console.print(f"{label}: {status.state} {told_time(status)}".rstrip())

    weights = {name: weight for name, (_, weight) in steps.items()}
    with CtrlC() as ctrl_c, bars:
        return work(StepProgress(weights, control=ctrl_c, on_changed=on_changed))


class CtrlC:
    """Remembers that Ctrl-C was pressed, until the work next tells how far it is.

    The exception that Ctrl-C raises is lost where it falls into a callback of a library that
    is written in C; then the next report raises it again, and nothing is printed of the loss.
    Compiled loops turn it into a `SystemError`, which is turned back when the work ends.
    """

    def __init__(self) -> None:
        self._pressed = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._on_pressed)
        self._told_before = sys.unraisablehook
        sys.unraisablehook = self._on_lost
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        signal.signal(signal.SIGINT, self._before)
        sys.unraisablehook = self._told_before
        if self._pressed and isinstance(error, SystemError):
            raise KeyboardInterrupt from error

    def report(self, fraction: float) -> None:  # noqa: ARG002 - what a control is told
        """End the work where Ctrl-C was pressed."""
        if self._pressed:
            raise KeyboardInterrupt

    def _on_pressed(self, _number: int, _frame: FrameType | None) -> None:
        self._pressed = True
        raise KeyboardInterrupt

    def _on_lost(self, lost: sys.UnraisableHookArgs) -> None:
        if not (self._pressed and isinstance(lost.exc_value, KeyboardInterrupt)):
            self._told_before(lost)


class _TimeLeft(ProgressColumn):
    """Seconds a step took, or has left."""

    @override
    def render(self, task: Task) -> Text:
        return Text(str(task.fields.get("time", "")), style="dim")


def told_time(status: StepStatus) -> str:
    """Write how long a step took or has left; empty where that is not known."""
    if status.state == "reused":
        return "unchanged"
    if status.state == "done":
        return f"{status.seconds:.1f} s"
    if status.state == "running" and status.seconds_left is not None:
        return f"{status.seconds_left:.0f} s left"
    return ""
