from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ui import display
from ui.display import display_problem

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux"),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, "linux"),
        ({}, "darwin"),
        ({}, "win32"),
    ],
)
def test_where_a_window_can_be_opened(environment, platform):
    assert display_problem(environment, platform) == ""


@pytest.mark.parametrize("environment", [{}, {"QT_QPA_PLATFORM": "xcb"}, {"DISPLAY": ""}])
def test_where_there_is_no_display(environment):
    assert "DISPLAY" in display_problem(environment, "linux")


def test_a_missing_library_is_named_with_its_package(monkeypatch):
    told = "libxcb-cursor.so.0: cannot open shared object file"
    monkeypatch.setattr(display, "_missing_library", lambda: told)
    problem = display_problem({"DISPLAY": ":0"}, "linux")
    assert "libxcb-cursor.so.0" in problem
    assert "sudo apt install" in problem


@pytest.mark.parametrize(
    ("setting", "word"), [({}, "xvfb-run"), ({"DISPLAY": ":54321"}, "does not answer")]
)
def test_without_a_display_one_paragraph_says_how_to_get_one(setting, word):
    if setting and display._missing_library():
        pytest.skip("the X libraries are not installed, which is told first")
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    bare = {name: value for name, value in os.environ.items() if name not in hidden}
    code = "import sys; from ui.app import run; sys.exit(run([]))"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**bare, **setting},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert word in ended.stderr
    assert "ssh -X" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
