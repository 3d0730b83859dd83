"""The page that shows how wide a corridor is along its length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from resources.translation import mark, tr
from ui.controls import label
from ui.corridors.width_plot import WidthPlot
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.features.row import FeatureRow
    from ui.theme import Theme

_NOTHING = mark(
    "Select a corridor in the list or on the map: how wide it is along its length "
    "stands here, and where it is narrower than the species needs."
)
_NOT_MEASURED = mark(
    "The width of this corridor was not measured: its cores touch, or no way leads "
    "through it. The inspector tells more."
)
_HINT = mark("Point at it to see the place; click to go there.")
_NO_PLACES = mark("Find corridors again to see on the map what the plot points at.")


class WidthPage(QWidget):
    """Shows the width of the corridor that is selected.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("width_page")
        self.plot = WidthPlot(theme)
        self._told = label("", size="small", name="width_told")
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        # Room for two lines from the start, so that the plot keeps its height.
        self._told.setFixedHeight(2 * self._told.fontMetrics().lineSpacing() + GRID // 2)
        self.plot.told.connect(self._on_told)
        self._nothing = label(tr(_NOTHING), size="small", tone="muted", name="width_nothing")
        seen = QWidget()
        column = QVBoxLayout(seen)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.plot, 1)
        column.addWidget(self._told)
        column.addStretch(0)
        without = QWidget()
        alone = QVBoxLayout(without)
        alone.setContentsMargins(0, 0, 0, 0)
        alone.addWidget(self._nothing)
        alone.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.addWidget(without)
        self._pages.addWidget(seen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.addWidget(self._pages)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.plot.set_theme(theme)

    def show_corridor(self, row: FeatureRow | None) -> None:
        """Show how wide a corridor is; None for nothing."""
        profile = None if row is None else row.width
        self._nothing.setText(tr(_NOTHING if row is None else _NOT_MEASURED))
        self._pages.setCurrentIndex(0 if profile is None else 1)
        self.plot.show_profile(profile)
        self._on_told("")

    def _on_told(self, text: str) -> None:
        profile = self.plot.profile
        hint = _HINT if profile is None or profile.x else _NO_PLACES
        self._told.setText(text or tr(hint))
