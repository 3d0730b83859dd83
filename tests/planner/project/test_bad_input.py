"""Damaged files, full disks, locked folders: errors in words, nothing lost."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import pytest
import shapely

from planner.errors import (
    DamagedProjectError,
    NotAProjectError,
    ProjectError,
    ProjectFullError,
    ReadOnlyProjectError,
)
from planner.project import AddFeatures, Project, SetSetting, UpdateFeature
from planner.project.store import translated
from resources.errors import PlannerError


def is_one_paragraph(error):
    text = str(error)
    return "\n" not in text and "Traceback" not in text and text.rstrip().endswith((".", ")"))


@pytest.mark.parametrize("place", ["missing", "folder", "file"])
def test_what_is_no_project(tmp_path, place):
    path = tmp_path / "x"
    if place == "folder":
        path.mkdir()
    if place == "file":
        path.write_text("x")
    with pytest.raises(NotAProjectError) as caught:
        Project.open(path)
    assert is_one_paragraph(caught.value)
    if place == "folder":
        assert list(path.iterdir()) == []


@pytest.mark.parametrize("size", [0, 10, 99, 100, 512, 4096, 20_000, -1, -4096])
def test_file_cut_short(folder, size):
    database = folder / "project.gpkg"
    whole = database.read_bytes()
    database.write_bytes(whole[:size])
    with pytest.raises(DamagedProjectError) as caught:
        Project.open(folder)
    assert is_one_paragraph(caught.value)
    assert database.read_bytes() == whole[:size]


@pytest.mark.parametrize(
    "content", [b"x" * 5000, b"SQLite format 3\0" + b"x" * 5000, b"PK\3\4"]
)
def test_file_of_another_kind(folder, content):
    (folder / "project.gpkg").write_bytes(content)
    with pytest.raises(DamagedProjectError, match="no GeoPackage"):
        Project.open(folder)


def test_geopackage_of_another_program(folder):
    database = folder / "project.gpkg"
    with closing(sqlite3.connect(database)) as file:
        file.execute("DROP TABLE project")
    with pytest.raises(DamagedProjectError, match="no Landbridge project"):
        Project.open(folder)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DROP TABLE cores", "lacks the table cores"),
        ("DROP TABLE journal", "lacks the table journal"),
        ("ALTER TABLE cores RENAME COLUMN species TO kinds", "lacks the column species"),
        ("DELETE FROM project WHERE key = 'crs'", "crs is missing"),
        ("UPDATE project SET value = 'x' WHERE key = 'srs_id'", "srs_id is missing"),
        (
            "CREATE TRIGGER evil AFTER INSERT ON settings BEGIN DELETE FROM sites; END",
            "holds a trigger, 'evil'",
        ),
    ],
)
def test_altered_structure(folder, statement, message):
    database = folder / "project.gpkg"
    with closing(sqlite3.connect(database)) as file:
        file.execute(statement)
        file.commit()
    for read_only in (True, False):
        with pytest.raises(DamagedProjectError, match=message) as caught:
            Project.open(folder, read_only=read_only)
        assert is_one_paragraph(caught.value)


def test_view_in_the_place_of_a_table(folder):
    with closing(sqlite3.connect(folder / "project.gpkg")) as file:
        file.execute("DROP TABLE runs")
        file.execute("CREATE VIEW runs AS SELECT * FROM settings")
    with pytest.raises(DamagedProjectError, match="lacks the table runs"):
        Project.open(folder)


def test_a_share_that_goes_away_loses_nothing_that_was_said_to_be_done(folder, core):
    done = ["before"]
    with Project.open(folder) as project:
        project.execute(AddFeatures("cores", [core("before")]))
        away = folder.rename(folder.with_name("away"))
        with suppress(ProjectError):
            project.execute(AddFeatures("cores", [core("meanwhile")]))
            done.append("meanwhile")
        with pytest.raises(ProjectError, match="network share"):
            project.made_exports()
        assert not folder.exists(), "no folder takes the place of the share"
        away.rename(folder)
        project.execute(AddFeatures("cores", [core("after")]))
    with Project.open(folder) as project:
        assert [row["core_id"] for row in project.records("cores")] == [*done, "after"]
        assert project.undo() is not None


def test_a_share_that_is_gone_is_called_so(tmp_path):
    with (
        pytest.raises(ProjectError, match=r"is gone: disk I/O error.*network share") as caught,
        translated(tmp_path / "share" / "project.gpkg"),
    ):
        raise sqlite3.OperationalError("disk I/O error")
    assert is_one_paragraph(caught.value)


def open_files(folder):
    """Return the files of a folder that this process holds open, where the system tells."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        return []
    held = [str(entry.readlink()) for entry in descriptors.iterdir() if entry.is_symlink()]
    return [path for path in held if path.startswith(str(folder))]


@pytest.mark.slow
def test_random_damage_is_an_error_or_harmless(folder, core):
    """Whatever bytes are overwritten: all works, or an error says what is wrong."""
    with Project.open(folder) as project:
        for index in range(20):
            project.execute(AddFeatures("cores", [core(str(index), name="x" * 300)]))
    database = folder / "project.gpkg"
    whole, rng = database.read_bytes(), random.Random(3)
    messages = []
    for round_number in range(300):
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 20, 400])):
            damaged[rng.randrange(len(whole))] = rng.randrange(256)
        database.write_bytes(damaged)
        for leftover in folder.glob("project.gpkg-*"):
            leftover.unlink()
        try:
            with Project.open(folder) as project:
                if round_number % 2:
                    project.verify()
                project.cores()
                project.history()
                for _ in range(40):
                    project.undo()
        except PlannerError as error:
            messages.append(error)
        # The errors are kept, and must not keep the file open and locked.
        assert not open_files(folder), str(messages[-1])
    assert len(messages) > 40
    assert all(is_one_paragraph(error) for error in messages)


def test_damaged_json_is_named(folder, core):
    with Project.open(folder) as project:
        project.execute(AddFeatures("cores", [core("a", countries=["CHN"])]))
    for text in ("'{'", "X'00'", "'" + "[" * 100_000 + "'"):
        with closing(sqlite3.connect(folder / "project.gpkg")) as file:
            file.execute(f"UPDATE cores SET countries = {text}")
            file.commit()
        with (
            Project.open(folder) as project,
            pytest.raises(DamagedProjectError, match="column countries of cores"),
        ):
            project.records("cores")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET inverse = X'00'",
        "UPDATE journal SET state = 'odd' WHERE state = 'done'",
        """UPDATE journal SET inverse =
        CAST('[{"op":"delete","table":"sqlite_master","fids":[1]}]' AS BLOB)""",
        """UPDATE journal SET inverse =
        CAST('[{"op":"update","table":"cores","fid":1,"values":{"x\\"=1--":1}}]' AS BLOB)""",
    ],
)
def test_hostile_journal_changes_nothing(folder, core, dump, statement):
    with Project.open(folder) as project:
        project.execute(AddFeatures("cores", [core("a")]))
        before = dump(project)
    with closing(sqlite3.connect(folder / "project.gpkg")) as file:
        file.execute(statement)
        file.commit()
    with Project.open(folder) as project:
        if "odd" in statement:
            with pytest.raises(DamagedProjectError, match="journal"):
                project.history()
        else:
            with pytest.raises(DamagedProjectError, match="journal"):
                project.undo()
        assert dump(project) == before


def test_full_database_keeps_everything_before(folder, core, dump):
    with Project.open(folder) as project:
        project.execute(AddFeatures("cores", [core("a")]))
        before = dump(project)
        with project._store.transaction() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
        project._store._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
        big = [core(str(index), name="x" * 2000) for index in range(200)]
        with pytest.raises(ProjectFullError, match="no room left") as caught:
            project.execute(AddFeatures("cores", big))
        assert is_one_paragraph(caught.value)
        assert dump(project) == before
        project._store._writer.execute("PRAGMA max_page_count = 100000")
        project.execute(AddFeatures("cores", big))
        project.undo()
        assert dump(project) == before


def in_child(work):
    """Run a function in a forked process; return its answer, or the error it ended with."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = work()
        except BaseException as error:  # noqa: BLE001 - the parent looks at it
            answer = f"{type(error).__name__}: {error}"
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        answer = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return answer


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs limits of POSIX")
def test_full_disk_keeps_everything_before(folder, core):
    """The operating system refuses to let any file grow, as a full disk does."""
    big = [core(str(index), name="x" * 2000) for index in range(400)]

    def work():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with Project.open(folder) as project:
            project.execute(AddFeatures("cores", [core("a")]))
            project.execute(UpdateFeature("cores", 1, {"name": "b"}))
            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
            with pytest.raises(ProjectFullError) as caught:
                project.execute(AddFeatures("cores", big))
            resource.setrlimit(
                resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            )
            project.execute(SetSetting("after", 1))
        return str(caught.value)

    answer = in_child(work)
    assert answer.startswith("There is no room left for")
    with Project.open(folder) as project:
        project.verify()
        assert project.cores()["name"].tolist() == ["b"]
        assert [entry.label for entry in project.history()] == [
            "Set after",
            "Change cores 1",
            "Add 1 to cores",
        ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs limits of POSIX")
def test_project_cannot_be_made_on_a_full_disk(tmp_path):
    def work():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
        Project.create(tmp_path / "x", name="X", region_id="r", crs="EPSG:4326")
        return "made"

    assert in_child(work).startswith("ProjectFullError: There is no room")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs users of POSIX")
def test_folder_that_nobody_may_write_to(folder, core):
    """As another user where the tests run as root, whom permissions do not stop."""
    with Project.open(folder) as project:
        project.execute(AddFeatures("cores", [core("a")]))
    home = Path(tempfile.mkdtemp())
    copy = home / "shared.landbridge"
    try:
        shutil.copytree(folder, copy)
        for path in (*copy.rglob("*"), copy, home):
            path.chmod(0o555 if path.is_dir() else 0o444)

        def work():
            shapely.from_wkb(b"\x01\x01\x00\x00\x00" + bytes(16))
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            with Project.open(copy) as project:
                assert project.read_only
                assert len(project.records("cores")) == 1
                with pytest.raises(ReadOnlyProjectError) as caught:
                    project.execute(SetSetting("x", 1))
            with pytest.raises(ProjectError, match="cannot be made"):
                Project.create(home / "new", name="X", region_id="r", crs="EPSG:4326")
            return str(caught.value)

        before = {path.name for path in copy.iterdir()}
        assert "you may not write to this folder" in in_child(work)
        assert {path.name for path in copy.iterdir()} == before
    finally:
        for path in (home, copy, *copy.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(home)
