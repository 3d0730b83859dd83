from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QLabel, QLineEdit, QListView, QPushButton, QWidget
from shapely.geometry import LineString

from planner.doctor import Finding
from planner.own_regions import RegionWish
from planner.profiles import load_region, region_ids, species_ids
from resources.errors import UsageError
from ui.recent import RecentProject, RecentProjects
from ui.start.choice import CreateOwnProject, CreateProject, OpenProject, choice_of
from ui.start.page import StartPage
from ui.start.recent_list import ago

FOLDER = Path("projects")


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ([], None),
        (["a.landbridge"], OpenProject(Path("a.landbridge"))),
        (["--region", "tumen-estuary"], CreateProject("tumen-estuary", FOLDER)),
        (["--region", "dauria", "--out", "x"], CreateProject("dauria", Path("x"))),
    ],
)
def test_the_command_line_chooses(words, choice):
    assert choice_of(words, FOLDER) == choice


@pytest.mark.parametrize(
    "words",
    [
        ["--region"],
        ["--region", "--out"],
        ["--speed", "9"],
        ["a", "b"],
        ["a", "--region", "dauria"],
        ["--out", "x"],
    ],
)
def test_words_that_make_no_sense_are_refused_with_the_usage(words):
    with pytest.raises(UsageError, match="Usage: landbridge app"):
        choice_of(words, FOLDER)


def test_an_unknown_region_offers_the_nearest():
    with pytest.raises(UsageError, match="dauria"):
        choice_of(["--region", "daurai"], FOLDER)


@pytest.fixture
def page(qtbot, theme, tmp_path):
    regions = [load_region(name) for name in region_ids(shipped=True)]
    pictures = RecentProjects(tmp_path / "recent.json").thumbnail
    made = StartPage(regions, species_ids(), tmp_path, theme, pictures)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    yield made
    made.close()


@pytest.fixture
def wizard(page):
    page.show_wizard()
    return page.wizard


def _button(parent, name):
    return parent.findChild(QPushButton, name)


def test_every_sample_is_offered_with_what_it_is_about(page):
    view = page.findChild(QListView, "region_list")
    assert view.model().rowCount() == len(region_ids(shipped=True))
    for place in range(view.model().rowCount()):
        view.setCurrentIndex(view.model().index(place, 0))
        assert "Species:" in page.findChild(QLabel, "region_about").text()


def test_a_sample_is_opened(page, qtbot, tmp_path):
    view = page.findChild(QListView, "region_list")
    view.setCurrentIndex(view.model().index(region_ids(shipped=True).index("dauria"), 0))
    with qtbot.waitSignal(page.chosen) as told:
        qtbot.mouseClick(_button(page, "create_project"), Qt.MouseButton.LeftButton)
    assert told.args == [CreateProject("dauria", tmp_path)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_what_is_chosen_once(page, qtbot, tmp_path, key):
    told = []
    page.chosen.connect(told.append)
    view = page.findChild(QListView, "region_list")
    view.setCurrentIndex(view.model().index(region_ids(shipped=True).index("dauria"), 0))
    page.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, key)
    assert told == [CreateProject("dauria", tmp_path)]


def test_a_double_click_opens_once(page, qtbot, tmp_path):
    page.set_recent([RecentProject(tmp_path / "old.landbridge", "Old", datetime.now(UTC))])
    told = []
    page.chosen.connect(told.append)
    place = page.recent.visualRect(page.recent.model().index(0, 0)).center()
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(page.recent.viewport(), left, pos=place)
    qtbot.mouseDClick(page.recent.viewport(), left, pos=place)
    assert told == [OpenProject(tmp_path / "old.landbridge")]


def test_the_keyboard_begins_where_work_goes_on(page, tmp_path):
    assert page.focusProxy() is _button(page, "new_project")
    page.set_recent([RecentProject(tmp_path / "old.landbridge", "Old", datetime.now(UTC))])
    assert page.focusProxy() is page.recent


def test_a_recent_project_is_opened(page, qtbot, tmp_path):
    old = tmp_path / "old.landbridge"
    page.set_recent([RecentProject(old, "Old plan", datetime.now(UTC))])
    index = page.recent.model().index(0, 0)
    assert index.data() == "Old plan"
    assert "just now" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    with qtbot.waitSignal(page.chosen) as told:
        qtbot.mouseClick(_button(page, "open_recent"), Qt.MouseButton.LeftButton)
    assert told.args == [OpenProject(old)]
    with qtbot.waitSignal(page.forgotten) as told:
        qtbot.mouseClick(_button(page, "forget_recent"), Qt.MouseButton.LeftButton)
    assert told.args == [old]


def test_without_recent_projects_it_says_what_would_be_there(page):
    assert page.findChild(QLabel, "no_recent").isVisible()
    assert not _button(page, "open_recent").isVisible()


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=1, minutes=5), "1 hour ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_when_a_project_was_opened_is_told_in_words(passed, told):
    assert ago(datetime.now(UTC) - passed) == told


class TestWizard:
    def test_a_shipped_region_unchanged_is_its_own_project(self, wizard, qtbot, tmp_path):
        for _ in range(3):
            qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
        with qtbot.waitSignal(wizard.made) as told:
            qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
        region = wizard.region_step.region
        assert told.args == [CreateProject(region.id, tmp_path)]

    def test_an_extent_is_drawn_and_described(self, wizard, qtbot, tmp_path):
        small = wizard.region_step.map
        qtbot.mousePress(small, Qt.MouseButton.LeftButton, pos=QPoint(300, 100))
        qtbot.mouseMove(small, QPoint(360, 160))
        qtbot.mouseRelease(small, Qt.MouseButton.LeftButton, pos=QPoint(360, 160))
        west, south, east, north = wizard.region_step.bounds
        assert west < east
        assert south < north
        assert wizard.region_step.region is None
        qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
        wizard.species_step.choose(["amur-tiger"])
        qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
        assert not wizard.next.isEnabled()  # it has no name
        qtbot.keyClicks(wizard.findChild(QLineEdit, "wizard_name"), "Spring")
        wizard.name_step.choose_cell(2000)
        qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
        own = tmp_path / "roads.gpkg"
        own.touch()
        wizard.data_step.add([own, own])
        with qtbot.waitSignal(wizard.made) as told:
            qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
        wish = RegionWish("Spring", (west, south, east, north), ("amur-tiger",), 2000.0)
        assert told.args == [CreateOwnProject(wish, tmp_path, (own,))]

    def test_the_box_moves_by_the_keys_and_by_numbers(self, wizard, qtbot):
        step = wizard.region_step
        step.choice.setCurrentIndex(0)
        before = step.bounds
        qtbot.keyClick(step.map, Qt.Key.Key_Right)
        assert step.bounds[0] == pytest.approx(before[0] + 0.5)
        qtbot.keyClick(step.map, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
        assert step.bounds[3] == pytest.approx(before[3] + 0.5)
        assert step.bounds[1] == pytest.approx(before[1])
        step.edges["west"].setValue(100.25)
        assert step.map.bounds[0] == pytest.approx(100.25)

    def test_a_click_on_a_dashed_box_chooses_that_region(self, wizard, qtbot):
        small = wizard.region_step.map
        bounds = load_region("dauria").bounds.lonlat
        place = small._box(bounds).center().toPoint()
        qtbot.mouseClick(small, Qt.MouseButton.LeftButton, pos=place)
        assert wizard.region_step.region.id == "dauria"
        assert set(wizard.species_step.chosen) == set(load_region("dauria").species)

    def test_another_choice_of_species_makes_a_project_of_its_own(self, wizard):
        wizard.species_step.choose(["hooded-crane"])
        assert isinstance(wizard.choice, CreateOwnProject)
        assert wizard.choice.wish.base == wizard.region_step.region.id

    @pytest.mark.parametrize(
        ("spoil", "step"),
        [
            (lambda w: w.region_step.edges["west"].setValue(140.0), 0),
            (lambda w: w.species_step.choose([]), 1),
            (lambda w: w.name_step.name.clear(), 2),
            (lambda w: w.name_step.folder.clear(), 2),
            (lambda w: w.data_step.add([Path("/no/such/file.gpkg")]), 3),
        ],
    )
    def test_what_is_wrong_is_said_at_its_step_and_nothing_is_made(
        self, wizard, qtbot, spoil, step
    ):
        spoil(wizard)
        assert wizard.problem()[0] == step
        wizard.show_step(3)
        assert wizard.findChild(QLabel, "wizard_problem").isVisible()
        with qtbot.assertNotEmitted(wizard.made):
            qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)

    def test_too_many_cells_are_told_before_anything_is_made(self, wizard):
        north_east_asia = wizard.region_step.choice.findData("north-east-asia")
        wizard.region_step.choice.setCurrentIndex(north_east_asia)
        wizard.name_step.choose_cell(250)
        wizard.show_step(2)
        assert "too many" in wizard.findChild(QLabel, "cells_told").text()
        assert not wizard.next.isEnabled()

    def test_a_project_that_is_there_is_not_made_again(self, wizard, tmp_path):
        region = wizard.region_step.region
        (tmp_path / f"{region.id}.landbridge").mkdir()
        wizard.show_step(2)
        assert "is there already" in wizard.findChild(QLabel, "wizard_problem").text()


class TestCheckup:
    FINDINGS = (
        Finding("Python", "ok", "3.12"),
        Finding("fonts of the map", "warning", "none for Han", "sudo apt-get install x"),
        Finding("Python packages", "missing", "y", "pip install y", ("pip", "install", "y")),
    )

    def test_only_what_needs_care_is_listed_with_what_mends_it(self, page, qtbot):
        page.checkup.show_findings(self.FINDINGS)
        assert "2 things" in page.findChild(QLabel, "checkup_summary").text()
        assert len(page.findChildren(QWidget, "finding")) == 2
        assert len(page.findChildren(QPushButton, "mend")) == 1
        _button(page, "copy_remedy").click()
        assert QGuiApplication.clipboard().text() == "sudo apt-get install x"
        with qtbot.waitSignal(page.checkup.mend_requested) as told:
            _button(page, "mend").click()
        assert told.args == [self.FINDINGS[2]]

    def test_a_computer_that_has_everything_takes_one_line(self, page, qtbot):
        page.checkup.show_findings(self.FINDINGS)
        page.checkup.show_findings(self.FINDINGS[:1])
        assert "everything" in page.findChild(QLabel, "checkup_summary").text()
        qtbot.waitUntil(lambda: not page.findChildren(QWidget, "finding"))


class TestInTheWindow:
    def test_an_own_project_is_made_from_the_start_page(
        self, without_qgis, make_desktop, qtbot, tmp_path
    ):
        made = make_desktop()
        made.start(None)
        assert made.window.start_shown
        assert made.window.docks.opened == ()
        wish = RegionWish("Khasan", (130.0, 42.2, 131.5, 43.3), ("amur-tiger",), 2000.0)
        own = tmp_path / "roads.geojson"
        line = LineString([(130.5, 42.5), (131.0, 43.0)])
        frame = geopandas.GeoDataFrame({"kind": ["road"]}, geometry=[line], crs="EPSG:4326")
        frame.to_file(own)
        with qtbot.waitSignal(made.session.opened, timeout=60_000):
            made.begin.page.chosen.emit(CreateOwnProject(wish, tmp_path, (own,)))
        assert not made.window.start_shown
        assert made.window.open_panel_name == "sites"
        snapshot = made.session.snapshot
        assert snapshot.name == "Khasan"
        assert snapshot.bounds_lonlat == wish.bounds
        assert snapshot.sites
        qtbot.waitUntil(lambda: made.background.settled, timeout=30_000)
        assert "roads" in [spec.name for spec in made.session.snapshot.layers]
        made.ask()
        index = made.begin.page.recent.model().index(0, 0)
        assert index.data() == "Khasan"
        made.begin.page.left.emit()
        assert not made.window.start_shown
        qtbot.waitUntil(lambda: made.background.settled, timeout=30_000)


def test_recent_projects_are_remembered_newest_first(tmp_path):
    recent = RecentProjects(tmp_path / "config" / "recent.json")
    assert recent.paths() == ()
    for name in ("a", "b", "a"):
        (tmp_path / name).mkdir(exist_ok=True)
        recent.add(tmp_path / name)
    assert RecentProjects(tmp_path / "config" / "recent.json").paths() == (
        tmp_path / "a",
        tmp_path / "b",
    )
    (tmp_path / "a").rmdir()
    assert recent.paths() == (tmp_path / "b",)
    recent.forget(tmp_path / "b")
    assert recent.paths() == ()


def test_lists_of_earlier_versions_are_read(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "recent.json").write_text(json.dumps([str(tmp_path / "a"), 7]))
    assert RecentProjects(tmp_path / "recent.json").paths() == (tmp_path / "a",)


@pytest.mark.parametrize("content", ["{", "[" * 200_000], ids=["cut", "deep"])
def test_a_spoiled_list_is_no_obstacle(tmp_path, content):
    (tmp_path / "recent.json").write_text(content)
    assert RecentProjects(tmp_path / "recent.json").paths() == ()
