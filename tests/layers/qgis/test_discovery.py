"""Finding QGIS, and saying what to do where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from layers.qgis import discovery
from layers.qgis.errors import QgisNotFoundError
from resources.errors import PlannerError

pytestmark = pytest.mark.qgis


@pytest.fixture(autouse=True)
def fresh():
    discovery.forget()
    yield
    discovery.forget()


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_qgis_of_the_system_is_found():
    found = discovery.find_qgis()
    major, minor = (int(part) for part in found.version.split(".")[:2])
    assert (major, minor) >= discovery.MINIMUM_VERSION
    assert found.python.exists()
    assert found.prefix.is_dir()
    assert Path(sys.prefix).resolve() not in found.python.resolve().parents


def test_the_answer_is_remembered(monkeypatch):
    first = discovery.find_qgis()
    monkeypatch.setattr(discovery, "_probe", lambda candidate: pytest.fail("asked again"))
    assert discovery.find_qgis() is first


def test_the_override_alone_decides(monkeypatch, tmp_path):
    broken = script(tmp_path / "python3", "echo no module named qgis >&2; exit 1")
    monkeypatch.setenv(discovery.OVERRIDE, str(broken))
    with pytest.raises(QgisNotFoundError) as caught:
        discovery.find_qgis()
    message = str(caught.value)
    assert str(broken) in message
    assert "no module named qgis" in message
    assert discovery.OVERRIDE in message
    assert isinstance(caught.value, PlannerError)


def test_an_override_that_is_not_there_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv(discovery.OVERRIDE, str(tmp_path / "nothing"))
    with pytest.raises(QgisNotFoundError, match="cannot be started"):
        discovery.find_qgis()


def test_an_old_qgis_does_not_do(monkeypatch, tmp_path):
    answer = f'{discovery.MARK}["python3", "3.16.3-Hannover", "/usr", {{}}]'
    old = script(tmp_path / "python3", f"echo '{answer}'")
    monkeypatch.setenv(discovery.OVERRIDE, str(old))
    with pytest.raises(QgisNotFoundError, match=r"3\.16\.3-Hannover is too old"):
        discovery.find_qgis()


def test_a_probe_that_hangs_is_given_up(monkeypatch, tmp_path):
    monkeypatch.setattr(discovery, "PROBE_TIMEOUT_S", 0.2)
    monkeypatch.setenv(discovery.OVERRIDE, str(script(tmp_path / "python3", "exec sleep 60")))
    with pytest.raises(QgisNotFoundError, match="gave no answer"):
        discovery.find_qgis()


@pytest.mark.parametrize(
    ("platform", "programs", "command"),
    [
        ("linux", {"apt-get"}, "sudo apt-get install python3-qgis"),
        ("linux", {"dnf"}, "sudo dnf install python3-qgis"),
        ("linux", set(), "package manager"),
        ("darwin", set(), "brew install --cask qgis"),
        ("win32", set(), "OSGeo4W"),
    ],
)
def test_the_hint_fits_the_system(monkeypatch, platform, programs, command):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(
        "layers.qgis.discovery.shutil.which", lambda name: name if name in programs else None
    )
    assert command in discovery.install_hint()


def test_the_child_gets_nothing_of_this_python(monkeypatch):
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "QT_PLUGIN_PATH", "GDAL_DATA", "PROJ_LIB"):
        monkeypatch.setenv(name, "/somewhere/else")
    monkeypatch.setenv("LANG", "C.UTF-8")
    environment = discovery.child_environment(discovery.find_qgis())
    assert "/somewhere/else" not in environment.values()
    assert environment["LANG"] == "C.UTF-8"
    assert str(Path(sys.prefix) / "bin") not in environment["PATH"].split(":")
