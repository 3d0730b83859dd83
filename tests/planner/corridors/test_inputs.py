from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.errors import LayerReadError
from planner.corridors.inputs import (
    InputError,
    Source,
    positive,
    read_cores,
    read_grid,
    read_mask,
    read_on,
    read_shapes,
)
from planner.corridors.resistances import ResistanceInput, read_classes, read_curve


def test_a_raster_in_degrees_is_refused_with_a_system_that_fits(files):
    path = files.raster("deg.tif", np.ones((4, 5)), crs="EPSG:4326", side=0.1, left=130.0)
    with pytest.raises(InputError, match=r"in degrees \(WGS 84\).*gdalwarp -t_srs") as caught:
        read_grid(path)
    assert "+proj=laea" in str(caught.value)


def test_feet_are_no_metres(files):
    path = files.raster("feet.tif", np.ones((4, 5)), crs="EPSG:2263")
    with pytest.raises(InputError, match="in US survey foot"):
        read_grid(path)


def test_grids_that_do_not_match_are_told_with_both_and_a_remedy(files):
    like = files.raster("like.tif", np.ones((4, 5)))
    grid = read_grid(like).grid
    assert read_on(files.raster("same.tif", np.ones((4, 5))), grid, like).shape == (4, 5)
    for name, values, where in (
        ("shape.tif", np.ones((4, 6)), {}),
        ("moved.tif", np.ones((4, 5)), {"left": 50.0}),
        ("crs.tif", np.ones((4, 5)), {"crs": "EPSG:32652"}),
    ):
        other = files.raster(name, values, **where)
        with pytest.raises(InputError, match="different grids") as caught:
            read_on(other, grid, like)
        told = str(caught.value)
        assert "4 rows of 5 cells of 100 by 100" in told
        assert f"-tr 100 100 -r near {name} matched.tif" in told


def test_resistance_of_zero_or_less_is_told_with_its_place(files):
    values = np.ones((3, 4))
    values[1, 2], values[2, 0] = 0.0, -4.0
    with pytest.raises(InputError, match=r"2 cells are zero or negative.*row 2, column 3"):
        positive(values, files.folder / "r.tif", "resistance")
    with pytest.raises(InputError, match="holds no number at all"):
        positive(np.full((2, 2), np.nan), files.folder / "r.tif", "resistance")


def test_sources_may_name_a_layer():
    assert Source.of("a/b.gpkg|layername=x y") == Source(Source.of("a/b.gpkg").path, "x y")
    assert Source.of("a.GPKG").is_vector
    assert not Source.of("a.tif").is_vector
    assert str(Source.of("a.gpkg|layer=q")) == "a.gpkg|layername=q"


@pytest.fixture
def ground(files):
    path = files.raster("like.tif", np.ones((10, 12)))
    return read_grid(path).grid, path


def test_cores_of_a_raster_keep_their_labels(files, ground):
    values = np.zeros((10, 12), np.int32)
    values[0, 0] = values[9, 11] = 70_000
    values[5, 5] = 3
    cores = read_cores(Source.of(files.raster("c.tif", values)), *ground)
    assert cores.ids == ("3", "70000")
    assert cores.labels[5, 5] == 1
    assert cores.labels[0, 0] == cores.labels[9, 11] == 2
    assert cores.number("70000") == 2
    with pytest.raises(InputError, match=r"no core '4'. The cores are 3, 70000"):
        cores.number("4")


@pytest.mark.parametrize("values", [[[0.5, 1.0]], [[-1.0, 2.0]]])
def test_a_raster_of_other_numbers_is_no_raster_of_cores(files, values):
    path = files.raster("c.tif", np.array(values))
    with pytest.raises(InputError, match="negative or not whole"):
        read_cores(Source.of(path), read_grid(path).grid, path)


def test_a_raster_without_cores_is_told(files):
    path = files.raster("c.tif", np.zeros((2, 2)))
    with pytest.raises(InputError, match="holds no core"):
        read_cores(Source.of(path), read_grid(path).grid, path)


def test_shapes_in_degrees_are_brought_over_and_small_or_hidden_ones_are_told(files, ground):
    shapes = [
        files.box((0, 3), (0, 3)),
        files.box((1, 1), (1, 1)),  # inside the first: lies on top
        shapely.Point(850, -850).buffer(5),  # smaller than a cell
        shapely.box(9e5, 9e5, 9.1e5, 9.1e5),  # far away
        files.box((1, 1), (1, 1)),  # the same as the second
    ]
    path = files.shapes("c.geojson", shapes, crs="EPSG:4326", core_id=list("abcde"))
    cores = read_cores(Source.of(path), *ground)
    assert cores.ids == tuple("abcde")
    assert np.bincount(cores.labels.ravel(), minlength=6)[1:].tolist() == [15, 0, 1, 0, 1]
    assert cores.labels[8, 8] == 3
    assert "outside the grid" in cores.absent[3]
    assert cores.absent[1] == "its cells belong to the core e"


def test_a_core_smaller_than_a_cell_keeps_one_inside_another_core_too(files, ground):
    shapes = [
        files.box((0, 3), (0, 3)),
        shapely.Point(110, -110).buffer(2),  # in a corner of its cell, inside the first
        shapely.Point(120, -120).buffer(3),  # in the same cell
    ]
    cores = read_cores(Source.of(files.shapes("c.gpkg", shapes)), *ground)
    assert np.bincount(cores.labels.ravel())[1:].tolist() == [15, 1]
    assert cores.absent == ("", "", "its cells belong to the core 2")


def test_pieces_with_one_name_are_one_core(files, ground):
    shapes = [files.box((0, 1), (0, 1)), files.box((5, 6), (5, 6)), files.box((0, 1), (8, 9))]
    path = files.shapes("c.gpkg", shapes, reserve=["x", "x", "y"])
    assert read_cores(Source.of(path), *ground).ids == ("1", "2", "3")
    cores = read_cores(Source.of(path), *ground, "reserve")
    assert cores.ids == ("x", "y")
    assert (cores.labels == 1).sum() == 8
    with pytest.raises(InputError, match=r"no column 'park'. It has reserve"):
        read_cores(Source.of(path), *ground, "park")


def test_a_shape_that_does_not_name_its_core_is_refused(files, ground):
    shapes = [files.box((0, 1), (0, 1)), files.box((5, 6), (5, 6))]
    path = files.shapes("c.gpkg", shapes, core_id=["x", None])
    with pytest.raises(InputError, match="1 of 2 shapes have nothing in the column 'core_id'"):
        read_cores(Source.of(path), *ground)


def test_a_file_of_several_layers_is_asked_for_one(files, ground):
    files.shapes("two.gpkg", [files.box((0, 1), (0, 1))], layer="reserves")
    path = files.shapes("two.gpkg", [files.box((5, 6), (5, 6))], layer="cores")
    assert len(read_shapes(Source.of(path), ground[0], prefer="cores")) == 1
    with pytest.raises(InputError, match="several layers with shapes: reserves, cores"):
        read_shapes(Source.of(path), ground[0])
    named = Source.of(f"{path}|layername=reserves")
    assert read_cores(named, *ground).labels[0, 0] == 1
    with pytest.raises(LayerReadError, match="cannot be read"):
        read_shapes(Source.of(f"{path}|layername=nothing"), ground[0])


def test_missing_damaged_and_wild_files_are_told(files, ground):
    damaged = files.folder / "damaged.gpkg"
    damaged.write_bytes(b"no GeoPackage")
    with pytest.raises(LayerReadError, match="cannot be read"):
        read_shapes(Source.of(damaged), ground[0])
    for name in ("none.gpkg", "none.tif", "/vsicurl/http://example.org/x.tif"):
        with pytest.raises(LayerReadError, match="There is no file"):
            read_cores(Source.of(name), *ground)


def test_what_is_excluded_covers_every_cell_it_touches(files, ground):
    line = shapely.LineString([(50, -150), (450, -150)])
    path = files.shapes("road.gpkg", [line, None])
    assert read_mask(Source.of(path), *ground, whole_cells=True)[1, :5].all()
    area = files.shapes("area.gpkg", [shapely.box(60, -140, 240, -100)])
    assert read_mask(Source.of(area), *ground, whole_cells=True).sum() == 3
    assert read_mask(Source.of(area), *ground).sum() == 1
    values = np.zeros((10, 12))
    values[2, 2], values[3, 3] = 7.0, np.nan
    assert read_mask(Source.of(files.raster("m.tif", values)), *ground).sum() == 1


def table(files, text):
    path = files.folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_curve_is_read_from_a_table(files, mark):
    text = f"\ufeffsuitability{mark}resistance\n0{mark}50\n\n1{mark}1\n"
    assert read_curve(table(files, text)).points == ((0.0, 50.0), (1.0, 1.0))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0,50\nx,1\n", "line 2: 'x' is no number"),
        ("0,50\n", "two points or more"),
        ("0.5,50\n0.2,1\n", "rising"),
        ("0,0.5\n1,1\n", "makes no resistance curve"),
        ("a,b\n", "no line with numbers"),
        ("0\n", "two columns"),
    ],
)
def test_a_table_that_makes_no_curve_is_told(files, text, words):
    with pytest.raises(InputError, match=words):
        read_curve(table(files, text))


def test_classes_have_their_resistance_and_may_be_barriers(files):
    path = table(files, "code,resistance\n1,3\n4,barrier\nother,20\n")
    assert read_classes(path) == ({1: 3.0, 4: np.inf}, 20.0)
    raster = files.raster("k.tif", np.array([[1.0, 4.0, 9.0, np.nan]]))
    found = ResistanceInput(raster, None, path, by_class=True).read().values
    np.testing.assert_array_equal(found, [[3.0, np.inf, 20.0, np.nan]])
    strict = table(files, "1,3\n")
    with pytest.raises(InputError, match=r"for the classes 4, 9. Add a line"):
        ResistanceInput(raster, None, strict, by_class=True).read()
    for text, words in (("1,0\n", "above 0"), ("1,2\n1,3\n", "twice"), ("1.5,2\n", "whole")):
        with pytest.raises(InputError, match=words):
            read_classes(table(files, text))


def test_suitability_in_percent_is_told(files):
    path = files.raster("s.tif", np.array([[10.0, 90.0]]))
    curve = read_curve(table(files, "0,50\n1,1\n"))
    with pytest.raises(InputError, match=r"10 to 90, but suitability.*Divide it by 100"):
        ResistanceInput(path, curve).read()
    far = files.raster("s2.tif", np.array([[-3.0, 900.0]]))
    with pytest.raises(InputError, match="Scale it first"):
        ResistanceInput(far, curve).read()


@pytest.mark.parametrize("name", ["c.shp", "c.gpkg", "c.geojson", "c.fgb"])
def test_every_kind_of_vector_file_is_read(files, ground, name):
    path = files.shapes(name, [files.box((2, 3), (4, 6))], crs="EPSG:4326")
    assert read_mask(Source.of(path), *ground)[2:4, 4:7].all()
    assert read_mask(Source.of(path), *ground).sum() == 6
