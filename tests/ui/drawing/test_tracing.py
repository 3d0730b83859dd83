"""The network that drawings are traced along: made beside the window, for the view."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt

from planner.drawing import tracing

FREE = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def traced(drawing_hand):
    """A hand that draws an area, with tracing on."""
    hand = drawing_hand
    hand.take("draw.area")
    hand.settle()
    hand.key(Qt.Key.Key_T)
    hand.qtbot.waitUntil(lambda: not hand.drawing.tracing.busy, timeout=10_000)
    return hand


def _settled(hand):
    hand.qtbot.waitUntil(lambda: not hand.drawing.tracing.busy, timeout=10_000)


def test_edges_of_a_site_of_a_proposal_and_of_the_drawing_are_followed(traced):
    hand = traced
    assert hand.drawing.snapping.network is not None
    hand.click(-30, 5)  # corner of West Park
    hand.click(-25, 7, FREE)
    hand.click(-20, 10)  # on the edge of First area
    _settled(hand)
    before = hand.drawing.tools.area.sketch.points
    hand.click(-10, 25)  # its far corner
    led = hand.drawing.tools.area.sketch.points[len(before) :]
    assert len(led) == 2
    x, y = hand.middle
    assert led[0] == pytest.approx((x - 10_000, y + 10_000), abs=1)
    assert led[1] == pytest.approx((x - 10_000, y + 25_000), abs=1)


def test_another_view_has_another_network(traced):
    first = traced.drawing.snapping.network
    traced.canvas.pan(8, 0)
    _settled(traced)
    assert traced.drawing.snapping.network is first
    traced.canvas.zoom(0.2)
    _settled(traced)
    assert traced.drawing.snapping.network is not first


def test_what_is_not_snapped_to_is_not_followed(traced):
    snapping = traced.drawing.snapping
    before = snapping.network.vertices
    snapping.switch_kind("site", on=False)
    _settled(traced)
    assert snapping.network.vertices < before


def test_where_lines_are_too_dense_that_is_said_once(traced, monkeypatch):
    said = []
    traced.drawing.said.connect(said.append)
    monkeypatch.setattr(tracing, "MOST_VERTICES", traced.drawing.snapping.network.vertices)
    for factor in (0.5, 0.5):
        traced.canvas.zoom(factor)
        _settled(traced)
    assert traced.drawing.snapping.network is None
    assert len([text for text in said if "Zoom in" in text]) == 1
    traced.canvas.zoom(8)
    _settled(traced)
    assert traced.drawing.snapping.network is not None


def test_what_was_joined_for_a_window_that_has_closed_is_dropped(traced, monkeypatch):
    watched = []
    monkeypatch.setattr(traced.desktop.background, "watch", lambda *wish: watched.append(wish))
    traced.canvas.zoom(0.2)
    traced.qtbot.waitUntil(lambda: bool(watched))
    before = traced.drawing.snapping.network
    traced.drawing.tracing.close()
    future, done, _failed = watched[0]
    done(future.result())
    assert traced.drawing.snapping.network is before
    assert not traced.drawing.tracing.busy
