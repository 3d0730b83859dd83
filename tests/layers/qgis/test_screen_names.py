"""Names on the screen, beside the same names as QGIS draws them itself."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest

pytestmark = pytest.mark.qgis

CRS = "EPSG:3857"
EXTENT = (-200, -150, 200, 150)
BLANK = {"shape": "marker", "fill": None, "stroke": None}


def draw(engine, dpi=96.0, extent=EXTENT):
    size = round(400 * dpi / 96), round(300 * dpi / 96)
    return engine.render(RenderRequest(extent, *size, dpi)).result().pixels.astype(int)


def named(data, **labels):
    style = {
        "type": "single",
        "symbol": BLANK,
        "labels": {"field": "name", "size_pt": 11, "color": "#000000", **labels},
    }
    return LayerSpec("places", "Places", f"{data}/data.gpkg|layername=places", "vector", style)


def by_qgis(engine, spec):
    """Return a layer with the same style as a file, whose names QGIS draws itself."""
    engine.set_layers([spec], crs=CRS)
    return replace(spec, style={"type": "qml", "qml": engine.read_style(spec.layer_id)})


def ink(pixels):
    """Return where the ink of names lies, west, north, east, south, and how much there is."""
    rows, columns = np.nonzero(pixels[..., :3].min(axis=2) < 128)
    assert len(rows), "no name is seen"
    return (columns.min(), rows.min(), columns.max(), rows.max()), len(rows)


@pytest.mark.parametrize(
    ("labels", "dpi"),
    [
        ({"halo": "#ffffff"}, 96.0),
        ({"halo": "#ffffff"}, 192.0),
        ({"halo": "#88ccff", "bold": True, "size_pt": 14}, 96.0),
        ({"halo": "#ffffff", "placement": "over"}, 96.0),
        ({"halo": "#ffffff", "wrap": 6, "placement": "over"}, 96.0),
        ({}, 96.0),
    ],
)
def test_names_stand_where_qgis_would_draw_them_and_look_the_same(engine, data, labels, dpi):
    spec = named(data, **labels)
    theirs_spec = by_qgis(engine, spec)
    engine.set_layers([spec], crs=CRS)
    ours, amount = ink(draw(engine, dpi))
    engine.set_layers([theirs_spec], crs=CRS)
    theirs, their_amount = ink(draw(engine, dpi))
    assert ours == pytest.approx(theirs, abs=1.5 * dpi / 96)
    assert amount == pytest.approx(their_amount, rel=0.1)


def test_a_name_is_drawn_once_and_a_new_style_shows_at_once(engine, data):
    engine.set_layers([named(data, halo="#ffffff")], crs=CRS)
    first = draw(engine)
    np.testing.assert_array_equal(draw(engine), first)
    engine.set_layers([named(data, halo="#ffffff", color="#ff0000")], crs=CRS)
    red = draw(engine)
    assert ((red[..., 2] > 200) & (red[..., 0] < 60)).sum() > 100, "the ink is red"
    engine.set_layers([named(data)], crs=CRS)
    engine.set_layers([], crs=CRS)
    assert (draw(engine)[..., :3] == 255).all()


def test_names_follow_the_map_and_keep_clear_of_each_other(engine, tmp_path):
    frame = gpd.GeoDataFrame(
        {"name": [f"Place {n}" for n in range(40)]},
        geometry=[Point(n % 2, n) for n in range(40)],
        crs=CRS,
    )
    frame.to_file(tmp_path / "crowd.gpkg", layer="places")
    style = {
        "type": "single",
        "symbol": BLANK,
        "labels": {"field": "name", "size_pt": 11, "color": "#000000"},
    }
    source = f"{tmp_path}/crowd.gpkg|layername=places"
    engine.set_layers([LayerSpec("crowd", "Crowd", source, "vector", style)], crs=CRS)
    apart = ink(draw(engine, extent=(-20, -5, 33, 45)))[1]
    crowded = ink(draw(engine))[1]
    assert crowded < apart / 2, "names that would lie on others are left out"


def test_names_along_lines_are_left_to_qgis(engine, tmp_path):
    wave = LineString([(x, 40 * np.sin(x / 40)) for x in range(-150, 151, 5)])
    frame = gpd.GeoDataFrame({"name": ["The long river"]}, geometry=[wave], crs=CRS)
    frame.to_file(tmp_path / "river.gpkg", layer="river")
    style = {
        "type": "single",
        "symbol": {"shape": "line", "stroke": None},
        "labels": {"field": "name", "size_pt": 14, "color": "#000000"},
    }
    source = f"{tmp_path}/river.gpkg|layername=river"
    spec = LayerSpec("river", "River", source, "vector", style)
    theirs_spec = by_qgis(engine, spec)
    engine.set_layers([spec], crs=CRS)
    ours = draw(engine)
    engine.set_layers([theirs_spec], crs=CRS)
    np.testing.assert_array_equal(ours, draw(engine))


def test_the_project_for_qgis_has_names_with_ink(engine, data, tmp_path):
    areas = gpd.GeoDataFrame({"name": ["Reserve"]}, geometry=[box(-50, -50, 50, 50)], crs=CRS)
    areas.to_file(tmp_path / "areas.gpkg", layer="areas")
    spec = named(data, halo="#ffffff")
    engine.set_layers([spec], crs=CRS)
    draw(engine)
    style = engine.read_style("places")
    assert 'textOpacity="1"' in style
    assert 'bufferDraw="1"' in style
