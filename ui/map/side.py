"""What each of the maps on the screen shows, for tools that ask about a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from ui.map.overlay import Highlight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from layers.qgis.layer_spec import LayerSpec
    from ui.compare.stage import Stage
    from ui.layers_panel.panel import LayersPanel
    from ui.map.view_state import Point
    from ui.session import Session
    from ui.snapshot import Selection, Snapshot


@dataclass(frozen=True)
class Side:
    """A map: what the project holds there, and what of it is shown.

    Parameters
    ----------
    snapshot : Snapshot
        The project with the scenario of this map.
    specs : tuple of LayerSpec
        Its layers under their usual ids, the lowest first.
    drawn_as : mapping of str to str
        Usual id to the id with the engine, for the layers that are switched on.
    title : str
        What sets it apart from the other map; empty where there is one map only.
    second : bool
        Whether it is the map that was laid beside the first.
    """

    snapshot: Snapshot
    specs: tuple[LayerSpec, ...]
    drawn_as: Mapping[str, str]
    title: str = ""
    second: bool = False

    @property
    def engine_ids(self) -> tuple[str, ...]:
        """What is switched on, as the engine calls it, bottom first."""
        return tuple(
            self.drawn_as[spec.layer_id]
            for spec in self.specs
            if spec.layer_id in self.drawn_as
        )

    def marked(self, items: Sequence[Selection]) -> Highlight | None:
        """Return what marks several things together; None for one alone, marked otherwise."""
        held = self.snapshot.geometries
        shapes = [held[item] for item in items if item in held]
        if len(items) < 2 or not shapes:
            return None
        return Highlight(shapely.GeometryCollection(list(shapely.get_parts(shapes))))

    def shown(self, items: Iterable[Selection]) -> list[Selection]:
        """Return what is drawn on layers that are switched on."""
        return [
            item
            for item in items
            if any(name in self.drawn_as for name in self.snapshot.layers_of(item))
        ]

    def tells(self, item: Selection | None) -> bool:
        """Tell whether only this map knows what something is like: it is of its scenario."""
        return self.second and item is not None and item.kind != "site"


class Sides:
    """Knows which map a place of the screen belongs to.

    Parameters
    ----------
    session : Session
        The open project, as the first map shows it.
    layers : LayersPanel
        Switches the layers of the first map.
    stage : Stage
        Where the maps stand.
    """

    def __init__(self, session: Session, layers: LayersPanel, stage: Stage) -> None:
        self._session = session
        self._layers = layers
        self._stage = stage
        self.second: Callable[[], Side | None] = lambda: None
        """Returns the second map; None while there is none, or before it is known."""

    @property
    def first(self) -> Side | None:
        """The map that is always there; None before a project is open."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return None
        on = {name: name for name in self._layers.visible_ids}
        title = ""
        if self._stage.second is not None:
            title = dict(snapshot.scenarios).get(snapshot.scenario, "")
        return Side(snapshot, self._layers.specs, on, title)

    def at(self, place: Point) -> Side | None:
        """Return the map that is meant at a place where the hand is."""
        return self._chosen(second=self._stage.is_second(*place))

    def under_hand(self) -> Side | None:
        """Return the map that the hand was on last."""
        return self._chosen(second=self._stage.hand_on_second)

    def holds(self, item: Selection) -> bool:
        """Tell whether any of the maps has something."""
        return any(item in side.snapshot.geometries for side in self.both)

    @property
    def both(self) -> tuple[Side, ...]:
        """The maps that are known: none, one or two, the first one first."""
        return tuple(side for side in (self.first, self.second()) if side is not None)

    def _chosen(self, *, second: bool) -> Side | None:
        return (self.second() if second else None) or self.first
