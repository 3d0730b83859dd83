import math
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from algorithms.reserve.problem import Problem
from algorithms.reserve.search import Search, SearchOptions

PROBLEM = Problem(
    cost=np.array([3.0, 2.0, 4.0]),
    amount=csr_array(np.array([[1.0, 1.0, 1.0]])),
    target=np.array([1.0]),
    budget=5.0,
)


class Watcher:
    def __init__(self, go_on=True):
        self.go_on = go_on
        self.moments = []

    def told(self, moment):
        self.moments.append(moment)
        return self.go_on


def marks(*units):
    selected = np.zeros(3, bool)
    selected[list(units)] = True
    return selected


def test_only_better_selections_that_meet_the_problem_are_kept():
    search = Search(PROBLEM, SearchOptions())
    assert not search.offer(marks())
    assert not search.offer(marks(0, 2))
    assert search.offer(marks(0))
    assert not search.offer(marks(2))
    assert search.offer(marks(1))
    assert (search.selected == marks(1)).all()
    assert search.objective == 2.0


def test_what_is_offered_is_copied():
    search = Search(PROBLEM, SearchOptions())
    offered = marks(0)
    search.offer(offered)
    offered[:] = False
    assert (search.selected == marks(0)).all()


def test_only_tighter_bounds_are_kept_and_none_passes_a_selection():
    search = Search(PROBLEM, SearchOptions())
    search.prove(1.0)
    search.prove(0.5)
    search.prove(math.nan)
    assert search.bound == 1.0
    search.offer(marks(1))
    assert search.gap == 0.5
    search.prove(2.5)
    assert search.bound == 2.0
    assert search.done()
    assert search.result().status == "optimal"


def test_a_gap_that_is_small_enough_ends_the_search():
    search = Search(PROBLEM, SearchOptions(gap=0.6))
    search.prove(1.0)
    assert not search.done()
    search.offer(marks(1))
    assert search.done()
    assert search.result().status == "within_gap"


def test_bounds_of_what_is_maximised():
    problem = Problem(
        cost=np.ones(2),
        amount=csr_array(np.array([[1.0, 2.0]])),
        objective="maximum_utility",
        budget=1.0,
    )
    search = Search(problem, SearchOptions(gap=0.0))
    search.prove(5.0)
    search.prove(7.0)
    assert search.bound == 5.0
    search.offer(np.array([True, False]))
    search.offer(np.array([False, True]))
    assert search.objective == 2.0
    assert search.gap == 1.5
    search.exhaust()
    assert search.done()
    assert search.result().status == "optimal"


def test_a_small_gap_is_not_called_closed_unless_it_is_rounding():
    problem = replace(PROBLEM, cost=1e7 + PROBLEM.cost, budget=None)
    for rounding, status in ((0.0, "time_limit"), (5.0, "optimal")):
        search = Search(problem, SearchOptions(gap=0.0, time_limit=1e-6))
        search.offer(marks(0))
        search.prove(search.objective - 4.0, rounding)
        time.sleep(1e-3)
        assert search.gap < 1e-6
        assert search.done()
        assert search.result().status == status


def test_time_over():
    search = Search(PROBLEM, SearchOptions(time_limit=1e-6))
    search.offer(marks(0))
    time.sleep(1e-3)
    assert search.seconds_left == 0.0
    assert search.done()
    assert search.result().status == "time_limit"


def test_a_watcher_is_told_and_may_end_it():
    watcher = Watcher(go_on=False)
    search = Search(PROBLEM, SearchOptions(), watcher=watcher)
    search.offer(marks(0))
    assert (watcher.moments[0].selected == marks(0)).all()
    assert search.done()
    result = search.result()
    assert result.status == "stopped"
    assert all(moment.selected is None for moment in result.trace)


def test_a_watcher_is_asked_though_nothing_is_new():
    watcher = Watcher()
    search = Search(PROBLEM, SearchOptions(), watcher=watcher)
    time.sleep(0.3)
    search.done()
    assert len(watcher.moments) == 1
    assert watcher.moments[0].objective is None
    assert search.result().trace == ()


def test_progress_never_falls_and_a_control_may_cancel(stopper):
    control = stopper(stop_at=0.9)
    search = Search(PROBLEM, SearchOptions(gap=0.01), control)
    search.offer(marks(0))
    for bound in (0.1, 1.0, 2.0, 2.5):
        search.prove(bound)
        search.done()
    assert control.seen == sorted(control.seen)
    search.prove(2.99)
    with pytest.raises(KeyboardInterrupt):
        search.done()


@pytest.mark.parametrize(
    "options",
    [{"gap": -0.1}, {"gap": math.nan}, {"time_limit": 0.0}, {"threads": 0}],
)
def test_options_out_of_range(options):
    with pytest.raises(ValueError, match=r"gap|time limit|thread"):
        SearchOptions(**options)
