"""A search as the window follows it: what it has told so far, and the wish that it stops."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ui.reserve.trace_plot import Step

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_MOST_STEPS = 2000
"""Steps that are kept; from then on every other earlier one is let go."""


class Told(Protocol):
    """What a search tells of a moment; as `algorithms.reserve.solution.Moment`."""

    @property
    def seconds(self) -> float:
        """Seconds since it began."""

    @property
    def objective(self) -> float | None:
        """Value of the best selection so far."""

    @property
    def bound(self) -> float | None:
        """What no selection can better."""

    @property
    def selected(self) -> NDArray[np.bool_] | None:
        """(n,) the best selection, where it is new."""


@dataclass(frozen=True)
class _Moment:
    seconds: float
    objective: float | None
    bound: float | None
    selected: NDArray[np.bool_] | None


class LiveWatch:
    """Takes note of a search as it is told of, and tells the window's thread about it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._steps: list[Step] = []
        self._selected: NDArray[np.bool_] | None = None
        self._number = 0
        self._stopped = threading.Event()
        self._started: float | None = None
        self.folder: Path | None = None
        """Folder of the run, once it is there."""
        self.value = ""
        """What is made least or greatest."""

    def hear(self, told: tuple[Any, ...]) -> bool:
        """Take note of what `ui.apart.RelayedWatch` tells; end the search where asked."""
        kind, *content = told
        if kind == "moment":
            return self.told(_Moment(*content))
        if kind == "folder":
            (self.folder,) = content
        else:
            (self.value,) = content
        return not self._stopped.is_set()

    def told(self, moment: Told) -> bool:
        """Take note of a moment; end the search where that was asked."""
        step = Step(moment.seconds, moment.objective, moment.bound)
        with self._guard:
            if self._started is None:
                self._started = time.monotonic() - moment.seconds
            if not self._steps or step[1:] != self._steps[-1][1:]:
                self._steps.append(step)
            if len(self._steps) > _MOST_STEPS:
                self._steps = [*self._steps[:-1:2], self._steps[-1]]
            if moment.selected is not None:
                self._selected = moment.selected.copy()
                self._number += 1
        return not self._stopped.is_set()

    def stop(self) -> None:
        """Ask the search to end and to keep its best selection."""
        self._stopped.set()

    @property
    def steps(self) -> tuple[Step, ...]:
        """How the search has gone so far."""
        with self._guard:
            return tuple(self._steps)

    @property
    def seconds(self) -> float:
        """Seconds since the search began; 0 before."""
        started = self._started
        return 0.0 if started is None else time.monotonic() - started

    @property
    def best(self) -> tuple[int, NDArray[np.bool_] | None]:
        """The number of the best selection so far, from 1, and the selection."""
        with self._guard:
            return self._number, self._selected
