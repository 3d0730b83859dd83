"""Frames drawn by the real QGIS, by the colour of their pixels."""

from __future__ import annotations

import numpy as np
import pytest

from layers.qgis.errors import QgisRequestError
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest
from resources.errors import UsageError

pytestmark = pytest.mark.qgis

CRS = "EPSG:3857"
RED, WHITE, SEA = (0, 0, 255, 255), (255, 255, 255, 255), (239, 233, 223, 255)


def draw(engine, extent=(-200, -150, 200, 150), width_px=400, height_px=300, **more):
    return engine.render(RenderRequest(extent, width_px, height_px, **more)).result(30)


def pixel(frame, x, y):
    """Return the pixel at map coordinates."""
    west, south, east, north = frame.extent
    column = int((x - west) / (east - west) * frame.width)
    row = int((north - y) / (north - south) * frame.height)
    return tuple(int(v) for v in frame.pixels[row, column])


def test_a_polygon_is_where_it_should_be(engine, squares):
    assert engine.set_layers([squares()], crs=CRS, background="#dfe9ef") == ()
    frame = draw(engine)
    assert frame.pixels.shape == (300, 400, 4)
    assert frame.extent == pytest.approx((-200, -150, 200, 150))
    assert pixel(frame, 50, 50) == RED
    assert pixel(frame, 150, 0) == SEA
    red = np.all(frame.pixels == np.array(RED, dtype=np.uint8), axis=2)
    assert red.sum() == pytest.approx(200 * 200, rel=0.02)


def test_the_extent_grows_to_the_shape_of_the_frame(engine, squares):
    engine.set_layers([squares()], crs=CRS)
    frame = draw(engine, extent=(-100, -100, 100, 100), width_px=400, height_px=200)
    assert frame.extent == pytest.approx((-200, -100, 200, 100))


@pytest.mark.parametrize("size", [(64, 48), (17, 301), (3840, 2160)])
def test_any_size(engine, squares, size):
    engine.set_layers([squares()], crs=CRS)
    frame = draw(engine, width_px=size[0], height_px=size[1])
    assert (frame.width, frame.height) == size
    assert pixel(frame, 50, 50) == RED


def test_layers_are_reprojected(engine, squares):
    engine.set_layers([squares()], crs="+proj=laea +lat_0=0 +lon_0=0 +datum=WGS84 +units=m")
    assert pixel(draw(engine), 50, 50) == RED


def test_the_first_layer_is_at_the_bottom(engine, squares):
    blue = squares(
        layer_id="blue",
        style={"type": "single", "symbol": {"shape": "fill", "fill": "#0000ff"}},
    )
    engine.set_layers([squares(), blue], crs=CRS)
    assert pixel(draw(engine), 50, 50) == (255, 0, 0, 255)
    engine.set_layers([blue, squares()], crs=CRS)
    assert pixel(draw(engine), 50, 50) == RED


def test_switched_off_layers_are_drawn_only_when_asked_for(engine, squares):
    engine.set_layers([squares(visible=False)], crs=CRS)
    assert pixel(draw(engine), 50, 50) == WHITE
    assert pixel(draw(engine, layer_ids=("squares",)), 50, 50) == RED


def test_layers_that_cannot_be_opened_are_told_and_the_others_drawn(engine, squares, tmp_path):
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"no raster")
    specs = [
        squares(),
        LayerSpec("gone", "Gone", str(tmp_path / "gone.gpkg"), "vector"),
        LayerSpec("broken", "Broken", str(broken), "raster"),
    ]
    problems = engine.set_layers(specs, crs=CRS)
    assert [p.layer_id for p in problems] == ["gone", "broken"]
    assert "does not exist" in problems[0].reason
    assert "broken.tif" in problems[1].reason
    assert pixel(draw(engine), 50, 50) == RED
    assert engine.health().problems == problems


def test_an_unknown_crs_is_refused_and_the_map_stays(engine, squares):
    engine.set_layers([squares()], crs=CRS)
    with pytest.raises(QgisRequestError, match="EPSG:999999"):
        engine.set_layers([], crs="EPSG:999999")
    assert pixel(draw(engine), 50, 50) == RED


def test_two_layers_with_one_id_are_refused(engine, squares):
    with pytest.raises(UsageError, match="squares"):
        engine.set_layers([squares(), squares()], crs=CRS)


def test_an_empty_extent_is_refused():
    with pytest.raises(UsageError, match="extent"):
        RenderRequest((1, 0, 0, 1), 10, 10)
