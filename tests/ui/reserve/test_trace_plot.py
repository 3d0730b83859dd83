"""How a search goes, drawn and told."""

from __future__ import annotations

import math

import pytest
from PyQt6.QtCore import QPoint

from ui.reserve.trace_plot import Step, TracePlot, gap_told, percent
from ui.theme import load_theme

STEPS = (
    Step(0.5, None, 10.0),
    Step(1.0, 200.0, 40.0),
    Step(2.0, 120.0, 80.0),
    Step(4.0, 100.0, 95.0),
)


@pytest.fixture
def plot(shown, theme):
    return shown(TracePlot(theme), 340, 180)


def test_it_shows_best_and_bound_until_now(plot):
    plot.show_steps(STEPS, 6.0, "Cost")
    across, upright = plot.axes()
    assert across.high == 6.0
    assert upright.low < 95.0
    assert upright.high > 100.0
    assert "gap 5 %" in plot.accessibleDescription()


def test_a_poor_first_bound_does_not_press_the_rest_into_a_line(plot):
    plot.show_steps((Step(0.1, 1e9, 0.0), Step(1.0, 100.0, 99.0)), 1.0)
    _, upright = plot.axes()
    assert upright.high < 300.0


def test_nothing_known_yet_is_drawn_as_nothing(plot):
    plot.show_steps((), 0.0)
    plot.show_steps((Step(0.0, None, None), Step(1.0, None, math.inf)), 1.0)
    assert not plot.grab().isNull()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_best_and_bound_have_colours_of_their_own(plot, name):
    theme = load_theme(name)
    plot.set_theme(theme)
    plot.show_steps(STEPS, 6.0)
    picture = plot.grab().toImage()
    at = plot.place(5.0, 100.0).toPoint()
    found = [picture.pixelColor(at + QPoint(0, dy)).name() for dy in (-1, 0, 1)]
    assert theme.colour["accent"] in found


def test_sentences_say_what_is_proved():
    assert gap_told(Step(0, None, 5.0)).startswith("No selection yet")
    assert "nothing proved" in gap_told(Step(0, 5.0, None))
    assert gap_told(Step(0, 200.0, 190.0)).endswith("gap 5 %.")


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.0, "0 %"),
        (0.00001, "under 0.01 %"),
        (0.0123, "1.23 %"),
        (1.0, "100 %"),
        (math.inf, "unknown"),
    ],
)
def test_shares_are_told_in_per_cent(share, told):
    assert percent(share) == told
