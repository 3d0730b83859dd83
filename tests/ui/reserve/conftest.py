"""A small project on the Tumen estuary, with and without a search for proposals."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from layers.catalogue import Catalogue
from layers.grid import region_grid
from layers.pack import DataPack
from layers.raster import write_cog
from planner.pipeline.cores import suitability_raster
from planner.pipeline.study import SCENARIO
from planner.profiles import load_region
from planner.project import AddFeatures, AddScenario, Project, SetSetting
from planner.reserve.propose import propose
from planner.reserve.request_file import request_from
from ui.start.choice import OpenProject

REGION = "tumen-estuary"
SPECIES = "amur-tiger"
SITES = {
    "hunchun-national-nature-reserve": ("CHN", 130.55, 43.0),
    "land-of-the-leopard-national-park": ("RUS", 131.3, 43.05),
}
REQUEST = {
    "title": "First try",
    "units": {"kind": "hexagon", "size_km": 20.0},
    "features": [{"kind": "habitat", "species": SPECIES, "target": {"share": 0.3}}],
    "search": {"gap": 0.02, "time_limit_s": 10.0, "threads": 1},
}


@pytest.fixture(scope="session")
def read_once():
    return DataPack.open(), Catalogue.load()


@pytest.fixture(autouse=True)
def quick_opening(monkeypatch, read_once):
    """Open projects with the data pack and the catalogue as they were read once."""
    pack, catalogue = read_once
    monkeypatch.setattr(DataPack, "open", lambda: pack)
    monkeypatch.setattr(Catalogue, "load", lambda: catalogue)


def _place(grid, lon, lat):
    return gpd.GeoSeries([Point(lon, lat)], crs="EPSG:4326").to_crs(grid.crs).iloc[0]


def _habitat(grid):
    """Return habitat that is best between the sites and fades away from there."""
    place = _place(grid, 131.0, 43.0)
    x, y = grid.cell_centres()
    away = np.hypot(x[None, :] - place.x, y[:, None] - place.y)
    return np.exp(-((away / 60_000) ** 2))


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory):
    """A project with sites and habitat, and no search yet; made once."""
    region = load_region(REGION)
    grid = region_grid(region.bounds.lonlat, region.cell_size_m.value)
    path = tmp_path_factory.mktemp("reserve") / "small.landbridge"
    with Project.create(path, name="Small", region_id=REGION, crs=grid.crs) as project:
        project.execute(AddScenario(SCENARIO, "Plan"))
        project.execute(SetSetting("species", [SPECIES]))
        sites = [
            {
                "site_id": name,
                "name_en": name.capitalize(),
                "countries": [iso3],
                "designation_class": "national-park",
                "state": "active",
                "kind": "nominal",
                "geometry": _place(grid, lon, lat).buffer(14_000.0),
            }
            for name, (iso3, lon, lat) in SITES.items()
        ]
        project.execute(AddFeatures("sites", sites))
        write_cog(project.raster_path(suitability_raster(SPECIES)), _habitat(grid), grid)
    return path


@pytest.fixture(scope="session")
def found_template(empty_template, tmp_path_factory):
    """The same project with one search that has ended; made once."""
    path = tmp_path_factory.mktemp("found") / "small.landbridge"
    shutil.copytree(empty_template, path)
    with Project.open(path) as project:
        propose(project, request_from(REQUEST))
    return path


@pytest.fixture
def empty_path(empty_template, tmp_path):
    return Path(shutil.copytree(empty_template, tmp_path / "small.landbridge"))


@pytest.fixture
def found_path(found_template, tmp_path):
    return Path(shutil.copytree(found_template, tmp_path / "small.landbridge"))


@pytest.fixture
def open_desktop(without_qgis, make_desktop, qtbot):
    """Return a function that opens a project in the window, at the proposals panel."""

    def opened(path):
        made = make_desktop()
        with qtbot.waitSignal(made.session.opened, timeout=20_000):
            made.start(OpenProject(path))
        made.window.open_panel("proposals")
        qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)
        return made

    return opened


@pytest.fixture
def desktop(open_desktop, empty_path):
    return open_desktop(empty_path)


@pytest.fixture
def found(open_desktop, found_path, qtbot):
    """The window with the findings of a search."""
    made = open_desktop(found_path)
    panel = made.parts.panels.proposals
    made.reserve.show_run(made.session.snapshot.searches.runs[-1].run_id)
    qtbot.waitUntil(lambda: panel.findings.view is not None, timeout=20_000)
    qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)
    return made


@pytest.fixture
def shown(qtbot):
    """Show a widget, and close it afterwards."""
    made = []

    def show(widget, width_px=368, height_px=700):
        qtbot.addWidget(widget)
        widget.resize(width_px, height_px)
        widget.show()
        qtbot.waitExposed(widget)
        made.append(widget)
        return widget

    yield show
    for widget in made:
        widget.close()
