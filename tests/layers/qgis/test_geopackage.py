"""The project's GeoPackage is drawn while its owner writes, and is never changed by QGIS."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest

pytestmark = pytest.mark.qgis

CRS = "EPSG:3857"
WRITER = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
database.execute("PRAGMA journal_mode=WAL")
print("go", flush=True)
count = 0
while not os.path.exists(sys.argv[2]):
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO notes VALUES (1)")
    database.execute("COMMIT")
    count += 1
print(count, database.execute("PRAGMA journal_mode").fetchone()[0])
"""


@pytest.fixture
def gpkg(data, tmp_path):
    path = tmp_path / "project.gpkg"
    shutil.copy(data / "data.gpkg", path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE notes (n INTEGER)")
        database.commit()
    return path


def fingerprint(path):
    return hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns


def draw(engine, **more):
    return engine.render(RenderRequest((-200, -150, 200, 150), 400, 300, **more)).result(30)


def test_drawing_leaves_the_file_as_it_is(engine, gpkg, squares):
    before = fingerprint(gpkg)
    assert engine.set_layers([squares(source=f"{gpkg}|layername=squares")], crs=CRS) == ()
    assert tuple(draw(engine).pixels[150, 250][:3]) == (0, 0, 255)
    engine.save_project(gpkg.parent / "map.qgz")
    engine.identify((50, 0), 1)
    engine.set_layers([], crs=CRS)
    assert fingerprint(gpkg) == before
    with closing(sqlite3.connect(gpkg)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_writer_is_never_held_up(engine, gpkg, squares, tmp_path):
    source = f"{gpkg}|layername=squares"
    enough = tmp_path / "enough"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(gpkg), str(enough)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout.readline() == "go\n"
    for _ in range(5):
        assert engine.set_layers([squares(source=source)], crs=CRS) == ()
        assert tuple(draw(engine).pixels[150, 250][:3]) == (0, 0, 255)
        engine.refresh(["squares"])
    enough.touch()
    count, mode = writer.stdout.read().split()
    writer.stdout.close()
    assert writer.wait(30) == 0  # a lock would have been an error: the writer does not wait
    assert int(count) > 5
    assert mode == "wal"


def test_new_rows_show_after_a_refresh(engine, gpkg, squares):
    engine.set_layers([squares(source=f"{gpkg}|layername=squares")], crs=CRS)
    assert tuple(draw(engine).pixels[150, 250][:3]) == (0, 0, 255)
    with closing(sqlite3.connect(gpkg)) as database:
        for trigger in database.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='squares'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{trigger[0]}"')
        database.execute("DELETE FROM squares WHERE name='east'")
        database.commit()
        assert engine.refresh(["squares"]) == ()
        assert tuple(draw(engine).pixels[150, 250][:3]) == (255, 255, 255)
        assert tuple(draw(engine).pixels[150, 150][:3]) == (0, 0, 255)


def test_a_table_that_is_not_there_is_told(engine, gpkg, squares):
    (problem,) = engine.set_layers([squares(source=f"{gpkg}|layername=nowhere")], crs=CRS)
    assert "project.gpkg" in problem.reason


def test_the_first_table_is_taken_where_none_is_named(engine, gpkg, squares):
    assert engine.set_layers([squares(source=str(gpkg))], crs=CRS) == ()
    assert tuple(draw(engine).pixels[150, 250][:3]) == (0, 0, 255)


def test_no_files_appear_beside_a_raster(engine, data, tmp_path):
    shutil.copy(data / "ramp.tif", tmp_path / "ramp.tif")
    ramp = {"type": "ramp", "stops": [[0, "#ffffff"], [20, "#005500"]]}
    spec = LayerSpec("ramp", "Ramp", str(tmp_path / "ramp.tif"), "raster", ramp)
    engine.set_layers([spec], crs=CRS)
    draw(engine)
    engine.identify((50, 0), 1)
    assert [p.name for p in tmp_path.iterdir()] == ["ramp.tif"]


def test_a_replaced_raster_is_opened_anew(engine, data, tmp_path):
    target = tmp_path / "classes.tif"
    shutil.copy(data / "classes.tif", target)
    style = {"type": "classes", "classes": [[1, "#0000ff"], [2, "#ff0000"]]}
    spec = LayerSpec("c", "Classes", str(target), "raster", style)
    engine.set_layers([spec], crs=CRS)
    assert tuple(draw(engine).pixels[150, 250][:3]) == (0, 0, 255)
    shutil.copy(data / "ramp.tif", tmp_path / "new.tif")
    (tmp_path / "new.tif").replace(target)
    engine.set_layers([spec], crs=CRS)
    assert tuple(draw(engine).pixels[150, 250][:3]) == (255, 255, 255)
