"""Small cards that lie on the map: what the hand can do next, and a place to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from resources.translation import tr
from ui import theme as themes
from ui.controls import icon_button, label
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QKeyEvent

    from ui.theme import Theme

_FIELD_PX = 18 * GRID
_CARD_PX = 48 * GRID


_LINES_PX = 2
"""Of the frame, left and right."""


class HintCard(QFrame):
    """Says what the hand can do next; clicks go through it to the map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map_hint")
        self.setProperty("role", "popup")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = label("", size="small", name="map_hint_text")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        layout.addWidget(self._text)
        self._room_px = _CARD_PX
        self.hide()

    def say(self, text: str) -> None:
        """Show a hint; an empty text takes it away."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.fit(self._room_px)
        self.setVisible(bool(text))

    def fit(self, room_px: int) -> None:
        """Be as wide as the text, and no wider than the room there is."""
        self._room_px = room_px
        metrics = QFontMetrics(themes.font("small"))
        wanted = metrics.horizontalAdvance(self._text.text()) + GRID
        room = room_px - 2 * GRID - _LINES_PX
        width = max(min(wanted, room), 1)
        self._text.setFixedSize(width, max(self._text.heightForWidth(width), 1))


class PickedCard(QFrame):
    """Tells how much is selected, and what can be done with it."""

    zoom_requested = pyqtSignal()
    clear_requested = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picked_card")
        self.setProperty("role", "popup")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._text = label("", size="small", name="picked_text")
        self._text.setWordWrap(False)
        self._zoom = icon_button("picked_zoom", "zoom_to", tr("Zoom to them"), theme)
        self._clear = icon_button("picked_clear", "close", tr("Select nothing"), theme)
        self._zoom.clicked.connect(self.zoom_requested)
        self._clear.clicked.connect(self.clear_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID // 2, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._text)
        for button in (self._zoom, self._clear):
            button.setProperty("role", "dock")
            layout.addWidget(button)
        self.hide()

    def say(self, text: str) -> None:
        """Show what is selected; an empty text takes the card away."""
        self._text.setText(text)
        self.setVisible(bool(text))


class GoToCard(QFrame):
    """Takes a place in numbers, and says beside it why it is none."""

    place_wanted = pyqtSignal(str)
    closed = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("go_to_card")
        self.setProperty("role", "popup")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.field = QLineEdit()
        self.field.setObjectName("go_to_field")
        self.field.setAccessibleName(tr("Place to go to"))
        self.field.setPlaceholderText("42.5 N, 130.6 E · 52T 632000 4706000")
        self.field.setMinimumWidth(_FIELD_PX)
        self.field.setMaxLength(200)
        self._go = QPushButton(tr("Go"))
        self._go.setObjectName("go_to_go")
        close = icon_button("go_to_close", "close", tr("Close"), theme)
        self._problem = label("", size="small", tone="error", name="go_to_problem")
        self._problem.hide()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.field, 1)
        row.addWidget(self._go)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(row)
        layout.addWidget(self._problem)
        self.field.returnPressed.connect(self._on_wanted)
        self.field.textEdited.connect(lambda _: self.show_problem(""))
        self._go.clicked.connect(self._on_wanted)
        close.clicked.connect(self.close_card)
        self.hide()

    def fit(self, room_px: int) -> None:
        """Be as wide as is usual, and no wider than the room there is."""
        self.setFixedWidth(min(_CARD_PX, room_px))

    def open_card(self) -> None:
        """Ask for a place."""
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close_card(self) -> None:
        """Ask no more."""
        self.show_problem("")
        self.hide()
        self.closed.emit()

    def show_problem(self, problem: str) -> None:
        """Say why the text is no place; an empty text takes that away."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _on_wanted(self) -> None:
        self.place_wanted.emit(self.field.text())

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is not None and a0.key() == Qt.Key.Key_Escape:
            self.close_card()
        elif a0 is not None and a0.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(a0)
