import threading
import time

import numpy as np
import pytest
from scipy.sparse import csr_array

from algorithms.reserve import highs_process
from algorithms.reserve.highs import HighsRun
from algorithms.reserve.highs_process import HighsProcess, run_of
from algorithms.reserve.problem import Problem
from algorithms.reserve.programme import build_model
from algorithms.reserve.safe_bounds import SafeBounds
from algorithms.reserve.search import SearchOptions


def problem(n=6, features=2):
    rng = np.random.default_rng(1)
    amount = rng.random((features, n))
    return Problem(
        cost=rng.random(n) + 0.5,
        amount=csr_array(amount),
        target=0.4 * amount.sum(axis=1),
    )


class Story:
    def __init__(self):
        self.solutions = []
        self.bounds = []

    def follow(self, run, done=lambda: False):
        return run.follow(self.solutions.append, self.bounds.append, done)


@pytest.mark.parametrize("kind", [HighsRun, HighsProcess])
def test_a_run_to_the_end(kind):
    model = build_model(problem())
    story = Story()
    ending = story.follow(kind(model, SearchOptions(gap=0.0)))
    assert ending.closed
    assert not ending.infeasible
    value = model.cost @ ending.values + model.offset
    assert story.bounds[-1] == pytest.approx(value, rel=1e-6)
    assert ending.duals is None


@pytest.mark.parametrize("kind", [HighsRun, HighsProcess])
def test_a_relaxation_has_multipliers(kind):
    model = build_model(problem())
    ending = Story().follow(kind(model, SearchOptions(), relaxed=True))
    assert ending.duals.shape == model.row_lower.shape
    value = model.cost @ ending.values + model.offset
    bounds = SafeBounds(model)
    least = bounds.least(bounds.allowed(ending.duals))
    assert least == pytest.approx(value, rel=1e-8)
    assert least < value


@pytest.mark.parametrize("kind", [HighsRun, HighsProcess])
def test_a_programme_without_a_solution(kind):
    model = build_model(problem())
    model.row_lower[:] = 1e3
    ending = Story().follow(kind(model, SearchOptions()))
    assert ending.infeasible
    assert ending.values is None


@pytest.mark.parametrize("kind", [HighsRun, HighsProcess])
def test_what_the_caller_raises_ends_the_run(kind):
    asked = []

    def cancel():
        asked.append(time.process_time())
        raise InterruptedError

    model = build_model(problem(400, 60))
    with pytest.raises(InterruptedError):
        Story().follow(kind(model, SearchOptions(gap=0.0)), cancel)
    assert len(asked) == 1
    assert time.process_time() - asked[0] < 1.0


def test_a_large_programme_ends_at_once_with_its_process():
    model = build_model(problem(20_000, 60))
    end = time.perf_counter() + 2.0
    run = run_of(model, SearchOptions(gap=0.0))
    assert isinstance(run, HighsProcess)
    Story().follow(run, lambda: time.perf_counter() > end)
    assert time.perf_counter() < end + 1.0
    assert all("highs" not in thread.name for thread in threading.enumerate())


def test_a_process_that_dies_is_told(monkeypatch):
    monkeypatch.setattr(highs_process, "__name__", "algorithms.reserve.no_such_module")
    with pytest.raises(RuntimeError, match="ended with status 1"):
        Story().follow(HighsProcess(build_model(problem()), SearchOptions()))


def test_small_programmes_stay_in_the_process():
    assert isinstance(run_of(build_model(problem()), SearchOptions()), HighsRun)
