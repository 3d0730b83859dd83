"""A view of the map: frames that move with the hand, and what is painted over them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from PyQt6.QtCore import QEvent, QPoint, QPointF, QSize, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.map.frames import FrameLoop
from ui.map.view_history import ViewHistory
from ui.map.view_state import ViewState

if TYPE_CHECKING:
    from ui.background import Background
    from ui.map.overlay import Overlay
    from ui.map.view_state import Extent
    from ui.theme import Theme

Level: TypeAlias = Literal[
    "borders",
    "solution",
    "proposal",
    "features",
    "picked",
    "selection",
    "difference",
    "land",
    "drawing",
    "place",
    "goal",
]
_LEVELS: tuple[Level, ...] = (
    "borders",
    "solution",
    "proposal",
    "features",
    "picked",
    "selection",
    "difference",
    "land",
    "drawing",
    "place",
    "goal",
)
"""What is painted over the map, the lowest first."""

_CLOSEST_SHARE = 100
_NOTABLE_PX = 12


class MapView(QWidget):
    """A north-up view that shows its last frame wherever it has moved to by now.

    Parameters
    ----------
    background : Background
        Posts finished frames to this thread.
    theme : Theme
        Colours of what is painted over the map.
    view_name : str
        Name of the view with the engine, which draws several side by side.
    """

    view_changed = pyqtSignal()
    resized = pyqtSignal()
    history_changed = pyqtSignal()
    """There is another view to go back or forward to."""

    def __init__(
        self,
        background: Background,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        view_name: str = "main",
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.loop = FrameLoop(background, self, view=view_name)
        self.loop.frame_arrived.connect(self.update)
        self._theme = theme
        self._region: Extent | None = None
        self._view: ViewState | None = None
        self._fitted = True
        self._overlays: dict[Level, Overlay] = {}
        self._origin = QPoint()
        self._history = ViewHistory()

    @property
    def view(self) -> ViewState | None:
        """What is seen; None before there is a region."""
        return self._view

    @property
    def region(self) -> Extent | None:
        """The whole of what there is to see; None before a project is open."""
        return self._region

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._theme = theme
        self.update()

    @property
    def history(self) -> ViewHistory:
        """What was seen before."""
        return self._history

    def share_history(self, history: ViewHistory) -> None:
        """Go back and forward through what another view has shown, and add to that."""
        self._history = history
        self.history_changed.emit()

    def set_region(self, extent: Extent) -> None:
        """Set the whole of what there is to see, in the map's CRS, and show it."""
        self._region = extent
        self.loop.clear()
        self._history.clear()
        self._view = None
        self.show_region()

    def set_overlay(self, level: Level, overlay: Overlay | None) -> None:
        """Paint something over the map in place of what was on its level, or nothing.

        Parameters
        ----------
        level : Level
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
        fitted, self._fitted = self._fitted, True
        self._fit_region(jump=not fitted)

    def _fit_region(self, *, jump: bool = False, visit: bool = True) -> None:
        if self._region is not None:
            view = ViewState.fitting(self._region, self._width(), self._height())
            self._set_view(view, jump=jump, visit=visit)

    def show_extent(self, extent: Extent) -> None:
        """Show an extent as large as it fits, but never under a hundredth of the region."""
        if self._region is None:
            return
        self._fitted = False
        fitted = ViewState.fitting(extent, self._width(), self._height(), margin=0.2)
        span = max(self._region[2] - self._region[0], self._region[3] - self._region[1])
        closest = span / _CLOSEST_SHARE / self._width()
        if fitted.resolution < closest:
            fitted = ViewState(fitted.centre, closest, self._width(), self._height())
        self._set_view(fitted, jump=True)

    def show_exactly(self, extent: Extent) -> None:
        """Show an extent that was seen once, such as a bookmark, without a margin."""
        self._fitted = False
        view = ViewState.fitting(extent, self._width(), self._height(), margin=0.0)
        self._set_view(view, jump=True)

    def follow(self, view: ViewState) -> None:
        """Show the same place as another view at the same scale, in this view's own size."""
        self._fitted = False
        same = replace(view, width_px=self._width(), height_px=self._height())
        self._set_view(same, visit=False)

    def reveal(self, extent: Extent) -> None:
        """Bring an extent into view; nothing moves if it is seen well already."""
        if self._view is None:
            return
        width_px = (extent[2] - extent[0]) / self._view.resolution
        height_px = (extent[3] - extent[1]) / self._view.resolution
        seen_well = max(width_px, height_px) >= _NOTABLE_PX
        if not (seen_well and self._view.shows(extent)):
            self.show_extent(extent)

    def centre_on(self, x: float, y: float) -> None:
        """Move the map so that a place is in its middle, without zooming."""
        if self._view is not None:
            self._fitted = False
            self._set_view(replace(self._view, centre=(x, y)), jump=True)

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

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier view to go back to."""
        return self._history.can_go_back

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a view to go forward to."""
        return self._history.can_go_forward

    def go_back(self) -> None:
        """Show what was seen before."""
        self._return_to(self._history.back())

    def go_forward(self) -> None:
        """Show what was seen before going back."""
        self._return_to(self._history.forward())

    def _return_to(self, view: ViewState | None) -> None:
        if view is not None:
            self._fitted = False
            same = replace(view, width_px=self._width(), height_px=self._height())
            self._set_view(same, visit=False)
            self.history_changed.emit()

    def _set_view(self, view: ViewState, *, jump: bool = False, visit: bool = True) -> None:
        if self._region is not None:
            view = view.limited(self._region)
        if view == self._view:
            return
        self._view = view
        if visit:
            self._history.visit(view, time.monotonic(), jump=jump)
            self.history_changed.emit()
        self.loop.show(view, self.devicePixelRatioF())
        self.update()
        self.view_changed.emit()

    def _width(self) -> int:
        return max(self.width(), 1)

    def _height(self) -> int:
        return max(self.height(), 1)

    def _paint_last(self, painter: QPainter, view: ViewState) -> None:
        """Paint what lies over everything else."""

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
            self._paint_last(painter, self._view)
        painter.end()

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        window = self.window()
        origin = QPoint() if window is None else self.mapTo(window, QPoint())
        moved, self._origin = origin - self._origin, origin
        self.resized.emit()
        if self._view is None or self._fitted:
            self._fit_region(visit=self._view is None)
            return
        self._set_view(
            self._view.resized(self._width(), self._height(), moved_px=(moved.x(), moved.y())),
            visit=False,
        )

    @override
    def event(self, a0: QEvent | None) -> bool:
        if (
            a0 is not None
            and a0.type() == QEvent.Type.DevicePixelRatioChange
            and self._view is not None
        ):
            self.loop.show(self._view, self.devicePixelRatioF())
        return super().event(a0)
