"""Asks what lies at a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from typing_extensions import override

from resources.translation import tr
from ui.map.overlay import PlaceMark
from ui.map.tool import MapTool

if TYPE_CHECKING:
    from PyQt6.QtGui import QPainter

    from ui.map.tool import Pointer
    from ui.map.view_state import ViewState
    from ui.theme import Theme

_REACH_PX = 6.0


class IdentifyTool(MapTool):
    """Takes a place for each click; a drag moves the map."""

    place_asked = pyqtSignal(float, float, float)
    """It was asked what lies at a place: x, y and how far around it, in map units."""

    cursor = Qt.CursorShape.WhatsThisCursor

    def __init__(self) -> None:
        super().__init__()
        self._mark: PlaceMark | None = None

    @override
    def activated(self) -> None:
        self.hint_changed.emit(tr("Click a place to see everything that lies there."))

    @override
    def deactivated(self) -> None:
        self._mark = None

    @override
    def released(self, pointer: Pointer) -> bool:
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        self._mark = PlaceMark(*pointer.place)
        self.changed.emit()
        self.place_asked.emit(*pointer.place, _REACH_PX * pointer.resolution)
        return True

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        return True

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        if self._mark is not None:
            self._mark.paint(painter, view, theme)
