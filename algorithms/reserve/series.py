"""Many related problems solved in a row: they share the time, and keep what each proves."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.reserve.fair import fairest
from algorithms.reserve.feasible import Rules
from algorithms.reserve.search import SearchOptions
from algorithms.reserve.solution import (
    NOBODY,
    InfeasibleProblemError,
    NoSelectionError,
    Watcher,
    objective_value,
)
from algorithms.reserve.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.fair import FairLevel
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.solution import Method, Moment, Solution

VALUE_ROUNDING = 1e-9
"""Share of a value below which a difference is rounding of the sum."""

LEAST_SECONDS = 0.02
"""Time below which a solve is not worth its beginning."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What the solves of one analysis may use together.

    Attributes
    ----------
    gap : float
        Relative gap at which a single solve ends, >= 0.
    time_limit : float
        Seconds for the whole analysis, > 0. A solve that ends early leaves its time to the
        others.
    threads : int
        Threads of each solve, >= 1.
    method : str, optional
        The solver; chosen by each problem's size and kind by default.
    seed : int
        Of whatever in a solve is random.
    """

    gap: float = 0.01
    time_limit: float = 300.0
    threads: int = 2
    method: Method | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        if not self.gap >= 0:
            raise ValueError(f"the gap must be >= 0, got {self.gap}")
        if not self.time_limit > 0:
            raise ValueError(f"the time limit must be > 0 seconds, got {self.time_limit}")
        if self.threads < 1:
            raise ValueError(f"a solve needs at least one thread, got {self.threads}")


class SeriesWatcher(Watcher, Protocol):
    """Told how each solve of an analysis goes, and what each found; may end the analysis."""

    def solved(self, name: str, solution: Solution) -> None:
        """Take a finished solution, so that it outlives an analysis that is cancelled.

        Parameters
        ----------
        name : str
            Which part of the analysis it is.
        solution : Solution
            The solution.
        """


class _NobodyWatchingSeries:
    def told(self, moment: Moment) -> bool:
        """Go on: nobody is watching."""
        return NOBODY.told(moment)

    def solved(self, name: str, solution: Solution) -> None:
        """Keep nothing: nobody is watching."""


NOBODY_AT_ALL: SeriesWatcher = _NobodyWatchingSeries()

DEFAULT_EFFORT = Effort()


def loss_of(problem: Problem, value: float) -> float:
    """Return a value of the objective as one that is better the smaller it is."""
    return -value if problem.maximises else value


def check_meets(problem: Problem, solution: Solution) -> None:
    """Refuse a solution that is none of the problem.

    Raises
    ------
    ValueError
        It does not fit, or breaks a rule; says which.
    """
    if solution.selected.shape != (problem.n_units,):
        raise ValueError(
            f"the solution is of {solution.selected.size} units and the problem of "
            f"{problem.n_units}: take the problem that it was found for"
        )
    broken = Rules(problem).broken(solution.selected)
    if broken is not None:
        raise ValueError(
            f"the solution does not meet the problem ({broken}): take the problem that it was "
            "found for"
        )


def rounding_of(value: float) -> float:
    """Return the difference from a value that is no more than rounding; 0 if not finite."""
    return VALUE_ROUNDING * abs(value) if math.isfinite(value) else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What one solve says of the best value of its problem, as a loss.

    Attributes
    ----------
    lower : float
        Proved: no selection has a smaller loss. Inf where there is no selection at all.
    upper : float
        Loss of the best selection found; inf where none was.
    solution : Solution or None
        That selection.
    refusal : str
        Why there is no selection at all, where that is proved; else empty.
    """

    lower: float
    upper: float
    solution: Solution | None = None
    refusal: str = ""

    @property
    def infeasible(self) -> bool:
        """Whether it is proved that there is no selection."""
        return self.lower == math.inf


class Known:
    """What all selections seen so far say of the best value, with and without some units.

    Parameters
    ----------
    problem : Problem
        The problem that every selection seen must meet.
    lower : float
        Proved: no selection of it has a smaller loss.
    member : (groups, n) sparse float64
        1 where a unit is in a group.

    Attributes
    ----------
    best : float
        The least loss seen.
    selected : (n,) bool or None
        The selection that has it; None before the first.
    without : (groups,) float64
        The least loss seen without any unit of each group.
    """

    def __init__(self, problem: Problem, lower: float, member: csr_array) -> None:
        self.problem = problem
        self.lower = lower
        self.best = math.inf
        self.selected: BoolArray | None = None
        self.without: FloatArray = np.full(member.shape[0], np.inf)
        self._member = member

    def add(self, selected: BoolArray) -> float:
        """Take note of a selection that meets the problem, and return its loss."""
        loss = loss_of(self.problem, objective_value(self.problem, selected))
        if loss < self.best:
            self.best, self.selected = loss, selected.copy()
        lacks = np.asarray(self._member @ selected.astype(np.float64)) == 0
        self.without[lacks] = np.minimum(self.without[lacks], loss)
        return loss


class Stage:
    """A part of an analysis that is done step by step.

    Parameters
    ----------
    control : Control
        Told the share of the steps done; may cancel.
    end : float
        When its time ends, by `time.perf_counter`.
    """

    def __init__(self, control: Control, end: float) -> None:
        self._control = control
        self._end = end
        self._fraction = 0.0

    @property
    def seconds_left(self) -> float:
        """Seconds until its end, >= 0."""
        return max(0.0, self._end - time.perf_counter())

    def ask(self) -> None:
        """Let the control cancel."""
        self._control.report(self._fraction)

    def steps(self, numbers: NDArray[np.integer[Any]]) -> Iterator[int]:
        """Give numbers one after the other, reporting, until the time is over."""
        start = self._fraction
        for place, number in enumerate(numbers.tolist()):
            self._fraction = start + (1.0 - start) * place / numbers.size
            self.ask()
            if self.seconds_left <= 0:
                return
            yield number

    def end(self) -> None:
        """Report that it is done."""
        self._control.report(1.0)


class Series:
    """Solves the problems of one analysis, one after the other.

    Parameters
    ----------
    effort : Effort
        What they may use together.
    control : Control
        Told the share of the analysis done; may cancel.
    watcher : SeriesWatcher
        Told of each solve; may end the analysis.
    """

    def __init__(
        self,
        effort: Effort,
        control: Control = NULL_CONTROL,
        watcher: SeriesWatcher = NOBODY_AT_ALL,
    ) -> None:
        self.effort = effort
        self.stopped = False
        self._control = control
        self._watcher = watcher
        self._end = time.perf_counter() + effort.time_limit
        self._fraction = 0.0

    @property
    def seconds_left(self) -> float:
        """Seconds until the end of the analysis, >= 0."""
        return max(0.0, self._end - time.perf_counter())

    def stage(self, share: float) -> Stage:
        """Begin work that uses a share of what is left of the time, and solves nothing."""
        return Stage(self.part(share), time.perf_counter() + share * self.seconds_left)

    def ask(self) -> None:
        """Let the control cancel."""
        self._control.report(self._fraction)

    @property
    def over(self) -> bool:
        """Whether no further solve will begin."""
        return self.stopped or self.seconds_left < LEAST_SECONDS

    def part(self, share: float) -> PartControl:
        """Return the control of a share of what is left of the analysis."""
        start = self._fraction
        self._fraction = start + share * (1.0 - start)
        return PartControl(self._control, start, self._fraction)

    def first(self, problem: Problem, name: str, share: float) -> Solution:
        """Solve a problem that the rest of the analysis stands on.

        Parameters
        ----------
        problem : Problem
            What is asked.
        name : str
            Which part of the analysis it is.
        share : float
            Share of what is left of the time that it may use, over 0 to 1.

        Raises
        ------
        InfeasibleProblemError
            No selection meets what is asked.
        NoSelectionError
            None was found in time.
        """
        ears = _Ears(self._watcher, problem, None, None)
        solution = self._run(problem, share, ears)
        self.stopped = self.stopped or ears.stopped
        self._watcher.solved(name, solution)
        return solution

    def solve(
        self,
        problem: Problem,
        share: float,
        *,
        gap: float | None = None,
        until: Callable[[float, float], bool] | None = None,
        known: Known | None = None,
        start: BoolArray | None = None,
    ) -> Answer:
        """Solve a problem as far as a share of the time allows.

        Parameters
        ----------
        problem : Problem
            What is asked.
        share : float
            Share of what is left of the time that it may use, over 0 to 1.
        gap : float, optional
            Gap at which it ends; that of the effort by default.
        until : callable, optional
            Told the proved loss and the loss found; True ends this solve, for they say
            enough.
        known : Known, optional
            Told every selection on the way. Each must meet its problem too.
        start : (n,) bool, optional
            A selection to start from; used if it meets what is asked.

        Returns
        -------
        Answer
            Nothing but that there is no bound and no selection, once the analysis is over.
        """
        if self.over:
            return Answer(-math.inf, math.inf)
        ears = _Ears(self._watcher, problem, until, known)
        try:
            solution = self._run(problem, share, ears, gap=gap, start=start)
        except InfeasibleProblemError as error:
            return Answer(math.inf, math.inf, refusal=str(error))
        except NoSelectionError as error:
            return Answer(max(ears.lower, loss_of(problem, error.bound)), math.inf)
        finally:
            self.stopped = self.stopped or ears.stopped
        if known is not None:
            known.add(solution.selected)
        lower = max(ears.lower, loss_of(problem, solution.bound))
        return Answer(lower, loss_of(problem, solution.objective), solution)

    def fairest(self, problem: Problem, share: float) -> FairLevel:
        """Find how even the shares of a problem can be.

        Parameters
        ----------
        problem : Problem
            With countries; known to have a selection that meets its demands.
        share : float
            Share of what is left of the time that it may use, over 0 to 1.
        """
        part = self.part(share)
        ears = _Ears(self._watcher, problem, None, None)
        options = SearchOptions(
            gap=self.effort.gap,
            time_limit=max(LEAST_SECONDS, share * self.seconds_left),
            threads=self.effort.threads,
            seed=self.effort.seed,
        )
        level = fairest(problem, options, part, ears)
        self.stopped = self.stopped or ears.stopped
        part.report(1.0)
        return level

    def finished(self, name: str, solution: Solution) -> None:
        """Hand a solution of the analysis to whoever watches."""
        self._watcher.solved(name, solution)

    def end(self) -> None:
        """Report that the analysis is done."""
        self.part(1.0).report(1.0)

    def _run(
        self,
        problem: Problem,
        share: float,
        ears: _Ears,
        *,
        gap: float | None = None,
        start: BoolArray | None = None,
    ) -> Solution:
        part = self.part(share)
        solution = solve(
            problem,
            gap=self.effort.gap if gap is None else gap,
            time_limit=max(LEAST_SECONDS, share * self.seconds_left),
            threads=self.effort.threads,
            control=part,
            watcher=ears,
            method=self.effort.method,
            seed=self.effort.seed,
            start=start,
        )
        part.report(1.0)
        return solution


class _Ears:
    """Hears a solve, passes it on, and ends it once it has said enough."""

    def __init__(
        self,
        watcher: Watcher,
        problem: Problem,
        until: Callable[[float, float], bool] | None,
        known: Known | None,
    ) -> None:
        self.lower = -math.inf
        self.stopped = False
        self._watcher = watcher
        self._problem = problem
        self._until = until
        self._known = known

    def told(self, moment: Moment) -> bool:
        """Take note of a moment; False once enough is known."""
        if moment.bound is not None:
            self.lower = max(self.lower, loss_of(self._problem, moment.bound))
        if moment.selected is not None and self._known is not None:
            self._known.add(moment.selected)
        self.stopped = self.stopped or not self._watcher.told(moment)
        if self.stopped or self._until is None:
            return not self.stopped
        found = math.inf
        if moment.objective is not None:
            found = loss_of(self._problem, moment.objective)
        return not self._until(self.lower, found)
