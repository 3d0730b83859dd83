"""Run the models in the real window and save what it looks like, for README and guide.

Usage: python -m scripts.screenshots [--region ID] [--project FOLDER] [--out docs/images]
[--only corridors|habitat|proposals]

It needs QGIS, and a display or QT_QPA_PLATFORM=offscreen; `make screenshots` starts it under
Xvfb, 1600 x 1000.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from planner.habitat_maps import run_layer_id
from planner.pipeline.publication import MAP_PNG
from planner.profiles import load_region
from planner.workspace import project_folder
from ui.app import Desktop
from ui.display import display_problem
from ui.recent import RecentProjects
from ui.snapshot import Selection
from ui.start.choice import CreateProject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PyQt6.QtWidgets import QWidget

_TIMEOUT_MS = 600_000
_SIZE = (1600, 1000)


class ScreenshotError(Exception):
    """The window did not come to where a picture was to be taken."""


class Photographer:
    """Drives a desktop and takes pictures of it.

    Parameters
    ----------
    desktop : Desktop
        What is photographed.
    out : Path
        Folder of the pictures.
    """

    def __init__(self, desktop: Desktop, out: Path) -> None:
        self._desktop = desktop
        self._out = out
        self._problem = ""
        self.listen()

    def listen(self) -> None:
        """Hear of what goes wrong; again, after the window was made anew."""
        self._desktop.session.failed.connect(self._on_problem)
        self._desktop.engine.unavailable.connect(self._on_problem)

    def _on_problem(self, problem: str) -> None:
        self._problem = problem

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        """Let the window work until a condition holds.

        Raises
        ------
        ScreenshotError
            The window reported a problem, or it took too long.
        """
        loop, met = QEventLoop(), False
        look, limit = QTimer(), QTimer()

        def see() -> None:
            nonlocal met
            met = ready()
            if met or self._problem:
                loop.quit()

        look.timeout.connect(see)
        limit.setSingleShot(True)
        limit.timeout.connect(loop.quit)
        look.start(20)
        limit.start(_TIMEOUT_MS)
        loop.exec()
        if self._problem or not met:
            raise ScreenshotError(self._problem or f"no {what} within {_TIMEOUT_MS / 1000} s")

    def settle(self) -> None:
        """Wait until the map stands still and nothing runs."""
        frames = self._desktop.parts.map_area.canvas.loop
        self.wait(
            lambda: (
                bool(frames.frames) and not frames.busy and self._desktop.background.settled
            ),
            "map",
        )

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """Save a picture of the window."""
        if widget is None:
            self.settle()
            self._desktop.parts.strip.say("")  # paths of a scratch folder are no guide
            widget = self._desktop.window
        self.keep(name, widget.grab().toImage())

    def keep(self, name: str, picture: QImage) -> None:
        """Save a picture under its name."""
        path = self._out / f"{name}.png"
        if picture.isNull() or not picture.save(str(path)):
            raise ScreenshotError(f"{path} cannot be written")
        self.tell(path)

    @staticmethod
    def tell(path: Path) -> None:
        """Say what was written."""
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Take every picture of the guide.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words of the command line.
    """
    parser = argparse.ArgumentParser(description="Save pictures of the window.")
    parser.add_argument("--region", default="tiger-leopard")
    parser.add_argument("--project", type=Path, help="folder that holds the region's project")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--only", choices=tuple(_PARTS), help="these pictures and no others")
    options = parser.parse_args(arguments)
    if problem := display_problem():
        sys.stderr.write(f"{problem}\n")
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    application = QApplication(["landbridge"])
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.project or Path(scratch)
        recent = RecentProjects(Path(scratch) / "recent.json")
        desktop = Desktop(application, recent, Path("~/Landbridge"), appearance="light")
        try:
            camera = Photographer(desktop, options.out)
            choice = CreateProject(options.region, folder)
            if options.only:
                _open(desktop, camera, choice)
                _PARTS[options.only](desktop, camera)
                return 0
            _tour(desktop, camera, choice)
            printed = project_folder(load_region(options.region), folder) / MAP_PNG
            camera.keep("scenario_map", QImage(str(printed)))
        finally:
            desktop.window.close()
    return 0


def _open(desktop: Desktop, camera: Photographer, choice: CreateProject) -> None:
    """Open the project, and make its plan where it has none."""
    desktop.start(choice)
    desktop.window.resize(*_SIZE)
    camera.wait(lambda: desktop.session.snapshot is not None, "project")
    snapshot = desktop.session.snapshot
    if snapshot is not None and not snapshot.features and not snapshot.read_only_reason:
        desktop.session.make_plan()
    camera.settle()


def _tour(desktop: Desktop, camera: Photographer, choice: CreateProject) -> None:
    _open(desktop, camera, choice)
    _show_searches(desktop, camera)
    _show_corridor(desktop, camera)
    _show_habitat(desktop, camera)


def _show_corridor(desktop: Desktop, camera: Photographer) -> None:
    """Show the width of the longest corridor, and widen it to three times the need."""
    snapshot, panel = desktop.session.snapshot, desktop.parts.panels.corridors
    found = [row for row in snapshot.features if row.width is not None] if snapshot else []
    if snapshot is None or not found:
        return
    longest = max(found, key=lambda row: row.width.distance_m[-1] if row.width else 0.0)
    selection = Selection("corridor", longest.key)
    desktop.window.open_panel("corridors")
    desktop.desk.select(selection)
    extent = snapshot.extent_of(selection)
    if extent is not None:
        desktop.parts.map_area.canvas.show_extent(extent)
    panel.tabs.setCurrentWidget(panel.width_page)
    camera.settle()
    plot = panel.width_page.plot
    plot.point_at(plot.narrowest)
    camera.take("corridor_width")
    panel.tabs.setCurrentWidget(panel.widening)
    camera.wait(lambda: panel.widening.is_proven, "widening")
    choice = panel.widening.width_choice
    choice.field.setValue(choice.field.value() * 3)
    camera.wait(lambda: panel.widening.is_proven, "widening")
    camera.take("corridors")


def _show_searches(desktop: Desktop, camera: Photographer) -> None:
    """Look for proposals as a click does, and show what was found."""
    panel = desktop.parts.panels.proposals
    findings = panel.findings
    desktop.desk.select(None)
    desktop.window.show_inspector(shown=False)
    desktop.window.open_panel("proposals")
    panel.open_setup()
    camera.wait(lambda: panel.setup.is_loaded, "form of a search")
    camera.take("reserve_setup")
    panel.close_setup()
    panel.find_button.click()
    camera.wait(findings.isVisible, "proposals")
    findings.tabs.setCurrentWidget(findings.ledger)
    camera.take("reserve_ledger")
    panel.show_overview()


def _show_habitat(desktop: Desktop, camera: Photographer) -> None:
    """Model the habitat of the first species as a click does, and show what it found."""
    snapshot, panel = desktop.session.snapshot, desktop.parts.panels.species
    if snapshot is None or not snapshot.habitat.species:
        return
    desktop.desk.select(None)
    desktop.window.show_inspector(shown=False)
    desktop.window.open_panel("species")
    finished = [run for run in snapshot.habitat.runs_of(panel.chosen_species) if run.finished]
    if finished:
        desktop.habitat.show_run(finished[0].run_id)
    elif not snapshot.read_only_reason:
        panel.run_button.click()
    else:
        return
    camera.wait(lambda: desktop.window.results_shown, "model of the habitat")
    results = desktop.parts.results
    for name in ("overview", "curves"):
        results.show_tab(name)
        camera.wait(lambda: results.is_drawn, "plots")
        camera.take(f"habitat_{name}")
    view = desktop.habitat.view
    if view is not None:
        desktop.parts.map_area.canvas.show_region()
        results.map_wanted.emit(run_layer_id(view.run_id, "suitability"))
        camera.take("habitat_map")


_PARTS: Mapping[str, Callable[[Desktop, Photographer], None]] = {
    "corridors": _show_corridor,
    "habitat": _show_habitat,
    "proposals": _show_searches,
}
"""Pictures that can be taken by themselves."""


if __name__ == "__main__":
    sys.exit(main())
