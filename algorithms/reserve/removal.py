"""Doing without units: the problem that is left, and what sums alone say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, eye_array

from algorithms.reserve.problem import LinearConstraint
from algorithms.reserve.safe_bounds import SUM_ROUNDING
from algorithms.reserve.solution import TARGET_ROUNDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.problem import Problem


def without_units(problem: Problem, units: IntArray) -> Problem:
    """Return the problem in which some units cannot be had.

    A unit of them that is locked in is given up. The number of neighbours that the others
    need stays what it was: no selection meets this problem that does not meet the given one,
    as long as none of the units is locked in.

    Parameters
    ----------
    problem : Problem
        What was asked.
    units : (k,) int32
        Numbers of the units.
    """
    gone = np.zeros(problem.n_units, np.bool_)
    gone[units] = True
    locked_in = None if problem.locked_in is None else problem.locked_in & ~gone
    if problem.neighbours > 0 and problem.neighbours_clamped:
        # A lock would change how many neighbours a unit beside it can have, and so needs.
        none = LinearConstraint(
            name="units that cannot be had", coefficient=gone.astype(np.float64), upper=0.0
        )
        return replace(problem, locked_in=locked_in, constraints=(*problem.constraints, none))
    return replace(problem, locked_in=locked_in, locked_out=problem.may_not() | gone)


def membership(groups: Sequence[IntArray], n_units: int) -> csr_array:
    """Return which units are in which group.

    Parameters
    ----------
    groups : sequence of (k,) int32
        Numbers of the units of each.
    n_units : int
        How many units there are.

    Returns
    -------
    (groups, n_units) sparse float64
        1 where a unit is in a group.
    """
    row = np.repeat(np.arange(len(groups)), [group.size for group in groups])
    column = np.concatenate([*groups, np.empty(0, np.int32)])
    return csr_array((np.ones(row.size), (row, column)), shape=(len(groups), n_units))


def each_unit(problem: Problem) -> csr_array:
    """(n, n) sparse float64: every unit as a group by itself."""
    return csr_array(eye_array(problem.n_units, format="csr"))


def unreachable_without(problem: Problem, member: csr_array) -> BoolArray:
    """Find the groups without which all other units together miss a target.

    Parameters
    ----------
    problem : Problem
        What was asked.
    member : (groups, n) sparse float64
        1 where a unit is in a group.

    Returns
    -------
    (groups,) bool
        True only where that is beyond the rounding of the sums, and where the problem holds
        its targets at all costs.
    """
    if problem.objective != "minimum_set":
        return np.zeros(member.shape[0], np.bool_)
    most, rounding = most_held(problem)
    spare = most + rounding - least_asked(problem)
    given_up = csr_array(member @ _useful_amount(problem).T).tocoo()
    group, feature = given_up.coords
    missed = np.full(member.shape[0], bool((spare < 0).any()))
    missed[group[given_up.data > spare[feature]]] = True
    return missed


def most_held(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """Return the most of each feature that a selection can hold, and the rounding of the sum.

    Returns
    -------
    (features,) float64
        Sum over the units that may be selected, those aside that would lessen it.
    (features,) float64
        By how much it may be wrong.
    """
    most = np.asarray(_useful_amount(problem).sum(axis=1), np.float64).ravel()
    size = np.asarray(abs(problem.amount).sum(axis=1), np.float64).ravel()
    return most, SUM_ROUNDING * size


def least_asked(problem: Problem) -> FloatArray:
    """Return how little of each feature counts as its target held, for rounding's sake.

    Returns
    -------
    (features,) float64
        Amounts; minus infinity where there are no targets.
    """
    if problem.target is None:
        return np.full(problem.n_features, -np.inf)
    return np.asarray(problem.target - TARGET_ROUNDING * np.abs(problem.target))


def _useful_amount(problem: Problem) -> csr_array:
    """(features, n) sparse float64: what each unit adds to the most that can be held."""
    useful = problem.amount.tocoo()
    _, unit = useful.coords
    data = np.where(problem.must()[unit], useful.data, np.maximum(0.0, useful.data))
    data[problem.may_not()[unit]] = 0.0
    return csr_array((data, useful.coords), shape=useful.shape)
