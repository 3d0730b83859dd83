from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QLabel, QVBoxLayout

from ui.search_box import SearchBox
from ui.snapshot import Selection

SITE = Selection("site", "hunchun")


@pytest.fixture
def window(qtbot, theme):
    made = QFrame()
    qtbot.addWidget(made)
    made.resize(600, 300)
    box = SearchBox()
    layout = QVBoxLayout(made)
    layout.addWidget(box)
    box.set_findable([(SITE, "Hunchun National Nature Reserve  ·  珲春  ·  China")])
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


@pytest.fixture
def box(window):
    made = window.findChild(SearchBox, "search")
    yield made
    made.completer().popup().hide()


def test_what_is_found_is_told_and_the_box_is_ready_for_the_next(box, qtbot):
    qtbot.keyClicks(box, "hunch")
    with qtbot.waitSignal(box.selection_found) as told:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert told.args == [SITE]
    qtbot.waitUntil(lambda: box.text() == "")


def test_picking_from_the_list_leaves_no_name_behind(box, qtbot):
    qtbot.keyClicks(box, "hunch")
    popup = box.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    with qtbot.waitSignal(box.selection_found) as told:
        qtbot.keyClick(popup, Qt.Key.Key_Down)
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert told.args == [SITE]
    qtbot.waitUntil(lambda: box.text() == "")


def test_nothing_found_is_said_below_the_box_until_one_types_on(box, window, qtbot):
    qtbot.keyClicks(box, "zzzz")
    with qtbot.assertNotEmitted(box.selection_found):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    notice = window.findChild(QLabel, "search_notice")
    assert notice.isVisible()
    assert "zzzz" in notice.text()
    assert notice.y() >= box.geometry().bottom()
    assert notice.geometry().right() <= window.width()
    assert box.text() == "zzzz"
    qtbot.keyClick(box, Qt.Key.Key_Backspace)
    assert not notice.isVisible()


def test_the_notice_goes_when_there_is_something_else_to_find(box, window, qtbot):
    qtbot.keyClicks(box, "zzzz")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    box.set_findable([])
    assert not window.findChild(QLabel, "search_notice").isVisible()


def test_an_empty_box_says_nothing(box, window, qtbot):
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert not window.findChild(QLabel, "search_notice").isVisible()
