"""Has selected what is clicked, boxed or outlined: of the plan, or of any layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from PyQt6.QtCore import QObject, pyqtSignal

from resources.errors import PlannerError
from resources.translation import tr, tr_n
from ui import words
from ui.map.canvas import CLICK_TOLERANCE_PX
from ui.map.picked import Picked, combined
from ui.map.tools.select import SelectBoxTool, SelectClickTool, SelectPolygonTool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.qgis.protocol import Extent
    from ui.background import Background
    from ui.layers_panel.feature_selection import FeatureSelection
    from ui.layers_panel.panel import LayersPanel
    from ui.map.area import MapArea
    from ui.map.engine import MapEngine
    from ui.map.side import Side, Sides
    from ui.map.tools.select import How
    from ui.map.view_state import Point
    from ui.snapshot import Selection


class SelectDesk(QObject):
    """Combines what the tools touch with what was selected before.

    Parameters
    ----------
    background : Background
        Waits for the engine.
    engine : MapEngine
        Asked for features of a layer.
    map_area : MapArea
        Where it is selected, shown and told.
    sides : Sides
        What each map shows.
    layers : LayersPanel
        Which layer is chosen.
    features : FeatureSelection
        What is selected of a layer.
    """

    selection_wanted = pyqtSignal(object)
    """One part of the plan alone was selected, or nothing; a `Selection` or None."""
    other_wanted = pyqtSignal(object)
    """The same on the second map, whose scenario alone has it so; a `Selection`."""
    said = pyqtSignal(str)

    def __init__(
        self,
        background: Background,
        engine: MapEngine,
        map_area: MapArea,
        sides: Sides,
        layers: LayersPanel,
        features: FeatureSelection,
    ) -> None:
        super().__init__()
        self._background = background
        self._engine = engine
        self._map = map_area
        self._sides = sides
        self._layers = layers
        self._features = features
        self._of_layer = False
        self._asked = 0
        self._closed = False
        self.picked = Picked()
        self.click, self.box, self.polygon = (
            SelectClickTool(),
            SelectBoxTool(),
            SelectPolygonTool(),
        )
        for tool in (self.click, self.box):
            tool.place_chosen.connect(self.select_place)
        for area_tool in (self.box, self.polygon):
            area_tool.area_chosen.connect(self.select_area)
        self.picked.changed.connect(self._show)
        features.changed.connect(self._tell)
        map_area.picked.zoom_requested.connect(self.zoom)
        map_area.picked.clear_requested.connect(self.clear)

    def close(self) -> None:
        """Hear no more of what was asked."""
        self._closed = True
        self._asked += 1

    @property
    def of_layer(self) -> bool:
        """Whether features of the layer chosen in the list are selected, not of the plan."""
        return self._of_layer

    @property
    def has_features(self) -> bool:
        """Whether features of a layer are selected."""
        return bool(self._features.fids)

    def set_of_layer(self, *, on: bool) -> None:
        """Select features of the layer chosen in the list, or parts of the plan."""
        self._of_layer = on

    def select_place(self, place: Point, how: How) -> None:
        """Select what lies at a place."""
        reach = self._map.pixel_tolerance(CLICK_TOLERANCE_PX)
        side = self._sides.at(place)
        if side is None:
            return
        if self._of_layer:
            ring = shapely.Point(*place).buffer(reach, quad_segs=4).exterior
            self._select_features([(x, y) for x, y in ring.coords[:-1]], how, side)
            return
        found = side.shown(side.snapshot.at(*place, reach))
        self._combine(found[:1], how, side)

    def select_area(self, corners: Sequence[Point], how: How) -> None:
        """Select what an area touches on the map where the hand has finished it."""
        side = self._sides.under_hand()
        if side is None:
            return
        if self._of_layer:
            self._select_features(corners, how, side)
            return
        area = shapely.make_valid(shapely.Polygon(corners))
        self._combine(side.shown(side.snapshot.touching(area)), how, side)

    def pick(self, items: Sequence[Selection]) -> None:
        """Select parts of the plan together, as where several were chosen in a list."""
        self._combine(items, "replace", self._sides.first)

    def _combine(self, found: Sequence[Selection], how: How, side: Side | None) -> None:
        self._features.clear()
        self.picked.combine(found, how)
        items = self.picked.items
        alone = items[0] if len(items) == 1 else None
        if side is not None and side.tells(alone):
            self.other_wanted.emit(alone)
        else:
            self.selection_wanted.emit(alone)

    def _select_features(self, corners: Sequence[Point], how: How, side: Side) -> None:
        """Select features of the layer chosen in the list that an area touches."""
        layer_id = self._layers.current_id
        if not layer_id:
            self.said.emit(tr("Choose a layer in the list of layers first."))
            return
        if side.drawn_as.get(layer_id, layer_id) != layer_id:
            self.said.emit(
                tr(
                    "On the second map this layer shows another scenario. Show that scenario "
                    "on the first map to select its features."
                )
            )
            return
        self._asked += 1
        number, before = self._asked, self._features.fids_of(layer_id)

        def done(fids: tuple[int, ...]) -> None:
            if number == self._asked:
                self.picked.clear()
                self._features.set(layer_id, combined(before, fids, how))

        try:
            future = self._engine.engine.select_later(layer_id, polygon=corners)
        except PlannerError as error:
            self.said.emit(words.problem(error))
            return
        self._background.watch(future, done, self._on_failed)

    def follow(self, selection: Selection | None) -> None:
        """Forget what was selected together once something is selected alone."""
        items = self.picked.items
        if selection is not None and items != (selection,):
            self.picked.set((selection,) if selection in items or len(items) == 1 else ())

    def forget(self) -> None:
        """Have nothing selected, without telling."""
        self.picked.clear()
        self._features.clear()

    def clear(self) -> None:
        """Select nothing."""
        self.forget()
        self.selection_wanted.emit(None)

    def zoom(self) -> None:
        """Show all that is selected."""
        if self._features.fids:
            self._zoom_to_features()
            return
        snapshots = [side.snapshot for side in self._sides.both]
        found = [shot.extent_of(item) for item in self.picked.items for shot in snapshots]
        boxes = [box for box in found if box is not None]
        if boxes:
            sides = list(zip(*boxes, strict=True))
            extent = (min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3]))
            self._map.canvas.show_extent(extent)

    def _zoom_to_features(self) -> None:
        engine = self._engine.engine
        try:
            future = engine.features_extent_later(self._features.layer_id, self._features.fids)
        except PlannerError as error:
            self.said.emit(words.problem(error))
            return
        self._background.watch(future, self._on_extent, self._on_failed)

    def _on_failed(self, error: PlannerError) -> None:
        if not self._closed:
            self.said.emit(words.problem(error))

    def _on_extent(self, extent: Extent | None) -> None:
        if extent is not None and not self._closed:
            self._map.canvas.show_extent(extent)

    def keep_what_is_there(self) -> None:
        """Forget what none of the maps holds any more."""
        if self._sides.first is not None:
            self.picked.set(item for item in self.picked.items if self._sides.holds(item))
            self._show()

    def _show(self) -> None:
        side = self._sides.first
        overlay = None if side is None else side.marked(self.picked.items)
        self._map.canvas.set_overlay("picked", overlay)
        self._tell()

    def _tell(self) -> None:
        fids = self._features.fids
        told = self.picked.told() if len(self.picked.items) > 1 else ""
        if fids:
            layer_id = self._features.layer_id
            spec = next((s for s in self._layers.specs if s.layer_id == layer_id), None)
            told = tr_n(
                "Selected: {count} feature of {layer}",
                "Selected: {count} features of {layer}",
                len(fids),
                layer=layer_id if spec is None else spec.name,
            )
        self._map.picked.say(told)
