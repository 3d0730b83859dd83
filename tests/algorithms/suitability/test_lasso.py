"""The penalised problem: conditions of its optimum, and a general solver on small cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from algorithms.suitability.features import FeatureSet, make_features
from algorithms.suitability.lasso import PenalisedProblem, fit_lasso


class StopError(Exception):
    """Cancels."""


class StopAtOnce:
    def report(self, fraction: float) -> None:
        raise StopError


def problem(seed: int, classes: str, *, scale: float = 1.0) -> PenalisedProblem:
    rng = np.random.default_rng(seed)
    presences = rng.normal([1.0, 0.0], 0.5, size=(30, 2))
    values = np.vstack([presences, rng.normal(size=(200, 2))])
    features = make_features(values, classes)
    presence = np.arange(len(values)) < 30
    weight = np.where(presence, 1.0, 100.0)
    penalty = scale * (0.05 + np.ptp(features.evaluate(values), axis=0)) * 0.2
    return PenalisedProblem(features, values, presence, weight, penalty)


def slopes(task: PenalisedProblem, fit: object) -> tuple[np.ndarray, float]:
    link = (
        task.features.chosen(fit.index).evaluate(task.values) @ fit.coefficient + fit.intercept
    )
    slope = task.weight / (1.0 + np.exp(-link)) - np.where(task.presence, task.weight, 0.0)
    return task.features.evaluate(task.values).T @ slope, float(slope.sum())


@pytest.mark.parametrize("classes", ["l", "lq", "lqh", "lqpht"])
def test_conditions_of_the_optimum(classes: str) -> None:
    task = problem(1, classes)
    fit = fit_lasso(task, tolerance=1e-6)
    slope, of_intercept = slopes(task, fit)
    assert len(fit.index) > 0
    assert abs(of_intercept) < 1e-3
    assert (np.abs(slope) <= task.penalty * (1.0 + 1e-5)).all()
    np.testing.assert_allclose(
        slope[fit.index], -task.penalty[fit.index] * np.sign(fit.coefficient), rtol=1e-4
    )


def test_a_general_solver_finds_no_better() -> None:
    task = problem(2, "lq")
    fit = fit_lasso(task, tolerance=1e-8)
    columns = task.features.evaluate(task.values)

    def loss(parameters: np.ndarray) -> float:
        plus, minus = parameters[1:5], parameters[5:]
        link = columns @ (plus - minus) + parameters[0]
        log_loss = np.logaddexp(0.0, np.where(task.presence, -link, link))
        return float(task.weight @ log_loss + task.penalty @ (plus + minus))

    best = minimize(
        loss,
        np.concatenate([[-6.0], np.full(8, 0.1)]),
        bounds=[(None, None)] + [(0.0, None)] * 8,
        options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9},
    )
    own = np.zeros(9)
    own[0] = fit.intercept
    own[1 + fit.index[fit.coefficient > 0]] = fit.coefficient[fit.coefficient > 0]
    own[5 + fit.index[fit.coefficient < 0]] = -fit.coefficient[fit.coefficient < 0]
    assert loss(own) <= best.fun + 1e-6


def test_strong_penalties_leave_the_intercept_alone() -> None:
    task = problem(3, "lqh", scale=1e6)
    fit = fit_lasso(task)
    assert len(fit.index) == 0
    assert fit.intercept == pytest.approx(np.log(30 / (200 * 100)))


def test_no_feature_no_trouble() -> None:
    values = np.ones((5, 1))
    nothing = make_features(values, "l")
    assert isinstance(nothing, FeatureSet)
    task = PenalisedProblem(
        nothing, values, np.array([True, True, False, False, False]), np.ones(5), np.empty(0)
    )
    assert len(fit_lasso(task).index) == 0


def test_cancel() -> None:
    with pytest.raises(StopError):
        fit_lasso(problem(4, "lqh"), control=StopAtOnce())
