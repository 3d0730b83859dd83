import json
import sqlite3
import struct
import subprocess
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from planner.errors import DamagedProjectError, EditError
from planner.project import AddFeatures, AddScenario, Project, RemoveFeatures, SetSetting
from planner.project.geopackage import decode_geometries, encode_geometries, envelope_of
from planner.project.schema import TABLES, VIEWS

SHAPES = {
    "GEOMETRY": shapely.LineString([(0, 0), (1500, 2000)]),
    "POINT": shapely.Point(3, 4),
    "MULTILINESTRING": shapely.LineString([(0, 0), (1, 1)]),
    "MULTIPOLYGON": shapely.box(0, 0, 10, 20),
}
LAYERS = [name for name, table in TABLES.items() if table.geometry]
coordinates = st.floats(-1e7, 1e7)
points = st.builds(shapely.Point, coordinates, coordinates)


@pytest.fixture
def filled(project):
    for name in LAYERS:
        shape = SHAPES[TABLES[name].geometry]
        project.execute(AddFeatures(name, [{"geometry": shape}, {"geometry": None}]))
    project.execute(AddScenario("base", "Base"))
    project.execute(SetSetting("x", [1]))
    return project


@given(st.lists(st.none() | points, max_size=5))
def test_geometries_come_back_as_they_were(geometries):
    blobs = encode_geometries(geometries, srs_id=4326, geometry_type="POINT")
    decoded = decode_geometries(blobs, table="observations")
    for before, after in zip(geometries, decoded, strict=True):
        assert (before is None and after is None) or before.equals_exact(after, 0.0)
    present = [item for item in geometries if item is not None]
    expected = tuple(shapely.total_bounds(present)) if present else None
    assert envelope_of(blobs) == expected


def test_blob_follows_the_standard_byte_by_byte():
    line = shapely.LineString([(1, 2), (3, 5)])
    (blob,) = encode_geometries([line], srs_id=100000, geometry_type="MULTILINESTRING")
    assert struct.unpack("<2sBBi4d", blob[:40]) == (b"GP", 0, 3, 100000, 1, 3, 2, 5)
    assert blob[40:] == shapely.to_wkb(shapely.MultiLineString([line]), byte_order=1)


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("order", ["<", ">"])
def test_blobs_of_other_programs_are_read(code, order):
    flags = (code << 1) | (order == "<")
    head = struct.pack(order + "2sBBi", b"GP", 0, flags, 4326)
    envelope = struct.pack(f"{order}{[0, 4, 6, 6, 8][code]}d", *[7.0] * [0, 4, 6, 6, 8][code])
    blob = head + envelope + shapely.to_wkb(shapely.Point(7, 7))
    assert decode_geometries([blob], table="x")[0].equals(shapely.Point(7, 7))
    assert envelope_of([blob]) == (7, 7, 7, 7)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"GP",
        b"XX\0\3" + bytes(60),
        b"GP\0\x0b" + bytes(90),
        b"GP\0\1\0\0\0\0",
        b"GP\0\1\0\0\0\0\1\3\0\0\0\xff\xff\xff\xff",
        "text",
        7,
    ],
)
def test_hostile_blobs_are_an_error_that_names_the_table(blob):
    with pytest.raises(DamagedProjectError, match="table sites"):
        decode_geometries([blob], table="sites")


def test_too_large_a_geometry_is_refused(monkeypatch):
    monkeypatch.setattr("planner.project.geopackage.MAXIMUM_GEOMETRY_BYTES", 100)
    line = shapely.LineString(np.arange(40.0).reshape(-1, 2))
    with pytest.raises(EditError, match="Simplify it"):
        encode_geometries([line], srs_id=0, geometry_type="MULTILINESTRING")


def test_damaged_geometry_in_a_project_is_named(project, core):
    project.execute(AddFeatures("cores", [core("a")]))
    with closing(sqlite3.connect(project.database_path)) as file:
        file.execute("UPDATE cores SET geom = X'4750000300'")
        file.commit()
    with pytest.raises(DamagedProjectError, match="table cores"):
        project.cores()


def test_header_says_geopackage(folder):
    with closing(sqlite3.connect(folder / "project.gpkg")) as file:
        assert file.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert file.execute("PRAGMA user_version").fetchone() == (10300,)
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_every_table_opens_in_gdal(filled):
    listed = dict(pyogrio.list_layers(filled.database_path))
    assert set(listed) == {*TABLES, "journal", "project"} | {view.name for view in VIEWS}
    for name, geometry in listed.items():
        frame = pyogrio.read_dataframe(filled.database_path, layer=name)
        if name in LAYERS:
            assert len(frame) == 2
            assert frame.geometry.notna().tolist() == [True, False]
            assert CRS(frame.crs) == CRS(filled.crs)
            expected = SHAPES[TABLES[name].geometry].bounds
            info = pyogrio.read_info(filled.database_path, layer=name, force_total_bounds=True)
            assert info["total_bounds"] == pytest.approx(expected)
        else:
            assert (geometry is None) == (name not in {view.name for view in VIEWS})
    assert len(pyogrio.read_dataframe(filled.database_path, layer="journal")) == len(
        filled.history()
    )


def test_views_show_one_kind_with_one_type(project):
    line, square = SHAPES["GEOMETRY"], SHAPES["MULTIPOLYGON"]
    project.execute(
        AddFeatures(
            "corridors",
            [
                {"kind": "path", "geometry": line},
                {"kind": "swath", "geometry": square},
                {"kind": "path", "geometry": line},
            ],
        )
    )
    paths = pyogrio.read_dataframe(
        project.database_path, layer="corridor_paths", fid_as_index=True
    )
    assert paths.index.tolist() == [1, 3]
    assert set(paths.geom_type) == {"MultiLineString"}
    swaths = pyogrio.read_info(project.database_path, layer="corridor_swaths")
    assert (swaths["features"], swaths["geometry_type"]) == (1, "MultiPolygon")


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:4326",
        "EPSG:8857",
        "EPSG:32652",
        "+proj=laea +lat_0=50 +lon_0=115 +datum=WGS84 +units=m +no_defs",
        "+proj=aea +lat_1=25 +lat_2=55 +lat_0=40 +lon_0=110 +datum=WGS84 +units=m +no_defs",
    ],
)
def test_coordinate_systems_arrive_in_gdal(tmp_path, crs):
    with Project.create(tmp_path / "p", name="P", region_id="r", crs=crs) as project:
        project.execute(AddFeatures("observations", [{"geometry": shapely.Point(1, 2)}]))
    frame = pyogrio.read_dataframe(project.database_path, layer="observations")
    assert CRS(frame.crs).equals(CRS(crs), ignore_axis_order=True)


def test_extent_follows_every_edit(project, core):
    def extent():
        with closing(sqlite3.connect(project.database_path)) as file:
            return file.execute(
                "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents "
                "WHERE table_name = 'cores'"
            ).fetchone()

    assert extent() == (None,) * 4
    project.execute(AddFeatures("cores", [core("a", size=10), core("b", x=5, y=-3, size=1)]))
    assert extent() == (0, -3, 10, 10)
    project.execute(RemoveFeatures("cores", [1]))
    assert extent() == (5, -3, 6, -2)
    project.execute(RemoveFeatures("cores", [2]))
    assert extent() == (None,) * 4
    project.undo()
    project.undo()
    assert extent() == (0, -3, 10, 10)


@pytest.mark.skipif(not Path("/usr/bin/ogrinfo").exists(), reason="needs GDAL's ogrinfo")
def test_spatial_index_made_by_a_gis_is_kept_up(project, core):
    def box_count():
        sql = "SELECT count(*) FROM rtree_cores_geom"
        with closing(sqlite3.connect(project.database_path)) as file:
            return file.execute(sql).fetchone()[0]

    project.execute(AddFeatures("cores", [core("a"), core("b", x=9000)]))
    folder = project.path
    project.close()
    subprocess.run(
        [
            "/usr/bin/ogrinfo",
            "-q",
            str(folder / "project.gpkg"),
            "-sql",
            "SELECT CreateSpatialIndex('cores', 'geom')",
        ],
        check=True,
        capture_output=True,
    )
    with Project.open(folder) as again:
        assert box_count() == 2
        again.execute(AddFeatures("cores", [core("c"), core("d")]))
        assert box_count() == 4
        again.undo()
        again.undo()
        assert box_count() == 0
        again.verify()


@pytest.mark.qgis
def test_qgis_reads_every_layer_while_the_project_is_open(filled, tmp_path):
    interpreter = Path("/usr/bin/python3")
    probe = [str(interpreter), "-c", "import qgis.core"]
    if (
        not interpreter.exists()
        or subprocess.run(probe, capture_output=True, check=False).returncode
    ):
        pytest.skip("the QGIS Python bindings are not installed")
    names = [*LAYERS, *(view.name for view in VIEWS)]
    program = (
        "import json, sys\n"
        "from qgis.core import QgsApplication, QgsVectorLayer\n"
        "application = QgsApplication([], False)\n"
        "application.initQgis()\n"
        "path, names = sys.argv[1], json.loads(sys.argv[2])\n"
        "layers = [QgsVectorLayer(f'{path}|layername={name}', name, 'ogr') for name in names]\n"
        "told = [[l.isValid(), l.featureCount(), l.crs().toProj()] for l in layers]\n"
        "print(json.dumps(told))\n"
    )
    done = subprocess.run(
        [str(interpreter), "-c", program, str(filled.database_path), json.dumps(names)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(filled.path),
            "PATH": "/usr/bin",
        },
    )
    answers = dict(zip(names, json.loads(done.stdout.splitlines()[-1]), strict=True))
    for name, (valid, count, crs) in answers.items():
        assert valid, name
        assert count == (2 if name in LAYERS else 0), name
        assert CRS(crs) == CRS(filled.crs), name
