"""What a file of records was taken for, confirmed or changed."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QLabel, QPushButton

from planner.suitability.previews import guess_record_columns
from ui.suitability.setup.columns import ColumnsDialog
from ui.suitability.setup.sources import SourceList
from ui.suitability.table import TableView


@pytest.fixture
def dialog(qtbot, records_file):
    made = ColumnsDialog(records_file, guess_record_columns(records_file))
    qtbot.addWidget(made)
    return made


def test_it_shows_the_guess_with_the_first_rows(dialog):
    assert dialog.roles["lon"].value == "долгота"
    assert dialog.roles["species"].value == "вид"
    assert dialog.roles["uncertainty"].value == ""
    sample = dialog.findChild(TableView, "columns_sample").texts()
    assert sample[0] == ["Panthera pardus", "131.5", "43.1", "2021-05-03"]
    assert "KOI8-R" in dialog.findChild(QLabel, "columns_notes").text()


def test_confirming_gives_columns_and_encoding(dialog, qtbot, records_file):
    with qtbot.waitSignal(dialog.confirmed) as told:
        dialog.use_button.click()
    source = told.args[0]
    assert source.path == records_file.as_posix()
    assert source.columns["lat"] == "широта"
    assert source.encoding == "koi8-r"


def test_without_a_coordinate_it_cannot_be_used_and_says_why(dialog):
    dialog.roles["lon"].choose("")
    assert not dialog.use_button.isEnabled()
    assert "longitude" in dialog.findChild(QLabel, "columns_problem").text()
    dialog.roles["lon"].choose("долгота")
    assert dialog.use_button.isEnabled()


def test_another_encoding_has_the_file_read_again(dialog, qtbot):
    dialog._encoding.choose("cp1251")
    with qtbot.waitSignal(dialog.read_again) as asked:
        dialog.findChild(QPushButton, "columns_read_again").click()
    assert asked.args == ["cp1251", ""]


def test_coordinates_that_are_no_degrees_need_a_system(qtbot, tmp_path):
    path = tmp_path / "utm.csv"
    path.write_text("species,easting,northing\na,600000,4740000\nb,601000,4741000\n")
    guess = guess_record_columns(path)
    dialog = ColumnsDialog(path, guess)
    qtbot.addWidget(dialog)
    assert guess.needs_crs
    assert not dialog.use_button.isEnabled()
    assert "EPSG" in dialog.findChild(QLabel, "columns_problem").text()


def test_a_list_of_files_asks_before_it_takes_one(qtbot, records_file):
    sources = SourceList("record_sources", "Add records…")
    qtbot.addWidget(sources)
    sources.show()
    with qtbot.waitSignal(sources.files_chosen) as asked:
        sources.look_at(records_file)
    assert asked.args == [records_file, "", ""]
    assert not sources.add_button.isEnabled()
    sources.confirm(records_file, guess_record_columns(records_file))
    with qtbot.waitSignal(sources.changed):
        sources.dialog.use_button.click()
    assert sources.sources[0].columns["species"] == "вид"
    assert sources.dialog is None
    sources.show_problem("It is empty.")
    assert not sources.findChild(QLabel, "record_sources_problem").isHidden()
    sources.close()
