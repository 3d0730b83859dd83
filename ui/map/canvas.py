"""The canvas: a view of the map that hears the hand, and hands tools what it hears."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QWheelEvent,
)
from PyQt6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QWidget
from typing_extensions import override

from resources.translation import tr
from ui.map.map_view import MapView
from ui.map.tool import MapTool, Pointer

if TYPE_CHECKING:
    from ui.background import Background
    from ui.map.view_state import ViewState
    from ui.theme import Theme

CLICK_TOLERANCE_PX = 6
"""How far from a thin line a click still means it."""

_WHEEL_NOTCH = 120
_ZOOM_PER_NOTCH = 1.5
_FINE_ZOOM_PER_NOTCH = 1.1
_KEY_ZOOM = 2.0
_KEY_PAN_SHARE = 0.15
_BROADEST_ZOOM = 8.0

_PAN_KEYS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class _Hold(Enum):
    """What the pointer is doing."""

    NOTHING = auto()
    PRESSED = auto()
    DRAGGING = auto()
    SPACE = auto()
    TOOL = auto()
    SPENT = auto()


class MapCanvas(MapView):
    """A view of the map that is panned, zoomed and worked on.

    Parameters
    ----------
    background : Background
        Posts finished frames to this thread.
    theme : Theme
        Colours of what is painted over the map.
    view_name : str
        Name of the view with the engine, which draws several side by side.
    """

    pointer_moved = pyqtSignal(object)
    """Map coordinates under the pointer as (x, y), or None when it has left."""
    place_clicked = pyqtSignal(float, float)
    panels_toggled = pyqtSignal()
    tool_changed = pyqtSignal(object)
    """Another `MapTool` is in the hand, or None for the usual one."""
    hint_changed = pyqtSignal(str)
    """What the tool in the hand says can be done next; empty for nothing."""

    def __init__(
        self,
        background: Background,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        view_name: str = "main",
    ) -> None:
        super().__init__(background, theme, parent, view_name=view_name)
        self.setObjectName("map_canvas")
        self.setAccessibleName(tr("Map"))
        self.setAccessibleDescription(
            tr(
                "Arrow keys move the map, plus and minus zoom, Home shows the whole region, "
                "Tab hides or shows the panels, F6 leaves the map."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self._tool: MapTool | None = None
        self._hold = _Hold.NOTHING
        self._held_at = QPointF()

    @property
    def tool(self) -> MapTool | None:
        """What is in the hand; None for the usual tool, which moves the map and selects."""
        return self._tool

    def set_tool(self, tool: MapTool | None) -> None:
        """Take another tool into the hand; None for the usual one."""
        if tool is self._tool:
            return
        old, self._tool = self._tool, tool
        self._hold = _Hold.NOTHING
        if old is not None:
            old.changed.disconnect(self._on_tool_changed)
            old.finished.disconnect(self._on_tool_finished)
            old.hint_changed.disconnect(self.hint_changed)
            old.deactivated()
        self.hint_changed.emit("")
        if tool is not None:
            tool.hint_changed.connect(self.hint_changed)
            tool.changed.connect(self._on_tool_changed)
            tool.finished.connect(self._on_tool_finished)
            tool.activated()
            self.setToolTip("")
        self._show_hand()
        self.update()
        self.tool_changed.emit(tool)

    def _on_tool_changed(self) -> None:
        self._show_hand()
        self.update()

    def _on_tool_finished(self) -> None:
        self.set_tool(None)

    def _pointer(self, event: QMouseEvent) -> Pointer | None:
        """Return what a tool is told of an event; None where there is nobody to tell."""
        if self._tool is None or self._view is None:
            return None
        at = event.position()
        return Pointer(
            self._view.to_map(at.x(), at.y()),
            at,
            event.button(),
            event.modifiers(),
            self._view.resolution,
            held=bool(event.buttons() & Qt.MouseButton.LeftButton),
        )

    def point_at(self, *, hit: bool) -> None:
        """Show by the pointer's shape whether a click would select something."""
        if self._hold is _Hold.NOTHING and self._tool is None:
            shape = Qt.CursorShape.PointingHandCursor if hit else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)

    def _tell_pointer(self, at: QPointF) -> None:
        if self._view is not None:
            self.pointer_moved.emit(self._view.to_map(at.x(), at.y()))

    def _show_hand(self) -> None:
        if self._hold in {_Hold.DRAGGING, _Hold.SPACE}:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._tool is not None:
            self.setCursor(self._tool.cursor)
        else:
            self.unsetCursor()

    @override
    def _paint_last(self, painter: QPainter, view: ViewState) -> None:
        if self._tool is not None:
            self._tool.paint(painter, view, self._theme)

    @override
    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None:
            return
        self._held_at = a0.position()
        if a0.button() == Qt.MouseButton.BackButton:
            self.go_back()
        elif a0.button() == Qt.MouseButton.ForwardButton:
            self.go_forward()
        elif a0.button() == Qt.MouseButton.MiddleButton:
            self._hold = _Hold.DRAGGING
        elif self._hold is not _Hold.SPACE:
            pointer = self._pointer(a0)
            if pointer is not None and self._tool is not None and self._tool.pressed(pointer):
                self._hold = _Hold.TOOL
            elif a0.button() == Qt.MouseButton.LeftButton:
                self._hold = _Hold.PRESSED
        self._show_hand()

    @override
    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None:
            return
        at = a0.position()
        moved = at - self._held_at
        if self._hold is _Hold.PRESSED:
            if moved.manhattanLength() < QApplication.startDragDistance():
                return
            self._hold = _Hold.DRAGGING
            self._show_hand()
        if self._hold in {_Hold.DRAGGING, _Hold.SPACE}:
            self.pan(moved.x(), moved.y())
        else:
            pointer = self._pointer(a0)
            if pointer is not None and self._tool is not None:
                self._tool.moved(pointer)
        self._held_at = at
        self._tell_pointer(at)

    @override
    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None:
            return
        hold, self._hold = self._hold, _Hold.NOTHING
        told = hold not in {_Hold.DRAGGING, _Hold.SPACE, _Hold.SPENT}
        pointer = self._pointer(a0) if told else None
        taken = pointer is not None and self._tool is not None and self._tool.released(pointer)
        self._show_hand()
        if hold is _Hold.PRESSED and not taken and self._view is not None:
            self.place_clicked.emit(*self._view.to_map(a0.position().x(), a0.position().y()))

    @override
    def mouseDoubleClickEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None:
            return
        pointer = self._pointer(a0)
        if pointer is not None and self._tool is not None:
            if self._tool.double_clicked(pointer):
                self._hold = _Hold.SPENT
                return
            self.mousePressEvent(a0)  # two quick clicks
        elif a0.button() == Qt.MouseButton.LeftButton:
            self._hold = _Hold.NOTHING
            self.zoom(_KEY_ZOOM, a0.position())

    @override
    def leaveEvent(self, a0: QEvent | None) -> None:
        self.pointer_moved.emit(None)

    @override
    def wheelEvent(self, a0: QWheelEvent | None) -> None:
        if a0 is None:
            return
        notches = a0.angleDelta().y() / _WHEEL_NOTCH
        fine = bool(a0.modifiers() & Qt.KeyboardModifier.ControlModifier)
        per_notch = _FINE_ZOOM_PER_NOTCH if fine else _ZOOM_PER_NOTCH
        factor = min(max(per_notch**notches, 1 / _BROADEST_ZOOM), _BROADEST_ZOOM)
        self.zoom(factor, a0.position())
        self._tell_pointer(a0.position())
        a0.accept()

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None:
            return
        key = a0.key()
        if self._tool is not None and key != Qt.Key.Key_Space and self._tool.key_pressed(a0):
            return
        if key in _PAN_KEYS:
            right, down = _PAN_KEYS[Qt.Key(key)]
            self.pan(
                right * _KEY_PAN_SHARE * self.width(), down * _KEY_PAN_SHARE * self.height()
            )
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom(_KEY_ZOOM)
        elif key in {Qt.Key.Key_Minus, Qt.Key.Key_Underscore}:
            self.zoom(1 / _KEY_ZOOM)
        elif key == Qt.Key.Key_Home:
            self.show_region()
        elif key == Qt.Key.Key_Escape and self._tool is not None:
            self.set_tool(None)
        elif key == Qt.Key.Key_Space and not a0.isAutoRepeat():
            self._hold = _Hold.SPACE
            self._held_at = QPointF(self.mapFromGlobal(self.cursor().pos()))
            self._show_hand()
        elif key != Qt.Key.Key_Space:
            super().keyPressEvent(a0)

    @override
    def keyReleaseEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is not None and a0.key() == Qt.Key.Key_Space and not a0.isAutoRepeat():
            self._hold = _Hold.NOTHING
            self._show_hand()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        if next:
            self.panels_toggled.emit()
            return True
        return super().focusNextPrevChild(next)

    def _pinch(self, pinch: QPinchGesture) -> None:
        """Zoom where two fingers are, and move the map along with them."""
        if pinch.state() == Qt.GestureState.GestureStarted:
            self._hold = _Hold.SPENT  # what the first finger seemed to press is no click
        at = QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint()))
        moved = pinch.centerPoint() - pinch.lastCenterPoint()
        if pinch.state() == Qt.GestureState.GestureUpdated:
            self.pan(moved.x(), moved.y())
        factor = min(max(pinch.scaleFactor(), 1 / _BROADEST_ZOOM), _BROADEST_ZOOM)
        self.zoom(factor, at)

    @override
    def event(self, a0: QEvent | None) -> bool:
        if (
            isinstance(a0, QNativeGestureEvent)
            and a0.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom(1 + min(max(a0.value(), -0.5), 1.0), a0.position())
            return True
        if isinstance(a0, QGestureEvent):
            pinch = a0.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._pinch(pinch)
                a0.accept(pinch)
                return True
        if (
            isinstance(a0, QKeyEvent)
            and a0.type() == QEvent.Type.ShortcutOverride
            and self._tool is not None
            and self._tool.wants(a0)
        ):
            a0.accept()  # the key goes to the tool and not to a shortcut of the window
            return True
        return super().event(a0)
