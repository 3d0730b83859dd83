from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication

from ui.map.coordinates import GroundMeasure
from ui.map.tools.measure import AreaTool, DistanceTool

REGION = (126.0, 40.0, 136.0, 46.0)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def shown(canvas):
    canvas.set_region(REGION)
    return canvas


@pytest.fixture
def distance(shown):
    tool = DistanceTool()
    tool.set_measure(GroundMeasure("EPSG:4326"))
    shown.set_tool(tool)
    yield tool
    shown.set_tool(None)


@pytest.fixture
def area(shown):
    tool = AreaTool()
    tool.set_measure(GroundMeasure("EPSG:4326"))
    shown.set_tool(tool)
    yield tool
    shown.set_tool(None)


def _click(qtbot, canvas, *places, button=LEFT):
    for x, y in places:
        px, py = canvas.view.to_pixel(x, y)
        at = QPoint(round(px), round(py))
        qtbot.mouseMove(canvas, at)
        qtbot.mouseClick(canvas, button, pos=at)


def _km(text):
    return float(text.split(" km")[0].replace("\N{NARROW NO-BREAK SPACE}", ""))


def test_a_distance_is_that_of_the_ellipsoid(shown, distance, qtbot):
    _click(qtbot, shown, (130.0, 43.0), (131.0, 43.0))
    # 81.5 km: one degree of longitude at 43 degrees north on WGS 84 (pixels are 2 km here)
    assert _km(distance.total) == pytest.approx(81.5, abs=4)
    _click(qtbot, shown, (131.0, 44.0))
    assert _km(distance.total) == pytest.approx(81.5 + 111.1, abs=6)
    lengths = distance.segments_m(distance.corners)
    assert len(lengths) == 2


def test_the_total_follows_the_pointer_before_the_click(shown, distance, qtbot):
    _click(qtbot, shown, (130.0, 43.0))
    told = []
    for x in (131.0, 133.0):
        px, py = shown.view.to_pixel(x, 43.0)
        qtbot.mouseMove(shown, QPoint(round(px), round(py)))
        told.append(_km(distance.total))
    assert told[1] == pytest.approx(3 * told[0], rel=0.05)
    assert len(distance.corners) == 1


def test_backspace_escape_and_the_end(shown, distance, qtbot):
    _click(qtbot, shown, (130.0, 43.0), (131.0, 43.0), (131.0, 44.0))
    qtbot.keyClick(shown, Qt.Key.Key_Backspace)
    assert len(distance.corners) == 2
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert distance.ended
    before = distance.total
    qtbot.mouseMove(shown, QPoint(10, 10))
    assert distance.total == before
    _click(qtbot, shown, (128.0, 42.0))
    assert len(distance.corners) == 1
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert distance.corners == ()
    assert shown.tool is distance
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.tool is None


def test_a_double_click_ends_without_a_corner_more(shown, distance, qtbot):
    _click(qtbot, shown, (130.0, 43.0))
    px, py = shown.view.to_pixel(131.0, 43.0)
    at = QPoint(round(px), round(py))
    qtbot.mouseClick(shown, LEFT, pos=at)
    qtbot.mouseDClick(shown, LEFT, pos=at)
    assert distance.ended
    assert len(distance.corners) == 2


def test_the_right_button_ends_too_and_a_drag_moves_the_map(shown, distance, qtbot):
    _click(qtbot, shown, (130.0, 43.0), (131.0, 43.0))
    shown.zoom(4.0)
    centre = shown.view.centre
    qtbot.mousePress(shown, LEFT, pos=QPoint(100, 100))
    qtbot.mouseMove(shown, QPoint(160, 120))
    qtbot.mouseRelease(shown, LEFT, pos=QPoint(160, 120))
    assert shown.view.centre != centre
    assert len(distance.corners) == 2
    _click(qtbot, shown, (130.5, 43.2), button=Qt.MouseButton.RightButton)
    assert distance.ended


def test_what_is_measured_can_be_copied(shown, distance, qtbot):
    _click(qtbot, shown, (130.0, 43.0), (131.0, 43.0))
    with qtbot.waitSignal(distance.hint_changed) as told:
        qtbot.keyClick(shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == distance.total
    assert told.args[0].startswith("Copied: ")


def test_an_area_with_its_outline(shown, area, qtbot):
    _click(qtbot, shown, (130.0, 43.0), (131.0, 43.0))
    assert area.total == ""
    _click(qtbot, shown, (131.0, 44.0), (130.0, 44.0))
    qtbot.keyClick(shown, Qt.Key.Key_Enter)
    held, outline = area.total.split("\n")
    assert _km(held) == pytest.approx(8985, rel=0.08)
    assert outline.startswith("Outline ")
    assert outline.endswith(" km")


def test_two_corners_do_not_end_an_area(shown, area, qtbot):
    _click(qtbot, shown, (130.0, 43.0), (131.0, 43.0))
    qtbot.keyClick(shown, Qt.Key.Key_Enter)
    assert not area.ended


def test_another_tool_drops_what_was_measured(shown, distance):
    assert distance.corners == ()
    shown.set_tool(None)
    assert shown.tool is None
    assert distance.total == ""


@pytest.mark.parametrize("place", [(130.0, 43.0), (126.05, 45.95), (135.9, 40.1)])
def test_what_is_painted_is_seen_and_stays_inside(shown, area, qtbot, place):
    x, y = place
    _click(qtbot, shown, (131.0, 42.0), (133.0, 42.0), (x, y))
    image = shown.grab().toImage()
    seen = {
        image.pixelColor(px, py).name()
        for px in range(0, image.width(), 2)
        for py in range(0, image.height(), 2)
    }
    assert "#0b5fd0" in seen
