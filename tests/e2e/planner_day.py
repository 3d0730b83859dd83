"""A planner's day in the real window; run by test_planner_day.py, once for each half of it.

python planner_day.py morning|afternoon FOLDER PICTURES: makes a project, draws a corridor,
widens it, takes that back, and is killed; then opens the project again, repeats what was taken
back, and prints. What was found is written to FOLDER/HALF.json.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from PyQt6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QPushButton, QSpinBox, QToolButton

from ui.app import Desktop
from ui.recent import RecentProjects
from ui.start.choice import CreateProject, OpenProject

REGION = "tumen-estuary"
WAY = ((130.55, 42.95), (130.85, 42.85), (131.15, 42.95))
"""Longitude and latitude of the corridor's middle line: from the Hunchun to the Khasan side."""
NARROW_M, WIDE_M = 2000, 6000
LIMIT_S = 240.0


class Day:
    """Drives the window as a hand does, and takes pictures of it."""

    def __init__(self, folder: Path, pictures: Path) -> None:
        self.application = QApplication(["landbridge"])
        self.folder = folder
        self.pictures = pictures
        recent = RecentProjects(folder / "recent.json")
        self.desktop = Desktop(self.application, recent, folder, appearance="light")
        self.desktop.window.resize(1600, 1000)
        self.problems: list[str] = []
        self.desktop.session.failed.connect(self.problems.append)

    def wait(self, ready) -> None:
        ends = time.monotonic() + LIMIT_S
        while not ready():
            if self.problems:
                raise SystemExit(f"the window says: {self.problems}")
            if time.monotonic() > ends:
                raise SystemExit(f"not within {LIMIT_S} s")
            loop = QEventLoop()
            QTimer.singleShot(30, loop.quit)
            loop.exec()

    def settle(self) -> None:
        frames = self.desktop.parts.map_area.canvas.loop
        for _ in range(2):  # what has ended may have asked for something more
            self.wait(
                lambda: (
                    bool(frames.frames)
                    and not frames.busy
                    and self.desktop.background.settled
                    and not self.desktop.drawing.live.busy
                )
            )

    def picture(self, name: str) -> None:
        self.settle()
        self.desktop.window.grab().save(str(self.pictures / f"{name}.png"))

    def pixel(self, lon: float, lat: float) -> QPoint:
        area = self.desktop.parts.map_area
        x, y = area.canvas.view.to_pixel(*area.place_of(lon, lat))
        return QPoint(round(x), round(y))

    def find(self, kind, name):
        found = self.desktop.window.findChild(kind, name)
        if found is None:
            raise SystemExit(f"the window has no {name}")
        return found

    def press(self, name: str) -> None:
        QTest.mouseClick(self.find(QToolButton, name), Qt.MouseButton.LeftButton)
        self.settle()

    def corridor(self) -> dict[str, object]:
        """Return what the project holds of the corridor that was drawn."""
        rows = [row for row in self.desktop.session.snapshot.features if row.kind == "proposal"]
        (row,) = [row for row in rows if row.key.startswith("drawn-")]
        return {"key": row.key, "title": row.title, "km2": row.geometry.area / 1e6}

    def morning(self) -> dict[str, object]:
        self.desktop.start(CreateProject(REGION, self.folder))
        self.picture("1_project")
        window, canvas = self.desktop.window, self.desktop.parts.map_area.canvas
        window.deeds.deed("draw.corridor").action.trigger()
        self.settle()
        self.find(QSpinBox, "drawing_width").setValue(NARROW_M)
        for place in WAY[:-1]:
            QTest.mouseMove(canvas, self.pixel(*place))
            QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=self.pixel(*place))
        QTest.mouseMove(canvas, self.pixel(*WAY[-1]))
        self.picture("2_drawing")
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=self.pixel(*WAY[-1]))
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        self.settle()
        drawn = self.corridor()
        self.picture("3_drawn")
        self.find(QSpinBox, "proposal_width").setValue(WIDE_M)
        self.settle()
        widened = self.corridor()
        self.picture("4_widened")
        self.press("undo")
        undone = self.corridor()
        self.picture("5_undone")
        return {"drawn": drawn, "widened": widened, "undone": undone}

    def afternoon(self) -> dict[str, object]:
        (project,) = self.folder.glob("*.landbridge")
        self.desktop.start(OpenProject(project))
        self.settle()
        found = self.corridor()
        self.press("redo")
        again = self.corridor()
        self.picture("6_redone")
        self.desktop.window.open_panel("print")
        self.settle()
        self.find(QPushButton, "sheet_print").click()
        self.wait(lambda: bool(list(project.glob("exports/*.pdf"))))
        self.picture("7_printed")
        (sheet,) = project.glob("exports/*.pdf")
        return {"found": found, "again": again, "sheet": str(sheet)}


def main() -> None:
    half, folder, pictures = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    day = Day(folder, pictures)
    told = getattr(day, half)()
    (folder / f"{half}.json").write_text(json.dumps(told), encoding="utf-8")
    if half == "morning":
        os.kill(os.getpid(), signal.SIGKILL)  # nothing is unsaved
    day.desktop.window.close()


if __name__ == "__main__":
    main()
