"""The window in the languages with the longest words: every panel fits a small screen."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QRect, QSize
from PyQt6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QToolButton

from resources.translation import set_language

SIZE = (1100, 700)
PADDING = 8
"""Pixels beside the text of a button that may go before the text does."""
BUTTONS = (QPushButton, QToolButton, QCheckBox)


@pytest.fixture(params=["ru", "mn"])
def window(request):
    set_language(request.param)
    try:
        made = request.getfixturevalue("bare").window
        made.resize(*SIZE)
        yield made
    finally:
        set_language("en")


def _cut(panel):
    """Return the buttons of a panel that are narrower than their text, or stick out of it."""
    found = []
    for kind in BUTTONS:
        for button in panel.findChildren(kind):
            if not button.isVisible():
                continue
            corner = button.mapTo(panel, QPoint())
            across = QRect(corner.x(), 0, button.width(), 1)
            inside = QRect(0, 0, panel.width(), 1).contains(across)
            if not inside or button.width() < button.minimumSizeHint().width() - PADDING:
                found.append(button.objectName() or button.text())
    return found


def test_every_panel_fits_and_no_button_is_cut(window):
    assert window.findChild(QLabel, "site_count").text()[-5:] != "sites", "it is translated"
    cut = {}
    for name in window.docks.names:
        window.open_panel("")
        window.resize(*SIZE)
        window.open_panel(name)
        QApplication.processEvents()
        if window.size() != QSize(*SIZE):
            cut[name] = [f"needs {window.width()} x {window.height()}"]
        if found := _cut(window.docks.dock(name).content):
            cut[name] = cut.get(name, []) + found
    assert cut == {}
