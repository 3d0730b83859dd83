"""Symbols, rasters and labels, by what they put on the map."""

from __future__ import annotations

import numpy as np
import pytest

from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest
from resources.errors import UsageError

pytestmark = pytest.mark.qgis

CRS = "EPSG:3857"
EXTENT = (-200, -150, 200, 150)


def draw(engine, **more):
    return engine.render(RenderRequest(EXTENT, 400, 300, **more)).result(30)


def at(frame, x, y):
    """Return red, green, blue at map coordinates; one pixel is one metre."""
    blue, green, red = (int(v) for v in frame.pixels[150 - y, 200 + x][:3])
    return red, green, blue


def share_inked(frame):
    """Return the share of pixels in the square of the data that are not white."""
    inside = frame.pixels[50:250, 100:300, :3]
    return float(np.any(inside < 250, axis=2).mean())


def test_categories_and_the_rest(engine, squares):
    style = {
        "type": "categories",
        "field": "name",
        "symbols": [
            {"value": "west", "label": "West", "symbol": {"fill": "#00ff00"}},
            {"value": None, "label": "Other", "symbol": {"fill": "#0000ff"}},
        ],
    }
    assert engine.set_layers([squares(style=style)], crs=CRS) == ()
    frame = draw(engine)
    assert at(frame, -50, 0) == (0, 255, 0)
    assert at(frame, 50, 0) == (0, 0, 255)
    (legend,) = engine.layer_legend()
    assert [entry.label for entry in legend.entries] == ["West", "Other"]
    assert all(entry.png.startswith(b"\x89PNG") for entry in legend.entries)


def test_graduated(engine, squares):
    style = {
        "type": "graduated",
        "field": "rank",
        "symbols": [
            {"min": 0, "max": 5, "label": "low", "symbol": {"fill": "#00ff00"}},
            {"min": 5, "max": 9, "label": "high", "symbol": {"fill": "#0000ff"}},
        ],
    }
    engine.set_layers([squares(style=style)], crs=CRS)
    frame = draw(engine)
    assert (at(frame, -50, 0), at(frame, 50, 0)) == ((0, 255, 0), (0, 0, 255))


def test_inverted_fills_what_no_polygon_covers(engine, squares):
    style = {"type": "inverted", "symbol": {"fill": "#0000ff", "stroke": None}}
    assert engine.set_layers([squares(style=style)], crs=CRS) == ()
    frame = draw(engine)
    assert at(frame, -50, 0) == at(frame, 50, 0) == (255, 255, 255)
    assert at(frame, -150, 0) == at(frame, 0, 140) == (0, 0, 255)


def test_a_subset_selects_features(engine, squares):
    engine.set_layers([squares(subset="\"name\" = 'west'")], crs=CRS)
    frame = draw(engine)
    assert (at(frame, -50, 0), at(frame, 50, 0)) == ((255, 0, 0), (255, 255, 255))


def test_opacity_and_fill_opacity_multiply(engine, squares):
    style = {"type": "single", "symbol": {"fill": "#ff0000", "fill_opacity": 0.5}}
    engine.set_layers([squares(style=style, opacity=0.5)], crs=CRS)
    red, green, blue = at(draw(engine), 50, 0)
    assert red == 255
    assert green == blue == pytest.approx(255 * 0.75, abs=3)


def test_hatch_covers_a_part(engine, squares):
    style = {"type": "single", "symbol": {"hatch": "diagonal", "stroke": "#005500"}}
    engine.set_layers([squares(style=style)], crs=CRS)
    assert 0.05 < share_inked(draw(engine)) < 0.6


def test_a_dashed_outline_has_gaps(engine, squares):
    inked = {}
    for dash in ("solid", "dash", "dot"):
        symbol = {"stroke": "#000000", "stroke_width_mm": 0.6, "dash": dash}
        engine.set_layers([squares(style={"type": "single", "symbol": symbol})], crs=CRS)
        inked[dash] = share_inked(draw(engine))
    assert inked["solid"] > 1.3 * inked["dash"] > 0
    assert inked["dash"] > 1.05 * inked["dot"] > 0


@pytest.mark.parametrize("shape", ["line", "marker"])
def test_polygons_as_lines_and_markers(engine, squares, shape):
    symbol = {"shape": shape, "fill": "#000000", "stroke": "#000000", "size_mm": 3}
    engine.set_layers([squares(style={"type": "single", "symbol": symbol})], crs=CRS)
    frame = draw(engine)
    assert at(frame, 60, 60) == (255, 255, 255)
    assert 0 < share_inked(frame) < 0.2


def test_layers_appear_from_their_smallest_scale_on(engine, squares):
    style = {"type": "single", "symbol": {"fill": "#ff0000"}, "min_scale": 1_000_000}
    engine.set_layers([squares(style=style)], crs=CRS)
    assert at(draw(engine), 50, 0) == (255, 0, 0)
    far = engine.render(RenderRequest((-4e6, -3e6, 4e6, 3e6), 400, 300)).result(30)
    assert share_inked(far) == 0


def raster(data, style, name="ramp"):
    return LayerSpec(name, name, str(data / f"{name}.tif"), "raster", style)


def test_a_ramp_is_even_and_leaves_missing_cells_clear(engine, data):
    stops = [[0, "#000000", "low"], [20, "#c80000", "high"]]
    engine.set_layers([raster(data, {"type": "ramp", "stops": stops})], crs=CRS)
    frame = draw(engine)
    assert at(frame, 5, -50) == (100, 0, 0)
    assert at(frame, 95, -50) == (190, 0, 0)
    assert at(frame, -80, 80) == (255, 255, 255)


def test_a_ramp_may_be_transparent_at_one_end(engine, data):
    stops = [[0, "#ff000000", "none"], [10, "#ff0000ff", "much"]]
    engine.set_layers([raster(data, {"type": "ramp", "stops": stops})], crs=CRS)
    frame = draw(engine)
    assert at(frame, -95, -50) == (255, 255, 255)
    assert at(frame, 5, -50) == (255, 0, 0)


def test_classes_show_what_they_list(engine, data):
    style = {"type": "classes", "classes": [[2, "#123456", "two"]]}
    engine.set_layers([raster(data, style, "classes")], crs=CRS)
    frame = draw(engine)
    assert at(frame, 50, 50) == (0x12, 0x34, 0x56)
    assert at(frame, -50, 50) == (255, 255, 255)


def test_a_hillshade_is_grey_and_tells_slopes_apart(engine, data):
    engine.set_layers([raster(data, {"type": "hillshade", "exaggeration": 5})], crs=CRS)
    red, green, blue = at(draw(engine), 50, -50)
    assert red == green == blue
    assert 0 < red < 255


def test_labels_of_every_script_show(engine, data):
    symbol = {"shape": "marker", "fill": None, "stroke": None}
    labels = {"field": "name", "size_pt": 10, "color": "#000000", "halo": "#ffffff"}
    places = LayerSpec(
        "places",
        "Places",
        f"{data}/data.gpkg|layername=places",
        "vector",
        {"type": "single", "symbol": symbol, "labels": labels},
    )
    assert engine.set_layers([places], crs=CRS) == ()
    frame = draw(engine)
    for y in (60, 0, -60):
        band = frame.pixels[150 - y - 25 : 150 - y + 25, :, :3]
        assert np.any(band < 100, axis=2).sum() > 100


def test_fonts_for_every_script_are_found(engine):
    fonts = engine.describe()["fonts"]
    assert set(fonts) == {"Chinese", "Japanese", "Korean", "Cyrillic"}
    assert all(fonts.values()), f"no font for some script: {fonts}"


@pytest.mark.parametrize(
    "style",
    [
        {"type": "single", "symbol": {"fill": "reddish"}},
        {"type": "single", "symbol": {"hatch": "zigzag"}},
        {"type": "categories", "symbols": []},
    ],
)
def test_a_style_that_cannot_be_used_is_told(engine, squares, style):
    (problem,) = engine.set_layers([squares(style=style)], crs=CRS)
    assert problem.layer_id == "squares"
    assert "style" in problem.reason


def test_a_style_of_the_wrong_kind_is_refused(squares):
    with pytest.raises(UsageError, match="hillshade"):
        squares(style={"type": "hillshade"})
