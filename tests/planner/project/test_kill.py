"""Kill the process while it edits, again and again: every finished edit is there."""

import importlib.util
import os
import random
import signal
import time
from pathlib import Path

import pytest

from planner.project import Project

KILLS = 200
STREAM = Path(__file__).with_name("edit_stream.py")


@pytest.fixture
def stream():
    description = importlib.util.spec_from_file_location("edit_stream", STREAM)
    module = importlib.util.module_from_spec(description)
    description.loader.exec_module(module)
    return module


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.slow
def test_every_acknowledged_edit_survives_being_killed(folder, stream, python):
    server = python(str(STREAM))
    rng = random.Random(20)
    model, done = stream.Model(), 0
    for round_number in range(KILLS):
        acknowledged = _edit_and_kill(server, folder, done, rng)
        for index in range(done, done + acknowledged):
            model.carry_out(index)
        done += acknowledged
        with Project.open(folder, author="test") as project:
            found = stream.state_of(project)
            # At most one more: stored, and killed before it could say so.
            further = model.copy()
            further.carry_out(done)
            if _is_at(project, further, found) and not _is_at(project, model, found):
                model, done = further, done + 1
            assert found == model.state, f"round {round_number}, edit {done}"
            _check_undo(project, model, stream)
            if round_number % 20 == 0:
                project.verify()
    assert done > KILLS


def _edit_and_kill(server, folder, first, rng):
    """Let a process edit, kill it, and return how many edits it acknowledged.

    It is killed a moment after so many acknowledgements, not after a time from its start: on a
    busy machine it would not have come to edit by then.
    """
    wanted, child = rng.randint(0, 4), 0
    server.stdin.write(f"{folder} {first}\n")
    server.stdin.flush()
    acknowledged, killed = 0, False
    for line in iter(server.stdout.readline, ""):
        if line.startswith("child"):
            child = int(line.split()[1])
        elif line == "end\n":
            assert killed
            return acknowledged
        else:
            assert int(line) == first + acknowledged
            acknowledged += 1
        if child and not killed and acknowledged >= wanted:
            time.sleep(rng.uniform(0.0, 0.005 if wanted else 0.06))
            os.kill(child, signal.SIGKILL)
            killed = True
    pytest.fail("the editing process ended by itself")


def _is_at(project, model, found):
    at_start, at_end = model.place == 0, model.place == len(model.states) - 1
    return found == model.state and (project.can_undo, project.can_redo) == (
        not at_start,
        not at_end,
    )


def _check_undo(project, model, stream):
    """Take one step back and forth again, as the user would after a restart."""
    assert project.can_undo == (model.place > 0)
    if project.undo() is None:
        return
    assert stream.state_of(project) == model.states[model.place - 1]
    project.redo()
    assert stream.state_of(project) == model.state
