from __future__ import annotations

import getpass
import sys
import threading
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton

from ui.last_resort import ErrorWindow, LastResort, close_log, log_to
from ui.scrubbed import error_report


@pytest.fixture
def last_resort(qtbot, tmp_path):
    made = LastResort(log_to(tmp_path / "log"))
    before = sys.excepthook, threading.excepthook
    made.install()
    yield made
    made.remove()
    sys.excepthook, threading.excepthook = before
    close_log()


def _window():
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorWindow)]
    return next((window for window in found if window.isVisible()), None)


def _raise(text="1"):
    raise ZeroDivisionError(text)


def _catch(work):
    try:
        work()
    except ZeroDivisionError:
        sys.excepthook(*sys.exc_info())


def test_an_unexpected_error_is_logged_and_told_and_work_goes_on(last_resort, qtbot, tmp_path):
    _catch(_raise)
    qtbot.waitUntil(lambda: _window() is not None)
    window = _window()
    assert not window.isModal()
    assert "ZeroDivisionError" in window.report.toPlainText()
    log = (tmp_path / "log" / "landbridge.log").read_text()
    assert "Traceback" in log
    qtbot.mouseClick(window.findChild(QPushButton, "go_on"), Qt.MouseButton.LeftButton)
    assert not window.isVisible()


def test_an_error_in_a_thread_is_told_too(last_resort, qtbot):
    def fail():
        raise KeyError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: _window() is not None)
    assert "KeyError" in _window().report.toPlainText()
    _window().close()


def test_several_errors_stand_in_one_window_each_once(last_resort, qtbot):
    for _ in range(3):
        _catch(_raise)
    _catch(lambda: _raise("another kind of message"))
    qtbot.waitUntil(lambda: _window() is not None)
    told = _window().report.toPlainText()
    qtbot.waitUntil(lambda: "another" in _window().report.toPlainText())
    told = _window().report.toPlainText()
    assert told.count("ZeroDivisionError") == 2
    _window().close()


def test_the_report_can_be_saved_and_copied(last_resort, qtbot, tmp_path):
    _catch(_raise)
    qtbot.waitUntil(lambda: _window() is not None)
    window = _window()
    window.save(tmp_path / "report.txt")
    assert "ZeroDivisionError" in (tmp_path / "report.txt").read_text()
    qtbot.mouseClick(window.findChild(QPushButton, "copy_report"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == window.report.toPlainText()
    window.save(tmp_path / "nowhere" / "report.txt")
    assert "could not be written" in window.findChild(QLabel, "last_resort_saved").text()
    window.close()


@pytest.mark.parametrize(
    "secret",
    [
        str(Path.home() / "plans" / "secret.gpkg"),
        "C:\\Users\\Olga\\plans\\leopard.tif",
        "\\\\server\\share\\den.shp",
        "olga@example.org",
        "https://maps.example.org/wms?key=abc",
        "43.12345, 131.54321",
        "4720123.5",
        "42°30'N",
        "'Den of the leopard'",
        "“Den of the leopard”",
        "den_sites.geojson",
        getpass.getuser(),
    ],
)
def test_a_report_tells_of_nobody_and_of_no_place(secret):
    error = ValueError(f"cannot read {secret} twice")
    told = error_report(type(error), error, None)
    message = told.splitlines()[-1]
    assert secret not in message
    for part in ("Olga", "leopard", "den", "example", "abc", "43.1", "4720123", "42"):
        assert part not in message
    assert message.startswith("ValueError: cannot read")
    assert message.endswith("twice")
    assert str(Path.home()) not in told


def test_a_report_names_places_of_the_program_and_the_cause():
    try:
        try:
            _raise()
        except ZeroDivisionError as error:
            raise ValueError("no") from error
    except ValueError as error:
        told = error_report(type(error), error, error.__traceback__)
    assert "tests/ui/test_last_resort.py, line" in told
    assert "in _raise" in told
    assert "which came of:" in told
    assert "Landbridge" in told
