"""Has styles tried on the map and kept in the project."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog

from planner import map_layers
from planner.map_layers.style_files import read_qml, write_qml
from resources.errors import PlannerError
from resources.translation import tr
from ui import words
from ui.styling.page import StylePage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from layers.qgis.answers import StyleCheck
    from planner.jobs import JobControl
    from ui.background import Background
    from ui.layers_panel.panel import LayersPanel
    from ui.project_work import Workbench
    from ui.session import Session
    from ui.snapshot import Snapshot
    from ui.styling.source import StyleSource
    from ui.theme import Theme

T = TypeVar("T")


class StyleDesk(QObject):
    """Opens the page of a layer's style, and does what is asked there.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Brings answers to this thread.
    source : StyleSource
        Tells what layers hold.
    panel : LayersPanel
        Where the page stands.
    theme : Theme
        Tints the icons.
    """

    tried = pyqtSignal()
    """`trying` has changed."""
    said = pyqtSignal(str)

    def __init__(
        self,
        session: Session,
        background: Background,
        source: StyleSource,
        panel: LayersPanel,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._source = source
        self._panel = panel
        self._theme = theme
        self._turn = 0
        self.page: StylePage | None = None
        self.trying: dict[str, Mapping[str, Any]] = {}

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme from now on."""
        self._theme = theme

    def open(self, layer_id: str) -> None:
        """Open the page for a layer."""
        snapshot = self._session.snapshot
        spec = self._panel.model.spec(layer_id)
        if snapshot is None or spec is None:
            return
        shipped = {item.layer_id: item.style for item in snapshot.map.shipped}
        differs = layer_id in shipped and shipped[layer_id] != spec.style
        self._turn += 1
        ask = partial(self._watch, self._turn)
        page = self.page = StylePage(
            spec, self._source, ask, self._theme, shipped=differs, parent=self._panel.pages
        )
        page.changed.connect(self._on_changed)
        page.kept.connect(self._keep)
        page.left.connect(self.leave)
        page.reset.connect(self._on_reset)
        page.load_wanted.connect(self._ask_what_to_load)
        page.save_wanted.connect(self._ask_where_to_save)
        self._panel.show_page(page)
        page.editor.rule.setFocus()

    def leave(self) -> None:
        """Close the page; what was tried goes."""
        self._close()
        if self.trying:
            self.trying = {}
            self.tried.emit()

    def forget(self) -> None:
        """Close the page, as when another project is opened."""
        self.trying = {}
        self._close()

    def _close(self) -> None:
        self.page = None
        self._turn += 1
        self._panel.show_page(None)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow the project: what is kept is tried no more, what is gone is left."""
        known = {spec.layer_id for spec in snapshot.layers}
        if self.page is None:
            self.trying = {}
        elif self.page.layer_id not in known:
            self.forget()

    def load(self, path: Path) -> None:
        """Try a style file."""
        page, turn = self.page, self._turn
        if page is None:
            return

        def done(check: StyleCheck) -> None:
            if self.page is page:
                style: dict[str, Any] = {"type": "qml", "qml": check.qml}
                page.show_removed(check.removed)
                page.show_style(style, tried=True)
                self._on_changed(style)

        def read(_: JobControl) -> str:
            return read_qml(path)

        self._background.submit(
            "reading",
            tr("Read the style file"),
            read,
            lambda qml: self._watch(
                turn,
                lambda: self._source.check_style_later(page.layer_id, qml),
                done,
            ),
            self._show_problem,
        )

    def save(self, path: Path) -> None:
        """Write the style of the layer, as it is tried, into a file of QGIS."""
        page = self.page
        if page is None:
            return

        def written(_: None) -> None:
            self.said.emit(tr("Written: {path}", path=path))

        def done(qml: str) -> None:
            self._background.submit(
                "reading",
                tr("Write the style file"),
                lambda _: write_qml(path, qml),
                written,
                self._show_problem,
            )

        self._watch(self._turn, lambda: self._source.read_style_later(page.layer_id), done)

    def _ask_what_to_load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._panel, tr("Load style file"), "", tr("Styles of QGIS (*.qml)")
        )
        if path:
            self.load(Path(path))

    def _ask_where_to_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self._panel, tr("Save style file"), "", tr("Styles of QGIS (*.qml)")
        )
        if path:
            target = Path(path)
            self.save(target if target.suffix else target.with_suffix(".qml"))

    def _on_changed(self, style: Mapping[str, Any]) -> None:
        if self.page is not None:
            self.trying = {self.page.layer_id: dict(style)}
            self.tried.emit()

    def _keep(self) -> None:
        page = self.page
        if page is not None and page.layer_id in self.trying:
            self._store(page.layer_id, self.trying[page.layer_id])

    def _on_reset(self) -> None:
        page = self.page
        if page is not None:
            self._store(page.layer_id, None)

    def _store(self, layer_id: str, style: Mapping[str, Any] | None) -> None:
        spec = self._panel.model.spec(layer_id)
        name = layer_id if spec is None else spec.name

        def work(bench: Workbench, _: JobControl) -> None:
            bench.project.execute(map_layers.set_style(layer_id, style, name=name))

        self._close()
        self._session.change(tr("Change style"), work, failed=self._on_failed)

    def _on_failed(self, error: PlannerError) -> None:
        self.trying = {}
        self.said.emit(words.problem(error))
        self.tried.emit()

    def _show_problem(self, error: PlannerError) -> None:
        if self.page is not None:
            self.page.show_problem(words.problem(error))
        else:
            self.said.emit(words.problem(error))

    def _watch(
        self, turn: int, ask: Callable[[], Future[T]], done: Callable[[T], None]
    ) -> None:
        """Ask the engine for a page; say there what went wrong, drop what comes too late."""
        try:
            future = ask()
        except PlannerError as error:  # QGIS does not run
            self._show_problem(error)
            return

        def answered(answer: T) -> None:
            if turn == self._turn:
                done(answer)

        def failed(error: PlannerError) -> None:
            if turn == self._turn:
                self._show_problem(error)

        self._background.watch(future, answered, failed)
