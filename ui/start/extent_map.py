"""A small map on which an extent is drawn: countries, the shipped regions, and a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from resources.translation import tr
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from ui.theme import Theme

Bounds = tuple[float, float, float, float]
Ring = list[tuple[float, float]]

REACH: Bounds = (70.0, 20.0, 150.0, 60.0)
"""What the map shows: all that the data reach, in degrees."""
_ASPECT = 1.35
"""Width of a degree of latitude over one of longitude, about the middle of the map."""
_STEP_DEG = 0.5
_LAND = QColor("#f4f1ea")
_REGION = QColor("#5b3fa0")
_BORDER = QColor("#6b6b6b")
"""Daylight colours, as on every map of the window."""
_ARROWS = {
    Qt.Key.Key_Left: (-_STEP_DEG, 0.0),
    Qt.Key.Key_Right: (_STEP_DEG, 0.0),
    Qt.Key.Key_Up: (0.0, _STEP_DEG),
    Qt.Key.Key_Down: (0.0, -_STEP_DEG),
}


class ExtentMap(QWidget):
    """Shows land and lets one drag a box; the arrow keys move it, with Shift its far corner.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    bounds_drawn = pyqtSignal(object)
    """The user has drawn or moved the box; carries west, south, east, north."""
    region_clicked = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("extent_map")
        self.setAccessibleName(tr("Map to draw an extent on"))
        self.setAccessibleDescription(
            tr("Arrow keys move the box, with Shift they move its upper right corner.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(30 * GRID, 20 * GRID))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._theme = theme
        self._land = QPainterPath()
        self._regions: Mapping[str, tuple[str, Bounds]] = {}
        self._chosen = ""
        self._bounds: Bounds | None = None
        self._from: QPointF | None = None
        self._moved = False

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        self.update()

    def set_land(self, rings: Sequence[Ring]) -> None:
        """Show land.

        Parameters
        ----------
        rings : sequence of rings
            Longitudes and latitudes.
        """
        path = QPainterPath()
        for ring in rings:
            points = [QPointF(lon, -lat) for lon, lat in ring]
            path.moveTo(points[0])
            for point in points[1:]:
                path.lineTo(point)
            path.closeSubpath()
        self._land = path
        self.update()

    def set_regions(self, regions: Mapping[str, tuple[str, Bounds]]) -> None:
        """Show the boxes of regions: id to name and bounds."""
        self._regions = regions
        self.update()

    @property
    def bounds(self) -> Bounds | None:
        """The box that is drawn: west, south, east, north; None where there is none."""
        return self._bounds

    def show_bounds(self, bounds: Bounds | None, region: str = "") -> None:
        """Show a box, and the region it belongs to, if any."""
        self._bounds, self._chosen = bounds, region
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(70 * GRID, 45 * GRID)

    def _scale(self) -> tuple[float, float, float, float]:
        """Return pixels per degree across and down, and the pixel of the upper left corner."""
        west, south, east, north = REACH
        across = min(self.width() / (east - west), self.height() / ((north - south) * _ASPECT))
        down = across * _ASPECT
        left = (self.width() - across * (east - west)) / 2
        top = (self.height() - down * (north - south)) / 2
        return across, down, left - west * across, top + north * down

    def _box(self, bounds: Bounds) -> QRectF:
        across, down, x, y = self._scale()
        west, south, east, north = bounds
        return QRectF(
            x + west * across, y - north * down, (east - west) * across, (north - south) * down
        )

    def _lonlat(self, at: QPointF) -> tuple[float, float]:
        across, down, x, y = self._scale()
        west, south, east, north = REACH
        lon = min(max((at.x() - x) / across, west), east)
        lat = min(max((y - at.y()) / down, south), north)
        return round(lon, 2), round(lat, 2)

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._box(REACH))
        painter.fillRect(self.rect(), self._theme.map_qcolour("sea"))
        across, down, x, y = self._scale()
        painter.save()
        painter.translate(x, y)
        painter.scale(across, down)
        pen = QPen(_BORDER, 0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(_LAND)
        painter.drawPath(self._land)
        painter.restore()
        self._paint_regions(painter)
        if self._bounds is not None:
            painter.setPen(QPen(self._theme.map_qcolour("highlight"), 2))
            fill = self._theme.map_qcolour("highlight")
            fill.setAlphaF(0.18)
            painter.setBrush(fill)
            painter.drawRect(self._box(self._bounds))
        if self.hasFocus():
            painter.setClipping(False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.qcolour("focus"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_regions(self, painter: QPainter) -> None:
        for key, (_, bounds) in self._regions.items():
            if key == self._chosen:
                continue
            pen = QPen(_REGION, 1, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._box(bounds))

    @override
    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is not None and a0.button() == Qt.MouseButton.LeftButton:
            self._from, self._moved = a0.position(), False

    @override
    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None or self._from is None:
            return
        away = a0.position() - self._from
        self._moved = self._moved or abs(away.x()) + abs(away.y()) > GRID // 2
        if self._moved:
            (a, b), (c, d) = self._lonlat(self._from), self._lonlat(a0.position())
            self._bounds = (min(a, c), min(b, d), max(a, c), max(b, d))
            self._chosen = ""
            self.update()
            self.bounds_drawn.emit(self._bounds)

    @override
    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        begun, self._from = self._from, None
        if a0 is None or begun is None or self._moved:
            return
        inside = [
            (box.width() * box.height(), key)
            for key, (_, bounds) in self._regions.items()
            if (box := self._box(bounds)).contains(a0.position())
        ]
        if inside:
            self.region_clicked.emit(min(inside)[1])

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None or a0.key() not in _ARROWS or self._bounds is None:
            super().keyPressEvent(a0)
            return
        far_corner = bool(a0.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        moved = _moved(self._bounds, *_ARROWS[Qt.Key(a0.key())], far_corner=far_corner)
        if _is_inside(moved):
            self._bounds, self._chosen = moved, ""
            self.update()
            self.bounds_drawn.emit(moved)


def _moved(bounds: Bounds, across: float, up: float, *, far_corner: bool) -> Bounds:
    west, south, east, north = bounds
    if far_corner:
        return (
            west,
            south,
            max(west + _STEP_DEG, east + across),
            max(south + _STEP_DEG, north + up),
        )
    return (west + across, south + up, east + across, north + up)


def _is_inside(bounds: Bounds) -> bool:
    west, south, east, north = REACH
    in_width = west <= bounds[0] and bounds[2] <= east
    return in_width and south <= bounds[1] and bounds[3] <= north
