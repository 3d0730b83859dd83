from __future__ import annotations

import gc
import os
import shutil
import threading
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QTimer
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shapely.geometry import Point, box
from typing_extensions import override

from layers.qgis import discovery
from layers.qgis.discovery import OVERRIDE
from layers.qgis.frames import Frame
from planner.project import AddFeatures, AddScenario, Project
from planner.project.lock import be_guest_of
from ui.app import Desktop
from ui.background import Background
from ui.heap import search_if_due
from ui.map.area import MapArea
from ui.map.canvas import MapCanvas
from ui.recent import RecentProjects
from ui.sites.row import SiteRow
from ui.start.choice import OpenProject
from ui.theme import load_theme

REGION = "tumen-estuary"
PATIENCE_MS = 20_000
"""How long a test waits for what has to come, also on a machine that does much else."""
ENDING_S = 2.0
"""How long a thread that has been told to end may take to."""

if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _delete_deferred() -> None:
    application = QCoreApplication.instance()
    assert application is not None
    application.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    application.processEvents()


class PatientBot(QtBot):
    """Waits longer than pytest-qt does by itself."""

    @override
    def waitUntil(self, callback, *, timeout=PATIENCE_MS):
        super().waitUntil(callback, timeout=timeout)

    @override
    def waitSignal(self, signal, *, timeout=PATIENCE_MS, **more):
        return super().waitSignal(signal, timeout=timeout, **more)

    @override
    def waitSignals(self, signals, *, timeout=PATIENCE_MS, **more):
        return super().waitSignals(signals, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)


@pytest.fixture(autouse=True)
def nothing_left_alive(request, qapp):
    """Fail where a test leaves threads, running timers or visible windows behind.

    What no test holds any more is deleted here, in this thread, as in the program; never while
    something is painted, or in a thread beside it.
    """
    before = set(threading.enumerate())
    gc.disable()
    yield
    _delete_deferred()
    search_if_due()
    gc.enable()
    windows = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    timers = [
        timer
        for window in QApplication.topLevelWidgets()
        for timer in window.findChildren(QTimer)
        if timer.isActive() and window.isVisible()
    ]
    for thread in set(threading.enumerate()) - before:
        thread.join(ENDING_S)
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


class RelayedControl:
    """What a function that runs apart reports to, where it runs in the job's own thread."""

    def __init__(self, control, hear):
        self._control, self._hear = control, hear
        self.report, self.say = control.report, control.say
        self.stopped = False

    @property
    def cancelled(self):
        return self._control.cancelled

    def tell(self, content):
        self.stopped = self._hear is not None and not self._hear(content)
        return not self.stopped


class InThread:
    """Takes the place of `planner.apart.Apart`: functions that a test has put in run too."""

    def run(self, function, *args, control, hear=None, group=""):
        be_guest_of(os.getpid(), group)
        return function(*args, RelayedControl(control, hear))

    def close(self):
        pass


@pytest.fixture
def models_in_thread(monkeypatch):
    """Run models in this process, for tests that replace them by functions of their own."""
    monkeypatch.setattr("ui.background.Apart", InThread)
    yield
    be_guest_of(0)


class StubSource:
    """Hands out frames when the test says so, and remembers what was asked."""

    def __init__(self) -> None:
        self.requests = []
        self.futures = []

    def render(self, request):
        self.requests.append(request)
        self.futures.append(Future())
        return self.futures[-1]

    def finish(self, number=-1, colour=(10, 200, 30, 255), *, exact=True):
        request = self.requests[number]
        pixels = np.empty((request.height_px, request.width_px, 4), np.uint8)
        pixels[:] = colour
        frame = Frame(pixels, request.extent, 1.0, 0.01, exact=exact)
        self.futures[number].set_result(frame)


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
            designation_class="national-nature-reserve",
            confidence="high",
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
            designation_class="national-park",
            confidence="high",
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


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A project with two sites that overlap, a corridor and a proposal, made once."""
    path = tmp_path_factory.mktemp("template") / "small.landbridge"
    crs = "EPSG:32652"
    with Project.create(path, name="Small", region_id=REGION, crs=crs, author="a") as project:
        sites = [
            {
                "site_id": "hunchun-national-nature-reserve",
                "name_en": "Hunchun National Nature Reserve",
                "name_local": "珲春东北虎国家级自然保护区",
                "countries": ["CHN"],
                "state": "active",
                "kind": "nominal",
                "borders": ["CHN-RUS (on)"],
                "geometry": box(580_000, 4_720_000, 620_000, 4_760_000),
            },
            {
                "site_id": "own",
                "name_en": "Imported site",
                "countries": ["RUS"],
                "state": "active",
                "kind": "surveyed",
                "geometry": box(600_000, 4_730_000, 610_000, 4_740_000),
            },
            {
                "site_id": "point",
                "name_en": "Point site",
                "countries": ["PRK"],
                "state": "active",
                "kind": "point",
                "geometry": Point(560_000, 4_700_000),
            },
        ]
        project.execute(AddFeatures("sites", sites))
        project.execute(AddScenario("plan", "Plan"))
        proposal = {
            "proposal_id": "p",
            "scenario": "plan",
            "name": "Joint area",
            "status": "draft",
            "countries": ["CHN", "RUS"],
            "geometry": box(625_000, 4_700_000, 640_000, 4_715_000),
        }
        project.execute(AddFeatures("proposals", [proposal], "Propose a joint area"))
    return path


@pytest.fixture
def project_path(template, tmp_path):
    return Path(shutil.copytree(template, tmp_path / "small.landbridge"))


@pytest.fixture
def make_desktop(qapp, tmp_path):
    made = []

    def make():
        recent = RecentProjects(tmp_path / "recent.json")
        made.append(Desktop(qapp, recent, tmp_path, appearance="light"))
        return made[-1]

    yield make
    for desktop in made:
        desktop.window.close()
        desktop.window.deleteLater()


@pytest.fixture
def without_qgis(monkeypatch):
    monkeypatch.setenv(OVERRIDE, "/no/such/python")
    discovery.forget()
    yield
    discovery.forget()


@pytest.fixture
def bare(without_qgis, make_desktop, project_path, qtbot):
    made = make_desktop()
    with qtbot.waitSignals([made.session.opened, made.engine.unavailable], timeout=20_000):
        made.start(OpenProject(project_path))
    qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)
    return made
