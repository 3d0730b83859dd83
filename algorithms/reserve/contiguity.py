"""One connected piece: the vertex separators that a disconnected selection breaks.

In a group of units that must be one piece, a unit a can be selected together with a root only
if some unit of every set S that separates the two is selected: ``x_a <= sum_{s in S} x_s``. The
root is a unit that is locked in where there is one. Elsewhere a column ``y_i <= x_i`` per unit,
with ``sum_i y_i <= 1``, says which is the root, and the separator's own side W counts: ``x_a <=
sum_{s in S} x_s + sum_{i in W} y_i``. The columns y need not be whole: where x is, two pieces
would each need all of them.

References
----------
Carvajal, R., Constantino, M., Goycoolea, M., Vielma, J. P. & Weintraub, A. (2013). Imposing
connectivity constraints in forest planning models. Operations Research 61, 824-836.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from algorithms.reserve.feasible import contiguous_groups
from algorithms.reserve.flows import MOST_UNITS, with_flows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.model import Completion, Model
    from algorithms.reserve.problem import Problem

MOST_PER_PIECE = 60
"""Rows that one separator gives: for so many units behind it."""

MOST_FLOWS = 25
"""Units of a group whose separators are sought in one round of the relaxation."""

LEAST_VIOLATION = 0.03
"""By how much a separator must be violated by the relaxation to be worth a row."""

_UNIT = 1_000_000
"""What a whole unit is in the capacities of flows, which are whole numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Units that must be one piece.

    Attributes
    ----------
    member : (k,) int32
        Units of the group that are not locked out, ascending.
    links : (k, k) sparse float64
        Which of them touch; symmetric.
    root : int
        A member that is locked in, by its place in `member`; -1 where none is.
    first_root : int
        First of the k columns y; -1 with a root.
    """

    member: IntArray
    links: csr_array
    root: int
    first_root: int


class Separators:
    """The groups of a problem that must be one piece each, and the rows that say so.

    Parameters
    ----------
    problem : Problem
        With contiguity.
    model : Model
        Its programme without.
    """

    def __init__(self, problem: Problem, model: Model) -> None:
        self._rows: list[tuple[IntArray, FloatArray, float]] = []
        self._known: set[bytes] = set()
        self._n_units = model.n_units
        self._n_columns = model.cost.size
        self.groups = tuple(self._groups(problem))
        self._base = self._with_roots(model)

    def _groups(self, problem: Problem) -> Iterator[Group]:
        edges = problem.edges if problem.edges is not None else np.empty((0, 2), np.int32)
        n = problem.n_units
        both = np.concatenate([edges, edges[:, ::-1]])
        links = csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(n, n))
        for group in contiguous_groups(problem):
            member = np.flatnonzero(group & ~problem.may_not()).astype(np.int32)
            if member.size < 2:
                continue
            locked = np.flatnonzero(problem.must()[member])
            root = int(locked[0]) if locked.size else -1
            first = -1 if locked.size else self._n_columns
            if root < 0:
                self._n_columns += member.size
            yield Group(member, csr_array(links[member][:, member]), root, first)

    def _with_roots(self, model: Model) -> Model:
        """Return the programme with the columns y and their rows."""
        extra = self._n_columns - model.cost.size
        old = model.rows
        rows = csr_array(
            (old.data, old.indices, old.indptr), shape=(model.row_lower.size, self._n_columns)
        )
        parts, lower, upper = [rows], [model.row_lower], [model.row_upper]
        completions = list(model.completions)
        for group in self.groups:
            if group.root >= 0:
                continue
            k = group.member.size
            number = np.arange(k)
            one = np.ones(k)
            entries = (
                np.concatenate([one, -one, one]),
                (
                    np.concatenate([number, number, np.full(k, k)]),
                    np.concatenate(
                        [group.first_root + number, group.member, group.first_root + number]
                    ),
                ),
            )
            parts.append(csr_array(coo_array(entries, shape=(k + 1, self._n_columns))))
            lower.append(np.full(k + 1, -np.inf))
            upper.append(np.append(np.zeros(k), 1.0))
            completions.append((group.first_root, _first_selected(group)))
        return replace(
            model,
            cost=np.append(model.cost, np.zeros(extra)),
            lower=np.append(model.lower, np.zeros(extra)),
            upper=np.append(model.upper, np.ones(extra)),
            integer=np.append(model.integer, np.zeros(extra, np.bool_)),
            rows=csr_array(vstack(parts)),
            row_lower=np.concatenate(lower),
            row_upper=np.concatenate(upper),
            completions=tuple(completions),
        )

    @property
    def count(self) -> int:
        """How many rows were found so far."""
        return len(self._rows)

    def model(self, *, flows: bool = False) -> Model:
        """Return the programme with all rows found so far.

        Parameters
        ----------
        flows : bool
            Make sure of the pieces by flows too, where each has a root and they are not too
            large.
        """
        rooted = all(group.root >= 0 for group in self.groups)
        size = sum(group.member.size for group in self.groups)
        if flows and rooted and self.groups and size <= MOST_UNITS:
            return with_flows(self.model(), self.groups)
        if not self._rows:
            return self._base
        column = np.concatenate([columns for columns, _, _ in self._rows])
        value = np.concatenate([values for _, values, _ in self._rows])
        start = np.concatenate([[0], np.cumsum([c.size for c, _, _ in self._rows])])
        added = csr_array((value, column, start), shape=(self.count, self._n_columns))
        return replace(
            self._base,
            rows=csr_array(vstack([self._base.rows, added])),
            row_lower=np.append(self._base.row_lower, np.full(self.count, -np.inf)),
            row_upper=np.append(self._base.row_upper, [most for _, _, most in self._rows]),
        )

    def exclude(self, selected: BoolArray) -> int:
        """Find the separators that a disconnected selection breaks; return how many are new."""
        before = self.count
        for group in self.groups:
            inside = selected[group.member]
            label = _labels(group, inside)
            if label.max(initial=-1) < 1:
                continue
            whole = np.bincount(label[inside])
            main = label[group.root] if group.root >= 0 else int(np.argmax(whole))
            for piece in range(whole.size):
                # Without a root any two pieces exclude each other only by both their rows.
                if piece != main or group.root < 0:
                    self._around(group, label == piece)
        return self.count - before

    def forbid(self, selected: BoolArray) -> int:
        """Exclude one selection and no other; return how many rows are new."""
        return self._add(
            np.arange(self._n_units, dtype=np.int32),
            np.where(selected, 1.0, -1.0),
            float(selected.sum()) - 1.0,
        )

    def cut_off(self, values: FloatArray) -> int:
        """Find separators that a solution of the relaxation breaks; return how many are new."""
        before = self.count
        for group in self.groups:
            x = values[group.member]
            label = _labels(group, x > 1e-6)
            lost = [
                piece
                for piece in range(label.max(initial=-1) + 1)
                if group.root < 0 or piece != label[group.root]
            ]
            if len(lost) > 1 or (lost and group.root >= 0):
                for piece in lost:
                    self._violated_around(group, label == piece, values)
            self._flows(group, values)
        return self.count - before

    def _violated_around(self, group: Group, side: BoolArray, values: FloatArray) -> None:
        x = values[group.member]
        supply = 0.0
        if group.root < 0:
            y = values[group.first_root : group.first_root + group.member.size]
            supply = float(y[side].sum())
        behind = np.flatnonzero(side & (x > supply + LEAST_VIOLATION))
        if behind.size:
            self._separate(group, side, _foremost(x, behind))

    def _around(self, group: Group, side: BoolArray) -> None:
        behind = np.flatnonzero(side)
        if behind.size > MOST_PER_PIECE:
            behind = behind[:: behind.size // MOST_PER_PIECE + 1]
        self._separate(group, side, behind.astype(np.int32))

    def _separate(self, group: Group, side: BoolArray, behind: IntArray) -> None:
        """Add the rows of the units behind the separator around a side.

        With a root, the separator is that part of the side's rim that the root can reach
        without crossing the rim, and the side grows to all that it keeps from the root.
        """
        rim = ((group.links @ side.astype(np.float64)) > 0) & ~side
        if group.root >= 0:
            open_ = _labels(group, ~side & ~rim)
            reached = (open_ == open_[group.root]) & (open_ >= 0)
            rim &= (group.links @ reached.astype(np.float64)) > 0
        self._rows_for(group, side, rim, behind)

    def _rows_for(
        self, group: Group, side: BoolArray, rim: BoolArray, behind: IntArray
    ) -> None:
        wall = group.member[rim]
        roots = np.empty(0, np.int32)
        if group.root < 0:
            roots = (group.first_root + np.flatnonzero(side)).astype(np.int32)
        for unit in behind:
            column = np.concatenate([[group.member[unit]], wall, roots]).astype(np.int32)
            value = np.full(column.size, -1.0)
            value[0] = 1.0
            self._add(column, value, 0.0)

    def _add(self, columns: IntArray, values: FloatArray, most: float) -> int:
        key = columns.tobytes() + values.tobytes()
        if key in self._known:
            return 0
        self._known.add(key)
        self._rows.append((columns, values, most))
        return 1

    def _flows(self, group: Group, values: FloatArray) -> None:
        """Find violated separators of single units by the greatest flow from the root."""
        x = np.clip(values[group.member], 0.0, 1.0)
        k = x.size
        network, source = _network(group, x, values)
        wanted = np.flatnonzero((x > 0.1) & (np.arange(k) != group.root))
        wanted = wanted[np.argsort(-x[wanted], kind="stable")]
        done = np.zeros(k, np.bool_)
        for unit in wanted[:: wanted.size // MOST_FLOWS + 1]:
            if done[unit]:
                continue
            result = maximum_flow(network, source, int(unit))
            if result.flow_value >= (x[unit] - LEAST_VIOLATION) * _UNIT:
                continue
            residual = csr_array(network - result.flow)
            residual.data = np.maximum(residual.data, 0)
            residual.eliminate_zeros()
            seen = np.zeros(2 * k + 1, np.bool_)
            seen[breadth_first_order(residual, source, return_predecessors=False)] = True
            rim = seen[:k] & ~seen[k : 2 * k]
            side = ~seen[:k]
            supply = result.flow_value / _UNIT
            behind = np.flatnonzero(side & (x > supply + LEAST_VIOLATION))
            done[behind] = True
            self._rows_for(group, side, rim, _foremost(x, behind))


def _foremost(x: FloatArray, units: IntArray | np.ndarray) -> IntArray:
    """Return the units of which the most is selected, as many as a separator gives rows."""
    order = np.argsort(-x[units], kind="stable")[:MOST_PER_PIECE]
    return units[order].astype(np.int32)


def _labels(group: Group, inside: BoolArray) -> IntArray:
    """(k,) int32: number of the piece of each member that is inside; -1 where not."""
    chosen = np.flatnonzero(inside)
    label = np.full(inside.size, -1, np.int32)
    if chosen.size:
        part = group.links[chosen][:, chosen]
        label[chosen] = connected_components(part, directed=False)[1]
    return label


def _first_selected(group: Group) -> Completion:
    def complete(selected: BoolArray) -> FloatArray:
        root = np.zeros(group.member.size)
        inside = np.flatnonzero(selected[group.member])
        root[inside[:1]] = 1.0
        return root

    return complete


def _network(group: Group, x: FloatArray, values: FloatArray) -> tuple[csr_array, int]:
    """Return the network in which each unit lets through what is selected of it.

    Node i is the entry of unit i and node k + i its exit; the last one is the source.
    """
    k = x.size
    links = group.links.tocoo()
    here, there = links.coords
    unit = np.arange(k)
    source = 2 * k
    if group.root >= 0:
        start = np.array([group.root])
        supply = np.array([2.0])
    else:
        start = unit
        supply = np.clip(values[group.first_root : group.first_root + k], 0.0, 1.0)
    capacity = np.concatenate([x, np.full(here.size, 2.0), supply])
    if group.root >= 0:
        capacity[group.root] = 2.0
    tail = np.concatenate([unit, k + here, np.full(start.size, source)])
    head = np.concatenate([k + unit, there, start])
    whole = np.rint(capacity * _UNIT).astype(np.int32)
    return csr_array((whole, (tail, head)), shape=(2 * k + 1, 2 * k + 1)), source
