"""What the window paints over the map itself: what is selected, land to add, a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

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
_MARK_RADIUS_PX = 7.0
_MARK_DOT_PX = 2.0
_LAND_OPACITY = 0.4
_LAND_LINE_PX = 1.5


class Overlay(Protocol):
    """Something that is painted over the map."""

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint it where it lies in a view."""


class Outline:
    """A geometry as a path that keeps its precision at any place of the map."""

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

    def path_in(self, view: ViewState) -> QPainterPath:
        """Return lines and areas in the pixels of a view."""
        left, bottom = view.to_pixel(*self._origin)
        scale = 1 / view.resolution
        return QTransform(scale, 0, 0, -scale, left, bottom).map(self._path)

    def points_in(self, view: ViewState) -> list[QPointF]:
        """Return points in the pixels of a view."""
        return [QPointF(*view.to_pixel(*point)) for point in self._points]


class Highlight:
    """Paints the outline of a geometry so that it stands out on any ground.

    Parameters
    ----------
    geometry : shapely geometry
        What is selected, in the map's CRS; may be empty.
    """

    def __init__(self, geometry: BaseGeometry) -> None:
        self._outline = Outline(geometry)

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint the outline, a bright line on a halo."""
        path, points = self._outline.path_in(view), self._outline.points_in(view)
        pens = [
            (theme.map_qcolour("highlight_halo"), _HALO_PX),
            (theme.map_qcolour("highlight"), _LINE_PX),
        ]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in pens:
            painter.setPen(_pen(colour, width))
            painter.drawPath(path)
            for centre in points:
                painter.drawEllipse(centre, _POINT_RADIUS_PX, _POINT_RADIUS_PX)


class AddedLand:
    """Paints land that a widening would add, in a soft fill.

    Parameters
    ----------
    geometry : shapely geometry
        The land, in the map's CRS; may be empty.
    """

    def __init__(self, geometry: BaseGeometry) -> None:
        self._outline = Outline(geometry)

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint the land with its edge."""
        colour = theme.map_qcolour("widening")
        fill = QColor(colour)
        fill.setAlphaF(_LAND_OPACITY)
        painter.setPen(_pen(colour, _LAND_LINE_PX))
        painter.setBrush(fill)
        painter.drawPath(self._outline.path_in(view))


class PlaceMark:
    """Paints a ring with a dot at a place.

    Parameters
    ----------
    x, y : float
        The place, in the map's CRS.
    """

    def __init__(self, x: float, y: float) -> None:
        self.place = (x, y)

    def paint(self, painter: QPainter, view: ViewState, theme: Theme) -> None:
        """Paint the ring on a halo."""
        centre = QPointF(*view.to_pixel(*self.place))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for token, width in (("highlight_halo", _HALO_PX), ("highlight", _LINE_PX)):
            painter.setPen(_pen(theme.map_qcolour(token), width))
            painter.drawEllipse(centre, _MARK_RADIUS_PX, _MARK_RADIUS_PX)
        painter.setBrush(theme.map_qcolour("highlight"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(centre, _MARK_DOT_PX, _MARK_DOT_PX)


def _pen(colour: QColor, width_px: float) -> QPen:
    pen = QPen(colour, width_px)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
