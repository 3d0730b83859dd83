from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QPushButton

from planner.project import SetSetting
from planner.tidying import Tidying
from ui.history.tidy_dialog import TidyDialog


@pytest.fixture
def dialog(qtbot, tmp_path):
    made = TidyDialog(tmp_path)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def _told(dialog):
    return dialog.findChild(QLabel, "tidy_told").text()


def _tidy_button(dialog):
    return dialog.findChild(QPushButton, "tidy_now")


def test_it_says_what_is_given_up_and_which_files_go(dialog, qtbot, tmp_path):
    with qtbot.waitSignal(dialog.survey_wanted) as asked:
        dialog.ask()
    assert asked.args == [30]
    assert not _tidy_button(dialog).isEnabled()
    file = tmp_path / "layers" / "mines.gpkg"
    found = Tidying("2026", steps=12, layers=(3,), files=(file,), freed_bytes=3_460_000)
    dialog.show_found(30, found)
    assert _told(dialog).splitlines() == [
        "About 3.5 MB are freed.",
        "12 edits can no longer be taken back or repeated.",
        "1 layer that was removed can no longer be brought back.",
        "1 file that nothing needs is deleted:",
    ]
    files = dialog.findChild(QPlainTextEdit, "tidy_files")
    assert files.isVisible()
    assert files.toPlainText().replace("\\", "/") == "layers/mines.gpkg"
    with qtbot.waitSignal(dialog.tidy_wanted) as wanted:
        _tidy_button(dialog).click()
    assert wanted.args == [found]


def test_what_was_found_for_another_choice_is_not_shown(dialog):
    dialog.ask()
    dialog.show_found(7, Tidying("2026", 12, (), (), 1))
    assert not _tidy_button(dialog).isEnabled()


def test_where_there_is_nothing_to_free_it_says_so(dialog):
    dialog.ask()
    dialog.show_found(30, Tidying("2026", 0, (), (), 0))
    assert _told(dialog) == "There is nothing to tidy up."
    assert not _tidy_button(dialog).isEnabled()


def test_enter_alone_tidies_nothing(dialog, qtbot):
    dialog.show_found(30, Tidying("2026", 1, (), (), 1))
    wanted = []
    dialog.tidy_wanted.connect(wanted.append)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert wanted == []


def test_in_the_window_undo_ends_where_it_was_tidied_up(bare, qtbot):
    def work(bench, _):
        bench.project.execute(SetSetting("x", 1))

    with qtbot.waitSignal(bare.session.changed, timeout=10_000):
        bare.session.change("Edit", work)
    assert bare.session.snapshot.undo_label
    qtbot.waitUntil(lambda: bare.background.settled, timeout=10_000)
    bare.window.deeds.deed("project.tidy").action.trigger()
    dialog = bare.window.findChild(TidyDialog)
    box = dialog.findChild(QComboBox, "tidy_kept")
    qtbot.waitUntil(lambda: _told(dialog) == "There is nothing to tidy up.", timeout=10_000)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_End)
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(_tidy_button(dialog).isEnabled, timeout=10_000)
    with qtbot.waitSignals([bare.session.changed, bare.session.said], timeout=10_000):
        qtbot.mouseClick(_tidy_button(dialog), Qt.MouseButton.LeftButton)
    assert not bare.session.snapshot.undo_label
    qtbot.waitUntil(lambda: bare.background.settled, timeout=10_000)


def test_while_a_model_runs_it_is_refused(bare, qtbot, monkeypatch):
    monkeypatch.setattr(bare.background, "is_busy", lambda *lanes: "models" in lanes)
    with qtbot.waitSignal(bare.session.said) as said:
        bare.window.deeds.deed("project.tidy").action.trigger()
    assert "nothing runs on it" in said.args[0]
    assert bare.window.findChild(TidyDialog) is None
