from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QLineEdit, QListView, QPushButton

from planner.profiles import load_region, region_ids
from resources.errors import UsageError
from ui.recent import RecentProjects
from ui.start.choice import CreateProject, OpenProject, choice_of
from ui.start.dialog import StartDialog

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
def dialog(qtbot, theme, tmp_path):
    old = tmp_path / "old.landbridge"
    old.mkdir()
    regions = [load_region(name) for name in region_ids()]
    made = StartDialog(regions, [old], tmp_path, theme)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_every_region_is_offered_with_what_it_is_about(dialog):
    model = dialog.findChild(QListView, "region_list").model()
    assert model.rowCount() == len(region_ids())
    for place in range(model.rowCount()):
        dialog.findChild(QListView, "region_list").setCurrentIndex(model.index(place, 0))
        assert "Species:" in dialog.findChild(QLabel, "region_about").text()


def test_a_region_is_chosen(dialog, qtbot, tmp_path):
    view = dialog.findChild(QListView, "region_list")
    place = region_ids().index("dauria")
    view.setCurrentIndex(view.model().index(place, 0))
    dialog.findChild(QLineEdit, "project_folder").setText(str(tmp_path / "here"))
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(
            dialog.findChild(QPushButton, "create_project"), Qt.MouseButton.LeftButton
        )
    assert dialog.choice == CreateProject("dauria", tmp_path / "here")


def test_a_recent_project_is_chosen(dialog, qtbot, tmp_path):
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(
            dialog.findChild(QPushButton, "open_recent"), Qt.MouseButton.LeftButton
        )
    assert dialog.choice == OpenProject(tmp_path / "old.landbridge")


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


def test_a_spoiled_list_is_no_obstacle(tmp_path):
    (tmp_path / "recent.json").write_text("{")
    assert RecentProjects(tmp_path / "recent.json").paths() == ()
