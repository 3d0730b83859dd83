"""How wide the narrowest place of a drawn corridor is.

As for corridors of the model (`algorithms.corridors.width`), the width is the diameter of the
largest disc that moves from end to end without leaving the corridor and the sites at its ends;
here it is found on the drawn shape itself, not on cells. The centre of the disc keeps to the
edges of the Voronoi diagram of points along the outline, which are as far from it as can be.

References
----------
Brandt, J. W. (1994). Convergence and continuity criteria for discrete approximations of the
continuous planar skeleton. CVGIP: Image Understanding 59, 116-124.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Voronoi, cKDTree

from planner.drawing.geometry import QUARTER_SEGMENTS, as_multi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.drawing.geometry import Coordinate

PRECISION = 0.01
"""Widths are true to this, relative, where they exceed a five-hundredth of the outline."""
POINT_SLACK = 1.02
"""A disc arrives at the end of a line when it touches it; round corners have straight edges."""
FIRST_POINTS = 1_500
"""Points along the outline in the first look, beside its vertices."""
MOST_POINTS = 5_000
"""Most points along the outline, which keeps the answer quick for large areas."""
SCREEN_CORNERS = 500
"""So many vertices are left of an outline where an answer has to be quick."""
MOST_CORNERS = 5_000
"""So many are left where it has not."""
_FIRST_STEP = 8192
_STEPS = 5
LINK_STEPS = 10
"""The skeleton is looked at in steps of the clearance divided by this."""
POINTS_PER_RADIUS = 5
"""The outline is known well enough with so many points per radius of the disc."""


@dataclass(frozen=True, eq=False)
class CorridorEnd:
    """Where a corridor ends: at a site, or at the end of its middle line.

    Attributes
    ----------
    shape : geometry
        The site, or a point.
    radius_m : float
        Radius of the largest disc that fits in the site; 0 for a point.
    centre : (x, y) or None
        Its centre; None for a point.
    """

    shape: BaseGeometry
    radius_m: float = 0.0
    centre: Coordinate | None = None

    @classmethod
    def at_site(cls, site: BaseGeometry) -> CorridorEnd:
        """Return the end at a site; the disc that fits is found to a hundredth."""
        land = as_multi(site)
        if land.area == 0.0:
            return cls(site)
        spoke = shapely.maximum_inscribed_circle(land, math.sqrt(land.area) / 100)
        return cls(site, float(spoke.length), _place(spoke))

    @property
    def place(self) -> Coordinate:
        """A place that belongs to the end: the centre of that disc, or the point."""
        return self.centre or _place(self.shape)

    def reach(self, radius: float) -> float:
        """Return how far from the end the centre of a disc may be that has arrived.

        As for an `algorithms.corridors.clearance.CoreEnd`: its centre lies in the site, or
        where it is larger than the site, it overlaps it as deep as the largest disc there.
        """
        if self.radius_m > 0.0:
            return max(0.0, radius - self.radius_m) + 1e-6
        return POINT_SLACK * radius + 1.0

    def reached(
        self, points: NDArray[np.float64], clearance: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Tell for which centres the largest disc there has arrived, (n,) bool."""
        if self.radius_m > 0.0:
            # Centres are looked at in steps, so that one may stand a step before the end.
            step = np.where(clearance > self.radius_m, clearance / LINK_STEPS / 2, 0.0)
            within = np.maximum(0.0, clearance - self.radius_m) + 1e-6 + step
        else:
            within = POINT_SLACK * clearance + 1.0
        west, south, east, north = self.shape.bounds
        beside = np.maximum(np.maximum(west - points[:, 0], points[:, 0] - east), 0.0)
        above = np.maximum(np.maximum(south - points[:, 1], points[:, 1] - north), 0.0)
        near: NDArray[np.bool_] = np.hypot(beside, above) <= within
        shapely.prepare(self.shape)
        centres = np.empty(int(near.sum()), dtype=object)
        centres[:] = shapely.points(points[near])
        site = np.array([self.shape], dtype=object)
        allowed = within[near]  # one for each centre, which the stubs of shapely do not know
        near[near] = shapely.dwithin(site, centres, allowed)  # type: ignore[call-overload] # so
        return near


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The narrowest place on the widest way.

    Parameters
    ----------
    width_m : float
        Its width in metres on the map, true to `PRECISION`; 0 where the ends are not joined.
    at : (x, y) or None
        Where it is; None where the corridor is as wide as that everywhere.
    resolution_m : float
        How far the outline was simplified, and how far its points lay apart, to be quick; 0
        where the width is true to `PRECISION`.
    between : {"ends", "parts"}
        Whether it lies between the ends of a corridor, or between the large parts of an area.
    """

    width_m: float
    at: Coordinate | None
    resolution_m: float = 0.0
    between: Literal["ends", "parts"] = "ends"


def bottleneck(
    land: BaseGeometry,
    ends: Sequence[CorridorEnd],
    *,
    width_m: float | None = None,
    live: bool = False,
) -> Bottleneck:
    """Find the narrowest place of a corridor between its ends.

    Parameters
    ----------
    land : Polygon or MultiPolygon
        The corridor, valid, in metres; what cannot be walked on left out.
    ends : sequence of CorridorEnd
        Two at least; the way joins all of them.
    width_m : float, optional
        Width with which the corridor was drawn: tried first, so that a corridor that is as it
        was drawn is measured at once.
    live : bool
        Look at a simpler outline once, to be quick; the answer says how simple it was.

    Raises
    ------
    ValueError
        There are less than two ends.
    """
    if len(ends) < 2:
        raise ValueError("a corridor has two ends at least")
    if land.is_empty:
        return Bottleneck(0.0, None)
    whole = shapely.union_all([land, *(end.shape for end in ends if end.radius_m > 0.0)])
    piece = _joining_piece(whole, ends)
    if piece is None:
        return Bottleneck(0.0, _gap(whole, ends))
    if width_m is not None and _is_as_drawn(piece, ends, width_m):
        return Bottleneck(width_m, None)
    simple, moved = simple_outline(piece, SCREEN_CORNERS if live else MOST_CORNERS)
    spacing = simple.length / FIRST_POINTS
    if live:
        radius, at = _Skeleton(simple, spacing, ends).widest()
        known = moved == 0.0 and radius >= POINTS_PER_RADIUS * spacing
        return Bottleneck(2 * radius, at, 0.0 if known else max(moved, spacing))
    while True:
        radius, at = _Skeleton(simple, spacing, ends).widest()
        finest = simple.length / MOST_POINTS
        if radius >= POINTS_PER_RADIUS * spacing or spacing <= finest:
            break
        spacing = max(finest, min(spacing / 2, radius / POINTS_PER_RADIUS / 1.5))
    return Bottleneck(2 * radius, at, moved)


def simple_outline(piece: shapely.Polygon, most: int) -> tuple[shapely.Polygon, float]:
    """Return an outline with few vertices, and how far it may have moved in metres.

    It may have more than `most` where its parts would come to touch.
    """
    west, south, east, north = piece.bounds
    step, moved = max(east - west, north - south) / _FIRST_STEP, 0.0
    for _ in range(_STEPS):
        if shapely.get_num_coordinates(piece) <= most:
            break
        simple = piece.simplify(step, preserve_topology=True)
        if not isinstance(simple, shapely.Polygon) or simple.is_empty:
            break
        piece, moved, step = simple, moved + step, 2 * step
    return piece, moved


def _is_as_drawn(piece: shapely.Polygon, ends: Sequence[CorridorEnd], width_m: float) -> bool:
    """Tell whether a disc of a width passes, and one that is a little larger does not."""
    narrow, wide = (width_m / 2 * (1.0 + side * PRECISION) for side in (-1, 1))
    return _passes(piece, ends, narrow) and not _passes(piece, ends, wide)


def _passes(piece: shapely.Polygon, ends: Sequence[CorridorEnd], radius: float) -> bool:
    shrunk = as_multi(piece.buffer(-radius, quad_segs=QUARTER_SEGMENTS))
    return any(
        all(part.distance(end.shape) <= end.reach(radius) for end in ends)
        for part in shrunk.geoms
    )


def _joining_piece(whole: BaseGeometry, ends: Sequence[CorridorEnd]) -> shapely.Polygon | None:
    """Return the piece of land that all ends lie at, None where there is none."""
    for piece in as_multi(whole).geoms:
        if all(piece.dwithin(end.shape, 1.0) for end in ends):
            return piece
    return None


def _gap(whole: BaseGeometry, ends: Sequence[CorridorEnd]) -> Coordinate | None:
    """Return the middle of the gap between the land at the first end and at another one."""
    pieces = as_multi(whole).geoms
    first = shapely.union_all([item for item in pieces if item.dwithin(ends[0].shape, 1.0)])
    if first.is_empty:
        return ends[0].place
    for end in ends[1:]:
        there = [item for item in pieces if item.dwithin(end.shape, 1.0)]
        if not there:
            return end.place
        between = shapely.shortest_line(first, shapely.union_all(there))
        if between.length > 0.0:
            return _place(between.centroid)
    return None


class _Skeleton:
    """The lines that are as far from the outline as can be, and how far they are.

    Parameters
    ----------
    piece : Polygon
        The land.
    spacing : float
        Distance of points along the outline.
    ends : sequence of CorridorEnd
        What is to be joined.
    """

    def __init__(
        self, piece: shapely.Polygon, spacing: float, ends: Sequence[CorridorEnd]
    ) -> None:
        self._piece = piece
        self._ends = ends
        outline = shapely.segmentize(piece, spacing)
        self._samples = np.unique(shapely.get_coordinates(outline), axis=0)
        found = Voronoi(self._samples)
        shapely.prepare(piece)
        inside = _within(piece, found.vertices)
        pairs = np.array(found.ridge_vertices)
        kept: NDArray[np.bool_] = np.asarray((pairs >= 0).all(axis=1), dtype=np.bool_)
        kept[kept] = inside[pairs[kept]].all(axis=1)
        self._points = found.vertices
        self._links = pairs[kept]
        tree = cKDTree(self._samples)
        clear = _distances(tree, self._points)
        owners = self._divide(found.ridge_points[kept], clear)
        self._width, self._where = self._narrowest(owners)
        inside = np.append(inside, np.ones(len(self._points) - len(inside), dtype=np.bool_))
        self._clear = _distances(tree, self._points)
        self._reached = [
            np.flatnonzero(inside)[end.reached(self._points[inside], self._clear[inside])]
            for end in ends
        ]
        self._add_places(found, inside, tree)

    def _divide(
        self, owners: NDArray[np.int32], clear: NDArray[np.float64]
    ) -> NDArray[np.int32]:
        """Cut long links into steps; return the owners of the pieces."""
        start, end = self._links[:, 0], self._links[:, 1]
        length = np.hypot(*(self._points[end] - self._points[start]).T)
        step = np.maximum(np.minimum(clear[start], clear[end]), 1.0) / LINK_STEPS
        pieces = np.clip(np.ceil(length / step), 1, LINK_STEPS).astype(np.int64)
        of = np.repeat(np.arange(len(pieces)), pieces)
        number = np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        inner = number > 0
        share = (number / pieces[of])[inner, None]
        first, last = self._points[start[of[inner]]], self._points[end[of[inner]]]
        fresh = np.zeros(len(of), dtype=np.int64)
        fresh[inner] = len(self._points) + np.arange(int(inner.sum()))
        begins = np.where(inner, fresh, start[of])
        final = np.append(of[1:] != of[:-1], [True])[: len(of)]
        ends = np.where(final, end[of], np.roll(fresh, -1))
        self._points = np.vstack([self._points, first + share * (last - first)])
        self._links = np.column_stack([begins, ends])
        divided: NDArray[np.int32] = owners[of]
        return divided

    def _narrowest(
        self, owners: NDArray[np.int32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least distance from the outline along each link, and where that is."""
        start, end = (self._points[self._links[:, side]] for side in (0, 1))
        owner = self._samples[owners[:, 0]]
        where = _nearest_on(start, end, owner)
        return np.hypot(*(where - owner).T), where

    def _add_places(self, found: Voronoi, inside: NDArray[np.bool_], tree: cKDTree) -> None:
        """Link a place of each end to the skeleton, within the cell of the nearest sample."""
        for number, end in enumerate(self._ends):
            place = np.array(end.place)
            if not shapely.contains_xy(self._piece, *place):
                continue
            clear, sample = tree.query(place)
            cell = [
                vertex
                for vertex in found.regions[found.point_region[sample]]
                if vertex >= 0 and inside[vertex]
            ]
            if not cell:
                continue
            corners = self._points[cell]
            where = _nearest_on(
                np.broadcast_to(place, corners.shape), corners, self._samples[sample]
            )
            new = len(self._points)
            self._points = np.vstack([self._points, place])
            self._clear = np.append(self._clear, clear)
            links = np.column_stack([np.full(len(cell), new), cell])
            self._links = np.vstack([self._links, links])
            width = np.hypot(*(where - self._samples[sample]).T)
            self._width = np.concatenate([self._width, width])
            self._where = np.vstack([self._where, where])
            self._reached[number] = np.append(self._reached[number], new)

    def widest(self) -> tuple[float, Coordinate | None]:
        """Return the radius of the largest disc that joins the ends, and its tightest place."""
        steps = np.unique(np.concatenate([self._width, self._clear[self._clear > 0.0]]))
        low, high = -1, len(steps)  # steps[low] passes, steps[high] does not
        while high - low > 1:
            middle = (low + high) // 2
            if self._joins(steps[middle]):
                low = middle
            else:
                high = middle
        if low < 0:
            return 0.0, None
        radius = float(steps[low])
        stuck = np.flatnonzero(self._width == radius)
        if not stuck.size:
            at = self._points[int(np.argmin(np.abs(self._clear - radius)))]
        else:
            at = self._where[stuck[0]]
        place = (float(at[0]), float(at[1]))
        exact = float(self._piece.boundary.distance(shapely.Point(place)))
        return min(radius, exact), place

    def _joins(self, radius: float) -> bool:
        wide = self._width >= radius
        size = len(self._points)
        links = self._links[wide]
        graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(size, size))
        _, group = connected_components(graph, directed=False)
        common: set[int] | None = None
        for nodes in self._reached:
            there = set(group[nodes[self._clear[nodes] >= radius]].tolist())
            common = there if common is None else common & there
        return bool(common)


def _within(piece: shapely.Polygon, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = np.asarray(
        shapely.contains_xy(piece, points[:, 0], points[:, 1]), dtype=np.bool_
    )
    return inside


def _distances(tree: cKDTree, points: NDArray[np.float64]) -> NDArray[np.float64]:
    away, _ = tree.query(points)
    distance: NDArray[np.float64] = np.asarray(away, dtype=np.float64)
    return distance


def _nearest_on(
    start: NDArray[np.float64], end: NDArray[np.float64], point: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the place on each segment that is nearest to a point, (n, 2)."""
    step = end - start
    square = np.maximum((step**2).sum(axis=1), np.finfo(np.float64).tiny)
    share = np.clip(((point - start) * step).sum(axis=1) / square, 0.0, 1.0)
    nearest: NDArray[np.float64] = start + share[:, None] * step
    return nearest


def _place(shape: BaseGeometry) -> Coordinate:
    x, y = shapely.get_coordinates(shape)[0].tolist()
    return x, y
