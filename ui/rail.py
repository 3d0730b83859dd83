"""The rail on the left: one button per workspace panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from resources.translation import tr
from ui import theme as themes
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Collection

    from PyQt6.QtGui import QResizeEvent

    from ui.theme import Theme

_WIDTH_PX = 11 * GRID
_WIDEST_PX = 13 * GRID
_WIDEST_LETTERS = 14
_DENSITIES = ("roomy", "tight", "icons")
"""How the buttons are drawn while there is room, while there is little, and while there is
too little for their titles."""


_ORDER = (
    "sites",
    "species",
    "layers",
    "corridors",
    "draw",
    "proposals",
    "scenarios",
    "indicators",
    "print",
    "jobs",
    "history",
)
"""Subjects in the order of the work; others follow in the order they come."""


class Rail(QFrame):
    """Opens one panel at a time; the button of the open panel folds it away.

    Parameters
    ----------
    theme : Theme
        Tints the icons.
    """

    panel_chosen = pyqtSignal(str)
    """Name of the panel to open."""
    panel_folded = pyqtSignal(str)
    """Name of the panel to fold away."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(_WIDTH_PX)
        self._theme = theme
        self._buttons: dict[str, QToolButton] = {}
        self._needs_px: dict[str, int] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, GRID, 0, GRID)
        self._layout.setSpacing(GRID // 2)
        self._layout.addStretch(1)

    def add(self, name: str, title: str, icon_name: str) -> None:
        """Add the button of a panel, where its subject stands in the order of the work.

        Parameters
        ----------
        name : str
            Of the panel.
        title : str
            What people call it.
        icon_name : str
            Icon of the family.
        """
        button = QToolButton(self)
        button.setObjectName(f"rail_{name}")
        button.setProperty("role", "rail")
        button.setProperty("icon_name", icon_name)
        button.setText(title)
        button.setIcon(icon(icon_name, self._theme.colour["text"]))
        button.setIconSize(QSize(24, 24))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.setToolTip(title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(tr("{title} panel", title=title))
        button.clicked.connect(lambda checked: self._on_clicked(name, opened=checked))
        names = sorted([*self._buttons, name], key=_rank)
        place = names.index(name)
        self._layout.insertWidget(place, button)
        self._buttons = {key: self._buttons.get(key, button) for key in names}
        if place:
            self.setTabOrder(self._buttons[names[place - 1]], button)
        self._measure()

    def _on_clicked(self, name: str, *, opened: bool) -> None:
        (self.panel_chosen if opened else self.panel_folded).emit(name)

    def mark(self, names: Collection[str]) -> None:
        """Show which panels are open."""
        for key, button in self._buttons.items():
            button.setChecked(key in names)

    def set_theme(self, theme: Theme) -> None:
        """Tint what is added later in the colours of another theme."""
        self._theme = theme

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.width(), 0)  # it makes itself smaller; the window may be low

    def _measure(self) -> None:
        """Take note of how much room the buttons need, drawn one way and another."""
        metrics = QFontMetrics(themes.font("small"))
        widths = [metrics.horizontalAdvance(b.toolTip()) + GRID for b in self._buttons.values()]
        widest_px = max(_WIDEST_PX, _WIDEST_LETTERS * metrics.averageCharWidth())
        width_px = min(widest_px, max([_WIDTH_PX, *widths]))
        self.setFixedWidth(width_px)
        for button in self._buttons.values():
            button.setFixedWidth(width_px)
            cut = Qt.TextElideMode.ElideRight  # whole in the tool tip
            button.setText(metrics.elidedText(button.toolTip(), cut, width_px - GRID // 2))
        for density in reversed(_DENSITIES):
            self._draw(density)
            self._needs_px[density] = self._layout.sizeHint().height()
        self._fit()

    def _fit(self) -> None:
        """Draw the buttons as large as the height of the rail has room for."""
        fitting = (d for d in _DENSITIES if self._needs_px.get(d, 0) <= self.height())
        self._draw(next(fitting, _DENSITIES[-1]))

    def _draw(self, density: str) -> None:
        style = Qt.ToolButtonStyle
        for button in self._buttons.values():
            if button.property("density") == density:
                continue
            button.setProperty("density", density)
            only = density == "icons"
            button.setToolButtonStyle(
                style.ToolButtonIconOnly if only else style.ToolButtonTextUnderIcon
            )
            side = 24 if density == "roomy" else 20
            button.setIconSize(QSize(side, side))
            own = button.style()
            if own is not None:
                own.unpolish(button)
                own.polish(button)
            button.updateGeometry()
        self._layout.invalidate()

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self._fit()

    @override
    def changeEvent(self, a0: QEvent | None) -> None:
        super().changeEvent(a0)
        if a0 is not None and a0.type() == QEvent.Type.FontChange:
            self._measure()


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)
