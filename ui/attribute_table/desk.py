"""Ties the attribute table to the map: what is selected here is selected there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import shapely
from PyQt6.QtCore import QObject, Qt, pyqtSignal

from resources.errors import PlannerError
from resources.translation import tr, tr_n
from ui import words
from ui.attribute_table.table import AttributeTable
from ui.carried import fields_of, fill_fields
from ui.layers_panel.feature_selection import FeatureSelection
from ui.map.overlay import Highlight
from ui.snapshot import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from layers.qgis.engine import QgisEngine
    from ui.background import Background
    from ui.main_window import MainWindow
    from ui.map.area import MapArea
    from ui.map.view_state import Extent
    from ui.session import Session
    from ui.snapshot import Kind, Snapshot
    from ui.theme import Theme

PANEL = "table"
"""Name of the panel in the window."""
MOST_OUTLINED = 2_000
"""Features whose outlines are painted over the map."""

_KINDS: dict[str, Kind] = {
    "site_areas": "site",
    "site_areas_other": "site",
    "site_points": "site",
    "proposals": "proposal",
    "corridor_swaths": "corridor",
    "corridor_paths": "corridor",
}
"""What the features of a layer are, where they are things of the project."""
_KEYS: dict[Kind, tuple[str, ...]] = {
    "site": ("site_id",),
    "proposal": ("proposal_id",),
    "corridor": ("corridor_id", "species"),
}
"""Fields that tell which thing a feature is; their values are joined by a bar."""

T = TypeVar("T")


class TableDesk(QObject):
    """Opens the attribute table, and keeps it in step with the map.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Brings answers to this thread.
    engine : QgisEngine
        Holds the layers.
    window : MainWindow
        Where the table stands.
    map_area : MapArea
        Where selected features are outlined.
    theme : Theme
        Colours.
    """

    selection_wanted = pyqtSignal(object)
    """One thing of the project was selected in the table; carries its `Selection`."""
    said = pyqtSignal(str)

    def __init__(
        self,
        session: Session,
        background: Background,
        engine: QgisEngine,
        window: MainWindow,
        map_area: MapArea,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._engine = engine
        self._window = window
        self._map = map_area
        self.features = FeatureSelection()
        self._outlined: Future[list[str]] | None = None
        self.table = AttributeTable(background, theme)
        self.dock = window.add_panel(
            PANEL,
            tr("Attribute table"),
            self.table,
            area=Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        corner, side = Qt.Corner, Qt.DockWidgetArea  # the table stands below the map alone
        window.setCorner(corner.BottomLeftCorner, side.LeftDockWidgetArea)
        window.setCorner(corner.BottomRightCorner, side.RightDockWidgetArea)
        table = self.table
        table.layer_chosen.connect(self.show)
        table.features_chosen.connect(self._on_features_chosen)
        table.zoom_wanted.connect(self.zoom)
        self.features.changed.connect(self._on_features_changed)

    def carried(self) -> tuple[str, Mapping[str, object]]:
        """Return the layer that is listed, and how it is filtered."""
        return self.table.layer_id if self.is_open else "", fields_of(self.table)

    def take_over(self, state: tuple[str, Mapping[str, object]]) -> None:
        """List the same layer, filtered so."""
        layer_id, fields = state
        if layer_id:
            self.show(layer_id)
            fill_fields(self.table, fields)

    @property
    def is_open(self) -> bool:
        """Whether the table is in sight."""
        return not self.dock.isHidden()

    def show(self, layer_id: str) -> None:
        """Open the table of a layer."""
        self._window.open_panel(PANEL)
        self.table.show_layer(self._engine, layer_id, self.features.fids_of(layer_id))

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self.table.set_theme(theme)

    def forget(self) -> None:
        """List and select nothing, as when another project is opened."""
        self.table.forget()
        self.features.clear()
        self.dock.hide()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Offer the layers of a project as it is now, and list anew what may have changed."""
        self.table.set_layers(snapshot.layers)

    def reload(self) -> None:
        """List anew, as after the map has opened its layers."""
        if self.is_open:
            self.table.reload()
        self._show_outlines()

    def show_selection(self, selection: Selection | None) -> None:
        """Select in the table what was selected elsewhere."""
        snapshot = self._session.snapshot
        if selection is None or snapshot is None:
            self.features.clear()
            return
        layer_id = self.table.layer_id
        if not self.is_open or layer_id not in snapshot.layers_of(selection):
            return
        if selection == self._thing_of(layer_id, self.features.fids):
            return
        parts = selection.key.split("|")
        fields = _KEYS[selection.kind]
        where = " AND ".join(
            f'"{field}" = {_quoted(part)}' for field, part in zip(fields, parts, strict=False)
        )
        self._watch(
            lambda: self._engine.select_later(layer_id, expression=where),
            lambda fids: self.features.set(layer_id, fids),
        )

    def zoom(self, layer_id: str, fids: tuple[int, ...]) -> None:
        """Show features of a layer on the map."""

        def done(extent: Extent | None) -> None:
            if extent is None:
                self.said.emit(tr("What is selected has no place on the map."))
            else:
                self._map.canvas.show_extent(extent)

        self._watch(lambda: self._engine.features_extent_later(layer_id, fids), done)

    def _on_features_chosen(self, layer_id: str, fids: tuple[int, ...]) -> None:
        self.features.set(layer_id, fids)
        thing = self._thing_of(layer_id, fids)
        if thing is not None:
            self.selection_wanted.emit(thing)

    def _on_features_changed(self) -> None:
        self.table.select_features(self.features.layer_id, self.features.fids)
        self._show_outlines()

    def _thing_of(self, layer_id: str, fids: tuple[int, ...]) -> Selection | None:
        """Return the site, corridor or proposal that the one selected row is."""
        snapshot = self._session.snapshot
        if len(fids) != 1 or snapshot is None:
            return None
        kind = _KINDS.get(layer_id)
        rows = self.table.model.rows_of(fids)
        if kind is None or not rows:
            return None
        record = self.table.model.record_at(rows[0])
        thing = Selection(kind, "|".join(str(record.get(field)) for field in _KEYS[kind]))
        return thing if thing in snapshot.geometries else None

    def _show_outlines(self) -> None:
        """Outline on the map what is selected."""
        layer_id, fids = self.features.layer_id, self.features.fids
        if self._outlined is not None:
            self._outlined.cancel()
            self._outlined = None
        if not fids:
            self._map.canvas.set_overlay("features", None)
            return
        view = self._map.canvas.view
        tolerance = 0.0 if view is None else view.resolution / 2

        def done(shapes: list[str]) -> None:
            if (layer_id, fids) == (self.features.layer_id, self.features.fids):
                geometry = shapely.GeometryCollection(list(shapely.from_wkb(shapes)))
                self._map.canvas.set_overlay("features", Highlight(geometry))

        self._outlined = self._watch(
            lambda: self._engine.outline_later(
                layer_id, fids[:MOST_OUTLINED], tolerance=tolerance
            ),
            done,
        )
        if len(fids) > MOST_OUTLINED:
            self.said.emit(
                tr_n(
                    "The first {count} of the selected features is outlined on the map.",
                    "The first {count} of the selected features are outlined on the map.",
                    MOST_OUTLINED,
                )
            )

    def _watch(
        self, ask: Callable[[], Future[T]], done: Callable[[T], None]
    ) -> Future[T] | None:
        """Ask the engine and go on with the answer; say why where there is none."""
        try:
            future = ask()
        except PlannerError as error:  # QGIS does not run
            self.said.emit(words.problem(error))
            return None
        self._background.watch(future, done, lambda error: self.said.emit(words.problem(error)))
        return future


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
