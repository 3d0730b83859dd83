from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("planner", "ui", "layers", "algorithms", "resources")


def _run(command, folder):
    return subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A virtual environment that has the wheel, and no path to the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in SOURCES:
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    built = _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", source], folder)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = (source / "dist").glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    # The dependencies are taken from where the tests run; a .pth inside is not followed.
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    installed = _run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", wheel], folder
    )
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return environment / "bin", folder


def test_the_wheel_holds_its_own_code(elsewhere):
    programs, folder = elsewhere
    code = "import planner, layers, resources, ui; print(planner.__file__, resources.__file__)"
    told = _run([programs / "python", "-c", code], folder)
    assert told.returncode == 0, told.stderr
    assert all(str(programs.parent) in path for path in told.stdout.split())


@pytest.mark.slow
def test_a_plan_runs_from_the_wheel_outside_the_repository(elsewhere):
    programs, folder = elsewhere
    words = ["plan", "tumen-estuary", "--species", "amur-leopard", "--no-maps"]
    done = _run([programs / "landbridge", *words], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    report = folder / "out" / "tumen-estuary.landbridge" / "exports" / "report.html"
    assert "Amur leopard" in report.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.qgis
def test_the_map_engine_starts_from_the_wheel(elsewhere):
    programs, folder = elsewhere
    code = (
        "from layers.qgis.engine import QgisEngine\n"
        "with QgisEngine() as engine: print(engine.describe()['qgis'])"
    )
    told = _run([programs / "python", "-c", code], folder)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("3.") or told.stdout.startswith("4.")
