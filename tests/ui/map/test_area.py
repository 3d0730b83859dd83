from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QLabel, QMenu, QPushButton, QToolButton

from ui.map.coordinates import GroundMeasure


def test_the_notices_are_always_on_the_map(map_area, qtbot):
    map_area.show()
    assert map_area.findChild(QLabel, "disclaimer").text() == "No opinion."
    assert map_area.findChild(QLabel, "nominal_notice").text() == "Dashed: nominal."
    map_area.show_reason("QGIS was not found. Install it with apt.")
    assert map_area.findChild(QLabel, "disclaimer").isVisible()


def test_without_qgis_the_reason_stands_in_place_of_the_map(map_area, qtbot):
    map_area.show()
    map_area.show_reason("QGIS was not found. Install it with apt.")
    assert not map_area.has_map
    assert map_area.findChild(QLabel, "no_map_reason").isVisible()
    with qtbot.waitSignal(map_area.retry_requested):
        map_area.findChild(QPushButton, "retry_map").click()
    map_area.show_map()
    assert map_area.has_map


def test_scale_and_coordinates_follow_the_view(map_area, qtbot):
    map_area.show()
    map_area.set_measure(GroundMeasure("EPSG:4326"))
    map_area.canvas.set_region((126.0, 40.0, 136.0, 46.0))
    first = map_area.scale_bar.bar
    map_area.canvas.zoom(10.0)
    assert map_area.scale_bar.bar.distance_m < first.distance_m
    qtbot.mouseMove(map_area.canvas, QPoint(5, 5))
    qtbot.mouseMove(map_area.canvas, map_area.canvas.rect().center())
    assert "° N" in map_area.findChild(QLabel, "coordinates").text()
    assert map_area.findChild(QLabel, "crs").text() == "EPSG:4326"


def test_the_buttons_zoom_and_stay_at_the_right_edge(map_area, qtbot):
    map_area.show()
    map_area.canvas.set_region((0.0, 0.0, 10.0, 10.0))
    whole = map_area.canvas.view.resolution
    zoom_in = map_area.findChild(QToolButton, "zoom_in")
    qtbot.mouseClick(zoom_in, Qt.MouseButton.LeftButton)
    assert map_area.canvas.view.resolution == whole / 2
    qtbot.mouseClick(map_area.findChild(QToolButton, "zoom_region"), Qt.MouseButton.LeftButton)
    assert map_area.canvas.view.resolution == whole
    map_area.resize(1200, 700)
    right = zoom_in.mapTo(map_area, QPoint(zoom_in.width(), 0)).x()
    assert 1200 - 24 <= right <= 1200


def test_a_problem_is_told_over_the_map_and_can_end(map_area):
    map_area.show()
    map_area.show_problem("A layer hung. It is left out.")
    assert map_area.findChild(QLabel, "map_problem").isVisible()
    map_area.show_problem("")
    assert not map_area.findChild(QLabel, "map_problem").isVisible()


def test_the_notation_can_be_chosen_below_the_map(map_area, qtbot):
    map_area.show()
    map_area.set_measure(GroundMeasure("EPSG:32652"))
    map_area.canvas.set_region((500_000.0, 4_600_000.0, 700_000.0, 4_800_000.0))
    menu = map_area.findChild(QMenu, "notation_menu")
    action = next(a for a in menu.actions() if a.objectName() == "notation_utm")
    with qtbot.waitSignal(map_area.footer.notation_chosen) as chosen:
        action.trigger()
    assert chosen.args == ["utm"]
    qtbot.mouseMove(map_area.canvas, QPoint(5, 5))
    qtbot.mouseMove(map_area.canvas, map_area.canvas.rect().center())
    assert map_area.findChild(QLabel, "coordinates").text().startswith("52T ")


def test_back_and_forward_are_possible_when_there_is_a_way(map_area, qtbot):
    map_area.show()
    map_area.canvas.set_region((0.0, 0.0, 10.0, 10.0))
    back = map_area.findChild(QToolButton, "view_back")
    forward = map_area.findChild(QToolButton, "view_forward")
    assert (back.isEnabled(), forward.isEnabled()) == (False, False)
    map_area.canvas.show_extent((1.0, 1.0, 2.0, 2.0))
    assert back.isEnabled()
    back.click()
    assert (back.isEnabled(), forward.isEnabled()) == (False, True)


def test_a_hint_is_as_wide_as_its_text_and_never_wider_than_the_map(map_area):
    map_area.show()
    map_area.hint.say("Short.")
    assert map_area.hint.isVisible()
    short = map_area.hint.sizeHint().width()
    map_area.hint.say("A long hint that goes on and on. " * 12)
    assert short < map_area.hint.sizeHint().width() <= map_area.canvas.width() - 32
    map_area.resize(420, 500)
    assert map_area.hint.sizeHint().width() <= map_area.canvas.width() - 32
    map_area.hint.say("")
    assert not map_area.hint.isVisible()


def test_where_the_map_is_low_a_hint_stands_between_the_buttons(map_area):
    canvas, hint = map_area.canvas, map_area.hint
    buttons = map_area.findChild(QToolButton, "zoom_in").parentWidget()
    map_area.show()
    hint.say("Click where it begins. " * 5)
    canvas.setMinimumHeight(1)
    for high in (600, buttons.sizeHint().height() + 16, 600):
        canvas.setGeometry(0, 0, 500, high)
        canvas.layout().activate()
        assert canvas.rect().contains(hint.geometry())
        assert canvas.rect().contains(buttons.geometry())
        assert not hint.geometry().intersects(buttons.geometry())
        assert canvas.height() - hint.geometry().bottom() <= 17


def test_a_place_is_asked_for_and_why_it_is_none_stands_beside_it(map_area, qtbot):
    map_area.show()
    card = map_area.go_to
    card.open_card()
    with qtbot.waitSignal(card.place_wanted) as wanted:
        qtbot.keyClicks(card.field, "1 2")
        qtbot.keyClick(card.field, Qt.Key.Key_Return)
    assert wanted.args == ["1 2"]
    card.show_problem("No such place.")
    problem = map_area.findChild(QLabel, "go_to_problem")
    assert problem.isVisible()
    qtbot.keyClicks(card.field, "3")
    assert not problem.isVisible()
    with qtbot.waitSignal(card.closed):
        qtbot.keyClick(card.field, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_every_control_without_a_text_has_a_name(map_area):
    for button in map_area.findChildren(QToolButton):
        assert button.objectName()
        assert button.accessibleName(), button.objectName()
