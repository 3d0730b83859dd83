"""Tables, values, statistics and outlines of layers, asked of the real QGIS."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import box

from layers.qgis.errors import QgisRequestError
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest
from resources.errors import UsageError

pytestmark = pytest.mark.qgis

CRS = "EPSG:3857"
WHOLE = (-100.0, -100.0, 100.0, 100.0)


@pytest.fixture
def shown(engine, squares, data):
    """The two squares and the two rasters on the map."""
    ramp = {"type": "ramp", "stops": [[0, "#000000"], [20, "#ffffff"]]}
    layers = [
        squares(),
        LayerSpec("ramp", "Ramp", f"{data}/ramp.tif", "raster", ramp),
        LayerSpec("classes", "Classes", f"{data}/classes.tif", "raster", ramp),
    ]
    assert engine.set_layers(layers, crs=CRS) == ()
    return engine


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A GeoPackage of ten thousand polygons with corners enough to be heavy."""
    folder = tmp_path_factory.mktemp("many")
    rng = np.random.default_rng(7)
    places = shapely.points(rng.uniform(0, 1e6, 10_000), rng.uniform(0, 1e6, 10_000))
    frame = gpd.GeoDataFrame(
        {
            "name": [f"site {n}" for n in range(10_000)],
            "area": rng.uniform(0, 100, 10_000),
            "class": rng.integers(0, 5, 10_000),
        },
        geometry=shapely.buffer(places, rng.uniform(500, 5000, 10_000), quad_segs=16),
        crs=CRS,
    )
    frame.to_file(folder / "many.gpkg", layer="many")
    style = {"type": "single", "symbol": {"fill": "#88aa88"}}
    return LayerSpec("many", "Many", f"{folder}/many.gpkg|layername=many", "vector", style)


def test_a_layer_says_what_it_is(shown):
    facts = shown.layer_facts("squares")
    assert (facts.kind, facts.geometry, facts.features) == ("vector", "polygon", 2)
    assert facts.extent == pytest.approx(WHOLE)
    assert [(field.name, field.kind) for field in facts.fields] == [
        ("fid", "integer"),
        ("name", "text"),
        ("rank", "integer"),
    ]
    assert shown.fields("squares") == facts.fields
    raster = shown.layer_facts("ramp")
    assert (raster.kind, raster.bands, raster.width, raster.height) == ("raster", 1, 20, 20)


def test_a_table_comes_sorted_filtered_and_by_pages(shown):
    rising = shown.table_page("squares", sort=("rank", False))
    assert [row[1] for row in rising.rows] == ["west", "east"]
    falling = shown.table_page("squares", sort=("rank", True), limit=1)
    assert (falling.rows, falling.fids, falling.total) == (((2, "east", 7),), (2,), 2)
    second = shown.table_page("squares", sort=("rank", True), offset=1)
    assert second.fids == (1,)
    assert shown.table_page("squares", where='"rank" > 3').fids == (2,)
    assert shown.table_page("squares", text="WE").fids == (1,)
    assert shown.table_page("squares", fids=[2]).total == 1
    assert shown.row_of("squares", 1, sort=("rank", True)) == 1
    assert shown.row_of("squares", 1, where='"rank" > 3') == -1


def test_a_table_follows_data_that_change(engine, data, tmp_path):
    path = tmp_path / "changing.gpkg"
    frame = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[box(0, 0, 1, 1)] * 2, crs=CRS)
    frame.to_file(path, layer="t")
    layer = LayerSpec("t", "T", f"{path}|layername=t", "vector")
    assert engine.set_layers([layer], crs=CRS) == ()
    assert engine.table_page("t", sort=("n", True)).total == 2
    gpd.GeoDataFrame({"n": [3]}, geometry=[box(0, 0, 1, 1)], crs=CRS).to_file(
        path, layer="t", mode="a"
    )
    assert engine.table_page("t", sort=("n", True)).rows[0][1] == 3


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("env('HOME')", "function env is not offered"),
        ("aggregate('squares', 'sum', \"rank\") > 1", "function aggregate is not offered"),
        ("\"name\" ~ '(a+)+$'", "Regular expressions are not offered"),
        ("@project_path = 'x'", "variable @project_path is not offered"),
        ("CASE WHEN env('A') THEN 1 END", "function env is not offered"),
        ('"nowhere" > 1', "has no field 'nowhere'"),
        ('"rank" >', "cannot be read"),
        ("1+" * 600 + "1", "more than 500 parts"),
        ("'" + "x" * 5000 + "' = 'y'", "characters, more than"),
    ],
)
def test_expressions_do_sums_and_comparisons_only(shown, expression, told):
    with pytest.raises(QgisRequestError, match=told):
        shown.table_page("squares", where=expression)
    with pytest.raises(QgisRequestError, match=told):
        shown.select("squares", expression=expression)


def test_plain_expressions_are_offered(shown):
    for expression in (
        '"name" ILIKE \'W%\' AND "rank" < 3',
        'upper("name") IN (\'WEST\') OR length("name") > 9',
        'CASE WHEN "rank" < 3 THEN true ELSE false END',
        '$area > 1 AND "rank" = 1',
    ):
        assert shown.select("squares", expression=expression) == (1,), expression


def test_features_are_chosen_by_place(shown):
    assert shown.select("squares", extent=(-50, -50, -10, -10)) == (1,)
    assert shown.select("squares", polygon=[(-5, -5), (5, -5), (0, 5)]) == (1, 2)
    assert shown.select("squares", polygon=[(200, 200), (210, 200), (205, 210)]) == ()
    crossing_itself = [(-50, -50), (50, 50), (50, -50), (-50, 50)]
    assert shown.select("squares", polygon=crossing_itself, expression='"rank" = 7') == (2,)
    assert shown.select("squares") == (1, 2)


def test_outlines_come_in_the_crs_of_the_map(engine, squares):
    engine.set_layers([squares()], crs="EPSG:4326")
    (shape,) = (
        shapely.from_wkb(bytes.fromhex(text)) for text in engine.outline("squares", [2])
    )
    assert shape.bounds == pytest.approx((0, -8.983e-4, 8.983e-4, 8.983e-4), abs=1e-6)
    assert engine.features_extent("squares", [2]) == pytest.approx(shape.bounds, abs=1e-6)
    assert engine.outline("squares", []) == []
    assert engine.outline("squares", [99]) == []
    assert engine.features_extent("squares", [99]) is None


def test_classes_are_those_of_qgis(shown):
    equal = shown.classify("squares", "rank", "equal", 3)
    assert equal.bounds == pytest.approx((1, 3, 5, 7))
    assert equal.counts == (1, 0, 1)
    assert len(equal.labels) == 3
    with pytest.raises(QgisRequestError, match="holds no numbers"):
        shown.classify("squares", "name", "equal", 3)
    with pytest.raises(UsageError, match="made by"):
        shown.classify("squares", "rank", "guess", 3)


def test_the_values_of_a_field_are_counted(shown):
    found = shown.unique_values("squares", "name")
    assert (found.values, found.counts, found.complete) == (("east", "west"), (1, 1), True)
    assert not shown.unique_values("squares", "name", 1).complete


def test_the_cells_of_a_raster_are_told(shown):
    found = shown.raster_statistics("ramp")
    assert (found.minimum, found.maximum, found.cells, found.exact) == (0, 19, 375, True)
    assert found.percentile(50) == pytest.approx(10)
    assert shown.raster_statistics("classes").distinct == (1, 2)
    with pytest.raises(QgisRequestError, match="has 1 bands"):
        shown.raster_statistics("ramp", band=2)
    with pytest.raises(QgisRequestError, match="no cells that hold numbers"):
        shown.raster_statistics("squares")


def test_questions_leave_drawing_and_identify_as_they_were(shown):
    """Requests that leave something out spoil the next ones of a file in QGIS 3.22."""
    shown.table_page("squares")
    shown.unique_values("squares", "name")
    frame = shown.render(RenderRequest(WHOLE, 100, 100, layer_ids=("squares",))).result(30)
    assert tuple(int(v) for v in frame.pixels[50, 75][:3]) == (0, 0, 255)
    (hit,) = shown.identify((50, 0), 1, ["squares"])
    assert hit["attributes"] == {"fid": 2, "name": "east", "rank": 7}


def test_wrong_questions_say_so(shown):
    with pytest.raises(QgisRequestError, match="has no layer"):
        shown.table_page("nowhere")
    with pytest.raises(QgisRequestError, match="is a raster"):
        shown.table_page("ramp")
    with pytest.raises(UsageError, match="rows from 0 on"):
        shown.table_page("squares", limit=0)
    with pytest.raises(UsageError, match="three corners"):
        shown.select("squares", polygon=[(0, 0), (1, 1)])


def test_ten_thousand_polygons_are_handled(engine, many):
    assert engine.set_layers([many], crs=CRS) == ()
    page = engine.table_page("many", sort=("area", True), limit=50)
    values = [row[2] for row in page.rows]
    assert page.total == 10_000
    assert values == sorted(values, reverse=True)
    chosen = engine.select("many", extent=(0, 0, 5e5, 5e5))
    assert 2000 < len(chosen) < 3000
    shapes = shapely.from_wkb([bytes.fromhex(t) for t in engine.outline("many", chosen)])
    assert len(shapes) == len(chosen)
    assert shapely.get_num_coordinates(shapes).sum() <= 200_000
    breaks = engine.classify("many", "area", "jenks", 5)
    assert breaks == engine.classify("many", "area", "jenks", 5)
    assert sum(breaks.counts) == 10_000
    assert engine.unique_values("many", "class").values == (0, 1, 2, 3, 4)
    pages = [engine.table_page_later("many", offset=n, sort=("name", False)) for n in range(5)]
    assert [page.result(30).offset for page in pages] == [0, 1, 2, 3, 4]


def test_a_question_that_was_cancelled_holds_nobody_up(engine, many):
    engine.set_layers([many], crs=CRS)
    waiting = [
        engine.table_page_later("many", sort=("name", bool(n % 2)), text=f"site {n}")
        for n in range(30)
    ]
    assert all(future.cancel() for future in waiting[5:])
    assert engine.table_page("many", limit=1).total == 10_000
    assert waiting[0].result(30).total > 0
