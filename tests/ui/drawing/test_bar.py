from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QLineEdit, QPushButton, QSpinBox, QToolButton, QWidget

from ui.drawing.bar import DrawingBar
from ui.drawing.snapping import Snapping

PADDING = 8
"""Pixels around the text of a button that may go before the text does, as with large fonts."""


@pytest.mark.parametrize("room_px", [320, 900])
def test_all_that_a_corridor_needs_is_whole_however_narrow_the_map_is(qtbot, theme, room_px):
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(room_px, 500)
    over.show()
    bar = DrawingBar(Snapping(), theme, over)
    bar.show_hint("Click where the corridor begins.")
    bar.show_drawing("width", "points", "finish", "steps", "snapping", "cut")
    assert over.rect().contains(bar.geometry())
    names = ("drawing_snap", "drawing_trace", "drawing_cut", "drawing_undo")
    parts = [bar.findChild(QToolButton, name) for name in names]
    parts += [
        bar.findChild(QPushButton, "drawing_finish"),
        bar.findChild(QSpinBox, "drawing_width"),
    ]
    for part in parts:
        assert part.width() >= part.sizeHint().width()
        assert part.height() >= part.minimumSizeHint().height() - PADDING
        assert bar.rect().contains(part.mapTo(bar, part.rect().bottomRight()))
    assert bar.findChild(QLineEdit, "drawing_entry").width() > 100
