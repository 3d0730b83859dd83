"""Vector files of other people, copied in a process of its own."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing

import geopandas as gpd
import pyogrio
import pytest
from shapely.geometry import GeometryCollection, LineString, Point, box

from layers import apart, vector_files
from layers.apart import run_apart
from layers.errors import LayerReadError, LayerWriteError
from layers.vector_files import copy_vector, vector_tables

CRS = "EPSG:32652"


class Watching:
    """A control that remembers what it was told, and cancels at a share."""

    def __init__(self, stop_at=2.0):
        self.told = []
        self.stop_at = stop_at

    def report(self, fraction):
        self.told.append(fraction)
        if fraction >= self.stop_at:
            raise KeyboardInterrupt


def frame(shapes, **columns):
    return gpd.GeoDataFrame(columns or {"name": ["x"] * len(shapes)}, geometry=shapes, crs=CRS)


@pytest.fixture
def here(monkeypatch):
    """Do the tasks in this process: what they do is asked, not how they are started."""

    def run(task, args, control, **_):
        return {
            "vector tables": vector_files.tables_task,
            "copy vector": vector_files.copy_task,
        }[task](args, control)

    monkeypatch.setattr(vector_files, "run_apart", run)


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "layers"
    folder.mkdir()
    return folder / "copy.gpkg"


@pytest.fixture
def parks(tmp_path):
    path = tmp_path / "parks.gpkg"
    shapes = [box(0, 0, 1, 1), box(2, 0, 3, 1)]
    frame(shapes, name=["虎", None], area=[1.5, None]).to_file(path, layer="parks")
    frame([Point(0, 0)]).to_file(path, layer="posts")
    return path


def test_tables_are_told(here, parks):
    tables = {table.name: table for table in vector_tables(parks)}
    assert set(tables) == {"parks", "posts"}
    assert tables["parks"].features == 2
    assert tables["parks"].crs == CRS
    assert "name" in tables["parks"].fields


def test_a_copy_holds_the_features_alone(parks, target):
    with closing(sqlite3.connect(parks)) as file:
        file.execute("CREATE TABLE spoils (n INTEGER)")
        for when in ("INSERT", "UPDATE", "DELETE"):
            file.execute(
                f"CREATE TRIGGER evil_{when} AFTER {when} ON parks BEGIN "
                "INSERT INTO spoils VALUES (1); END"
            )
        file.commit()
    before = parks.read_bytes()
    control = Watching()
    copied = copy_vector(parks, "parks", target, control=control)
    assert (copied.features, copied.geometry) == (2, "MultiPolygon")
    assert control.told[-1] == 1.0
    assert parks.read_bytes() == before
    read = gpd.read_file(target, layer="copy")
    assert read["name"].tolist()[0] == "虎"
    assert read["name"].isna().tolist() == [False, True]
    assert read["area"].isna().tolist() == [False, True]
    assert read.crs == CRS
    with closing(sqlite3.connect(target)) as file:
        names = [row[0] for row in file.execute("SELECT name FROM sqlite_master")]
    assert "spoils" not in names
    assert not any(name.startswith("evil") for name in names)
    assert [path.name for path in target.parent.iterdir()] == ["copy.gpkg"]


def test_columns_that_a_geopackage_needs_itself_are_renamed(here, tmp_path, target):
    path = tmp_path / "a.geojson"
    feature = {
        "type": "Feature",
        "properties": {"FID": "x", "geom": "y", "Name": 1, "name": 2},
        "geometry": {"type": "Point", "coordinates": [130, 43]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    copied = copy_vector(path, "", target)
    assert dict(copied.renamed) == {"FID": "FID_1", "geom": "geom_1", "name": "name_1"}
    read = pyogrio.read_dataframe(target)
    assert read[["FID_1", "geom_1", "Name", "name_1"]].iloc[0].tolist() == ["x", "y", 1, 2]


@pytest.mark.parametrize(
    ("shapes", "told"),
    [
        ([Point(0, 0), box(0, 0, 1, 1)], "Point and Polygon in one table"),
        ([GeometryCollection([Point(0, 0), LineString([(0, 0), (1, 1)])])], "neither points"),
        ([None, None], "holds no shapes"),
    ],
)
def test_tables_that_cannot_be_one_layer_are_refused(here, tmp_path, target, shapes, told):
    path = tmp_path / "odd.gpkg"
    frame(shapes).to_file(path, layer="odd")
    with pytest.raises(LayerReadError, match=told):
        copy_vector(path, "odd", target)
    assert list(target.parent.iterdir()) == []


def test_a_table_must_be_chosen_where_there_are_several(here, parks, target):
    with pytest.raises(LayerReadError, match="choose one: parks, posts"):
        copy_vector(parks, "", target)


def test_a_shapefile_in_a_zip_and_one_without_crs(here, tmp_path, target):
    frame([box(0, 0, 1, 1)]).to_file(tmp_path / "plain.shp")
    with zipfile.ZipFile(tmp_path / "plain.zip", "w") as archive:
        for part in tmp_path.glob("plain.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    assert copy_vector(tmp_path / "plain.zip", "", target).features == 1
    (tmp_path / "plain.prj").unlink()
    with pytest.raises(LayerReadError, match="says no coordinate system"):
        copy_vector(tmp_path / "plain.shp", "", target)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.gpkg", b"not a database", r"cannot be read: 'a.gpkg' not .* format\. Check"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [', "cannot be read"),
        ("a.shp", b"", "cannot be read"),
        ("a.vrt", b"<OGRVRTDataSource/>", "of a kind that cannot be imported"),
        ("a.exe", b"MZ", "of a kind that cannot be imported"),
    ],
)
def test_damaged_files_and_other_kinds_are_refused(here, tmp_path, target, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LayerReadError, match=told):
        copy_vector(tmp_path / name, "", target)


def test_files_that_are_gone_or_too_large_are_refused(tmp_path, monkeypatch, parks, target):
    with pytest.raises(LayerReadError, match="No such file"):
        vector_tables(tmp_path / "gone.gpkg")
    monkeypatch.setattr(vector_files, "MOST_BYTES", 1000)
    with pytest.raises(LayerReadError, match="can be imported"):
        copy_vector(parks, "parks", target)


def test_a_view_that_never_ends_is_given_up(parks, target, monkeypatch):
    endless = (
        "CREATE VIEW trap AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS OGC_FID, i AS name, (SELECT geom FROM posts) AS geom FROM n"
    )
    with closing(sqlite3.connect(parks)) as file:
        file.execute(endless)
        file.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('trap', 'features', 'trap', 32652)"
        )
        file.execute(
            "INSERT INTO gpkg_geometry_columns VALUES ('trap', 'geom', 'POINT', 32652, 0, 0)"
        )
        file.commit()
    monkeypatch.setattr(vector_files, "LISTING_S", 1.5)
    with pytest.raises(LayerReadError, match="was given up"):
        vector_tables(parks)
    with pytest.raises(LayerReadError, match="was given up"):
        run_apart(
            "copy vector",
            {"path": str(parks), "table": "trap", "target": str(target), "name": "copy"},
            Watching(),
            silence_s=1.5,
        )


def test_a_cancel_leaves_nothing_behind(parks, target):
    with pytest.raises(KeyboardInterrupt):
        copy_vector(parks, "parks", target, control=Watching(stop_at=0.0))
    assert list(target.parent.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(here, parks, tmp_path):
    with pytest.raises(LayerWriteError):
        copy_vector(parks, "parks", tmp_path / "nowhere" / "copy.gpkg")


def test_a_process_that_dies_is_told(parks, monkeypatch):
    monkeypatch.setattr(
        apart,
        "_started",
        lambda: apart.subprocess.Popen(
            [apart.sys.executable, "-c", "import os; os._exit(3)"],
            stdin=apart.subprocess.PIPE,
            stdout=apart.subprocess.PIPE,
        ),
    )
    with pytest.raises(LayerReadError, match="the process that read it ended"):
        vector_tables(parks)
