"""A window in a made-up language shows no English but names, paths and texts of profiles."""

import gettext
import re

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QComboBox, QLabel, QTableView, QTabWidget, QTreeView, QWidget

from resources import translation

GETTERS = (
    "accessibleDescription",
    "accessibleName",
    "placeholderText",
    "specialValueText",
    "statusTip",
    "suffix",
    "text",
    "title",
    "toolTip",
    "windowTitle",
)
TRANSLATED = re.compile(r"⟦.*[⟧…]", re.DOTALL)
KEYS = re.compile(r"\b((Ctrl|Alt|Shift|Meta)\+)+\w+|\bF\d+\b|\b(Esc|Del|Enter|Space|Tab)\b")
AS_IT_IS = re.compile(r"Landbridge|EPSG:\d+|Small|Plan|/\S+|km2|English|[A-Z]{3}")
WORD = re.compile(r"[A-Za-z]{3,}")
TOLD_AS_THEY_ARE = {
    "cores_section": "the numbers of a profile with their sources",
}


class Brackets(gettext.NullTranslations):
    """Translates every text into itself in brackets."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def pgettext(self, context, message):
        return f"⟦{message}⟧"

    def ngettext(self, one, many, count):
        return f"⟦{one if count == 1 else many}⟧"


@pytest.fixture
def brackets(monkeypatch):
    spoken = translation._Spoken("en")
    spoken.language, spoken.catalogue = "mn", Brackets()
    monkeypatch.setattr(translation._Mouth, "spoken", spoken)


@pytest.fixture
def window(brackets, request):
    return request.getfixturevalue("bare").window


def shown_by(widget):
    """Yield every text of one widget."""
    for getter in GETTERS:
        if callable(found := getattr(widget, getter, None)):
            yield found()
    if isinstance(widget, QTabWidget):
        yield from (widget.tabText(at) for at in range(widget.count()))
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    if isinstance(widget, QTreeView | QTableView) and (model := widget.model()) is not None:
        across = Qt.Orientation.Horizontal
        yield from (model.headerData(at, across) for at in range(model.columnCount()))


def told_as_it_is(widget):
    """Tell whether a widget is of Qt itself, or shows what is not translated."""
    while widget is not None:
        name = widget.objectName()
        if name in TOLD_AS_THEY_ARE or name.startswith(("qt_dockwidget", "Scroll")):
            return True
        widget = widget.parent()
    return False


def english(text):
    for pattern in (TRANSLATED, KEYS, AS_IT_IS):
        text = pattern.sub("", text)
    return bool(WORD.search(text))


def test_no_text_of_the_window_is_english_only(window, qtbot):
    qtbot.waitUntil(lambda: bool(window.findChild(QLabel, "site_count").text()))
    found = [
        (widget.objectName() or type(widget).__name__, text)
        for widget in (window, *window.findChildren(QWidget))
        if not told_as_it_is(widget)
        for text in shown_by(widget)
        if isinstance(text, str) and english(text)
    ]
    found += [
        (action.objectName(), text)
        for action in window.findChildren(QAction)
        for text in (action.text(), action.toolTip())
        if english(text)
    ]
    assert not found, "\n".join(f"{name}: {text!r}" for name, text in sorted(set(found)))
