"""Has it found out what lies at a place, and shows it in its panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from planner.layer_sources import base_sources
from resources.errors import PlannerError
from resources.translation import tr
from ui.map.found import Ground, found_layers
from ui.map.found_panel import FoundPanel
from ui.map.tools.identify import IdentifyTool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.qgis.protocol import Extent
    from ui.background import Background
    from ui.layers_panel.feature_selection import FeatureSelection
    from ui.layers_panel.panel import LayersPanel
    from ui.map.area import MapArea
    from ui.map.engine import MapEngine
    from ui.map.found import FoundFeature
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
    layers : LayersPanel
        Which layers are shown.
    features : FeatureSelection
        Told what is chosen of layers that are no part of the plan.
    """

    found = pyqtSignal()
    """Something can be read in the panel."""
    selection_wanted = pyqtSignal(object)
    """A part of the plan was chosen; carries its `Selection`."""

    def __init__(
        self,
        session: Session,
        background: Background,
        engine: MapEngine,
        map_area: MapArea,
        layers: LayersPanel,
        features: FeatureSelection,
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._engine = engine
        self._map = map_area
        self._layers = layers
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
        self._asked += 1
        number = self._asked
        self.panel.ask(self._map.place_text((x, y)))
        self.found.emit()

        def done(answer: list[dict[str, Any]]) -> None:
            if number == self._asked:
                self._show(answer)

        def failed(error: PlannerError) -> None:
            if number == self._asked:
                self.panel.show_problem(str(error))

        try:
            future = self._engine.engine.identify_later((x, y), reach, self._layers.visible_ids)
        except PlannerError as error:
            self.panel.show_problem(tr("Nothing can be asked: {reason}", reason=error))
            return
        self._background.watch(future, done, failed)

    def _show(self, answer: list[dict[str, Any]]) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None:
            specs = {spec.layer_id: spec for spec in self._layers.specs}
            ground = Ground(specs, snapshot, self._base, self._session.catalogue_site)
            self.panel.show_found(found_layers(answer, ground))

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
        if feature.selection is not None:
            self.selection_wanted.emit(feature.selection)
        elif feature.fid is not None:
            self._features.set(feature.layer_id, (feature.fid,))

    def _on_zoom(self, feature: FoundFeature) -> None:
        if feature.fid is None:
            return
        try:
            future = self._engine.engine.features_extent_later(feature.layer_id, (feature.fid,))
        except PlannerError as error:
            self.panel.show_problem(str(error))
            return
        self._background.watch(future, self._on_extent, self._on_failed)

    def _on_failed(self, error: PlannerError) -> None:
        if not self._closed:
            self.panel.show_problem(str(error))

    def _on_extent(self, extent: Extent | None) -> None:
        if extent is not None and not self._closed:
            self._map.canvas.show_extent(extent)
