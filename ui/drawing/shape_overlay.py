"""A drawn shape while it waits: to be stored, or for an answer about what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPen

from ui.drawing import painting
from ui.map.overlay import Outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QPainter
    from shapely.geometry.base import BaseGeometry

    from ui.map.view_state import Point, ViewState
    from ui.theme import Theme

_CROSS_PX = 6.0
_RING_PX = 12.0
_LINE_PX = 3.0


class DrawnShape:
    """Paints a shape as drawings are painted, with crosses where something is wrong.

    Parameters
    ----------
    geometry : shapely geometry
        In the map's CRS.
    wrong : sequence of points
        Where something is wrong.
    """

    def __init__(self, geometry: BaseGeometry, wrong: Sequence[Point] = ()) -> None:
        self.geometry = geometry
        self.wrong = tuple(wrong)
        self._outline = Outline(geometry)

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint the shape and the crosses."""
        painting.paint_outline(painter, view, theme, self._outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.qcolour("bottleneck"), _LINE_PX))
        for at in painting.pixels(self.wrong, view):
            across = QPointF(_CROSS_PX, _CROSS_PX), QPointF(_CROSS_PX, -_CROSS_PX)
            for step in across:
                painter.drawLine(at - step, at + step)
            painter.drawEllipse(at, _RING_PX, _RING_PX)
