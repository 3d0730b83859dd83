"""What lies under the pointer, for the tools that gather things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from resources.translation import tr
from ui.drawing.gather_tool import Thing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from ui.session import Session
    from ui.snapshot import Kind


class Finders:
    """Finds sites, proposals, planning units and holes at a place.

    Parameters
    ----------
    session : Session
        Its snapshot is looked at.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._units: tuple[Thing, ...] = ()
        self._tree: shapely.STRtree | None = None
        self.holes_of: BaseGeometry | None = None

    def set_units(self, units: Sequence[Thing]) -> None:
        """Know planning units."""
        self._units = tuple(units)
        self._tree = shapely.STRtree([unit.geometry for unit in units]) if units else None

    def site(self, x: float, y: float, reach: float) -> Thing | None:
        """Return the smallest site at a place."""
        return self._selectable("site", x, y, reach)

    def proposal(self, x: float, y: float, reach: float) -> Thing | None:
        """Return the smallest proposal at a place."""
        return self._selectable("proposal", x, y, reach)

    def unit(self, x: float, y: float, _reach: float) -> Thing | None:
        """Return the planning unit at a place."""
        if self._tree is None:
            return None
        found = self._tree.query(shapely.Point(x, y), predicate="intersects").tolist()
        return self._units[found[0]] if found else None

    def hole(self, x: float, y: float, _reach: float) -> Thing | None:
        """Return the hole of the shape that is edited at a place."""
        place = shapely.Point(x, y)
        for part in shapely.get_parts(self.holes_of) if self.holes_of is not None else ():
            for ring in shapely.get_rings(part)[1:]:
                hole = shapely.Polygon(ring)
                if hole.intersects(place):
                    return Thing(f"{x} {y}", tr("hole"), shapely.Polygon(ring))
        return None

    def neighbours_of(self, thing: Thing) -> dict[str, BaseGeometry]:
        """Return the other proposals that a proposal touches, by their keys."""
        snapshot = self._session.snapshot
        reach = shapely.box(*thing.geometry.bounds).buffer(1.0)
        return {
            selection.key: geometry
            for selection, geometry in ({} if snapshot is None else snapshot.geometries).items()
            if selection.kind == "proposal"
            and selection.key != thing.key
            and geometry.intersects(reach)
            and geometry.geom_type in {"Polygon", "MultiPolygon"}
        }

    def proposal_named(self, key: str) -> Thing | None:
        """Return a proposal by its key."""
        snapshot = self._session.snapshot
        for selection, geometry in () if snapshot is None else snapshot.geometries.items():
            if (selection.kind, selection.key) == ("proposal", key):
                title = "" if snapshot is None else snapshot.title_of(selection)
                return Thing(key, title, geometry)
        return None

    def _selectable(self, kind: Kind, x: float, y: float, reach: float) -> Thing | None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return None
        for selection in snapshot.at(x, y, reach):
            if selection.kind == kind:
                geometry = snapshot.geometries[selection]
                return Thing(selection.key, snapshot.title_of(selection), geometry)
        return None
