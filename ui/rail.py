"""The rail on the left: one button per workspace panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ui.theme import Theme

_WIDTH_PX = 11 * GRID


class Rail(QFrame):
    """Opens one panel at a time; the button of the open panel folds it away.

    Parameters
    ----------
    panels : mapping of str to str
        Name to title, in order; an icon of the same name is in the family.
    theme : Theme
        Tints the icons.
    """

    panel_chosen = pyqtSignal(str)
    """Name of the panel to open, or an empty string to fold it away."""

    def __init__(
        self, panels: Mapping[str, str], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(_WIDTH_PX)
        self._buttons: dict[str, QToolButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, GRID)
        layout.setSpacing(GRID // 2)
        for name, title in panels.items():
            button = self._button(name, title, theme)
            self._buttons[name] = button
            layout.addWidget(button)
        layout.addStretch(1)

    def _button(self, name: str, title: str, theme: Theme) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"rail_{name}")
        button.setProperty("role", "rail")
        button.setProperty("icon_name", name)
        button.setText(title)
        button.setIcon(icon(name, theme.colour["text"]))
        button.setIconSize(QSize(24, 24))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.setFixedWidth(_WIDTH_PX)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(f"{title} panel")
        button.clicked.connect(lambda checked: self.panel_chosen.emit(name if checked else ""))
        return button

    def mark(self, name: str) -> None:
        """Show which panel is open; none for an empty string."""
        for key, button in self._buttons.items():
            button.setChecked(key == name)
