"""Asks what lies at a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from typing_extensions import override

from resources.translation import tr
from ui.map.overlay import PlaceMark
from ui.map.tool import MapTool

if TYPE_CHECKING:
    from PyQt6.QtGui import QKeyEvent, QPainter

    from ui.map.tool import Pointer
    from ui.map.view_state import Point, ViewState
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
        self._view: ViewState | None = None

    @override
    def activated(self) -> None:
        self.hint_changed.emit(
            tr("Click a place to see everything there; Enter asks in the middle of the map.")
        )

    @override
    def deactivated(self) -> None:
        self._mark = None

    @override
    def released(self, pointer: Pointer) -> bool:
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        self._ask(pointer.place, pointer.resolution)
        return True

    def _ask(self, place: Point, resolution: float) -> None:
        self._mark = PlaceMark(*place)
        self.changed.emit()
        self.place_asked.emit(*place, _REACH_PX * resolution)

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter} or self._view is None:
            return False
        self._ask(self._view.centre, self._view.resolution)
        return True

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        return True

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        self._view = view
        if self._mark is not None:
            self._mark.paint(painter, view, theme)
