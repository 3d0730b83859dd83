"""Whether a selection meets everything a problem demands, in plain sums."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from algorithms.reserve.problem import LinearConstraint
from algorithms.reserve.solution import TARGET_ROUNDING, held, targets_met

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.problem import Problem, Redundancy


def limit_rounding(constraint: LinearConstraint, limit: float) -> float:
    """Return by how much a sum may miss a limit before it is more than rounding.

    It is a billionth of the limit or of the greatest coefficient, whichever is greater.
    """
    greatest = float(np.abs(constraint.coefficient).max(initial=0.0))
    return TARGET_ROUNDING * max(abs(limit), greatest)


def share_constraints(problem: Problem) -> tuple[LinearConstraint, ...]:
    """Return the countries' shares as sums: ``least * Q(x) <= Q_country(x) <= most * Q(x)``.

    A selection in which nothing counts meets every share.

    Raises
    ------
    ValueError
        Shares are asked and the problem has no countries, or not the quantity they share.
    """
    if not problem.share_min and not problem.share_max:
        return ()
    if problem.country is None:
        raise ValueError("shares of countries need the country of each unit: set country")
    quantity = problem.share_quantity()
    found = []
    for code, least in sorted(problem.share_min.items()):
        own = np.where(problem.country == code, quantity, 0.0)
        name = f"least share of country {code}"
        found.append(LinearConstraint(name=name, coefficient=own - least * quantity, lower=0.0))
    for code, most in sorted(problem.share_max.items()):
        own = np.where(problem.country == code, quantity, 0.0)
        name = f"greatest share of country {code}"
        found.append(LinearConstraint(name=name, coefficient=own - most * quantity, upper=0.0))
    return tuple(found)


def neighbours_needed(problem: Problem) -> IntArray:
    """(n,) int32: how many selected neighbours each unit needs if it is selected."""
    needed = np.full(problem.n_units, problem.neighbours, np.int32)
    if problem.edges is None or not problem.neighbours_clamped:
        return needed
    free = ~problem.may_not()
    available = np.zeros(problem.n_units, np.int32)
    for here, there in ((0, 1), (1, 0)):
        np.add.at(available, problem.edges[:, here], free[problem.edges[:, there]])
    return np.minimum(needed, available)


def pieces(selected: BoolArray, edges: IntArray) -> IntArray:
    """(n,) int32: number of the connected piece of each selected unit; -1 where not."""
    inside = edges[selected[edges].all(axis=1)]
    n = selected.size
    graph = csr_array((np.ones(len(inside)), (inside[:, 0], inside[:, 1])), shape=(n, n))
    label = connected_components(graph, directed=False)[1]
    piece = np.full(n, -1, np.int32)
    piece[selected] = np.unique(label[selected], return_inverse=True)[1]
    return piece


def contiguous_groups(problem: Problem) -> tuple[BoolArray, ...]:
    """(n,) bool each: the sets of units whose selected members must be one piece.

    The pieces of a complex are joined along its own units: land of no complex, or of another
    one, joins nothing.
    """
    if problem.contiguous == "none":
        return ()
    if problem.contiguous == "whole":
        return (np.ones(problem.n_units, np.bool_),)
    if problem.complex_label is None:
        raise ValueError(
            "contiguity of complexes needs the complex of each unit: set complex_label"
        )
    label = problem.complex_label
    return tuple(label == number for number in np.unique(label[label > 0]))


def places_held(problem: Problem, wanted: Redundancy, selected: BoolArray) -> int:
    """Return in how many places a selection holds enough of a feature."""
    row = problem.amount[[wanted.feature]].toarray()[0]
    used = selected & (wanted.place > 0)
    amount = np.bincount(wanted.place[used], weights=row[used])
    return int((amount >= wanted.least * (1.0 - TARGET_ROUNDING)).sum())


class Rules:
    """Everything a selection must keep to.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.sums = (*problem.constraints, *share_constraints(problem))

    @cached_property
    def _edges(self) -> IntArray:
        edges = self._problem.edges
        return np.empty((0, 2), np.int32) if edges is None else edges

    def broken(self, selected: BoolArray) -> str | None:
        """Return the first rule that a selection breaks, in words; None if it keeps to all."""
        problem = self._problem
        if (problem.must() & ~selected).any():
            return "a unit that is locked in is not selected"
        if (problem.may_not() & selected).any():
            return "a unit that is locked out is selected"
        return (
            self._sums_broken(selected)
            or self._targets_missed(selected)
            or self._lonely(selected)
            or self._in_pieces(selected)
            or self._too_few_places(selected)
        )

    def _sums_broken(self, selected: BoolArray) -> str | None:
        budget = self._problem.budget
        if budget is not None:
            cost = float(self._problem.cost[selected].sum())
            if cost > budget + TARGET_ROUNDING * abs(budget):
                return f"the cost {cost:g} is over the budget {budget:g}"
        for rule in self.sums:
            value = float(rule.coefficient[selected].sum())
            if value < rule.lower - limit_rounding(rule, rule.lower):
                return f"{rule.name}: {value:g} is below {rule.lower:g}"
            if value > rule.upper + limit_rounding(rule, rule.upper):
                return f"{rule.name}: {value:g} is above {rule.upper:g}"
        return None

    def _targets_missed(self, selected: BoolArray) -> str | None:
        if self._problem.objective != "minimum_set":
            return None
        met = targets_met(self._problem, held(self._problem, selected))
        if met.all():
            return None
        return f"the target of {self._problem.names()[int(np.argmin(met))]} is not held"

    def _lonely(self, selected: BoolArray) -> str | None:
        if self._problem.neighbours <= 0:
            return None
        lonely = selected & (self.neighbours_of(selected) < neighbours_needed(self._problem))
        return f"unit {int(np.argmax(lonely))} has too few neighbours" if lonely.any() else None

    def neighbours_of(self, selected: BoolArray) -> FloatArray:
        """(n,) float64: how many selected neighbours each unit has."""
        n = self._problem.n_units
        one, other = self._edges[:, 0], self._edges[:, 1]
        count: FloatArray = np.bincount(one, selected[other], n).astype(np.float64)
        return count + np.bincount(other, selected[one], n)

    def _in_pieces(self, selected: BoolArray) -> str | None:
        for group in contiguous_groups(self._problem):
            if pieces(selected & group, self._edges).max(initial=-1) > 0:
                return "the selection is in several pieces"
        return None

    def _too_few_places(self, selected: BoolArray) -> str | None:
        for wanted in self._problem.redundancy:
            count = places_held(self._problem, wanted, selected)
            if count < wanted.count:
                name = self._problem.names()[wanted.feature]
                return f"{name} is held in {count} places of {wanted.count}"
        return None
