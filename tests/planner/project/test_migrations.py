import sqlite3
from contextlib import closing

import pytest

from planner.errors import DamagedProjectError, NewerProjectError, ProjectError
from planner.project import AddFeatures, Project, SetSetting
from planner.project.migrations import CURRENT_SCHEMA, Migration, Schema
from planner.project.schema import SCHEMA_VERSION


def add_column(connection):
    connection.execute("ALTER TABLE cores ADD COLUMN quality DOUBLE")


def fail_half_way(connection):
    add_column(connection)
    connection.execute("INSERT INTO no_such_table VALUES (1)")


def next_schema(apply=add_column, *, keeps_undo=True):
    step = Migration(SCHEMA_VERSION + 1, "Cores have a quality", apply, keeps_undo=keeps_undo)
    return Schema(SCHEMA_VERSION + 1, (*CURRENT_SCHEMA.migrations, step))


def version_in(path):
    with closing(sqlite3.connect(path)) as file:
        (version,) = file.execute(
            "SELECT value FROM project WHERE key = 'schema_version'"
        ).fetchone()
    return int(version)


def columns_in(path):
    with closing(sqlite3.connect(path)) as file:
        return [row[1] for row in file.execute("PRAGMA table_info(cores)")]


@pytest.fixture
def older(folder, core):
    with Project.open(folder) as project:
        project.execute(AddFeatures("cores", [core("a")]))
    return folder


def test_older_project_is_copied_and_brought_up_to_date(older):
    before = (older / "project.gpkg").read_bytes()
    with Project.open(older, schema=next_schema()) as project:
        assert len(project.cores()) == 1
    assert version_in(older / "project.gpkg") == SCHEMA_VERSION + 1
    assert "quality" in columns_in(older / "project.gpkg")
    copy = older / f"project.backup-v{SCHEMA_VERSION}.gpkg"
    assert version_in(copy) == SCHEMA_VERSION
    assert "quality" not in columns_in(copy)
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("SELECT core_id FROM cores").fetchall() == [("a",)]
    with Project.open(older, schema=next_schema()):
        pass
    copy.rename(older / "project.gpkg")
    with Project.open(older) as project:
        assert project.undo() == "Add 1 to cores"
    assert before[:16] == b"SQLite format 3\0"


def test_failed_migration_changes_nothing(older):
    before = (older / "project.gpkg").read_bytes()
    with pytest.raises(ProjectError, match="cannot be used"):
        Project.open(older, schema=next_schema(fail_half_way))
    assert version_in(older / "project.gpkg") == SCHEMA_VERSION
    assert "quality" not in columns_in(older / "project.gpkg")
    with Project.open(older) as project:
        assert len(project.cores()) == 1
    assert len(before) == len((older / "project.gpkg").read_bytes())


@pytest.mark.parametrize("keeps_undo", [True, False])
def test_undo_across_a_migration_only_where_it_still_fits(older, keeps_undo):
    with Project.open(older) as project:
        project.execute(SetSetting("x", 1))
        project.undo()
    with Project.open(older, schema=next_schema(keeps_undo=keeps_undo)) as project:
        assert project.can_undo == keeps_undo
        assert project.can_redo == keeps_undo
        assert len(project.history()) == 2


def test_older_project_is_not_migrated_for_reading(older):
    before = (older / "project.gpkg").read_bytes()
    with pytest.raises(ProjectError, match=r"older Landbridge.*needs writing"):
        Project.open(older, read_only=True, schema=next_schema())
    assert (older / "project.gpkg").read_bytes() == before


def test_newer_project_is_refused_and_left_untouched(older):
    with Project.open(older, schema=next_schema()):
        pass
    before = {path.name: path.read_bytes() for path in older.rglob("*") if path.is_file()}
    times = {path.name: path.stat().st_mtime_ns for path in older.rglob("*")}
    for read_only in (False, True):
        with pytest.raises(
            NewerProjectError, match=r"version 2; this one knows up to 1.*Update"
        ):
            Project.open(older, read_only=read_only)
    assert {p.name: p.read_bytes() for p in older.rglob("*") if p.is_file()} == before
    assert {path.name: path.stat().st_mtime_ns for path in older.rglob("*")} == times


def test_version_without_a_way_is_refused(older):
    gap = Schema(SCHEMA_VERSION + 2, next_schema().migrations)
    with pytest.raises(DamagedProjectError, match="does not know how"):
        Project.open(older, schema=gap)
    assert not list(older.glob("*backup*"))


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "9" * 30, "1.5"])
def test_nonsense_for_a_version_is_refused(older, value):
    with closing(sqlite3.connect(older / "project.gpkg")) as file:
        file.execute("UPDATE project SET value = ? WHERE key = 'schema_version'", (value,))
        file.commit()
    with pytest.raises(DamagedProjectError, match="states no schema version"):
        Project.open(older)
