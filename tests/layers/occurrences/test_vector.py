from __future__ import annotations

import zipfile

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from layers.occurrences import OccurrenceReadError, guess_columns, limits, read_occurrences


def _points(crs="EPSG:4326", **columns):
    data = {"species": ["Panthera tigris", "Panthera pardus"], "count": [1, 2], **columns}
    places = gpd.points_from_xy([131.1234, 131.2345], [43.4321, 43.5432])
    return gpd.GeoDataFrame(data, geometry=places, crs="EPSG:4326").to_crs(crs)


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson"])
def test_points_of_every_format_are_read(tmp_path, name):
    path = tmp_path / name
    pyogrio.write_dataframe(_points(), path)
    found = read_occurrences(path)
    np.testing.assert_allclose(found.table["lon"], [131.1234, 131.2345])
    np.testing.assert_allclose(found.table["lat"], [43.4321, 43.5432])
    assert found.table["species"].tolist() == ["Panthera tigris", "Panthera pardus"]
    assert found.table["count"].tolist() == [1.0, 2.0]
    assert found.table["line"].tolist() == [1, 2]


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
def test_places_are_brought_to_degrees(tmp_path, name):
    path = tmp_path / name
    pyogrio.write_dataframe(_points("EPSG:32652"), path)
    found = read_occurrences(path)
    np.testing.assert_allclose(found.table["lon"], [131.1234, 131.2345], atol=1e-9)
    assert any("UTM zone 52N" in note for note in found.notes)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("koi8-r", "Амурский тигр"), ("gb18030", "东北虎豹国家公园"), ("euc_kr", "두루미")],
)
@pytest.mark.parametrize("told", [True, False])
def test_shapefiles_with_and_without_a_code_page(tmp_path, encoding, name, told):
    path = tmp_path / "a.shp"
    pyogrio.write_dataframe(
        _points(species=[name, name]),
        path,
        encoding="ISO-8859-1"
        if encoding == "none"
        else encoding.upper()
        if encoding != "euc_kr"
        else "CP949",
    )
    code_page = tmp_path / "a.cpg"
    if told:
        code_page.write_text(
            {"koi8-r": "KOI8-R", "gb18030": "GB18030", "euc_kr": "949"}[encoding]
        )
    else:
        code_page.unlink(missing_ok=True)
    assert read_occurrences(path).table["species"].iloc[0] == name


def test_several_points_of_one_feature_are_several_records(tmp_path):
    shapes = [
        shapely.MultiPoint([(131.1, 43.1), (131.2, 43.2)]),
        shapely.MultiPoint([(131.3, 43.3)]),
        None,
    ]
    frame = gpd.GeoDataFrame({"species": ["a", "b", "c"]}, geometry=shapes, crs="EPSG:4326")
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame, path)
    table = read_occurrences(path).table
    assert table["line"].tolist() == [1, 1, 2, 3]
    assert table["species"].tolist() == ["a", "a", "b", "c"]
    np.testing.assert_allclose(table["lon"], [131.1, 131.2, 131.3, np.nan])


def test_polygons_are_refused_with_a_remedy(tmp_path):
    frame = gpd.GeoDataFrame(geometry=[shapely.box(131, 43, 132, 44)], crs="EPSG:4326")
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame, path)
    with pytest.raises(OccurrenceReadError, match=r"kind Polygon.*Make points of them"):
        read_occurrences(path)


def test_mixed_geometries_are_refused(tmp_path):
    shapes = [shapely.Point(131, 43), shapely.box(131, 43, 132, 44)]
    path = tmp_path / "a.geojson"
    pyogrio.write_dataframe(
        gpd.GeoDataFrame({"n": [1, 2]}, geometry=shapes, crs="EPSG:4326"), path
    )
    with pytest.raises(OccurrenceReadError, match="kind Polygon"):
        read_occurrences(path)


def test_several_layers_are_listed_unless_one_is_named(tmp_path):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(_points(), path, layer="tigers")
    pyogrio.write_dataframe(_points().iloc[:1], path, layer="leopards", append=True)
    with pytest.raises(OccurrenceReadError, match="has the layers tigers, leopards"):
        read_occurrences(path)
    with pytest.raises(OccurrenceReadError, match="no layer 'lions'"):
        read_occurrences(path, layer="lions")
    assert len(read_occurrences(path, layer="leopards").table) == 1


def test_a_file_without_coordinate_system_needs_one_stated(tmp_path):
    path = tmp_path / "a.shp"
    pyogrio.write_dataframe(_points(), path)
    (tmp_path / "a.prj").unlink()
    with pytest.raises(OccurrenceReadError, match="does not state its coordinate system"):
        read_occurrences(path)
    assert read_occurrences(path, crs="EPSG:4326").table["lon"].iloc[0] == pytest.approx(
        131.1234
    )
    with pytest.raises(OccurrenceReadError, match='"EPSG:nix" is no coordinate system'):
        read_occurrences(path, crs="EPSG:nix")


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson"])
def test_damaged_files_are_told(tmp_path, name):
    path = tmp_path / name
    pyogrio.write_dataframe(_points(), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(OccurrenceReadError, match="copy or export it again"):
        read_occurrences(path)


def test_a_part_of_a_shapefile_points_to_the_whole(tmp_path):
    pyogrio.write_dataframe(_points(), tmp_path / "a.shp")
    with pytest.raises(OccurrenceReadError, match=r"Choose its \.shp file"):
        read_occurrences(tmp_path / "a.dbf")


def test_json_that_is_no_map_is_refused(write):
    with pytest.raises(OccurrenceReadError, match="cannot be read as points"):
        read_occurrences(write('{"a": [1, 2]}', "a.json"))


def test_a_zipped_shapefile_is_read(tmp_path):
    pyogrio.write_dataframe(
        _points(species=["Амурский тигр"] * 2), tmp_path / "a.shp", encoding="KOI8-R"
    )
    path = tmp_path / "packed {1}.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            packed.write(tmp_path / f"a{part}", f"folder/a{part}")
    found = read_occurrences(path)
    assert found.table["species"].iloc[0] == "Амурский тигр"
    assert found.table["source"].iloc[0] == "packed {1}.zip/folder/a.shp"


def test_the_guess_tells_that_places_are_geometries(tmp_path):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(_points(), path)
    guess = guess_columns(path)
    assert guess.complete
    assert guess.roles["lon"].column == "geometry"
    assert read_occurrences(path, columns=guess.choice).table["lon"].notna().all()


def test_reading_goes_on_over_chunks_and_can_be_cancelled(
    tmp_path, monkeypatch, stopping, cancelled
):
    monkeypatch.setattr(limits, "CHUNK_FEATURES", 7)
    frame = gpd.GeoDataFrame(
        {"n": range(30)},
        geometry=gpd.points_from_xy(131 + np.arange(30) / 100, 43 + np.arange(30) / 100),
        crs="EPSG:4326",
    )
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame, path)
    table = read_occurrences(path).table
    np.testing.assert_allclose(table["lon"], frame.geometry.x)
    with pytest.raises(cancelled):
        read_occurrences(path, control=stopping(after=2))
