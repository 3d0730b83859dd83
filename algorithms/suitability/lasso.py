"""Infinitely weighted logistic regression with an L1 penalty, along a path of penalties.

A presence-background likelihood is that of a logistic regression in which the background has
a large weight [1]_. The penalised problem is solved by proximal Newton steps on a working set
of features [2]_ [3]_: few features are in the model at any time, and those that should enter
are found from the gradient of all of them.

References
----------
.. [1] Fithian, W. and Hastie, T. (2013). Finite-sample equivalence in statistical models for
   presence-only data. Annals of Applied Statistics 7, 1917-1939.
.. [2] Friedman, J., Hastie, T. and Tibshirani, R. (2010). Regularization paths for generalized
   linear models via coordinate descent. Journal of Statistical Software 33 (1).
.. [3] Lee, J. D., Sun, Y. and Saunders, M. A. (2014). Proximal Newton-type methods for
   minimizing composite functions. SIAM Journal on Optimization 24, 1420-1443.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL, Control
from algorithms.suitability.cross import weighted_cross
from algorithms.suitability.feature_gradient import FeatureSums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.suitability.features import FeatureSet

_PATH_STEPS = 8
"""Penalties on the way from the one that keeps every feature out to the wanted one."""
_NEWCOMERS = 24
_NEWCOMERS_PER_VARIABLE = 4
_NEWTON_STEPS = 60
_ROUNDS = 200
_LOOSE = 1e-2
_RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class PenalisedProblem:
    """What is to be minimised: sum of weight x log-loss + sum of penalty x |coefficient|.

    Attributes
    ----------
    features : FeatureSet
        The m features that may enter.
    values : (n, p) float64
        Variables at the points.
    presence : (n,) bool
        True at presences.
    weight : (n,) float64
        Weight of each point in the log-loss, > 0.
    penalty : (m,) float64
        Weight of each coefficient's absolute value, > 0; the intercept has none.
    """

    features: FeatureSet
    values: FloatArray
    presence: BoolArray
    weight: FloatArray
    penalty: FloatArray


@dataclass(frozen=True, slots=True)
class LassoFit:
    """Coefficients of the features that are in the model.

    Attributes
    ----------
    index : (k,) int64
        Numbers of the features with a coefficient other than 0, rising.
    coefficient : (k,) float64
        Their coefficients.
    intercept : float
        Free constant.
    """

    index: NDArray[np.int64]
    coefficient: FloatArray
    intercept: float


def fit_lasso(
    problem: PenalisedProblem, *, tolerance: float = 1e-5, control: Control = NULL_CONTROL
) -> LassoFit:
    """Minimise the penalised log-loss.

    Parameters
    ----------
    problem : PenalisedProblem
        Features, points and penalties.
    tolerance : float
        Share of its penalty by which the gradient of a feature may be off at the end, > 0.
    control : Control
        Told the share of the path done; may cancel.

    Returns
    -------
    LassoFit
        The optimum, to the tolerance.
    """
    solver = _Solver(problem)
    if problem.features.size == 0:
        return solver.result()
    largest = solver.smallest_empty_penalty()
    if largest > 1.0:
        steps = largest ** (1.0 - np.arange(1, _PATH_STEPS + 1) / _PATH_STEPS)
        for done, factor in enumerate(steps[:-1]):
            control.report(done / _PATH_STEPS)
            solver.solve(float(factor), _LOOSE, rounds=2, control=control)
        solver.solve(1.0, tolerance, rounds=_ROUNDS, control=control)
    return solver.result()


class _Solver:
    """The working set and where the search stands.

    Columns of the working set are divided by their penalty, so that each scaled coefficient
    has the same penalty, and the gradient of each is to stay within plus or minus `factor`.
    """

    def __init__(self, problem: PenalisedProblem) -> None:
        self._problem = problem
        self._sums = FeatureSums(problem.features, problem.values)
        weight, presence = problem.weight, problem.presence
        odds = weight[presence].sum() / weight[~presence].sum()
        self._intercept = float(np.log(odds))
        self._index = np.empty(0, dtype=np.int64)
        self._column = np.empty((len(weight), 0), order="F")
        self._scaled = np.empty(0)
        self._link = np.full(len(weight), self._intercept)
        self._signed_weight = np.where(presence, weight, 0.0)

    def smallest_empty_penalty(self) -> float:
        """Return the factor of the penalties from which on no feature enters."""
        return float(np.abs(self._full_gradient()).max())

    def result(self) -> LassoFit:
        """Return the coefficients in the unit of the features."""
        kept = np.flatnonzero(self._scaled)
        index = self._index[kept]
        order = np.argsort(index)
        coefficient = self._scaled[kept] / self._problem.penalty[index]
        return LassoFit(index[order], coefficient[order], self._intercept)

    def solve(self, factor: float, tolerance: float, *, rounds: int, control: Control) -> None:
        """Minimise at `factor` times the penalties, letting features in that want to."""
        self._tidy()
        for _ in range(rounds):
            self._newton(factor, tolerance, control)
            if not self._admit(factor, tolerance):
                return

    def _chance(self) -> FloatArray:
        chance: FloatArray = expit(self._link)
        return chance

    def _slope(self) -> FloatArray:
        """Return the derivative of the log-loss by the link of each point."""
        slope: FloatArray = self._problem.weight * self._chance() - self._signed_weight
        return slope

    def _full_gradient(self) -> FloatArray:
        return self._sums.of(self._slope()) / self._problem.penalty

    def _loss(self, link: FloatArray, scaled: FloatArray, factor: float) -> float:
        log_loss = self._problem.weight * np.logaddexp(0.0, link) - self._signed_weight * link
        return float(log_loss.sum() + factor * np.abs(scaled).sum())

    def _tidy(self) -> None:
        """Let features out of the working set that have the coefficient 0."""
        kept = self._scaled != 0.0
        if not kept.all():
            self._index, self._scaled = self._index[kept], self._scaled[kept]
            self._column = np.asfortranarray(self._column[:, kept])

    def _admit(self, factor: float, tolerance: float) -> bool:
        """Let in the features that violate their bound most; tell whether there were any."""
        excess = np.abs(self._full_gradient()) - factor
        excess[self._index] = 0.0
        wanting = np.flatnonzero(excess > factor * tolerance)
        if len(wanting) == 0:
            return False
        wanting = wanting[np.argsort(-excess[wanting], kind="stable")]
        first = self._problem.features.first
        held: dict[int, int] = {}
        chosen = []
        for feature in wanting:
            variable = int(first[feature])
            if held.get(variable, 0) < _NEWCOMERS_PER_VARIABLE:
                held[variable] = held.get(variable, 0) + 1
                chosen.append(int(feature))
            if len(chosen) == _NEWCOMERS:
                break
        index = np.array(chosen, dtype=np.int64)
        column = self._problem.features.chosen(index).evaluate(self._problem.values)
        column /= self._problem.penalty[index]
        self._index = np.concatenate([self._index, index])
        self._scaled = np.concatenate([self._scaled, np.zeros(len(index))])
        self._column = np.asfortranarray(np.hstack([self._column, column]))
        return True

    def _newton(self, factor: float, tolerance: float, control: Control) -> None:
        """Minimise over the working set."""
        loss = self._loss(self._link, self._scaled, factor)
        for _ in range(_NEWTON_STEPS):
            control.report(0.0)
            chance = self._chance()
            slope = self._problem.weight * chance - self._signed_weight
            gradient = _sums(slope, self._column)
            total = float(slope.sum())
            off = self._violation(gradient, total, factor)
            if off <= 0.5 * tolerance * factor:
                return
            step, step_intercept = self._direction(chance, gradient, total, factor, 0.1 * off)
            moved = self._line_search(step, step_intercept, loss, factor)
            if moved is None:
                return
            loss = moved

    def _violation(self, gradient: FloatArray, slope: float, factor: float) -> float:
        """Return by how much the worst condition of the optimum fails."""
        off = np.where(
            self._scaled == 0.0,
            np.maximum(np.abs(gradient) - factor, 0.0),
            np.abs(gradient + factor * np.sign(self._scaled)),
        )
        return max(float(off.max(initial=0.0)), abs(slope) / len(self._link))

    def _direction(
        self,
        chance: FloatArray,
        gradient: FloatArray,
        slope: float,
        factor: float,
        tolerance: float,
    ) -> tuple[FloatArray, float]:
        """Minimise the quadratic model of the loss with the penalty."""
        curvature = self._problem.weight * chance * (1.0 - chance)
        total = float(curvature.sum())
        gram = weighted_cross(self._column, curvature)
        mass = _sums(curvature, self._column)
        gram -= np.outer(mass, mass) / total  # the intercept follows exactly
        gram[np.diag_indices_from(gram)] *= 1.0 + _RIDGE
        reduced = gradient - mass * (slope / total)
        new = self._scaled.copy()
        _descend(gram, reduced, new, factor, tolerance)
        step = new - self._scaled
        return step, -(slope + float((mass * step).sum())) / total

    def _line_search(
        self, step: FloatArray, step_intercept: float, loss: float, factor: float
    ) -> float | None:
        """Go along the direction as far as the loss falls; None where it cannot."""
        change = np.einsum("nk,k->n", self._column, step) + step_intercept
        share = 1.0
        for _ in range(40):
            scaled = self._scaled + share * step
            link = self._link + share * change
            found = self._loss(link, scaled, factor)
            if found < loss:
                self._scaled, self._link = scaled, link
                self._intercept += share * step_intercept
                return found
            share *= 0.5
        return None


def _sums(weight: FloatArray, column: FloatArray) -> FloatArray:
    """Return the weighted sum of each column, in an order that no library chooses."""
    sums: FloatArray = np.einsum("n,nk->k", weight, column)
    return sums


@compiled
def _descend(
    gram: FloatArray,
    gradient: FloatArray,
    coefficient: FloatArray,
    penalty: float,
    tolerance: float,
) -> None:
    """Minimise a quadratic with an L1 penalty by coordinate descent, in place.

    `gradient` is that of the quadratic at the given coefficients; it is kept up to date.
    """
    count = len(gradient)
    for _sweep in range(5000):
        worst = 0.0
        for j in range(count):
            curve = gram[j, j]
            if curve <= 0.0:
                continue
            old = coefficient[j]
            target = old - gradient[j] / curve
            bound = penalty / curve
            new = 0.0
            if target > bound:
                new = target - bound
            elif target < -bound:
                new = target + bound
            moved = new - old
            if moved != 0.0:
                coefficient[j] = new
                worst = max(worst, abs(moved) * curve)
                for k in range(count):
                    gradient[k] += gram[j, k] * moved
        if worst <= tolerance:
            return
