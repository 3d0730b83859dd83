"""Whatever is wrong: one paragraph, the right status, and nothing lost."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

import layers.pack
import planner.pipeline.plan as plan_module
from layers.qgis.errors import QgisCrashError
from planner.errors import ProjectError
from planner.project import Project, SetSetting
from planner.project.schema import SCHEMA_VERSION
from resources.paths import resource_path

REPOSITORY = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("landbridge")
REGION, SPECIES = "tumen-estuary", "amur-leopard"


def words(out, *more):
    return ("plan", REGION, "-s", SPECIES, "--out", out, *more)


class Ended(NamedTuple):
    status: int
    out: str
    err: str


def fails(ended, told, status=1):
    assert ended.status == status, ended
    assert ended.err.startswith("landbridge: "), ended.err
    assert ended.err.count("\n") == 1, ended.err
    assert told in ended.err
    return True


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("plan", "tumen-estuari"), "Did you mean tumen-estuary"),
        (("plan", "--species", "snow-lepard"), "Did you mean snow-leopard"),
        (("plan", "--seed", "-3"), "--seed"),
        (("plan", "--seed", "many"), "--seed"),
    ],
)
def test_names_and_numbers_that_cannot_be_meant(landbridge, tmp_path, asked, told):
    ended = landbridge(*asked, "--out", tmp_path / "out")
    assert fails(ended, told, status=2)
    assert list(tmp_path.iterdir()) == []


def made_newer(database):
    with closing(sqlite3.connect(database)) as file:
        newer = str(SCHEMA_VERSION + 1)
        file.execute("UPDATE project SET value = ? WHERE key = 'schema_version'", (newer,))
        file.commit()


def made_other(database):
    with closing(sqlite3.connect(database)) as file:
        file.execute("DROP TABLE project")
        file.commit()


def cut_short(database):
    database.write_bytes(database.read_bytes()[:50_000])


def garbage(database):
    database.write_bytes(b"This is no database. " * 1000)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (garbage, "is no GeoPackage"),
        (cut_short, "project.gpkg"),
        (made_other, "no Landbridge project"),
        (made_newer, "newer"),
        (Path.unlink, "project.gpkg"),
    ],
)
def test_a_project_that_cannot_be_read_is_left_as_it_is(
    landbridge, copy, files_of, spoil, told
):
    spoil(copy.folder / "project.gpkg")
    before = files_of(copy.folder)
    assert fails(landbridge(*words(copy.out, "--no-maps")), told)
    after = files_of(copy.folder)
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() <= {"project.lock"}


def test_a_project_that_somebody_edits_is_left_to_them(command, copy):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\nfrom pathlib import Path\nfrom planner.project import Project\n"
            "with Project.open(Path(sys.argv[1]), author='Ann'):\n"
            "    print('open', flush=True)\n    sys.stdin.read()",
            str(copy.folder),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        assert holder.stdout.readline() == "open\n"
        before = (copy.folder / "project.gpkg").read_bytes()
        ended = command(*words(copy.out, "--no-maps"))
        assert fails(ended, f"Ann on {os.uname().nodename} (process {holder.pid})")
        assert (copy.folder / "project.gpkg").read_bytes() == before
    finally:
        holder.communicate(timeout=30)
    assert holder.returncode == 0


def with_little_room(out, most_bytes):
    """Run the command where no file may grow beyond a size, as on a full disk."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    done = subprocess.run(
        [str(COMMAND), *(str(word) for word in words(out, "--no-maps", "--seed", "2"))],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
        timeout=120,
    )
    # libtiff writes a line of its own to stderr, which nothing here can keep from it.
    told = [line for line in done.stderr.splitlines(True) if not line.startswith("_tiff")]
    return Ended(done.returncode, done.stdout, "".join(told))


@pytest.mark.slow
def test_a_full_disk_leaves_an_earlier_plan_as_it_was(copy, files_of):
    with Project.open(copy.folder) as project:
        runs = project.runs()
    before = files_of(copy.folder)
    assert fails(with_little_room(copy.out, 20_000), "There is no room left")
    with Project.open(copy.folder) as project:
        project.verify()
        assert project.runs() == runs
    after = files_of(copy.folder)
    assert after.keys() == before.keys()
    assert {name for name in before if before[name] != after[name]} <= {"project.gpkg"}


@pytest.mark.slow
def test_what_does_not_fit_is_told_and_leaves_nothing_half_written(tmp_path):
    # The empty database fits, the copy of the base map does not.
    ended = with_little_room(tmp_path / "out", 330_000)
    assert fails(ended, "base/basemap.gpkg could not be written")
    folder = tmp_path / "out" / f"{REGION}.landbridge"
    assert [path for path in folder.rglob("*") if path.suffix == ".tif"] == []
    assert list(folder.rglob(".writing*")) == []
    with Project.open(folder) as project:
        project.verify()
        assert project.runs() == ()


def test_a_new_project_on_a_full_disk_leaves_no_half(tmp_path):
    ended = with_little_room(tmp_path / "out", 20_000)
    assert fails(ended, "There is no room")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.fixture
def no_qgis(monkeypatch):
    monkeypatch.setenv("LANDBRIDGE_QGIS_PYTHON", "/nonexistent/python3")


def test_without_qgis_all_but_the_maps_is_made(landbridge, copy, no_qgis, results_of, small):
    ended = landbridge(*words(copy.out))
    assert fails(ended, "is complete but for the maps. ")
    assert "No Python interpreter with QGIS" in ended.err
    assert "nstall" in ended.err
    assert "/nonexistent/python3" in ended.err
    assert "Habitat, Amur leopard: reused" in ended.out
    assert "scenario_map.pdf" not in ended.out
    report = (copy.folder / "exports/report.html").read_text(encoding="utf-8")
    assert "Not made: No Python interpreter with QGIS" in report
    assert results_of(copy.folder) == results_of(small.folder)


def test_without_qgis_a_plan_without_maps_ends_well(landbridge, copy, no_qgis):
    ended = landbridge(*words(copy.out, "--no-maps"))
    assert (ended.status, ended.err) == (0, "")
    report = (copy.folder / "exports/report.html").read_text(encoding="utf-8")
    assert "Not made:" not in report


@pytest.mark.qgis
def test_a_qgis_that_crashes_costs_only_the_maps(landbridge, copy, monkeypatch):
    def crash(*_):
        (copy.folder / "exports/scenario_map.pdf").write_bytes(b"%PDF of an earlier plan")
        raise QgisCrashError("The QGIS process ended while it drew. Run the plan again.")

    monkeypatch.setattr(plan_module, "store_maps", crash)
    ended = landbridge(*words(copy.out))
    assert fails(ended, "The QGIS process ended while it drew. Run the plan again.")
    assert "scenario_map.pdf" not in ended.out, "what is not of this plan is not listed"
    report = (copy.folder / "exports/report.html").read_text(encoding="utf-8")
    assert "Not made: The QGIS process ended" in report
    with Project.open(copy.folder, read_only=True) as project:
        assert project.runs(step="maps") == ()
        assert len(project.runs(step="report")) == 2


def removed(pack):
    (pack / "slope.tif").unlink()


def altered(pack):
    with (pack / "temperature_mean.tif").open("r+b") as file:
        file.seek(5000)
        file.write(b"\0\1\2\3")


def truncated(pack):
    content = (pack / "basemap.gpkg").read_bytes()
    (pack / "basemap.gpkg").write_bytes(content[: len(content) // 2])


def scribbled(pack):
    (pack / "manifest.toml").write_text("format = [", encoding="utf-8")


def gone(pack):
    shutil.rmtree(pack)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (removed, "lacks slope.tif"),
        (altered, "was altered: temperature_mean.tif"),
        (truncated, "was altered: basemap.gpkg"),
        (scribbled, "manifest.toml"),
        (gone, "manifest.toml"),
    ],
)
def test_a_damaged_data_pack_is_noticed_before_anything_is_written(
    landbridge, tmp_path, monkeypatch, spoil, told
):
    pack = tmp_path / "default"
    shutil.copytree(resource_path("default"), pack)
    spoil(pack)
    monkeypatch.setattr(layers.pack, "resource_path", tmp_path.joinpath)
    ended = landbridge(*words(tmp_path / "out", "--no-maps"))
    assert fails(ended, told)
    assert "Install Landbridge again" in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_an_installation_with_damaged_files_says_so(tmp_path):
    tree = tmp_path / "tree"
    for package in ("planner", "layers", "algorithms", "resources"):
        shutil.copytree(
            REPOSITORY / package, tree / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    altered(tree / "resources/default")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from planner.cli import main; main()",
            *(str(word) for word in words(tmp_path / "out", "--no-maps")),
        ],
        capture_output=True,
        text=True,
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"landbridge: The data pack in {tree}/resources/default was")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder(landbridge, tmp_path):
    out = tmp_path / "out"
    out.write_text("notes")
    assert fails(landbridge(*words(out, "--no-maps")), "cannot be made")
    assert out.read_text() == "notes"
    assert fails(landbridge(*words(out / "deeper", "--no-maps")), "cannot be made")


def test_a_file_in_the_place_of_the_project(landbridge, tmp_path):
    place = tmp_path / f"{REGION}.landbridge"
    place.write_text("notes")
    assert fails(landbridge(*words(tmp_path, "--no-maps")), str(place))
    assert place.read_text() == "notes"


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="a folder where nobody may write")
def test_a_folder_that_cannot_be_written(landbridge):
    ended = landbridge(*words(Path("/sys/landbridge-out"), "--no-maps"))
    assert fails(ended, "The folder /sys/landbridge-out cannot be made")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_project_without_permission_to_write(landbridge, copy, files_of):
    before = files_of(copy.folder)
    for path in (copy.folder, *copy.folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert fails(landbridge(*words(copy.out, "--no-maps")), "you may not write")
        assert files_of(copy.folder) == before
    finally:
        for path in (copy.folder, *copy.folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_reader_that_goes_away_early_ends_the_listing_quietly():
    listing = subprocess.Popen(
        [str(COMMAND), "plan", "--list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    listing.stdout.close()
    _, err = listing.communicate(timeout=60)
    assert b"Traceback" not in err


@pytest.fixture
def drive(tmp_path):
    """A drive of its own at a folder, and functions that take it away and bring it back."""
    place, image = tmp_path / "drive", tmp_path / "image"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(32 * 1024 * 1024)

    def bring():
        subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)

    def take():
        subprocess.run(["umount", "--lazy", str(place)], check=True)

    try:
        made = subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=False)
        if made.returncode != 0:
            pytest.skip("no file system can be made here")
        bring()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no drive can be mounted here")
    yield place, take, bring
    subprocess.run(["umount", "--lazy", str(place)], check=False)


def test_a_drive_that_is_taken_away_loses_no_edit(drive):
    place, take, bring = drive
    project = Project.create(place / "p", name="P", region_id=REGION, crs="EPSG:32652")
    project.execute(SetSetting("x", 1))
    take()
    with pytest.raises(ProjectError, match=r"is gone.*Bring back the drive"):
        project.execute(SetSetting("x", 2))
    with pytest.raises(ProjectError, match="is gone"):
        project.undo()
    assert project.settings == {"x": 1}
    bring()
    project.execute(SetSetting("x", 3))
    assert project.undo() == "Set x"
    project.close()
    with Project.open(project.path) as again:
        assert again.settings == {"x": 1}
        assert again.redo() == "Set x"
        again.verify()
