"""Has it found out what lies at a place, and shows it in its panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from planner.layer_sources import base_sources
from resources.errors import PlannerError
from resources.translation import tr
from ui import words
from ui.map.found import Ground, found_layers, web_layer, web_notice
from ui.map.found_panel import FoundPanel
from ui.map.tools.identify import IdentifyTool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.qgis.answers import WebInfo
    from layers.qgis.layer_spec import LayerSpec
    from layers.qgis.protocol import Extent
    from ui.background import Background
    from ui.layers_panel.feature_selection import FeatureSelection
    from ui.map.area import MapArea
    from ui.map.engine import MapEngine
    from ui.map.found import FoundFeature, FoundLayer
    from ui.map.side import Side, Sides
    from ui.map.view_state import Point
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
        self._place: tuple[float, float, float] | None = None
        self._features = features
        self._base: Mapping[str, str] = {}
        self._told_by_server: dict[str, FoundLayer | None] = {}
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

    @property
    def place(self) -> tuple[float, float, float] | None:
        """Where it was asked last, x, y and reach; None for nowhere."""
        return self._place

    def ask(self, x: float, y: float, reach: float, *, opened: bool = True) -> None:
        """Find out what lies within reach of a place of the map, and show it.

        Parameters
        ----------
        x, y, reach : float
            In map units.
        opened : bool
            Whether the panel is opened for it.
        """
        side = self._side = self._sides.at((x, y))
        if side is None:
            return
        self._asked += 1
        self._told_by_server = {}
        number = self._asked
        place = self._map.place_text((x, y))
        self._place = (x, y, reach)
        self.panel.ask(f"{place}  ·  {side.title}" if side.title else place)
        if opened:
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
        self._ask_servers(side, (x, y), number)

    def _ask_servers(self, side: Side, place: Point, number: int) -> None:
        """Ask the servers of web maps too; what each says is shown when it comes."""
        view = self._map.canvas.view
        for spec in side.specs:
            if spec.provider != "wms" or spec.layer_id not in side.drawn_as or view is None:
                continue
            self._told_by_server[spec.layer_id] = web_notice(spec, tr("Asking the server…"))

            def done(told: Sequence[WebInfo] | None, spec: LayerSpec = spec) -> None:
                ground = self._ground(side)
                self._show_server(number, spec, web_layer(spec, told, ground) if told else None)

            def failed(error: PlannerError, spec: LayerSpec = spec) -> None:
                self._show_server(number, spec, web_notice(spec, words.problem(error)))

            try:
                future = self._engine.engine.web_info_later(
                    side.drawn_as[spec.layer_id], place, view.resolution
                )
            except PlannerError as error:
                failed(error)
                continue
            self._background.watch(future, done, failed)

    def _show_server(self, number: int, spec: LayerSpec, found: FoundLayer | None) -> None:
        if number == self._asked:
            self._told_by_server[spec.layer_id] = found
            self.panel.replace(spec.layer_id, found)

    def _ground(self, side: Side) -> Ground:
        specs = {spec.layer_id: spec for spec in side.specs}
        return Ground(specs, side.snapshot, self._base, self._session.catalogue_site)

    def _show(self, answer: list[dict[str, Any]], side: Side) -> None:
        usual = {drawn_as: name for name, drawn_as in side.drawn_as.items()}
        hits = [
            {**hit, "layer_id": usual.get(str(hit["layer_id"]), hit["layer_id"])}
            for hit in answer
        ]
        found = {layer.layer_id: layer for layer in found_layers(hits, self._ground(side))}
        told = {name: of for name, of in self._told_by_server.items() if of is not None}
        order = [spec.layer_id for spec in reversed(side.specs)]
        every = sorted((found | told).values(), key=lambda of: order.index(of.layer_id))
        self.panel.show_found(every)

    def _on_opened(self) -> None:
        self._place = None
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
