from __future__ import annotations

import ctypes
import os
import signal
import sys

import pytest
from rich.console import Console

from planner.cli.step_bars import CtrlC, run_with_bars, told_time
from planner.progress import StepStatus


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_press_that_was_lost_is_raised_again_by_the_next_report():
    before = signal.getsignal(signal.SIGINT)
    with CtrlC() as ctrl_c:
        ctrl_c.report(0.1)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            ctrl_c.report(0.2)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_press_inside_a_callback_of_a_library_in_c_is_not_lost_and_prints_no_trace(capsys):
    @ctypes.CFUNCTYPE(None)
    def callback():
        os.kill(os.getpid(), signal.SIGINT)

    before = sys.unraisablehook
    with CtrlC() as ctrl_c:
        callback()
        with pytest.raises(KeyboardInterrupt):
            ctrl_c.report(0.2)
    assert sys.unraisablehook is before
    assert "Traceback" not in capsys.readouterr().err


def test_other_errors_that_are_lost_in_a_callback_are_still_told(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(lost.exc_type))

    @ctypes.CFUNCTYPE(None)
    def callback():
        raise ValueError("lost")

    with CtrlC():
        callback()
    assert told == [ValueError]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_press_that_a_compiled_loop_made_an_error_of_is_a_press():
    def compiled():
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt as pressed:
            raise SystemError("returned a result with an exception set") from pressed

    with pytest.raises(KeyboardInterrupt), CtrlC():
        compiled()
    with pytest.raises(SystemError), CtrlC():
        raise SystemError("something else")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (StepStatus("a", "running", 0.5, 10.0, 12.4), "12 s left"),
        (StepStatus("a", "running", 0.01, 0.1), ""),
        (StepStatus("a", "done", 1.0, 10.04), "10.0 s"),
        (StepStatus("a", "reused", 1.0), "unchanged"),
        (StepStatus("a", "failed", 0.5, 10.0), ""),
    ],
)
def test_the_time_left_is_told_as_soon_as_there_is_an_estimate(status, text):
    assert told_time(status) == text


@pytest.mark.parametrize(
    ("error", "state"), [(KeyboardInterrupt, "interrupted"), (ValueError, "failed")]
)
def test_a_press_of_ctrl_c_is_no_failure(capsys, error, state):
    def work(progress):
        with progress.step("a"):
            raise error

    with pytest.raises(error):
        run_with_bars(Console(), {"a": ("Evaluation", 1.0)}, work)
    assert capsys.readouterr().out.strip() == f"Evaluation: {state}"
