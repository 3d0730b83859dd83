import io
import math
import signal
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from algorithms.reserve.solution import Moment
from planner.cli.search_line import SearchLine, told_gap, told_moment

NEW = np.array([True])


def moment(seconds, objective, bound, selected=None):
    gap = None
    if objective is not None and bound is not None:
        gap = abs(objective - bound) / abs(objective)
    return Moment(seconds, objective, bound, gap, selected)


@pytest.fixture
def pages():
    """Return a console that keeps what it is told, a terminal or not."""

    def opened(*, terminal, kind="xterm"):
        environment = {"TERM": kind}
        return Console(
            file=io.StringIO(), force_terminal=terminal, width=100, _environ=environment
        )

    return opened


def test_where_no_terminal_is_better_selections_are_told(pages):
    screen = pages(terminal=False)
    with SearchLine(screen, "km²") as line:
        assert line.told(moment(0.1, 2000.0, 1900.0, NEW))
        assert line.told(moment(0.2, 1990.0, 1900.0, NEW))  # within the same second
        assert line.told(moment(0.3, 1990.0, 1910.0))
    told = screen.file.getvalue()
    assert told == "0 s   best 2,000 km²   bound 1,900   gap 5.00 %\n"


def test_a_terminal_that_only_prints_is_told_line_by_line(pages):
    screen = pages(terminal=True, kind="dumb")
    with SearchLine(screen) as line:
        line.told(moment(0.1, 2000.0, None, NEW))
    assert "best 2,000" in screen.file.getvalue()


def test_a_terminal_shows_one_line_and_clears_it(pages):
    screen = pages(terminal=True)
    with SearchLine(screen) as line:
        line.told(moment(0.1, 2000.0, None, NEW))
        line._live.refresh()
        shown = screen.file.getvalue()
    assert "best 2,000" in shown
    assert "bound none yet" in shown
    assert "Ctrl-C: stop and keep the best" in shown


def test_ctrl_c_ends_the_search_and_a_second_one_all(pages):
    before = signal.getsignal(signal.SIGINT)
    with SearchLine(pages(terminal=False)) as line:
        line.report(0.1)
        assert line.told(moment(0.1, 5.0, 4.0, NEW))
        signal.raise_signal(signal.SIGINT)
        assert line.stopped
        line.report(0.2)
        assert not line.told(moment(0.2, 5.0, 4.0))
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            line.report(0.3)
    assert signal.getsignal(signal.SIGINT) is before


def test_each_search_of_several_is_told(pages):
    screen = pages(terminal=False)
    with SearchLine(screen) as line:
        line.solved("member 2", SimpleNamespace(objective=1234.5, gap=0.002))
    assert screen.file.getvalue() == "member 2: 1,234.5, gap 0.20 %\n"


def test_words_of_a_moment():
    assert told_moment(moment(1, None, None)) == "best none yet   bound none yet   gap unknown"
    assert told_moment(moment(1, 1978.9, 1978.9)) == "best 1,978.9   bound 1,978.9   gap 0 %"
    assert told_gap(0.0123) == "1.23 %"
    assert told_gap(1e-7) == "below 0.01 %"
    assert told_gap(math.inf) == "unknown"
