"""What tools paint: lines and corners that stand out on any ground, and short texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ui import theme as themes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.map.view_state import Point, ViewState
    from ui.theme import Theme

_HALO_PX = 5.0
_LINE_PX = 2.0
_CORNER_PX = 3.5
_FILL_OPACITY = 0.18
_PADDING_PX = 6.0
_EDGE_PX = 4.0


def pixels_of(points: Sequence[Point], view: ViewState) -> list[QPointF]:
    """Return places of the map as pixels of a view."""
    return [QPointF(*view.to_pixel(*point)) for point in points]


def paint_line(
    painter: QPainter, theme: Theme, corners: Sequence[QPointF], *, dashed: bool = False
) -> None:
    """Paint a line on a halo."""
    line = QPolygonF(corners)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for token, width_px in (("highlight_halo", _HALO_PX), ("highlight", _LINE_PX)):
        pen = QPen(theme.map_qcolour(token), width_px)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if dashed and token == "highlight":
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawPolyline(line)


def paint_area(painter: QPainter, theme: Theme, corners: Sequence[QPointF]) -> None:
    """Fill an area softly; its edge is painted by `paint_line`."""
    fill = QColor(theme.map_qcolour("highlight"))
    fill.setAlphaF(_FILL_OPACITY)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(QPolygonF(corners), Qt.FillRule.WindingFill)


def paint_corners(painter: QPainter, theme: Theme, corners: Sequence[QPointF]) -> None:
    """Paint a small ring on every corner."""
    painter.setPen(QPen(theme.map_qcolour("highlight"), _LINE_PX))
    painter.setBrush(theme.map_qcolour("highlight_halo"))
    for corner in corners:
        painter.drawEllipse(corner, _CORNER_PX, _CORNER_PX)


def text_box(text: str, at: QPointF, view: ViewState, *, strong: bool = False) -> QRectF:
    """Return where a text stands whose upper left corner is wanted at a pixel.

    Parameters
    ----------
    text : str
        One line, or several parted by line ends.
    at : QPointF
        Where it is wanted; moved so that all of it is seen.
    view : ViewState
        What the text lies on.
    strong : bool
        Whether it is set in the size of body text rather than small.
    """
    metrics = QFontMetricsF(themes.font("body" if strong else "small"))
    lines = text.split("\n")
    width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * _PADDING_PX
    height = metrics.height() * len(lines) + _PADDING_PX
    left = min(max(at.x(), _EDGE_PX), max(view.width_px - width - _EDGE_PX, _EDGE_PX))
    top = min(max(at.y(), _EDGE_PX), max(view.height_px - height - _EDGE_PX, _EDGE_PX))
    return QRectF(left, top, width, height)


def paint_text(
    painter: QPainter, theme: Theme, box: QRectF, text: str, *, strong: bool = False
) -> None:
    """Paint a text on a card of its own, in a box of `text_box`."""
    painter.setFont(themes.font("body" if strong else "small"))
    painter.setPen(QPen(theme.qcolour("control_line"), 1))
    painter.setBrush(theme.qcolour("surface"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(theme.qcolour("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
