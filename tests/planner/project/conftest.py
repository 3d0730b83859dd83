"""Small projects, and everything that is in one as plain values."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import shapely

from planner.project import Project
from planner.project.schema import TABLES

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path):
    """Folder of a new, closed project."""
    with Project.create(
        tmp_path / "tumen", name="Tumen", region_id="tumen-estuary", crs=LAEA, author="Ann"
    ) as project:
        return project.path


@pytest.fixture
def project(folder):
    with Project.open(folder, author="Ann") as opened:
        yield opened


@pytest.fixture
def core():
    """Make a record for the table cores: a square of a given place and size, metres."""

    def make(core_id, x=0.0, y=0.0, size=1000.0, **values):
        square = shapely.box(x, y, x + size, y + size)
        return {"core_id": core_id, "species": "amur-tiger", "geometry": square, **values}

    return make


@pytest.fixture
def dump():
    """Read every row of every table but the journal, and the extents, as stored."""

    def read(project):
        with closing(
            sqlite3.connect(f"file:{project.database_path}?mode=ro", uri=True)
        ) as file:
            rows = {
                name: file.execute(f'SELECT * FROM "{name}" ORDER BY fid').fetchall()
                for name in TABLES
            }
            rows["extents"] = file.execute(
                "SELECT table_name, min_x, min_y, max_x, max_y FROM gpkg_contents ORDER BY 1"
            ).fetchall()
        return rows

    return read


@pytest.fixture
def python():
    """Start a Python program that can import the packages; ends with the test."""
    started = []

    def start(*arguments, **options):
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            **options,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
