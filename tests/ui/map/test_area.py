from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QLabel, QPushButton, QToolButton

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
