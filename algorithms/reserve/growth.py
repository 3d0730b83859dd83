"""Reserves that only grow: each from its own edge, on its own side, never joining another."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from algorithms.control import NULL_CONTROL
from algorithms.reserve.chains import (
    NONE,
    SEVERAL,
    best_end,
    chains_from,
    claim,
    hang_without,
    ties_of,
    wanted_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control

__all__ = [
    "NONE",
    "SEVERAL",
    "Connectivity",
    "Growth",
    "Reach",
    "Terrain",
    "grow_reserves",
    "within_reach",
]

_ENOUGH = 1e-9
"""Share of a need below which what is missing is rounding."""
_REMEASURED = 0.05
"""Connectivity is measured anew when so much of what was missing should have been gained."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terrain:
    """Units around existing reserves.

    Attributes
    ----------
    cost : (n,) float64
        Cost of each unit, >= 0.
    edges : (m, 2) int32
        Pairs of units that touch.
    side : (n,) int32
        Side, such as the country, of each unit; a reserve grows from unit to unit of one side.
    start : (n,) int32
        Reserve that each unit touches on its own side, NONE where it touches none.
    touching : (n,) int32
        The one reserve that each unit touches on any side; NONE, or SEVERAL.
    open : (n,) bool
        Units that may be added.
    """

    cost: FloatArray
    edges: IntArray
    side: IntArray
    start: IntArray
    touching: IntArray
    open: BoolArray


class Connectivity(NamedTuple):
    """What counts for goals of connectivity, and how they are measured.

    Parameters
    ----------
    habitat : (goals, n) float64
        Habitat in each unit that counts for each goal, >= 0.
    measure : callable
        Takes the units added as (n,) bool, returns how connected that is.
    """

    habitat: FloatArray
    measure: Callable[[BoolArray], Reach]


class Reach(NamedTuple):
    """How connected a selection is, and what more land would add.

    Parameters
    ----------
    missing : (goals,) float64
        What is missing of each goal of connectivity, 0 where it is reached.
    worth : (goals, reserves) float64
        What a unit of habitat added to a reserve adds to each goal, about.
    spare : (goals,) float64, optional
        By how much each goal is exceeded, 0 where it is not reached.
    loss : (goals, n) float64, optional
        What each goal loses at least if a unit is taken off, for each unit of the selection;
        exactly 0 where that changes nothing of it. With it and `spare` far fewer selections
        need to be measured.
    """

    missing: FloatArray
    worth: FloatArray
    spare: FloatArray | None = None
    loss: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """What reserves have grown to.

    Attributes
    ----------
    selected : (n,) bool
        Units added.
    reserve : (n,) int32
        Reserve that each of them belongs to, NONE elsewhere.
    missing : (features,) float64
        What is missing of each feature.
    missing_reach : (goals,) float64
        What is missing of each goal of connectivity.
    utmost : bool
        Whether the reserves hold what is needed or cannot grow any further: False where the
        time was over first.
    untried : int
        Units of which the time did not suffice to see whether they are needed.
    """

    selected: BoolArray
    reserve: IntArray
    missing: FloatArray
    missing_reach: FloatArray
    utmost: bool = True
    untried: int = 0

    @property
    def reached(self) -> bool:
        """Whether nothing is missing."""
        return not (self.missing.any() or self.missing_reach.any())


def within_reach(terrain: Terrain) -> BoolArray:
    """(n,) bool: units that some growth may add.

    They are open, touch no two reserves, and hang on a reserve through such units of their
    side.
    """
    may = terrain.open & (terrain.touching != SEVERAL)
    reached: BoolArray = may & _hanging(terrain, may)
    return reached


def grow_reserves(
    terrain: Terrain,
    amount: csr_array,
    need: FloatArray,
    connectivity: Connectivity,
    *,
    seconds: float = math.inf,
    control: Control = NULL_CONTROL,
) -> Growth:
    """Let reserves grow until they hold what is needed and are as connected as is asked.

    Again and again the chain of units is added, from the edge of a reserve through units of
    its side, that gives most of what is missing for its cost; a unit that touches two
    reserves, or one that another has grown to, is never added. Then units that are not needed
    are taken off, the dearest first. This is a heuristic: cheaper growth may exist.

    Parameters
    ----------
    terrain : Terrain
        Units around the reserves.
    amount : (features, n) sparse float64
        Amount of each feature in each unit.
    need : (features,) float64
        What is to be added of each feature; <= 0 needs nothing.
    connectivity : Connectivity
        Goals of connectivity.
    seconds : float
        Time after which it ends with what it has come to.
    control : Control
        Told the share of what was missing that is held; may cancel.

    Returns
    -------
    Growth
        With something missing where the reserves cannot grow any further.

    Raises
    ------
    ValueError
        The shapes disagree.
    """
    habitat = connectivity.habitat
    if amount.shape != (need.size, terrain.cost.size) or habitat.shape[1:] != (
        terrain.cost.size,
    ):
        raise ValueError(
            f"{terrain.cost.size} units do not fit amounts {amount.shape}, needs {need.shape} "
            f"and habitat {habitat.shape}"
        )
    growing = _Growing(terrain, amount, need, connectivity)
    end = time.perf_counter() + seconds
    done = 0.0
    while growing.wanting and growing.step():
        done = max(done, growing.done)  # a measurement may find that less is held
        control.report(0.8 * done)
        if time.perf_counter() > end:
            growing.utmost = not growing.wanting
            break
    growing.remeasure()
    if not growing.wanting:
        _take_off_needless(growing, end, control)
    control.report(1.0)
    return growing.grown()


class _Growing:
    """A growth half-way."""

    def __init__(
        self,
        terrain: Terrain,
        amount: csr_array,
        need: FloatArray,
        connectivity: Connectivity,
    ) -> None:
        self.terrain = terrain
        self.ties = ties_of(terrain.edges, terrain.side)
        self.need = np.maximum(need, 0.0)
        self._amount = csr_array(amount)
        self._measure = connectivity.measure
        n = terrain.cost.size
        self.selected = np.zeros(n, dtype=np.bool_)
        self._reserve: IntArray = np.full(n, NONE, dtype=np.int32)
        self._chains = chains_from(
            self.ties, terrain.start, terrain.open, terrain.touching, terrain.cost
        )
        self._first = self._measure(self.selected)
        self.reach = self._first
        self._measured = True
        self._gained = np.zeros(self.reach.missing.size)
        self._wanted = wanted_of(self._amount.tocsc(), connectivity.habitat, self.need)
        self.utmost = True
        self.untried = 0

    @property
    def missing(self) -> FloatArray:
        """What is missing of each feature; what is rounding counts as nothing."""
        short = self.need - self._amount @ self.selected.astype(np.float64)
        return np.where(short > _ENOUGH * np.maximum(self.need, 1.0), short, 0.0)

    @property
    def missing_reach(self) -> FloatArray:
        """What is missing of connectivity, as far as is known without measuring."""
        return np.maximum(self.reach.missing - self._gained, 0.0)

    @property
    def wanting(self) -> bool:
        """Whether something is missing; measured where it seems that nothing is."""
        if self.missing.any():
            return True
        if self.missing_reach.any():
            return True
        self.remeasure()
        return bool(self.reach.missing.any())

    @property
    def done(self) -> float:
        """Share of what was missing at first that is held, the least of all."""
        first = np.concatenate([self.need, self._first.missing])
        left = np.concatenate([self.missing, self.missing_reach])
        wanted = first > 0
        return float(1.0 - (left[wanted] / first[wanted]).max(initial=0.0))

    def remeasure(self) -> None:
        """Measure connectivity, unless nothing was added since it was."""
        if not self._measured:
            self.take(self.measured())

    def measured(self) -> Reach:
        """Measure connectivity as it would be with the units that are selected."""
        return self._measure(self.selected)

    def take(self, reach: Reach) -> None:
        """Take a measurement of what is selected."""
        self.reach = reach
        self._measured = True
        self._gained = np.zeros(reach.missing.size)

    def step(self) -> bool:
        """Add the best chain of units; False where there is none."""
        wanted = self._wanted._replace(
            missing=self.missing,
            goal=self._first.missing,
            left=self.missing_reach,
            worth=np.ascontiguousarray(self.reach.worth),
        )
        end, reserve = best_end(self._chains, wanted, self.terrain.cost)
        if end == NONE:
            return False
        chain = self._chain(end)
        self.selected[chain] = True
        self._measured = False
        self._reserve[chain] = reserve
        claim(self.ties, self._chains, chain, reserve)
        expected = wanted.habitat[:, chain].sum(axis=1) * wanted.worth[:, reserve]
        self._gained += expected
        if (self._gained > _REMEASURED * self._first.missing)[self.reach.missing > 0].any():
            self.remeasure()
        return True

    def _chain(self, end: int) -> IntArray:
        chain = [end]
        while (before := int(self._chains.before[chain[-1]])) != NONE:
            chain.append(before)
        return np.array(chain, dtype=np.int32)

    def grown(self) -> Growth:
        """Return what it has come to."""
        return Growth(
            self.selected,
            np.where(self.selected, self._reserve, NONE).astype(np.int32),
            self.missing,
            self.reach.missing,
            utmost=self.utmost,
            untried=self.untried,
        )


def _take_off_needless(growing: _Growing, end: float, control: Control) -> None:
    """Take units off that are not needed, the dearest first, until the time is over."""
    order = np.flatnonzero(growing.selected)
    order = order[np.argsort(-growing.terrain.cost[order], kind="stable")]
    for done, unit in enumerate(order.tolist()):
        control.report(0.8 + 0.2 * done / order.size)
        if time.perf_counter() > end:
            growing.untried = order.size - done
            return
        if not hang_without(growing.ties, growing.selected, growing.terrain.start, unit):
            continue
        growing.selected[unit] = False
        reach = None if growing.missing.any() else _reach_without(growing, unit)
        if reach is None:
            growing.selected[unit] = True
        else:
            growing.take(reach)


def _reach_without(growing: _Growing, unit: int) -> Reach | None:
    """Return the connectivity after a unit was taken off; None where that is not enough."""
    before = growing.reach
    if before.spare is not None and before.loss is not None:
        loss = before.loss[:, unit]
        if not loss.any():
            return before
        if (loss > before.spare).any():
            return None
    reach = growing.measured()
    return None if reach.missing.any() else reach


def _hanging(terrain: Terrain, selected: BoolArray) -> BoolArray:
    """(n,) bool: units that hang on a reserve through selected units of their side."""
    n = selected.size
    a, b = terrain.edges[:, 0], terrain.edges[:, 1]
    kept = selected[a] & selected[b] & (terrain.side[a] == terrain.side[b])
    graph = csr_array((np.ones(int(kept.sum())), (a[kept], b[kept])), shape=(n, n))
    label = connected_components(graph, directed=False)[1]
    rooted = np.zeros(n, dtype=np.bool_)
    rooted[label[selected & (terrain.start != NONE)]] = True
    hanging: BoolArray = rooted[label]
    return hanging
