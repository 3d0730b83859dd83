"""How wide the narrowest place is between the large parts of an area without ends.

An area that joins no two sites has no ends to go between. Its width is the diameter of the
largest disc that reaches nine tenths of its largest piece without leaving it: where a neck
lies between two large parts the disc passes the neck, an arm is counted with its own width,
and corners, tips and bays that hold less than a tenth do not count. A place counts as reached
where it lies within `REACH` radii of the disc's centre, so that the corners of a rectangle are
reached by the disc that fills its short side.

The centres that a disc of some radius can have are the area shrunk by that radius
(Serra 1982, erosion); those that it can come to from one of them are one part of that.

References
----------
Serra, J. (1982). Image Analysis and Mathematical Morphology. Academic Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.drawing.bottleneck import (
    MOST_CORNERS,
    PRECISION,
    SCREEN_CORNERS,
    Bottleneck,
    simple_outline,
)
from planner.drawing.geometry import QUARTER_SEGMENTS, as_multi

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

REACHED_SHARE = 0.9
"""Share of the area that the disc has to reach."""
REACH = 1.45
"""Places so many radii from the centre are reached; a right angle's corner is 1.42 away."""
FINEST = 2_000
"""Radii are not told apart below the largest one divided by this."""
_CANDIDATES = 4


def narrowest_passage(land: BaseGeometry, *, live: bool = False) -> Bottleneck | None:
    """Find how wide an area is between its large parts.

    Parameters
    ----------
    land : Polygon or MultiPolygon
        The area, valid, in metres; of several pieces the largest is looked at.
    live : bool
        Look at a simpler outline, to be quick; `Bottleneck.resolution_m` says how simple.

    Returns
    -------
    Bottleneck or None
        Its width; the place is None where the area has no narrower place than its largest
        disc. None where there is no land.
    """
    pieces = as_multi(land).geoms
    if not pieces:
        return None
    largest_piece = max(pieces, key=lambda item: item.area)
    most = SCREEN_CORNERS if live else MOST_CORNERS
    piece, resolution = simple_outline(largest_piece, most)
    spoke = shapely.maximum_inscribed_circle(piece, np.sqrt(piece.area) * PRECISION / 4)
    largest = float(spoke.length)
    if _reached(piece, largest * (1.0 - PRECISION)).share >= REACHED_SHARE:
        return Bottleneck(2 * largest, None, resolution, between="parts")
    low, high = 0.0, largest
    while high - low > max(PRECISION * high / 2, largest / FINEST):
        middle = (low + high) / 2
        if _reached(piece, middle).share >= REACHED_SHARE:
            low = middle
        else:
            high = middle
    return Bottleneck(low + high, _narrow_place(piece, high), resolution, between="parts")


@dataclass(frozen=True, eq=False)
class _Reached:
    """What a disc reaches from the part of the centres that reaches most."""

    centres: BaseGeometry
    land: BaseGeometry
    share: float


def _reached(piece: Polygon, radius: float) -> _Reached:
    shrunk = as_multi(piece.buffer(-radius, quad_segs=QUARTER_SEGMENTS))
    parts = sorted(shrunk.geoms, key=lambda part: -part.length)[:_CANDIDATES]
    best = _Reached(shapely.Point(), shapely.Polygon(), 0.0)
    for part in parts:
        around = part.buffer(REACH * radius, quad_segs=QUARTER_SEGMENTS)
        land = shapely.intersection(piece, around)
        share = float(land.area / piece.area)
        if share > best.share:
            best = _Reached(part, land, share)
    return best


def _narrow_place(piece: Polygon, radius: float) -> tuple[float, float] | None:
    """Return where a disc that is a little too large is held up."""
    best = _reached(piece, radius)
    beyond = as_multi(shapely.difference(piece, best.land)).geoms
    if best.share == 0.0 or not beyond:
        return None
    kept_from = max(beyond, key=lambda part: part.area)
    way = shapely.shortest_line(best.centres, kept_from)
    x, y = shapely.get_coordinates(way)[0].tolist()
    return x, y
