"""A search that is followed from another thread."""

from __future__ import annotations

import numpy as np

from algorithms.reserve.solution import Moment
from ui.reserve.watch import LiveWatch


def _moment(seconds, objective=None, bound=None, selected=None):
    return Moment(seconds, objective, bound, None, selected)


def test_moments_become_steps_and_doubled_ones_none():
    watch = LiveWatch()
    chosen = np.array([True, False])
    assert watch.told(_moment(0.1, 10.0, 1.0, chosen))
    assert watch.told(_moment(0.2, 10.0, 1.0))
    assert watch.told(_moment(0.3, 10.0, 2.0))
    assert [step.seconds for step in watch.steps] == [0.1, 0.3]
    number, selected = watch.best
    assert number == 1
    chosen[1] = True  # the solver goes on with its own array
    assert selected.tolist() == [True, False]


def test_stop_ends_the_search_at_its_next_moment():
    watch = LiveWatch()
    assert watch.told(_moment(0.1, 10.0, 1.0))
    watch.stop()
    assert not watch.told(_moment(0.2, 10.0, 1.0))


def test_a_long_search_does_not_fill_the_memory():
    watch = LiveWatch()
    for at in range(10_000):
        watch.told(_moment(at, 1e6 - at, 0.0))
    steps = watch.steps
    assert len(steps) <= 2001
    assert steps[0].seconds == 0
    assert steps[-1].seconds == 9999
