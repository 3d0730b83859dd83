from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QLabel, QVBoxLayout

from ui.palette.box import PaletteBox
from ui.palette.entry import Entry, best


def _entry(kind, title, done, detail="", also=""):
    return Entry(kind, title, lambda: done.append(title), detail, "sites", also=also)


@pytest.fixture
def done():
    return []


@pytest.fixture
def window(qtbot, theme, done):
    made = QFrame()
    qtbot.addWidget(made)
    made.resize(600, 500)
    box = PaletteBox(theme)
    layout = QVBoxLayout(made)
    layout.addWidget(box)
    layout.addStretch(1)
    entries = [
        _entry("command", "Print map", done),
        _entry("command", "Undo", done),
        _entry("site", "Hunchun National Nature Reserve", done, "珲春  ·  China"),
        _entry("place", "Hunchun", done, "CHN"),
    ]
    box.set_source("all", lambda: entries)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


@pytest.fixture
def box(window):
    return window.findChild(PaletteBox, "search")


def _titles(box):
    return [entry.title for entry in box.popup.shown]


class TestBest:
    def test_names_that_begin_so_come_before_those_that_hold_it(self, done):
        entries = [
            _entry("site", "Far Eastern Marine Reserve", done),
            _entry("site", "Eastern park", done),
            _entry("site", "Beast forest", done),
        ]
        found = best(entries, "east", most=9)
        assert [entry.title for entry in found] == [
            "Eastern park",
            "Far Eastern Marine Reserve",
            "Beast forest",
        ]

    def test_every_word_must_be_found_in_any_order(self, done):
        entries = [_entry("command", "Print map", done), _entry("command", "Print", done)]
        assert [e.title for e in best(entries, "map pri", most=9)] == ["Print map"]

    @pytest.mark.parametrize("typed", ["artem", "ARTÉM", "артем"])
    def test_accents_case_and_other_languages_do_not_matter(self, done, typed):
        entries = [_entry("place", "Artëm", done, also="Артём")]
        assert best(entries, typed, most=9)

    def test_commands_only_after_the_sign(self, done):
        entries = [_entry("site", "Print works", done), _entry("command", "Print map", done)]
        assert [e.title for e in best(entries, ">print", most=9)] == ["Print map"]
        assert [e.title for e in best(entries, ">", most=9)] == ["Print map"]

    def test_nothing_for_nothing(self, done):
        assert best([_entry("site", "A", done)], "   ", most=9) == []

    def test_a_thousand_sites_are_searched_and_few_are_returned(self, done):
        entries = [_entry("site", f"Site {n}", done) for n in range(1000)]
        assert len(best(entries, "site", most=12)) == 12


def test_enter_takes_the_first_and_the_line_is_ready_for_the_next(box, qtbot, done):
    qtbot.keyClicks(box, "hunch")
    assert box.popup.isVisible()
    assert _titles(box) == ["Hunchun National Nature Reserve", "Hunchun"]
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert done == ["Hunchun National Nature Reserve"]
    assert box.text() == ""
    assert not box.popup.isVisible()


def test_local_names_are_found(box, qtbot, done):
    box.setText("珲春")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert done == ["Hunchun National Nature Reserve"]


def test_the_arrows_take_another_and_go_round(box, qtbot, done):
    qtbot.keyClicks(box, "hunch")
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert done == ["Hunchun"]


def test_a_click_takes_an_entry(box, qtbot, done):
    qtbot.keyClicks(box, "hunch")
    view = box.popup.list
    at = view.visualRect(view.model().index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert done == ["Hunchun"]


def test_opened_empty_it_offers_commands_those_done_lately_first(box, qtbot, done):
    box.open()
    assert _titles(box) == ["Print map", "Undo"]
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert done == ["Undo"]
    box.open()
    assert _titles(box) == ["Undo", "Print map"]


def test_nothing_found_is_said_below_the_line_until_one_types_on(box, window, qtbot, done):
    qtbot.keyClicks(box, "zzzz")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    notice = window.findChild(QLabel, "search_notice")
    assert notice.isVisible()
    assert "zzzz" in notice.text()
    assert window.rect().contains(box.popup.geometry())
    assert box.popup.y() >= box.geometry().bottom()
    assert box.text() == "zzzz"
    assert done == []
    box.clear()
    assert not notice.isVisible()


def test_escape_folds_the_list_then_empties_the_line(box, qtbot):
    qtbot.keyClicks(box, "hunch")
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not box.popup.isVisible()
    assert box.text() == "hunch"
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert box.text() == ""


def test_an_empty_line_does_nothing(box, window, qtbot, done):
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert done == []
    assert not box.popup.isVisible()


def test_entries_are_told_to_screen_readers_with_their_kind(box, qtbot):
    qtbot.keyClicks(box, "hunch")
    index = box.popup.list.model().index(1, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Place, Hunchun, CHN"
