"""Ctrl+Z with a tool in the hand takes back what was done with it, and no earlier edit."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QSpinBox

CONTROL = FREE = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def edited(drawing_hand):
    """A project whose last edit was not made with a drawing tool."""
    drawing_hand.select("drawn-first")
    drawing_hand.drawing.edits.fill_in("drawn-first", {"lead": "Ann"}, pytest.fail)
    drawing_hand.stored()
    return drawing_hand


@pytest.fixture
def said(edited):
    told = []
    edited.drawing.said.connect(told.append)
    return told


def _lead(hand):
    hand.stored()
    return hand.drawing._panel.form.form.lead


@pytest.mark.parametrize(
    "tool",
    [
        "draw.corridor",
        "draw.area",
        "draw.freehand",
        "draw.pair",
        "draw.join",
        "draw.units",
        "shape.corners",
        "shape.reshape",
        "shape.split",
        "shape.hole",
        "shape.fill",
    ],
)
def test_one_press_too_many_leaves_earlier_edits_and_is_told_once(tool, edited, said):
    edited.take(tool)
    edited.settle()
    for _ in range(3):
        edited.key(Qt.Key.Key_Z, CONTROL)
        edited.settle()
    assert _lead(edited) == "Ann"
    assert len([text for text in said if "left to take back" in text]) == 1
    edited.canvas.set_tool(None)
    edited.key(Qt.Key.Key_Z, CONTROL)
    assert _lead(edited) == ""


def test_wherever_the_focus_is(edited, said, qtbot):
    edited.take("draw.corridor")
    edited.click(-24, 0, FREE)
    edited.click(0, -3, FREE)
    width = edited.find(QSpinBox, "drawing_width")
    finish = edited.find(QPushButton, "drawing_finish")
    listed = edited.desktop.parts.panels.proposals.list
    for widget in (finish, listed, finish, listed):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_Z, CONTROL)
    assert edited.drawing.tools.corridor.sketch.points == ()
    qtbot.keyClick(width, Qt.Key.Key_Z, CONTROL)
    assert _lead(edited) == "Ann"
    qtbot.keyClick(listed, Qt.Key.Key_Y, CONTROL)
    assert len(edited.drawing.tools.corridor.sketch.points) == 1


def test_moved_corners_go_back_and_forth_and_no_further(edited, said):
    edited.take("shape.corners")
    edited.settle()
    edited.drag((-10, 25), (-8, 26), (0, 30))
    edited.stored()
    edited.drag((0, 30), (2, 30), (5, 30))

    def area():
        return edited.stored()["First area"].geometry.area / 1e6

    twice = area()
    edited.key(Qt.Key.Key_Z, CONTROL)
    once = area()
    edited.key(Qt.Key.Key_Z, CONTROL)
    assert area() == pytest.approx(300)
    edited.key(Qt.Key.Key_Z, CONTROL)
    assert _lead(edited) == "Ann"
    assert any("left to take back" in text for text in said)
    edited.key(Qt.Key.Key_Y, CONTROL)
    assert area() == pytest.approx(once)
    edited.key(Qt.Key.Key_Y, CONTROL)
    assert area() == pytest.approx(twice)
    edited.key(Qt.Key.Key_Y, CONTROL)
    assert area() == pytest.approx(twice)


def test_picked_sites_go_back_and_forth(edited):
    edited.take("draw.join")
    edited.click(-25, 0)
    edited.key(Qt.Key.Key_Z, CONTROL)
    assert edited.drawing.tools.join.things == ()
    edited.key(Qt.Key.Key_Y, CONTROL)
    assert [thing.key for thing in edited.drawing.tools.join.things] == ["west"]
    edited.take("draw.pair")
    edited.click(-25, 0)
    edited.settle()
    edited.key(Qt.Key.Key_Z, CONTROL)
    assert edited.drawing.tools.pair.first is None
    edited.key(Qt.Key.Key_Y, CONTROL)
    edited.settle()
    assert edited.drawing.tools.pair.first.key == "west"
