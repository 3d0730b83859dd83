"""Has layers added: looks at what is to be added, and puts it into the project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PyQt6.QtCore import QObject, Qt, pyqtSignal

from layers.qgis.layer_spec import LayerSpec
from planner.map_layers import NewLayer, add_layer, map_of, order_with
from planner.map_layers.importing import copy_raster, import_vector, link_raster
from planner.map_layers.overviews import make_overviews, needs_overviews
from resources.translation import tr
from ui import words
from ui.add_layer.dialog import AddLayerDialog
from ui.add_layer.first_style import first_style
from ui.add_layer.wishes import RasterWish, ServerWish, VectorWish
from ui.styling.drafts import one_symbol, plain_symbol
from ui.styling.ramps import ramp

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtWidgets import QWidget

    from layers.qgis.answers import PostgresTable
    from layers.qgis.credentials import Credentials
    from layers.qgis.engine import QgisEngine
    from planner.jobs import Job, JobControl
    from resources.errors import PlannerError
    from ui.add_layer.wishes import Wish
    from ui.background import Background
    from ui.project_work import Workbench
    from ui.session import Session
    from ui.snapshot import Snapshot

T = TypeVar("T")
_HUES = "tol_bright"


class AddLayerDesk(QObject):
    """Opens the dialog, and does what is asked there.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Looks at files and servers.
    engine : QgisEngine
        Opens what is on servers, before it is added.
    window : QWidget
        Above which the dialog stands.
    """

    said = pyqtSignal(str)
    added = pyqtSignal(str)
    """A layer was added; carries its id."""

    def __init__(
        self, session: Session, background: Background, engine: QgisEngine, window: QWidget
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._engine = engine
        self._window = window
        self._closed = False
        self._job: Job[Any] | None = None
        self._made: list[NewLayer] = []
        self.dialog: AddLayerDialog | None = None
        background.jobs_changed.connect(self._on_jobs_changed)

    def close(self) -> None:
        """Ask for nothing more, as before the work beside the window ends."""
        self._closed = True
        if self.dialog is not None:
            self.dialog.show_busy(busy=False)
            self.dialog.close()

    def ask(self) -> None:
        """Let the user choose a layer, without holding up the window."""
        snapshot = self._session.snapshot
        if snapshot is None or self.dialog is not None:
            return
        if snapshot.read_only_reason:
            self.said.emit(words.stored(snapshot.read_only_reason))
            return
        dialog = self.dialog = AddLayerDialog(self, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wanted.connect(self.add)
        dialog.cancel_wanted.connect(self._cancel)
        dialog.finished.connect(self._on_closed)
        dialog.open()
        dialog.vector.path.line.setFocus()

    # What the forms ask.

    def look(
        self,
        label: str,
        work: Callable[[JobControl], T],
        done: Callable[[T], None],
        failed: Callable[[str], None],
    ) -> None:
        """Run `work` beside the window and hand over what it found, or why not."""
        asked = self.dialog

        def found(result: T) -> None:
            if self.dialog is asked and not self._closed:
                done(result)

        def on_failed(error: PlannerError) -> None:
            if self.dialog is asked and not self._closed:
                failed(words.problem(error))

        self._background.submit("reading", label, work, found, on_failed)

    def tables_of(
        self, source: str, credentials: Credentials | None
    ) -> tuple[PostgresTable, ...]:
        """Return the tables of a PostGIS database; called beside the window."""
        spec = LayerSpec("asked", "asked", source, "vector", provider="postgres")
        self._engine.start()
        self._engine.remember_credentials(spec, credentials)
        return self._engine.postgres_tables(spec)

    # Adding.

    def add(self, wish: Wish) -> None:
        """Add a layer to the map."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        hues = ramp(_HUES).colours
        hue = hues[len(snapshot.map.own) % len(hues)]
        made: list[NewLayer] = []

        def work(bench: Workbench, control: JobControl) -> None:
            new = self._layer_of(wish, hue, bench, control)
            order = order_with(map_of(bench.project, bench.pack), new)
            bench.project.execute(add_layer(new, order))
            made.append(new)

        self._show_busy(busy=True)
        self._job = self._session.change(
            tr("Add layer {name}", name=wish.name), work, failed=self._on_failed
        )
        self._made = made

    def _layer_of(
        self, wish: Wish, hue: str, bench: Workbench, control: JobControl
    ) -> NewLayer:
        """Return the layer of a wish, its file where it belongs; runs beside the window."""
        if isinstance(wish, VectorWish):
            new = import_vector(
                bench.project, wish.path, wish.table, name=wish.name, control=control
            )
            style = one_symbol({}, plain_symbol(wish.geometry, hue))
            return replace(new, name=wish.name, note=wish.note or new.note, style=style)
        if isinstance(wish, RasterWish):
            take = copy_raster if wish.copy else link_raster
            new = take(bench.project, wish.path, name=wish.name, control=control)
            style = first_style(wish.path)
            return replace(new, name=wish.name, note=wish.note or new.note, style=style)
        return self._of_server(wish, hue)

    def _of_server(self, wish: ServerWish, hue: str) -> NewLayer:
        kind = "raster" if wish.provider == "wms" else "vector"
        style = {} if kind == "raster" else one_symbol({}, plain_symbol(wish.geometry, hue))
        new = NewLayer(wish.name, wish.source, kind, wish.provider, style=style, note=wish.note)
        spec = LayerSpec(
            new.layer_id,
            new.name,
            new.source,
            "raster" if kind == "raster" else "vector",
            provider=wish.provider,
        )
        self._engine.start()
        if wish.credentials is not None:
            self._engine.remember_credentials(spec, wish.credentials)
        self._engine.check_source(spec)
        return new

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _on_jobs_changed(self) -> None:
        job = self._job
        if job is None or self._closed:
            return
        if self.dialog is not None and job.fraction:
            self.dialog.show_progress(job.fraction)
        if job.state.is_final:
            self._job = None
            self._show_busy(busy=False)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hear that the project has changed, perhaps because a layer is in it now."""
        known = {spec.layer_id: spec for spec in snapshot.layers}
        made = next((known[new.layer_id] for new in self._made if new.layer_id in known), None)
        if made is None:
            return
        self._made = []
        if self.dialog is not None:
            self.dialog.show_busy(busy=False)
            self.dialog.accept()
        self.added.emit(made.layer_id)
        if made.kind == "raster" and not made.is_remote:
            self._build_overviews(made.name, Path(made.source))

    def _build_overviews(self, name: str, path: Path) -> None:
        """Build what a large raster needs to be drawn quickly, beside everything else."""

        def work(control: JobControl) -> bool:
            if not needs_overviews(path):
                return False
            make_overviews(path, control)
            return True

        def done(built: bool) -> None:
            if built:
                self._session.refresh()

        self._background.submit(
            "files",
            tr("Build overviews of {name}", name=name),
            work,
            done,
            lambda error: self.said.emit(words.problem(error)),
        )

    def _show_busy(self, *, busy: bool) -> None:
        if self.dialog is not None:
            self.dialog.show_busy(busy=busy)

    def _on_failed(self, error: PlannerError) -> None:
        if self.dialog is not None:
            self.dialog.show_problem(words.problem(error))
        else:
            self.said.emit(words.problem(error))

    def _on_closed(self) -> None:
        self.dialog = None
