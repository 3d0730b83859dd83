"""A search for planning units at the terminal: best, bound and gap, and an end by Ctrl-C."""

from __future__ import annotations

import math
import signal
import time
from typing import TYPE_CHECKING, Self

from rich.live import Live
from rich.text import Text

if TYPE_CHECKING:
    from types import FrameType

    from rich.console import Console, RenderableType

    from algorithms.reserve.solution import Moment, Solution

_LINE_EVERY_S = 1.0
_SIGN_OF_LIFE_S = 20.0


class SearchLine:
    """Shows where a search stands, and lets Ctrl-C end it.

    It is the watcher and the control of the search. After the first Ctrl-C the search ends and
    its best selection is kept; after a second one `KeyboardInterrupt` is raised. At a terminal
    one line is kept up to date; where there is none, better selections are told, a line each
    and at most one a second.

    Parameters
    ----------
    console : Console
        Where to show it.
    unit : str
        Unit of the objective, for people; may be empty.
    """

    def __init__(self, console: Console, unit: str = "") -> None:
        self._console = console
        self._unit = unit
        self._start = time.monotonic()
        self._presses = 0
        self._moment: Moment | None = None
        self._printed_at = -_SIGN_OF_LIFE_S
        self._printed: str = ""
        self._live = Live(
            get_renderable=self._render, console=console, refresh_per_second=4, transient=True
        )

    @property
    def stopped(self) -> bool:
        """Whether Ctrl-C ended the search."""
        return self._presses > 0

    @property
    def _redraws(self) -> bool:
        """Whether a line can be drawn over: in a file, and on some terminals, it cannot."""
        return self._console.is_terminal and not self._console.is_dumb_terminal

    def __enter__(self) -> Self:
        self._start = time.monotonic()
        self._before = signal.signal(signal.SIGINT, self._on_pressed)
        if self._redraws:
            self._live.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._redraws:
            self._live.stop()
        signal.signal(signal.SIGINT, self._before)

    def told(self, moment: Moment) -> bool:
        """Take note of where the search stands.

        Parameters
        ----------
        moment : Moment
            As the search tells it.

        Returns
        -------
        bool
            False once Ctrl-C was pressed.
        """
        better = moment.selected is not None
        self._moment = moment
        if not self._redraws:
            since = time.monotonic() - self._printed_at
            if (better and since >= _LINE_EVERY_S) or since >= _SIGN_OF_LIFE_S:
                self._print()
        return not self.stopped

    def solved(self, name: str, solution: Solution) -> None:
        """Take note of a finished search among several: it is told on a line of its own.

        Parameters
        ----------
        name : str
            Which one it is.
        solution : Solution
            What it found.
        """
        self._moment = None
        words = f"{name}: {solution.objective:,.6g}, gap {told_gap(solution.gap)}"
        self._console.print(Text(words), soft_wrap=True)

    def report(self, fraction: float) -> None:  # noqa: ARG002 - what a control is told
        """End the search at once where Ctrl-C was pressed twice.

        Raises
        ------
        KeyboardInterrupt
            It was.
        """
        if self._presses > 1:
            raise KeyboardInterrupt

    def _print(self) -> None:
        line = self._words()
        if line != self._printed:
            self._printed, self._printed_at = line, time.monotonic()
            self._console.print(Text(line), soft_wrap=True)

    def _words(self) -> str:
        seconds = f"{time.monotonic() - self._start:,.0f} s"
        if self._moment is None:
            return f"{seconds}   searching"
        return f"{seconds}   {told_moment(self._moment, self._unit)}"

    def _render(self) -> RenderableType:
        line = Text(self._words())
        hint = "   Ctrl-C: stop and keep the best"
        if self.stopped:
            hint = "   stopping; Ctrl-C again ends without a result"
        line.append(hint, style="dim")
        line.no_wrap = True
        line.overflow = "ellipsis"
        return line

    def _on_pressed(self, _number: int, _frame: FrameType | None) -> None:
        self._presses += 1


def told_moment(moment: Moment, unit: str = "") -> str:
    """Write where a search stands: ``best 1,978.91   bound 1,950.2   gap 1.45 %``."""
    after = f" {unit}" if unit else ""
    best = "none yet" if moment.objective is None else f"{moment.objective:,.6g}{after}"
    bound = "none yet" if moment.bound is None else f"{moment.bound:,.6g}"
    gap = "unknown" if moment.gap is None else told_gap(moment.gap)
    return f"best {best}   bound {bound}   gap {gap}"


def told_gap(gap: float) -> str:
    """Write a gap in percent, without calling a small one none or an unknown one large."""
    percent = 100.0 * gap
    if not math.isfinite(percent):
        return "unknown"
    if percent == 0.0:
        return "0 %"
    return f"{percent:.2f} %" if percent >= 0.01 else "below 0.01 %"
