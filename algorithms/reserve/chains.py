"""Cheapest chains of units from the edges of reserves, kept as the reserves grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.indicators.network.search import rise, take_first

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    from algorithms.arrays import BoolArray, FloatArray, IntArray

NONE = -1
"""No reserve, no unit."""
SEVERAL = -2
"""More than one reserve: the unit would join them."""
_UNKNOWN = -3
_HELD, _CUT = 1, 2
_OUT = -1


class Ties(NamedTuple):
    """Which units touch.

    Parameters
    ----------
    start : (n + 1,) int64
        Where the row of each unit begins.
    neighbour : (2 m,) int32
        The units that it touches.
    side : (n,) int32
        Side of each unit.
    """

    start: NDArray[np.int64]
    neighbour: IntArray
    side: IntArray


class Chains(NamedTuple):
    """The cheapest chain from a reserve to each unit that may be added.

    Parameters
    ----------
    length : (n,) float64
        What the chain costs, the unit itself among it; inf where there is none.
    before : (n,) int32
        The unit before it in the chain; NONE at the first.
    first : (n,) int32
        The reserve to which the unit can be added next; NONE where it needs others before.
    free : (n,) bool
        Units that may be added.
    claimed : (n,) int32
        The reserve that each unit touches; NONE, or SEVERAL.
    cost : (n,) float64
        Cost of each unit, > 0.
    heap, place : (n,) int32
        Room for the search; `place` is -1 outside of it.
    """

    length: FloatArray
    before: IntArray
    first: IntArray
    free: BoolArray
    claimed: IntArray
    cost: FloatArray
    heap: IntArray
    place: IntArray


class Wanted(NamedTuple):
    """What is missing, and what units give of it.

    Parameters
    ----------
    start : (n + 1,) int64
        Where the amounts of each unit begin.
    feature : (k,) int32
        Feature of each amount.
    amount : (k,) float64
        Amounts.
    habitat : (goals, n) float64
        Habitat in each unit that counts for each goal of connectivity.
    need, missing : (features,) float64
        What was missing of each feature at first, and is now.
    goal, left : (goals,) float64
        The same of connectivity.
    worth : (goals, reserves) float64
        What a unit of habitat added to a reserve adds to each goal.
    """

    start: NDArray[np.int64]
    feature: IntArray
    amount: FloatArray
    habitat: FloatArray
    need: FloatArray
    missing: FloatArray
    goal: FloatArray
    left: FloatArray
    worth: FloatArray


def ties_of(edges: IntArray, side: IntArray) -> Ties:
    """Return which units touch, from (m, 2) pairs and the side of each of n units."""
    ends = np.concatenate([edges, edges[:, ::-1]])
    order = np.argsort(ends[:, 0], kind="stable")
    start = np.zeros(side.size + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends[:, 0], minlength=side.size), out=start[1:])
    return Ties(start, ends[order, 1].astype(np.int32), side)


def chains_from(
    ties: Ties, first: IntArray, may: BoolArray, claimed: IntArray, cost: FloatArray
) -> Chains:
    """Search for the cheapest chain to each unit.

    Parameters
    ----------
    ties : Ties
        Which units touch.
    first : (n,) int32
        The reserve that each unit touches on its own side.
    may : (n,) bool
        Units that may be added, as far as nothing else bars them.
    claimed : (n,) int32
        The reserve that each unit touches; NONE, or SEVERAL.
    cost : (n,) float64
        Cost of each unit, >= 0.
    """
    n = cost.size
    least = 1e-9 * max(float(cost.max(initial=0.0)), 1.0)  # of two free chains the shorter one
    free = may & (claimed != SEVERAL)
    chains = Chains(
        length=np.full(n, np.inf),
        before=np.full(n, NONE, dtype=np.int32),
        first=np.where(free & (first == claimed), first, NONE).astype(np.int32),
        free=free,
        claimed=claimed.astype(np.int32),
        cost=cost + least,
        heap=np.empty(n, dtype=np.int32),
        place=np.full(n, _OUT, dtype=np.int32),
    )
    _search(ties, chains, _offer_first(chains))
    return chains


def wanted_of(amount: csc_array, habitat: FloatArray, need: FloatArray) -> Wanted:
    """Return what units give, with nothing told yet of what is missing of connectivity."""
    goals = habitat.shape[0]
    return Wanted(
        start=amount.indptr.astype(np.int64),
        feature=amount.indices.astype(np.int32),
        amount=amount.data.astype(np.float64),
        habitat=np.ascontiguousarray(habitat, dtype=np.float64),
        need=need,
        missing=need.copy(),
        goal=np.zeros(goals),
        left=np.zeros(goals),
        worth=np.zeros((goals, 0)),
    )


@compiled
def _offer(chains: Chains, size: int, unit: int, length: float, before: int) -> int:
    """Put a unit into the heap if the chain is cheaper than its own; return the heap's size."""
    if length >= chains.length[unit]:
        return size
    chains.length[unit] = length
    chains.before[unit] = before
    at = chains.place[unit]
    if at < 0:
        at = size
        chains.heap[at] = unit
        size += 1
    rise(chains.heap, chains.place, chains.length, at)
    return size


@compiled
def _offer_first(chains: Chains) -> int:
    size = 0
    for unit in range(chains.cost.size):
        if chains.first[unit] >= 0:
            size = _offer(chains, size, unit, chains.cost[unit], NONE)
    return size


@compiled
def _search(ties: Ties, chains: Chains, size: int) -> None:
    """Lengthen the chains in the heap, cheapest first, wherever that is the cheapest chain."""
    while size > 0:
        unit = take_first(chains.heap, chains.place, chains.length, size)
        size -= 1
        chains.place[unit] = _OUT
        for row in range(ties.start[unit], ties.start[unit + 1]):
            other = ties.neighbour[row]
            if chains.free[other] and ties.side[other] == ties.side[unit]:
                longer = chains.length[unit] + chains.cost[other]
                size = _offer(chains, size, other, longer, unit)


@compiled
def claim(ties: Ties, chains: Chains, added: IntArray, reserve: int) -> None:
    """Add units to a reserve, and mend the chains that this changes.

    Parameters
    ----------
    ties : Ties
        Which units touch.
    chains : Chains
        Changed in place.
    added : (k,) int32
        A chain of free units.
    reserve : int
        The reserve that it hangs on.
    """
    for unit in added:
        _bar(chains, unit)
    for unit in added:
        for row in range(ties.start[unit], ties.start[unit + 1]):
            other = ties.neighbour[row]
            if chains.claimed[other] == NONE:
                chains.claimed[other] = reserve
            elif chains.claimed[other] != reserve:
                chains.claimed[other] = SEVERAL
                _bar(chains, other)
    size = _cut_off(ties, chains)
    for unit in added:
        for row in range(ties.start[unit], ties.start[unit + 1]):
            other = ties.neighbour[row]
            if chains.free[other] and ties.side[other] == ties.side[unit]:
                chains.first[other] = reserve
                size = _offer(chains, size, other, chains.cost[other], NONE)
    _search(ties, chains, size)


@compiled
def _bar(chains: Chains, unit: int) -> None:
    """Take a unit out of those that may be added."""
    chains.free[unit] = False
    chains.first[unit] = NONE
    chains.length[unit] = np.inf
    chains.before[unit] = NONE


@compiled
def _cut_off(ties: Ties, chains: Chains) -> int:
    """Forget the chains through barred units, offer other ways; return the heap's size."""
    state = _held_or_cut(chains)
    for unit in range(state.size):
        if state[unit] == _CUT:
            chains.length[unit] = np.inf
            chains.before[unit] = NONE
    size = 0
    for unit in range(state.size):
        if state[unit] != _CUT:
            continue
        if chains.first[unit] >= 0:
            size = _offer(chains, size, unit, chains.cost[unit], NONE)
        for row in range(ties.start[unit], ties.start[unit + 1]):
            other = ties.neighbour[row]
            if state[other] == _HELD and ties.side[other] == ties.side[unit]:
                longer = chains.length[other] + chains.cost[unit]
                size = _offer(chains, size, unit, longer, other)
    return size


@compiled
def _held_or_cut(chains: Chains) -> NDArray[np.int8]:
    """Tell of each unit whether its chain holds or runs through a barred unit."""
    n = chains.cost.size
    state = np.zeros(n, dtype=np.int8)
    stack = np.empty(n, dtype=np.int32)
    for unit in range(n):
        if not chains.free[unit] or chains.length[unit] == np.inf:
            continue
        at, top = unit, 0
        while at >= 0 and chains.free[at] and state[at] == 0:
            stack[top] = at
            top += 1
            at = chains.before[at]
        told = _HELD
        if at >= 0:
            told = state[at] if chains.free[at] else _CUT
        for place in range(top):
            state[stack[place]] = told
    return state


@compiled
def _worth_alone(wanted: Wanted, unit: int) -> float:
    """Return the share of what is missing of the features that a unit holds."""
    value = 0.0
    for row in range(wanted.start[unit], wanted.start[unit + 1]):
        missing = wanted.missing[wanted.feature[row]]
        if missing > 0 and wanted.amount[row] > 0:
            value += min(wanted.amount[row], missing) / wanted.need[wanted.feature[row]]
    return value


@compiled
def _worth(wanted: Wanted, unit: int, reserve: int) -> float:
    """Return the share of what is missing that a unit gives to a reserve."""
    value = _worth_alone(wanted, unit)
    for goal in range(wanted.left.size):
        if wanted.left[goal] > 0 and wanted.goal[goal] > 0:
            adds = wanted.habitat[goal, unit] * wanted.worth[goal, reserve]
            value += min(adds, wanted.left[goal]) / wanted.goal[goal]
    return value


@compiled
def best_end(chains: Chains, wanted: Wanted, cost: FloatArray) -> tuple[int, int]:
    """Return the end of the chain that gives most of what is missing for its cost.

    Parameters
    ----------
    chains : Chains
        The cheapest chains.
    wanted : Wanted
        What is missing.
    cost : (n,) float64
        Cost of each unit.

    Returns
    -------
    unit, reserve : int
        The end and its reserve, the cheaper chain where two give as much; NONE where none
        gives anything.
    """
    n = cost.size
    owner = np.full(n, _UNKNOWN, dtype=np.int32)
    value, price = np.zeros(n), np.zeros(n)
    stack = np.empty(n, dtype=np.int32)
    best, best_rate = NONE, 0.0
    for unit in range(n):
        at, top = unit, 0
        if chains.length[unit] == np.inf:
            continue
        while at >= 0 and owner[at] == _UNKNOWN:
            stack[top] = at
            top += 1
            at = chains.before[at]
        while top > 0:
            top -= 1
            at = stack[top]
            earlier = chains.before[at]
            reserve = chains.first[at] if earlier < 0 else owner[earlier]
            if reserve < 0 or (chains.claimed[at] >= 0 and chains.claimed[at] != reserve):
                owner[at] = NONE
                continue
            owner[at] = reserve
            value[at], price[at] = _worth(wanted, at, reserve), cost[at]
            if earlier >= 0:
                value[at] += value[earlier]
                price[at] += price[earlier]
            rate = value[at] / max(price[at], 1e-12)
            tied = best >= 0 and rate == best_rate
            if rate > best_rate or (tied and chains.length[at] < chains.length[best]):
                best, best_rate = at, rate
    return best, (owner[best] if best >= 0 else NONE)


@compiled
def hang_without(ties: Ties, selected: BoolArray, start: IntArray, without: int) -> bool:
    """Tell whether all other selected units still hang on a reserve without one of them.

    Parameters
    ----------
    ties : Ties
        Which units touch.
    selected : (n,) bool
        Units that hang on reserves.
    start : (n,) int32
        The reserve that each unit touches on its own side, or NONE.
    without : int
        One of them.
    """
    n = selected.size
    seen = np.zeros(n, dtype=np.bool_)
    waiting = np.empty(n, dtype=np.int32)
    size, count = 0, 0
    for unit in range(n):
        if selected[unit] and unit != without:
            count += 1
            if start[unit] != NONE:
                seen[unit] = True
                waiting[size] = unit
                size += 1
    done = 0
    while done < size:
        unit = waiting[done]
        done += 1
        for row in range(ties.start[unit], ties.start[unit + 1]):
            other = ties.neighbour[row]
            if (
                selected[other]
                and other != without
                and not seen[other]
                and ties.side[other] == ties.side[unit]
            ):
                seen[other] = True
                waiting[size] = other
                size += 1
    return size == count
