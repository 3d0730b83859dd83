"""Reserves that only grow: each from its own edge, on its own side, never joining another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control

NONE = -1
"""No reserve."""
SEVERAL = -2
"""More than one reserve: the unit would join them."""
MOST_TRIED = 500
"""Units, the dearest, of which it is tried whether they are needed."""
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


class Reach(NamedTuple):
    """How connected a selection is, and what more land would add.

    Parameters
    ----------
    missing : (goals,) float64
        What is missing of each goal of connectivity, 0 where it is reached.
    worth : (goals, reserves) float64
        What a unit of habitat added to a reserve adds to each goal, about.
    """

    missing: FloatArray
    worth: FloatArray


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
    """

    selected: BoolArray
    reserve: IntArray
    missing: FloatArray
    missing_reach: FloatArray

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
    habitat: FloatArray,
    measure: Callable[[BoolArray], Reach],
    *,
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
    habitat : (goals, n) float64
        Habitat in each unit that counts for each goal of connectivity, >= 0.
    measure : callable
        Takes the units added as (n,) bool, returns how connected that is.
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
    if amount.shape != (need.size, terrain.cost.size) or habitat.shape[1:] != (
        terrain.cost.size,
    ):
        raise ValueError(
            f"{terrain.cost.size} units do not fit amounts {amount.shape}, needs {need.shape} "
            f"and habitat {habitat.shape}"
        )
    growing = _Growing(terrain, amount, need, habitat, measure)
    while growing.wanting and growing.step():
        control.report(0.8 * growing.done)
    growing.remeasure()
    if not growing.wanting:
        _take_off_needless(growing, control)
    control.report(1.0)
    return growing.grown()


class _Growing:
    """A growth half-way."""

    def __init__(
        self,
        terrain: Terrain,
        amount: csr_array,
        need: FloatArray,
        habitat: FloatArray,
        measure: Callable[[BoolArray], Reach],
    ) -> None:
        self.terrain, self.habitat = terrain, habitat
        self.amount = amount.tocsc()
        self.need = np.maximum(need, 0.0)
        self._rows = csr_array(amount)
        self.measure = measure
        n = terrain.cost.size
        self.selected = np.zeros(n, dtype=np.bool_)
        self.reserve: IntArray = np.full(n, NONE, dtype=np.int32)
        self._neighbours = _neighbour_lists(terrain.edges, n)
        self.claimed = terrain.touching.copy()
        self._first = measure(self.selected)
        self.reach = self._first
        self._gained = np.zeros(self.reach.missing.size)

    @property
    def missing(self) -> FloatArray:
        """What is missing of each feature; what is rounding counts as nothing."""
        held = self._rows @ self.selected.astype(np.float64)
        short = self.need - held
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
        """Measure connectivity."""
        self.reach = self.measure(self.selected)
        self._gained = np.zeros(self.reach.missing.size)

    def step(self) -> bool:
        """Add the best chain of units; False where there is none."""
        chain, reserve = self._best_chain()
        if not chain:
            return False
        self.add(chain, reserve)
        expected = self.habitat[:, chain].sum(axis=1) * self.reach.worth[:, reserve]
        self._gained += expected
        if (self._gained > _REMEASURED * self._first.missing)[self.reach.missing > 0].any():
            self.remeasure()
        return True

    def add(self, chain: list[int], reserve: int) -> None:
        """Add units to a reserve; their neighbours are claimed by it."""
        self.selected[chain] = True
        self.reserve[chain] = reserve
        for unit in chain:
            for other in self._neighbours[unit]:
                if self.claimed[other] == NONE:
                    self.claimed[other] = reserve
                elif self.claimed[other] != reserve:
                    self.claimed[other] = SEVERAL

    def _best_chain(self) -> tuple[list[int], int]:
        terrain = self.terrain
        free = terrain.open & ~self.selected & (self.claimed != SEVERAL)
        first = self._first_units(free)
        if not (first != NONE).any():
            return [], NONE
        distance, before = _cheapest_chains(terrain, free, first)
        cheapest = np.argsort(distance, kind="stable")
        order = cheapest[np.isfinite(distance[cheapest])].astype(np.int32)
        best, reserve = _best_end(
            order, before, first, self.claimed, self._unit_values(), terrain.cost
        )
        chain: list[int] = []
        while best >= 0:
            chain.append(int(best))
            best = int(before[best])
        return chain, int(reserve)

    def _first_units(self, free: BoolArray) -> IntArray:
        """(n,) int32: the reserve from which each free unit can be the next to be added."""
        first = np.where(free, self.terrain.start, NONE).astype(np.int32)
        ends = np.concatenate([self.terrain.edges, self.terrain.edges[:, ::-1]])
        side = self.terrain.side
        grown = self.selected[ends[:, 0]] & free[ends[:, 1]]
        grown &= side[ends[:, 0]] == side[ends[:, 1]]
        first[ends[grown, 1]] = self.reserve[ends[grown, 0]]
        first[(first != self.claimed) & (first != NONE)] = NONE
        return first

    def _unit_values(self) -> FloatArray:
        """(n, reserves) float64: share of what is missing that a unit gives to each reserve."""
        missing = self.missing
        wanted = np.flatnonzero(missing)
        value = np.zeros(self.terrain.cost.size)
        for row in wanted:
            held = self._rows[[row]].toarray().ravel()
            value += np.clip(held, 0.0, missing[row]) / self.need[row]
        left, first = self.missing_reach, self._first.missing
        reserves = self.reach.worth.shape[1]
        worth = np.zeros((self.terrain.cost.size, reserves))
        for goal in np.flatnonzero((left > 0) & (first > 0)):
            adds = self.habitat[goal][:, None] * self.reach.worth[goal][None, :]
            worth += np.minimum(adds, left[goal]) / first[goal]
        return worth + value[:, None]

    def grown(self) -> Growth:
        """Return what it has come to."""
        return Growth(
            self.selected,
            np.where(self.selected, self.reserve, NONE).astype(np.int32),
            self.missing,
            self.reach.missing,
        )


def _take_off_needless(growing: _Growing, control: Control) -> None:
    """Take units off that are not needed, the dearest first."""
    order = np.flatnonzero(growing.selected)
    order = order[np.argsort(-growing.terrain.cost[order], kind="stable")][:MOST_TRIED]
    for done, unit in enumerate(order.tolist()):
        control.report(0.8 + 0.2 * done / order.size)
        growing.selected[unit] = False
        kept = (
            not growing.missing.any()
            and _rooted(growing.terrain, growing.selected)
            and not growing.measure(growing.selected).missing.any()
        )
        growing.selected[unit] = not kept
    growing.remeasure()


def _rooted(terrain: Terrain, selected: BoolArray) -> bool:
    """Tell whether every selected unit hangs on a reserve through units of its side."""
    return not (selected & ~_hanging(terrain, selected)).any()


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


def _neighbour_lists(edges: IntArray, n: int) -> list[list[int]]:
    lists: list[list[int]] = [[] for _ in range(n)]
    for a, b in edges.tolist():
        lists[a].append(b)
        lists[b].append(a)
    return lists


def _cheapest_chains(
    terrain: Terrain, free: BoolArray, first: IntArray
) -> tuple[FloatArray, IntArray]:
    """Return the cost of the cheapest chain to each unit, and the unit before it (-1: none)."""
    n = terrain.cost.size
    ends = np.concatenate([terrain.edges, terrain.edges[:, ::-1]])
    side = terrain.side
    kept = free[ends].all(axis=1) & (side[ends[:, 0]] == side[ends[:, 1]])
    starts = np.flatnonzero(first != NONE)
    rows = np.concatenate([ends[kept, 0], np.full(starts.size, n)])
    columns = np.concatenate([ends[kept, 1], starts])
    least = 1e-9 * max(float(terrain.cost.max(initial=0.0)), 1.0)  # a link of 0 is none
    graph = csr_array((terrain.cost[columns] + least, (rows, columns)), shape=(n + 1, n + 1))
    distance, before = dijkstra(graph, indices=np.array([n]), return_predecessors=True)
    before = np.where((before == n) | (before < 0), -1, before).astype(np.int32)
    return distance[0, :n], before[0, :n].astype(np.int32)


@compiled
def _best_end(
    order: IntArray,
    before: IntArray,
    first: IntArray,
    claimed: IntArray,
    worth: FloatArray,
    cost: FloatArray,
) -> tuple[int, int]:
    """Return the end of the chain that gives most for its cost, and its reserve."""
    n = cost.size
    reserve = np.full(n, -1, dtype=np.int32)
    total_value, total_cost = np.zeros(n), np.zeros(n)
    best, best_rate = -1, 0.0
    for unit in order:
        earlier = before[unit]
        if earlier < 0:
            owner = first[unit]
        else:
            owner = reserve[earlier]
            total_value[unit], total_cost[unit] = total_value[earlier], total_cost[earlier]
        if owner < 0 or (claimed[unit] >= 0 and claimed[unit] != owner):
            continue
        reserve[unit] = owner
        total_value[unit] += worth[unit, owner]
        total_cost[unit] += cost[unit]
        rate = total_value[unit] / max(total_cost[unit], 1e-12)
        if rate > best_rate:
            best, best_rate = unit, rate
    return best, (reserve[best] if best >= 0 else -1)
