"""How a drawing looks while it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from ui import theme as themes
from ui.map.overlay import Outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from ui.drawing.snapping import Aim
    from ui.map.view_state import Point, ViewState
    from ui.theme import Theme

_LINE_PX = 2.5
_HALO_PX = 5.5
_THIN_PX = 1.5
_CORNER_PX = 4.0
_SMALL_CORNER_PX = 3.0
_SNAP_PX = 8.0
_FILL_OPACITY = 0.22
_BAND_OPACITY = 0.28
_TAG_GAP_PX = 14


def pixels(points: Iterable[Point], view: ViewState) -> list[QPointF]:
    """Return places of the map as pixels of a view."""
    return [QPointF(*view.to_pixel(*point)) for point in points]


def colour_of(theme: Theme) -> QColor:
    """Return the colour of drawings."""
    return theme.map_qcolour("proposal")


def paint_band(
    painter: QPainter, view: ViewState, theme: Theme, points: Sequence[Point], width: float
) -> None:
    """Paint a corridor of so many map units around its middle line."""
    path = QPainterPath()
    path.addPolygon(QPolygonF(pixels(points, view)))
    stroke = QPen(_soft(colour_of(theme), _BAND_OPACITY), max(width / view.resolution, 1.0))
    stroke.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    stroke.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.strokePath(path, stroke)


def paint_line(
    painter: QPainter,
    view: ViewState,
    theme: Theme,
    points: Sequence[Point],
    *,
    dashed: bool = False,
) -> None:
    """Paint a line that stands out on any ground."""
    shape = QPolygonF(pixels(points, view))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(theme.map_qcolour("highlight_halo"), _HALO_PX))
    painter.drawPolyline(shape)
    pen = _pen(colour_of(theme), _LINE_PX)
    if dashed:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawPolyline(shape)


def paint_area(
    painter: QPainter, view: ViewState, theme: Theme, points: Sequence[Point], *, hole: bool
) -> None:
    """Paint the ground of an area, or of a hole that is cut out of one."""
    fill = theme.map_qcolour("highlight_halo") if hole else colour_of(theme)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_soft(fill, 0.5 if hole else _FILL_OPACITY))
    painter.drawPolygon(QPolygonF(pixels(points, view)))


def paint_outline(
    painter: QPainter, view: ViewState, theme: Theme, outline: Outline, *, filled: bool = True
) -> None:
    """Paint a geometry in the colour of drawings."""
    path = outline.path_in(view)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(theme.map_qcolour("highlight_halo"), _HALO_PX))
    painter.drawPath(path)
    painter.setPen(_pen(colour_of(theme), _LINE_PX))
    if filled:
        painter.setBrush(_soft(colour_of(theme), _FILL_OPACITY))
    painter.drawPath(path)


def paint_geometry(
    painter: QPainter, view: ViewState, theme: Theme, geometry: BaseGeometry
) -> None:
    """Paint a geometry that is drawn once only."""
    paint_outline(painter, view, theme, Outline(geometry))


def paint_corners(
    painter: QPainter,
    view: ViewState,
    theme: Theme,
    points: Iterable[Point],
    *,
    small: bool = False,
) -> None:
    """Paint points that can be taken hold of: squares, or small discs between them."""
    painter.setPen(_pen(colour_of(theme), _THIN_PX))
    painter.setBrush(theme.map_qcolour("highlight_halo"))
    size = _SMALL_CORNER_PX if small else _CORNER_PX
    for at in pixels(points, view):
        if small:
            painter.drawEllipse(at, size, size)
        else:
            painter.drawRect(QRectF(at.x() - size, at.y() - size, 2 * size, 2 * size))


def paint_chosen_corner(painter: QPainter, view: ViewState, theme: Theme, point: Point) -> None:
    """Paint the point that is held or chosen."""
    at = QPointF(*view.to_pixel(*point))
    size = _CORNER_PX + 2
    painter.setPen(_pen(theme.map_qcolour("highlight_halo"), _THIN_PX))
    painter.setBrush(theme.map_qcolour("highlight"))
    painter.drawRect(QRectF(at.x() - size, at.y() - size, 2 * size, 2 * size))


def paint_aim(painter: QPainter, view: ViewState, theme: Theme, aim: Aim, word: str) -> None:
    """Mark what a click would snap to: a square on a corner, a diamond on an edge."""
    at = QPointF(*view.to_pixel(*aim.place))
    corner = aim.own or (aim.snap is not None and aim.snap.at_vertex)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for token, width in (("highlight_halo", _HALO_PX), ("highlight", _LINE_PX)):
        painter.setPen(_pen(theme.map_qcolour(token), width))
        if corner:
            side = 2 * _SNAP_PX
            painter.drawRect(QRectF(at.x() - _SNAP_PX, at.y() - _SNAP_PX, side, side))
        else:
            painter.drawPolygon(
                QPolygonF(
                    [
                        at + QPointF(0, -_SNAP_PX),
                        at + QPointF(_SNAP_PX, 0),
                        at + QPointF(0, _SNAP_PX),
                        at + QPointF(-_SNAP_PX, 0),
                    ]
                )
            )
    if word:
        paint_tag(painter, theme, at, word)


def paint_tag(painter: QPainter, theme: Theme, at: QPointF, text: str) -> None:
    """Write a few words beside a place, on a ground of their own, wholly inside the map."""
    painter.setFont(themes.font("small"))
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 6
    left, top = at.x() + _TAG_GAP_PX, at.y() + _TAG_GAP_PX
    window = painter.viewport()
    if left + width > window.width():
        left = at.x() - _TAG_GAP_PX - width
    if top + height > window.height():
        top = at.y() - _TAG_GAP_PX - height
    box = QRectF(left, top, width, height)
    painter.setPen(QPen(theme.qcolour("control_line"), 1))
    painter.setBrush(theme.qcolour("surface"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(theme.qcolour("text"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _soft(colour: QColor, opacity: float) -> QColor:
    made = QColor(colour)
    made.setAlphaF(opacity)
    return made


def _pen(colour: QColor, width_px: float) -> QPen:
    pen = QPen(colour, width_px)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
