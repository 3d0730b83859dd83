from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from layers.grid import equal_area_crs
from planner.errors import DamagedProjectError, ReadOnlyProjectError
from planner.profiles import load_region
from planner.workspace import open_or_create, project_folder
from resources.errors import UsageError


@pytest.fixture
def region():
    return load_region("tumen-estuary")


def test_a_project_is_made_once_and_then_opened(region, tmp_path):
    folder = tmp_path / "a" / "b"
    with open_or_create(region, folder) as project:
        assert project.path == project_folder(region, folder)
        assert project.path.name == "tumen-estuary.landbridge"
        assert project.name == "Tumen River estuary"
        assert project.crs == equal_area_crs(region.bounds.lonlat)
        identity = project.facts["project_id"]
    with open_or_create(region, folder) as project:
        assert project.facts["project_id"] == identity
        assert not project.read_only


def test_a_project_in_use_is_refused_and_stays_as_it_is(region, tmp_path):
    with open_or_create(region, tmp_path) as project:
        before = project.database_path.read_bytes()
        with pytest.raises(ReadOnlyProjectError, match=r"is editing it\. Ask them to close it"):
            open_or_create(region, tmp_path)
        assert project.database_path.read_bytes() == before
        assert not project.read_only


def test_a_project_of_another_extent_is_refused(region, tmp_path):
    open_or_create(region, tmp_path).close()
    bounds = region.bounds.model_copy(update={"east": region.bounds.east + 1})
    moved = region.model_copy(update={"bounds": bounds})
    with pytest.raises(UsageError, match="another extent than tumen-estuary has now"):
        open_or_create(moved, tmp_path)
    open_or_create(region, tmp_path).close()


def test_a_project_of_another_region_is_refused(region, tmp_path):
    other = load_region("korean-dmz")
    open_or_create(other, tmp_path).close()
    project_folder(other, tmp_path).rename(project_folder(region, tmp_path))
    with pytest.raises(UsageError, match="made for the region korean-dmz"):
        open_or_create(region, tmp_path)


def test_a_damaged_project_is_let_go_of(region, tmp_path):
    open_or_create(region, tmp_path).close()
    database = project_folder(region, tmp_path) / "project.gpkg"
    with closing(sqlite3.connect(database)) as file:
        file.execute("DROP TABLE runs")
    with pytest.raises(DamagedProjectError, match="lacks the table runs"):
        open_or_create(region, tmp_path)
