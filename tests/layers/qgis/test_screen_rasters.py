from __future__ import annotations

import numpy as np
import pytest
import rasterio
from affine import Affine

from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest

CRS = "EPSG:3857"
EXTENT = (-100, -100, 100, 100)
LAEA = "+proj=laea +lat_0=43 +lon_0=130 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs +type=crs"
SAME = "+proj=laea +lat_0=43.000 +lon_0=130.0 +datum=WGS84 +units=m"


def write(path, values, crs=CRS, west=-100.0, north=100.0, cell=10.0):
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": "float32",
        "crs": crs,
        "transform": Affine(cell, 0, west, 0, -cell, north),
    }
    with rasterio.open(path, "w", **profile) as out:
        out.write(values.astype("float32"), 1)
    return path


@pytest.fixture
def ridge(tmp_path):
    """A ridge that runs north to south: its west side faces the light."""
    x = np.linspace(-95, 95, 20)
    return write(tmp_path / "ridge.tif", np.tile(100 - np.abs(x), (20, 1)))


def hills(path, **style):
    return LayerSpec(
        "hills", "Hills", str(path), "raster", {"type": "hillshade", "azimuth": 270, **style}
    )


def drawn(engine, extent=EXTENT):
    return engine.render(RenderRequest(extent, 200, 200, 96.0)).result().pixels


@pytest.mark.qgis
def test_slopes_that_face_the_light_are_brighter(engine, ridge):
    assert engine.set_layers([hills(ridge)], crs=CRS) == ()
    pixels = drawn(engine).astype(int)
    west, east = pixels[100, 50], pixels[100, 150]
    assert west[0] == west[1] == west[2], "grey"
    assert west[0] > east[0] + 50


@pytest.mark.qgis
def test_shades_follow_the_style_and_the_file(engine, ridge):
    engine.set_layers([hills(ridge)], crs=CRS)
    before = drawn(engine)
    engine.set_layers([hills(ridge, exaggeration=0.2)], crs=CRS)
    flatter = drawn(engine)
    assert flatter[100, 150, 0] > before[100, 150, 0]
    write(ridge, np.zeros((20, 20)))
    engine.refresh(["hills"])
    flat = drawn(engine)
    assert abs(int(flat[100, 50, 0]) - int(flat[100, 150, 0])) <= 2


@pytest.mark.qgis
def test_shades_are_drawn_on_screen_only_and_look_as_the_layer_does(engine, ridge, tmp_path):
    """A raster of heights in degrees, far from the equator, beside what QGIS itself shades."""
    rng = np.random.default_rng(5)
    heights = np.cumsum(np.cumsum(rng.normal(size=(60, 80)), 0), 1) * 40
    path = write(tmp_path / "degrees.tif", heights, "EPSG:4326", 128.0, 46.0, 0.08)
    engine.set_layers([hills(path, multidirectional=True)], crs=LAEA)
    extent = (-100_000, -100_000, 100_000, 100_000)
    shaded = drawn(engine, extent)[..., 0].astype(float)
    steps = {"type": "hillshade", "multidirectional": True, "resampling": "bilinear"}
    own = LayerSpec("hills", "Hills", str(path), "raster", steps)
    engine.set_layers([own], crs=LAEA)
    again = drawn(engine, extent)[..., 0].astype(float)
    assert np.corrcoef(shaded.ravel(), again.ravel())[0, 1] > 0.95


@pytest.mark.qgis
@pytest.mark.parametrize("interpolate", [True, False])
def test_a_ramp_has_the_colours_that_qgis_gives_it(engine, tmp_path, interpolate):
    """Beside a map of another CRS, in which ramps have no copy and QGIS looks up itself."""
    rng = np.random.default_rng(3)
    values = rng.uniform(-0.2, 1.2, (20, 20))
    values[3, 3] = np.nan
    own = write(tmp_path / "ramp.tif", values)
    stops = [[0, "#ffffff00", "none"], [0.4, "#22aa44", "some"], [1, "#102050", "much"]]
    style = {"type": "ramp", "stops": stops, "interpolate": interpolate}
    engine.set_layers([LayerSpec("ramp", "Ramp", str(own), "raster", style)], crs=CRS)
    copied = drawn(engine).astype(int)
    other = "+proj=laea +lat_0=0 +lon_0=0 +datum=WGS84 +units=m"
    engine.set_layers([LayerSpec("ramp", "Ramp", str(own), "raster", style)], crs=other)
    projected = drawn(engine).astype(int)
    inside = np.abs(copied[5:195, 5:195] - projected[5:195, 5:195])
    assert np.median(inside) <= 2
    assert (copied[35, 35] == 255).all(), "no number, no colour"


@pytest.mark.qgis
def test_a_layer_whose_crs_is_the_maps_in_other_words_lies_where_it_should(engine, tmp_path):
    values = np.zeros((20, 20))
    values[:10, :10] = 1
    path = write(tmp_path / "quarter.tif", values, LAEA)
    style = {"type": "classes", "classes": [[1, "#123456", "one"], [0, "#ffffff", "none"]]}
    engine.set_layers([LayerSpec("quarter", "Quarter", str(path), "raster", style)], crs=SAME)
    pixels = drawn(engine)
    assert tuple(pixels[50, 50, :3]) == (0x56, 0x34, 0x12)
    assert tuple(pixels[150, 150, :3]) == (255, 255, 255)
    assert engine.layer_extent("quarter") == pytest.approx(EXTENT)


@pytest.mark.qgis
def test_the_ground_and_what_lies_on_it_are_drawn_as_if_in_one(engine, tmp_path, data):
    """Two threads draw the parts; with a layer that mixes above them, one draws all."""
    rng = np.random.default_rng(7)
    path = write(tmp_path / "ground.tif", rng.uniform(0, 1, (20, 20)))
    ramp = {"type": "ramp", "stops": [[0, "#ffffff", "low"], [1, "#204060", "high"]]}
    ground = LayerSpec("ground", "Ground", str(path), "raster", ramp, opacity=0.5)
    fill = {"shape": "fill", "fill": "#d98e04", "fill_opacity": 0.5, "stroke": "#333333"}
    labels = {"field": "name", "size_pt": 14, "color": "#000000", "halo": "#ffffff"}
    style = {"type": "single", "symbol": fill, "labels": labels}
    source = f"{data}/data.gpkg|layername=squares"
    squares = LayerSpec("squares", "Squares", source, "vector", style)
    clear = {
        "type": "ramp",
        "stops": [[0, "#ffffff", ""], [1, "#ffffff", ""]],
        "blend": "multiply",
    }
    mixing = LayerSpec("mixing", "Mixing", str(path), "raster", clear)
    engine.set_layers([ground, squares], crs=CRS)
    parted = drawn(engine).astype(int)
    engine.set_layers([ground, squares, mixing], crs=CRS)
    together = drawn(engine).astype(int)
    assert np.abs(parted - together).max() <= 3
    assert len(np.unique(parted[..., 0])) > 10
