"""Undo and redo from the keyboard while the focus is in a text box."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLineEdit

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LABEL = "Propose a joint area"


@pytest.fixture(params=["search", "site_search"])
def box(request, bare, qtbot):
    bare.window.activateWindow()
    found = bare.window.findChild(QLineEdit, request.param)
    found.setFocus()
    qtbot.waitUntil(found.hasFocus)
    return found


def _hide_matches(box):
    if box.completer() is not None:
        box.completer().popup().hide()


def _done(desktop, qtbot, box, key, modifiers=CTRL):
    with qtbot.waitSignal(desktop.session.changed, timeout=10_000):
        qtbot.keyClick(box, key, modifiers)
    qtbot.waitUntil(lambda: desktop.background.settled)


def test_typing_is_undone_first_and_then_the_project(bare, qtbot, box):
    qtbot.keyClicks(box, "zz")
    _hide_matches(box)
    with qtbot.assertNotEmitted(bare.session.changed):
        qtbot.keyClick(box, Qt.Key.Key_Z, CTRL)
    assert box.text() == ""
    _done(bare, qtbot, box, Qt.Key.Key_Z)
    assert bare.session.snapshot.redo_label == LABEL


@pytest.mark.parametrize(
    ("key", "modifiers"), [(Qt.Key.Key_Z, CTRL | SHIFT), (Qt.Key.Key_Y, CTRL)]
)
def test_redo_reaches_the_project_from_a_box_without_typing_to_repeat(
    bare, qtbot, box, key, modifiers
):
    _done(bare, qtbot, box, Qt.Key.Key_Z)
    qtbot.keyClicks(box, "own")
    _hide_matches(box)
    _done(bare, qtbot, box, key, modifiers)
    assert bare.session.snapshot.undo_label == LABEL
    assert box.text() == "own"


def test_typing_undone_can_be_repeated_in_the_box(bare, qtbot, box):
    qtbot.keyClicks(box, "zz")
    _hide_matches(box)
    qtbot.keyClick(box, Qt.Key.Key_Z, CTRL)
    with qtbot.assertNotEmitted(bare.session.changed):
        qtbot.keyClick(box, Qt.Key.Key_Z, CTRL | SHIFT)
    assert box.text() == "zz"
