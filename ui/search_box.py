"""The box that finds any site, corridor or proposal by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QCompleter, QLineEdit, QWidget
from typing_extensions import override

from resources.translation import tr
from ui.controls import label
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ui.snapshot import Selection

_SELECTION_ROLE = int(Qt.ItemDataRole.UserRole)
_SHOWN_RESULTS = 12
_NOTICE_PX = 40 * GRID


class SearchBox(QLineEdit):
    """Offers matches while one types, and says so where there is none."""

    selection_found = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search")
        self.setPlaceholderText(tr("Search sites, corridors and proposals (Ctrl+K)"))
        self.setAccessibleName(tr("Search everything"))
        self.setClearButtonEnabled(True)
        self.setMaximumWidth(70 * GRID)
        self.setMinimumWidth(16 * GRID)
        self._notice = label("", tone="warning", name="search_notice")
        self._notice.setParent(self)
        self._notice.hide()
        self._found = QStandardItemModel(self)
        completer = QCompleter(self._found, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(_SHOWN_RESULTS)
        completer.activated[QModelIndex].connect(self._on_activated)
        self.setCompleter(completer)
        self.returnPressed.connect(self._on_return_pressed)
        self.textChanged.connect(lambda _: self._notice.hide())

    def set_findable(self, found: Iterable[tuple[Selection, str]]) -> None:
        """Search among other things, each with the text it is found by."""
        self._notice.hide()
        self._found.clear()
        for selection, text in found:
            item = QStandardItem(text)
            item.setData(selection, _SELECTION_ROLE)
            self._found.appendRow(item)

    def _on_return_pressed(self) -> None:
        """Go to the first match, as somebody does who does not wait for the list."""
        wanted = self.text().casefold().strip()
        for place in range(self._found.rowCount()):
            item = self._found.item(place)
            if wanted and item is not None and wanted in item.text().casefold():
                self._go_to(item.data(_SELECTION_ROLE))
                return
        if wanted:
            self._say_nothing_found()

    def _on_activated(self, index: QModelIndex) -> None:
        selection = index.data(_SELECTION_ROLE)
        if selection is not None:
            self._go_to(selection)

    def _go_to(self, selection: object) -> None:
        self.selection_found.emit(selection)
        # Later, because the list of matches writes the whole name into the box after this.
        QTimer.singleShot(0, self.clear)

    def _say_nothing_found(self) -> None:
        """Say below the box that nothing is called so, until something else is typed."""
        window = self.window()
        if window is None:
            return
        notice = self._notice
        notice.setParent(window)
        notice.setText(
            tr(
                "Nothing here is called “{text}”. Names are found in English and in the "
                "local language; part of a word will do.",
                text=self.text().strip(),
            )
        )
        notice.setFixedWidth(max(self.width(), _NOTICE_PX))
        notice.adjustSize()
        corner = self.mapTo(window, self.rect().bottomLeft())
        rightmost = max(0, window.width() - notice.width())
        notice.move(min(corner.x(), rightmost), corner.y() + GRID // 2)
        notice.show()
        notice.raise_()

    @override
    def focusOutEvent(self, a0: QFocusEvent | None) -> None:
        super().focusOutEvent(a0)
        self._notice.hide()
