"""Has sheets drawn: a small one to be looked at, and the one that is handed on."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, QUrl
from PyQt6.QtGui import QDesktopServices, QImage

from planner.publish import PreparedSheet, prepare_sheet
from planner.sheet_words import second_language_of, usual_titles
from resources.errors import PlannerError
from resources.translation import tr
from ui import words
from ui.carried import fields_of, fill_fields
from ui.sheet.panel import SheetPanel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.jobs import JobControl
    from planner.sheet import Sheet
    from ui.main_window import MainWindow
    from ui.map.canvas import MapCanvas
    from ui.map.engine import MapEngine
    from ui.project_work import Workbench
    from ui.session import Session
    from ui.snapshot import Snapshot
    from ui.theme import Theme

_PREVIEW_DPI = {"A3": 60, "A4": 85}
_PICTURE_DPI = 200
_REST_MS = 500
"""How long nothing must change before a preview is drawn."""


class SheetDesk(QObject):
    """Draws what the panel Print asks for.

    Parameters
    ----------
    session : Session
        The open project.
    window : MainWindow
        Given the panel.
    engine : MapEngine
        Draws the sheet.
    canvas : MapCanvas
        Tells what the map shows.
    theme : Theme
        Colours.
    """

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        engine: MapEngine,
        canvas: MapCanvas,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._engine = engine
        self._canvas = canvas
        self._written: Path | None = None
        self._wish: Mapping[str, object] = {}
        self._asked = 0
        self._drawing = False
        self._seen: tuple[Sheet, Snapshot] | None = None
        self._folder = tempfile.TemporaryDirectory(
            prefix="landbridge-sheet-", ignore_cleanup_errors=True
        )
        self.panel = SheetPanel(theme)
        window.add_panel("print", tr("Print"), self.panel, "print")
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._draw_preview)
        self._listen()

    def _listen(self) -> None:
        panel, session = self.panel, self._session
        panel.changed.connect(self._on_changed)
        panel.print_wanted.connect(self.print)
        panel.open_wanted.connect(lambda: self._open(self._written))
        panel.folder_wanted.connect(
            lambda: self._open(None if self._written is None else self._written.parent)
        )
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_project_changed)
        self._canvas.view_changed.connect(self._on_view_changed)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self.panel.set_theme(theme)

    def close(self) -> None:
        """Draw nothing more, and leave nothing behind."""
        self._rest.stop()
        self._asked += 1
        self._folder.cleanup()

    def carried(self) -> Mapping[str, object]:
        """Return how the sheet is wanted, stored nowhere."""
        return fields_of(self.panel)

    def take_over(self, state: Mapping[str, object]) -> None:
        """Want the sheet so again, once it is known what is usual."""
        self._wish = state

    def _on_opened(self, snapshot: Snapshot) -> None:
        self._written = None
        self._wish = {}

        def done(found: tuple[dict[str, str], str]) -> None:
            shown = self._session.snapshot or snapshot
            self.panel.set_project(shown.scenarios, shown.scenario, shown.name, *found)
            fill_fields(self.panel, self._wish)
            self._wish = {}

        self._session.ask(
            tr("Read the languages of the region"),
            lambda bench, _: (usual_titles(bench.project), second_language_of(bench.project)),
            done,
            lambda error: self.panel.say(words.problem(error)),
        )

    def _on_project_changed(self, snapshot: Snapshot) -> None:
        self.panel.set_scenarios(snapshot.scenarios, snapshot.scenario)

    def _on_view_changed(self) -> None:
        if self.panel.place.currentData() == "view":
            self._on_changed()

    def _on_changed(self) -> None:
        if self._session.snapshot is not None and self.panel.isVisible():
            self._rest.start()

    def _wanted(self, dpi: int) -> Sheet | None:
        view = self._canvas.view
        try:
            sheet = self.panel.sheet(None if view is None else view.extent, dpi=dpi)
        except PlannerError as error:
            self.panel.say(words.problem(error))
            return None
        self.panel.say("")
        return sheet

    # The small one.

    def _draw_preview(self) -> None:
        """Draw what is wanted, unless it is seen already; one at a time, the newest last."""
        page = str(self.panel.page.currentData())
        sheet, snapshot = self._wanted(_PREVIEW_DPI[page]), self._session.snapshot
        if sheet is None or snapshot is None or not self.panel.isVisible():
            return
        if self._drawing:
            self._rest.start()
            return
        if self._seen is not None and self._seen[0] == sheet and self._seen[1] is snapshot:
            return
        self._asked += 1
        asked = self._asked
        self._drawing = True
        self._seen = (sheet, snapshot)
        self.panel.preview.say(tr("Drawing the preview…"))
        folder = Path(self._folder.name)
        paths = (folder / "preview.pdf", folder / "preview.png")

        def done(_path: Path) -> None:
            self._drawing = False
            if asked == self._asked:
                self.panel.preview.show_image(QImage(str(paths[1])))

        def failed(error: PlannerError) -> None:
            self._drawing = False
            if asked == self._asked:
                self._seen = None
                self.panel.preview.say(
                    tr("There is no preview: {reason}", reason=words.problem(error))
                )

        def print_it(prepared: PreparedSheet) -> None:
            self._engine.print_sheet(prepared, done, failed)

        self._session.ask(
            tr("Prepare the preview"), _preparing(sheet, *paths), print_it, failed
        )

    # The one that is handed on.

    def print(self) -> None:
        """Write the sheet into the project's exports."""
        sheet, snapshot = self._wanted(_PICTURE_DPI), self._session.snapshot
        if sheet is None or snapshot is None:
            return
        folder = snapshot.path / "exports"
        stem = "-".join(part for part in (snapshot.path.stem, sheet.scenario) if part)
        path = folder / f"{stem}-{sheet.page}.pdf"
        png = path.with_suffix(".png") if self.panel.picture.isChecked() else None
        self.panel.print_button.setEnabled(False)
        self.panel.show_written("")

        def done(_path: Path) -> None:
            self.panel.print_button.setEnabled(True)
            self._written = path
            names = path.name if png is None else f"{path.name}, {png.name}"
            told = tr("Written into the folder exports of the project: {files}", files=names)
            self.panel.show_written(told)

        def failed(error: PlannerError) -> None:
            self.panel.print_button.setEnabled(True)
            self.panel.say(words.problem(error))

        def print_it(prepared: PreparedSheet) -> None:
            self._engine.print_sheet(prepared, done, failed)

        self._session.ask(
            tr("Prepare the sheet"), _preparing(sheet, path, png), print_it, failed
        )

    def _open(self, path: Path | None) -> None:
        if path is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.panel.say(
                tr(
                    "No program is set up to open {file}. It lies in {folder}.",
                    file=path.name,
                    folder=path.parent,
                )
            )


def _preparing(
    sheet: Sheet, path: Path, png: Path | None
) -> Callable[[Workbench, JobControl], PreparedSheet]:
    """Return what reads, in the lane of the project, all that a sheet needs."""

    def prepare(bench: Workbench, _: JobControl) -> PreparedSheet:
        if path.parent == bench.project.exports_path:
            bench.project.made_exports()
        return prepare_sheet(bench.project, bench.pack, path, png=png, sheet=sheet)

    return prepare
