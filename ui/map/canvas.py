"""The canvas: shows frames of the map, moves with the hand, tells where the pointer is."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Literal, TypeAlias

from PyQt6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QApplication, QSizePolicy, QWidget
from typing_extensions import override

from ui.map.frames import FrameLoop
from ui.map.tool import MapTool, Pointer
from ui.map.view_state import ViewState

if TYPE_CHECKING:
    from ui.background import Background
    from ui.map.overlay import Overlay
    from ui.map.view_state import Extent
    from ui.theme import Theme

CLICK_TOLERANCE_PX = 6
"""How far from a thin line a click still means it."""

Level: TypeAlias = Literal["solution", "proposal", "selection", "land", "place"]
_LEVELS: tuple[Level, ...] = ("solution", "proposal", "selection", "land", "place")
"""What is painted over the map, the lowest first."""

_WHEEL_NOTCH = 120
_ZOOM_PER_NOTCH = 1.5
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


class MapCanvas(QWidget):
    """A north-up map that is panned and zoomed while its next frame is being drawn.

    Parameters
    ----------
    background : Background
        Posts finished frames to this thread.
    theme : Theme
        Colours of what is painted over the map.
    """

    view_changed = pyqtSignal()
    pointer_moved = pyqtSignal(object)
    """Map coordinates under the pointer as (x, y), or None when it has left."""
    place_clicked = pyqtSignal(float, float)
    panels_toggled = pyqtSignal()
    tool_changed = pyqtSignal(object)
    """Another `MapTool` is in the hand, or None for the usual one."""

    def __init__(
        self, background: Background, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("map_canvas")
        self.setAccessibleName("Map")
        self.setAccessibleDescription(
            "Arrow keys move the map, plus and minus zoom, Home shows the whole region, "
            "Tab hides or shows the panels, F6 leaves the map."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.loop = FrameLoop(background, self)
        self.loop.frame_arrived.connect(self.update)
        self._theme = theme
        self._region: Extent | None = None
        self._view: ViewState | None = None
        self._fitted = True
        self._overlays: dict[Level, Overlay] = {}
        self._tool: MapTool | None = None
        self._hold = _Hold.NOTHING
        self._held_at = QPointF()
        self._origin = QPoint()

    @property
    def view(self) -> ViewState | None:
        """What is seen; None before there is a region."""
        return self._view

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
            old.deactivated()
        if tool is not None:
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

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._theme = theme
        self.update()

    def set_region(self, extent: Extent) -> None:
        """Set the whole of what there is to see, in the map's CRS, and show it."""
        self._region = extent
        self.loop.clear()
        self.show_region()

    def set_overlay(self, level: Level, overlay: Overlay | None) -> None:
        """Paint something over the map in place of what was on its level, or nothing.

        Parameters
        ----------
        level : {"solution", "proposal", "selection", "land", "place"}
            What it is; later levels lie on earlier ones.
        overlay : Overlay or None
            What is painted.
        """
        if overlay is None:
            if self._overlays.pop(level, None) is None:
                return
        else:
            self._overlays[level] = overlay
        self.update()

    def overlay(self, level: Level) -> Overlay | None:
        """Return what is painted on a level."""
        return self._overlays.get(level)

    def show_region(self) -> None:
        """Show the whole region, and keep showing it while the window is laid out."""
        if self._region is not None:
            self._fitted = True
            self._set_view(ViewState.fitting(self._region, self._width(), self._height()))

    def show_extent(self, extent: Extent) -> None:
        """Show an extent as large as it fits, but never under a hundredth of the region."""
        if self._region is None:
            return
        self._fitted = False
        fitted = ViewState.fitting(extent, self._width(), self._height(), margin=0.2)
        span = max(self._region[2] - self._region[0], self._region[3] - self._region[1])
        closest = span / 100 / self.width()
        if fitted.resolution < closest:
            fitted = ViewState(fitted.centre, closest, self._width(), self._height())
        self._set_view(fitted)

    def reveal(self, extent: Extent) -> None:
        """Bring an extent into view; nothing moves if it is seen well already."""
        if self._view is None:
            return
        width_px = (extent[2] - extent[0]) / self._view.resolution
        height_px = (extent[3] - extent[1]) / self._view.resolution
        seen_well = max(width_px, height_px) >= 12
        if not (seen_well and self._view.shows(extent)):
            self.show_extent(extent)

    def centre_on(self, x: float, y: float) -> None:
        """Move the map so that a place is in its middle, without zooming."""
        if self._view is not None:
            self._fitted = False
            self._set_view(replace(self._view, centre=(x, y)))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by a factor around a pixel, or around the middle."""
        if self._view is not None:
            self._fitted = False
            self._set_view(self._view.zoomed(factor, None if at is None else (at.x(), at.y())))

    def pan(self, dx_px: float, dy_px: float) -> None:
        """Move the content right and down by so many pixels."""
        if self._view is not None:
            self._fitted = False
            self._set_view(self._view.panned(dx_px, dy_px))

    def point_at(self, *, hit: bool) -> None:
        """Show by the pointer's shape whether a click would select something."""
        if self._hold is _Hold.NOTHING and self._tool is None:
            shape = Qt.CursorShape.PointingHandCursor if hit else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)

    def _set_view(self, view: ViewState) -> None:
        if self._region is not None:
            view = view.limited(self._region)
        if view == self._view:
            return
        self._view = view
        self.loop.show(view, self.devicePixelRatioF())
        self.update()
        self.view_changed.emit()

    def _width(self) -> int:
        return max(self.width(), 1)

    def _height(self) -> int:
        return max(self.height(), 1)

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
    def sizeHint(self) -> QSize:
        return QSize(960, 720)

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.map_colour["sea"]))
        if self._view is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for frame in self.loop.frames:
                painter.drawImage(frame.target(self._view), frame.image)
            for level in _LEVELS:
                if level in self._overlays:
                    self._overlays[level].paint(painter, self._view, self._theme)
            if self._tool is not None:
                self._tool.paint(painter, self._view, self._theme)
        painter.end()

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        window = self.window()
        origin = QPoint() if window is None else self.mapTo(window, QPoint())
        moved, self._origin = origin - self._origin, origin
        if self._view is None or self._fitted:
            self.show_region()
            return
        self._set_view(
            self._view.resized(self._width(), self._height(), moved_px=(moved.x(), moved.y()))
        )

    @override
    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None:
            return
        self._held_at = a0.position()
        if a0.button() == Qt.MouseButton.MiddleButton:
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
        factor = min(max(_ZOOM_PER_NOTCH**notches, 1 / _BROADEST_ZOOM), _BROADEST_ZOOM)
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

    @override
    def event(self, a0: QEvent | None) -> bool:
        if (
            isinstance(a0, QNativeGestureEvent)
            and a0.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom(1 + min(max(a0.value(), -0.5), 1.0), a0.position())
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
