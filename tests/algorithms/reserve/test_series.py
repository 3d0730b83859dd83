import math
import time

import numpy as np
import pytest
from scipy.sparse import csr_array

from algorithms.reserve.fairness import fairness_curve
from algorithms.reserve.irreplaceability import replacement_cost
from algorithms.reserve.portfolio import PortfolioRule, portfolio
from algorithms.reserve.problem import Problem
from algorithms.reserve.series import Effort, Series
from algorithms.reserve.solving import solve
from algorithms.reserve.withdrawal import Leaving, withdraw


def pair(target):
    return Problem(
        cost=np.array([1.0, 2.0]),
        amount=csr_array(np.array([[1.0, 1.0]])),
        target=np.array([target]),
        country=np.array([0, 1], np.int32),
        area=np.ones(2),
    )


def test_an_answer_says_what_is_proved():
    series = Series(Effort(gap=0.0, threads=1))
    answer = series.solve(pair(1.0), 0.5)
    assert (answer.lower, answer.upper) == (1.0, 1.0)
    assert not answer.infeasible
    none = series.solve(pair(3.0), 0.5)
    assert none.infeasible
    assert none.upper == math.inf
    assert none.refusal
    assert none.solution is None


def test_a_maximum_is_told_as_a_loss():
    problem = Problem(
        cost=np.array([1.0, 2.0]),
        amount=csr_array(np.array([[1.0, 5.0]])),
        objective="maximum_utility",
        budget=2.0,
    )
    answer = Series(Effort(gap=0.0, threads=1)).solve(problem, 0.5)
    assert (answer.lower, answer.upper) == (-5.0, -5.0)


def test_once_the_time_is_over_nothing_is_solved():
    series = Series(Effort(time_limit=1e-9))
    time.sleep(0.001)
    answer = series.solve(pair(1.0), 1.0)
    assert (answer.lower, answer.upper) == (-math.inf, math.inf)
    assert not answer.infeasible


def test_a_solve_ends_once_it_has_said_enough(small_problem):
    asked = []

    def enough(lower, found):
        asked.append((lower, found))
        return True

    Series(Effort(gap=0.0, threads=1)).solve(small_problem(1), 0.5, until=enough)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("effort", "words"),
    [
        ({"gap": -0.1}, "gap must be >= 0"),
        ({"gap": np.nan}, "gap must be >= 0"),
        ({"time_limit": 0.0}, "time limit must be > 0"),
        ({"threads": 0}, "at least one thread"),
    ],
)
def test_an_effort_outside_its_range_is_refused(effort, words):
    with pytest.raises(ValueError, match=words):
        Effort(**effort)


@pytest.mark.parametrize(
    "analyse",
    [
        replacement_cost,
        lambda problem, solution: portfolio(problem, PortfolioRule(), first=solution),
        lambda problem, solution: fairness_curve(problem, first=solution),
        lambda problem, solution: withdraw(problem, solution, Leaving(0)),
    ],
)
def test_a_solution_of_another_problem_is_refused(analyse, small_problem):
    solution = solve(pair(1.0), gap=0.0)
    with pytest.raises(ValueError, match="the target of feature 1 is not held"):
        analyse(pair(2.0), solution)
    with pytest.raises(ValueError, match="of 2 units and the problem of 8"):
        analyse(small_problem(1), solution)


def test_the_seed_of_an_effort_reaches_its_solves(small_problem, monkeypatch):
    asked = []

    def listening(problem, **settings):
        asked.append(settings["seed"])
        return solve(problem, **settings)

    monkeypatch.setattr("algorithms.reserve.series.solve", listening)
    Series(Effort(time_limit=20.0, threads=1, seed=7)).solve(small_problem(1), 1.0)
    assert asked == [7]
