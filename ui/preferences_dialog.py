"""The preferences of the window: each is used at once, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from resources.translation import LANGUAGES, language, mark, tr
from ui.controls import heading, label
from ui.preferences import TEXT_SCALES
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ui.preferences import PreferenceStore

APPEARANCES = {
    "system": mark("As the system has it"),
    "light": mark("Light"),
    "dark": mark("Dark"),
}


class PreferencesDialog(QDialog):
    """Offers language, appearance, size of text, keys and layout.

    Parameters
    ----------
    store : PreferenceStore
        What is chosen now.
    """

    language_chosen = pyqtSignal(str)
    appearance_chosen = pyqtSignal(str)
    text_scale_chosen = pyqtSignal(int)
    shortcuts_wanted = pyqtSignal()
    layout_reset_wanted = pyqtSignal()

    def __init__(self, store: PreferenceStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences_dialog")
        self.setWindowTitle(tr("Preferences"))
        chosen = store.values
        self.language = _box("preference_language", tr("Language"), LANGUAGES.items())
        self.language.setCurrentIndex(self.language.findData(language()))
        self.appearance = _box(
            "preference_appearance",
            tr("Colours of the window"),
            ((key, tr(text)) for key, text in APPEARANCES.items()),
        )
        self.appearance.setCurrentIndex(self.appearance.findData(chosen.appearance))
        self.text_scale = _box(
            "preference_text_scale",
            tr("Size of the text"),
            ((size, tr("{number} %", number=size)) for size in TEXT_SCALES),
        )
        self.text_scale.setCurrentIndex(self.text_scale.findData(chosen.text_scale))
        self.language.activated.connect(lambda _: self._tell_language())
        self.appearance.activated.connect(
            lambda _: self.appearance_chosen.emit(str(self.appearance.currentData()))
        )
        self.text_scale.activated.connect(
            lambda _: self.text_scale_chosen.emit(int(self.text_scale.currentData()))
        )
        self._problem = label(store.problem, tone="warning", name="preference_problem")
        self._problem.setVisible(bool(store.problem))
        self._lay_out()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(tr("Language"), self.language)
        form.addRow(tr("Colours of the window"), self.appearance)
        form.addRow(tr("Size of the text"), self.text_scale)
        keys = QPushButton(tr("Keyboard shortcuts…"))
        keys.setObjectName("preference_shortcuts")
        keys.clicked.connect(self.shortcuts_wanted)
        panels = QPushButton(tr("Put the panels back"))
        panels.setObjectName("preference_layout")
        panels.clicked.connect(self.layout_reset_wanted)
        close = QPushButton(tr("Close"))
        close.setObjectName("preference_close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(keys)
        row.addWidget(panels)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(heading(tr("Preferences")))
        layout.addLayout(form)
        layout.addWidget(
            label(
                tr(
                    "The translations were made by machine; where one reads wrong, the English "
                    "text counts. The colours of the map carry meaning and stay as they are: "
                    "its ramps are chosen so that people who see colours differently can tell "
                    "them apart."
                ),
                size="small",
                tone="muted",
            )
        )
        layout.addWidget(self._problem)
        layout.addLayout(row)

    def _tell_language(self) -> None:
        code = str(self.language.currentData())
        self.accept()  # the window is made anew without it
        self.language_chosen.emit(code)


def _box(name: str, accessible: str, entries: Iterable[tuple[object, str]]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(accessible)
    for key, text in entries:
        box.addItem(text, key)
    return box
