"""What is wrong with a drawn shape, in sentences, and the repair that is offered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import shapely
from shapely import LineString, Polygon

from planner.drawing.geometry import Coordinate, as_multi, vertex_count
from planner.drawing.numbers import digits
from resources.translation import tr, tr_n

if TYPE_CHECKING:
    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

ProblemKind: TypeAlias = Literal["empty", "crossing", "hole_outside", "overlap", "other"]
MOST_TOLD = 20
"""Crossings of one outline that are told one by one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a shape.

    Parameters
    ----------
    kind : str
        ``empty``, ``crossing``, ``hole_outside``, ``overlap`` or ``other``.
    text : str
        A sentence for people, in their language.
    at : (x, y) or None
        Where, in the CRS of the shape.
    """

    kind: ProblemKind
    text: str
    at: Coordinate | None = None


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repair that is offered; nothing is repaired until somebody takes it.

    Parameters
    ----------
    geometry : MultiPolygon
        The shape as it would be; empty where nothing can be kept.
    changes : tuple of str
        What would change, a sentence each; empty where nothing was wrong.
    area_km2 : float
        Area of the repaired shape in an equal-area CRS.
    """

    geometry: MultiPolygon
    changes: tuple[str, ...]
    area_km2: float


def problems_of(geometry: BaseGeometry) -> tuple[Problem, ...]:
    """Tell what is wrong with an area, nothing for a sound one.

    Parameters
    ----------
    geometry : Polygon or MultiPolygon
        As it was drawn.
    """
    whole = as_multi(geometry)
    if whole.is_empty:
        return (Problem("empty", tr("The drawing holds no area.")),)
    if whole.is_valid:
        return ()
    found: list[Problem] = []
    for part in whole.geoms:
        found += _crossings(LineString(part.exterior))
        for ring in part.interiors:
            found += _crossings(LineString(ring))
        found += _misplaced_holes(part)
    if not found:
        found += _overlaps(whole)
    return tuple(found) or (_unexplained(whole),)


def _crossings(ring: LineString) -> list[Problem]:
    """Tell where an outline crosses or touches itself, or runs back over itself."""
    if ring.is_simple:
        return []
    places = _nodes(ring)
    if not places:
        return [
            Problem("crossing", tr("The outline runs back over itself."), _middle(ring)),
        ]
    told = [
        Problem("crossing", tr("The outline crosses or touches itself here."), place)
        for place in places[:MOST_TOLD]
    ]
    if len(places) > MOST_TOLD:
        rest = len(places) - MOST_TOLD
        text = tr_n(
            "The outline crosses or touches itself at {count} more place.",
            "The outline crosses or touches itself at {count} more places.",
            rest,
        )
        told.append(Problem("crossing", text))
    return told


def _nodes(ring: LineString) -> list[Coordinate]:
    """Return the places where more than two pieces of a line meet, west to east."""
    pieces = shapely.get_parts(shapely.union_all([ring]))
    ends: Counter[Coordinate] = Counter()
    for piece in pieces:
        points = shapely.get_coordinates(piece)
        for x, y in (points[0].tolist(), points[-1].tolist()):
            ends[x, y] += 1
    return sorted(place for place, count in ends.items() if count > 2)


def _middle(ring: LineString) -> Coordinate:
    point = ring.centroid
    return point.x, point.y


def _misplaced_holes(part: Polygon) -> list[Problem]:
    outer = Polygon(part.exterior)
    holes = [Polygon(ring) for ring in part.interiors]
    if not (outer.is_valid and all(hole.is_valid for hole in holes)):
        return []
    found = []
    for place, hole in enumerate(holes):
        at = hole.representative_point()
        where = (at.x, at.y)
        if not outer.covers(hole):
            text = tr("A hole reaches out of the area.")
            found.append(Problem("hole_outside", text, where))
        elif any(shapely.intersection(hole, other).area > 0.0 for other in holes[place + 1 :]):
            found.append(Problem("overlap", tr("Two holes overlap."), where))
    return found


def _overlaps(whole: MultiPolygon) -> list[Problem]:
    """Tell which parts of an area lie over each other."""
    parts = list(whole.geoms)
    tree = shapely.STRtree(parts)
    found = []
    for place, part in enumerate(parts):
        for other in sorted(tree.query(part, predicate="intersects").tolist()):
            if other <= place:
                continue
            shared = shapely.intersection(part, parts[other])
            if shared.area > 0.0 or shared.length > 0.0:
                at = shared.representative_point()
                text = tr("Two parts of the area overlap or share an edge.")
                found.append(Problem("overlap", text, (at.x, at.y)))
    return found[:MOST_TOLD]


def _unexplained(whole: MultiPolygon) -> Problem:
    reason = shapely.is_valid_reason(whole).split("[")[0].strip()
    text = tr("The shape is not sound ({reason}).", reason=reason)
    return Problem("other", text)


def repair(geometry: BaseGeometry) -> Repaired:
    """Return the sound shape nearest to a drawn one, and what would change.

    Loops that an outline draws around land are kept as land, parts that overlap are joined,
    holes outside are left out, and spikes without area vanish.

    Parameters
    ----------
    geometry : Polygon or MultiPolygon
        As it was drawn; a sound one comes back as it is.
    """
    whole = as_multi(geometry)
    if whole.is_empty or whole.is_valid:
        return Repaired(whole, (), whole.area / 1e6)
    sound = as_multi(shapely.union_all([_sound_part(part) for part in whole.geoms]))
    if sound.is_empty:
        text = tr("Nothing is left: the outline encloses no land.")
        return Repaired(sound, (text,), 0.0)
    return Repaired(sound, tuple(_changes(whole, sound)), sound.area / 1e6)


def _sound_part(part: Polygon) -> BaseGeometry:
    """Return the land inside an outline, loops included, without what its holes enclose."""
    outer = _sound(Polygon(part.exterior))
    holes = [_sound(Polygon(ring)) for ring in part.interiors]
    return shapely.difference(outer, shapely.union_all(holes)) if holes else outer


def _sound(ring: Polygon) -> BaseGeometry:
    return as_multi(shapely.make_valid(ring, method="structure", keep_collapsed=False))


def _changes(before: MultiPolygon, after: MultiPolygon) -> list[str]:
    told = []
    parts_before, parts_after = len(before.geoms), len(after.geoms)
    if parts_after != parts_before:
        told.append(
            tr_n(
                "The area becomes {count} part.",
                "The area becomes {count} parts.",
                parts_after,
            )
        )
    else:
        told.append(tr("Crossings and overlaps of the outline are removed."))
    told.append(
        tr(
            "It has {after} vertices instead of {before} and holds {area} km².",
            after=vertex_count(after),
            before=vertex_count(before),
            area=digits(after.area / 1e6),
        )
    )
    return told
