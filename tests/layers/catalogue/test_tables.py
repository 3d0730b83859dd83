from __future__ import annotations

import resource

import geopandas as gpd
import pyogrio
import pytest

from layers.catalogue import cross_border_pairs
from layers.catalogue.tables import (
    pairs_frame,
    site_record,
    sites_frame,
    write_geopackage,
)
from layers.errors import LayerWriteError


def test_a_site_becomes_one_row_with_the_status_of_its_key_fields(catalogue):
    record = site_record(catalogue["dongfanghong-wetland-national-nature-reserve"])
    assert record["countries"] == "CHN"
    assert record["borders"] == "CHN-RUS (on)"
    assert record["area_km2"] == pytest.approx(466.18)
    assert record["area_km2_status"] == "conflict"
    assert record["lat_status"] == "read"


def test_every_site_has_one_row_drawn_or_not(catalogue, footprints):
    frame = sites_frame(catalogue, footprints)
    assert len(frame) == 242
    kinds = frame["kind"].value_counts()
    assert kinds["unlocated"] == 37
    assert kinds["nominal"] + kinds["point"] == 205
    assert frame.loc[frame["kind"] == "unlocated", "geometry"].isna().all()
    assert (frame["nominal"] == (frame["kind"] == "nominal")).all()
    assert frame.crs == "EPSG:4326"


def test_a_geopackage_comes_back_as_written(tmp_path, catalogue, footprints):
    pairs = cross_border_pairs(catalogue, footprints)
    path = tmp_path / "out.gpkg"
    layers = {
        "sites": sites_frame(catalogue, footprints),
        "pairs": pairs_frame(pairs, catalogue),
    }
    write_geopackage(path, layers)
    for name, frame in layers.items():
        back = gpd.read_file(path, layer=name)
        assert len(back) == len(frame)
        assert set(frame.columns) == set(back.columns)
        assert back.crs == "EPSG:4326"
    sites = gpd.read_file(path, layer="sites").set_index("site_id")
    drawn = footprints.set_index("site_id")
    name = "kedrovaya-pad-nature-reserve"
    assert sites.loc[name, "geometry"].equals(drawn.loc[name, "geometry"])
    assert [row[0] for row in pyogrio.list_layers(path)] == ["sites", "pairs"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.gpkg"]


def test_a_disk_that_fills_up_leaves_the_earlier_file(tmp_path, catalogue, footprints):
    path = tmp_path / "out.gpkg"
    frame = sites_frame(catalogue, footprints)
    write_geopackage(path, {"sites": frame})
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, hard))
    try:
        with pytest.raises(LayerWriteError, match="earlier file, if any, is untouched"):
            write_geopackage(path, {"sites": frame})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.gpkg"]


def test_a_folder_that_is_not_there_is_named(tmp_path, catalogue, footprints):
    path = tmp_path / "nowhere" / "out.gpkg"
    with pytest.raises(LayerWriteError, match="nowhere"):
        write_geopackage(path, {"sites": sites_frame(catalogue, footprints)})
