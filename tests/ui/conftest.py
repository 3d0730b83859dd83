from __future__ import annotations

import os
import threading
from concurrent.futures import Future

import numpy as np
import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QTimer
from PyQt6.QtWidgets import QApplication

from layers.qgis.frames import Frame
from ui.background import Background
from ui.map.area import MapArea
from ui.map.canvas import MapCanvas
from ui.sites.row import SiteRow
from ui.theme import load_theme

if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _delete_deferred() -> None:
    application = QCoreApplication.instance()
    assert application is not None
    application.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    application.processEvents()


@pytest.fixture(autouse=True)
def nothing_left_alive(request, qapp):
    """Fail where a test leaves threads, running timers or visible windows behind."""
    before = set(threading.enumerate())
    yield
    _delete_deferred()
    windows = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    timers = [
        timer
        for window in QApplication.topLevelWidgets()
        for timer in window.findChildren(QTimer)
        if timer.isActive() and window.isVisible()
    ]
    threads = [t for t in threading.enumerate() if t not in before and t.is_alive()]
    for window in windows:
        window.close()
    assert not threads, f"threads left alive: {threads}"
    assert not windows, f"windows left open: {windows}"
    assert not timers, f"timers left running: {timers}"


@pytest.fixture
def theme(qapp):
    return load_theme("light")


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    made.close()


class StubSource:
    """Hands out frames when the test says so, and remembers what was asked."""

    def __init__(self) -> None:
        self.requests = []
        self.futures = []

    def render(self, request):
        self.requests.append(request)
        self.futures.append(Future())
        return self.futures[-1]

    def finish(self, number=-1, colour=(10, 200, 30, 255)):
        request = self.requests[number]
        pixels = np.empty((request.height_px, request.width_px, 4), np.uint8)
        pixels[:] = colour
        self.futures[number].set_result(Frame(pixels, request.extent, 1.0, 0.01))


@pytest.fixture
def source():
    return StubSource()


@pytest.fixture
def canvas(qtbot, background, theme, source):
    made = MapCanvas(background, theme)
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.loop.set_source(source)
    made.loop.set_layers(("land",))
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.loop.stop()
    made.close()


@pytest.fixture
def map_area(qtbot, background, theme):
    made = MapArea(
        background, theme, disclaimer="No opinion.", nominal_notice="Dashed: nominal."
    )
    qtbot.addWidget(made)
    made.resize(800, 600)
    yield made
    made.canvas.loop.stop()
    made.close()


@pytest.fixture
def site_rows():
    return (
        SiteRow(
            "hunchun",
            "Hunchun National Nature Reserve",
            "珲春东北虎国家级自然保护区",
            countries=("CHN",),
            borders=("CHN-RUS",),
            species=("amur-tiger",),
            kind="nominal",
            area_km2=1087.0,
        ),
        SiteRow(
            "leopard-land",
            "Land of the Leopard National Park",
            "Земля леопарда",
            countries=("RUS",),
            borders=("CHN-RUS", "PRK-RUS"),
            species=("amur-leopard", "amur-tiger"),
            kind="surveyed",
            area_km2=2799.0,
        ),
        SiteRow(
            "mundok",
            "Mundok Migratory Bird Reserve",
            "문덕철새보호구",
            countries=("PRK",),
            species=("hooded-crane",),
            state="planned",
        ),
    )
