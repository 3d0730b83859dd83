from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from planner.circuit import journal as journal_module
from planner.circuit.journal import JOURNAL_ENDING

HABITAT = np.ones((5, 5))
POINTS = np.zeros((5, 5))
POINTS[0, 0], POINTS[0, 4], POINTS[4, 0], POINTS[3, 3] = 1, 2, 3, 4


class Killed(BaseException):
    """Not an Exception, as Ctrl-C is none."""


class KilledAt:
    def __init__(self, fraction):
        self.fraction = fraction

    def report(self, fraction):
        if fraction >= self.fraction:
            raise Killed


@pytest.fixture(params=["pairwise", "regions", "one-to-all", "all-to-one", "network"])
def any_case(request, case):
    case.grid("habitat.asc", HABITAT)
    points = POINTS.copy()
    if request.param == "regions":
        points[4, 4] = 1
    case.grid("points.asc", points)
    case.options["write_max_cur_maps"] = "True"
    if request.param in {"one-to-all", "all-to-one"}:
        case.options["scenario"] = request.param
    if request.param == "network":
        case.text("links.txt", "0 1 1\n1 2 2\n2 3 3\n3 0 4\n0 2 5\n")
        case.text("focal.txt", "0\n1\n2\n3\n")
        case.options |= {
            "data_type": "network",
            "habitat_file": "links.txt",
            "point_file": "focal.txt",
        }
    return case


def contents(case):
    return {path.name: path.read_bytes() for path in (case.folder / "out").iterdir()}


def test_a_run_goes_on_where_it_was_killed(any_case):
    any_case.run()
    expected = contents(any_case)
    for name in expected:
        (any_case.folder / "out" / name).unlink()
    with pytest.raises(Killed):
        any_case.run(control=KilledAt(0.9))
    kept = any_case.folder / "out" / f"case{JOURNAL_ENDING}"
    assert kept.is_file()
    any_case.run(resume=True)
    assert any("taken over from an earlier run" in told for told in any_case.told)
    assert contents(any_case) == expected
    assert not kept.exists()


def test_a_finished_piece_is_not_solved_again(any_case, monkeypatch):
    with pytest.raises(Killed):
        any_case.run(control=KilledAt(0.9))
    before = contents(any_case)
    written = [name for name in before if "currents_" in name or "curmap_" in name]
    assert written
    for name in written:
        (any_case.folder / "out" / name).unlink()
    any_case.run(resume=True)
    again = contents(any_case)
    assert not set(written) <= set(again)


@pytest.mark.parametrize("any_case", ["pairwise", "network"], indirect=True)
def test_a_changed_input_starts_anew(any_case):
    with pytest.raises(Killed):
        any_case.run(control=KilledAt(0.9))
    name = any_case.options["habitat_file"]
    path = any_case.folder / name
    path.write_text(path.read_text() + "\n")
    any_case.run(resume=True)
    assert any("starts anew" in told for told in any_case.told)


@pytest.mark.parametrize("any_case", ["one-to-all"], indirect=True)
def test_without_resume_an_unfinished_run_is_given_up(any_case):
    with pytest.raises(Killed):
        any_case.run(control=KilledAt(0.9))
    any_case.run()
    assert any("--resume goes on" in told for told in any_case.told)


@pytest.mark.parametrize("any_case", ["pairwise"], indirect=True)
@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_a_damaged_journal_is_not_used(any_case, damage):
    with pytest.raises(Killed):
        any_case.run(control=KilledAt(0.9))
    (any_case.folder / "out" / f"case{JOURNAL_ENDING}").write_bytes(damage)
    any_case.run(resume=True)
    assert any("starts anew" in told for told in any_case.told)


@pytest.mark.parametrize("any_case", ["pairwise"], indirect=True)
def test_a_journal_of_objects_is_not_opened(any_case, tmp_path):
    """A pickle in the journal would run code."""
    (any_case.folder / "out").mkdir()
    path = any_case.folder / "out" / f"case{JOURNAL_ENDING}"
    np.savez(path, head=np.array([{"a": 1}], dtype=object))
    any_case.run(resume=True)
    assert any("starts anew" in told for told in any_case.told)


def test_the_journal_is_kept_as_the_run_goes(case, monkeypatch):
    """Killed outright, a run leaves what it had saved."""
    monkeypatch.setattr(journal_module, "SECONDS_BETWEEN_SAVES", 0.0)
    case.grid("habitat.asc", HABITAT)
    case.grid("points.asc", POINTS)
    saved = []
    keep = journal_module.RunJournal.save
    monkeypatch.setattr(
        journal_module.RunJournal, "save", lambda self: (saved.append(1), keep(self))
    )
    case.run()
    assert len(saved) == 6


_KILLED_OUTRIGHT = """
import os
from pathlib import Path
from planner.circuit import journal
from planner.circuit.cases import STEPS, CircuitRequest, run_case
from planner.progress import StepProgress
journal.SECONDS_BETWEEN_SAVES = 0.0
keep = journal.RunJournal.save
def save(self):
    keep(self)
    if len(self.finished) == 3:
        os.kill(os.getpid(), 9)
journal.RunJournal.save = save
progress = StepProgress({name: weight for name, (_, weight) in STEPS.items()})
run_case(CircuitRequest.of(Path("case.ini")), progress, print)
"""


def test_a_kill_loses_nothing_that_was_saved(case):
    case.grid("habitat.asc", HABITAT)
    case.grid("points.asc", POINTS)
    case.run()
    expected = contents(case)
    for name in expected:
        (case.folder / "out" / name).unlink()
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED_OUTRIGHT], check=False, capture_output=True
    )
    assert ended.returncode == -9
    case.run(resume=True)
    assert "Solutions taken over from an earlier run: 3." in case.told
    assert contents(case) == expected
