"""Making one piece of several, and doing without the units that a selection does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from algorithms.compiled import compiled
from algorithms.reserve.feasible import contiguous_groups

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.model import Model
    from algorithms.reserve.problem import Problem


def unit_worth(problem: Problem) -> FloatArray:
    """(n,) float64: what each unit adds to what the objective wants, its costs apart.

    Nothing for a minimum set; else what it holds of each feature, by weight and per target.
    """
    if problem.objective == "minimum_set":
        return np.zeros(problem.n_units)
    scale = problem.weights()
    if problem.objective != "maximum_utility" and problem.target is not None:
        wanted = problem.target > 0
        scale = np.where(wanted, scale / np.where(wanted, problem.target, 1.0), 0.0)
    return np.asarray(scale @ problem.amount, dtype=np.float64)


class Joiner:
    """Joins the pieces of selections of one problem.

    Parameters
    ----------
    problem : Problem
        With or without contiguity.
    model : Model
        Its programme; rows that are of the units alone are kept to.
    """

    def __init__(self, problem: Problem, model: Model) -> None:
        n = problem.n_units
        self._problem = problem
        edges = problem.edges if problem.edges is not None else np.empty((0, 2), np.int32)
        both = np.concatenate([edges, edges[:, ::-1]])
        self._pairs = both
        price = np.concatenate([problem.edge_cost()] * 2)
        if price.size != len(both):
            price = np.zeros(len(both))
        # A cost of zero would be no link: every stored entry keeps its own small weight.
        self._links = csr_array((price + 1.0, (both[:, 0], both[:, 1])), shape=(n, n))
        self._links.sort_indices()
        self._own = problem.unit_penalty()
        if problem.objective == "minimum_set":
            self._own = self._own + problem.cost
        of_units = np.diff(csr_array(model.rows[:, n:]).indptr) == 0
        self._rows = csc_array(model.rows[of_units][:, :n])
        self._lower = model.row_lower[of_units]
        self._upper = model.row_upper[of_units]
        self._groups = contiguous_groups(problem)
        label = np.zeros(n, np.int32)
        for number, group in enumerate(self._groups, start=1):
            label[group] = number
        self._label = label

    @property
    def links(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Neighbours of each unit, one after another: where they start, which, and the price.

        The price is what it costs that only one of the two is selected.
        """
        return self._links.indptr, self._links.indices, self._links.data - 1.0

    def joined(self, selected: BoolArray) -> BoolArray:
        """Return a selection with the pieces of each group joined by their cheapest paths."""
        found = selected.copy()
        for group in self._groups:
            self._join(found, group & ~self._problem.may_not())
        return found

    def trimmed(self, selected: BoolArray, worth: FloatArray) -> BoolArray:
        """Return a selection without the units that it can do without, dearest first.

        A unit goes if no row of the programme that is kept is then missed, no piece falls
        apart, and the objective becomes better or a row that is exceeded is brought nearer to
        its limit.

        Parameters
        ----------
        selected : (n,) bool
            A selection.
        worth : (n,) float64
            What each unit is worth beyond its costs; the least worth go first.
        """
        found = selected.copy()
        order = np.argsort(worth - self._own, kind="stable").astype(np.int64)
        activity = self._rows @ found.astype(np.float64)
        _trim(
            found,
            order[~self._problem.must()[order]],
            (*self.links, self._label),
            (self._rows.indptr, self._rows.indices, self._rows.data),
            (activity, self._lower, self._upper),
            self._own - worth,
        )
        return found

    def largest_piece(self, selected: BoolArray) -> BoolArray:
        """Return a selection with only one piece of each group: that which costs the most."""
        found = selected.copy()
        for group in self._groups:
            inside = np.flatnonzero(found & group)
            if not inside.size:
                continue
            label = connected_components(self._links[inside][:, inside], directed=False)[1]
            locked = np.flatnonzero(self._problem.must()[inside])
            weight = np.bincount(label, weights=self._problem.cost[inside] + 1e-9)
            main = label[locked[0]] if locked.size else int(np.argmax(weight))
            found[inside[label != main]] = False
        return found

    def _join(self, found: BoolArray, group: BoolArray) -> None:
        members = np.flatnonzero(group)
        inside = found[members]
        if inside.sum() < 2:
            return
        links = self._links[members][:, members].tocoo()
        here, there = links.coords
        least = 1e-9 * (1.0 + float(np.abs(self._own).max()))
        step = np.maximum(self._own[members], 0.0)[there] + least
        step[inside[there]] = 1e-12
        graph = csr_array((step, (here, there)), shape=links.shape)
        label = np.full(members.size, -1)
        chosen = np.flatnonzero(inside)
        label[chosen] = connected_components(
            csr_array(links.tocsr()[chosen][:, chosen]), directed=False
        )[1]
        locked = np.flatnonzero(self._problem.must()[members])
        main = label[locked[0]] if locked.size else int(np.argmax(np.bincount(label[chosen])))
        _, before, _ = dijkstra(
            graph,
            indices=np.flatnonzero(label == main),
            min_only=True,
            return_predecessors=True,
        )
        for piece in range(label.max() + 1):
            if piece == main:
                continue
            unit = self._entrance(before, np.flatnonzero(label == piece))
            while unit >= 0 and before[unit] >= 0:
                unit = before[unit]
                found[members[unit]] = True

    @staticmethod
    def _entrance(before: IntArray, units: np.ndarray) -> int:
        """Return the unit of a piece by which the cheapest path enters it; -1 if none does."""
        entered = units[(before[units] >= 0) & ~np.isin(before[units], units)]
        return int(entered[0]) if entered.size else -1


@compiled
def _trim(
    selected: BoolArray,
    order: np.ndarray,
    links: tuple[IntArray, IntArray, FloatArray, IntArray],
    columns: tuple[IntArray, IntArray, FloatArray],
    rows: tuple[FloatArray, FloatArray, FloatArray],
    own: FloatArray,
) -> None:
    start, other, price, label = links
    column_start, column_row, column_value = columns
    activity, lower, upper = rows
    mark = np.zeros(selected.size, np.int64)
    queue = np.empty(selected.size, np.int64)
    for turn in range(order.size):
        unit = order[turn]
        if not selected[unit]:
            continue
        gain = own[unit]
        for k in range(start[unit], start[unit + 1]):
            gain += price[k] if not selected[other[k]] else -price[k]
        helps = gain > 0.0
        kept = True
        for k in range(column_start[unit], column_start[unit + 1]):
            row = column_row[k]
            now = activity[row]
            then = now - column_value[k]
            if (then < lower[row] and then < now) or (then > upper[row] and then > now):
                kept = False
                break
            if (now > upper[row] and then < now) or (now < lower[row] and then > now):
                helps = True
        if not (kept and helps):
            continue
        if label[unit] > 0 and _cuts(unit, selected, (start, other, label), mark, queue, turn):
            continue
        selected[unit] = False
        for k in range(column_start[unit], column_start[unit + 1]):
            activity[column_row[k]] -= column_value[k]


@compiled
def _cuts(
    unit: int,
    selected: BoolArray,
    links: tuple[IntArray, IntArray, IntArray],
    mark: np.ndarray,
    queue: np.ndarray,
    turn: int,
) -> bool:
    """Whether the selected neighbours of a unit hang together only by it."""
    start, other, label = links
    stamp = 2 * turn + 1
    wanted = 0
    first = -1
    for k in range(start[unit], start[unit + 1]):
        near = other[k]
        if selected[near] and label[near] == label[unit]:
            mark[near] = -stamp
            wanted += 1
            first = near
    if wanted < 2:
        return False
    mark[first] = stamp
    queue[0] = first
    end = 1
    at = 0
    wanted -= 1
    while at < end:
        here = queue[at]
        at += 1
        for k in range(start[here], start[here + 1]):
            near = other[k]
            if near == unit or mark[near] == stamp:
                continue
            if not selected[near] or label[near] != label[unit]:
                continue
            if mark[near] == -stamp:
                wanted -= 1
                if wanted == 0:
                    return False
            mark[near] = stamp
            queue[end] = near
            end += 1
    return True
