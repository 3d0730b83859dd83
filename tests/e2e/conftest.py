"""The command as it is installed, plans made once, and copies of them to spoil."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from layers.raster import read_raster
from planner.cli import main
from planner.pipeline.plan import PlanRequest, announced_steps, make_plan
from planner.progress import StepProgress
from planner.project import Project, table_output
from planner.project.schema import TABLES

COMMAND = Path(sys.executable).with_name("landbridge")
REGION, SPECIES = "tumen-estuary", "amur-leopard"


@dataclass(frozen=True)
class Ended:
    """What a command told and left."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Planned:
    """A plan that was made."""

    out: Path
    folder: Path
    ended: Ended | None = None
    states: dict[str, str] | None = None


@pytest.fixture(scope="session")
def command():
    """Return a function that runs ``landbridge`` in a process of its own."""

    def run(*words, timeout=170, **environment):
        done = subprocess.run(
            [str(COMMAND), *(str(word) for word in words)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            env={**os.environ, "COLUMNS": "100", **environment},
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def landbridge(capsys):
    """Return a function that runs ``landbridge`` in this process."""

    def run(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return Ended(caught.value.code, told.out, told.err)

    return run


def planned(out, *, region=REGION, species=(SPECIES,), seed=1, maps=False):
    """Make a plan in this process; tell how each step ended."""
    request = PlanRequest.of(region, species, out, seed=seed, maps=maps)
    states = {}
    weights = {name: weight for name, (_, weight) in announced_steps(request).items()}
    progress = StepProgress(weights, on_changed=lambda s: states.update({s.name: s.state}))
    result = make_plan(request, progress)
    return Planned(out, result.project, states=states)


@pytest.fixture(scope="session")
def plan():
    """Return a function that makes a small plan in this process."""
    return planned


@pytest.fixture(scope="session")
def whole(command, tmp_path_factory):
    """The main job as the README has it, on the default region, with maps."""
    out = tmp_path_factory.mktemp("whole") / "out"
    ended = command("plan", "--out", out)
    return Planned(out, out / "tiger-leopard.landbridge", ended)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A plan for one species of a small region, without maps; only to be read."""
    return planned(tmp_path_factory.mktemp("small") / "out")


@pytest.fixture
def copy(small, tmp_path):
    """A copy of the small plan, to be altered."""
    out = tmp_path / "out"
    shutil.copytree(small.out, out)
    return Planned(out, out / small.folder.name)


@pytest.fixture(scope="session")
def files_of():
    """Return a function that reads every file of a folder."""

    def read(folder):
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    return read


@pytest.fixture(scope="session")
def results_of():
    """Return a function that tells the results of a plan: tables by hash, rasters by value."""

    def read(folder):
        with Project.open(folder, read_only=True) as project:
            tables = {
                name: project.output_hash(table_output(name))
                for name in TABLES
                if name not in {"runs", "settings"}
            }
            settings = project.settings
        rasters = {
            path.name: np.nan_to_num(read_raster(path).values, nan=-9.0).tobytes()
            for path in sorted((folder / "rasters").iterdir())
        }
        return {"settings": settings, **tables, **rasters}

    return read
