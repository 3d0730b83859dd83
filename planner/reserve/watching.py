"""A search that is watched: its trace and its best selection are in the project at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.reserve.solution import NOBODY, Moment, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from algorithms.arrays import BoolArray

HEADER = "seconds,objective,bound,gap\n"
LEAST_PAUSE_S = 0.5
"""Selections that follow one another faster are not all written; the last one always is, at
the next moment told or by `RunWatcher.flush`."""


class RunWatcher:
    """Writes the trace and the incumbent of a run, and passes every moment on.

    Parameters
    ----------
    trace : Path
        File that each moment is added to.
    keep : callable
        Writes a selection down: takes the moment, and the selection.
    outer : Watcher
        Is told as well, and may end the search.
    """

    def __init__(
        self, trace: Path, keep: Callable[[Moment, BoolArray], None], outer: Watcher = NOBODY
    ) -> None:
        self._trace = trace
        self._keep = keep
        self._outer = outer
        self._unwritten: tuple[Moment, BoolArray] | None = None
        self._written_s = -np.inf
        self._last: tuple[float | None, float | None] | None = None
        self._trace.write_text(HEADER, encoding="utf-8")

    def told(self, moment: Moment) -> bool:
        """Write down what is new; end the search where the outer watcher says so."""
        standing = (moment.objective, moment.bound)
        if standing != self._last:
            self._last = standing
            self._add_to_trace(moment)
        if moment.selected is not None:
            self._unwritten = (moment, moment.selected.copy())
        if moment.seconds - self._written_s >= LEAST_PAUSE_S:
            self.flush()
        return self._outer.told(moment)

    def flush(self) -> None:
        """Write the best selection down, where it is not yet."""
        if self._unwritten is None:
            return
        moment, selected = self._unwritten
        self._keep(moment, selected)
        self._unwritten, self._written_s = None, moment.seconds

    def _add_to_trace(self, moment: Moment) -> None:
        values = (moment.seconds, moment.objective, moment.bound, moment.gap)
        line = ",".join(
            "" if value is None or not np.isfinite(value) else f"{value:.9g}"
            for value in values
        )
        with self._trace.open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")
