from __future__ import annotations

import threading
import time
from concurrent.futures import Future

import pytest
from PyQt6.QtCore import QTimer

from resources.errors import PlannerError


def _refuse(error):
    raise AssertionError(error)


def test_results_come_back_in_the_windows_thread(background, qtbot):
    seen = {}

    def work(_):
        seen["work"] = threading.current_thread()
        return 7

    def done(result):
        seen["done"] = threading.current_thread(), result

    background.submit("project", "Count", work, done, _refuse)
    qtbot.waitUntil(lambda: "done" in seen)
    assert seen["done"] == (threading.main_thread(), 7)
    assert seen["work"] is not threading.main_thread()


def test_an_error_reaches_who_asked(background, qtbot):
    told = []

    def work(_):
        raise PlannerError("The disk is full. Free some space.")

    background.submit("project", "Save", work, _refuse, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert str(told[0]) == "The disk is full. Free some space."


def test_it_is_settled_only_when_what_has_ended_was_told(background, qtbot):
    told = []
    for number in range(3):
        background.submit("project", str(number), lambda _, n=number: n, told.append, _refuse)
    while background.jobs:
        time.sleep(0.001)
    assert not background.settled, "nothing was told yet"
    qtbot.waitUntil(lambda: background.settled)
    assert told == [0, 1, 2]


def test_jobs_of_a_lane_run_in_order(background, qtbot):
    order = []
    for number in range(5):
        background.submit("project", str(number), lambda _, n=number: n, order.append, _refuse)
    qtbot.waitUntil(lambda: len(order) == 5)
    assert order == [0, 1, 2, 3, 4]


def test_a_cancelled_job_says_so_and_nothing_else(background, qtbot):
    started, told = threading.Event(), []

    def work(control):
        started.set()
        while True:
            control.report(0.1)
            threading.Event().wait(0.005)

    job = background.submit(
        "project", "Plan", work, _refuse, _refuse, lambda: told.append("cancelled")
    )
    assert started.wait(5)
    job.cancel()
    qtbot.waitUntil(lambda: told == ["cancelled"])


def test_a_cancelled_future_calls_nobody(background, qtbot):
    future: Future[int] = Future()
    background.watch(future, _refuse, _refuse)
    with qtbot.waitSignal(background.jobs_changed):
        future.cancel()


def test_an_unexpected_exception_is_not_swallowed(background, qtbot):
    def work(_):
        raise ZeroDivisionError("unexpected")

    with qtbot.captureExceptions() as caught:
        background.submit("project", "Divide", work, _refuse, _refuse)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_nothing_can_be_started_while_closing(background):
    background.close()
    with pytest.raises(PlannerError, match="closing"):
        background.submit("map", "Draw", lambda _: None, _refuse, _refuse)


def test_the_window_answers_between_two_that_have_ended_together(background, qtbot):
    order = []
    first, second = Future(), Future()
    asked = QTimer()
    asked.setSingleShot(True)
    asked.timeout.connect(lambda: order.append("asked"))

    def done(name):
        order.append(name)
        asked.start(0)

    background.watch(first, done, _refuse)
    background.watch(second, done, _refuse)
    first.set_result("first")
    second.set_result("second")
    qtbot.waitUntil(lambda: order.count("asked") == 2)
    assert order == ["first", "asked", "second", "asked"]
