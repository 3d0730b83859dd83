"""How wide the narrowest place of a drawn corridor is.

As for corridors of the model (`algorithms.corridors.width`), the width is the diameter of the
largest disc that moves from end to end without leaving the corridor and the sites at its ends;
here it is found on the drawn shape itself, not on cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from planner.drawing.geometry import QUARTER_SEGMENTS, as_multi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.drawing.geometry import Coordinate

PRECISION = 0.005
"""Relative; the search ends when it knows the width so well."""
POINT_SLACK = 1.02
"""A disc arrives at the end of a line when it touches it; round corners have straight edges."""
LEAST_RADIUS_M = 0.5


@dataclass(frozen=True, eq=False)
class CorridorEnd:
    """Where a corridor ends: at a site, or at the end of its middle line.

    Attributes
    ----------
    shape : geometry
        The site, or a point.
    radius_m : float
        Radius of the largest disc that fits in the site; 0 for a point.
    """

    shape: BaseGeometry
    radius_m: float = 0.0

    @classmethod
    def at_site(cls, site: BaseGeometry) -> CorridorEnd:
        """Return the end at a site; the disc that fits is found to a hundredth."""
        land = as_multi(site)
        if land.area == 0.0:
            return cls(site)
        spoke = shapely.maximum_inscribed_circle(land, math.sqrt(land.area) / 100)
        return cls(site, float(spoke.length))

    def is_reached(self, piece: BaseGeometry, radius: float) -> bool:
        """Tell whether a disc has arrived whose centre moves in a piece of land."""
        if self.radius_m > 0.0:
            return bool(piece.distance(self.shape) <= max(0.0, radius - self.radius_m) + 1e-6)
        return bool(piece.distance(self.shape) <= POINT_SLACK * radius + 1.0)


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The narrowest place on the widest way.

    Parameters
    ----------
    width_m : float
        Its width in metres on the map, true to half a hundredth; 0 where the ends are not
        joined.
    at : (x, y) or None
        Where it is; None where the corridor is as wide as that everywhere.
    """

    width_m: float
    at: Coordinate | None


def bottleneck(
    land: BaseGeometry, ends: Sequence[CorridorEnd], *, width_m: float | None = None
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
    search = _Search(whole, land, ends)
    if not search.joins(LEAST_RADIUS_M):
        return Bottleneck(0.0, search.gap(LEAST_RADIUS_M))
    low, high = search.bracket(width_m, math.sqrt(whole.area / math.pi))
    if width_m is not None and low <= width_m / 2 <= high and high - low <= low * 0.02:
        return Bottleneck(width_m, None)
    while high - low > PRECISION * low:
        middle = (low + high) / 2
        if search.joins(middle):
            low = middle
        else:
            high = middle
    return Bottleneck(2 * low, search.gap(high))


class _Search:
    """Tries discs on one corridor."""

    def __init__(
        self, whole: BaseGeometry, land: BaseGeometry, ends: Sequence[CorridorEnd]
    ) -> None:
        self._whole = whole
        self._land = land
        self._ends = ends

    def _pieces(self, radius: float) -> list[BaseGeometry]:
        """Return where the centre of a disc may be."""
        shrunk = self._whole.buffer(-radius, quad_segs=QUARTER_SEGMENTS)
        return [piece for piece in shapely.get_parts(shrunk) if not piece.is_empty]

    def joins(self, radius: float) -> bool:
        """Tell whether a disc moves between all ends."""
        return any(
            all(end.is_reached(piece, radius) for end in self._ends)
            for piece in self._pieces(radius)
        )

    def bracket(self, width_m: float | None, most: float) -> tuple[float, float]:
        """Return a radius that passes and a larger one that does not."""
        if width_m is not None:
            near, over = width_m / 2 * 0.992, width_m / 2 * 1.008
            if self.joins(near):
                if not self.joins(over):
                    return near, over
                low = over
            else:
                return LEAST_RADIUS_M, near
        else:
            low = LEAST_RADIUS_M
        high = max(2 * low, most / 16)
        while high <= most and self.joins(high):
            low, high = high, 2 * high
        return low, high

    def gap(self, radius: float) -> Coordinate | None:
        """Return where a disc that is too large gets stuck."""
        pieces = self._pieces(radius)
        reached = [
            [piece for piece in pieces if end.is_reached(piece, radius)] for end in self._ends
        ]
        for end, there in zip(self._ends, reached, strict=True):
            if not there:
                return _place(shapely.shortest_line(self._land, end.shape))
        first = reached[0]
        for there in reached[1:]:
            if not any(piece in first for piece in there):
                between = shapely.shortest_line(
                    shapely.union_all(first), shapely.union_all(there)
                )
                return _place(between.centroid)
        return None


def _place(point: BaseGeometry) -> Coordinate:
    x, y = shapely.get_coordinates(point)[0].tolist()
    return x, y
