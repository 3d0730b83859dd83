"""Run the real window through the tasks of the guide and save one picture or more of each.

Usage: python -m scripts.guide_pictures [--region ID] [--project FOLDER] [--language CODE]
[--out docs/guide/images] [--only TASK ...]

The project is copied first, so that the tour alters nothing; without one it is made and
planned. It needs QGIS, and a display or QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QApplication

from planner.profiles import load_region
from planner.workspace import project_folder
from resources.translation import LANGUAGES, set_language
from scripts.guide import begin, drawing, layers, scenarios, shell
from scripts.guide import map as maps
from scripts.guide.hand import Hand
from ui.app import Desktop
from ui.display import display_problem
from ui.recent import RecentProjects
from ui.start.choice import CreateProject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SIZE = (1600, 1000)
TASKS: Mapping[str, Callable[[Hand], None]] = {
    **begin.TASKS,
    **maps.TASKS,
    **layers.TASKS,
    **drawing.TASKS,
    **scenarios.TASKS,
    **shell.TASKS,
}
"""What takes each picture, by its task; in this order one finds what another has left."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures of the guide.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words of the command line.
    """
    parser = argparse.ArgumentParser(description="Save pictures of the tasks of the guide.")
    parser.add_argument("--region", default="tiger-leopard")
    parser.add_argument("--project", type=Path, help="folder that holds the region's project")
    parser.add_argument("--language", choices=tuple(LANGUAGES), default="en")
    parser.add_argument("--out", type=Path, default=Path("docs/guide/images"))
    parser.add_argument("--only", nargs="*", choices=tuple(TASKS), help="these tasks alone")
    options = parser.parse_args(arguments)
    if problem := display_problem():
        sys.stderr.write(f"{problem}\n")
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    set_language(options.language)
    with tempfile.TemporaryDirectory() as scratch:
        home = _neutral_home(Path(scratch))
        if options.project is not None:
            name = project_folder(load_region(options.region), Path()).name
            shutil.copytree(options.project / name, home / "Landbridge" / name)
        application = QApplication(["landbridge"])
        recent = RecentProjects(home / "recent.json")
        desktop = Desktop(application, recent, Path("~/Landbridge"), appearance="light")
        try:
            hand = Hand(desktop, options.out, home / "Landbridge", options.language)
            hand.begin(CreateProject(options.region, home / "Landbridge"), SIZE)
            for task in options.only or TASKS:
                hand.rest()
                TASKS[task](hand)
        finally:
            desktop.window.close()
    return 0


def _neutral_home(scratch: Path) -> Path:
    """Have the pictures show no path and no name of whoever takes them."""
    home = scratch / "home"
    (home / "Landbridge").mkdir(parents=True)
    os.environ.update(HOME=str(home), LOGNAME="planner", USER="planner")
    return home


if __name__ == "__main__":
    sys.exit(main())
