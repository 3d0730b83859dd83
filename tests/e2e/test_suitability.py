"""Suitability from the command line: killed, interrupted, run again, chosen, planned with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from layers.raster import read_raster
from planner.project import Project
from planner.suitability import RunFolder, chosen_run, list_runs

COMMAND = Path(sys.executable).with_name("landbridge")
SPECIES = "amur-leopard"
QUICK = ("--species", SPECIES, "--model", "maxent", "--points", "2000", "--folds", "3")


def started(*words):
    return subprocess.Popen(
        [str(COMMAND), *(str(word) for word in words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "COLUMNS": "100"},
    )


def wait_for(path, process, seconds=100):
    end = time.monotonic() + seconds
    while not path.is_file():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, f"{path} was not written"
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_goes_on_from_there(command, tmp_path, how):
    out = tmp_path / "run"
    words = ("suitability", "fit", *QUICK, "--out", out)
    process = started(*words)
    wait_for(out / "sample.json", process)
    process.send_signal(how)
    _, told = process.communicate(timeout=60)
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "what was finished is kept" in told
        assert "Traceback" not in told
    ended = command(*words)
    assert ended.status == 0, ended.err
    assert "Records and their checks: reused unchanged" in ended.out
    assert "Layers and what they cover: reused unchanged" in ended.out
    results = RunFolder(out).results()
    assert results.sample.presences >= 5
    assert not list(out.rglob(".writing*"))
    whole = tmp_path / "whole"
    assert command("suitability", "fit", *QUICK, "--out", whole).status == 0
    first, second = (
        read_raster(at / "rasters" / "suitability.tif").values for at in (out, whole)
    )
    assert np.array_equal(first, second, equal_nan=True), "as if it had never been stopped"


def test_a_plan_builds_on_the_run_that_was_chosen(command, copy):
    project = copy.folder
    ended = command("suitability", "fit", *QUICK, "--project", project)
    assert ended.status == 0, ended.err
    with Project.open(project, read_only=True) as opened:
        (run,) = list_runs(opened, SPECIES)
        before = read_raster(opened.raster_path(f"suitability_{SPECIES}")).values
    ended = command("suitability", "choose", run.run_id, "-p", project, "--reason", "newest")
    assert ended.status == 0, ended.err
    words = ("plan", "tumen-estuary", "-s", SPECIES, "--no-maps", "--out", copy.out)
    ended = command(*words)
    assert ended.status == 0, ended.err
    assert "Habitat, Amur leopard: done" in ended.out
    with Project.open(project, read_only=True) as opened:
        assert chosen_run(opened, SPECIES).reason == "newest"
        facts = opened.settings[f"evaluation:{SPECIES}"]
        after = read_raster(opened.raster_path(f"suitability_{SPECIES}")).values
    assert facts["run"] == run.run_id
    assert "newest" in facts["reason"]
    assert not np.array_equal(before, after, equal_nan=True)
    assert "chosen for this species" in (project / "exports" / "report.html").read_text("utf-8")
    assert "Habitat, Amur leopard: reused" in command(*words).out
    assert (
        command("suitability", "choose", "-p", project, "--forget", "-s", SPECIES).status == 0
    )
    assert command(*words).status == 0
    with Project.open(project, read_only=True) as opened:
        again = read_raster(opened.raster_path(f"suitability_{SPECIES}")).values
    assert np.array_equal(before, again, equal_nan=True), "the default model counts again"
