"""Solving a reserve-selection problem exactly, by branch and cut (HiGHS).

What the programme does not hold (contiguity) or holds only to the solver's tolerance is checked
anew for each selection it finds. One that fails is excluded by rows that every selection that
meets the demands keeps to, and the programme is run again; the bounds of all runs hold.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from algorithms.reserve.conflicts import explained
from algorithms.reserve.contiguity import Separators
from algorithms.reserve.highs_process import run_of
from algorithms.reserve.joining import Joiner, unit_worth
from algorithms.reserve.programme import build_model
from algorithms.reserve.search import Search
from algorithms.reserve.solution import NOBODY

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.highs import Ending
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.search import SearchOptions, SearchResult
    from algorithms.reserve.solution import Watcher

RELAXED_ROUNDS = 30
"""Rounds in which separators are sought for the relaxation before any branching."""

RELAXED_SHARE = 0.25
"""Share of the time limit that these rounds may take."""


def solve_exact(
    problem: Problem,
    options: SearchOptions,
    control: Control,
    watcher: Watcher = NOBODY,
    start: BoolArray | None = None,
) -> SearchResult:
    """Search by branch and cut until the gap is closed.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked; fairest shares are not looked at.
    options : SearchOptions
        When to end.
    control : Control
        Told the share of the work done; may cancel.
    watcher : Watcher
        Told every better selection and tighter bound.
    start : (n,) bool, optional
        A selection to start from, used if it meets what is asked.

    Returns
    -------
    SearchResult
        The best selection and the bound.

    Raises
    ------
    InfeasibleProblemError
        No selection meets what is asked.
    """
    search = Search(problem, options, control, watcher)
    if start is not None:
        search.offer(start)
    branch_and_cut(search)
    return search.result()


def branch_and_cut(search: Search) -> None:
    """Carry a search on by branch and cut, from its best selection, until it should end.

    Raises
    ------
    InfeasibleProblemError
        No selection meets what is asked.
    """
    _Exact(search).run()


class _Exact:
    """Runs of the solver, each with what the one before broke excluded."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._problem = search.problem
        self._plain = build_model(search.problem)
        self._separators = Separators(search.problem, self._plain)
        self._joiner = Joiner(search.problem, self._plain)
        self._model = self._plain
        self._broken: list[BoolArray] = []
        self._give_up_at = math.inf
        self._round_began = 0.0

    def run(self) -> None:
        search = self._search
        self._prove(-math.inf)  # what the units one by one allow is known before any run
        if search.selected is None:
            self._begin()
        if self._separators.groups:
            self._tighten()
        started = True
        while not search.done():
            self._model = self._separators.model(flows=True)
            ending = self._round(started=started)
            if search.done():
                return
            if self._exclude_broken():
                continue
            if ending is None:
                return
            if ending.infeasible:
                self._infeasible()
                return
            if ending.closed and search.is_closed_within(self._model.rounding):
                search.exhaust()
                return
            if not (ending.closed and started):
                return
            # A start that the solver betters while it simplifies the programme can come back
            # as it was given: without one it cannot.
            started = False

    def _begin(self) -> None:
        """Offer what is left of all land, so that there is soon something to keep."""
        problem = self._problem
        everything = ~problem.may_not()
        for candidate in (everything, self._joiner.largest_piece(everything), problem.must()):
            self._search.offer(self._joiner.trimmed(candidate, unit_worth(self._problem)))

    def _round(self, *, started: bool) -> Ending | None:
        search = self._search
        first = None
        if started and search.selected is not None:
            first = self._model.values(search.selected)
        self._broken = []
        self._give_up_at = math.inf
        self._round_began = time.perf_counter()
        run = run_of(self._model, self._options(), first)
        ending = run.follow(self._take, self._prove, self._enough)
        if ending is not None and ending.values is not None:
            self._take(ending.values)
        return ending

    def _options(self) -> SearchOptions:
        return replace(self._search.options, time_limit=max(self._search.seconds_left, 1e-3))

    def _prove(self, bound: float) -> None:
        self._search.prove(self._model.proved(bound), self._model.rounding)

    def _enough(self) -> bool:
        """Whether the run should end: the search is over, or what broke a rule is excluded."""
        return self._search.done() or time.perf_counter() > self._give_up_at

    def _take(self, values: FloatArray) -> None:
        selected = values[: self._problem.n_units] > 0.5
        search = self._search
        if search.offer(selected) or search.rules.broken(selected) is None:
            return
        self._broken.append(selected)
        if not math.isfinite(self._give_up_at):
            now = time.perf_counter()
            self._give_up_at = now + max(0.5, 2.0 * (now - self._round_began))
        self._mend(selected)

    def _mend(self, selected: BoolArray) -> None:
        """Offer selections like one that breaks a rule that the programme does not hold."""
        if not self._separators.groups:
            return
        for candidate in (
            self._joiner.joined(selected),
            self._joiner.largest_piece(selected),
        ):
            self._search.offer(candidate)
            self._search.offer(self._joiner.trimmed(candidate, unit_worth(self._problem)))

    def _exclude_broken(self) -> bool:
        """Exclude the selections that broke a rule; return whether any was found."""
        for selected in self._broken:
            if not self._separators.exclude(selected):
                self._separators.forbid(selected)
        return bool(self._broken)

    def _tighten(self) -> None:
        """Add the separators that the relaxation breaks, while they move its bound."""
        search = self._search
        until = search.seconds + RELAXED_SHARE * search.seconds_left
        last = -math.inf
        for _ in range(RELAXED_ROUNDS):
            self._model = self._separators.model()
            run = run_of(self._model, self._options(), relaxed=True)
            ending = run.follow(lambda _: None, lambda _: None, search.done)
            if ending is None or ending.values is None or not ending.closed:
                return
            value = float(self._model.cost @ ending.values) + self._model.offset
            self._prove(value)
            if search.done() or search.seconds > until:
                return
            slow = value - last < 1e-4 * abs(value)
            last = value
            self._mend(ending.values[: self._problem.n_units] > 0.5)
            if not self._separators.cut_off(ending.values) or slow:
                return

    def _infeasible(self) -> None:
        search = self._search
        if search.selected is not None:
            search.notes.append(
                "The solver found the programme without a solution while one is known: its "
                "numbers differ too much in size for it, and the bound stands where it stood."
            )
            return
        raise explained(self._plain, _further(self._problem), search.done)


def _further(problem: Problem) -> str:
    """Return the demands of a problem that have no number, in words."""
    parts = []
    if problem.neighbours > 0:
        parts.append("the neighbours of each unit")
    if problem.contiguous != "none":
        parts.append("contiguity")
    return " and ".join(parts)
