"""A page that scrolls, on which no text that wraps is squeezed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent


class _Content(QWidget):
    """Is as high as its texts need at the width there is; a scroll area does not ask that."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scrolled")

    def _fit(self) -> None:
        layout = self.layout()
        if layout is None or not layout.hasHeightForWidth():
            return
        height = layout.totalHeightForWidth(self.width())
        if height != self.minimumHeight():
            self.setMinimumHeight(height)

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self._fit()

    @override
    def event(self, a0: QEvent | None) -> bool:
        done = super().event(a0)
        if a0 is not None and a0.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done


class ScrolledPage(QScrollArea):
    """A page of parts one below the other.

    Parameters
    ----------
    name : str
        Object name.

    Attributes
    ----------
    column : QVBoxLayout
        Where the parts are added.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = _Content()
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(0, GRID, GRID // 2, GRID)
        self.column.setSpacing(GRID)
        self.setWidget(content)
