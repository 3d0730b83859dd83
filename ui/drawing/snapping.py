"""Where the hand means to be: on a site, a border, a river or an edge, and along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal

from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.drawing.snapping import Kind, Snap, SnapIndex
    from planner.drawing.tracing import TraceNetwork
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
    "own": mark("The drawing itself"),
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
    lines_changed = pyqtSignal()
    """There are other lines to snap to."""

    def __init__(self) -> None:
        super().__init__()
        self._source: SnapIndex | None = None
        self._own: BaseGeometry | None = None
        self._with_own: SnapIndex | None = None
        self._changing: Collection[str] = ()
        self.network: TraceNetwork | None = None
        """The lines near the view, joined where they meet; None while they are being joined."""
        self.on = True
        self.tracing = False
        self.together = False
        """Whether a corner that neighbours share moves with them."""
        self.kinds: frozenset[Kind] = frozenset(KIND_TITLES)

    @property
    def source(self) -> SnapIndex | None:
        """The lines of the project; None while they are being read."""
        return self._source

    @source.setter
    def source(self, source: SnapIndex | None) -> None:
        self._source, self.network = source, None
        self._add_own()

    @property
    def lines(self) -> SnapIndex | None:
        """The lines of the project with those in the hand; None while they are being read."""
        return self._with_own

    @property
    def changing(self) -> Collection[str]:
        """Proposals that are changed; their stored edges do not count meanwhile."""
        return self._changing

    def set_own(self, edges: BaseGeometry | None, *, changing: Collection[str] = ()) -> None:
        """Snap to edges of what is in the hand as well.

        Parameters
        ----------
        edges : shapely geometry or None
            Lines and areas; None for none.
        changing : collection of str
            Proposals that are changed; their stored edges do not count meanwhile.
        """
        self._own, self._changing = edges, changing
        self._add_own()

    def _add_own(self) -> None:
        source, own = self._source, self._own
        if source is None or own is None or own.is_empty:
            self._with_own = source
        else:
            self._with_own = source.with_own(own)
        self.lines_changed.emit()

    def switch_together(self, *, on: bool) -> None:
        """Move corners together with the neighbours that share them, or alone."""
        self.together = on
        self.changed.emit()

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
        source = self._with_own
        if not self.on or source is None or not self.kinds:
            return Aim(pointer.place)
        snap = source.nearest(x, y, reach, self.kinds, but=self._changing)
        return Aim(pointer.place) if snap is None else Aim((snap.x, snap.y), snap)

    def between(self, start: Aim, end: Aim) -> tuple[Point, ...]:
        """Return the points that lead from one aim to another, without the first of them.

        With tracing on that is the shortest way along the lines between them; where the lines
        in view are not joined yet, along the one line that both lie on.
        """
        source = self._with_own
        if not self.tracing or source is None or end.snap is None:
            return (end.place,)
        traced = None if self.network is None else self.network.path(start.place, end.place)
        if traced is None and start.snap is not None:
            traced = source.trace(start.snap, end.snap)
        return (*traced[1:-1], end.place) if traced else (end.place,)


def nearest_point(points: Sequence[Point], place: Point, reach: float) -> int | None:
    """Return the number of the nearest of some points within a reach; None for none."""
    best, found = reach * reach, None
    for number, (x, y) in enumerate(points):
        distance = (x - place[0]) ** 2 + (y - place[1]) ** 2
        if distance <= best:
            best, found = distance, number
    return found
