"""Ties the layer tree to the project and the map: has done what is asked there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QPixmap

from planner import map_layers
from planner.habitat_maps import RUN_PREFIX
from resources.translation import filled, tr, tr_n
from ui import words
from ui.add_layer.desk import AddLayerDesk
from ui.attribute_table.desk import TableDesk
from ui.layers_panel.restore import RestoreDialog
from ui.layers_panel.sign_in import SignInDialog
from ui.styling.desk import StyleDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.qgis.credentials import Credentials
    from layers.qgis.layer_spec import LayerProblem, LayerSpec
    from layers.qgis.protocol import LegendLayer
    from planner.jobs import JobControl
    from planner.project.commands import Command
    from resources.errors import PlannerError
    from ui.actions import Actions
    from ui.background import Background
    from ui.layers_panel.arrangement import Order
    from ui.layers_panel.feature_selection import FeatureSelection
    from ui.main_window import MainWindow, WindowParts
    from ui.map.engine import MapEngine
    from ui.map.view_state import Extent
    from ui.project_work import Workbench
    from ui.session import Session
    from ui.snapshot import Selection, Snapshot
    from ui.theme import Theme


class LayersDesk(QObject):
    """Hears what is asked in the layer tree, and has it done.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Runs the work.
    engine : MapEngine
        Holds the layers.
    window : MainWindow
        Where the attribute table stands.
    parts : WindowParts
        The tree and the map.
    theme : Theme
        Colours.
    """

    map_wanted = pyqtSignal()
    """Layers are to be shown otherwise for now; `as_tried` tells how."""
    selection_wanted = pyqtSignal(object)
    """One thing of the project was selected in the table; carries its `Selection`."""
    said = pyqtSignal(str)

    def __init__(
        self,
        session: Session,
        background: Background,
        engine: MapEngine,
        window: MainWindow,
        parts: WindowParts,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._engine = engine
        self._window = window
        self._panel = parts.panels.layers
        self._map = parts.map_area
        self._opacity: dict[str, float] = {}
        self._shows = False
        self._again = False
        self.table = TableDesk(
            session, background, engine.engine, window, parts.map_area, theme
        )
        self.styles = StyleDesk(session, background, engine.engine, self._panel, theme)
        self.adding = AddLayerDesk(session, background, engine.engine, window)
        self._listen()
        self._add_deeds(window.deeds)

    def _listen(self) -> None:
        session, panel = self._session, self._panel
        session.opened.connect(self._on_opened)
        session.changed.connect(self._show_snapshot)
        self._engine.layers_shown.connect(self._on_layers_shown)
        self._map.canvas.loop.servers_awaited.connect(self._on_servers_awaited)
        panel.switched.connect(self._on_switched)
        panel.add_wanted.connect(self.adding.ask)
        panel.zoom_wanted.connect(self.zoom)
        panel.table_wanted.connect(self.table.show)
        panel.style_wanted.connect(self.styles.open)
        panel.remove_wanted.connect(self.remove)
        panel.restore_wanted.connect(self.ask_what_to_restore)
        panel.sign_in_wanted.connect(self.ask_who)
        panel.renamed.connect(self.rename)
        panel.arranged.connect(self.arrange)
        panel.opacity_moved.connect(self._on_opacity_moved)
        panel.opacity_chosen.connect(self._on_opacity_chosen)
        for part in (self.table, self.styles, self.adding):
            part.said.connect(self.said)
        self.table.selection_wanted.connect(self.selection_wanted)
        self.styles.tried.connect(self._try)
        queued = Qt.ConnectionType.QueuedConnection  # the layer is listed by then
        self.adding.added.connect(self._on_added, queued)  # type: ignore[call-arg]  # stub lacks it

    def _add_deeds(self, deeds: Actions) -> None:
        panel = self._panel
        add = partial(deeds.add, group=tr("Layers"))
        add("layers.add", tr("Add layer…"), self.adding.ask, keys=("Ctrl+Shift+L",))
        add("layers.zoom", tr("Zoom to layer"), panel.zoom)
        add("layers.table", tr("Open attribute table"), panel.show_table, keys=("F8",))
        add("layers.style", tr("Change style of layer"), panel.show_style)
        add("layers.rename", tr("Rename layer"), panel.rename)
        add("layers.remove", tr("Remove layer"), panel.remove)
        add("layers.restore", tr("Bring back removed layers…"), self.ask_what_to_restore)

    @property
    def features(self) -> FeatureSelection:
        """Which features of a layer are selected."""
        return self.table.features

    def close(self) -> None:
        """Ask for nothing more, as before the work beside the window ends."""
        self.adding.close()

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self.table.set_theme(theme)
        self.styles.set_theme(theme)

    def show_selection(self, selection: Selection | None) -> None:
        """Select in the attribute table what was selected elsewhere."""
        self.table.show_selection(selection)

    def as_tried(self, specs: tuple[LayerSpec, ...]) -> tuple[LayerSpec, ...]:
        """Return the layers of the map with the opacity and the style that are tried now."""
        return tuple(
            replace(
                spec,
                opacity=self._opacity.get(spec.layer_id, spec.opacity),
                style=self.styles.trying.get(spec.layer_id, spec.style),
            )
            for spec in specs
        )

    # Edits.

    def rename(self, layer_id: str, name: str) -> None:
        """Give a layer another name."""
        self._edit(tr("Rename layer"), lambda: map_layers.rename_layer(layer_id, name))

    def arrange(self, order: Order) -> None:
        """Put the layers into another order, and into other groups."""
        before = {spec.layer_id: spec.group for spec in self._panel.specs}
        groups = {name: group for name, group in order if before.get(name) != group}
        ids = [name for name, _ in order]
        self._edit(tr("Move layers"), lambda: map_layers.order_layers(ids, groups=groups))

    def remove(self, layer_ids: Sequence[str]) -> None:
        """Take layers off the map; undo brings them back."""
        names = self._names(layer_ids)
        if not names:
            return
        self._edit(tr("Remove layers"), lambda: map_layers.remove_layers(names))
        self.said.emit(
            tr(
                "{name} was removed. Undo brings it back.",
                name=words.stored(next(iter(names.values()))),
            )
            if len(names) == 1
            else tr_n(
                "{count} layer was removed. Undo brings it back.",
                "{count} layers were removed. Undo brings them back.",
                len(names),
            )
        )

    def ask_what_to_restore(self) -> None:
        """Let the user choose among the layers that were removed."""
        snapshot = self._session.snapshot
        removed = () if snapshot is None else snapshot.map.removed
        if not removed:
            self.said.emit(tr("No layer was removed from this map."))
            return
        dialog = RestoreDialog(removed, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.restore(dialog.chosen))
        dialog.open()

    def ask_who(self, layer_id: str) -> None:
        """Ask for the name and password that the server of a layer wants."""
        spec = self._panel.model.spec(layer_id)
        if spec is None:
            return
        dialog = SignInDialog(words.stored(spec.name), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.sign_in(spec, dialog.credentials))
        dialog.open()

    def sign_in(self, spec: LayerSpec, credentials: Credentials | None) -> None:
        """Open a layer anew with a name and password, which are written nowhere."""
        engine = self._engine.engine

        def work(_: JobControl) -> tuple[LayerProblem, ...]:
            engine.remember_credentials(spec, credentials)
            return engine.refresh([spec.layer_id])

        self._background.submit(
            "map",
            tr("Sign in to the server"),
            work,
            self._engine.layers_shown.emit,
            lambda error: self.said.emit(words.problem(error)),
        )

    def restore(self, names: Mapping[str, str]) -> None:
        """Put removed layers back on the map."""
        if names:
            self._edit(tr("Bring back layers"), lambda: map_layers.restore_layers(names))

    def _edit(self, label: str, command: Callable[[], Command]) -> None:
        def work(bench: Workbench, _: JobControl) -> None:
            bench.project.execute(command())

        self._session.change(label, work)

    def _names(self, layer_ids: Sequence[str]) -> dict[str, str]:
        """Return layers of the project with their names; maps of runs are none of it."""
        return {
            spec.layer_id: spec.name
            for spec in self._panel.specs
            if spec.layer_id in layer_ids and not spec.layer_id.startswith(RUN_PREFIX)
        }

    def _on_added(self, layer_id: str) -> None:
        """Select a layer that was added, and say so, and where it went if not on top."""
        self._panel.tree.choose((layer_id,))
        specs = self._panel.specs
        spec = self._panel.model.spec(layer_id)
        if spec is None:
            return
        name = words.stored(spec.name)
        self.said.emit(
            tr("{name} was added.", name=name)
            if specs[-1] == spec
            else tr(
                "{name} was added beneath the layers of the plan. Drag it up in the list to "
                "have it above them.",
                name=name,
            )
        )

    # Opacity and styles that are tried.

    def _on_opacity_moved(self, layer_ids: tuple[str, ...], opacity: float) -> None:
        self._opacity = dict.fromkeys(layer_ids, opacity)
        self._try()

    def _on_opacity_chosen(self, layer_ids: tuple[str, ...], opacity: float) -> None:
        names = self._names(layer_ids)
        self._opacity = dict.fromkeys(layer_ids, opacity)
        self._try()

        def work(bench: Workbench, _: JobControl) -> None:
            if len(names) == 1:
                layer_id, name = next(iter(names.items()))
                bench.project.execute(map_layers.set_opacity(layer_id, opacity, name=name))
                return
            with bench.project.grouped(filled("Opacity of {count} layers", count=len(names))):
                for layer_id, name in names.items():
                    bench.project.execute(map_layers.set_opacity(layer_id, opacity, name=name))

        def failed(error: PlannerError) -> None:
            self._opacity = {}
            self.said.emit(words.problem(error))

        if names:
            self._session.change(tr("Change opacity"), work, failed=failed)

    def _try(self) -> None:
        """Show what is tried; while the map is busy with the last wish, the newest waits."""
        if self._shows:
            self._again = True
            return
        self._shows = True
        self.map_wanted.emit()

    # The project and the map.

    def _on_opened(self, snapshot: Snapshot) -> None:
        self._opacity = {}
        self._shows = self._again = False
        self.styles.forget()
        self.table.forget()
        self._panel.forget()
        self._show_snapshot(snapshot)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self._opacity = {}
        self._panel.set_editable(editable=not snapshot.read_only_reason)
        self._panel.set_notes(snapshot.map.notes)
        self.table.show_snapshot(snapshot)
        self.styles.show_snapshot(snapshot)
        self.adding.show_snapshot(snapshot)

    def _on_servers_awaited(self, layer_ids: tuple[str, ...]) -> None:
        names = (s.name for s in self._panel.specs if s.layer_id in layer_ids)
        self.said.emit(
            tr(
                "The map no longer waits for the server of: {layers}. What comes late is "
                "shown then.",
                layers=words.listed(words.stored(name) for name in names),
            )
        )

    def _on_layers_shown(self, _problems: object) -> None:
        self._shows = False
        if self._again:
            self._again = False
            self._try()
            return
        if not self._opacity and not self.styles.trying:
            self.table.reload()
            self._read_legends()

    def _on_switched(self, states: dict[str, bool]) -> None:
        kept = {i: on for i, on in states.items() if not i.startswith(RUN_PREFIX)}
        if kept:
            self._session.switch_layers(kept)

    def _read_legends(self) -> None:
        """Have QGIS tell what the colours of layers mean that have a style of its own."""
        own = [
            spec.layer_id
            for spec in self._panel.specs
            if not spec.is_remote and spec.style.get("type", "qml") == "qml"
        ]
        if not own:
            return
        engine = self._engine.engine

        def done(legends: tuple[LegendLayer, ...]) -> None:
            for layer in legends:
                self._panel.set_legend(
                    layer.layer_id,
                    tuple((entry.label, _picture(entry.png)) for entry in layer.entries),
                )

        self._background.submit(
            "map",
            tr("Read the legend"),
            lambda _: engine.layer_legend(own, width_px=24, height_px=16),
            done,
            lambda error: self.said.emit(words.problem(error)),
        )

    def zoom(self, layer_ids: Sequence[str]) -> None:
        """Fill the map with layers."""
        engine = self._engine.engine

        def work(_: JobControl) -> Extent | None:
            return _around([engine.layer_extent(layer_id) for layer_id in layer_ids])

        def done(extent: Extent | None) -> None:
            if extent is None:
                self.said.emit(tr("The layer is empty: there is nothing to zoom to."))
            else:
                self._map.canvas.show_extent(extent)

        self._background.submit(
            "map",
            tr("Zoom to layer"),
            work,
            done,
            lambda error: self.said.emit(words.problem(error)),
        )


def _around(extents: Sequence[Extent]) -> Extent | None:
    """Return the box around those extents that are some."""
    boxes = [e for e in extents if e[0] <= e[2] and e[1] <= e[3]]
    if not boxes:
        return None
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _picture(png: bytes) -> QIcon:
    pixmap = QPixmap()
    pixmap.loadFromData(png)
    return QIcon(pixmap)
