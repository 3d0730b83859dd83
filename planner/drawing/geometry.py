"""Shapes as they are drawn and edited, in the project's equal-area CRS in metres.

Nothing here repairs a shape silently: what is drawn wrong stays as it is drawn, and
`planner.drawing.repairing` tells what is wrong and offers a repair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from algorithms.control import NULL_CONTROL
from planner.drawing.errors import DrawingError, TooManyVerticesError
from planner.drawing.numbers import digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from algorithms.control import Control

Coordinate: TypeAlias = tuple[float, float]

MAXIMUM_VERTICES = 100_000
"""Most vertices of a shape that is drawn or edited; more are counted and refused."""
MINIMUM_WIDTH_M = 10.0
MAXIMUM_WIDTH_M = 500_000.0
QUARTER_SEGMENTS = 8
"""Straight pieces that stand for a quarter of a circle where a corridor turns."""


@dataclass(frozen=True, slots=True)
class Simplified:
    """A shape with fewer vertices.

    Parameters
    ----------
    geometry : MultiPolygon
        The shape.
    vertices_before, vertices_after : int
        How many it had and has.
    tolerance_m : float
        How far its outline may have moved at most; 0 where nothing was done.
    """

    geometry: MultiPolygon
    vertices_before: int
    vertices_after: int
    tolerance_m: float


def vertex_count(geometry: BaseGeometry) -> int:
    """Return the number of vertices, the closing one of each ring included."""
    return int(shapely.get_num_coordinates(geometry))


def check_size(geometry: BaseGeometry | int) -> None:
    """See that a shape, or a number of vertices, is small enough to be worked with.

    Raises
    ------
    TooManyVerticesError
        It is not; tells how many vertices it has.
    """
    count = geometry if isinstance(geometry, int) else vertex_count(geometry)
    if count > MAXIMUM_VERTICES:
        raise TooManyVerticesError(count, MAXIMUM_VERTICES)


def as_multi(geometry: BaseGeometry) -> MultiPolygon:
    """Return the polygons of a geometry as one; points and lines in it are left out.

    Parameters
    ----------
    geometry : BaseGeometry
        Any type; a collection is searched through. Polygons are kept as they are, valid or
        not.
    """
    return MultiPolygon(_polygons(geometry))


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    if isinstance(geometry, Polygon):
        return [] if geometry.is_empty else [geometry]
    if isinstance(geometry, shapely.GeometryCollection | MultiPolygon):
        return [part for item in geometry.geoms for part in _polygons(item)]
    return []


def corridor_from_line(
    points: Iterable[Coordinate],
    width_m: float,
    *,
    cap: Literal["round", "flat"] = "round",
) -> MultiPolygon:
    """Draw a corridor along a line, as wide to both sides.

    Parameters
    ----------
    points : iterable of (x, y)
        The middle line.
    width_m : float
        Whole width in metres on the map.
    cap : {"round", "flat"}
        Whether the corridor goes on around the ends of the line, or ends there.

    Raises
    ------
    DrawingError
        The line has less than two different points, or the width is no width.
    TooManyVerticesError
        The line is too long to be worked with.
    """
    check_width(width_m)
    line = line_from(points)
    drawn = line.buffer(width_m / 2, quad_segs=QUARTER_SEGMENTS, cap_style=cap)
    return as_multi(drawn)


def check_width(width_m: float) -> None:
    """See that a width can be drawn.

    Raises
    ------
    DrawingError
        It is no number, or too narrow or too wide.
    """
    if not (math.isfinite(width_m) and MINIMUM_WIDTH_M <= width_m <= MAXIMUM_WIDTH_M):
        raise DrawingError(
            f"A corridor is {digits(MINIMUM_WIDTH_M)} to {digits(MAXIMUM_WIDTH_M)} m wide, not "
            f"{digits(width_m)} m. Enter a width in metres."
        )


def line_from(points: Iterable[Coordinate]) -> LineString:
    """Return a line through points; a point that only repeats the one before is left out.

    Raises
    ------
    DrawingError
        There are less than two different points, or one is no number.
    TooManyVerticesError
        There are too many.
    """
    kept = _distinct(points)
    if len(kept) < 2:
        raise DrawingError("A line needs two different points. Click at a second place.")
    return LineString(kept)


def polygon_from(points: Iterable[Coordinate]) -> Polygon:
    """Return the polygon with these corners, as it was drawn, crossings included.

    Raises
    ------
    DrawingError
        There are less than three different corners, or one is no number.
    TooManyVerticesError
        There are too many.
    """
    kept = _distinct(points)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept = kept[:-1]
    if len(set(kept)) < 3:
        raise DrawingError(
            "An area needs three different corners. Click at more places before you finish."
        )
    return Polygon(kept)


def freehand(points: Iterable[Coordinate], tolerance_m: float) -> Polygon:
    """Return the polygon of a line that was drawn by hand, without the points it can miss.

    Parameters
    ----------
    points : iterable of (x, y)
        As the pointer went.
    tolerance_m : float
        How far the outline may move; half a pixel is not seen.

    Raises
    ------
    DrawingError, TooManyVerticesError
        As for `polygon_from`.
    """
    drawn = polygon_from(points)
    thin = LineString(drawn.exterior).simplify(max(0.0, tolerance_m), preserve_topology=False)
    corners = [(float(x), float(y)) for x, y in shapely.get_coordinates(thin).tolist()]
    return polygon_from(corners) if len(set(corners)) >= 3 else drawn


def _distinct(points: Iterable[Coordinate]) -> list[Coordinate]:
    listed = [(float(x), float(y)) for x, y in points]
    check_size(len(listed))
    if not np.isfinite(np.array(listed, dtype=np.float64).reshape(-1, 2)).all():
        raise DrawingError(
            "A point of the drawing is no number. It lies outside what the map can show; "
            "draw it nearer to the region."
        )
    return [
        point for place, point in enumerate(listed) if place == 0 or point != listed[place - 1]
    ]


def checked(geometry: BaseGeometry) -> MultiPolygon:
    """Return an area that can be stored and measured.

    Raises
    ------
    DrawingError
        It crosses itself, or holds no area.
    TooManyVerticesError
        It is too large to be worked with.
    """
    check_size(geometry)
    whole = as_multi(geometry)
    if whole.is_empty or not np.isfinite(whole.area):
        raise DrawingError("The drawing holds no area. Draw around some land.")
    if not whole.is_valid:
        raise DrawingError(
            "The drawing crosses or overlaps itself. Take the repair that is offered, or move "
            "the corners apart."
        )
    return whole


def split(geometry: BaseGeometry, points: Iterable[Coordinate]) -> tuple[MultiPolygon, ...]:
    """Cut an area along a line.

    Parameters
    ----------
    geometry : Polygon or MultiPolygon
        The area.
    points : iterable of (x, y)
        A line from outside to outside; it may cross more than once.

    Returns
    -------
    tuple of MultiPolygon
        Two pieces at least, the largest first; parts that the line does not cut stay with it.

    Raises
    ------
    DrawingError
        The line does not cut the area in two.
    """
    whole = checked(geometry)
    line = line_from(points)
    cut: list[Polygon] = []
    kept: list[Polygon] = []
    for part in whole.geoms:
        pieces = [face for face in _faces(part, line) if _lies_in(face, part)]
        if len(pieces) > 1:
            cut += pieces
        else:
            kept.append(part)
    if not cut:
        raise DrawingError(
            "The line does not cut the area in two. Draw it from outside the area across it to "
            "outside again."
        )
    cut.sort(key=lambda piece: -piece.area)
    return (MultiPolygon([cut[0], *kept]), *(MultiPolygon([piece]) for piece in cut[1:]))


def _faces(part: Polygon, line: LineString) -> list[Polygon]:
    """Return the areas that the outline of a part and a line enclose together."""
    lines = shapely.union_all([part.boundary, line])
    found = shapely.polygonize([lines])
    return [face for face in found.geoms if isinstance(face, Polygon) and face.area > 0.0]


def _lies_in(face: Polygon, area: Polygon) -> bool:
    return bool(area.contains(face.representative_point()))


def merge(geometries: Sequence[BaseGeometry]) -> MultiPolygon:
    """Join areas to one; what overlaps is counted once.

    Raises
    ------
    DrawingError
        There are less than two areas, or one of them cannot be stored.
    """
    if len(geometries) < 2:
        raise DrawingError("Merging needs two areas. Choose more of them.")
    return checked(shapely.union_all([checked(item) for item in geometries]))


def reshape(geometry: BaseGeometry, points: Iterable[Coordinate]) -> MultiPolygon:
    """Give the outline of an area another course between two places where a line meets it.

    Outside, the line adds what it encloses; inside, it cuts off the smaller piece. Where it
    meets only the edge of a hole, the hole is reshaped in the same way.

    Parameters
    ----------
    geometry : Polygon or MultiPolygon
        The area.
    points : iterable of (x, y)
        A line that meets one outline twice.

    Raises
    ------
    DrawingError
        The line does not meet an outline twice.
    """
    whole = checked(geometry)
    line = line_from(points)
    parts = list(whole.geoms)
    for place, part in enumerate(parts):
        changed = _reshaped_part(part, line)
        if changed is not None:
            others = [*parts[:place], *parts[place + 1 :]]
            return checked(shapely.union_all([changed, *others]))
    raise DrawingError(
        "The line does not meet the outline of the area twice. Start and end it on the other "
        "side of the outline."
    )


def _reshaped_part(part: Polygon, line: LineString) -> BaseGeometry | None:
    outer = Polygon(part.exterior)
    holes = [Polygon(ring) for ring in part.interiors]
    changed = _reshaped(outer, line)
    if changed is not None:
        return shapely.difference(changed, shapely.union_all(holes)) if holes else changed
    for place, hole in enumerate(holes):
        other = _reshaped(hole, line)
        if other is not None:
            kept = [*holes[:place], other, *holes[place + 1 :]]
            return shapely.difference(outer, shapely.union_all(kept))
    return None


def _reshaped(outer: Polygon, line: LineString) -> BaseGeometry | None:
    """Return an area without holes after a line has changed its outline; None for no change."""
    faces = _faces(outer, line)
    inside = [face for face in faces if _lies_in(face, outer)]
    beyond = [face for face in faces if not _lies_in(face, outer)]
    if len(inside) < 2 and not beyond:
        return None
    kept = max(inside, key=lambda face: face.area)
    touching = [face for face in beyond if shapely.intersection(face, kept).length > 0.0]
    return shapely.union_all([kept, *touching])


def cut_hole(geometry: BaseGeometry, points: Iterable[Coordinate]) -> MultiPolygon:
    """Take a hole out of an area.

    Parameters
    ----------
    geometry : Polygon or MultiPolygon
        The area.
    points : iterable of (x, y)
        Corners of the hole.

    Raises
    ------
    DrawingError
        The hole crosses itself, reaches out of the area, or leaves nothing of it.
    """
    whole = checked(geometry)
    hole = checked(polygon_from(points))
    if not whole.covers(hole):
        raise DrawingError(
            "The hole reaches out of the area. Draw it inside one part of the area, or use "
            "reshape to cut a piece off its edge."
        )
    return checked(shapely.difference(whole, hole))


def fill_hole(geometry: BaseGeometry, x: float, y: float) -> MultiPolygon:
    """Fill the hole of an area at a place.

    Raises
    ------
    DrawingError
        There is no hole at that place.
    """
    whole = as_multi(geometry)
    point = shapely.Point(x, y)
    for part in whole.geoms:
        for ring in part.interiors:
            hole = Polygon(ring)
            if hole.intersects(point):
                within = [item for item in whole.geoms if hole.contains(item)]
                rest = [item for item in whole.geoms if item not in within]
                return as_multi(shapely.union_all([*rest, hole]))
    raise DrawingError("There is no hole at this place. Click inside a hole of the area.")


def buffered(geometry: BaseGeometry, distance_m: float) -> MultiPolygon:
    """Widen an area by a distance to all sides, or narrow it where the distance is negative.

    Raises
    ------
    DrawingError
        The distance is no number or too large, or nothing is left.
    """
    if not (math.isfinite(distance_m) and abs(distance_m) <= MAXIMUM_WIDTH_M):
        raise DrawingError(
            f"An area is widened or narrowed by up to {digits(MAXIMUM_WIDTH_M)} m, not by "
            f"{digits(distance_m)} m."
        )
    found = as_multi(checked(geometry).buffer(distance_m, quad_segs=QUARTER_SEGMENTS))
    if found.is_empty:
        raise DrawingError(
            f"Nothing is left of the area when it is narrowed by {digits(-distance_m)} m. Take "
            "less."
        )
    return checked(found)


def simplified(geometry: BaseGeometry, tolerance_m: float) -> MultiPolygon:
    """Leave vertices out, so that the outline moves by no more than a distance.

    Raises
    ------
    DrawingError
        The distance is no number or negative.
    """
    if not (math.isfinite(tolerance_m) and tolerance_m >= 0.0):
        raise DrawingError(
            f"The outline may move by 0 m or more, not by {digits(tolerance_m)} m."
        )
    return as_multi(as_multi(geometry).simplify(tolerance_m, preserve_topology=True))


def simplified_to_limit(
    geometry: BaseGeometry, most: int = MAXIMUM_VERTICES, control: Control | None = None
) -> Simplified:
    """Leave out as few vertices as needed to come down to a number of them.

    The distance by which the outline may move starts at a millionth of the shape's extent and
    is doubled until the shape is small enough; each step works on what the one before left.

    Parameters
    ----------
    geometry : Polygon or MultiPolygon
        Any size.
    most : int
        Most vertices of the result.
    control : Control, optional
        Told how far it has come, and may cancel, between the steps.

    Raises
    ------
    DrawingError
        The shape consists of more parts than that, so that leaving out vertices is no help.
    """
    whole = as_multi(geometry)
    before = vertex_count(whole)
    if before <= most:
        return Simplified(whole, before, before, 0.0)
    if 4 * shapely.get_num_geometries(whole) > most:
        parts = digits(int(shapely.get_num_geometries(whole)))
        raise DrawingError(
            f"The shape has {parts} parts, too many to be drawn and edited. Add the data to "
            "the map as a layer."
        )
    west, south, east, north = whole.bounds
    extent = max(east - west, north - south)
    step, moved, found = extent / 1e6, 0.0, whole
    watch = control or NULL_CONTROL
    while step <= extent:
        watch.report(min(1.0, max(0.0, 1.0 - (vertex_count(found) - most) / (before - most))))
        found = simplified(found, step)
        moved += step
        if vertex_count(found) <= most:
            return Simplified(found, before, vertex_count(found), moved)
        step *= 2
    raise TooManyVerticesError(before, most)
