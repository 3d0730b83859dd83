"""Brings the start page to the window: recent projects, wizard, check of the computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from PyQt6.QtCore import QObject, Qt

from layers.pack import DataPack
from planner.doctor import examine, mend
from planner.profiles import DEFAULT_REGION, load_region, region_ids, species_ids
from planner.workspace import SUFFIX
from resources.translation import mark, tr
from ui import words
from ui.recent import RecentProject
from ui.start.choice import CreateOwnProject
from ui.start.own_data import add_own_data
from ui.start.page import StartPage
from ui.start.recent_list import PICTURE

if TYPE_CHECKING:
    from pathlib import Path

    from planner.doctor import Finding
    from planner.jobs import JobControl
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.main_window import MainWindow, WindowParts
    from ui.project_work import Workbench
    from ui.recent import RecentProjects
    from ui.session import Session
    from ui.start.choice import Choice
    from ui.start.extent_map import Ring
    from ui.start.wizard import WizardState
    from ui.theme import Theme

_COARSE_DEG = 0.05
_SMALLEST_ISLAND_DEG2 = 0.01
_RATIO = 2


class StartDesk(QObject):
    """Ties the start page to the session.

    Parameters
    ----------
    session : Session
        Opens what is chosen.
    background : Background
        Checks the computer and reads the land of the small map.
    window : MainWindow
        Shows the page.
    parts : WindowParts
        The strip, and the map whose picture is kept.
    recent : RecentProjects
        Told what is opened.
    folder : Path
        Where new projects are made.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        window: MainWindow,
        parts: WindowParts,
        recent: RecentProjects,
        folder: Path,
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._window = window
        self._parts = parts
        self._recent = recent
        self._folder = folder
        self._checked = self._has_land = False
        self._files: tuple[Path, ...] = ()
        others = [name for name in region_ids(shipped=True) if name != DEFAULT_REGION]
        regions = [load_region(name) for name in (DEFAULT_REGION, *others)]
        self.page = StartPage(
            regions, species_ids(), folder, window.theme, picture_of=recent.thumbnail
        )
        window.set_start(self.page)
        self.page.chosen.connect(self._on_chosen)
        self.page.left.connect(lambda: window.show_start(shown=False))
        self.page.forgotten.connect(self._on_forgotten)
        self.page.checkup.check_requested.connect(self._check)
        self.page.checkup.mend_requested.connect(self._mend)
        session.opened.connect(self._on_opened)

    def carried(self) -> WizardState | bool:
        """Return what a new project is to be, or whether only the page is shown."""
        if self._window.start_shown and self.page.wizard_shown:
            return self.page.wizard.carried()
        return self._window.start_shown

    def take_over(self, state: WizardState | bool) -> None:
        """Show the page, or go on asking."""
        if isinstance(state, bool):
            if state:
                self.show()
            return
        self.show_wizard()
        self.page.wizard.take_over(state)

    def show(self) -> StartPage:
        """Show the page in place of the map."""
        self._fill()
        self.page.show_overview()
        self.page.set_open_project(self._session.snapshot is not None)
        self._window.show_start(shown=True)
        if not self._checked:
            self._check()
        if not self._has_land:
            self._read_land()
        return self.page

    def show_wizard(self) -> None:
        """Show the page, and ask what a new project is to be."""
        self.show()
        self.page.show_wizard()

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self.page.set_theme(theme)

    def keep_picture(self) -> None:
        """Keep a small picture of the map of the project that is open."""
        snapshot, frames = self._session.snapshot, self._parts.map_area.canvas.loop.frames
        if snapshot is None or not frames:
            return
        small = frames[-1].image.scaled(
            PICTURE * _RATIO,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        left = (small.width() - PICTURE.width() * _RATIO) // 2
        top = (small.height() - PICTURE.height() * _RATIO) // 2
        path = self._recent.thumbnail(snapshot.path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return  # a picture is not worth a word
        size = PICTURE * _RATIO
        small.copy(left, top, size.width(), size.height()).save(str(path))

    def _fill(self) -> None:
        """List the recent projects, and others that lie where new ones are made."""
        recent = self._recent.projects()
        known = {project.path for project in recent}
        near = sorted(path.resolve() for path in self._folder.glob(f"*{SUFFIX}"))
        self.page.set_recent(
            [*recent, *(RecentProject(path) for path in near if path not in known)]
        )

    def _on_chosen(self, choice: Choice) -> None:
        self.keep_picture()
        self._files = choice.files if isinstance(choice, CreateOwnProject) else ()
        self._window.show_start(shown=False)
        self._session.open(choice)

    def _on_opened(self) -> None:
        snapshot = self._session.snapshot
        self._window.show_start(shown=False)
        if snapshot is None:
            return
        self._add_files()
        try:
            self._recent.add(snapshot.path, snapshot.name)
        except OSError as error:
            self._parts.strip.say(
                tr(
                    "The list of recent projects was not written: {error}",
                    error=words.problem(error),
                )
            )

    def _add_files(self) -> None:
        """Make layers of the files that were named in the wizard."""
        files, self._files = self._files, ()
        if not files:
            return

        def work(bench: Workbench, control: JobControl) -> str:
            return add_own_data(bench, files, control)

        self._session.change(mark("Add data of my own"), work, told="{}")

    def _on_forgotten(self, path: Path) -> None:
        try:
            self._recent.forget(path)
        except OSError as error:
            self._parts.strip.say(
                tr(
                    "The list of recent projects was not written: {error}",
                    error=words.problem(error),
                )
            )
        self._fill()

    def _check(self) -> None:
        self._checked = True
        self.page.checkup.show_checking()
        self._background.submit(
            "reading",
            tr("Check this computer"),
            lambda _: examine(self._folder),
            self.page.checkup.show_findings,
            lambda error: self.page.checkup.show_problem(words.problem(error)),
        )

    def _mend(self, finding: Finding) -> None:
        self.page.checkup.show_checking()
        self._background.submit(
            "models",
            tr("Mend: {subject}", subject=finding.subject),
            lambda control: mend(finding, control),
            lambda _: self._check(),
            lambda error: self.page.checkup.show_problem(words.problem(error)),
            cancelled=self._check,
        )

    def _read_land(self) -> None:
        self._has_land = True

        def work(_: JobControl) -> list[Ring]:
            frame = DataPack.open().basemap("countries").explode(index_parts=False)
            shapes = shapely.simplify(frame.geometry.to_numpy(), _COARSE_DEG)
            large = shapes[shapely.area(shapes) > _SMALLEST_ISLAND_DEG2]
            return [list(shape.exterior.coords) for shape in large]

        self._background.submit(
            "reading",
            tr("Read the land of the small map"),
            work,
            self.page.wizard.set_land,
            self._on_land_failed,
        )

    def _on_land_failed(self, error: PlannerError) -> None:
        self._has_land = False
        self._parts.strip.say(words.problem(error))
