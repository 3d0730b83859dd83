"""What a solver found: the selection, its proven bound, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np

from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.problem import Problem

Status: TypeAlias = Literal["optimal", "within_gap", "time_limit", "stopped"]
Method: TypeAlias = Literal["exact", "lagrangian", "rounding"]


class InfeasibleProblemError(PlannerError, ValueError):
    """No selection meets what is asked; says what cannot be met, and by how much.

    Attributes
    ----------
    shortages : tuple of (str, float)
        What is short, and the amount that is missing in its own unit.
    """

    def __init__(self, message: str, shortages: Sequence[tuple[str, float]] = ()) -> None:
        super().__init__(message)
        self.shortages = tuple(shortages)


class NoSelectionError(PlannerError, TimeoutError):
    """The search ended before any selection that meets what is asked was found.

    Attributes
    ----------
    bound : float
        What no selection can better, proved so far; infinite where nothing was.
    """

    def __init__(self, message: str, bound: float) -> None:
        super().__init__(message)
        self.bound = bound


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Where a solver stands.

    Attributes
    ----------
    seconds : float
        Since it began.
    objective : float or None
        Value of the best selection so far.
    bound : float or None
        What no selection can better, proved so far.
    gap : float or None
        As of `Solution`.
    selected : (n,) bool or None
        The best selection, only where it is new since the last moment told.
    """

    seconds: float
    objective: float | None
    bound: float | None
    gap: float | None
    selected: BoolArray | None


class Watcher(Protocol):
    """Told how the bound and the best selection move; may end the search."""

    def told(self, moment: Moment) -> bool:
        """Take note of a moment.

        Returns
        -------
        bool
            False to end the search and keep the best selection.
        """


class _NobodyWatching:
    def told(self, moment: Moment) -> bool:  # noqa: ARG002 - the watcher's signature
        """Go on: nobody is watching."""
        return True


NOBODY: Watcher = _NobodyWatching()


@dataclass(frozen=True, slots=True, eq=False)
class FeatureTable:
    """What a selection holds of each feature.

    Attributes
    ----------
    name : tuple of str
        Names.
    target, held, shortfall : (features,) float64
        In the unit of the target; the target is NaN where there is none, the shortfall is
        what is missing.
    met : (features,) bool
        Whether the target is held.
    """

    name: tuple[str, ...]
    target: FloatArray
    held: FloatArray
    shortfall: FloatArray
    met: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class CountryTable:
    """What each country gives and gains by a selection.

    Attributes
    ----------
    code : (countries,) int32
        Codes, ascending.
    units : (countries,) int64
        Selected units, locked-in ones included.
    area, cost, gain : (countries,) float64
        Sums over them; the area is NaN where the problem has none.
    share : (countries,) float64
        Share of what the problem shares out, counted as the problem counts it; NaN where
        nothing is selected that counts.
    """

    code: IntArray
    units: np.ndarray[tuple[int], np.dtype[np.int64]]
    area: FloatArray
    cost: FloatArray
    gain: FloatArray
    share: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A selection of planning units and how far it may be from the best.

    Attributes
    ----------
    selected : (n,) bool
        The selection.
    objective : float
        Its value, as `Problem` defines it, added up anew from the selection.
    bound : float
        No selection has a smaller value (a greater one, where the problem maximises).
    gap : float
        ``|objective - bound| / |objective|``; 0 where the two agree, and where an optimal
        value is itself no more than the rounding that its bound accounts for.
    status : str
        ``"optimal"``: the gap is closed to rounding. ``"within_gap"``: it is no greater than
        was asked. ``"time_limit"`` and ``"stopped"``: the search ended before.
    method : str
        Which solver found it.
    reason : str
        Why that solver, in a sentence.
    cost : float
        Sum of the costs of the selected units.
    boundary : float
        Length of its boundary, the outside edge counted by the edge factor; 0 where the
        problem has no boundaries.
    features : FeatureTable
        What it holds.
    countries : CountryTable or None
        What each country gives and gains; None where the problem has no countries.
    seconds : float
        How long it took.
    trace : tuple of Moment
        How bound and objective moved, without the selections.
    notes : tuple of str
        What a reader must know of how it was found.
    """

    selected: BoolArray
    objective: float
    bound: float
    gap: float
    status: Status
    method: Method
    reason: str
    cost: float
    boundary: float
    features: FeatureTable
    countries: CountryTable | None
    seconds: float
    trace: tuple[Moment, ...] = ()
    notes: tuple[str, ...] = ()


def boundary_length(problem: Problem, selected: BoolArray) -> float:
    """Return the length of the boundary of a selection; 0 where none is known."""
    total = 0.0
    if problem.edges is not None and problem.edge_length is not None:
        ends = selected[problem.edges]
        total += float(problem.edge_length[ends[:, 0] != ends[:, 1]].sum())
    if problem.exposed_length is not None:
        total += problem.edge_factor * float(problem.exposed_length[selected].sum())
    return total


def held(problem: Problem, selected: BoolArray) -> FloatArray:
    """(features,) float64: the amount of each feature that a selection holds."""
    return np.asarray(problem.amount @ selected.astype(np.float64), dtype=np.float64)


def objective_value(problem: Problem, selected: BoolArray) -> float:
    """Return the value of a selection, as `Problem` defines it.

    Raises
    ------
    ValueError
        The objective needs targets and the problem has none.
    """
    penalties = problem.boundary_penalty * boundary_length(problem, selected)
    if problem.penalty is not None:
        penalties += float(problem.penalty[selected].sum())
    if problem.objective == "minimum_set":
        return float(problem.cost[selected].sum()) + penalties
    amount = held(problem, selected)
    if problem.objective == "maximum_utility":
        return float(problem.weights() @ amount) - penalties
    if problem.target is None:
        raise ValueError(f"the objective {problem.objective} needs targets")
    if problem.objective == "maximum_coverage":
        return float(problem.weights()[targets_met(problem, amount)].sum()) - penalties
    part = problem.weights() * shortfall(problem, amount)
    if problem.objective == "minimum_shortfall":
        return float(part.sum()) + penalties
    return float(part.max(initial=0.0)) + penalties


def shortfall(problem: Problem, amount: FloatArray) -> FloatArray:
    """(features,) float64: the share of each target that is missing, >= 0."""
    target = np.zeros(amount.size) if problem.target is None else problem.target
    wanted = target > 0
    missing = np.zeros(amount.size)
    missing[wanted] = np.maximum(0.0, 1.0 - amount[wanted] / target[wanted])
    return missing


TARGET_ROUNDING = 1e-9
"""Share of a target below which what is missing is rounding of the sum."""


def targets_met(problem: Problem, amount: FloatArray) -> BoolArray:
    """(features,) bool: whether each target is held, but for rounding of the sum."""
    target = np.full(amount.size, -np.inf) if problem.target is None else problem.target
    met: BoolArray = amount >= target - TARGET_ROUNDING * np.abs(target)
    return met


def relative_gap(objective: float, bound: float) -> float:
    """Return how far a value may be from the best, as a share of it; inf where unknown."""
    if objective == bound:
        return 0.0
    if not (np.isfinite(objective) and np.isfinite(bound)):
        return np.inf
    return abs(objective - bound) / max(abs(objective), 1e-12)
