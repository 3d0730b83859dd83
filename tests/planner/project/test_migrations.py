import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from planner.errors import DamagedProjectError, NewerProjectError, ProjectError
from planner.project import AddFeatures, Project, SetSetting, UpdateFeature
from planner.project.geopackage import APPLICATION_ID
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
        told = f"version {SCHEMA_VERSION + 1}; this one knows up to {SCHEMA_VERSION}.*Update"
        with pytest.raises(NewerProjectError, match=told):
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


@pytest.fixture
def version_1(folder):
    """Folder of a project as version 1 of the schema wrote it."""
    database = folder / "project.gpkg"
    database.unlink()
    written = (Path(__file__).parent / "schema_v1.sql").read_text("utf-8")
    with closing(sqlite3.connect(database)) as file:
        file.executescript(written)
        file.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        file.execute("PRAGMA user_version = 10300")
    return folder


def test_project_of_version_1_keeps_all_it_holds(version_1):
    with Project.open(version_1) as project:
        rows = project.records("proposals")
        assert [row["name"] for row in rows] == ["Land 1", "Land 2"]
        assert rows[0]["geometry"].bounds == (0, 0, 1000, 1000)
        assert rows[0]["names"] is None
        assert rows[0]["width_m"] is None
        assert project.records("map_layers") == []
        assert project.records("bookmarks") == []
    assert version_in(version_1 / "project.gpkg") == SCHEMA_VERSION
    assert version_in(version_1 / "project.backup-v1.gpkg") == 1


def test_project_of_version_1_can_be_undone_to_its_beginning(version_1):
    with Project.open(version_1) as project:
        assert project.redo() == "Change proposals 2"
        assert project.records("proposals")[1]["status"] == "tabled"
        while project.undo() is not None:
            pass
        assert project.records("proposals") == []
        while project.redo() is not None:
            pass
        assert len(project.records("proposals")) == 2


def test_what_version_1_wrote_of_proposals_names_no_attachment(version_1):
    with Project.open(version_1) as project, project.pruning("2000") as pruner:
        assert pruner.texts_of_undo("proposals", "attachments") == set()
        assert len(pruner.texts_of_undo("proposals", "name")) > 1


def test_bringing_up_to_date_invalidates_no_run(version_1):
    with Project.open(version_1) as project:
        run = project.find_run("proposals", "abc")
        assert run is not None
        assert run.run_id == "r1"
        project.execute(UpdateFeature("proposals", 1, {"lead": "Ann"}))
        assert project.find_run("proposals", "abc") is None


def test_brought_up_to_date_and_new_are_alike(version_1, tmp_path):
    with Project.create(tmp_path / "new", name="n", region_id="r", crs="EPSG:8857") as new:
        expected = shape_of_file(new.database_path)
    with Project.open(version_1) as project:
        assert shape_of_file(project.database_path) == expected


def shape_of_file(path):
    with closing(sqlite3.connect(path)) as file:
        names = [
            name
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("sqlite_", "gpkg_"))
        ]
        columns = {
            name: sorted(
                (row[1], row[2], row[3]) for row in file.execute(f"PRAGMA table_info({name})")
            )
            for name in names
        }
        listed = file.execute(
            "SELECT table_name, data_type, identifier, description FROM gpkg_contents"
        ).fetchall()
    return columns, sorted(listed)
