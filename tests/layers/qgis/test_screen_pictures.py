"""Quick frames of heavy layers: by pictures made before, which agree with the layer itself."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry import Point, box

from layers.overviews import make_overviews
from layers.qgis.discovery import child_environment, find_qgis
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.process import worker_folder
from layers.qgis.protocol import RenderRequest

pytestmark = pytest.mark.qgis

CRS = "EPSG:3857"
WHOLE = RenderRequest((-600, -400, 600, 400), 600, 400)
FILLS = ("#c02020", "#2040c0")
PATIENCE_S = 30
MOMENT_S = 0.3
IN_QGIS = """
import runpy, sys
folder, prefix, source = sys.argv[1:]
runpy.run_path(folder + "/__main__.py")["adopt_package"]()
from qgis.core import QgsApplication, QgsMapSettings, QgsRectangle, QgsVectorLayer
from qgis.PyQt.QtCore import QEventLoop, QSize
from qgis.PyQt.QtGui import QImage
from layers.qgis.worker import screen_pictures
from layers.qgis.worker.screen_pictures import ID_PROPERTY, Picture, ScreenPictures

QgsApplication.setPrefixPath(prefix, True)
app = QgsApplication([], False)
app.initQgis()
layers = [QgsVectorLayer(source, str(number), "ogr") for number in range(6)]
for layer in layers:
    layer.setCustomProperty(ID_PROPERTY, layer.name())
settings = QgsMapSettings()
settings.setLayers(layers)
settings.setDestinationCrs(layers[0].crs())

def show(half_width, width_px, middle=0.0):
    half_height = half_width / 1.5
    settings.setOutputSize(QSize(width_px, round(width_px / 16 * 9)))
    west, east = middle - half_width, middle + half_width
    settings.setExtent(QgsRectangle(west, -half_height, east, half_height))
"""
MANY_HEAVY = """
MOST_MADE = 20

class Counted(ScreenPictures):
    made = 0

    def _on_picture_made(self, layer_id, settings):
        Counted.made += 1
        if Counted.made < MOST_MADE:
            super()._on_picture_made(layer_id, settings)
        else:
            self._making = None

pictures = Counted()
for view in ((600, 600), (420, 1500)):
    show(*view)
    pictures.make_next(settings)
    while pictures._making is not None:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    shown = [pictures.of(layer, settings) for layer in layers]
    print(sum(picture is not None for picture in shown), Counted.made)
"""
SHARP_SCREENS = """
pictures, missing = ScreenPictures(), 0
for width_px in (3840, 5120):
    for number in range(100):
        show(420 + number * 1.037, width_px, number * 0.731)
        wide = screen_pictures._picture_settings(layers[0], settings)
        image = QImage(wide.outputSize().width(), 1, QImage.Format.Format_Mono)
        pictures._held = [("0", Picture(image, wide.visibleExtent(), wide.destinationCrs()))]
        missing += pictures.of(layers[0], settings) is None
print(missing)
"""
LIKE = 12
"""Of 255: the exact frame draws shapes of a few pixels with fewer corners."""


def style(colour, **more):
    return {
        "type": "single",
        "symbol": {"shape": "fill", "fill": colour, "stroke": None},
        **more,
    }


@pytest.fixture(scope="module")
def parcels(tmp_path_factory):
    """Six thousand polygons of thirty corners, in a chess pattern."""
    shapes = [
        Point(-590 + 12 * column + 6, -390 + 13 * row + 6).buffer(5, quad_segs=8)
        for column in range(98)
        for row in range(60)
    ]
    path = tmp_path_factory.mktemp("parcels") / "parcels.gpkg"
    names = [f"P{number}" for number in range(len(shapes))]
    frame = gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=CRS)
    frame.to_file(path, layer="parcels")
    return LayerSpec(
        "parcels", "Parcels", f"{path}|layername=parcels", "vector", style(FILLS[0])
    )


def drawn(engine, request, *, quick=True):
    return engine.render(replace(request, quick=quick)).result()


def drawn_by_picture(engine, request):
    """Return a quick frame with a picture in it, which is made behind the first frames."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        frame = drawn(engine, request)
        if not frame.exact:
            return frame
        time.sleep(MOMENT_S)  # pictures are made while nothing is drawn
    raise AssertionError("no picture stands in for the layer")


def difference(one, other):
    """Return the mean difference of two frames once every pixel is joined with its like."""
    height, width = one.pixels.shape[:2]
    blocks = [
        frame.pixels[: height // 20 * 20, : width // 20 * 20, :3]
        .astype(float)
        .reshape(height // 20, 20, width // 20, 20, 3)
        .mean(axis=(1, 3))
        for frame in (one, other)
    ]
    return np.abs(blocks[0] - blocks[1]).max()


@pytest.mark.parametrize(
    "request_",
    [
        WHOLE,
        replace(WHOLE, extent=(-450, -300, 450, 300)),
        replace(WHOLE, extent=(-1200, -800, 1200, 800)),
        replace(WHOLE, extent=(-100, -500, 1100, 300)),
        replace(WHOLE, width_px=1200, height_px=800, dpi=192.0),
    ],
)
def test_a_quick_frame_shows_the_same_as_an_exact_one(engine, parcels, request_):
    assert engine.set_layers([parcels], crs=CRS) == ()
    quick = drawn_by_picture(engine, request_)
    exact = drawn(engine, request_, quick=False)
    assert exact.exact
    assert exact.extent == quick.extent
    assert difference(quick, exact) < LIKE
    assert exact.pixels[..., :3].std() > 20


def test_a_new_style_and_new_data_are_never_shown_by_an_old_picture(engine, parcels):
    engine.set_layers([parcels], crs=CRS)
    drawn_by_picture(engine, WHOLE)
    blue = replace(parcels, style=style(FILLS[1]))
    engine.set_layers([blue], crs=CRS)
    assert drawn(engine, WHOLE).exact, "the picture of the red ones is gone"
    seen = drawn_by_picture(engine, WHOLE).pixels
    assert seen[..., 0].mean() > seen[..., 2].mean() + 20
    few = replace(blue, subset="name = 'P1'")
    engine.set_layers([few], crs=CRS)
    only = drawn(engine, WHOLE)
    assert only.exact
    assert (only.pixels[..., :3] < 250).any(axis=2).sum() < 200


def test_layers_keep_their_order_around_a_picture(engine, parcels, tmp_path):
    gpd.GeoDataFrame(geometry=[box(-300, -300, 300, 300)], crs=CRS).to_file(
        tmp_path / "square.gpkg", layer="square"
    )
    source = f"{tmp_path}/square.gpkg|layername=square"
    square = LayerSpec("square", "Square", source, "vector", style("#10a010"))
    for order in ([square, parcels], [parcels, square]):
        engine.set_layers(order, crs=CRS)
        quick = drawn_by_picture(engine, WHOLE)
        assert difference(quick, drawn(engine, WHOLE, quick=False)) < LIKE


def test_where_a_layer_is_mixed_with_those_beneath_nothing_stands_in(engine, parcels, tmp_path):
    engine.set_layers([parcels], crs=CRS)
    drawn_by_picture(engine, WHOLE)
    path = tmp_path / "grey.tif"
    write(path, np.full((20, 20), 0.5, dtype="float32"), 60.0)
    ramp = {"type": "ramp", "stops": [[0, "#000000", ""], [1, "#ffffff", ""]]}
    mixing = LayerSpec("grey", "Grey", str(path), "raster", {**ramp, "blend": "multiply"})
    engine.set_layers([parcels, mixing], crs=CRS)
    assert all(drawn(engine, WHOLE).exact for _ in range(5))


def said_in_qgis(script, source, folder):
    """Run a script in the interpreter of QGIS, and return what it prints, by lines."""
    qgis = find_qgis()
    flags = ["-s"] if qgis.environment else ["-I"]
    environment = {
        **child_environment(qgis),
        "QT_QPA_PLATFORM": "offscreen",
        "QGIS_CUSTOM_CONFIG_PATH": os.fspath(folder),
    }
    return subprocess.run(
        [qgis.python, *flags, "-c", IN_QGIS + script, worker_folder(), qgis.prefix, source],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()


def test_with_more_heavy_layers_than_pictures_the_making_of_pictures_ends(parcels, tmp_path):
    shown_and_made = said_in_qgis(MANY_HEAVY, parcels.source, tmp_path)
    assert shown_and_made == ["4 4", "4 8"]


def test_a_picture_fits_the_view_it_was_made_for_on_sharp_screens_too(parcels, tmp_path):
    assert said_in_qgis(SHARP_SCREENS, parcels.source, tmp_path) == ["0"]


def test_light_layers_and_close_views_are_drawn_themselves(engine, parcels, data):
    squares = LayerSpec(
        "squares", "Squares", f"{data}/data.gpkg|layername=squares", "vector", style(FILLS[0])
    )
    engine.set_layers([squares], crs=CRS)
    assert all(drawn(engine, WHOLE).exact for _ in range(5))
    engine.set_layers([parcels], crs=CRS)
    drawn_by_picture(engine, WHOLE)
    close = replace(WHOLE, extent=(-60, -40, 60, 40))
    assert all(drawn(engine, close).exact for _ in range(5))


def write(path, values, cell):
    north = values.shape[0] * cell / 2
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype.name,
        "crs": CRS,
        "transform": Affine(cell, 0, -north, 0, -cell, north),
        "tiled": True,
        "compress": "deflate",
        "zlevel": 1,
    }
    with rasterio.open(path, "w", **profile) as out:
        out.write(values, 1)


def test_a_large_raster_is_drawn_coarser_while_the_map_moves(engine, tmp_path):
    path = tmp_path / "large.tif"
    rows = np.linspace(0, 250, 4096, dtype="uint8")
    write(path, np.add.outer(rows // 2, rows // 2), 1200 / 4096)
    make_overviews(path)
    ramp = {"type": "ramp", "stops": [[0, "#000000", "low"], [250, "#ffffff", "high"]]}
    engine.set_layers([LayerSpec("large", "Large", str(path), "raster", ramp)], crs=CRS)
    for view in (WHOLE, replace(WHOLE, extent=(-30, -20, 30, 20))):
        quick, exact = drawn(engine, view), drawn(engine, view, quick=False)
        assert not quick.exact
        assert exact.exact
        assert quick.extent == exact.extent
        assert difference(quick, exact) < LIKE
    beside = replace(WHOLE, extent=(10_000, 10_000, 11_200, 10_800))
    assert drawn(engine, beside).exact, "nothing of it is seen"
