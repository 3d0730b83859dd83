from __future__ import annotations

import os
import signal
import sys

import pytest

from planner.cli.plan import _CtrlC

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def test_a_press_that_was_lost_is_raised_again_by_the_next_report():
    before = signal.getsignal(signal.SIGINT)
    with _CtrlC() as ctrl_c:
        ctrl_c.report(0.1)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            ctrl_c.report(0.2)
    assert signal.getsignal(signal.SIGINT) is before
