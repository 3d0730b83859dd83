"""The tools of the map with the real window and the real QGIS."""

from __future__ import annotations

from functools import partial

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QLabel, QLineEdit, QListWidget, QMenu, QPushButton, QToolButton

from layers.qgis.discovery import find_qgis
from layers.qgis.errors import QgisNotFoundError
from ui.map.notation import Notation
from ui.snapshot import Selection
from ui.start.choice import OpenProject

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
HUNCHUN = Selection("site", "hunchun-national-nature-reserve")
OWN, POINT = Selection("site", "own"), Selection("site", "point")
PROPOSAL = Selection("proposal", "p")


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


def _settled(desktop):
    frames = desktop.parts.map_area.canvas.loop
    return bool(frames.frames) and not frames.busy and desktop.background.settled


@pytest.fixture
def desktop(make_desktop, project_path, qtbot):
    made = make_desktop()
    made.window.resize(1400, 900)
    with qtbot.waitSignal(made.session.opened, timeout=20_000):
        made.start(OpenProject(project_path))
    qtbot.waitUntil(partial(_settled, made), timeout=40_000)
    return made


@pytest.fixture
def hand(desktop, qtbot):
    return Hand(desktop, qtbot)


class Hand:
    """Works on the map of a desktop by places of the map."""

    def __init__(self, desktop, qtbot):
        self.desktop, self.qtbot = desktop, qtbot
        self.canvas = desktop.parts.map_area.canvas

    def do(self, key):
        self.desktop.window.deeds.deed(key).action.trigger()

    def pixel(self, x, y):
        px, py = self.canvas.view.to_pixel(x, y)
        return QPoint(round(px), round(py))

    def click(self, x, y, modifiers=PLAIN):
        self.qtbot.mouseMove(self.canvas, self.pixel(x, y))
        self.qtbot.mouseClick(self.canvas, LEFT, modifiers, self.pixel(x, y))

    def box(self, west, south, east, north, modifiers=PLAIN):
        start, end = self.pixel(west, north), self.pixel(east, south)
        self.qtbot.mousePress(self.canvas, LEFT, modifiers, start)
        self.qtbot.mouseMove(self.canvas, (start + end) / 2)
        self.qtbot.mouseMove(self.canvas, end)
        self.qtbot.mouseRelease(self.canvas, LEFT, modifiers, end)

    def find(self, kind, name):
        return self.desktop.window.findChild(kind, name)

    @property
    def picked(self):
        return set(self.desktop.map.picked.items)

    def changed(self):
        return self.qtbot.waitSignal(self.desktop.session.changed, timeout=20_000)


def test_everything_at_a_place_is_told_and_can_be_gone_to(desktop, hand, qtbot):
    panel = desktop.map.identifying.panel
    hand.do("map.identify")
    hand.click(605_000, 4_735_000)
    qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() > 0, timeout=20_000)
    assert "here" in desktop.window.docks.opened
    layers = [panel.tree.topLevelItem(i) for i in range(panel.tree.topLevelItemCount())]
    names = [layer.text(0) for layer in layers]
    assert names.index("Sites") < names.index("Land")
    sites = layers[names.index("Sites")]
    features = {sites.child(i).text(0): sites.child(i) for i in range(sites.childCount())}
    hunchun = next(item for name, item in features.items() if name.startswith("Hunchun"))
    told = {
        hunchun.child(i).text(0): hunchun.child(i).toolTip(1)
        for i in range(hunchun.childCount())
    }
    assert told["Countries"] == "China"
    assert told["Source"]
    panel.tree.setCurrentItem(hunchun)
    assert desktop.desk.selection == HUNCHUN
    before = hand.canvas.view
    panel.findChild(QPushButton, "found_zoom").click()
    qtbot.waitUntil(lambda: hand.canvas.view != before, timeout=20_000)
    assert hand.canvas.view.shows((580_000, 4_720_000, 620_000, 4_760_000))
    land = next(layer for name, layer in zip(names, layers, strict=True) if name == "Land")
    panel.tree.setCurrentItem(land.child(0))
    assert desktop.layers.features.layer_id == "base_countries"
    hand.canvas.repaint()
    qtbot.keyClick(hand.canvas, Qt.Key.Key_Return)
    assert panel.findChild(QLabel, "found_place").text() == desktop.parts.map_area.place_text(
        hand.canvas.view.centre
    )
    qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() > 0, timeout=20_000)
    qtbot.keyClick(hand.canvas, Qt.Key.Key_Escape)
    assert hand.canvas.tool is None


def test_selecting_by_box_outline_and_click(desktop, hand, qtbot):
    hand.do("map.select_box")
    hand.box(550_000, 4_690_000, 650_000, 4_765_000)
    assert hand.picked == {HUNCHUN, OWN, POINT, PROPOSAL}
    assert hand.find(QLabel, "picked_text").text() == "Selected: 3 sites, 1 proposal"
    assert desktop.desk.selection is None
    hand.box(622_000, 4_695_000, 645_000, 4_718_000, CTRL)
    assert hand.picked == {HUNCHUN, OWN, POINT}
    before = hand.canvas.view
    hand.find(QToolButton, "picked_zoom").click()
    assert hand.canvas.view != before
    hand.do("map.region")
    hand.do("map.select_polygon")
    for corner in ((622_000, 4_695_000), (645_000, 4_695_000)):
        hand.click(*corner)
    hand.click(632_000, 4_718_000, SHIFT)
    qtbot.keyClick(hand.canvas, Qt.Key.Key_Return, SHIFT)
    assert hand.picked == {HUNCHUN, OWN, POINT, PROPOSAL}
    hand.do("map.select")
    hand.click(605_000, 4_735_000)
    assert hand.picked == {OWN}
    assert desktop.desk.selection == OWN
    hand.click(632_000, 4_708_000, SHIFT)
    assert hand.picked == {OWN, PROPOSAL}
    desktop.desk.select(HUNCHUN)
    assert hand.picked == set()
    assert not hand.find(QLabel, "picked_text").isVisible()
    _select_features_of_a_layer(desktop, hand, qtbot)


def _select_features_of_a_layer(desktop, hand, qtbot):
    hand.do("map.select_of_layer")
    hand.do("map.select_box")
    layers = desktop.parts.panels.layers
    desktop.window.open_panel("layers")
    layers.tree.choose(("site_areas",))
    features = desktop.layers.features
    with qtbot.waitSignal(features.changed, timeout=20_000):
        hand.box(575_000, 4_715_000, 625_000, 4_765_000)
    assert features.layer_id == "site_areas"
    assert len(features.fids) == 2
    told = hand.find(QLabel, "picked_text").text()
    assert told == "Selected: 2 features of Sites"
    with qtbot.waitSignal(features.changed, timeout=20_000):
        hand.box(599_000, 4_729_000, 600_500, 4_730_500, CTRL)
    assert len(features.fids) < 2
    hand.do("map.select_nothing")
    assert features.fids == ()


def test_bookmarks_are_kept_gone_to_renamed_removed_and_undone(desktop, hand, qtbot):
    hand.canvas.show_extent((600_000.0, 4_730_000.0, 610_000.0, 4_740_000.0))
    kept = hand.canvas.view
    hand.do("map.bookmark")
    name = hand.find(QLineEdit, "bookmark_name")
    name.setText("Own site")
    with hand.changed():
        qtbot.keyClick(name, Qt.Key.Key_Return)
    with hand.changed():
        hand.find(QPushButton, "bookmark_add").click()
    listed = hand.find(QListWidget, "bookmark_list")
    assert [listed.item(i).text() for i in range(listed.count())] == ["Own site", "View 1"]
    hand.do("map.region")
    menu = hand.find(QMenu, "bookmarks_menu")
    assert [action.text() for action in menu.actions()[:2]] == ["Own site", "View 1"]
    menu.actions()[0].trigger()
    assert hand.canvas.view.centre == pytest.approx(kept.centre)
    hand.do("map.region")
    listed.setCurrentRow(0)
    hand.find(QPushButton, "bookmark_go").click()
    assert hand.canvas.view.centre == pytest.approx(kept.centre)
    assert hand.canvas.view.resolution == pytest.approx(kept.resolution, rel=0.01)
    qtbot.keyClick(hand.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    name.setText("own SITE")
    with qtbot.waitSignal(desktop.background.jobs_changed):
        qtbot.keyClick(name, Qt.Key.Key_Return)
    problem = hand.find(QLabel, "bookmark_problem")
    qtbot.waitUntil(problem.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: desktop.background.settled, timeout=20_000)
    assert "already" in problem.text()
    with hand.changed():
        listed.item(1).setText("Estuary")
    assert desktop.session.snapshot.bookmarks[1].name == "Estuary"
    listed.setCurrentRow(1)
    with hand.changed():
        qtbot.keyClick(listed, Qt.Key.Key_Delete)
    assert listed.count() == 1
    with hand.changed():
        desktop.session.undo()
    assert [item.name for item in desktop.session.snapshot.bookmarks] == ["Own site", "Estuary"]


def test_places_in_numbers_and_the_view_of_borders(desktop, hand, qtbot):
    hand.do("map.go_to")
    field, problem = hand.find(QLineEdit, "go_to_field"), hand.find(QLabel, "go_to_problem")
    for text, said in (("Hunchun", "is not a place"), ("10 N, 20 E", "outside what")):
        field.setText(text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert said in problem.text()
    field.setText("52T 600000 4730000")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not problem.isVisible()
    assert hand.canvas.view.centre == pytest.approx((600_000, 4_730_000), abs=1)
    assert hand.canvas.overlay("goal") is not None
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert hand.canvas.overlay("goal") is None
    desktop.window.findChild(QAction, "notation_utm").trigger()
    assert desktop.preferences.values.notation == "utm"
    assert desktop.parts.map_area.footer.notation is Notation.UTM
    qtbot.mouseMove(hand.canvas, QPoint(5, 200))
    qtbot.mouseMove(hand.canvas, hand.pixel(600_000, 4_730_000))
    assert hand.find(QLabel, "coordinates").text().startswith("52T ")
    with hand.changed():
        hand.do("borders.held")
    assert "disputed lines are left out" in hand.find(QLabel, "borders_notice").text()
    disputed = next(
        spec
        for spec in desktop.parts.panels.layers.specs
        if spec.layer_id == "base_disputed_lines"
    )
    assert "claim" not in disputed.subset
    qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)
    assert desktop.parts.panels.layers.findChild(QLabel, "layer_problems").text() == ""
    with hand.changed():
        hand.do("borders.none")
    ids = {spec.layer_id for spec in desktop.parts.panels.layers.specs}
    assert "base_border_lines" not in ids
    with hand.changed():
        desktop.session.undo()
    assert desktop.window.deeds.deed("borders.held").action.isChecked()
    _measure_by_keys_and_hand(desktop, hand, qtbot)


def _measure_by_keys_and_hand(desktop, hand, qtbot):
    hand.do("map.region")
    qtbot.keyClick(desktop.window, Qt.Key.Key_M, CTRL | SHIFT)
    assert hand.canvas.tool is desktop.map.distance
    assert hand.find(QToolButton, "tools_measure").isChecked()
    hint = hand.find(QLabel, "map_hint_text")
    assert hint.isVisible()
    hand.click(600_000, 4_730_000)
    hand.click(610_000, 4_730_000)
    # A pixel is some 170 m here, and UTM is 0.9996 true in its middle.
    assert desktop.map.distance.segments_m(desktop.map.distance.corners) == [
        pytest.approx(10_000, abs=400)
    ]
    desktop.window.deeds.deed("map.pan").action.trigger()
    assert hand.canvas.tool is None
    assert not hint.isVisible()
