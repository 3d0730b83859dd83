"""Ctrl-C at any moment: a project that opens, one line, and nothing left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from planner.pipeline.publication import report_in
from planner.project import Project
from resources.translation import LANGUAGES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]

COMMAND = Path(sys.executable).with_name("landbridge")
LINE = "landbridge: interrupted; what was finished is kept.\n"


@pytest.fixture
def interrupt(tmp_path):
    """Return a function that starts a command, waits, and presses Ctrl-C as a terminal does."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def run(*words, after_s=None, after_line=None):
        process = subprocess.Popen(
            [str(COMMAND), *(str(word) for word in words)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(scratch), "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
        try:
            if after_line is not None:
                while (line := process.stdout.readline()) and after_line not in line:
                    continue
            try:
                process.wait(after_s or 0.01)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
        left = [
            item
            for item in psutil.process_iter(["cmdline"])
            if any(str(scratch) in word for word in item.info["cmdline"] or ())
        ]
        _, going_on = psutil.wait_procs(left, timeout=10)  # one that ends may take its time
        assert going_on == [], "a process of the command goes on"
        return process.returncode, out, err

    return run


def is_sound(folder):
    """Open and verify the project in the folder, if it was made by then."""
    if not folder.exists():
        return 0
    with Project.open(folder) as project:
        assert not project.read_only
        project.verify()
        return len(project.runs())


def test_ctrl_c_at_any_moment(interrupt, command, tmp_path, small, results_of):
    out = tmp_path / "out"
    folder = out / small.folder.name
    words = ("plan", "tumen-estuary", "-s", "amur-leopard", "--no-maps", "--out", out)
    finished = 0
    # While the program loads, then into each of the longer steps.
    for moment in (
        {"after_s": 0.6},
        {"after_line": "estuary"},
        {"after_line": "Sites", "after_s": 0.4},
        {"after_line": "Habitat", "after_s": 0.1},
    ):
        status, _, err = interrupt(*words, **moment)
        assert "Traceback" not in err, moment
        assert (status, err) == (130, LINE), moment
        runs = is_sound(folder)
        assert runs >= finished
        finished = runs
        unfinished = [path.name for path in tmp_path.rglob(".writing-*")]
        assert unfinished == [], moment
    assert finished >= 2
    ended = command(*words)
    assert (ended.status, ended.err) == (0, "")
    assert "reused unchanged" in ended.out
    assert [path.name for path in out.iterdir()] == [folder.name]
    assert results_of(folder) == results_of(small.folder)


@pytest.mark.qgis
def test_ctrl_c_while_qgis_draws(interrupt, copy):
    words = ("plan", "tumen-estuary", "-s", "amur-leopard", "--out", copy.out)
    status, _, err = interrupt(*words, after_line="Tables", after_s=2.0)
    assert (status, err) == (130, LINE)
    is_sound(copy.folder)
    exports = {path.name for path in (copy.folder / "exports").rglob("*") if path.is_file()}
    assert exports <= {
        *(Path(report_in(code)).name for code in LANGUAGES),
        "scenario_map.pdf",
        "scenario_map.png",
        "amur-leopard.png",
        "map.qgz",
        *(
            f"{n}.csv"
            for n in ("sites", "pairs", "corridors", "bottlenecks", "proposals", "indicators")
        ),
    }
