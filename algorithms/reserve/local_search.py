"""Improving a selection by small changes: annealing along its boundary.

One unit at a time enters or leaves; a change that costs is taken with the probability
``exp(-cost / temperature)`` (Kirkpatrick et al. 1983), where what is short of a row is charged
at a price per unit of it. Most changes are tried along the boundary of the selection, where a
strongly clumped selection can still gain.

References
----------
Kirkpatrick, S., Gelatt, C. D. & Vecchi, M. P. (1983). Optimization by simulated annealing.
Science 220: 671-680.
Steele, G. L., Lea, D. & Flood, C. H. (2014). Fast splittable pseudorandom number generators.
ACM SIGPLAN Notices 49: 453-472.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.reserve.mincut import Network


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A problem laid out for changes of single units.

    Attributes
    ----------
    network : Network
        The units and their shared boundaries.
    arc_cost : (2 m,) float64
        Cost of cutting each arc's edge.
    base : (n,) float64
        Cost of selecting each unit, shared boundaries apart.
    first : (n + 1,) int64
        Place of the first amount of each unit.
    row : (amounts,) int32
        Row of each amount.
    amount : (amounts,) float64
        What the unit adds to the row.
    wanted : (rows,) float64
        What each row must hold at least.
    fixed : (n,) bool
        Units that stay as they are.
    """

    network: Network
    arc_cost: FloatArray
    base: FloatArray
    first: NDArray[np.int64]
    row: IntArray
    amount: FloatArray
    wanted: FloatArray
    fixed: BoolArray

    @classmethod
    def of(
        cls,
        network: Network,
        edge_cost: FloatArray,
        base: FloatArray,
        rows: tuple[csr_array, FloatArray],
        fixed: BoolArray,
    ) -> Ground:
        """Lay out a problem.

        Parameters
        ----------
        network : Network
            The units.
        edge_cost : (m,) float64
            Cost of cutting each edge.
        base : (n,) float64
            Cost of selecting each unit.
        rows : ((rows, n) sparse float64, (rows,) float64)
            What each unit adds to each row, and what the rows must hold at least.
        fixed : (n,) bool
            Units that stay as they are.
        """
        columns = rows[0].T.tocsr()
        return cls(
            network,
            edge_cost[network.edge],
            base,
            columns.indptr.astype(np.int64),
            columns.indices.astype(np.int32),
            np.asarray(columns.data, dtype=np.float64),
            rows[1],
            fixed,
        )


@dataclass(frozen=True, slots=True)
class Cooling:
    """How long to anneal, and how warm.

    Attributes
    ----------
    steps : int
        Changes to try.
    warm, cold : float
        Temperature at the start and at the end, in units of cost, > 0; it falls evenly in
        the logarithm.
    firmness : float
        How many times dearer shortage is at the end than at the start, >= 1; it rises evenly
        in the logarithm.
    """

    steps: int
    warm: float
    cold: float
    firmness: float = 1.0


ResultT = TypeVar("ResultT")

STEPS_BETWEEN_REPORTS = 500_000
"""Changes tried, or units looked at to fill what is short, between two reports."""
MOST_SWEEPS = 50
"""Most times that all units are looked at for changes that pay."""


def annealed(
    ground: Ground,
    selected: BoolArray,
    price: FloatArray,
    cooling: Cooling,
    rng: np.random.Generator,
    control: Control = NULL_CONTROL,
) -> BoolArray:
    """Walk from one selection to others, cooling down.

    Parameters
    ----------
    ground : Ground
        The problem.
    selected : (n,) bool
        Where to begin.
    price : (rows,) float64
        What a unit of shortage costs on each row at the start, >= 0.
    cooling : Cooling
        How long and how warm.
    rng : numpy.random.Generator
        Source of chance.
    control : Control
        Told the share of the changes tried; may cancel.

    Returns
    -------
    (n,) bool
        Where the walk ended; it may be a little short of some rows.
    """
    walk = _Walk.of(ground, selected)
    parts = max(1, -(-cooling.steps // STEPS_BETWEEN_REPORTS))
    fall = (cooling.cold / cooling.warm) ** (1.0 / parts)
    rise = cooling.firmness ** (1.0 / parts)
    temperature, charged = cooling.warm, price.copy()
    for part in range(parts):
        control.report(part / parts)
        walk.on(
            _anneal,
            charged,
            (cooling.steps // parts, temperature, temperature * fall, rise),
            rng.integers(2**63, size=1, dtype=np.uint64),
        )
        temperature *= fall
    return walk.selected


def mended(
    ground: Ground, selected: BoolArray, control: Control = NULL_CONTROL
) -> BoolArray | None:
    """Return a selection that holds every row, near a given one and no dearer than need be.

    What is short is filled by the changes that cost least per shortage they remove; then
    units leave and enter one at a time as long as that pays.

    Parameters
    ----------
    ground : Ground
        The problem.
    selected : (n,) bool
        Where to begin.
    control : Control
        May cancel; told nothing of the share done.

    Returns
    -------
    (n,) bool or None
        None where single changes do not lead to a selection that holds every row.
    """
    walk = _Walk.of(ground, selected)
    most = max(1, STEPS_BETWEEN_REPORTS // selected.size)
    going = True
    while going:
        control.report(0.0)
        going = walk.on(_fill, most)
    if (walk.held < ground.wanted).any():
        return None
    for _ in range(MOST_SWEEPS):
        control.report(0.0)
        if not walk.on(_sweep):
            break
    return walk.selected


@dataclass(frozen=True, slots=True, eq=False)
class _Walk:
    """A selection that changes in place, with what follows from it."""

    ground_arrays: tuple[Any, ...]
    selected: BoolArray
    held: FloatArray
    unlike: IntArray

    @classmethod
    def of(cls, ground: Ground, selected: BoolArray) -> _Walk:
        """Begin at a selection, which is copied."""
        held = np.zeros(ground.wanted.size)
        taken = np.repeat(selected, np.diff(ground.first))
        np.add.at(held, ground.row[taken], ground.amount[taken])
        network = ground.network
        tail = np.repeat(np.arange(selected.size), np.diff(network.first))
        unlike = tail[selected[tail] != selected[network.head]]
        count = np.bincount(unlike, minlength=selected.size).astype(np.int32)
        arrays = (
            network.first,
            network.head,
            ground.arc_cost,
            ground.base,
            ground.first,
            ground.row,
            ground.amount,
            ground.wanted,
            ground.fixed,
        )
        return cls(arrays, selected.copy(), held, count)

    def on(self, loop: Callable[..., ResultT], *arguments: object) -> ResultT:
        """Run a compiled loop on the ground and this selection."""
        return loop(*self.ground_arrays, self.selected, self.held, self.unlike, *arguments)


ALONG_BOUNDARY = 0.98
"""Share of the changes that are tried along the boundary; the others anywhere."""


@compiled
def _draw(chance: NDArray[np.uint64]) -> float:
    """Return a number above 0 and below 1 (splitmix64, Steele, Lea & Flood 2014)."""
    chance[0] += np.uint64(0x9E3779B97F4A7C15)
    mixed = chance[0]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return float(mixed >> np.uint64(11)) / 9007199254740992.0 + 5e-17


@compiled
def _change(
    unit: int,
    first_arc: IntArray,
    head: IntArray,
    arc_cost: FloatArray,
    base: FloatArray,
    selected: BoolArray,
) -> float:
    """Return what it costs that a unit enters or leaves."""
    change: float = -base[unit] if selected[unit] else base[unit]
    for arc in range(first_arc[unit], first_arc[unit + 1]):
        if selected[head[arc]] == selected[unit]:
            change += arc_cost[arc]
        else:
            change -= arc_cost[arc]
    return change


@compiled
def _flip(  # noqa: PLR0913, PLR0917 - compiled loops take arrays, not objects
    unit: int,
    first_arc: IntArray,
    head: IntArray,
    first: NDArray[np.int64],
    row: IntArray,
    amount: FloatArray,
    selected: BoolArray,
    held: FloatArray,
    unlike: IntArray,
) -> None:
    """Let a unit enter or leave."""
    selected[unit] = not selected[unit]
    sign = 1.0 if selected[unit] else -1.0
    for k in range(first[unit], first[unit + 1]):
        held[row[k]] += sign * amount[k]
    for arc in range(first_arc[unit], first_arc[unit + 1]):
        unlike[head[arc]] += 1 if selected[head[arc]] != selected[unit] else -1
    unlike[unit] = first_arc[unit + 1] - first_arc[unit] - unlike[unit]


@compiled
def _charge(  # noqa: PLR0913, PLR0917 - compiled loops take arrays, not objects
    unit: int,
    first: NDArray[np.int64],
    row: IntArray,
    amount: FloatArray,
    wanted: FloatArray,
    selected: BoolArray,
    held: FloatArray,
    price: FloatArray,
) -> float:
    """Return by how much the price of all shortage rises when a unit enters or leaves."""
    sign = -1.0 if selected[unit] else 1.0
    charge = 0.0
    for k in range(first[unit], first[unit + 1]):
        before = wanted[row[k]] - held[row[k]]
        after = before - sign * amount[k]
        charge += price[row[k]] * (max(after, 0.0) - max(before, 0.0))
    return charge


@compiled
def _track(
    unit: int, fixed: BoolArray, unlike: IntArray, border: IntArray, place: IntArray, count: int
) -> int:
    """List a unit where it is on the boundary, and only there; return how many are listed."""
    if unlike[unit] > 0 and place[unit] < 0 and not fixed[unit]:
        place[unit] = count
        border[count] = unit
        return count + 1
    if unlike[unit] == 0 and place[unit] >= 0:
        last = border[count - 1]
        border[place[unit]] = last
        place[last] = place[unit]
        place[unit] = -1
        return count - 1
    return count


@compiled
def _anneal(  # noqa: PLR0913, PLR0917 - compiled loops take arrays, not objects
    first_arc: IntArray,
    head: IntArray,
    arc_cost: FloatArray,
    base: FloatArray,
    first: NDArray[np.int64],
    row: IntArray,
    amount: FloatArray,
    wanted: FloatArray,
    fixed: BoolArray,
    selected: BoolArray,
    held: FloatArray,
    unlike: IntArray,
    price: FloatArray,
    cooling: tuple[int, float, float, float],
    chance: NDArray[np.uint64],
) -> None:
    """Anneal in place: steps, temperature at the start and the end, rise of the prices."""
    steps, warm, cold, rise = cooling
    n = base.size
    border = np.empty(n, dtype=np.int32)
    place = np.full(n, -1, dtype=np.int32)
    count = 0
    for unit in range(n):
        count = _track(unit, fixed, unlike, border, place, count)
    helpful = amount.size == 0 or amount.min() >= 0.0
    temperature = warm
    cooler = (cold / warm) ** (1000.0 / max(steps, 1))
    dearer = rise ** (1000.0 / max(steps, 1))
    for step in range(steps):
        if step % 1000 == 999:
            temperature *= cooler
            price *= dearer
        if count > 0 and _draw(chance) < ALONG_BOUNDARY:
            unit = int(border[int(_draw(chance) * count)])
        else:
            unit = int(_draw(chance) * n)
            if fixed[unit]:
                continue
        change = _change(unit, first_arc, head, arc_cost, base, selected)
        allowed = -np.log(_draw(chance)) * temperature
        if helpful and selected[unit] and change > allowed:
            continue  # what leaves can only add to the shortage
        change += _charge(unit, first, row, amount, wanted, selected, held, price)
        if change > allowed:
            continue
        _flip(unit, first_arc, head, first, row, amount, selected, held, unlike)
        count = _track(unit, fixed, unlike, border, place, count)
        for arc in range(first_arc[unit], first_arc[unit + 1]):
            count = _track(head[arc], fixed, unlike, border, place, count)


@compiled
def _fill(  # noqa: PLR0913, PLR0917 - compiled loops take arrays, not objects
    first_arc: IntArray,
    head: IntArray,
    arc_cost: FloatArray,
    base: FloatArray,
    first: NDArray[np.int64],
    row: IntArray,
    amount: FloatArray,
    wanted: FloatArray,
    fixed: BoolArray,
    selected: BoolArray,
    held: FloatArray,
    unlike: IntArray,
    most: int,
) -> bool:
    """Remove shortage, cheapest first, by so many changes at most; tell whether to go on.

    Each change leaves less of all shortage together than before, so there is an end.
    """
    each = np.ones(wanted.size)
    for _ in range(most):
        best_unit = -1
        best_rate = np.inf
        for unit in range(base.size):
            if fixed[unit]:
                continue
            removed = -_charge(unit, first, row, amount, wanted, selected, held, each)
            if removed <= 1e-12:
                continue
            change = _change(unit, first_arc, head, arc_cost, base, selected)
            rate = change / removed if change > 0.0 else change * removed
            if rate < best_rate:
                best_rate = rate
                best_unit = unit
        if best_unit < 0:
            return False
        _flip(best_unit, first_arc, head, first, row, amount, selected, held, unlike)
    return True


@compiled
def _sweep(  # noqa: PLR0913, PLR0917 - compiled loops take arrays, not objects
    first_arc: IntArray,
    head: IntArray,
    arc_cost: FloatArray,
    base: FloatArray,
    first: NDArray[np.int64],
    row: IntArray,
    amount: FloatArray,
    wanted: FloatArray,
    fixed: BoolArray,
    selected: BoolArray,
    held: FloatArray,
    unlike: IntArray,
) -> bool:
    """Make every change of a single unit that pays and leaves no row short; tell of any."""
    moved = False
    for unit in range(base.size):
        if fixed[unit]:
            continue
        if _change(unit, first_arc, head, arc_cost, base, selected) >= -1e-9:
            continue
        sign = -1.0 if selected[unit] else 1.0
        allowed = True
        for k in range(first[unit], first[unit + 1]):
            after = held[row[k]] + sign * amount[k]
            allowed = allowed and (after >= wanted[row[k]] or after >= held[row[k]])
        if allowed:
            _flip(unit, first_arc, head, first, row, amount, selected, held, unlike)
            moved = True
    return moved
