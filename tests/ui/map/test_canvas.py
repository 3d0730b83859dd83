from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication
from shapely.geometry import box

from resources.errors import PlannerError
from ui.map.overlay import Highlight

REGION = (0.0, 0.0, 4000.0, 3000.0)


@pytest.fixture
def shown(canvas, source, qtbot):
    canvas.set_region(REGION)
    qtbot.waitUntil(lambda: len(source.requests) == 1)
    with qtbot.waitSignal(canvas.loop.frame_arrived):
        source.finish()
    return canvas


def _middle_colour(canvas):
    return canvas.grab().toImage().pixelColor(canvas.width() // 2, canvas.height() // 2).name()


def _wheel(canvas, at, notches):
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_a_frame_is_asked_for_and_painted(shown, source):
    request = source.requests[0]
    ratio = shown.devicePixelRatioF()
    assert (request.width_px, request.height_px) == (round(400 * ratio), round(300 * ratio))
    assert request.layer_ids == ("land",)
    assert _middle_colour(shown) == "#1ec80a"


def test_dragging_moves_the_last_frame_before_the_next_is_there(shown, source, qtbot):
    before = shown.view
    qtbot.mousePress(shown, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    qtbot.mouseMove(shown, QPoint(260, 150))
    qtbot.mouseMove(shown, QPoint(300, 150))
    qtbot.mouseRelease(shown, Qt.MouseButton.LeftButton, pos=QPoint(300, 150))
    assert shown.view.centre[0] == pytest.approx(before.centre[0] - 100 * before.resolution)
    image = shown.grab().toImage()
    ratio = shown.devicePixelRatioF()
    assert image.pixelColor(int(20 * ratio), int(150 * ratio)).name() == "#dfe9ef"
    assert image.pixelColor(int(200 * ratio), int(150 * ratio)).name() == "#1ec80a"
    qtbot.waitUntil(lambda: len(source.requests) >= 2)


def test_a_drag_is_no_click_and_a_click_is_no_drag(shown, qtbot):
    clicks = []
    shown.place_clicked.connect(lambda x, y: clicks.append((x, y)))
    qtbot.mousePress(shown, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(shown, QPoint(180, 100))
    qtbot.mouseRelease(shown, Qt.MouseButton.LeftButton, pos=QPoint(180, 100))
    assert clicks == []
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(50, 60))
    assert clicks == [pytest.approx(shown.view.to_map(50, 60))]


def test_the_wheel_zooms_at_the_pointer(shown):
    at = QPoint(60, 70)
    place, resolution = shown.view.to_map(60, 70), shown.view.resolution
    _wheel(shown, at, 2)
    assert shown.view.resolution == pytest.approx(resolution / 1.5**2)
    assert shown.view.to_map(60, 70) == pytest.approx(place)


def test_a_double_click_zooms_in(shown, qtbot):
    resolution = shown.view.resolution
    qtbot.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(60, 70))
    assert shown.view.resolution == pytest.approx(resolution / 2)


@pytest.mark.parametrize(
    ("key", "moved"),
    [
        (Qt.Key.Key_Left, (-1, 0)),
        (Qt.Key.Key_Right, (1, 0)),
        (Qt.Key.Key_Up, (0, 1)),
        (Qt.Key.Key_Down, (0, -1)),
    ],
)
def test_arrow_keys_move_the_view(shown, qtbot, key, moved):
    x, y = shown.view.centre
    qtbot.keyClick(shown, key)
    dx, dy = shown.view.centre[0] - x, shown.view.centre[1] - y
    assert ((dx > 0) - (dx < 0), (dy > 0) - (dy < 0)) == moved


def test_plus_minus_and_home(shown, qtbot):
    whole = shown.view
    qtbot.keyClick(shown, Qt.Key.Key_Plus)
    assert shown.view.resolution == pytest.approx(whole.resolution / 2)
    qtbot.keyClick(shown, Qt.Key.Key_Minus)
    assert shown.view.resolution == pytest.approx(whole.resolution)
    qtbot.keyClick(shown, Qt.Key.Key_Right)
    qtbot.keyClick(shown, Qt.Key.Key_Home)
    assert shown.view.centre == pytest.approx(whole.centre)


def test_space_and_a_move_pan_without_a_button(shown, qtbot):
    centre = shown.view.centre
    qtbot.keyPress(shown, Qt.Key.Key_Space)
    qtbot.mouseMove(shown, QPoint(150, 120))
    qtbot.mouseMove(shown, QPoint(190, 120))
    qtbot.keyRelease(shown, Qt.Key.Key_Space)
    assert shown.view.centre != centre


def test_tab_hides_panels_instead_of_leaving(shown, qtbot):
    with qtbot.waitSignal(shown.panels_toggled):
        qtbot.keyClick(shown, Qt.Key.Key_Tab)


def test_a_pending_frame_is_cancelled_by_the_next(shown, source, qtbot):
    shown.zoom(2.0)
    qtbot.waitUntil(lambda: len(source.requests) == 2)
    shown.zoom(2.0)
    qtbot.waitUntil(lambda: len(source.requests) == 3)
    assert source.futures[1].cancelled()
    assert not source.futures[2].cancelled()


def test_many_moves_are_one_request(shown, source, qtbot):
    for _ in range(40):
        shown.pan(3, 0)
    qtbot.waitUntil(lambda: len(source.requests) == 2)
    assert source.requests[1].extent == shown.view.extent


def test_a_frame_of_layers_that_changed_is_dropped(shown, source, qtbot):
    shown.zoom(2.0)
    qtbot.waitUntil(lambda: len(source.requests) == 2)
    shown.loop.set_layers(("land", "sites"))
    assert source.futures[1].cancelled()
    qtbot.waitUntil(lambda: len(source.requests) == 3)
    assert source.requests[2].layer_ids == ("land", "sites")
    with qtbot.waitSignal(shown.loop.frame_arrived):
        source.finish(2, colour=(255, 0, 0, 255))
    assert len(shown.loop.frames) == 1
    assert _middle_colour(shown) == "#0000ff"


def test_a_view_that_rests_is_drawn_exactly_after_a_quick_frame(shown, source, qtbot):
    shown.zoom(2.0)
    qtbot.waitUntil(lambda: len(source.requests) == 2)
    assert source.requests[1].quick
    with qtbot.waitSignal(shown.loop.frame_arrived):
        source.finish(1, exact=False)
    assert _middle_colour(shown) == "#1ec80a"
    assert shown.loop.busy, "something is still to come"
    qtbot.waitUntil(lambda: len(source.requests) == 3)
    assert not source.requests[2].quick
    assert source.requests[2].extent == source.requests[1].extent
    with qtbot.waitSignal(shown.loop.frame_arrived):
        source.finish(2, colour=(255, 0, 0, 255))
    assert _middle_colour(shown) == "#0000ff"
    assert not shown.loop.busy


def test_a_view_that_moves_on_is_not_drawn_exactly_first(shown, source, qtbot):
    shown.zoom(2.0)
    qtbot.waitUntil(lambda: len(source.requests) == 2)
    with qtbot.waitSignal(shown.loop.frame_arrived):
        source.finish(1, exact=False)
    shown.zoom(2.0)
    qtbot.waitUntil(lambda: len(source.requests) == 3)
    assert source.requests[2].quick
    with qtbot.waitSignal(shown.loop.frame_arrived):
        source.finish(2, exact=False)
    qtbot.waitUntil(lambda: len(source.requests) == 4)
    assert not source.requests[3].quick
    shown.zoom(2.0)
    qtbot.waitUntil(lambda: len(source.requests) == 5)
    source.finish(3, colour=(255, 0, 0, 255))
    with qtbot.waitSignal(shown.loop.frame_arrived):
        source.finish(4)
    assert _middle_colour(shown) == "#1ec80a", "what came too late is not shown"
    assert not shown.loop.busy


def test_an_exact_frame_that_fails_is_tried_again_once_and_then_told(shown, source, qtbot):
    shown.zoom(2.0)
    qtbot.waitUntil(lambda: len(source.requests) == 2)
    with qtbot.waitSignal(shown.loop.frame_arrived):
        source.finish(1, exact=False)
    qtbot.waitUntil(lambda: len(source.requests) == 3)
    source.futures[2].set_exception(PlannerError("QGIS stopped."))
    qtbot.waitUntil(lambda: len(source.requests) == 4)
    assert not source.requests[3].quick
    assert shown.loop.busy
    with qtbot.waitSignal(shown.loop.failed) as told:
        source.futures[3].set_exception(PlannerError("QGIS stopped again."))
    assert told.args == ["QGIS stopped again."]
    assert _middle_colour(shown) == "#1ec80a", "the quick frame stays"
    assert not shown.loop.busy


def test_a_crash_is_tried_again_once_and_then_told(shown, source, qtbot):
    shown.zoom(2.0)
    qtbot.waitUntil(lambda: len(source.requests) == 2)
    source.futures[1].set_exception(PlannerError("QGIS stopped."))
    qtbot.waitUntil(lambda: len(source.requests) == 3)
    with qtbot.waitSignal(shown.loop.failed) as told:
        source.futures[2].set_exception(PlannerError("QGIS stopped again."))
    assert told.args == ["QGIS stopped again."]
    assert not shown.loop.busy


def test_a_selection_is_painted_over_the_map(shown):
    shown.set_overlay("selection", Highlight(box(1000, 1000, 3000, 2000)))
    x, y = shown.view.to_pixel(1000, 1500)
    ratio = shown.devicePixelRatioF()
    painted = shown.grab().toImage().pixelColor(int(x * ratio), int(y * ratio))
    assert painted.name() == "#0b5fd0"


def test_revealing_moves_only_what_is_out_of_sight(shown):
    shown.zoom(4.0)
    view = shown.view
    west, south, east, north = view.extent
    inside = (west + (east - west) * 0.3, south + (north - south) * 0.3)
    shown.reveal((*inside, inside[0] + 200, inside[1] + 200))
    assert shown.view == view
    shown.reveal((3500.0, 2500.0, 3700.0, 2700.0))
    assert shown.view.shows((3500.0, 2500.0, 3700.0, 2700.0))


def test_pointer_coordinates_are_told_and_taken_back(shown, qtbot):
    told = []
    shown.pointer_moved.connect(told.append)
    qtbot.mouseMove(shown, QPoint(10, 10))
    qtbot.mouseMove(shown, QPoint(40, 50))
    assert told[-1] == pytest.approx(shown.view.to_map(40, 50))


def test_a_screen_of_another_sharpness_asks_for_another_frame(shown, source, qtbot):
    QApplication.sendEvent(shown, QEvent(QEvent.Type.DevicePixelRatioChange))
    qtbot.waitUntil(lambda: len(source.requests) == 2)
    assert source.requests[1].extent == source.requests[0].extent


class TestServers:
    @pytest.fixture
    def asked(self, canvas, source, qtbot, monkeypatch):
        monkeypatch.setattr(canvas.loop._alarm, "start", lambda: None)
        canvas.loop.set_layers(("ground", "tiles", "sites"), {"tiles"})
        canvas.set_region(REGION)
        canvas.loop.set_source(source)
        qtbot.waitUntil(lambda: len(source.requests) == 1)
        return canvas.loop

    def test_a_server_that_is_late_does_not_hold_back_the_map(self, asked, source, qtbot):
        assert source.requests[0].layer_ids == ("ground", "tiles", "sites")
        with qtbot.waitSignal(asked.servers_awaited) as told:
            asked._alarm.timeout.emit()
        assert told.args == [("tiles",)]
        assert source.futures[0].cancelled()
        assert source.requests[1].layer_ids == ("ground", "sites")
        with qtbot.waitSignal(asked.frame_arrived):
            source.finish()
        assert not asked.busy
        assert source.requests[2].layer_ids == ("ground", "tiles", "sites")
        with qtbot.waitSignal(asked.frame_arrived):
            source.finish()
        assert len(asked.frames) == 2

    def test_a_move_ends_the_wait_and_shows_what_is_at_hand_first(
        self, asked, canvas, source, qtbot
    ):
        asked._alarm.timeout.emit()
        with qtbot.waitSignal(asked.frame_arrived):
            source.finish()
        canvas.pan(30, 0)
        qtbot.waitUntil(lambda: len(source.requests) == 4)
        assert source.requests[3].layer_ids == ("ground", "sites")

    def test_servers_that_are_quick_again_are_waited_for(self, asked, canvas, source, qtbot):
        asked._alarm.timeout.emit()
        for _ in range(2):
            with qtbot.waitSignal(asked.frame_arrived):
                source.finish()
        canvas.pan(30, 0)
        qtbot.waitUntil(lambda: len(source.requests) == 4)
        assert source.requests[3].layer_ids == ("ground", "tiles", "sites")

    def test_what_is_at_hand_is_exact_before_slow_servers_have_answered(
        self, asked, source, qtbot
    ):
        asked._alarm.timeout.emit()
        with qtbot.waitSignal(asked.frame_arrived):
            source.finish(exact=False)
        qtbot.waitUntil(lambda: len(source.requests) == 3)
        assert source.requests[2].layer_ids == ("ground", "sites")
        assert not source.requests[2].quick
        assert asked.busy
        with qtbot.waitSignal(asked.frame_arrived):
            source.finish()
        assert not asked.busy
        assert source.requests[3].layer_ids == ("ground", "tiles", "sites")
        with qtbot.waitSignal(asked.frame_arrived):
            source.finish()

    def test_a_map_that_takes_long_to_draw_exactly_is_no_slow_server(
        self, asked, canvas, source, qtbot
    ):
        with qtbot.waitSignal(asked.frame_arrived):
            source.finish(exact=False)
        qtbot.waitUntil(lambda: len(source.requests) == 2)
        asked._asked_at -= 100
        with qtbot.waitSignal(asked.frame_arrived):
            source.finish()
        canvas.pan(30, 0)
        qtbot.waitUntil(lambda: len(source.requests) == 3)
        assert source.requests[2].layer_ids == ("ground", "tiles", "sites")
