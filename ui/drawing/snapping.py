"""Where the hand means to be: on a site, a border, a river or an edge, and along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal

from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.drawing.snapping import Kind, Snap, SnapIndex
    from ui.map.tool import Pointer
    from ui.map.view_state import Point

REACH_PX = 12.0
"""How far from a line or a corner the pointer still means it."""

FREE_KEY = Qt.KeyboardModifier.ControlModifier
"""Held down, the pointer means the very place under it."""

KIND_TITLES: Mapping[Kind, str] = {
    "site": mark("Sites"),
    "border": mark("Borders"),
    "river": mark("Rivers"),
    "proposal": mark("Proposals"),
    "corridor": mark("Corridors"),
}
"""What can be snapped to, in the order of the menu."""

KIND_WORDS: Mapping[str, str] = {
    "site": mark("edge of a site"),
    "border": mark("border"),
    "river": mark("river"),
    "proposal": mark("edge of a proposal"),
    "corridor": mark("edge of a corridor"),
    "own": mark("own drawing"),
}


@dataclass(frozen=True)
class Aim:
    """Where a click would set a point.

    Parameters
    ----------
    place : tuple of float
        In the map's CRS.
    snap : Snap or None
        What it lies on.
    own : bool
        Whether it is a point of the drawing itself.
    """

    place: Point
    snap: Snap | None = None
    own: bool = False

    @property
    def kind(self) -> str:
        """What it lies on, a key of `KIND_WORDS`; empty for nothing."""
        if self.own:
            return "own"
        return "" if self.snap is None else self.snap.kind


class Snapping(QObject):
    """The choice of what is snapped to, and the search for it.

    It may be without a source for a moment, while the lines of a project are being read.
    """

    changed = pyqtSignal()
    """The choice has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.source: SnapIndex | None = None
        self.on = True
        self.tracing = False
        self.kinds: frozenset[Kind] = frozenset(KIND_TITLES)

    def switch(self, *, on: bool) -> None:
        """Snap, or take places as they are."""
        self.on = on
        self.changed.emit()

    def switch_tracing(self, *, on: bool) -> None:
        """Follow a line between two points on it, or join them directly."""
        self.tracing = on
        self.changed.emit()

    def switch_kind(self, kind: Kind, *, on: bool) -> None:
        """Snap to a kind of things, or let it be."""
        self.kinds = self.kinds | {kind} if on else self.kinds - {kind}
        self.changed.emit()

    def aim(self, pointer: Pointer, own: Sequence[Point] = ()) -> Aim:
        """Return where the pointer means to be.

        Parameters
        ----------
        pointer : Pointer
            With the keys held.
        own : sequence of points
            Points of the drawing itself, which come first.
        """
        x, y = pointer.place
        if pointer.modifiers & FREE_KEY:
            return Aim(pointer.place)
        reach = REACH_PX * pointer.resolution
        near = nearest_point(own, pointer.place, reach)
        if near is not None:
            return Aim(own[near], own=True)
        if not self.on or self.source is None or not self.kinds:
            return Aim(pointer.place)
        snap = self.source.nearest(x, y, reach, self.kinds)
        return Aim(pointer.place) if snap is None else Aim((snap.x, snap.y), snap)

    def between(self, start: Aim | None, end: Aim) -> tuple[Point, ...]:
        """Return the points that lead from one aim to another, without the first of them."""
        if not self.tracing or self.source is None or start is None:
            return (end.place,)
        if start.snap is None or end.snap is None:
            return (end.place,)
        traced = self.source.trace(start.snap, end.snap)
        return (*traced[1:-1], end.place) if traced else (end.place,)


def nearest_point(points: Sequence[Point], place: Point, reach: float) -> int | None:
    """Return the number of the nearest of some points within a reach; None for none."""
    best, found = reach * reach, None
    for number, (x, y) in enumerate(points):
        distance = (x - place[0]) ** 2 + (y - place[1]) ** 2
        if distance <= best:
            best, found = distance, number
    return found
