"""Making a selection whole again after units were taken from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array

from algorithms.reserve.feasible import Rules
from algorithms.reserve.removal import least_asked, without_units
from algorithms.reserve.solution import held

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.problem import Problem

MOST_ADDED = 2_000
"""Units after which it is given up: what lacks so much is a case for a solver."""


def _go_on() -> None:
    """Let it go on: nobody is asked."""


class TopUp:
    """Replaces units of a selection, the most of what is short for its price first.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._price = problem.cost + problem.unit_penalty()
        self._beside = _boundary_matrix(problem)
        self._alone = np.asarray(self._beside.sum(axis=1)).ravel()
        listed = problem.amount.tocoo()
        self._row, self._unit = listed.coords
        self._data = listed.data
        self._by_unit = csc_array(problem.amount)
        self._goal = least_asked(problem)

    def without(
        self, selected: BoolArray, units: IntArray, ask: Callable[[], None] = _go_on
    ) -> BoolArray | None:
        """Return a selection without some units that meets the problem without them.

        Parameters
        ----------
        selected : (n,) bool
            A selection that meets the problem.
        units : (k,) int32
            Units to do without.
        ask : callable
            Called after each unit; raises to cancel.

        Returns
        -------
        (n,) bool or None
            A selection that meets all that is asked; None where none was found this way.
        """
        left = without_units(self._problem, units)
        kept = selected.copy()
        kept[units] = False
        if self._problem.objective == "minimum_set":
            barred = self._problem.may_not().copy()
            barred[units] = True
            if not self._fill(kept, barred, ask):
                return None
        return kept if Rules(left).broken(kept) is None else None

    def _fill(self, kept: BoolArray, barred: BoolArray, ask: Callable[[], None]) -> bool:
        """Select further units in place until the targets are held; tell whether they are."""
        amount = held(self._problem, kept)
        beside = self._beside @ kept.astype(np.float64)
        for _ in range(MOST_ADDED):
            ask()
            short = np.maximum(0.0, self._goal - amount)
            short[~np.isfinite(short)] = 0.0
            if not short.any():
                return True
            unit = self._next(short, kept | barred, beside)
            if unit is None:
                return False
            kept[unit] = True
            column = self._by_unit[:, [unit]]
            amount[column.indices] += column.data
            near = self._beside[[unit]]
            beside[near.indices] += near.data
        return False

    def _next(self, short: FloatArray, taken: BoolArray, beside: FloatArray) -> int | None:
        """Return the unit that cuts what is short by the most for its price.

        Parameters
        ----------
        short : (features,) float64
            What is missing of each feature.
        taken : (n,) bool
            Units that are selected or cannot be.
        beside : (n,) float64
            Price of the boundary that each unit shares with selected ones.
        """
        lack = short[self._row]
        useful = lack > 0
        lack = lack[useful]
        gives = np.minimum(self._data[useful], lack) / lack
        cut = np.bincount(self._unit[useful], gives, taken.size)
        cut[taken] = 0.0
        if not (cut > 0).any():
            return None
        chosen = np.flatnonzero(cut > 0)
        price = (self._price + self._alone - 2.0 * beside)[chosen]
        floor = 1e-9 * float(np.abs(self._price).max(initial=1.0))
        worth = cut[chosen] / np.maximum(price, floor)
        return int(chosen[np.argmax(worth)])


def _boundary_matrix(problem: Problem) -> csr_array:
    """(n, n) sparse float64: the price of each shared boundary."""
    n = problem.n_units
    if problem.edges is None or problem.boundary_penalty == 0.0:
        return csr_array((n, n))
    one, other = problem.edges[:, 0], problem.edges[:, 1]
    price = problem.edge_cost()
    both = (np.concatenate([one, other]), np.concatenate([other, one]))
    return csr_array((np.concatenate([price, price]), both), shape=(n, n))
