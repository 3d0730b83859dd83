from __future__ import annotations

import threading

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QProgressBar, QToolButton

from ui.jobs.strip import Strip


@pytest.fixture
def strip(qtbot, background, theme):
    made = Strip(background, theme)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_undo_and_redo_say_what_they_would_do(strip, qtbot):
    undo, redo = (strip.findChild(QToolButton, name) for name in ("undo", "redo"))
    assert not undo.isEnabled()
    strip.set_history("Widen Hunchun corridor", "")
    assert undo.isEnabled()
    assert undo.accessibleName() == "Undo: Widen Hunchun corridor"
    assert not redo.isEnabled()
    with qtbot.waitSignal(strip.undo_requested):
        qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)


def test_a_long_job_is_shown_and_can_be_cancelled(strip, background, qtbot):
    told = []

    def work(control):
        while True:
            control.report(0.62)
            threading.Event().wait(0.005)

    background.submit(
        "project",
        "Corridors, tiger",
        work,
        told.append,
        told.append,
        lambda: told.append("ended"),
    )
    bar = strip.findChild(QProgressBar, "job_progress")
    qtbot.waitUntil(lambda: bar.isVisible() and bar.value() == 62)
    assert strip.findChild(QLabel, "job_label").text().startswith("Corridors, tiger")
    qtbot.mouseClick(strip.findChild(QToolButton, "job_cancel"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: told == ["ended"])
    qtbot.waitUntil(lambda: not bar.isVisible())
