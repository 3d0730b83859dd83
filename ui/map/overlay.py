"""What the window paints over the map itself: the outline of what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ui.map.view_state import ViewState
    from ui.theme import Theme

_POINT_RADIUS_PX = 9.0
_HALO_PX = 6.0
_LINE_PX = 2.5


class Highlight:
    """Paints the outline of a geometry so that it stands out on any ground.

    Parameters
    ----------
    geometry : shapely geometry
        What is selected, in the map's CRS; may be empty.
    """

    def __init__(self, geometry: BaseGeometry) -> None:
        self._origin = (0.0, 0.0)
        self._points: list[tuple[float, float]] = []
        self._path = QPainterPath()
        if geometry.is_empty:
            return
        west, south, _, _ = geometry.bounds
        self._origin = (west, south)
        for part in shapely.get_parts(geometry):
            self._add(part)

    def _add(self, part: BaseGeometry) -> None:
        if part.geom_type == "Point":
            x, y = shapely.get_coordinates(part)[0]
            self._points.append((float(x), float(y)))
        elif part.geom_type == "Polygon":
            for ring in shapely.get_rings(part):
                self._path.addPolygon(self._polygon(shapely.get_coordinates(ring)))
        else:
            self._path.addPolygon(self._polygon(shapely.get_coordinates(part)))

    def _polygon(self, coordinates: NDArray[np.float64]) -> QPolygonF:
        # Relative to a corner: QPainter would lose decimetres on coordinates of millions.
        x0, y0 = self._origin
        return QPolygonF([QPointF(x - x0, y - y0) for x, y in coordinates.tolist()])

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint the outline, a bright line on a halo."""
        left, bottom = view.to_pixel(*self._origin)
        scale = 1 / view.resolution
        path = QTransform(scale, 0, 0, -scale, left, bottom).map(self._path)
        pens = [
            (theme.map_qcolour("highlight_halo"), _HALO_PX),
            (theme.map_qcolour("highlight"), _LINE_PX),
        ]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in pens:
            painter.setPen(_pen(colour, width))
            painter.drawPath(path)
            for point in self._points:
                centre = QPointF(*view.to_pixel(*point))
                painter.drawEllipse(centre, _POINT_RADIUS_PX, _POINT_RADIUS_PX)


def _pen(colour: QColor, width_px: float) -> QPen:
    pen = QPen(colour, width_px)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
