"""Every tool of drawing and of the map, with the mouse, over the map that QGIS draws.

One window serves all tests of this module; what a test has done is undone after it.
"""

from __future__ import annotations

import shutil
import threading
from functools import partial
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from layers.qgis.discovery import find_qgis
from layers.qgis.errors import QgisNotFoundError
from planner.project import Project
from planner.reserve.propose import propose
from planner.reserve.request_file import request_from
from ui.app import Desktop
from ui.drawing.snapping import REACH_PX
from ui.recent import RecentProjects
from ui.snapshot import Selection
from ui.start.choice import OpenProject

FREE = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
SEARCH = {
    "title": "Units",
    "units": {"kind": "hexagon", "size_km": 40.0},
    "features": [{"kind": "habitat", "species": "amur-tiger", "target": {"share": 0.1}}],
    "search": {"gap": 0.5, "time_limit_s": 5.0, "threads": 1},
}
FIRST = Selection("proposal", "drawn-first")
WEST, EAST = Selection("site", "west"), Selection("site", "east")


def _has_qgis() -> bool:
    try:
        find_qgis()
    except QgisNotFoundError:
        return False
    return True


pytestmark = [
    pytest.mark.qgis,
    pytest.mark.skipif(not _has_qgis(), reason="QGIS is not installed"),
]


@pytest.fixture(autouse=True)
def nothing_left_alive():
    """The window of the module stays open between tests; `desktop` looks after it."""


def _settled(desktop):
    frames = desktop.parts.map_area.canvas.loop
    busy = frames.busy or not desktop.background.settled or desktop.drawing.live.busy
    return bool(frames.frames) and not busy


@pytest.fixture(scope="module")
def desktop(request, qapp, drawn_template, tmp_path_factory):
    bot = QtBot(request)  # the fixture lives for one test only
    threads = set(threading.enumerate())
    folder = tmp_path_factory.mktemp("whole")
    path = Path(shutil.copytree(drawn_template[0], folder / "drawn.landbridge"))
    with Project.open(path) as project:
        propose(project, request_from(SEARCH))
    made = Desktop(qapp, RecentProjects(folder / "recent.json"), folder, appearance="light")
    made.window.resize(1400, 900)
    with bot.waitSignal(made.session.opened, timeout=20_000):
        made.start(OpenProject(path))
    bot.waitUntil(partial(_settled, made), timeout=60_000)
    yield made
    made.window.close()
    made.window.deleteLater()
    left = [t for t in threading.enumerate() if t not in threads and t.is_alive()]
    assert not left, f"threads left alive: {left}"


@pytest.fixture
def hand(desktop, drawn_template, qtbot, make_hand):
    made = make_hand(desktop, drawn_template[1])
    x, y = drawn_template[1]
    made.canvas.set_tool(None)
    desktop.map.selecting.clear()
    made.canvas.show_extent((x - 40_000, y - 40_000, x + 40_000, y + 40_000))
    made.canvas.setFocus()
    made.settle()
    before = desktop.session.snapshot.undo_label
    yield made
    made.canvas.set_tool(None)
    made.settle()
    for _ in range(9):
        if desktop.session.snapshot.undo_label == before:
            break
        desktop.session.undo()
        made.settle()
    assert desktop.session.snapshot.undo_label == before


def _km2(hand, name):
    return hand.stored()[name].geometry.area / 1e6


def _colour(hand, x, y):
    """Return what QGIS has drawn at a place, once nothing moves any more."""
    hand.qtbot.waitUntil(partial(_settled, hand.desktop), timeout=30_000)
    at = hand.at(x, y)
    frame = hand.canvas.loop.frames[-1]
    ratio = frame.image.width() / hand.canvas.width()
    return frame.image.pixelColor(round(at.x() * ratio), round(at.y() * ratio)).name()


def test_a_corridor_is_drawn_and_stands_on_the_map(hand):
    before = _colour(hand, -8, -27)
    hand.take("draw.corridor")
    hand.click(-20, -25, FREE)
    hand.click(-8, -27, FREE)
    hand.key(Qt.Key.Key_BracketRight)
    hand.double_click(5, -25)
    made = hand.stored()["Drawing 1"]
    assert made.geometry.area / 1e6 == pytest.approx(25.3 * 2.2 + 3.8, rel=0.03)
    assert hand.desktop.desk.selection == Selection("proposal", made.key)
    hand.desktop.desk.select(None)
    assert _colour(hand, -8, -27) != before


def test_freehand_and_corners(hand):
    hand.take("draw.freehand")
    hand.drag((-20, -20), (-10, -24), (0, -20), (2, -12), (-8, -8), (-18, -12))
    assert _km2(hand, "Drawing 1") > 150
    hand.take("draw.area")
    for corner in ((-30, -35), (-20, -35), (-20, -30), (-30, -30)):
        hand.click(*corner, FREE)
    hand.click(-30, -35)  # the first corner again
    assert _km2(hand, "Drawing 2") == pytest.approx(50, rel=0.05)


def test_two_sites_and_sites_joined(hand):
    hand.take("draw.pair")
    hand.settle()
    hand.click(-25, 0)
    hand.settle()
    hand.move(-5, 1)
    assert len(hand.drawing.tools.pair.line) > 1
    hand.click(10, 0)
    assert "West Park – East Park" in hand.stored()
    hand.take("draw.join")
    hand.click(-25, 0)
    hand.click(10, 0)
    hand.key(Qt.Key.Key_Return)
    hand.settle()
    made = [row for row in hand.desktop.session.snapshot.features if row.kind == "proposal"]
    assert len(made) == 3


def test_planning_units_are_painted(hand):
    hand.take("draw.units")
    hand.settle()
    hand.drag((-20, -20), (-10, -20), (0, -20), (10, -18))
    painted = hand.drawing.tools.units.things
    assert len(painted) >= 1
    hand.key(Qt.Key.Key_Return)
    assert _km2(hand, "Drawing 1") > 500


@pytest.fixture
def first(hand):
    """First area: 20 by 15 km, its lower left corner at (-30, 10)."""
    hand.select("drawn-first")
    return hand


def test_a_corner_is_moved_and_added(first):
    first.take("shape.corners")
    first.settle()
    first.drag((-10, 25), (-9, 26), (0, 30))
    moved = _km2(first, "First area")
    assert moved > 320
    first.drag((-20, 10), (-20, 9), (-20, 6))
    assert _km2(first, "First area") == pytest.approx(moved + 40, rel=0.05)


def test_it_is_reshaped_holed_and_grown(first):
    first.take("shape.reshape")
    for place in ((-10.4, 12), (-5, 17), (-10.4, 22)):
        first.click(*place, FREE)
    first.key(Qt.Key.Key_Return)
    reshaped = _km2(first, "First area")
    assert reshaped > 310
    first.take("shape.hole")
    for place in ((-25, 13), (-20, 13), (-20, 18)):
        first.click(*place, FREE)
    first.key(Qt.Key.Key_Return)
    assert _km2(first, "First area") == pytest.approx(reshaped - 12.5, abs=2)
    first.take("shape.fill")
    first.click(-21, 14)
    assert _km2(first, "First area") == pytest.approx(reshaped)
    first.qtbot.mouseClick(first.find(QToolButton, "proposal_grow"), Qt.MouseButton.LeftButton)
    assert _km2(first, "First area") > reshaped + 50


def test_it_is_split_and_merged(first):
    first.take("shape.split")
    first.click(-20, 5, FREE)
    first.click(-20, 30, FREE)
    first.key(Qt.Key.Key_Return)
    parts = [name for name in first.stored() if name.startswith("First area")]
    assert len(parts) == 2
    first.take("map.select")
    first.click(-25, 15)
    first.click(-15, 15, SHIFT)
    assert len(first.desktop.map.picked.keys("proposal")) == 2
    first.take("shape.merge")
    first.key(Qt.Key.Key_Return)
    (whole,) = [name for name in first.stored() if name.startswith("First area")]
    assert _km2(first, whole) == pytest.approx(300)


def test_edges_of_the_drawing_itself_are_snapped_to(hand):
    hand.take("draw.area")
    for corner in ((-30, -35), (-20, -35), (-20, -25)):
        hand.click(*corner, FREE)
    hand.move(-25, -34.7)
    aim = hand.drawing.tools.area._aim
    assert aim.kind == "own"
    hand.click(-25, -34.7)
    assert hand.drawing.tools.area.sketch.points[-1] == aim.place
    hand.key(Qt.Key.Key_Escape)


def test_a_corner_that_neighbours_share_moves_with_both(first):
    first.take("shape.split")
    first.click(-20, 5, FREE)
    first.click(-20, 30, FREE)
    first.key(Qt.Key.Key_Return)
    first.settle()
    first.take("shape.corners")
    first.settle()
    first.key(Qt.Key.Key_S)
    assert first.find(QToolButton, "drawing_together").isChecked()
    first.drag((-20, 25), (-19, 25), (-15, 25))
    areas = [row.geometry.area / 1e6 for row in first.stored().values()]
    assert sorted(areas) == pytest.approx([112.5, 187.5], abs=2)
    assert sum(areas) == pytest.approx(300, rel=0.01)
    first.key(Qt.Key.Key_S)
    first.drag((-20, 10), (-20, 12), (-20, 17))
    assert sum(row.geometry.area for row in first.stored().values()) / 1e6 < 295


def test_a_corner_can_be_moved_by_less_than_what_snapping_reaches(first):
    first.take("shape.corners")
    first.settle()
    first.drag((-30, 10), (-28.6, 11.4), (-28.6, 11.4))
    assert first.canvas.view.resolution * REACH_PX > 2_000
    assert _km2(first, "First area") < 295


def test_measure_identify_and_select(hand, qtbot):
    hand.take("map.measure")
    hand.click(-20, -20)
    hand.click(0, -20)
    hand.key(Qt.Key.Key_Return)
    km = float(hand.desktop.map.distance.total.split()[0])
    assert km == pytest.approx(20, rel=0.02)
    hand.take("map.measure_area")
    for corner in ((-20, -20), (0, -20), (0, -10)):
        hand.click(*corner)
    hand.key(Qt.Key.Key_Return)
    km2 = float(hand.desktop.map.area.total.split()[0])
    assert km2 == pytest.approx(100, rel=0.02)
    panel = hand.desktop.map.identifying.panel
    hand.take("map.identify")
    hand.click(-25, 15)
    qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() > 1, timeout=20_000)
    names = [panel.tree.topLevelItem(i).text(0) for i in range(panel.tree.topLevelItemCount())]
    assert "Proposals" in names
    hand.take("map.select_box")
    hand.drag((-35, 30), (-20, 10), (20, -10))
    assert {*hand.desktop.map.picked.items} == {WEST, EAST, FIRST}
    hand.take("map.select_polygon")
    for corner in ((-35, -10), (0, -10), (0, 3), (-35, 3)):
        hand.click(*corner)
    hand.key(Qt.Key.Key_Return)
    assert {*hand.desktop.map.picked.items} == {WEST}
