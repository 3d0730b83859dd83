"""A list above a detail: the list is as high as its rows need, until its edge is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QSplitter
from typing_extensions import override

from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent
    from PyQt6.QtWidgets import QListView, QWidget

_FRAME_PX = 4
_FEWEST_ROWS = 2


class ListSplit(QSplitter):
    """Shares the height between a list and what it leads to.

    Parameters
    ----------
    name : str
        Object name.
    view : QListView
        The list.
    detail : QWidget
        What stands below it.
    """

    def __init__(self, name: str, view: QListView, detail: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setObjectName(name)
        self.setChildrenCollapsible(False)
        self._list = view
        self._rows = 0
        self._moved = False
        self.addWidget(view)
        self.addWidget(detail)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.splitterMoved.connect(self._on_moved)
        view.setMinimumHeight(8 * GRID)

    def set_rows(self, rows: int) -> None:
        """Make room for so many rows; nothing moves where it is as many as before."""
        if rows != self._rows:
            self._rows = rows
            self._share()

    def _share(self) -> None:
        """Give the list what its rows need, a third of the height and a row at most."""
        row_px = self._list.sizeHintForRow(0)
        if self._moved or self._rows == 0 or row_px <= 0:
            return
        height = self.height()
        most = max(height // 3, _FEWEST_ROWS * row_px + _FRAME_PX)
        wanted = max(self._rows, _FEWEST_ROWS) * row_px + _FRAME_PX
        if wanted > most + row_px:  # rather a row more than the last one cut
            wanted = most
        self.setSizes([wanted, max(height - wanted - self.handleWidth(), 1)])

    def _on_moved(self) -> None:
        self._moved = True

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self._share()
