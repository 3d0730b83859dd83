"""The map engine as the window uses it: never waited for in the window's thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from layers.qgis.engine import QgisEngine
from layers.qgis.errors import QgisNotFoundError
from planner.project.creation import DATABASE
from resources.translation import tr
from ui import words
from ui.compare.layers import interleaved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.qgis.layer_spec import LayerProblem, LayerSpec
    from planner.publish import PreparedSheet
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.map.frames import FrameSource


class MapEngine(QObject):
    """Starts QGIS and keeps its layers those of the project.

    Parameters
    ----------
    background : Background
        Whose lane ``map`` waits for QGIS.
    engine : QgisEngine, optional
        The engine to use; a new one where it is left out.
    """

    layers_shown = pyqtSignal(object)
    """The map shows the layers; carries a tuple of `LayerProblem`."""
    unavailable = pyqtSignal(str)
    """There is no map, and why."""
    problem_met = pyqtSignal(str)
    project_saved = pyqtSignal(object)
    _restarted = pyqtSignal(str, object)

    def __init__(self, background: Background, engine: QgisEngine | None = None) -> None:
        super().__init__()
        self._background = background
        self._beside: tuple[LayerSpec, ...] = ()
        self._show_own: Callable[[], object] = lambda: None
        self._show_all: Callable[[], object] = lambda: None
        self._restarted.connect(self._on_restarted)
        self.engine = engine or QgisEngine(on_restart=self._tell_restart)

    @property
    def source(self) -> FrameSource:
        """What draws frames."""
        return self.engine

    def start(self) -> None:
        """Start QGIS, so that it is there when the layers are known."""
        self._background.submit(
            "map",
            tr("Start QGIS"),
            lambda _: self.engine.start(),
            lambda _: None,
            self._on_failed,
        )

    def set_beside(self, specs: tuple[LayerSpec, ...]) -> None:
        """Hold layers for a second view from the next `show` on.

        They are switched off for everybody else, and never written into a QGIS project.
        """
        self._beside = specs

    def show(
        self, specs: tuple[LayerSpec, ...], crs: str, *, title: str, sea: str, stale: bool
    ) -> None:
        """Show layers.

        Parameters
        ----------
        specs : tuple of LayerSpec
            The lowest first.
        crs : str
            CRS of the map.
        title : str
            Title of an exported project.
        sea : str
            Colour where nothing is drawn.
        stale : bool
            Whether the project was edited: the layers of its tables are opened anew.
        """
        held = interleaved(specs, self._beside)
        changed = tuple(spec.layer_id for spec in held if _is_of_project(spec))
        show = partial(self.engine.set_layers, crs=crs, title=title, background=sea)

        def work(_: object) -> tuple[LayerProblem, ...]:
            self._show_own, self._show_all = partial(show, specs), partial(show, held)
            self.engine.start()
            problems = show(held)
            return self.engine.refresh(changed) if stale and changed else problems

        self._background.submit(
            "map",
            tr("Open the layers of the map"),
            work,
            self.layers_shown.emit,
            self._on_failed,
        )

    def save_project(self, path: Path) -> None:
        """Write the map as a QGIS project."""

        def work(_: object) -> Path:
            if not self._beside:
                return self.engine.save_project(path)
            self._show_own()
            try:
                return self.engine.save_project(path)
            finally:
                self._show_all()

        self._background.submit(
            "map",
            tr("Write the QGIS project"),
            work,
            self.project_saved.emit,
            lambda error: self.problem_met.emit(words.problem(error)),
        )

    def print_sheet(
        self,
        sheet: PreparedSheet,
        done: Callable[[Path], None],
        failed: Callable[[PlannerError], None],
    ) -> None:
        """Print a sheet; the map is as it was afterwards.

        Parameters
        ----------
        sheet : PreparedSheet
            What is printed.
        done, failed : callable
            Called in the window's thread with the path of the PDF, or with the error.
        """

        def work(_: object) -> Path:
            self.engine.start()
            try:
                return sheet.print_with(self.engine)
            finally:
                self._show_all()

        self._background.submit("map", tr("Print the sheet"), work, done, failed)

    def close(self) -> None:
        """End QGIS."""
        self.engine.close()

    def _on_failed(self, error: PlannerError) -> None:
        if isinstance(error, QgisNotFoundError) or self.engine.health().state != "ready":
            self.unavailable.emit(words.problem(error))
        else:
            self.problem_met.emit(words.problem(error))

    def _tell_restart(self, reason: str, problems: tuple[LayerProblem, ...]) -> None:
        self._restarted.emit(reason, problems)

    def _on_restarted(self, reason: str, problems: tuple[LayerProblem, ...]) -> None:
        self.problem_met.emit(words.stored(reason))
        self.layers_shown.emit(problems)


def _is_of_project(spec: LayerSpec) -> bool:
    """Tell whether a layer shows a table of the project, rather than a file or a service."""
    return spec.kind == "vector" and f"{DATABASE}|" in spec.source
