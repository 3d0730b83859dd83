"""What can be drawn, as a list that teaches: what each tool does, and the key that takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.controls import beside_icon, label
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QAction

    from ui.theme import Theme


class ToolPage(QScrollArea):
    """Buttons with a sentence each.

    Parameters
    ----------
    theme : Theme
        Tints the icons.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("drawing_tools")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._theme = theme
        self._reason = label("", size="small", tone="muted", name="drawing_not_possible")
        self._reason.hide()
        content = QWidget()
        content.setObjectName("scrolled")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, GRID, GRID, 2 * GRID)
        self._column.setSpacing(GRID // 2)
        self._column.addWidget(self._reason)
        self._column.addStretch(1)
        self.setWidget(content)

    def add_heading(self, text: str) -> None:
        """Begin a group."""
        self._put(label(text, size="small", tone="muted"))

    def add(self, action: QAction, icon_name: str, sentence: str) -> None:
        """List a tool.

        Parameters
        ----------
        action : QAction
            Takes it into the hand.
        icon_name : str
            Icon of the family.
        sentence : str
            What it does.
        """
        button = QToolButton()
        button.setObjectName(f"page_{action.objectName()}")
        button.setProperty("role", "quiet")
        button.setProperty("icon_name", icon_name)
        button.setIcon(icon(icon_name, self._theme.colour["text"]))
        button.setIconSize(QSize(20, 20))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        told = label("", size="small", tone="muted")
        told.setContentsMargins(5 * GRID, 0, 0, GRID)
        button.clicked.connect(action.trigger)

        def show() -> None:
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            button.setText(beside_icon(action.text()))
            told.setText(f"{keys}  ·  {sentence}" if keys else sentence)
            button.setAccessibleName(action.text())
            button.setAccessibleDescription(sentence)
            button.setEnabled(action.isEnabled())
            button.setChecked(action.isChecked())

        action.changed.connect(show)
        show()
        self._put(button)
        self._put(told)

    def show_reason(self, reason: str) -> None:
        """Say why nothing can be drawn; empty where it can."""
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))

    def _put(self, widget: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, widget)
