"""A drawing that is not finished yet: its points, what they mean, and its own undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from ui.map.view_state import Point

SketchKind: TypeAlias = Literal["corridor", "area", "split", "reshape", "hole"]
"""What the points are: the middle line of a corridor, the corners of an area, a line that
splits an area, a line that becomes its edge, the corners of a hole."""

SKETCH_KINDS: tuple[SketchKind, ...] = ("corridor", "area", "split", "reshape", "hole")
CLOSED_KINDS = frozenset({"area", "hole"})
USUAL_WIDTH_M = 2_000.0
NARROWEST_M = 10.0
WIDEST_M = 200_000.0
_STEPS_KEPT = 200


@dataclass(frozen=True)
class Sketch:
    """Points that were set so far; every change makes a new one.

    Parameters
    ----------
    kind : SketchKind
        What the points are.
    points : tuple of (x, y)
        In the map's CRS.
    width_m : float
        Width of a corridor; nothing for other kinds.
    """

    kind: SketchKind
    points: tuple[Point, ...] = ()
    width_m: float = USUAL_WIDTH_M

    @property
    def closed(self) -> bool:
        """Whether the last point is joined to the first."""
        return self.kind in CLOSED_KINDS

    @property
    def complete(self) -> bool:
        """Whether there are points enough to finish."""
        return len(self.points) >= (3 if self.closed else 2)

    def geometry(self, pointer: Point | None = None) -> BaseGeometry | None:
        """Return the line or the polygon, with the place of the pointer as its next point.

        None while there are too few points. A polygon may cross itself.
        """
        points = self.points if pointer is None else with_point(self.points, pointer)
        if len(points) < (3 if self.closed else 2):
            return None
        return shapely.Polygon(points) if self.closed else shapely.LineString(points)

    def with_points(self, points: Sequence[Point]) -> Sketch:
        """Return it with further points; one that repeats the last is left out."""
        made = self.points
        for point in points:
            made = with_point(made, point)
        return replace(self, points=made)

    def with_width(self, width_m: float) -> Sketch:
        """Return it with another width, kept within what is sensible."""
        return replace(self, width_m=min(max(width_m, NARROWEST_M), WIDEST_M))


def with_point(points: tuple[Point, ...], point: Point) -> tuple[Point, ...]:
    """Return points with one more, unless it is the last one again."""
    return points if points and points[-1] == point else (*points, point)


class SketchSteps:
    """Undo and redo of a sketch, point by point."""

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self._past: list[Sketch] = []
        self._future: list[Sketch] = []

    def do(self, sketch: Sketch) -> bool:
        """Take another state; tells whether that changes anything."""
        if sketch == self.sketch:
            return False
        self._past = [*self._past[1 - _STEPS_KEPT :], self.sketch]
        self._future.clear()
        self.sketch = sketch
        return True

    def undo(self) -> bool:
        """Go back one step; tells whether there was one."""
        if not self._past:
            return False
        self._future.append(self.sketch)
        self.sketch = self._past.pop()
        return True

    def redo(self) -> bool:
        """Repeat the step last taken back; tells whether there was one."""
        if not self._future:
            return False
        self._past.append(self.sketch)
        self.sketch = self._future.pop()
        return True

    def forget(self, sketch: Sketch) -> None:
        """Begin anew, with no steps to take back."""
        self.sketch = sketch
        self._past.clear()
        self._future.clear()
