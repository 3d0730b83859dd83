from __future__ import annotations

from types import SimpleNamespace

import pytest
from PyQt6.QtCore import QPoint, Qt

from ui.drawing.snapping import Snapping

REGION = (0.0, 0.0, 4000.0, 3000.0)
LEFT = Qt.MouseButton.LeftButton


class StubLines:
    """One snappable line along y = 2000, with corners every 500."""

    def nearest(self, x, y, reach, kinds):
        if "border" not in kinds or abs(y - 2000) > reach:
            return None
        corner = round(x / 500) * 500
        at_corner = abs(corner - x) <= reach
        return SimpleNamespace(
            x=float(corner) if at_corner else x,
            y=2000.0,
            kind="border",
            at_vertex=at_corner,
            line=1,
            measure_m=x,
            label="border",
        )

    def trace(self, a, b):
        step = 500 if b.x > a.x else -500
        between = [float(x) for x in range(int(a.x) + step, int(b.x), step)]
        return ((a.x, 2000.0), *((x, 2000.0) for x in between), (b.x, 2000.0))


class Hand:
    """Presses and moves the mouse where the map shows a place."""

    def __init__(self, qtbot, canvas):
        self.qtbot = qtbot
        self.canvas = canvas

    def at(self, x, y):
        pixel = self.canvas.view.to_pixel(x, y)
        return QPoint(round(pixel[0]), round(pixel[1]))

    def move(self, x, y):
        self.qtbot.mouseMove(self.canvas, self.at(x, y) + QPoint(1, 0))
        self.qtbot.mouseMove(self.canvas, self.at(x, y))

    def click(self, x, y, modifier=Qt.KeyboardModifier.NoModifier, button=LEFT):
        self.move(x, y)
        self.qtbot.mouseClick(self.canvas, button, modifier, self.at(x, y))

    def double_click(self, x, y):
        self.click(x, y)
        self.qtbot.mouseDClick(self.canvas, LEFT, pos=self.at(x, y))

    def press(self, x, y):
        self.move(x, y)
        self.qtbot.mousePress(self.canvas, LEFT, pos=self.at(x, y))

    def release(self, x, y):
        self.qtbot.mouseRelease(self.canvas, LEFT, pos=self.at(x, y))

    def drag(self, *places):
        self.press(*places[0])
        for place in places[1:]:
            self.move(*place)
        self.release(*places[-1])

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        self.qtbot.keyClick(self.canvas, key, modifier)


@pytest.fixture
def shown(canvas):
    canvas.set_region(REGION)
    canvas.setFocus()
    return canvas


@pytest.fixture
def hand(qtbot, shown):
    return Hand(qtbot, shown)


@pytest.fixture
def snapping():
    made = Snapping()
    made.source = StubLines()
    return made
