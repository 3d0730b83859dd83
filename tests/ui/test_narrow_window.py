"""The window on small screens: it fits, and nothing in it is cut off."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, QRect, QSize
from PyQt6.QtWidgets import QDockWidget, QLabel, QLineEdit, QToolButton

from ui.snapshot import Selection

NAME = "Sino-Russian-Korean tiger and leopard landscape"
SIZES = [(1100, 700), (1280, 720), (1366, 728)]


@pytest.fixture
def full(bare):
    """A window that has long things to say everywhere."""
    snapshot = replace(bare.session.snapshot, name=NAME)
    bare.parts.top_bar.show_snapshot(snapshot)
    bare.parts.strip.set_history(f"Plan {NAME}", f"Plan {NAME}")
    bare.parts.strip.say(f"Printed: /home/somebody/{NAME}/{NAME}/exports/scenario_map.pdf")
    return bare


def _inside(window, widget):
    corner = widget.mapTo(window, QPoint())
    return window.rect().contains(QRect(corner, widget.size()))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("selected", [False, True])
def test_it_fits_and_nothing_is_cut_off(full, qtbot, size, selected):
    window = full.window
    window.resize(*size)
    if selected:
        full.desk.select(Selection("site", "own"))
        assert not full.parts.inspector.isHidden()

    def all_is_seen():
        assert window.size() == QSize(*size)
        for kind in (QToolButton, QLineEdit):
            for widget in window.findChildren(kind):
                if widget.isVisible():
                    name, least = widget.objectName(), widget.minimumSizeHint()
                    assert _inside(window, widget), name
                    assert widget.width() >= least.width(), name
        assert full.parts.map_area.width() >= 320

    qtbot.waitUntil(all_is_seen)


def test_the_map_keeps_most_of_a_window_that_becomes_narrow(full, qtbot):
    full.window.resize(1366, 728)
    full.desk.select(Selection("site", "own"))
    qtbot.waitUntil(lambda: full.window.width() == 1366)
    full.window.resize(1100, 700)
    qtbot.waitUntil(lambda: full.parts.map_area.width() >= 400)


def test_a_name_that_is_cut_is_whole_in_the_tool_tip(full, qtbot):
    full.window.resize(1100, 700)
    button = full.parts.top_bar.project_button
    qtbot.waitUntil(lambda: button.text().endswith("…"))
    assert NAME in button.toolTip()
    assert NAME in button.accessibleName()
    notice = full.window.findChild(QLabel, "strip_notice")
    assert notice.toolTip() == notice.text()
    full.window.resize(3000, 700)
    qtbot.waitUntil(lambda: button.text().strip() == NAME)


def test_it_opens_no_larger_than_the_screen(make_desktop, qapp):
    window = make_desktop().window
    room = qapp.primaryScreen().availableGeometry()
    assert window.width() <= room.width()
    assert window.height() < room.height()  # a title bar has room


def test_an_inspector_with_nothing_to_tell_gives_way(bare, qtbot):
    window, dock = bare.window, bare.window.findChild(QDockWidget, "inspector_dock")
    window.resize(1600, 800)
    window.show_inspector(shown=True)
    window.resize(1280, 720)
    qtbot.waitUntil(dock.isHidden)
    window.resize(1600, 800)
    bare.desk.select(Selection("site", "own"))
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.width() == 1280)
    assert not dock.isHidden()
