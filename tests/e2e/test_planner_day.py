"""A planner's day at the window under Xvfb: two processes, real mouse and keys, real QGIS."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from layers.qgis.discovery import find_qgis
from layers.qgis.errors import QgisNotFoundError
from planner.project import Project

HERE = Path(__file__).resolve().parent
PICTURES = HERE.parents[1] / ".artefacts" / "planner_day"
"""Where the pictures stay, to be looked at."""
SCREEN = "-screen 0 1600x1000x24"


def _no_qgis() -> str:
    try:
        find_qgis()
    except QgisNotFoundError as error:
        return str(error)
    return ""


pytestmark = [
    pytest.mark.qgis,
    pytest.mark.slow,
    pytest.mark.skipif(bool(_no_qgis()), reason="QGIS is not installed"),
    pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="Xvfb is not installed"),
]


def half_a_day(half, folder):
    """Run one half of the day on a screen of its own; return what it found."""
    words = ["xvfb-run", "-a", "-s", SCREEN, sys.executable, str(HERE / "planner_day.py")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    ended = subprocess.run(
        [*words, half, str(folder), str(PICTURES)],
        env=environment,
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    told = folder / f"{half}.json"
    assert told.is_file(), f"{ended.stdout[-2000:]}\n{ended.stderr[-4000:]}"
    return ended, json.loads(told.read_text(encoding="utf-8"))


def test_a_corridor_is_drawn_widened_taken_back_found_again_and_printed(tmp_path):
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    ended, morning = half_a_day("morning", tmp_path)
    assert ended.returncode in {-signal.SIGKILL, 128 + signal.SIGKILL}, "it was killed"
    drawn, widened, undone = (morning[name]["km2"] for name in ("drawn", "widened", "undone"))
    assert 80 < drawn < 130, "about 53 km of a way of 2 km"
    assert widened > 2.5 * drawn
    assert undone == pytest.approx(drawn)
    ended, afternoon = half_a_day("afternoon", tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    assert afternoon["found"] == morning["undone"], "nothing was unsaved"
    assert afternoon["again"]["km2"] == pytest.approx(widened)
    sheet = Path(afternoon["sheet"])
    text = subprocess.run(
        ["pdftotext", "-layout", str(sheet), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "km²" in text
    assert "do not imply any opinion" in " ".join(text.split())
    with Project.open(sheet.parents[1], read_only=True) as project:
        (row,) = project.records("proposals")
        assert row["width_m"] == 6000
        authors = {entry.author for entry in project.history()}
    assert len(authors) == 1
    pictures = sorted(path.stem for path in PICTURES.glob("*.png"))
    assert len(pictures) == 7
    assert all(path.stat().st_size > 50_000 for path in PICTURES.glob("*.png"))
