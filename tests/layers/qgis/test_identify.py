"""What lies under a point, and where things are."""

from __future__ import annotations

import pytest

from layers.qgis.errors import QgisRequestError
from layers.qgis.layer_spec import LayerSpec

pytestmark = pytest.mark.qgis

CRS = "EPSG:3857"


@pytest.fixture
def shown(engine, squares, data):
    stops = [[0, "#ffffff"], [20, "#005500"]]
    engine.set_layers(
        [
            LayerSpec(
                "ramp",
                "Ramp",
                str(data / "ramp.tif"),
                "raster",
                {"type": "ramp", "stops": stops},
            ),
            squares(),
            LayerSpec(
                "lines",
                "Lines",
                f"{data}/data.gpkg|layername=lines",
                "vector",
                {"type": "single", "symbol": {"shape": "line", "stroke": "#000000"}},
            ),
        ],
        crs=CRS,
    )
    return engine


def test_the_top_layer_comes_first(shown):
    found = shown.identify((0, 1), 3)
    assert [hit["layer_id"] for hit in found] == ["lines", "squares", "squares", "ramp"]
    assert found[0]["attributes"]["name"] == "across"
    assert {hit["attributes"]["name"] for hit in found[1:3]} == {"west", "east"}
    assert list(found[3]["attributes"].values()) == [10.0]


def test_tolerance_and_layers_narrow_it(shown):
    (hit,) = shown.identify((50, -50), 1, ["squares"])
    assert hit["attributes"] == {"fid": 2, "name": "east", "rank": 7}
    assert shown.identify((150, 0), 1) == []
    assert [h["layer_id"] for h in shown.identify((110, 0), 20, ["squares"])] == ["squares"]


def test_missing_cells_are_nothing(shown):
    assert shown.identify((-80, 80), 1, ["ramp"]) == []


def test_extents_are_transformed(shown):
    west, south, east, north = shown.transform_extent((-1, -1, 1, 1), source="EPSG:4326")
    assert (east, north) == pytest.approx((111319.5, 111325.1), abs=1)
    assert (west, south) == pytest.approx((-east, -north), abs=1)
    assert shown.layer_extent("squares") == pytest.approx((-100, -100, 100, 100))


def test_an_unknown_layer_is_told(shown):
    with pytest.raises(QgisRequestError, match="nowhere"):
        shown.layer_extent("nowhere")
