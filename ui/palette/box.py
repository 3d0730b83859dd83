"""The line of the top bar that finds everything and does everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from resources.translation import tr
from ui.palette.entry import best
from ui.palette.popup import PalettePopup
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PyQt6.QtGui import QFocusEvent, QKeyEvent

    from ui.palette.entry import Entry
    from ui.theme import Theme

_SHOWN = 12
_SUGGESTED = 8
_LIST_PX = 64 * GRID
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 5,
    Qt.Key.Key_PageUp: -5,
}


class PaletteBox(QLineEdit):
    """Offers what fits while one types; Enter takes the first, the arrows another.

    Parameters
    ----------
    theme : Theme
        Colours of the list.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search")
        self.setPlaceholderText(tr("Search or command (Ctrl+K)"))
        self.setToolTip(
            tr("Sites, corridors, proposals, layers, places and every command of the window")
        )
        self.setAccessibleName(tr("Search everything"))
        self.setClearButtonEnabled(True)
        self.setMaximumWidth(70 * GRID)
        self.setMinimumWidth(16 * GRID)
        self._theme = theme
        self._sources: dict[str, Callable[[], Iterable[Entry]]] = {}
        self._lately: list[tuple[str, str]] = []
        self.popup = PalettePopup(theme, self)
        self.popup.entry_chosen.connect(self.take)
        self.textChanged.connect(self._on_text_changed)

    def set_source(self, name: str, entries: Callable[[], Iterable[Entry]]) -> None:
        """Find other things too.

        Parameters
        ----------
        name : str
            Of the source; takes the place of an earlier one of that name.
        entries : callable
            Returns what there is; asked while one types.
        """
        self._sources[name] = entries

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self.popup.set_theme(theme)

    def open(self) -> None:
        """Take the keyboard, and offer what was done lately."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        self._offer()

    def take(self, entry: Entry | None) -> None:
        """Go to what an entry stands for, or do it."""
        if entry is None:
            return
        self.popup.hide()
        self.clear()
        if entry.kind in {"command", "panel"}:
            key = (entry.kind, entry.title)
            self._lately = [key, *(other for other in self._lately if other != key)]
            del self._lately[_SUGGESTED:]
        window = self.window()
        if window is not None:
            window.setFocus(Qt.FocusReason.OtherFocusReason)
        entry.act()

    def _entries(self) -> list[Entry]:
        return [entry for source in self._sources.values() for entry in source()]

    def _on_text_changed(self, text: str) -> None:
        if text and (self.hasFocus() or self.popup.isVisible()):
            self._offer()
        elif not text:
            self.popup.hide()

    def _offer(self) -> None:
        wanted = self.text().strip()
        entries = self._entries()
        found = best(entries, wanted, most=_SHOWN) if wanted else self._suggested(entries)
        notice = ""
        if wanted and not found:
            notice = tr(
                "Nothing here is called “{name}”. Names are found in English and in the local "
                "language; part of a word will do.",
                name=wanted,
            )
        elif not wanted:
            notice = tr("Type a name, or > for commands only.")
        self.popup.show_entries(found, notice)
        self._place()

    def _suggested(self, entries: list[Entry]) -> list[Entry]:
        """Return the commands used lately, then others."""
        commands = {(e.kind, e.title): e for e in entries if e.kind in {"command", "panel"}}
        keys = [*(key for key in self._lately if key in commands), *commands]
        return [commands[key] for key in dict.fromkeys(keys)][:_SUGGESTED]

    def _place(self) -> None:
        """Show the list below the line, inside the window."""
        window = self.window()
        if window is None:
            return
        popup = self.popup
        if popup.parentWidget() is not window:
            popup.setParent(window)
            window.installEventFilter(self)
        width_px = min(max(self.width(), _LIST_PX), window.width() - 2 * GRID)
        popup.setFixedWidth(width_px)
        popup.adjustSize()
        corner = self.mapTo(window, self.rect().bottomLeft())
        left = min(corner.x(), window.width() - width_px - GRID)
        popup.move(max(GRID, left), corner.y() + GRID // 2)
        popup.show()
        popup.raise_()

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None:
            return
        key = a0.key()
        if key in _STEPS:
            if self.popup.isVisible():
                self.popup.step(_STEPS[Qt.Key(key)])
            else:
                self._offer()
            return
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.text().strip():
                self._offer_if_folded()
                self.take(self.popup.current)
            elif self.popup.isVisible():
                self.take(self.popup.current)
            return
        if key == Qt.Key.Key_Escape:
            self._leave()
            return
        super().keyPressEvent(a0)

    def _offer_if_folded(self) -> None:
        if not self.popup.isVisible():
            self._offer()

    def _leave(self) -> None:
        """Fold the list; a second time, empty the line."""
        if self.popup.isVisible():
            self.popup.hide()
        else:
            self.clear()

    @override
    def focusOutEvent(self, a0: QFocusEvent | None) -> None:
        super().focusOutEvent(a0)
        self.popup.hide()

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if a1 is not None and a1.type() == QEvent.Type.Resize and self.popup.isVisible():
            self._place()
        return super().eventFilter(a0, a1)
