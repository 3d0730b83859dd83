"""Two maps in the real window, drawn by the real QGIS."""

from __future__ import annotations

import zipfile

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton

from planner.project import Project, RemoveFeatures
from planner.scenarios import new_scenario
from ui.compare.layers import PREFIX
from ui.compare.plate import SidePlate
from ui.snapshot import Selection
from ui.start.choice import OpenProject

pytestmark = pytest.mark.qgis

INSIDE = (632_000.0, 4_707_000.0)
"""In the proposal of the scenario Plan."""


@pytest.fixture
def project_path(project_path):
    """A second scenario, without the proposal of the first."""
    with Project.open(project_path) as project:
        project.execute(new_scenario(project, "Other", copy_of="plan"))
        rows = project.records("proposals", scenario="other")
        project.execute(RemoveFeatures("proposals", [rows[0]["fid"]]))
    return project_path


@pytest.fixture
def desktop(make_desktop, project_path, qtbot):
    made = make_desktop()
    with qtbot.waitSignals([made.session.opened, made.engine.layers_shown], timeout=60_000):
        made.start(OpenProject(project_path))
    return made


@pytest.fixture
def settled(desktop, qtbot):
    def wait():
        def idle():
            stage, first = desktop.parts.map_area.stage, desktop.parts.map_area.canvas
            both = [first, *([] if stage.second is None else [stage.second])]
            drawn = all(item.loop.frames and not item.loop.busy for item in both)
            return drawn and desktop.background.settled

        qtbot.waitUntil(idle, timeout=60_000)
        qtbot.waitUntil(idle, timeout=60_000)

    return wait


def colour(canvas, place):
    """Return the colour that the newest frame has at a place of the map."""
    frame = canvas.loop.frames[-1]
    west, south, east, north = frame.extent
    x = int((place[0] - west) / (east - west) * frame.image.width())
    y = int((north - place[1]) / (north - south) * frame.image.height())
    return frame.image.pixelColor(x, y)


@pytest.fixture
def alike(desktop, qtbot):
    """Wait until both maps have, or have not, the same colour inside the proposal."""

    def wait(same):
        first = desktop.parts.map_area.canvas

        def seen():
            second = desktop.parts.map_area.stage.second
            drawn = first.loop.frames and second is not None and second.loop.frames
            return drawn and (colour(first, INSIDE) == colour(second, INSIDE)) is same

        qtbot.waitUntil(seen, timeout=30_000)

    return wait


def test_two_scenarios_are_swiped_put_side_by_side_and_let_go(desktop, settled, alike, qtbot):
    area, window = desktop.parts.map_area, desktop.window
    first, stage = area.canvas, area.stage
    button = window.findChild(QToolButton, "compare_button")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settled()
    second = stage.second
    assert button.isChecked()
    assert desktop.compare.scenario == "plan", "the first map shows the one added last"
    assert stage.mode == "swipe"
    first.show_extent((600_000, 4_680_000, 660_000, 4_740_000))
    alike(False)  # only one has the proposal there
    assert first.view == second.view

    # Side by side the second map has the layers that are chosen for it alone.
    window.findChild(QToolButton, "compare_side").click()
    settled()
    assert first.view.centre == second.view.centre
    assert first.view.resolution == second.view.resolution
    desktop.compare.bar.layer_switched.emit("proposals", False)
    alike(True)
    desktop.compare.bar.layers_reset.emit()
    alike(False)

    # Another scenario on the second map: the same as on the first, so the same picture.
    box = window.findChild(QComboBox, "compare_second")
    for scenario, same in (("other", True), ("plan", False)):
        box.setCurrentIndex(box.findData(scenario))
        box.activated.emit(box.currentIndex())
        alike(same)

    # Undo brings the proposal back to the first map; both then show it.
    desktop.session.undo()
    alike(True)
    QTest.keyClick(window, Qt.Key.Key_F7)
    settled()
    assert stage.second is None
    assert not button.isChecked()
    assert first.width() == stage.width()


def test_what_lies_under_the_hand_is_that_of_the_map_seen_there(desktop, settled, qtbot):
    first, stage = desktop.parts.map_area.canvas, desktop.parts.map_area.stage
    desktop.compare.start("plan", "swipe")
    settled()
    first.show_extent((600_000, 4_680_000, 660_000, 4_740_000))
    place = first.view.to_pixel(*INSIDE)
    at = QPoint(*map(int, place))
    for share, title in ((-0.1, "Joint area"), (0.1, "")):
        stage.divider.moved_to.emit(place[0] / first.width() + share)
        QTest.mouseClick(first, Qt.MouseButton.LeftButton, pos=at)
        record = desktop.parts.inspector.record
        assert ("" if record is None else record.title) == title
    assert desktop.compare.title_at(*INSIDE) == "Joint area"


def at_pixel(canvas, place):
    return QPoint(*map(round, canvas.view.to_pixel(*place)))


def told(desktop):
    record = desktop.parts.inspector.record
    return "" if record is None else record.title


@pytest.fixture
def beside(desktop, settled):
    """Two maps side by side, only the second of which has the proposal."""
    desktop.compare.start("plan", "side")
    settled()
    first, second = desktop.parts.map_area.canvas, desktop.parts.map_area.stage.second
    first.show_extent((600_000, 4_680_000, 660_000, 4_740_000))
    settled()
    return first, second


def test_the_tools_ask_the_map_that_the_hand_is_on(desktop, beside, settled, qtbot):
    tools, panel = desktop.map, desktop.map.identifying.panel
    beside[0].set_tool(tools.identifying.tool)
    for canvas, title, has_it in ((*beside[:1], "Other", False), (*beside[1:], "Plan", True)):
        assert canvas.tool is tools.identifying.tool
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at_pixel(canvas, INSIDE))
        qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() > 0, timeout=20_000)
        names = [
            panel.tree.topLevelItem(n).text(0) for n in range(panel.tree.topLevelItemCount())
        ]
        assert ("Proposals" in names) is has_it
        assert panel.findChild(QLabel, "found_place").text().endswith(f"·  {title}")
    found = panel.tree.topLevelItem(names.index("Proposals")).child(0)
    panel.tree.setCurrentItem(found)
    assert told(desktop) == "Joint area"
    assert desktop.parts.inspector.record.facts[0].value == "Plan"
    with qtbot.waitSignal(beside[0].view_changed, timeout=20_000):
        panel.findChild(QPushButton, "found_zoom").click()
    assert beside[1].overlay("selection") is not None
    assert beside[0].overlay("selection") is None


def test_selecting_selects_what_the_map_under_the_hand_has(desktop, beside, settled):
    first, second = beside
    selecting = desktop.map.selecting
    for tool in (selecting.click, selecting.box):
        for canvas, title in ((second, "Joint area"), (first, "")):
            second.set_tool(tool)
            assert first.tool is tool
            at = at_pixel(canvas, INSIDE)
            QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
            if tool is selecting.box:
                QTest.mouseMove(canvas, at + QPoint(20, 20))
            QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at + QPoint(20, 20))
            assert told(desktop) == title
    desktop.compare.tell(Selection("proposal", "p"))
    site = Selection("site", "own")
    desktop.map.selecting.pick([Selection("proposal", "p"), site])
    assert second.overlay("picked") is not None
    desktop.compare.stop()
    settled()
    assert desktop.map.picked.items == (site,), "only the second map had the proposal"


def test_a_measure_goes_on_from_one_map_to_the_other(desktop, beside, settled):
    first, second = beside
    first.set_tool(desktop.map.distance)
    for canvas, at in ((first, QPoint(150, 250)), (second, QPoint(250, 250))):
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    a, b = desktop.map.distance.corners
    assert (b[0] - a[0]) / first.view.resolution == pytest.approx(100, abs=1e-6)
    QTest.keyClick(second, Qt.Key.Key_Backspace)
    assert len(desktop.map.distance.corners) == 1
    QTest.keyClick(second, Qt.Key.Key_Escape)
    QTest.keyClick(second, Qt.Key.Key_Escape)
    assert first.tool is second.tool is None


def test_whose_a_drawing_is_is_told_and_it_goes_on_on_the_second_map(desktop, beside, qtbot):
    second = beside[1]
    with qtbot.waitSignal(desktop.compare.said) as said:
        desktop.parts.map_area.tool_bar.take("action_draw_area")
    assert "first map: Other" in said.args[0]
    for at in (QPoint(100, 100), QPoint(160, 100), QPoint(130, 160)):
        QTest.mouseClick(second, Qt.MouseButton.LeftButton, pos=at)
    corners = desktop.drawing.tools.area.sketch.points
    assert [tuple(map(round, second.view.to_pixel(*corner))) for corner in corners] == [
        (100, 100),
        (160, 100),
        (130, 160),
    ]
    QTest.keyClick(second, Qt.Key.Key_Backspace)
    assert desktop.drawing.tools.area.sketch.points == corners[:2]


def test_back_and_forward_pass_through_what_either_map_has_shown(desktop, beside):
    first, second = beside
    begin = first.view.centre
    second.centre_on(650_000, 4_720_000)
    assert first.view.centre == second.view.centre != begin
    first.go_back()
    assert first.view.centre == second.view.centre == begin
    second.go_forward()
    assert first.view.centre == second.view.centre == (650_000, 4_720_000)


def test_each_map_says_which_it_is_and_what_its_colours_mean(desktop, beside, settled):
    plates = [desktop.window.findChild(SidePlate, f"plate_{n}") for n in ("first", "second")]
    assert [plate.title for plate in plates] == ["Other", "Plan"]
    assert ["Proposals" in plate.rows for plate in plates] == [False, True]
    point = "Site without a reported area"
    assert all(point in plate.rows for plate in plates)
    desktop.compare.bar.layer_switched.emit("site_points", False)
    assert [point in plate.rows for plate in plates] == [True, False]
    for plate, canvas in zip(plates, beside, strict=True):
        assert plate.parent() is canvas
        assert plate.isVisible()
        assert (
            "no opinion" in plate.findChild(QLabel, f"{plate.objectName()}_disclaimer").text()
        )
    fold = plates[1].findChild(QToolButton, "plate_second_fold")
    before = plates[1].folded
    fold.click()
    assert plates[1].folded is not before
    desktop.parts.map_area.stage.set_mode("swipe")
    assert all(plate.parent() is beside[0] for plate in plates)
    divider = desktop.parts.map_area.stage.divider
    assert plates[0].geometry().right() < divider.geometry().center().x()
    assert plates[1].x() > divider.geometry().center().x()
    desktop.compare.stop()
    assert not any(plate.isVisible() for plate in plates)


def test_what_only_the_second_map_shows_is_in_no_file(desktop, settled, alike, qtbot):
    desktop.compare.start("plan", "side")
    settled()
    path = desktop.session.snapshot.path / "exports" / "map.qgz"
    with qtbot.waitSignal(desktop.engine.project_saved, timeout=60_000):
        desktop.engine.save_project(path)
    with zipfile.ZipFile(path) as archive:
        saved = archive.read(next(n for n in archive.namelist() if n.endswith(".qgs")))
    assert PREFIX.encode() not in saved
    assert saved.count(b"|layername=proposals|subset=scenario = 'other'<") == 1
    assert b"scenario = 'plan'" not in saved
    desktop.parts.map_area.canvas.show_extent((600_000, 4_680_000, 660_000, 4_740_000))
    alike(False)  # it is drawn as before
