from __future__ import annotations

import shutil
import sys
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import pytest

import planner.doctor as doctor_module
from layers.pack import DataPack
from layers.qgis.errors import QgisCrashError
from planner.doctor import Finding, examine, mend
from planner.jobs import JobCancelled
from resources.errors import PlannerError
from resources.paths import resource_path

SUBJECTS = {
    "Python",
    "Python packages",
    "QGIS (maps, prints, .qgz)",
    "data pack",
    "catalogue of sites",
    "species and region profiles",
    "display",
    "disk space",
}


def by_subject(findings):
    return {finding.subject: finding for finding in findings}


@pytest.fixture
def no_qgis(monkeypatch):
    monkeypatch.setenv("LANDBRIDGE_QGIS_PYTHON", "/nonexistent/python3")


@pytest.mark.qgis
def test_on_a_complete_machine_nothing_is_missing(tmp_path):
    found = by_subject(examine(tmp_path))
    assert found.keys() == SUBJECTS | {"QGIS engine", "fonts of the map"}
    assert [item for item in found.values() if item.state == "missing"] == []
    assert all(bool(item.remedy) == (item.state != "ok") for item in found.values())
    assert sys.executable in found["Python"].detail
    assert found["QGIS engine"].detail.startswith("starts; Qt ")
    assert "checksums right" in found["data pack"].detail
    assert "6 species, 8 regions" in found["species and region profiles"].detail


def test_without_qgis_the_command_that_installs_it_is_given(no_qgis, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    found = by_subject(examine(tmp_path))
    assert found.keys() == SUBJECTS
    qgis = found["QGIS (maps, prints, .qgz)"]
    assert qgis.state == "missing"
    assert qgis.remedy == "sudo apt-get install python3-qgis"
    assert "/nonexistent/python3" in qgis.detail


@pytest.mark.parametrize(("platform", "remedy"), [("win32", "OSGeo4W"), ("darwin", "bundle")])
def test_other_systems_have_other_remedies(no_qgis, tmp_path, monkeypatch, platform, remedy):
    monkeypatch.setattr(sys, "platform", platform)
    assert remedy in by_subject(examine(tmp_path))["QGIS (maps, prints, .qgz)"].remedy


def engine_that(describe):
    class Engine:
        def __init__(self, installation):
            pass

        def __enter__(self):
            return SimpleNamespace(describe=describe)

        def __exit__(self, *_):
            pass

    return Engine


@pytest.fixture
def some_qgis(monkeypatch):
    installation = SimpleNamespace(version="3.40", python="/usr/bin/python3")
    monkeypatch.setattr(doctor_module, "find_qgis", lambda: installation)


def test_a_qgis_that_does_not_start_is_missing(some_qgis, monkeypatch, tmp_path):
    def crash():
        raise QgisCrashError("The QGIS process ended at once.")

    monkeypatch.setattr(doctor_module, "QgisEngine", engine_that(crash))
    found = by_subject(examine(tmp_path))
    assert found["QGIS (maps, prints, .qgz)"].state == "ok"
    assert found["QGIS engine"].state == "missing"
    assert found["QGIS engine"].detail == "The QGIS process ended at once."
    assert found["QGIS engine"].remedy


def test_scripts_without_a_font_are_named(some_qgis, monkeypatch, tmp_path):
    description = {
        "qt": "5.15",
        "gdal": "3.6",
        "proj": "",
        "fonts": {"Chinese": "", "Japanese": "Noto", "Korean": "", "Cyrillic": "Noto"},
    }
    monkeypatch.setattr(doctor_module, "QgisEngine", engine_that(lambda: description))
    found = by_subject(examine(tmp_path))
    assert found["QGIS engine"].detail == "starts; Qt 5.15, GDAL 3.6"
    fonts = found["fonts of the map"]
    assert fonts.state == "warning"
    assert fonts.detail.startswith("none for Chinese, Korean:")
    assert "fonts-noto-cjk" in fonts.remedy


def test_a_package_that_is_missing_is_named_with_its_command(no_qgis, monkeypatch, tmp_path):
    real = doctor_module.version

    def version(name):
        if name == "numba":
            raise PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(doctor_module, "version", version)
    packages = by_subject(examine(tmp_path))["Python packages"]
    assert packages.state == "missing"
    assert packages.detail == "not installed: numba"
    assert packages.remedy == f"{sys.executable} -m pip install numba"


def test_a_program_that_was_never_installed_is_told(no_qgis, monkeypatch, tmp_path):
    def nothing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor_module, "requires", nothing)
    monkeypatch.setattr(doctor_module, "version", nothing)
    packages = by_subject(examine(tmp_path))["Python packages"]
    assert packages.detail == "not installed: landbridge"


def test_an_altered_data_pack_is_told(no_qgis, monkeypatch, tmp_path):
    copy = tmp_path / "default"
    shutil.copytree(resource_path("default"), copy)
    with (copy / "slope.tif").open("r+b") as file:
        file.seek(-10, 2)
        file.write(b"\0" * 10)
    monkeypatch.setattr(
        doctor_module, "DataPack", SimpleNamespace(open=lambda: DataPack.open(copy))
    )
    pack = by_subject(examine(tmp_path))["data pack"]
    assert pack.state == "missing"
    assert "slope.tif" in pack.detail
    assert pack.remedy == "install Landbridge again with pip"


@pytest.mark.parametrize(
    ("variables", "state"),
    [({}, "warning"), ({"DISPLAY": ":0"}, "ok"), ({"WAYLAND_DISPLAY": "w"}, "ok")],
)
def test_the_display_is_looked_for(no_qgis, monkeypatch, tmp_path, variables, state):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    display = by_subject(examine(tmp_path))["display"]
    assert display.state == state
    assert bool(display.remedy) == (state == "warning")


@pytest.mark.parametrize(("free_gb", "state"), [(0.5, "warning"), (50.0, "ok")])
def test_little_space_is_told_with_the_way_out(no_qgis, monkeypatch, tmp_path, free_gb, state):
    usage = SimpleNamespace(free=free_gb * 1e9)
    monkeypatch.setattr(doctor_module.shutil, "disk_usage", lambda place: usage)
    space = by_subject(examine(tmp_path))["disk space"]
    assert space.state == state
    assert str(tmp_path) in space.detail
    assert ("--out" in space.remedy) == (state == "warning")


class TestMend:
    def _finding(self, *words):
        return Finding("packages", "missing", "none", " ".join(words), words)

    def test_what_the_command_says_is_told(self):
        said = []
        control = SimpleNamespace(say=said.append)
        finding = self._finding(sys.executable, "-c", "print('one'); print('two')")
        assert mend(finding, control) == "two"
        assert said == ["one", "two"]

    def test_a_command_that_fails_says_why(self):
        finding = self._finding(sys.executable, "-c", "print('no net'); raise SystemExit(3)")
        with pytest.raises(PlannerError, match="no net"):
            mend(finding, SimpleNamespace(say=lambda _: None))

    def test_a_command_that_is_not_there_is_told(self):
        with pytest.raises(PlannerError, match="cannot be run"):
            mend(self._finding("/no/such/program"), SimpleNamespace(say=lambda _: None))

    def test_a_cancel_ends_it(self):
        def say(_):
            raise JobCancelled("cancelled")

        words = (sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)")
        with pytest.raises(JobCancelled):
            mend(self._finding(*words), SimpleNamespace(say=say))
