"""What every solver keeps while it searches: time, best selection, proven bound, trace."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL
from algorithms.reserve.feasible import Rules
from algorithms.reserve.solution import NOBODY, Moment, objective_value, relative_gap

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray
    from algorithms.control import Control
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.solution import Status, Watcher

HEARTBEAT_SECONDS = 0.25
"""How long a watcher goes without being asked whether to go on."""

SMALLEST_GAP = 1e-9
"""Gap at which a search ends whatever was asked."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """When a search may end, and what it may use.

    Attributes
    ----------
    gap : float
        Relative gap at which it ends, >= 0.
    time_limit : float
        Seconds after which it ends, > 0.
    threads : int
        Threads it may use, >= 1.
    seed : int
        Of whatever in it is random.
    nodes : int, optional
        Nodes of branch and cut after which it ends, >= 1; no limit by default.
    """

    gap: float = 0.01
    time_limit: float = math.inf
    threads: int = 1
    seed: int = 1
    nodes: int | None = None

    def __post_init__(self) -> None:
        if not self.gap >= 0:
            raise ValueError(f"the gap must be >= 0, got {self.gap}")
        if not self.time_limit > 0:
            raise ValueError(f"the time limit must be > 0 seconds, got {self.time_limit}")
        if self.threads < 1:
            raise ValueError(f"a search needs at least one thread, got {self.threads}")


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """Where a search ended.

    Attributes
    ----------
    selected : (n,) bool or None
        The best selection; None if none was found that meets what is asked.
    bound : float
        What no selection can better; infinite where nothing was proved.
    status : str
        As of `Solution`.
    trace : tuple of Moment
        How bound and objective moved, without the selections.
    notes : tuple of str
        What a reader must know of how it was found.
    """

    selected: BoolArray | None
    bound: float
    status: Status
    trace: tuple[Moment, ...]
    notes: tuple[str, ...] = ()


class Search:
    """Bookkeeping of one search; for one thread.

    Parameters
    ----------
    problem : Problem
        What is asked.
    options : SearchOptions
        When the search may end.
    control : Control
        Told the share of the work done, by time or by gap; may cancel.
    watcher : Watcher
        Told every better selection and tighter bound; may end the search.
    begun : float, optional
        When the search began, by `time.perf_counter`, if it goes on with what another began;
        now by default.
    """

    def __init__(
        self,
        problem: Problem,
        options: SearchOptions,
        control: Control = NULL_CONTROL,
        watcher: Watcher = NOBODY,
        *,
        begun: float | None = None,
    ) -> None:
        self.problem = problem
        self.options = options
        self.rules = Rules(problem)
        self.selected: BoolArray | None = None
        self.objective: float | None = None
        self.bound = -math.inf if not problem.maximises else math.inf
        self.notes: list[str] = []
        self._control = control
        self._watcher = watcher
        self._trace: list[Moment] = []
        self._start = time.perf_counter() if begun is None else begun
        self._told_bound = self.bound
        self._told_seconds = 0.0
        self._first_gap: float | None = None
        self._fraction = 0.0
        self._status: Status | None = None
        self._exhausted = False
        self._rounding = 0.0

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self._start

    @property
    def seconds_left(self) -> float:
        """Seconds until the time limit, >= 0."""
        return max(0.0, self.options.time_limit - self.seconds)

    @property
    def gap(self) -> float:
        """Relative gap between the best selection and the bound; inf where unknown."""
        if self.objective is None:
            return math.inf
        return relative_gap(self.objective, self.bound)

    @property
    def is_closed(self) -> bool:
        """Whether the gap is no more than the rounding that the bound accounts for."""
        return self.is_closed_within(self._rounding)

    def is_closed_within(self, rounding: float) -> bool:
        """Whether the gap is no more than a rounding."""
        if self.objective is None:
            return False
        least = SMALLEST_GAP * abs(self.objective)
        return abs(self.objective - self.bound) <= max(rounding, least)

    def is_better(self, objective: float) -> bool:
        """Whether a value is better than that of the best selection so far."""
        if self.objective is None:
            return True
        if self.problem.maximises:
            return objective > self.objective
        return objective < self.objective

    def offer(self, selected: BoolArray) -> bool:
        """Keep a selection if it meets everything asked and is better than the best so far.

        Parameters
        ----------
        selected : (n,) bool
            A selection; it is copied.

        Returns
        -------
        bool
            Whether it was kept.
        """
        objective = objective_value(self.problem, selected)
        if not self.is_better(objective) or self.rules.broken(selected) is not None:
            return False
        self.selected = np.array(selected, dtype=np.bool_)
        self.objective = objective
        self._clip_bound()
        self._tell(new=True)
        return True

    def prove(self, bound: float, rounding: float = 0.0) -> None:
        """Keep a bound if it is tighter than the best so far.

        Parameters
        ----------
        bound : float
            No selection has a better value; rounding is already accounted for. NaN is no
            bound.
        rounding : float
            By how much that may keep it from the value of the best selection.
        """
        tighter = bound < self.bound if self.problem.maximises else bound > self.bound
        if not tighter:
            return
        self.bound, self._rounding = bound, rounding
        self._clip_bound()
        # A bound alone is told at most every tenth of a second: it can creep.
        if self.seconds - self._told_seconds >= 0.1:
            self._tell(new=False)

    def exhaust(self) -> None:
        """Take note that nothing is left to search: the gap that remains is rounding."""
        self._exhausted = True

    def done(self) -> bool:
        """Report progress and say whether the search should end.

        Raises
        ------
        Exception
            Whatever the caller uses to cancel.
        """
        self._control.report(self._progress())
        if self.seconds - self._told_seconds >= HEARTBEAT_SECONDS:
            self._ask()
        if self._status is None:
            if self.gap <= max(self.options.gap, SMALLEST_GAP):
                self._status = self._closed_status()
            elif self.seconds >= self.options.time_limit:
                self._status = "time_limit"
        return self._status is not None or self._exhausted

    def result(self) -> SearchResult:
        """Return where the search stands, as its end."""
        if self._trace and self._told_bound != self.bound:
            self._tell(new=False)
        status = self._status
        if self._exhausted or self.is_closed or self.gap <= self.options.gap:
            status = self._closed_status()
        if status is None:
            status = "stopped"
        return SearchResult(
            selected=self.selected,
            bound=self.bound,
            status=status,
            trace=tuple(self._trace),
            notes=tuple(self.notes),
        )

    def _closed_status(self) -> Status:
        return "optimal" if self._exhausted or self.is_closed else "within_gap"

    def _clip_bound(self) -> None:
        """Keep the bound on its side: the value of a selection is a bound's own limit."""
        if self.objective is None:
            return
        if self.problem.maximises:
            self.bound = max(self.bound, self.objective)
        else:
            self.bound = min(self.bound, self.objective)

    def _tell(self, *, new: bool) -> None:
        """Tell the watcher what is new, and write it into the trace."""
        self._told_bound = self.bound
        self._trace.append(self._moment())
        self._ask(self.selected if new else None)

    def _ask(self, selected: BoolArray | None = None) -> None:
        """Tell the watcher where the search stands, and obey if it wants no more."""
        self._told_seconds = self.seconds
        if not self._watcher.told(self._moment(selected)) and self._status is None:
            self._status = "stopped"

    def _moment(self, selected: BoolArray | None = None) -> Moment:
        gap = self.gap
        return Moment(
            seconds=self.seconds,
            objective=self.objective,
            bound=self.bound if math.isfinite(self.bound) else None,
            gap=gap if math.isfinite(gap) else None,
            selected=selected,
        )

    def _progress(self) -> float:
        share = 0.0
        if self._first_gap is None and math.isfinite(self.gap):
            self._first_gap = self.gap
        if math.isfinite(self.options.time_limit):
            share = self.seconds / self.options.time_limit
        goal = max(self.options.gap, 1e-4)
        if self._first_gap is not None and self._first_gap > goal and self.gap > 0:
            way = math.log(self._first_gap / goal)
            share = max(share, math.log(self._first_gap / max(self.gap, goal)) / way)
        self._fraction = min(1.0, max(self._fraction, share))
        return self._fraction
