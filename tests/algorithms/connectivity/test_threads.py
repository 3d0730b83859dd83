import threading
from functools import partial

import pytest

from algorithms.connectivity.threads import core_count, in_threads
from algorithms.control import NULL_CONTROL


def squared(number, control):
    control.report(1.0)
    return number * number


def endless(started, control):
    started.set()
    while True:
        control.report(0.5)


def test_yields_every_result_with_its_position():
    tasks = [partial(squared, number) for number in range(20)]
    assert dict(in_threads(tasks, NULL_CONTROL)) == {n: n * n for n in range(20)}
    assert list(in_threads([], NULL_CONTROL)) == []


def test_reports_the_mean_share(stopper):
    watch = stopper(stop_at=2.0)
    list(in_threads([partial(squared, 1)] * 5, watch))
    assert watch.seen == sorted(watch.seen)
    assert watch.seen[-1] == 1.0


def test_stopping_stops_the_running_tasks(stopper):
    started = threading.Event()
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        list(in_threads([partial(endless, started)] * 5, stopper(stop_at=0.0)))
    assert started.is_set()
    assert threading.active_count() == before


def test_a_failing_task_ends_the_work_and_says_why():
    def fail(control):
        raise ValueError("no such core")

    with pytest.raises(ValueError, match="no such core"):
        list(in_threads([fail, partial(endless, threading.Event())], NULL_CONTROL))


def test_leaving_early_leaves_no_task_behind():
    before = threading.active_count()
    for _ in in_threads([partial(squared, 1)] * 50, NULL_CONTROL):
        break
    assert threading.active_count() <= before + core_count()
