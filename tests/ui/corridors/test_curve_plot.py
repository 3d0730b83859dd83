from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QImage

from ui.corridors.curve_plot import CurvePlot
from ui.corridors.points import CurvePoints
from ui.theme import load_theme

THREE = CurvePoints(((0.0, 100.0), (0.5, 10.0), (1.0, 1.0)))
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def plot(shown, theme):
    made = shown(CurvePlot(theme), 300, 220)
    made.show_curve(THREE.pairs, THREE.pairs, THREE)
    yield made
    made._settled.stop()


def _pixel(plot, at):
    return plot.place(*plot.points.pairs[at]).toPoint()


def _drag(plot, qtbot, at, to):
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=_pixel(plot, at))
    qtbot.mouseMove(plot, to)
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=to)


def test_a_point_is_dragged_and_told_once(plot, qtbot):
    to = plot.place(0.3, 50.0).toPoint()
    with qtbot.waitSignal(plot.edited) as told:
        _drag(plot, qtbot, 1, to)
    x, y = told.args[0].pairs[1]
    assert x == pytest.approx(0.3, abs=0.02)
    assert y == pytest.approx(50.0, rel=0.1)
    assert plot.chosen == 1
    assert not plot.is_edited


def test_a_click_on_a_point_changes_nothing(plot, qtbot):
    with qtbot.assertNotEmitted(plot.edited):
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=_pixel(plot, 1))
    assert plot.chosen == 1


def test_a_double_click_adds_a_point(plot, qtbot):
    with qtbot.waitSignal(plot.edited) as told:
        qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=plot.place(0.75, 5.0).toPoint())
    assert len(told.args[0].pairs) == 4
    assert plot.chosen == 2


def test_keys_choose_move_add_and_remove(plot, qtbot):
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert plot.chosen == 0
    qtbot.keyClick(plot, Qt.Key.Key_PageDown)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
        qtbot.keyClick(plot, key)
    assert plot.points.pairs[1] == (0.51, 10.2)
    qtbot.keyClick(plot, Qt.Key.Key_Left, SHIFT)
    assert plot.points.pairs[1][0] == pytest.approx(0.41)
    qtbot.keyClick(plot, Qt.Key.Key_Insert)
    assert len(plot.points.pairs) == 4
    with qtbot.waitSignal(plot.edited) as told:
        qtbot.keyClick(plot, Qt.Key.Key_Delete)
        plot.settle()
    assert len(told.args[0].pairs) == 3


def test_keys_are_told_together_when_they_rest(plot, qtbot):
    plot._settled.setInterval(30)
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_End)
    told = []
    plot.edited.connect(told.append)
    for _ in range(5):
        qtbot.keyClick(plot, Qt.Key.Key_Up)
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1
    assert told[0].pairs[2][1] > 1.0


def test_what_is_under_way_is_not_overwritten_by_a_refresh(plot, qtbot):
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    plot.show_curve(THREE.pairs, (), THREE)
    assert plot.points.pairs[0][1] == 102.0
    plot.settle()
    plot.show_curve(THREE.pairs, (), THREE)
    assert plot.points == THREE
    assert plot.chosen == 0


def test_a_curve_of_the_profile_cannot_be_moved(plot, qtbot):
    plot.show_curve(THREE.pairs)
    assert plot.points is None
    with qtbot.assertNotEmitted(plot.edited):
        at = plot.place(0.5, 10.0).toPoint()
        qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=at)
        qtbot.keyClick(plot, Qt.Key.Key_Up)
    with qtbot.waitSignal(plot.told) as told:
        qtbot.mouseMove(plot, plot.place(0.5, 10.0).toPoint())
    assert told.args[0].startswith("suitability 0.50, resistance ")


@pytest.mark.parametrize("appearance", ["light", "dark"])
@pytest.mark.parametrize("logarithmic", [True, False])
def test_the_curve_is_painted_in_the_colours_of_the_theme(plot, appearance, logarithmic):
    theme = load_theme(appearance)
    plot.set_theme(theme)
    plot.set_logarithmic(logarithmic)
    image = plot.grab().toImage()
    end = plot.place(1.0, 1.0) - QPointF(0, 0)
    around = [
        image.pixelColor(round(end.x()) + dx, round(end.y()) + dy).name()
        for dx in range(-7, 8)
        for dy in range(-7, 8)
    ]
    assert theme.colour["accent"] in around
    assert image.format() != QImage.Format.Format_Invalid
