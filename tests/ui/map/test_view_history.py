from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication, QGestureEvent, QPinchGesture

from ui.map.view_history import ViewHistory
from ui.map.view_state import ViewState

REGION = (0.0, 0.0, 4000.0, 3000.0)


def _view(x):
    return ViewState((x, 0.0), 1.0, 100, 100)


def test_moves_of_one_gesture_are_one_place():
    history = ViewHistory()
    history.visit(_view(0), 0.0)
    for step in range(10):
        history.visit(_view(10 + step), 5.0 + step * 0.05)
    assert history.back() == _view(0)
    assert history.forward() == _view(19)
    assert not history.can_go_forward


def test_a_jump_keeps_the_view_before_it_and_a_new_move_drops_what_was_ahead():
    history = ViewHistory()
    history.visit(_view(0), 0.0)
    history.visit(_view(1), 0.1, jump=True)
    assert history.back() == _view(0)
    history.visit(_view(2), 0.2)
    assert not history.can_go_forward
    assert history.back() == _view(0)
    assert history.back() is None


def test_it_does_not_grow_for_ever():
    history = ViewHistory()
    for step in range(500):
        history.visit(_view(step), 10.0 * step)
    steps = 0
    while history.back() is not None:
        steps += 1
    assert steps == 99


@pytest.fixture
def shown(canvas):
    canvas.set_region(REGION)
    return canvas


def test_back_and_forward_with_the_mouse_buttons(shown, qtbot):
    whole = shown.view
    assert not shown.can_go_back
    shown.show_extent((100.0, 100.0, 400.0, 400.0))
    near = shown.view
    shown.show_extent((2000.0, 2000.0, 2400.0, 2400.0))
    qtbot.mouseClick(shown, Qt.MouseButton.BackButton)
    assert shown.view == near
    shown.go_back()
    assert shown.view.centre == pytest.approx(whole.centre)
    assert shown.view.resolution == pytest.approx(whole.resolution)
    qtbot.mouseClick(shown, Qt.MouseButton.ForwardButton)
    assert shown.view == near
    assert shown.can_go_forward


def test_back_after_a_resize_shows_the_same_middle(shown):
    shown.show_extent((100.0, 100.0, 400.0, 400.0))
    near = shown.view
    shown.show_region()
    shown.resize(500, 320)
    shown.go_back()
    assert shown.view.centre == pytest.approx(near.centre)
    assert (shown.view.width_px, shown.view.height_px) == (500, 320)


def test_following_another_view_is_no_step_back(shown):
    other = ViewState((500.0, 600.0), 2.0, 90, 80)
    shown.follow(other)
    assert shown.view == ViewState((500.0, 600.0), 2.0, 400, 300)
    assert not shown.can_go_back


def test_another_project_has_no_past(shown):
    shown.show_extent((100.0, 100.0, 400.0, 400.0))
    shown.set_region((0.0, 0.0, 10.0, 10.0))
    assert not shown.can_go_back


def _pinch(canvas, at, scale, moved=(0.0, 0.0)):
    pinch = QPinchGesture()
    centre = QPointF(canvas.mapToGlobal(at))
    pinch.setCenterPoint(centre)
    pinch.setLastCenterPoint(centre - QPointF(*moved))
    pinch.setScaleFactor(scale)
    QApplication.sendEvent(canvas, QGestureEvent([pinch]))


def test_two_fingers_zoom_where_they_are(shown):
    at = QPoint(100, 80)
    place, resolution = shown.view.to_map(100, 80), shown.view.resolution
    _pinch(shown, at, 2.0)
    assert shown.view.resolution == pytest.approx(resolution / 2)
    assert shown.view.to_map(100, 80) == pytest.approx(place)


def test_ctrl_makes_the_wheel_fine(shown):
    resolution = shown.view.resolution
    event = QWheelEvent(
        QPointF(60, 70),
        QPointF(shown.mapToGlobal(QPoint(60, 70))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(shown, event)
    assert shown.view.resolution == pytest.approx(resolution / 1.1)
