"""The dialog that adds layers, with real files; without QGIS and without a network."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from PyQt6.QtWidgets import QLabel, QProgressBar, QPushButton
from shapely.geometry import Point, box

from layers.qgis.answers import PostgresTable
from planner.jobs import JobControl, JobRunner
from planner.map_layers.capabilities import OfferedLayer, WebService
from resources.errors import PlannerError
from ui.add_layer import web_page
from ui.add_layer.dialog import AddLayerDialog
from ui.add_layer.first_style import first_style
from ui.add_layer.wishes import RasterWish, ServerWish, VectorWish, geometry_of


class Looking:
    """Looks at once, in this thread."""

    tables = (
        PostgresTable("public", "parcels", "geom", "MultiPolygon", 4326, ("id",)),
        PostgresTable("plan", "roads", "geom", "LineString", 4326, ()),
    )

    def __init__(self):
        self.asked = []

    def look(self, label, work, done, failed):
        with JobRunner(workers=1) as runner:
            job = runner.submit(work, label)
            job.wait(20)
        if job.exception is None:
            done(job.result())
        elif isinstance(job.exception, PlannerError):
            failed(str(job.exception))
        else:
            raise job.exception

    def tables_of(self, source, credentials):
        self.asked.append((source, credentials))
        return self.tables


@pytest.fixture
def looking():
    return Looking()


@pytest.fixture
def dialog(qtbot, looking):
    made = AddLayerDialog(looking)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.show_busy(busy=False)
    made.close()


@pytest.fixture
def parcels(tmp_path):
    path = tmp_path / "parcels.gpkg"
    areas = [box(130, 43, 131, 44)]
    gpd.GeoDataFrame({"name": ["a"]}, geometry=areas, crs=4326).to_file(path, layer="areas")
    gpd.GeoDataFrame({"n": [1]}, geometry=[Point(130, 43)], crs=4326).to_file(
        path, layer="wells"
    )
    return path


def _raster(path, values):
    bands = values if values.ndim == 3 else values[np.newaxis]
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=bands.shape[1],
        width=bands.shape[2],
        count=len(bands),
        dtype=bands.dtype,
        crs="EPSG:4326",
        transform=Affine(0.01, 0, 130, 0, -0.01, 44),
    ) as target:
        target.write(bands)
    return path


def _problem(dialog):
    return dialog.findChild(QLabel, "add_layer_problem").text()


def _accept(dialog):
    return dialog.findChild(QPushButton, "add_layer_accept")


def test_a_table_of_a_file_is_chosen(dialog, parcels, qtbot):
    assert not _accept(dialog).isEnabled()
    dialog.vector.path.choose(str(parcels))
    assert dialog.vector.table.count() == 2
    assert "polygons" in dialog.vector.facts.text()
    assert "EPSG:4326" in dialog.vector.facts.text()
    dialog.vector.table.setCurrentIndex(1)
    dialog.vector.note.setText("Survey of 2025")
    with qtbot.waitSignal(dialog.wanted) as told:
        _accept(dialog).click()
    assert told.args == [VectorWish(parcels, "wells", "point", "wells", "Survey of 2025")]


def test_a_name_that_was_written_stays(dialog, parcels):
    dialog.vector.name.setText("My parcels")
    dialog.vector.path.choose(str(parcels))
    assert dialog.wish.name == "My parcels"


@pytest.mark.parametrize("content", [None, b"no table at all"])
def test_a_file_that_holds_nothing_is_said_to(dialog, tmp_path, content):
    path = tmp_path / "broken.gpkg"
    if content is not None:
        path.write_bytes(content)
    dialog.vector.path.choose(str(path))
    assert "broken.gpkg" in _problem(dialog)
    assert dialog.wish is None
    assert not _accept(dialog).isEnabled()


def test_a_raster_is_copied_unless_it_is_to_stay(dialog, tmp_path):
    path = _raster(tmp_path / "heights.tif", np.ones((3, 4), "float32"))
    dialog.tabs.setCurrentIndex(1)
    dialog.raster.path.choose(str(path))
    assert "4 × 3 cells" in dialog.raster.facts.text()
    assert dialog.wish == RasterWish(path, True, "heights")
    dialog.raster.link.setChecked(True)
    assert dialog.wish.copy is False


def test_tiles_need_an_address_with_places(dialog):
    dialog.tabs.setCurrentIndex(2)
    dialog.web.name.setText("Tiles")
    assert dialog.wish is None
    dialog.web.address.setText("https://tiles.example/{z}/{x}/{y}.png")
    assert isinstance(dialog.wish, ServerWish)
    assert dialog.wish.provider == "wms"
    assert "type=xyz" in dialog.wish.source
    dialog.web.address.setText("https://tiles.example/all.png")
    assert not _accept(dialog).isEnabled()
    assert _problem(dialog)


def test_a_service_shows_what_it_offers(dialog, monkeypatch):
    layers = (
        OfferedLayer("b", "Borders", ("EPSG:4326", "EPSG:3857"), ("",), ("image/png",)),
        OfferedLayer("r", "Rivers", ("EPSG:4326",), ("",), ("image/png",)),
    )
    service = WebService(
        title="Base maps", kind="wms", address="https://maps.example/wms", layers=layers
    )
    asked = []

    def read_service(address, control, credentials=None):
        assert isinstance(control, JobControl)
        asked.append((address, credentials))
        return service

    monkeypatch.setattr(web_page, "read_service", read_service)
    dialog.tabs.setCurrentIndex(2)
    web = dialog.web
    web.kind.setCurrentIndex(1)
    web.kind.activated.emit(1)
    web.address.setText("https://maps.example/wms?request=GetCapabilities")
    web.credentials.user.setText("reader")
    web.credentials.password.setText("secret")
    web.look.click()
    assert asked[0][1].user == "reader"
    assert "secret" not in repr(asked)
    assert dialog.wish is None
    web.offered.item(1).setSelected(True)
    assert dialog.wish.name == "Rivers"
    web.offered.item(0).setSelected(True)
    wish = dialog.wish
    assert wish.name == "Base maps"
    assert wish.source.index("layers=r") < wish.source.index("layers=b")  # the first on top
    assert "crs=EPSG:4326" in wish.source
    assert wish.credentials.user == "reader"


def test_a_service_that_does_not_answer_is_said_to(dialog):
    dialog.tabs.setCurrentIndex(2)
    dialog.web.kind.setCurrentIndex(1)
    dialog.web.kind.activated.emit(1)
    dialog.web.address.setText("http://127.0.0.1:9/wms")
    dialog.web.look.click()
    assert "127.0.0.1" in _problem(dialog)
    assert dialog.web.look.isEnabled()


def test_a_table_of_a_database_is_chosen(dialog, looking):
    dialog.tabs.setCurrentIndex(3)
    page = dialog.database
    assert not page.look.isEnabled()
    page.database.setText("gis")
    page.host.setText("db.example")
    page.credentials.user.setText("reader")
    page.credentials.password.setText("secret")
    page.look.click()
    assert "secret" not in looking.asked[0][0]
    assert page.tables.count() == 2
    wish = dialog.wish
    assert (wish.name, wish.geometry, wish.provider) == ("parcels", "polygon", "postgres")
    assert "parcels" in wish.source
    assert "secret" not in wish.source
    page.tables.setCurrentRow(1)
    assert dialog.wish.geometry == "line"
    page.service.setText("planning")
    assert page.tables.count() == 0
    assert not page.host.isEnabled()


def test_a_database_without_geometry_says_so(dialog, looking):
    looking.tables = ()
    dialog.tabs.setCurrentIndex(3)
    dialog.database.database.setText("gis")
    dialog.database.look.click()
    assert "no table" in _problem(dialog)


def test_cancel_gives_up_what_is_being_added_first(dialog, qtbot):
    dialog.show_busy(busy=True)
    dialog.show_progress(0.4)
    assert dialog.findChild(QProgressBar, "add_layer_progress").value() == 40
    assert not dialog.tabs.isEnabled()
    with qtbot.waitSignal(dialog.cancel_wanted):
        dialog.findChild(QPushButton, "add_layer_cancel").click()
    assert dialog.isVisible()
    dialog.show_busy(busy=False)
    dialog.findChild(QPushButton, "add_layer_cancel").click()
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("kind", "sort"),
    [
        ("MultiPolygon", "polygon"),
        ("CurvePolygon", "polygon"),
        ("LineString Z", "line"),
        ("MultiPoint", "point"),
        ("", "none"),
    ],
)
def test_sorts_of_geometry(kind, sort):
    assert geometry_of(kind) == sort


class TestFirstStyle:
    def test_numbers_get_a_ramp_between_percentiles(self, tmp_path):
        values = np.arange(10_000, dtype="float32").reshape(100, 100)
        style = first_style(_raster(tmp_path / "a.tif", values))
        assert style["type"] == "ramp"
        assert style["stops"][0][0] == pytest.approx(200, abs=5)

    def test_a_few_whole_numbers_are_classes(self, tmp_path):
        values = np.array([[1, 2], [2, 7]], "uint8")
        style = first_style(_raster(tmp_path / "a.tif", values))
        assert [row[0] for row in style["classes"]] == [1, 2, 7]

    def test_pictures_and_even_rasters_are_left_to_qgis(self, tmp_path):
        assert first_style(_raster(tmp_path / "a.tif", np.ones((3, 2, 2), "uint8"))) == {}
        assert first_style(_raster(tmp_path / "b.tif", np.ones((2, 2), "float32"))) == {}
