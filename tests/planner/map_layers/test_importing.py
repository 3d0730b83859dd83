"""Files that become layers: copied or linked, and refused where they would do harm."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from layers.errors import LayerReadError, LayerWriteError
from planner.errors import ReadOnlyProjectError
from planner.map_layers import NewLayer, add_layer, layers_of, map_of
from planner.map_layers import raster_files as limits
from planner.map_layers.first_look import raster_style
from planner.map_layers.importing import (
    copy_raster,
    import_vector,
    link_raster,
    raster_facts,
    vector_tables,
)
from planner.map_layers.overviews import slow_rasters
from planner.map_layers.style_files import read_qml, write_qml
from planner.project import Project
from planner.publish import show_project


def test_a_vector_file_is_copied_into_the_project(project, pack, parks):
    (table,) = vector_tables(parks)
    first = import_vector(project, parks, table.name, name="公园 Parks")
    second = import_vector(project, parks, name="公园 Parks")
    assert first.source == "layers/parks.gpkg|layername=parks"
    assert second.source == "layers/parks_2.gpkg|layername=parks_2"
    assert first.note == "Парки 公园.gpkg, parks"
    project.execute(add_layer(first))
    parks.unlink()
    layer = layers_of(project, pack)[-1]
    assert (layer.name, layer.kind) == ("公园 Parks", "vector")
    assert Path(layer.source.partition("|")[0]).is_file()


def test_a_project_with_its_layers_can_be_moved(project, pack, parks, tmp_path):
    project.execute(add_layer(import_vector(project, parks)))
    folder = project.path
    project.close()
    moved = tmp_path / "elsewhere.landbridge"
    folder.rename(moved)
    with Project.open(moved) as again:
        source = layers_of(again, pack)[-1].source
    assert source.startswith(str(moved))
    assert Path(source.partition("|")[0]).is_file()


def test_rasters_are_linked_or_copied(project, pack, raster):
    path = raster()
    linked = link_raster(project, path)
    assert (linked.source, linked.kind) == (str(path), "raster")
    assert linked.style["type"] == "ramp"
    copied = copy_raster(project, path, name="Heights")
    assert copied.source == "layers/heights.tif"
    with rasterio.open(project.path / copied.source) as source:
        assert source.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert source.read(1)[0, 5] == 5
    for new in (linked, copied):
        project.execute(add_layer(new))
    assert [layer.name for layer in layers_of(project, pack)[-2:]] == ["heights", "Heights"]
    assert slow_rasters(layers_of(project, pack)) == ()
    assert [p.name for p in (project.path / "layers").iterdir()] == ["heights.tif"]


def test_the_first_look_fits_what_the_cells_hold(raster):
    few = raster("few.tif", np.arange(400).reshape(20, 20).astype("uint8") % 3)
    assert [entry[0] for entry in raster_style(few)["classes"]] == [0, 1, 2]
    ramp = raster_style(raster())
    assert [stop[0] for stop in ramp["stops"]] == pytest.approx(
        np.linspace(7.98, 391.02, 5), abs=0.1
    )
    even = raster("even.tif", np.full((5, 5), 3.0, "float32"))
    assert raster_style(even)["stops"][0][0] == 3.0
    empty = raster("empty.tif", np.full((5, 5), -1.0, "float32"), nodata=-1)
    with pytest.raises(LayerReadError, match="holds no value"):
        raster_style(empty)


def make_sparse(path, size, **more):
    """A file of a few kilobytes that says it holds very many cells."""
    profile = {
        "driver": "GTiff",
        "width": size,
        "height": size,
        "count": 1,
        "dtype": "uint8",
        "crs": "EPSG:3857",
        "transform": Affine(10, 0, 0, 0, -10, 0),
        "sparse_ok": True,
        "tiled": True,
        "blockxsize": 512,
        "blockysize": 512,
        "bigtiff": "YES",
        **more,
    }
    with rasterio.open(path, "w", **profile):
        return path


def test_a_raster_that_says_it_is_enormous_is_refused(project, tmp_path):
    bomb = make_sparse(tmp_path / "bomb.tif", 300_000)
    assert bomb.stat().st_size < 10_000_000
    for add in (link_raster, copy_raster):
        with pytest.raises(LayerReadError, match="more than can be drawn"):
            add(project, bomb)
    assert not any((project.path / "layers").glob("*"))


def test_a_raster_too_large_to_copy_may_be_linked(project, tmp_path, monkeypatch):
    path = make_sparse(tmp_path / "large.tif", 5_000)
    monkeypatch.setattr("planner.map_layers.importing.MOST_COPIED", 1_000_000)
    with pytest.raises(LayerReadError, match="Add it as a link"):
        copy_raster(project, path)
    new = link_raster(project, path)
    assert not raster_facts(path).has_overviews
    assert new.kind == "raster"


def test_a_raster_in_one_enormous_piece_is_refused(raster, monkeypatch):
    path = raster(blockysize=20)
    monkeypatch.setattr(limits, "MOST_BLOCK_BYTES", 1_000)
    with pytest.raises(LayerReadError, match="stored in pieces"):
        raster_facts(path)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.tif", b"II*\0 not a raster", "cannot be read"),
        ("a.xml", b"<GDAL_WMS><Service name='TMS'/></GDAL_WMS>", "description of a raster"),
        ("a.json", b'{"type": "mosaic"}', "description of a raster"),
        (
            "a.vrt",
            b"<VRTDataset><SourceFilename>/vsicurl/http://h/a.tif</SourceFilename></VRTDataset>",
            "could fetch from the web or run code",
        ),
        (
            "b.vrt",
            b"<VRTDataset><PixelFunctionLanguage>Python</PixelFunctionLanguage></VRTDataset>",
            "could fetch from the web or run code",
        ),
    ],
)
def test_damaged_and_hostile_rasters_are_refused(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LayerReadError, match=told):
        raster_facts(tmp_path / name)


def test_rasters_without_a_place_or_a_file_are_refused(tmp_path, raster):
    with pytest.raises(LayerReadError, match="has no coordinate system"):
        raster_facts(raster("nowhere.tif", crs=None))
    with pytest.raises(LayerReadError, match="is not there"):
        raster_facts(tmp_path / "gone.tif")
    with pytest.raises(LayerReadError, match="are not drawn"):
        raster_facts(raster("waves.tif", np.ones((4, 4), "complex64")))


def test_a_project_that_is_only_read_takes_no_files(project, parks, raster):
    folder = project.path
    project.close()
    with Project.open(folder, read_only=True) as reading:
        for add in (
            lambda: import_vector(reading, parks),
            lambda: link_raster(reading, raster()),
            lambda: copy_raster(reading, raster()),
        ):
            with pytest.raises(ReadOnlyProjectError):
                add()


def test_a_full_disk_is_told_before_the_copy(project, parks, monkeypatch):
    usage = shutil.disk_usage(project.path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(LayerWriteError, match="are free"):
        import_vector(project, parks)


def test_styles_are_read_and_written_as_files(tmp_path):
    path = tmp_path / "style.qml"
    write_qml(path, "<qgis/>")
    assert read_qml(path) == "<qgis/>"
    path.write_bytes(b"\xff\xfe<\0")
    with pytest.raises(LayerReadError, match="no text in UTF-8"):
        read_qml(path)
    path.write_bytes(b" " * 4_000_001)
    with pytest.raises(LayerReadError, match="of a style"):
        read_qml(path)
    with pytest.raises(LayerReadError, match="cannot be read"):
        read_qml(tmp_path / "gone.qml")


@pytest.mark.qgis
@pytest.mark.parametrize(
    ("file", "kind", "content"),
    [
        ("evil.tif", "raster", b"<VRTDataset>/vsicurl/http://127.0.0.1:9/a.tif</VRTDataset>"),
        ("evil.png", "raster", b"<GDAL_WMS><Service name='TMS'/></GDAL_WMS>"),
        ("evil.gpkg|layername=a", "vector", b"<OGRVRTDataSource></OGRVRTDataSource>"),
        ("evil.shp", "vector", b"<OGRVRTDataSource></OGRVRTDataSource>"),
    ],
)
def test_files_of_somebody_elses_project_are_what_their_names_say(
    project, pack, engine, file, kind, content
):
    folder = project.path / "layers"
    folder.mkdir()
    (folder / file.partition("|")[0]).write_bytes(content)
    new = NewLayer("Evil", f"layers/{file}", kind)
    project.execute(add_layer(new))
    layer = layers_of(project, pack)[-1]
    (problem,) = engine.set_layers([layer], crs=project.crs)
    assert problem.reason.startswith("evil")
    assert engine.health().restarts == 0


@pytest.mark.qgis
def test_added_layers_are_on_the_map_of_qgis(project, pack, engine, parks, raster):
    new = import_vector(project, parks)
    project.execute(add_layer(new))
    project.execute(add_layer(copy_raster(project, raster())))
    project.execute(add_layer(link_raster(project, raster("linked.tif"))))
    (project.path.parent / "linked.tif").unlink()  # as when a share is pulled
    (problem,) = show_project(project, pack, engine)
    assert "does not exist" in problem.reason
    assert engine.layer_facts(new.layer_id).features == 2
    assert engine.table_page(new.layer_id, text="b").total == 1
    assert map_of(project, pack).problems == ()
