"""A table of findings some of whose columns give way where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from ui.suitability.table import TableView
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent
    from PyQt6.QtWidgets import QWidget

_NARROW_PX = 36 * GRID


class GivingTable(TableView):
    """Hides columns that are told elsewhere too, so that names can be read.

    Parameters
    ----------
    name : str
        Object name.
    accessible : str
        What the table is about.
    gives : tuple of int
        Columns that give way.
    """

    def __init__(
        self, name: str, accessible: str, gives: tuple[int, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(name, accessible, parent)
        self._gives = gives

    def give_way(self) -> None:
        """Show the columns that there is room for."""
        for column in self._gives:
            self.setColumnHidden(column, self.width() < _NARROW_PX)

    @override
    def resizeEvent(self, e: QResizeEvent | None) -> None:
        super().resizeEvent(e)
        self.give_way()
