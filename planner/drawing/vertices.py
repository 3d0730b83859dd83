"""Moving, adding and removing single vertices of lines and areas.

An area is addressed by part, ring (0 is the outline, then its holes) and vertex; a line has
one part with one ring. What comes of it may cross itself: that is for
`planner.drawing.repairing` to tell, not for here to hide.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from planner.drawing.errors import DrawingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.drawing.geometry import Coordinate

K = TypeVar("K")
Rings: TypeAlias = "list[list[NDArray[np.float64]]]"


@dataclass(frozen=True, slots=True)
class VertexPlace:
    """Which vertex of a shape is meant.

    Parameters
    ----------
    part, ring, index : int
        From 0; the last vertex of a ring is its first and has no number of its own.
    """

    part: int
    ring: int
    index: int


@dataclass(frozen=True, slots=True)
class EdgePlace:
    """A place on an edge of a shape.

    Parameters
    ----------
    part, ring, index : int
        The edge starts at this vertex.
    x, y : float
        The place on it.
    """

    part: int
    ring: int
    index: int
    x: float
    y: float


def vertex_at(geometry: BaseGeometry, place: VertexPlace) -> Coordinate:
    """Return where a vertex lies.

    Raises
    ------
    DrawingError
        The shape has no such vertex.
    """
    x, y = _ring(_rings(geometry), place)[place.index].tolist()
    return x, y


def nearest_vertex(
    geometry: BaseGeometry, x: float, y: float, reach: float
) -> VertexPlace | None:
    """Return the vertex nearest to a place, or None where none lies within reach.

    Parameters
    ----------
    geometry : LineString, Polygon or MultiPolygon
        Shape.
    x, y, reach : float
        Place and largest distance, in the CRS of the shape.
    """
    best: VertexPlace | None = None
    least = reach
    for part, ring, points in _numbered(geometry):
        away = np.hypot(points[:, 0] - x, points[:, 1] - y)
        index = int(np.argmin(away))
        if away[index] <= least:
            least = float(away[index])
            best = VertexPlace(part, ring, index)
    return best


def nearest_edge(geometry: BaseGeometry, x: float, y: float, reach: float) -> EdgePlace | None:
    """Return the place on an edge nearest to a place, or None where none is within reach."""
    best: EdgePlace | None = None
    least = reach
    closed = not isinstance(geometry, LineString)
    for part, ring, points in _numbered(geometry):
        start = points if closed else points[:-1]
        step = (np.roll(points, -1, axis=0) if closed else points[1:]) - start
        length = (step**2).sum(axis=1)
        along = ((np.array([x, y]) - start) * step).sum(axis=1)
        share = np.clip(along / np.where(length > 0.0, length, 1.0), 0.0, 1.0)
        on = start + share[:, None] * step
        away = np.hypot(on[:, 0] - x, on[:, 1] - y)
        index = int(np.argmin(away))
        if away[index] <= least:
            least = float(away[index])
            best = EdgePlace(part, ring, index, float(on[index, 0]), float(on[index, 1]))
    return best


def move_vertex(geometry: BaseGeometry, place: VertexPlace, x: float, y: float) -> BaseGeometry:
    """Put a vertex to another place.

    Raises
    ------
    DrawingError
        The shape has no such vertex, or the place is no number.
    """
    rings = _rings(geometry)
    points = _ring(rings, place).copy()
    points[place.index] = _finite(x, y)
    rings[place.part][place.ring] = points
    return _shape(geometry, rings)


def insert_vertex(geometry: BaseGeometry, edge: EdgePlace, x: float, y: float) -> BaseGeometry:
    """Add a vertex after the start of an edge.

    Raises
    ------
    DrawingError
        The shape has no such edge, or the place is no number.
    """
    rings = _rings(geometry)
    at = VertexPlace(edge.part, edge.ring, edge.index)
    points = _ring(rings, at)
    rings[edge.part][edge.ring] = np.insert(points, edge.index + 1, _finite(x, y), axis=0)
    return _shape(geometry, rings)


def delete_vertex(geometry: BaseGeometry, place: VertexPlace) -> BaseGeometry:
    """Remove a vertex; a hole that is left with two goes altogether.

    Raises
    ------
    DrawingError
        The shape has no such vertex, or cannot do without it.
    """
    rings = _rings(geometry)
    points = np.delete(_ring(rings, place), place.index, axis=0)
    if isinstance(geometry, LineString):
        if len(points) < 2:
            raise DrawingError("A line needs two points. Remove the whole line instead.")
        rings[place.part][place.ring] = points
    elif len(points) >= 3:
        rings[place.part][place.ring] = points
    elif place.ring > 0:
        del rings[place.part][place.ring]
    else:
        raise DrawingError(
            "An area needs three corners, and this one has no more. Remove the whole area "
            "instead."
        )
    return _shape(geometry, rings)


def lines_beside(geometry: BaseGeometry, place: VertexPlace) -> MultiLineString:
    """Return the outline of a shape without the two edges that meet in a vertex.

    Raises
    ------
    DrawingError
        The shape has no such vertex.
    """
    _ring(_rings(geometry), place)
    closed = not isinstance(geometry, LineString)
    lines: list[NDArray[np.float64]] = []
    for part, ring, points in _numbered(geometry):
        if (part, ring) != (place.part, place.ring):
            lines.append(np.vstack([points, points[:1]]) if closed else points)
        elif closed:
            lines.append(np.roll(points, -place.index, axis=0)[1:])
        else:
            lines += [points[: place.index], points[place.index + 1 :]]
    return MultiLineString([line for line in lines if len(line) > 1])


def sharing(
    shapes: Mapping[K, BaseGeometry], at: Coordinate, tolerance: float
) -> dict[K, BaseGeometry]:
    """Return the shapes that have a vertex or an edge at a place."""
    return {
        key: shape
        for key, shape in shapes.items()
        if nearest_edge(shape, *at, tolerance) is not None
    }


def delete_shared_vertex(
    shapes: Mapping[K, BaseGeometry], at: Coordinate, tolerance: float
) -> dict[K, BaseGeometry]:
    """Remove a corner from the shapes that share it; from none that cannot do without it.

    Returns
    -------
    dict
        The shapes that change, as they are afterwards.
    """
    changed: dict[K, BaseGeometry] = {}
    for key, shape in shapes.items():
        vertex = nearest_vertex(shape, *at, tolerance)
        if vertex is not None:
            with suppress(DrawingError):
                changed[key] = delete_vertex(shape, vertex)
    return changed


def move_shared_vertex(
    shapes: Mapping[K, BaseGeometry], at: Coordinate, to: Coordinate, tolerance: float
) -> dict[K, BaseGeometry]:
    """Move a corner that several shapes share, so that no gap opens between them.

    A shape with an edge through the place, but no vertex there, gets one.

    Parameters
    ----------
    shapes : mapping to Polygon, MultiPolygon or LineString
        Shapes that may have that corner.
    at, to : (x, y)
        Where the corner is, and where it goes.
    tolerance : float
        How far off a vertex or an edge may be to count as being at the place.

    Returns
    -------
    dict
        The shapes that change, as they are afterwards.
    """
    changed: dict[K, BaseGeometry] = {}
    for key, shape in shapes.items():
        vertex = nearest_vertex(shape, *at, tolerance)
        if vertex is not None:
            changed[key] = move_vertex(shape, vertex, *to)
            continue
        edge = nearest_edge(shape, *at, tolerance)
        if edge is not None:
            changed[key] = insert_vertex(shape, edge, *to)
    return changed


def _finite(x: float, y: float) -> Coordinate:
    if not (np.isfinite(x) and np.isfinite(y)):
        raise DrawingError("A vertex cannot be put there: the place is no number.")
    return float(x), float(y)


def _rings(geometry: BaseGeometry) -> Rings:
    """Return the vertices of each ring of each part; the closing ones left out."""
    if isinstance(geometry, LineString):
        return [[shapely.get_coordinates(geometry)]]
    if isinstance(geometry, Polygon | MultiPolygon):
        parts = [geometry] if isinstance(geometry, Polygon) else list(geometry.geoms)
        return [
            [shapely.get_coordinates(ring)[:-1] for ring in (part.exterior, *part.interiors)]
            for part in parts
            if not part.is_empty
        ]
    raise DrawingError(f"A {geometry.geom_type} has no vertices that can be edited here.")


def _numbered(geometry: BaseGeometry) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
    for part, rings in enumerate(_rings(geometry)):
        for ring, points in enumerate(rings):
            if len(points):
                yield part, ring, points


def _ring(rings: Rings, place: VertexPlace) -> NDArray[np.float64]:
    try:
        if min(place.part, place.ring, place.index) < 0:
            raise IndexError  # noqa: TRY301 - a negative number would count from the end
        points = rings[place.part][place.ring]
        points[place.index]
    except IndexError:
        raise DrawingError(
            "The shape has no such vertex any more: it was changed since. Choose the vertex "
            "again."
        ) from None
    return points


def _shape(like: BaseGeometry, rings: Rings) -> BaseGeometry:
    if isinstance(like, LineString):
        return LineString(rings[0][0])
    parts = [Polygon(outer, holes) for outer, *holes in rings]
    return parts[0] if isinstance(like, Polygon) else MultiPolygon(parts)
