from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pyproj import Transformer
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication
from shapely import box

from layers.raster import write_cog
from planner.corridors.runs import study_of
from planner.profiles import load_region
from planner.project import AddFeatures, AddScenario, Project, SetSetting
from planner.workspace import equal_area_crs
from ui.drawing.snapping import Snapping
from ui.snapshot import Selection
from ui.start.choice import OpenProject

REGION = (0.0, 0.0, 4000.0, 3000.0)
LEFT = Qt.MouseButton.LeftButton


class StubLines:
    """One snappable line along y = 2000, with corners every 500."""

    def with_own(self, shape):
        return self

    def nearest(self, x, y, reach, kinds, *, but=()):
        if "border" not in kinds or abs(y - 2000) > reach:
            return None
        corner = round(x / 500) * 500
        at_corner = abs(corner - x) <= reach
        return SimpleNamespace(
            x=float(corner) if at_corner else x,
            y=2000.0,
            kind="border",
            at_vertex=at_corner,
            line=1,
            measure_m=x,
            label="border",
        )

    def trace(self, a, b):
        step = 500 if b.x > a.x else -500
        between = [float(x) for x in range(int(a.x) + step, int(b.x), step)]
        return ((a.x, 2000.0), *((x, 2000.0) for x in between), (b.x, 2000.0))


class Hand:
    """Presses and moves the mouse where the map shows a place."""

    def __init__(self, qtbot, canvas):
        self.qtbot = qtbot
        self.canvas = canvas
        self.held = False

    def at(self, x, y):
        pixel = self.canvas.view.to_pixel(x, y)
        return QPoint(round(pixel[0]), round(pixel[1]))

    def move(self, x, y):
        """Move to a place; sent to the canvas itself, as the screen may be small."""
        at = QPointF(self.at(x, y))
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            at,
            self.canvas.mapToGlobal(at),
            Qt.MouseButton.NoButton,
            LEFT if self.held else Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self.canvas, event)

    def click(self, x, y, modifier=Qt.KeyboardModifier.NoModifier, button=LEFT):
        self.move(x, y)
        self.qtbot.mouseClick(self.canvas, button, modifier, self.at(x, y))

    def double_click(self, x, y):
        self.click(x, y)
        self.qtbot.mouseDClick(self.canvas, LEFT, pos=self.at(x, y))

    def press(self, x, y):
        self.move(x, y)
        self.qtbot.mousePress(self.canvas, LEFT, pos=self.at(x, y))
        self.held = True

    def release(self, x, y):
        self.qtbot.mouseRelease(self.canvas, LEFT, pos=self.at(x, y))
        self.held = False

    def drag(self, *places):
        self.press(*places[0])
        for place in places[1:]:
            self.move(*place)
        self.release(*places[-1])

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        self.qtbot.keyClick(self.canvas, key, modifier)


@pytest.fixture
def shown(canvas):
    canvas.set_region(REGION)
    canvas.setFocus()
    return canvas


@pytest.fixture
def hand(qtbot, shown):
    return Hand(qtbot, shown)


@pytest.fixture
def snapping():
    made = Snapping()
    made.source = StubLines()
    return made


@pytest.fixture(scope="session")
def drawn_template(tmp_path_factory):
    """A project of the Tumen estuary on its real ground, with two sites and one proposal."""
    region = load_region("tumen-estuary")
    crs = equal_area_crs(region.bounds.lonlat)
    path = tmp_path_factory.mktemp("drawn") / "drawn.landbridge"
    places = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = places.transform(131.0, 42.9)
    with Project.create(path, name="Drawn", region_id=region.id, crs=crs, author="Ann") as made:
        made.execute(AddScenario("plan", "Plan"))
        made.execute(SetSetting("species", ["amur-tiger"]))
        rows = [
            {
                "site_id": key,
                "name_en": name,
                "name_local": "",
                "countries": [country],
                "state": "active",
                "kind": "surveyed",
                "geometry": box(x + west, y - 5_000, x + west + 10_000, y + 5_000),
            }
            for key, name, country, west in (
                ("west", "West Park", "CHN", -30_000),
                ("east", "East Park", "RUS", 5_000),
            )
        ]
        made.execute(AddFeatures("sites", rows))
        area = {
            "proposal_id": "drawn-first",
            "scenario": "plan",
            "name": "First area",
            "status": "draft",
            "kind": "national protected area",
            "countries": ["CHN"],
            "geometry": box(x - 30_000, y + 10_000, x - 10_000, y + 25_000),
        }
        made.execute(AddFeatures("proposals", [area], "Draw First area"))
        grid = study_of(made, "amur-tiger").grid
        made.raster_path("resistance_amur-tiger").parent.mkdir(exist_ok=True)
        for name in ("resistance_amur-tiger", "suitability_amur-tiger"):
            write_cog(made.raster_path(name), np.ones(grid.shape, np.float32), grid)
    return path, (x, y)


@pytest.fixture
def without_map(without_qgis, make_desktop, drawn_template, tmp_path, qtbot):
    """A window without QGIS whose empty canvas can be drawn on, and the middle of its land."""
    source, middle = drawn_template
    path = Path(shutil.copytree(source, tmp_path / "drawn.landbridge"))
    made = make_desktop()
    with qtbot.waitSignals([made.session.opened, made.engine.unavailable], timeout=15_000):
        made.start(OpenProject(path))
    area = made.parts.map_area
    area.show_map()
    x, y = middle
    area.canvas.show_extent((x - 40_000, y - 40_000, x + 40_000, y + 40_000))
    return made


class DrawingHand(Hand):
    """Points at kilometres east and north of the middle of the land, and takes tools."""

    def __init__(self, qtbot, desktop, middle):
        super().__init__(qtbot, desktop.parts.map_area.canvas)
        self.desktop = desktop
        self.drawing = desktop.drawing
        self.middle = middle

    def at(self, x, y):
        return super().at(self.middle[0] + 1000 * x, self.middle[1] + 1000 * y)

    def take(self, deed):
        self.desktop.window.deeds.deed(deed).action.trigger()

    def find(self, kind, name):
        found = self.desktop.window.findChild(kind, name)
        assert found is not None, name
        return found

    def settle(self):
        """Wait until nothing runs, and nothing follows from what has run."""
        calm = 0

        def is_calm():
            nonlocal calm
            busy = not self.desktop.background.settled or self.drawing.live.busy
            calm = 0 if busy else calm + 1
            return calm > 5

        self.qtbot.waitUntil(is_calm, timeout=20_000)

    def stored(self):
        """Wait for the edit, and return the proposals by name."""
        self.settle()
        rows = self.desktop.session.snapshot.features
        return {row.title: row for row in rows if row.kind == "proposal"}

    def select(self, key):
        self.desktop.desk.select(Selection("proposal", key), reveal=False)
        self.settle()


@pytest.fixture
def drawing_hand(qtbot, without_map, drawn_template):
    made = DrawingHand(qtbot, without_map, drawn_template[1])
    without_map.window.activateWindow()
    made.canvas.setFocus()
    made.settle()
    return made


@pytest.fixture
def make_hand(qtbot):
    """Return a function that makes a hand for a window and the middle of its land."""
    return partial(DrawingHand, qtbot)
