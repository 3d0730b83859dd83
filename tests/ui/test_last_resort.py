from __future__ import annotations

import sys
import threading

import pytest
from PyQt6.QtWidgets import QApplication, QMessageBox

from ui.last_resort import LastResort, close_log, log_to


@pytest.fixture
def last_resort(qtbot, tmp_path):
    made = LastResort(log_to(tmp_path / "log"))
    before = sys.excepthook, threading.excepthook
    made.install()
    yield made
    made.remove()
    sys.excepthook, threading.excepthook = before
    close_log()


def _box():
    found = [
        w
        for w in QApplication.topLevelWidgets()
        if w.objectName() == "last_resort" and w.isVisible()
    ]
    return found[0] if found else None


def test_an_unexpected_error_is_logged_and_told_and_work_goes_on(last_resort, qtbot, tmp_path):
    with pytest.raises(ZeroDivisionError) as caught:
        divmod(1, 0)
    sys.excepthook(*caught._excinfo)
    qtbot.waitUntil(lambda: _box() is not None)
    box = _box()
    assert isinstance(box, QMessageBox)
    assert not box.isModal()
    assert "ZeroDivisionError: " in box.informativeText()
    log = (tmp_path / "log" / "landbridge.log").read_text()
    assert "Traceback" in log
    box.close()


def test_an_error_in_a_thread_is_told_too(last_resort, qtbot):
    def fail():
        raise KeyError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: _box() is not None)
    _box().close()
