"""Has it found out what lies at a place, and shows it in its panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from planner.layer_sources import base_sources
from resources.errors import PlannerError
from resources.translation import tr
from ui import words
from ui.map.found import Ground, found_layers
from ui.map.found_panel import FoundPanel
from ui.map.tools.identify import IdentifyTool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.qgis.protocol import Extent
    from ui.background import Background
    from ui.layers_panel.feature_selection import FeatureSelection
    from ui.map.area import MapArea
    from ui.map.engine import MapEngine
    from ui.map.found import FoundFeature
    from ui.map.side import Side, Sides
    from ui.session import Session


class IdentifyDesk(QObject):
    """Asks the map engine and the project what lies at a place.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Waits for the engine.
    engine : MapEngine
        Knows what every layer holds.
    map_area : MapArea
        Where it is asked.
    sides : Sides
        What each map shows.
    features : FeatureSelection
        Told what is chosen of layers that are no part of the plan.
    """

    found = pyqtSignal()
    """Something can be read in the panel."""
    selection_wanted = pyqtSignal(object)
    """A part of the plan was chosen; carries its `Selection`."""
    other_wanted = pyqtSignal(object)
    """The same on the second map, whose scenario alone has it so; a `Selection`."""

    def __init__(
        self,
        session: Session,
        background: Background,
        engine: MapEngine,
        map_area: MapArea,
        sides: Sides,
        features: FeatureSelection,
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._engine = engine
        self._map = map_area
        self._sides = sides
        self._side: Side | None = None
        self._features = features
        self._base: Mapping[str, str] = {}
        self._asked = 0
        self._closed = False
        self.tool = IdentifyTool()
        self.panel = FoundPanel()
        self.tool.place_asked.connect(self.ask)
        self.panel.feature_chosen.connect(self._on_chosen)
        self.panel.zoom_requested.connect(self._on_zoom)
        self.panel.tool_requested.connect(lambda: map_area.canvas.set_tool(self.tool))
        session.opened.connect(self._on_opened)

    def close(self) -> None:
        """Hear no more of what was asked."""
        self._closed = True
        self._asked += 1

    def ask(self, x: float, y: float, reach: float) -> None:
        """Find out what lies within reach of a place of the map, and show it."""
        side = self._side = self._sides.at((x, y))
        if side is None:
            return
        self._asked += 1
        number = self._asked
        place = self._map.place_text((x, y))
        self.panel.ask(f"{place}  ·  {side.title}" if side.title else place)
        self.found.emit()

        def done(answer: list[dict[str, Any]]) -> None:
            if number == self._asked:
                self._show(answer, side)

        def failed(error: PlannerError) -> None:
            if number == self._asked:
                self.panel.show_problem(words.problem(error))

        try:
            future = self._engine.engine.identify_later((x, y), reach, side.engine_ids)
        except PlannerError as error:
            self.panel.show_problem(
                tr("Nothing can be asked: {reason}", reason=words.problem(error))
            )
            return
        self._background.watch(future, done, failed)

    def _show(self, answer: list[dict[str, Any]], side: Side) -> None:
        usual = {drawn_as: name for name, drawn_as in side.drawn_as.items()}
        hits = [
            {**hit, "layer_id": usual.get(str(hit["layer_id"]), hit["layer_id"])}
            for hit in answer
        ]
        specs = {spec.layer_id: spec for spec in side.specs}
        ground = Ground(specs, side.snapshot, self._base, self._session.catalogue_site)
        self.panel.show_found(found_layers(hits, ground))

    def _on_opened(self) -> None:
        self.panel.show_problem("")
        self._session.ask(
            tr("Read the sources of the base map"),
            lambda bench, _: base_sources(bench.pack),
            self._on_sources,
            self._on_failed,
        )

    def _on_sources(self, sources: Mapping[str, str]) -> None:
        self._base = sources

    def _on_chosen(self, feature: FoundFeature) -> None:
        side = self._side
        if feature.selection is not None:
            told = side is not None and side.tells(feature.selection)
            wanted = self.other_wanted if told else self.selection_wanted
            wanted.emit(feature.selection)
        elif feature.fid is not None and self._drawn_as(feature) == feature.layer_id:
            self._features.set(feature.layer_id, (feature.fid,))

    def _drawn_as(self, feature: FoundFeature) -> str:
        """Return what the engine calls the layer of a thing on the map where it was found."""
        drawn_as = {} if self._side is None else self._side.drawn_as
        return drawn_as.get(feature.layer_id, feature.layer_id)

    def _on_zoom(self, feature: FoundFeature) -> None:
        if feature.fid is None:
            return
        try:
            future = self._engine.engine.features_extent_later(
                self._drawn_as(feature), (feature.fid,)
            )
        except PlannerError as error:
            self.panel.show_problem(words.problem(error))
            return
        self._background.watch(future, self._on_extent, self._on_failed)

    def _on_failed(self, error: PlannerError) -> None:
        if not self._closed:
            self.panel.show_problem(words.problem(error))

    def _on_extent(self, extent: Extent | None) -> None:
        if extent is not None and not self._closed:
            self._map.canvas.show_extent(extent)
