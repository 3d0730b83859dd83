"""Whoever waits to be drawn has its turn; what comes too late is let alone."""

from __future__ import annotations

import pytest

from ui.suitability.results.drawing import Drawn, DrawQueue


class Sign(Drawn):
    def __init__(self, told):
        super().__init__()
        self.told = told
        self.shown = []

    def drawing(self):
        return lambda: self.told

    def show_drawn(self, drawn):
        self.shown.append(drawn)


@pytest.fixture
def given():
    """What was given to be drawn beside the window, each with who hears of it."""
    return []


@pytest.fixture
def queue(qapp, given):
    return DrawQueue(lambda drawing, shown: given.append((drawing, shown)))


@pytest.fixture
def sign(qtbot, queue):
    made = Sign("a plot")
    qtbot.addWidget(made)
    made.use_queue(queue)
    made.show()
    return made


def test_it_is_drawn_elsewhere_and_shown_when_it_has_come(sign, given, qtbot):
    sign.ask()
    sign.ask()
    qtbot.waitUntil(lambda: len(given) == 1)
    assert not sign.shown
    drawing, shown = given[0]
    shown(drawing())
    assert sign.shown == ["a plot"]


def test_what_comes_when_the_page_is_another_one_is_let_alone(sign, given, queue, qtbot):
    sign.ask()
    qtbot.waitUntil(lambda: len(given) == 1)
    queue.clear()
    drawing, shown = given[0]
    shown(drawing())
    assert not sign.shown


def test_what_is_not_seen_by_then_is_not_drawn(sign, given, queue, qtbot):
    other = Sign("another plot")
    qtbot.addWidget(other)
    other.use_queue(queue)
    other.ask()
    sign.ask()
    qtbot.waitUntil(lambda: len(given) == 1)
    assert given[0][0]() == "a plot"


def test_without_a_queue_it_is_drawn_at_once(qtbot):
    alone = Sign("a plot")
    qtbot.addWidget(alone)
    alone.ask()
    assert alone.shown == ["a plot"]
