from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from ui.compare.second_canvas import SecondCanvas
from ui.compare.stage import Stage
from ui.map.canvas import MapCanvas
from ui.map.tool import MapTool

REGION = (0.0, 0.0, 100_000.0, 100_000.0)


@pytest.fixture
def stage(qtbot, background, theme, source):
    holder = QWidget()
    qtbot.addWidget(holder)
    canvas = MapCanvas(background, theme)
    made = Stage(canvas, theme, holder)
    holder.resize(1000, 600)
    made.resize(1000, 600)
    canvas.loop.set_source(source)
    canvas.set_region(REGION)
    holder.show()
    qtbot.waitExposed(holder)
    yield made
    second = made.end()
    for item in (canvas, second):
        if item is not None:
            item.loop.stop()
    holder.close()


@pytest.fixture
def first(stage):
    return stage.findChild(MapCanvas, "map_canvas")


@pytest.fixture
def second(qtbot, background, theme, first):
    canvas = SecondCanvas(background, theme, first)
    qtbot.addWidget(canvas)
    return canvas


def same_place(a, b):
    return a.view.centre == b.view.centre and a.view.resolution == b.view.resolution


def test_the_second_map_begins_where_the_first_is(stage, first, second):
    first.zoom(3)
    first.pan(40, 20)
    centre = first.view.centre
    stage.show_second(second, "side")
    assert same_place(first, second)
    assert first.view.centre == centre


@pytest.mark.parametrize("mode", ["swipe", "side"])
def test_each_follows_the_other(stage, first, second, mode):
    stage.show_second(second, mode)
    first.zoom(2, QPointF(100, 100))
    assert same_place(first, second)
    second.pan(33, -12)
    assert same_place(first, second)
    second.show_region()
    assert same_place(first, second)


def test_swiped_maps_lie_on_each_other_pixel_by_pixel(stage, first, second):
    stage.show_second(second, "swipe")
    assert second.size() == first.size()
    assert second.mapTo(stage, QPoint()) == first.mapTo(stage, QPoint())
    assert second.view == first.view


def test_side_by_side_they_share_the_room(stage, first, second):
    stage.show_second(second, "side")
    assert first.width() == second.width() == 499
    assert second.mapTo(stage, QPoint()).x() == 501


def test_where_it_is_narrow_they_stand_above_each_other(stage, first, second):
    stage.show_second(second, "side")
    stage.parentWidget().resize(500, 800)
    stage.resize(500, 800)
    assert first.width() == second.width() == 500
    assert second.mapTo(stage, QPoint()).y() > first.height()


def test_where_it_is_low_none_reaches_beneath_the_other(stage, first, second):
    stage.show_second(second, "side")
    stage.parentWidget().resize(500, 420)
    stage.resize(500, 420)
    assert (
        second.mapTo(stage, QPoint()).y() >= first.mapTo(stage, QPoint()).y() + first.height()
    )
    assert first.height() == second.height()
    stage.end()
    assert first.height() > 400
    assert first.minimumHeight() == 240


def test_the_middle_stays_when_the_maps_are_shown_in_another_way(stage, first, second):
    stage.show_second(second, "swipe")
    first.zoom(4)
    centre = first.view.centre
    stage.set_mode("side")
    assert first.view.centre == second.view.centre == centre
    stage.end()
    assert first.view.centre == centre
    assert first.width() == 1000


def test_the_divider_follows_the_hand(stage, first, second):
    stage.show_second(second, "swipe")
    divider = stage.divider
    middle = QPoint(divider.width() // 2, 300)
    QTest.mousePress(divider, Qt.MouseButton.LeftButton, pos=middle)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(middle + QPoint(-250, 0)),
        QPointF(divider.mapToGlobal(middle + QPoint(-250, 0))),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    divider.mouseMoveEvent(move)
    assert stage.share == pytest.approx(0.25, abs=0.01)
    assert stage.is_over_second(*first.view.to_map(300, 300))
    assert not stage.is_over_second(*first.view.to_map(200, 300))


def test_the_divider_moves_by_keys_and_stays_in_sight(stage, second):
    stage.show_second(second, "swipe")
    QTest.keyClick(stage.divider, Qt.Key.Key_Left)
    assert stage.share == pytest.approx(0.48)
    QTest.keyClick(stage.divider, Qt.Key.Key_PageDown)
    assert stage.share == pytest.approx(0.58)
    QTest.keyClick(stage.divider, Qt.Key.Key_Home)
    assert 0 < stage.share < 0.1
    assert not stage.divider.visibleRegion().isEmpty()
    QTest.keyClick(stage.divider, Qt.Key.Key_End)
    assert 0.9 < stage.share < 1


def test_the_hand_works_on_both_sides_of_the_divider(qtbot, stage, first, second):
    stage.show_second(second, "swipe")
    over = QPoint(800, 300)
    assert stage.childAt(over) is first or first.isAncestorOf(stage.childAt(over))
    place = first.view.to_map(800, 300)
    with qtbot.waitSignal(first.place_clicked) as clicked:
        QTest.mouseClick(first, Qt.MouseButton.LeftButton, pos=over)
    assert clicked.args == pytest.approx(list(place))


def test_what_the_hand_holds_is_painted_on_both(qtbot, stage, first, second):
    painted = []

    class Tool(MapTool):
        def paint(self, painter, view, theme):
            painted.append(view)

    stage.show_second(second, "side")
    tool = Tool()
    first.set_tool(tool)
    qtbot.waitUntil(lambda: {view.width_px for view in painted} == {499})
    painted.clear()
    tool.changed.emit()
    qtbot.waitUntil(lambda: len(painted) >= 2)
    first.set_tool(None)


def test_after_the_end_each_goes_its_own_way(stage, first, second):
    stage.show_second(second, "swipe")
    assert stage.end() is second
    assert stage.second is None
    first.zoom(2)
    assert not same_place(first, second)
    assert not stage.divider.isVisible()


def test_each_view_asks_for_frames_by_a_name_of_its_own(qtbot, stage, first, second, source):
    second.loop.set_source(source)
    stage.show_second(second, "side")
    qtbot.waitUntil(lambda: {"main", "second"} <= {item.view for item in source.requests})
