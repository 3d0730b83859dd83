"""The whole window on a real project, with the real QGIS."""

from __future__ import annotations

from functools import partial

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QProgressBar,
    QPushButton,
    QToolButton,
)

from layers.qgis.discovery import find_qgis
from layers.qgis.errors import QgisNotFoundError
from planner.project import Project
from planner.scenarios import new_scenario
from ui.recent import RecentProjects
from ui.snapshot import Selection
from ui.start.choice import CreateProject, OpenProject
from ui.start.page import StartPage

REGION = "tumen-estuary"


def _has_qgis() -> bool:
    try:
        find_qgis()
    except QgisNotFoundError:
        return False
    return True


needs_qgis = [
    pytest.mark.qgis,
    pytest.mark.skipif(not _has_qgis(), reason="QGIS is not installed"),
]


def _settled(desktop):
    frames = desktop.parts.map_area.canvas.loop
    return bool(frames.frames) and not frames.busy and desktop.background.settled


@pytest.fixture
def desktop(make_desktop, project_path, qtbot):
    made = make_desktop()
    with qtbot.waitSignal(made.session.opened, timeout=20_000):
        made.start(OpenProject(project_path))
    qtbot.waitUntil(partial(_settled, made), timeout=40_000)
    return made


def _click_map(desktop, qtbot, x, y):
    canvas = desktop.parts.map_area.canvas
    pixel = canvas.view.to_pixel(x, y)
    qtbot.mouseClick(
        canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(pixel[0]), round(pixel[1]))
    )


def _find(desktop, kind, name):
    return desktop.window.findChild(kind, name)


def _with_scenario(project, name):
    project.execute(new_scenario(project, name))


class TestWithQgis:
    pytestmark = needs_qgis

    def test_the_map_is_drawn_with_land_and_sea(self, desktop):
        canvas = desktop.parts.map_area.canvas
        image = canvas.loop.frames[-1].image
        colours = {
            image.pixelColor(x, y).name()
            for x in range(0, image.width(), 40)
            for y in range(0, image.height(), 40)
        }
        assert len(colours) > 3
        assert desktop.parts.panels.layers.findChild(QLabel, "layer_problems").text() == ""

    def test_a_click_shows_the_smallest_site_and_again_the_next(self, desktop, qtbot):
        _click_map(desktop, qtbot, 605_000, 4_735_000)
        assert desktop.desk.selection == Selection("site", "own")
        assert _find(desktop, QLabel, "inspector_title").text() == "Imported site"
        _click_map(desktop, qtbot, 605_000, 4_735_000)
        assert desktop.desk.selection == Selection("site", "hunchun-national-nature-reserve")
        assert desktop.parts.inspector.record.sources
        assert any(
            "Nominal boundary" in text for text in desktop.parts.inspector.record.notices
        )
        assert desktop.parts.panels.sites.chosen == "hunchun-national-nature-reserve"

    def test_a_click_on_nothing_selects_nothing(self, desktop, qtbot):
        desktop.desk.select(Selection("site", "own"))
        _click_map(desktop, qtbot, 650_000, 4_690_000)
        assert desktop.desk.selection is None
        assert desktop.parts.inspector.record is None

    def test_what_is_switched_off_cannot_be_clicked(self, desktop, qtbot):
        desktop.parts.panels.layers.switch("proposals", on=False)
        _click_map(desktop, qtbot, 632_000, 4_708_000)
        assert desktop.desk.selection is None

    def test_choosing_in_the_list_moves_the_map_and_highlights(self, desktop, qtbot):
        canvas = desktop.parts.map_area.canvas
        for _ in range(6):
            canvas.zoom(2.0)
        qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)
        view = _find(desktop, QListView, "site_list")
        index = next(
            i for n in range(3) if (i := view.model().index(n, 0)).data() == "Point site"
        )
        view.setCurrentIndex(index)
        west, south, east, north = canvas.view.extent
        assert west < 560_000 < east
        assert south < 4_700_000 < north
        qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)

    def test_switching_a_layer_changes_the_picture(self, desktop, qtbot):
        canvas = desktop.parts.map_area.canvas
        before = canvas.loop.frames[-1].pixels
        desktop.parts.panels.layers.switch("site_areas", on=False)
        qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)
        assert (canvas.loop.frames[-1].pixels != before).any()

    def test_layers_that_are_missing_are_told_over_the_map_until_they_are_back(
        self, desktop, project_path, qtbot
    ):
        banner = _find(desktop, QLabel, "map_problem")
        canvas = desktop.parts.map_area.canvas
        assert banner.isHidden()
        away = project_path.rename(project_path.with_name("away"))
        snapshot = desktop.session.snapshot
        desktop.engine.show(snapshot.layers, snapshot.crs, title="", sea="#dfe9ef", stale=True)
        qtbot.waitUntil(lambda: "missing from the map" in banner.text(), timeout=20_000)
        qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)
        assert not banner.isHidden()
        away.rename(project_path)
        desktop.session.refresh()
        qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)
        canvas.zoom(1.5)
        qtbot.waitUntil(banner.isHidden, timeout=20_000)

    def test_undo_takes_the_proposal_back_and_redo_brings_it_again(self, desktop, qtbot):
        undo = _find(desktop, QToolButton, "undo")
        assert undo.accessibleName() == "Undo: Propose a joint area"
        with qtbot.waitSignal(desktop.session.changed, timeout=10_000):
            qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
        assert desktop.session.snapshot.features == ()
        with qtbot.waitSignal(desktop.session.changed, timeout=10_000):
            qtbot.keyClick(
                desktop.window,
                Qt.Key.Key_Z,
                Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
            )
        assert [row.title for row in desktop.session.snapshot.features] == ["Joint area"]
        qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)

    def test_search_everything_finds_by_local_name(self, desktop, qtbot):
        qtbot.keyClick(desktop.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        search = _find(desktop, QLineEdit, "search")
        search.setText("珲春")
        qtbot.keyClick(search, Qt.Key.Key_Return)
        assert desktop.desk.selection == Selection("site", "hunchun-national-nature-reserve")
        assert search.text() == ""

    def test_print_writes_the_pdf(self, desktop, qtbot, project_path):
        with qtbot.waitSignal(desktop.session.printed, timeout=60_000) as told:
            qtbot.mouseClick(
                _find(desktop, QToolButton, "print_button"), Qt.MouseButton.LeftButton
            )
        assert told.args[0].read_bytes().startswith(b"%PDF")
        assert told.args[0].parent == project_path / "exports"
        qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)

    def test_the_map_is_exported_for_qgis(self, desktop, qtbot):
        with qtbot.waitSignal(desktop.engine.project_saved, timeout=20_000) as told:
            desktop.window.export_requested.emit()
        assert told.args[0].suffix == ".qgz"
        assert told.args[0].exists()

    def test_the_window_keeps_answering_while_a_map_is_drawn(self, desktop, qtbot):
        canvas = desktop.parts.map_area.canvas
        canvas.zoom(1.7)
        qtbot.waitUntil(lambda: canvas.loop.busy)
        before = canvas.view
        canvas.pan(40, 0)
        assert canvas.view != before
        qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)

    def test_panels_fold_and_come_back_and_the_ground_stands_still(self, desktop, qtbot):
        canvas, window = desktop.parts.map_area.canvas, desktop.window
        canvas.zoom(1.5)
        place = canvas.mapTo(window, QPoint(300, 300))
        ground = canvas.view.to_map(300, 300)
        qtbot.keyClick(canvas, Qt.Key.Key_Tab)
        qtbot.waitUntil(lambda: canvas.mapTo(window, QPoint()).x() < 200)
        at = canvas.mapFrom(window, place)
        assert canvas.view.to_map(at.x(), at.y()) == pytest.approx(
            ground, abs=2 * canvas.view.resolution
        )
        qtbot.keyClick(canvas, Qt.Key.Key_Tab)
        qtbot.waitUntil(lambda: desktop.window.open_panel_name == "sites")
        qtbot.waitUntil(partial(_settled, desktop), timeout=20_000)

    def test_the_dark_appearance_changes_the_window_and_not_the_map(self, desktop, qtbot, qapp):
        desktop.window.theme_requested.emit("dark")
        qtbot.waitUntil(lambda: qapp.palette().window().color().lightness() < 80)
        desktop.window.theme_requested.emit("light")

    def test_a_project_is_made_for_a_region_with_its_sites(self, make_desktop, qtbot, tmp_path):
        made = make_desktop()
        with qtbot.waitSignal(made.session.opened, timeout=60_000):
            made.start(CreateProject(REGION, tmp_path))
        assert made.session.snapshot.sites
        assert (tmp_path / f"{REGION}.landbridge").is_dir()
        assert RecentProjects(tmp_path / "recent.json").paths() == (
            tmp_path / f"{REGION}.landbridge",
        )
        qtbot.waitUntil(partial(_settled, made), timeout=40_000)


class TestWithoutQgis:
    def test_the_map_says_why_and_everything_else_works(self, bare, qtbot):
        reason = _find(bare, QLabel, "no_map_reason").text()
        assert "QGIS" in reason
        assert not bare.parts.map_area.has_map
        bare.desk.select(Selection("site", "own"))
        assert _find(bare, QLabel, "inspector_title").text() == "Imported site"
        with qtbot.waitSignal(bare.session.changed, timeout=10_000):
            bare.parts.strip.undo_requested.emit()
        assert bare.session.snapshot.redo_label == "Propose a joint area"
        qtbot.waitUntil(lambda: bare.background.settled, timeout=20_000)

    def test_printing_says_why_it_cannot(self, bare, qtbot):
        with qtbot.waitSignal(bare.session.failed, timeout=20_000):
            bare.parts.top_bar.print_requested.emit()
        assert "QGIS" in _find(bare, QLabel, "strip_notice").text()

    def test_a_project_held_by_somebody_else_opens_for_reading(
        self, without_qgis, make_desktop, project_path, qtbot
    ):
        with Project.open(project_path, author="somebody"):
            made = make_desktop()
            with qtbot.waitSignal(made.session.opened, timeout=20_000):
                made.start(OpenProject(project_path))
            assert made.session.snapshot.read_only_reason
            assert not _find(made, QToolButton, "undo").isEnabled()
            qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)

    def test_a_folder_that_is_no_project_is_refused_next_to_the_map(
        self, without_qgis, make_desktop, tmp_path, qtbot
    ):
        made = make_desktop()
        with qtbot.waitSignal(made.session.failed, timeout=20_000) as told:
            made.start(OpenProject(tmp_path))
        assert "is no project" in told.args[0]
        assert _find(made, QLabel, "no_map_reason").text() == told.args[0]
        qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)
        assert _find(made, QLabel, "no_map_reason").text() == told.args[0]
        _find(made, QPushButton, "choose_project").click()
        assert made.window.findChild(StartPage, "start_page").isVisible()
        qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)

    def test_a_project_that_cannot_be_opened_leaves_the_open_one(self, bare, tmp_path, qtbot):
        with qtbot.waitSignal(bare.session.failed, timeout=20_000):
            bare.session.open(OpenProject(tmp_path / "nowhere"))
        with qtbot.waitSignal(bare.session.changed, timeout=10_000):
            bare.session.undo()
        assert bare.session.snapshot.features == ()

    def test_without_a_project_the_window_asks(self, without_qgis, make_desktop, qtbot):
        made = make_desktop()
        made.start(None)
        qtbot.waitUntil(made.window.findChild(StartPage, "start_page").isVisible)
        qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)

    def test_a_plan_that_is_cancelled_leaves_a_project_that_goes_on(
        self, without_qgis, make_desktop, tmp_path, qtbot
    ):
        made = make_desktop()
        with qtbot.waitSignal(made.session.opened, timeout=60_000):
            made.start(CreateProject(REGION, tmp_path))
        made.session.make_plan()
        qtbot.waitUntil(
            lambda: any(j.fraction > 0 for j in made.background.jobs), timeout=60_000
        )
        bar = _find(made, QProgressBar, "job_progress")
        qtbot.waitUntil(bar.isVisible)
        with qtbot.waitSignal(made.session.changed, timeout=60_000):
            _find(made, QToolButton, "job_cancel").click()
        assert "cancelled" in _find(made, QLabel, "strip_notice").text()
        assert made.session.snapshot.read_only_reason == ""
        assert made.session.snapshot.sites

    def test_a_plan_that_is_asked_for_shows_the_scenario_it_goes_into(
        self, without_qgis, make_desktop, tmp_path, qtbot
    ):
        made = make_desktop()
        with qtbot.waitSignal(made.session.opened, timeout=60_000):
            made.start(CreateProject(REGION, tmp_path))
        for name in ("Plan", "Another"):
            made.session.change(
                "add", lambda bench, _, name=name: _with_scenario(bench.project, name)
            )
        made.session.show_scenario("another")
        qtbot.waitUntil(
            lambda: made.session.snapshot.scenario == "another" and made.background.settled
        )
        made.session.make_plan()
        qtbot.waitUntil(lambda: made.session.snapshot.scenario == "plan", timeout=60_000)
        for job in made.background.jobs:
            job.cancel()
        qtbot.waitUntil(lambda: made.background.settled, timeout=60_000)

    def test_the_window_can_be_closed_during_a_job(
        self, without_qgis, make_desktop, tmp_path, qtbot
    ):
        made = make_desktop()
        with qtbot.waitSignal(made.session.opened, timeout=60_000):
            made.start(CreateProject(REGION, tmp_path))
        made.session.make_plan()
        qtbot.waitUntil(
            lambda: any(j.fraction > 0 for j in made.background.jobs), timeout=60_000
        )
        made.window.close()
        with Project.open(tmp_path / f"{REGION}.landbridge") as project:
            assert not project.read_only
            assert project.records("sites")

    def test_a_plan_needs_the_project_where_the_pipeline_looks(self, bare, qtbot):
        with qtbot.waitSignal(bare.session.failed, timeout=20_000) as told:
            bare.session.make_plan()
        assert "Rename the folder" in told.args[0]
        qtbot.waitUntil(lambda: bare.background.settled, timeout=20_000)

    def test_every_control_of_the_window_has_a_name(self, bare):
        nameless = [
            widget.objectName()
            for kind in (QToolButton, QLineEdit, QComboBox, QListView)
            for widget in bare.window.findChildren(kind)
            if widget.objectName()
            and not widget.objectName().startswith("qt_")
            and not (widget.accessibleName() or getattr(widget, "text", str)())
        ]
        assert nameless == []

    def test_tab_goes_from_the_top_bar_to_the_strip(self, bare):
        parts = bare.parts
        named = {
            "top": parts.top_bar,
            "rail": parts.rail,
            "panel": parts.panels.sites,
            "map": parts.map_area,
            "inspector": parts.inspector,
            "strip": parts.strip,
        }
        order, widget = [], parts.top_bar.project_button
        for _ in range(10_000):
            name = next((n for n, part in named.items() if part.isAncestorOf(widget)), "")
            if name and (not order or order[-1] != name):
                order.append(name)
            widget = widget.nextInFocusChain()
            if widget is parts.top_bar.project_button:
                break
        assert list(dict.fromkeys(order)) == list(named)

    def test_sites_that_undo_took_away_come_back_by_the_button(
        self, without_qgis, make_desktop, tmp_path, qtbot
    ):
        made = make_desktop()
        with qtbot.waitSignal(made.session.opened, timeout=60_000):
            made.start(CreateProject(REGION, tmp_path))
        sites = made.session.snapshot.sites
        with qtbot.waitSignal(made.session.changed, timeout=10_000):
            made.session.undo()
        assert made.session.snapshot.sites == ()
        button = _find(made, QPushButton, "fill_sites")
        assert button.isVisible()
        with qtbot.waitSignal(made.session.said, timeout=60_000) as told:
            button.click()
        assert "added" in told.args[0]
        assert made.session.snapshot.sites == sites
        assert not button.isVisible()
        qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)
