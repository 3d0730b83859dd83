"""Work in a process of its own: real processes, real signals."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from planner.apart import Apart, ApartError, UnexpectedApartError
from planner.jobs import JobRunner, JobState
from planner.project import Project, SetSetting
from resources.errors import PlannerError, UsageError

SOURCE = """
import os, signal, time
from pathlib import Path
from planner.project import Project, SetSetting
from resources.errors import UsageError
from resources.translation import language

def add(a, b, control):
    control.say("adding")
    control.report(0.5)
    return a + b, os.getpid(), language()

def refuse(control):
    raise UsageError("The answer is none. Ask for another.")

def trip(control):
    return 1 / 0

def forever(control):
    while True:
        control.report(0.1)
        time.sleep(0.01)

def count(control):
    told = 0
    while control.tell(told):
        told += 1
        time.sleep(0.01)
    return told

def die(control):
    os.kill(os.getpid(), signal.SIGKILL)

def chatter(control):
    print("a library prints")
    return "fine"

def edit(path, control):
    with Project.open(path) as project:
        reason = project.read_only_reason
        if not reason:
            project.execute(SetSetting("from", "guest"))
    return reason

def edit_and_die(path, control):
    with Project.open(path) as project:
        project.execute(SetSetting("from", "guest"))
        project.execute(SetSetting("also", "guest"))
        os.kill(os.getpid(), signal.SIGKILL)

def hold(path, control):
    with Project.open(path) as project:
        control.tell(os.getpid())
        forever(control)
"""


@pytest.fixture
def apart_functions(tmp_path, monkeypatch):
    """Functions that both processes find, by a module beside the test."""
    (tmp_path / "apart_functions.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    known = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in known if part))
    yield importlib.import_module("apart_functions")
    sys.modules.pop("apart_functions")


@pytest.fixture
def apart():
    made = Apart()
    yield made
    made.close()


@pytest.fixture
def runner():
    made = JobRunner(workers=1)
    yield made
    made.close()


class Control:
    """Notes what it is told."""

    def __init__(self):
        self.cancelled = False
        self.said = []

    def report(self, fraction):
        self.said.append(fraction)

    def say(self, message):
        self.said.append(message)


def test_a_function_is_run_elsewhere_and_tells_how_far_it_is(apart, apart_functions):
    control = Control()
    total, pid, spoken = apart.run(apart_functions.add, 2, 3, control=control)
    assert total == 5
    assert pid != os.getpid()
    assert spoken == "en"
    assert control.said == ["adding", 0.5]


def test_the_process_is_kept_for_the_next_piece_of_work(apart, apart_functions):
    first = apart.run(apart_functions.add, 1, 1, control=Control())[1]
    again = apart.run(partial(apart_functions.add, 1), 1, control=Control())[1]
    assert first == again


def test_errors_for_people_arrive_as_they_are(apart, apart_functions):
    with pytest.raises(UsageError, match="Ask for another"):
        apart.run(apart_functions.refuse, control=Control())
    assert apart.run(apart_functions.add, 1, 1, control=Control())[0] == 2


def test_an_error_that_nobody_expected_brings_its_trace(apart, apart_functions):
    with pytest.raises(UnexpectedApartError, match="ZeroDivisionError"):
        apart.run(apart_functions.trip, control=Control())


def test_a_cancel_ends_the_work_and_not_the_process(apart, apart_functions, runner):
    job = runner.submit(lambda c: apart.run(apart_functions.forever, control=c), "Work")
    while job.fraction == 0.0:
        time.sleep(0.01)
    job.cancel()
    assert job.wait(20)
    assert job.state is JobState.CANCELLED
    assert apart.run(apart_functions.add, 1, 1, control=Control())[0] == 2


def test_work_that_is_asked_to_stop_keeps_what_it_has(apart, apart_functions):
    heard = []

    def hear(number):
        heard.append(number)
        return number < 3

    told = apart.run(apart_functions.count, control=Control(), hear=hear)
    assert told >= 3
    assert heard[:4] == [0, 1, 2, 3]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_process_that_dies_is_told_of_and_replaced(apart, apart_functions):
    with pytest.raises(ApartError, match="ended unexpectedly"):
        apart.run(apart_functions.die, control=Control())
    assert apart.run(apart_functions.add, 1, 1, control=Control())[0] == 2


def test_what_libraries_print_does_no_harm(apart, apart_functions):
    assert apart.run(apart_functions.chatter, control=Control()) == "fine"


def test_two_at_a_time_have_a_process_each(apart, apart_functions):
    pids = []
    gate = threading.Barrier(2)

    def work():
        gate.wait(10)
        pids.append(apart.run(apart_functions.add, 1, 1, control=Control())[1])

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(pids) == 2


def test_nothing_starts_any_more_once_it_is_closed(apart, apart_functions):
    apart.close()
    with pytest.raises(PlannerError, match="closing"):
        apart.run(apart_functions.add, 1, 1, control=Control())


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "here", name="Here", region_id="tumen-estuary", crs="EPSG:3035"
    ) as made:
        yield made


def test_a_guest_edits_the_project_that_its_host_holds(apart, apart_functions, project):
    project.execute(SetSetting("before", 1))
    assert apart.run(apart_functions.edit, project.path, control=Control()) == ""
    assert project.settings["from"] == "guest"
    project.execute(SetSetting("after", 2))
    assert project.undo() is not None
    assert project.undo() is not None
    assert "from" not in project.settings
    assert project.settings["before"] == 1


def test_what_a_guest_edited_before_it_was_killed_is_one_step(apart, apart_functions, project):
    project.execute(SetSetting("before", 1))
    with pytest.raises(ApartError):
        apart.run(apart_functions.edit_and_die, project.path, control=Control(), group="run")
    assert project.undo_label == "Set before"
    project.finish_group("run")
    assert project.undo() == "Set also"
    assert project.settings == {"before": 1}
    assert project.redo() == "Set also"
    assert project.settings == {"before": 1, "from": "guest", "also": "guest"}


def test_a_guest_of_nobody_reads_only(apart, apart_functions, project):
    command = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[2]);"
        "import apart_functions; print(apart_functions.edit(pathlib.Path(sys.argv[1]), None))"
    )
    folder = str(Path(apart_functions.__file__).parent)
    words = [sys.executable, "-c", command, str(project.path), folder]
    ended = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "open for reading only" in ended.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_guest_ends_with_its_host(apart_functions, project, tmp_path):
    path = project.path
    project.close()
    host = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[2])\n"
        "import apart_functions, types\n"
        "from planner.apart import Apart\n"
        "from planner.project import Project\n"
        "control = types.SimpleNamespace(cancelled=False, report=lambda f: None, say=print)\n"
        "def hear(pid):\n"
        "    print(pid, flush=True)\n"
        "    return True\n"
        "held = Project.open(pathlib.Path(sys.argv[1]))\n"
        "Apart().run(apart_functions.hold, held.path, control=control, hear=hear)\n"
    )
    folder = str(Path(apart_functions.__file__).parent)
    words = [sys.executable, "-c", host, str(path), folder]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        guest = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    ends = time.monotonic() + 30
    while _is_alive(guest) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not _is_alive(guest)
    with Project.open(path) as again:
        assert not again.read_only_reason


def _is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
