"""Measures of what is being drawn, apart from the window they are told in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject, pyqtSignal
from shapely import box

from resources.errors import PlannerError
from ui.drawing.live import LiveMeasures, Wish
from ui.drawing.measures_view import MeasuresView
from ui.drawing.snapping import Snapping


class StubSession(QObject):
    opened = pyqtSignal()
    changed = pyqtSignal()
    snapshot = None


def _found(*_, live):
    return SimpleNamespace(bottleneck=None)


def _refused(*_, live):
    raise PlannerError("The ground cannot be read. Open the project anew.")


@pytest.mark.parametrize("measured", [_found, _refused])
def test_what_was_measured_for_a_window_that_is_gone_is_not_told(
    qtbot, background, monkeypatch, measured
):
    monkeypatch.setattr("ui.drawing.live._measured", measured)
    view = MeasuresView()
    live = LiveMeasures(StubSession(), background, view, Snapping())
    live._ground = object()
    live.want(Wish(box(0, 0, 1, 1)))
    assert live.busy
    live.close()
    sip.delete(view)
    qtbot.waitUntil(lambda: not live.busy)
