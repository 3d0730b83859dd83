"""The exported .qgz, opened again by a fresh QGIS of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree

import pytest

from layers.qgis.discovery import child_environment, find_qgis
from layers.qgis.errors import QgisRequestError
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import PrintRequest

pytestmark = pytest.mark.qgis

OPEN_AGAIN = """
import json, sys
from qgis.core import QgsApplication, QgsProject, QgsLayerTreeGroup
QgsApplication.setPrefixPath(sys.argv[2], True)
application = QgsApplication([], False, sys.argv[3])
application.initQgis()
project = QgsProject.instance()
read = project.read(sys.argv[1])
print("told:" + json.dumps({
    "read": read,
    "title": project.title(),
    "crs": project.crs().authid(),
    "order": [l.name() for l in project.layerTreeRoot().layerOrder()],
    "groups": [g.name() for g in project.layerTreeRoot().findGroups(True)],
    "off": [n.name() for n in project.layerTreeRoot().findLayers() if not n.isVisible()],
    "valid": {l.name(): l.isValid() for l in project.mapLayers().values()},
    "counts": {l.name(): l.featureCount() for l in project.mapLayers().values()
               if hasattr(l, "featureCount")},
    "layouts": [l.name() for l in project.layoutManager().layouts()],
}))
sys.stdout.flush()
import os
os._exit(0)
"""


def open_again(path, profile):
    qgis = find_qgis()
    answer = subprocess.run(
        [str(qgis.python), "-I", "-c", OPEN_AGAIN, str(path), str(qgis.prefix), str(profile)],
        env={**child_environment(qgis), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    line = next(line for line in answer.stdout.splitlines() if line.startswith("told:"))
    return json.loads(line.removeprefix("told:"))


def datasources(path):
    with zipfile.ZipFile(path) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith(".qgs")]
        root = ElementTree.fromstring(archive.read(name))
    return {e.findtext("layername"): e.findtext("datasource") for e in root.iter("maplayer")}


@pytest.fixture
def folder(data, tmp_path):
    """A project folder of its own, to be moved away."""
    home = tmp_path / "one.landbridge"
    (home / "rasters").mkdir(parents=True)
    shutil.copy(data / "data.gpkg", home / "project.gpkg")
    shutil.copy(data / "ramp.tif", home / "rasters" / "suitability.tif")
    return home


def show(engine, folder):
    red = {"type": "single", "symbol": {"fill": "#ff0000"}}
    ramp = {"type": "ramp", "stops": [[0, "#ffffff"], [20, "#005500"]], "resampling": "cubic"}
    gpkg = folder / "project.gpkg"
    specs = [
        LayerSpec(
            "ramp",
            "Suitability",
            str(folder / "rasters" / "suitability.tif"),
            "raster",
            ramp,
            group="Models",
        ),
        LayerSpec("squares", "Sites", f"{gpkg}|layername=squares", "vector", red, group="A/B"),
        LayerSpec("lines", "Lines", f"{gpkg}|layername=lines", "vector", red, visible=False),
    ]
    assert engine.set_layers(specs, crs="EPSG:3857", title="Tiger") == ()


def test_it_opens_elsewhere_with_the_same_layers(engine, folder, tmp_path):
    show(engine, folder)
    saved = engine.save_project(folder / "map.qgz")
    assert datasources(saved) == {
        "Suitability": "./rasters/suitability.tif",
        "Sites": "./project.gpkg|layername=squares",
        "Lines": "./project.gpkg|layername=lines",
    }
    moved = tmp_path / "elsewhere"
    folder.rename(moved)
    told = open_again(moved / "map.qgz", tmp_path / "profile")
    assert told["read"] is True
    assert told["title"] == "Tiger"
    assert told["crs"] == "EPSG:3857"
    assert told["valid"] == {"Suitability": True, "Sites": True, "Lines": True}
    assert told["counts"] == {"Sites": 2, "Lines": 1}
    assert told["order"] == ["Lines", "Sites", "Suitability"]
    assert sorted(told["groups"]) == ["A", "B", "Models"]
    assert told["off"] == ["Lines"]


def test_filters_go_along(engine, folder, squares, tmp_path):
    source = f"{folder / 'project.gpkg'}|layername=squares"
    chosen = squares(source=source, subset="name = 'east' AND rank > 1")
    assert engine.set_layers([chosen], crs="EPSG:3857") == ()
    saved = engine.save_project(folder / "map.qgz")
    assert datasources(saved)["Squares"].endswith("|subset=name = 'east' AND rank > 1")
    told = open_again(saved, tmp_path / "profile")
    assert (told["valid"], told["counts"]) == ({"Squares": True}, {"Squares": 1})


def test_paths_lead_out_of_a_subfolder(engine, folder):
    show(engine, folder)
    (folder / "exports").mkdir()
    saved = engine.save_project(folder / "exports" / "map.qgz")
    assert datasources(saved)["Sites"] == "../project.gpkg|layername=squares"
    assert [p.name for p in saved.parent.iterdir()] == ["map.qgz"]


def test_the_last_sheet_is_in_the_project(engine, folder, tmp_path):
    show(engine, folder)
    engine.print_map(PrintRequest(tmp_path / "a.pdf", "Sheet one", (-200, -150, 200, 150)))
    engine.print_map(PrintRequest(tmp_path / "a.pdf", "Sheet two", (-200, -150, 200, 150)))
    saved = engine.save_project(folder / "map.qgz")
    assert open_again(saved, tmp_path / "profile")["layouts"] == ["Sheet two"]


def test_saving_leaves_the_map_as_it_is(engine, folder):
    show(engine, folder)
    before = engine.layer_legend()
    engine.save_project(folder / "map.qgz")
    assert engine.layer_legend() == before


def test_a_folder_that_is_not_there_is_told(engine, folder):
    show(engine, folder)
    with pytest.raises(QgisRequestError, match="could not be written"):
        engine.save_project(folder / "none" / "map.qgz")


def test_no_project_code_may_run(engine):
    security = engine.describe()["security"]
    assert security["qgis/enableMacros"] in {"Never", "0"}
    assert security["qgis/enablePythonEmbedded"] in {"Never", "0"}


def test_the_profile_is_private(engine):
    told = engine.describe()
    assert "landbridge-qgis-" in told["profile"]
    assert "landbridge-qgis-" in told["settings_file"]
