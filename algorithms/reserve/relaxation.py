"""The linear relaxation of a problem, and what it proves of doing without some units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from algorithms.reserve.highs import silent_highs
from algorithms.reserve.programme import build_model
from algorithms.reserve.safe_bounds import SafeBounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from scipy.sparse import csr_array

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.reserve.model import Model
    from algorithms.reserve.problem import Problem

_TYPE = highspy.cb.HighsCallbackType

LARGE = 12_000
"""Columns above which the simplex method takes too long for a first bound."""


class Relaxation:
    """Bounds of a problem whose units may be selected in part; contiguity is left out.

    Every bound is added up from the multipliers that the solver ends with, see `SafeBounds`.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked.
    threads : int
        Threads of the solver.
    """

    def __init__(self, problem: Problem, *, threads: int = 1) -> None:
        self._model = build_model(problem)
        self._bounds = SafeBounds(self._model)
        self._large = self._model.cost.size > LARGE
        self._solver = _loaded(self._model, threads)
        if self._large:
            # Interior points come near the best multipliers soon; none need be a vertex.
            self._solver.setOptionValue("solver", "ipm")
            self._solver.setOptionValue("run_crossover", "off")
        self._multiplier = np.zeros(self._model.row_lower.size)

    def solve(self, seconds: float, ask: Callable[[], None]) -> float:
        """Look for good multipliers, and return what is proved to be the least loss.

        Parameters
        ----------
        seconds : float
            Time after which it ends with what it has.
        ask : callable
            Called now and then; raises to cancel.
        """
        self._run(seconds, ask)
        return self._loss(self._bounds.least(self._multiplier))

    def without_groups(self, member: csr_array) -> FloatArray:
        """Return what is proved to be the least loss without each group.

        By the multipliers found so far, at no further search. It says nothing of a group with
        a unit that is locked in.

        Parameters
        ----------
        member : (groups, n) sparse float64
            1 where a unit is in a group.

        Returns
        -------
        (groups,) float64
            Losses.
        """
        reduced = self._bounds.reduced(self._multiplier)
        least = self._bounds.least(self._multiplier)
        saved = np.minimum(0.0, reduced * self._model.upper)[: self._model.n_units]
        return np.array([self._loss(least - part) for part in np.asarray(member @ saved)])

    def without(self, units: IntArray, seconds: float, ask: Callable[[], None]) -> float:
        """Return what is proved to be the least loss if some units cannot be had.

        For a large programme this is by the multipliers found so far.

        Parameters
        ----------
        units : (k,) int32
            Numbers of units that are not locked in.
        seconds : float
            Time after which the search for better multipliers ends.
        ask : callable
            Called now and then; raises to cancel.
        """
        upper = self._model.upper.copy()
        upper[units] = 0.0
        if self._large:
            return self._loss(self._bounds.least(self._multiplier, upper))
        self._limit(units, upper)
        try:
            self._run(seconds, ask)
        finally:
            self._limit(units, self._model.upper)
        return self._loss(self._bounds.least(self._multiplier, upper))

    def _limit(self, units: IntArray, upper: FloatArray) -> None:
        lower = np.minimum(self._model.lower[units], upper[units])
        self._solver.changeColsBounds(
            units.size, np.asarray(units, np.int32), lower, upper[units]
        )

    def _run(self, seconds: float, ask: Callable[[], None]) -> None:
        """Run the solver, and keep its multipliers, whatever state it ends in."""
        refused: list[BaseException] = []

        def between(*told: Any) -> None:  # noqa: ANN401 - HiGHS's own types
            try:
                ask()
            except BaseException as error:  # noqa: BLE001 - raised again outside the solver
                refused.append(error)
            if refused:
                told[3].user_interrupt = True

        spent = self._solver.getRunTime()  # the solver's limit counts from its first run
        self._solver.setOptionValue("time_limit", spent + max(0.0, seconds))
        self._solver.setCallback(between, None)
        self._solver.startCallback(_TYPE.kCallbackSimplexInterrupt)
        self._solver.startCallback(_TYPE.kCallbackIpmInterrupt)
        try:
            self._solver.run()
        finally:
            self._solver.setCallback(None, None)
        if refused:
            raise refused[0]
        solution = self._solver.getSolution()
        if solution.dual_valid:
            self._multiplier = self._bounds.allowed(np.array(solution.row_dual))

    def _loss(self, least: float) -> float:
        value = self._model.proved(least)
        return -value if self._model.turned else value


def _loaded(model: Model, threads: int) -> highspy.Highs:
    """Return a solver that holds the programme, every column allowed to be a fraction."""
    solver = silent_highs()
    solver.setOptionValue("threads", threads)
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = model.cost.size, model.row_lower.size
    programme.col_cost_ = model.cost
    programme.col_lower_, programme.col_upper_ = model.lower, model.upper
    programme.row_lower_, programme.row_upper_ = model.row_lower, model.row_upper
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = model.rows.indptr
    programme.a_matrix_.index_ = model.rows.indices
    programme.a_matrix_.value_ = model.rows.data
    solver.passModel(programme)
    return solver
