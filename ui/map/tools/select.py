"""Selects by a click, a box or an outline; Shift adds, Ctrl takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from typing_extensions import override

from resources.translation import tr
from ui.map.tool import MapTool
from ui.map.tools.clicks import ClicksTool
from ui.map.tools.painting import paint_area, paint_corners, paint_line, pixels_of

if TYPE_CHECKING:
    from PyQt6.QtGui import QKeyEvent, QPainter

    from ui.map.tool import Pointer
    from ui.map.view_state import Point, ViewState
    from ui.theme import Theme

How: TypeAlias = Literal["replace", "add", "take"]
"""What becomes of what was selected before."""

_LEAST_BOX_PX = 4.0
_CORNERS_OF_AREA = 3


def how_of(modifiers: Qt.KeyboardModifier) -> How:
    """Return what the keys that are held ask for."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return "add"
    return "take" if modifiers & Qt.KeyboardModifier.ControlModifier else "replace"


class SelectClickTool(MapTool):
    """Selects what is clicked; a drag moves the map."""

    place_chosen = pyqtSignal(object, str)
    """A place (x, y), and how what is there is to be selected."""

    cursor = Qt.CursorShape.PointingHandCursor

    @override
    def activated(self) -> None:
        self.hint_changed.emit(
            tr("Click what is to be selected. Shift adds, Ctrl takes away; drag moves the map.")
        )

    @override
    def released(self, pointer: Pointer) -> bool:
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        self.place_chosen.emit(pointer.place, how_of(pointer.modifiers))
        return True

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        return True


class SelectBoxTool(MapTool):
    """Selects what a box touches that is drawn by a drag."""

    area_chosen = pyqtSignal(object, str)
    """Corners of an area ((x, y), …), and how what it touches is to be selected."""
    place_chosen = pyqtSignal(object, str)
    """A box too small to be one is a click: a place (x, y), and how."""

    def __init__(self) -> None:
        super().__init__()
        self._start: Pointer | None = None
        self._end: Point | None = None

    @property
    def box(self) -> tuple[Point, ...]:
        """Corners of the box that is being drawn; none where there is no box."""
        if self._start is None or self._end is None:
            return ()
        (left, top), (right, bottom) = self._start.place, self._end
        return ((left, top), (right, top), (right, bottom), (left, bottom))

    @override
    def activated(self) -> None:
        self.hint_changed.emit(
            tr("Drag a box over what is to be selected. Shift adds, Ctrl takes away.")
        )

    @override
    def deactivated(self) -> None:
        self._start = self._end = None

    @override
    def pressed(self, pointer: Pointer) -> bool:
        if pointer.button != Qt.MouseButton.LeftButton:
            return False
        self._start, self._end = pointer, pointer.place
        return True

    @override
    def moved(self, pointer: Pointer) -> bool:
        if self._start is None:
            return False
        self._end = pointer.place
        self.changed.emit()
        return True

    @override
    def released(self, pointer: Pointer) -> bool:
        start = self._start
        if start is None or pointer.button != Qt.MouseButton.LeftButton:
            return False
        self._end = pointer.place
        corners, how = self.box, how_of(pointer.modifiers)
        self._start = self._end = None
        self.changed.emit()
        moved = pointer.pixel - start.pixel
        if min(abs(moved.x()), abs(moved.y())) < _LEAST_BOX_PX:
            self.place_chosen.emit(pointer.place, how)
        else:
            self.area_chosen.emit(corners, how)
        return True

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        return True

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self._start is not None:
            self.deactivated()
            self.changed.emit()
            return True
        return False

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        corners = pixels_of(self.box, view)
        if corners:
            paint_area(painter, theme, corners)
            paint_line(painter, theme, [*corners, corners[0]])


class SelectPolygonTool(ClicksTool):
    """Selects what an outline touches that is clicked corner by corner."""

    area_chosen = pyqtSignal(object, str)
    """Corners of an area ((x, y), …), and how what it touches is to be selected."""

    fewest = _CORNERS_OF_AREA

    def __init__(self) -> None:
        super().__init__()
        self._modifiers = Qt.KeyboardModifier.NoModifier

    @override
    def _hint(self) -> str:
        if not self._corners:
            return tr("Click corners around what is to be selected. Drag to move the map.")
        return tr(
            "Double click or Enter selects, with Shift it adds, with Ctrl it takes away; "
            "Backspace takes the last corner back."
        )

    @override
    def _complete(self) -> None:
        corners = self.corners
        self.drop()
        self.area_chosen.emit(corners, how_of(self._modifiers))

    @override
    def released(self, pointer: Pointer) -> bool:
        self._modifiers = pointer.modifiers
        return super().released(pointer)

    @override
    def double_clicked(self, pointer: Pointer) -> bool:
        self._modifiers = pointer.modifiers
        return super().double_clicked(pointer)

    @override
    def key_pressed(self, event: QKeyEvent) -> bool:
        self._modifiers = event.modifiers()
        return super().key_pressed(event)

    @override
    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        corners: list[QPointF] = pixels_of(self.line, view)
        if not corners:
            return
        paint_area(painter, theme, corners)
        paint_line(painter, theme, corners)
        paint_line(painter, theme, [corners[-1], corners[0]], dashed=True)
        paint_corners(painter, theme, pixels_of(self._corners, view))
