import json
import os
import signal
import socket
import threading

import pytest

from planner.errors import ProjectError, ReadOnlyProjectError
from planner.project import Project, SetSetting
from planner.project.lock import LockOwner, ProjectLock

HOLD = (
    "import sys\n"
    "from pathlib import Path\n"
    "from planner.project import Project\n"
    "project = Project.open(Path(sys.argv[1]), author='Olga')\n"
    "print('read' if project.read_only else 'write', flush=True)\n"
    "sys.stdin.readline()\n"
    "project.close()\n"
    "print('closed', flush=True)\n"
)
RACE = (
    "import sys\n"
    "from pathlib import Path\n"
    "from planner.project.lock import ProjectLock\n"
    "lock = ProjectLock(Path(sys.argv[1]))\n"
    "print('ready', flush=True)\n"
    "sys.stdin.readline()\n"
    "print('lost' if lock.acquire('x') else 'won', flush=True)\n"
    "sys.stdin.readline()\n"
)


def test_second_process_reads_only_and_is_told_who_writes(folder, python):
    other = python("-c", HOLD, str(folder))
    assert other.stdout.readline() == "write\n"
    with Project.open(folder, author="Ann") as project:
        assert project.read_only
        assert project.locked_by.owner == "Olga"
        assert project.locked_by.pid == other.pid
        assert project.locked_by.host == socket.gethostname()
        with pytest.raises(
            ReadOnlyProjectError, match=f"Olga on .*process {other.pid}.* editing"
        ):
            project.execute(SetSetting("x", 1))
        assert project.settings == {}
    other.stdin.write("\n")
    other.stdin.flush()
    assert other.stdout.readline() == "closed\n"
    with Project.open(folder) as project:
        assert not project.read_only


def test_second_opening_in_one_process_reads_only(folder, project):
    with Project.open(folder) as second:
        assert second.read_only
        assert second.locked_by.pid == os.getpid()
        project.execute(SetSetting("x", 1))
        assert second.settings == {"x": 1}
    with Project.open(folder, take_over=True) as third:
        assert third.read_only, "a living process of this computer was pushed aside"


def test_lock_of_a_killed_process_is_taken_over(folder, python):
    other = python("-c", HOLD, str(folder))
    assert other.stdout.readline() == "write\n"
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert json.loads((folder / "project.lock").read_text())["owner"] == "Olga"
    with Project.open(folder) as project:
        assert not project.read_only
        project.execute(SetSetting("x", 1))


def test_lock_of_another_computer_stands_until_taken_over(folder):
    entry = {"owner": "Kim", "host": "seoul", "pid": 4, "since": "2024-05-01T08:00:00Z"}
    (folder / "project.lock").write_text(json.dumps(entry))
    with Project.open(folder) as project:
        assert project.read_only
        assert "Kim on seoul (process 4) since 2024-05-01T08:00:00Z" in project.read_only_reason
    assert json.loads((folder / "project.lock").read_text()) == entry
    with Project.open(folder, take_over=True) as project:
        assert not project.read_only
    with Project.open(folder) as project:
        assert not project.read_only


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"owner": 1}', "\xff" * 10_000, "[" * 4000])
def test_unreadable_entry_is_a_stale_lock(folder, text):
    (folder / "project.lock").write_text(text, encoding="latin-1")
    with Project.open(folder) as project:
        assert not project.read_only
    assert (folder / "project.lock").read_bytes() == b""


def test_exactly_one_of_many_processes_wins(tmp_path, python):
    path = tmp_path / "project.lock"
    racers = [python("-c", RACE, str(path)) for _ in range(6)]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("\n")
        racer.stdin.flush()
    results = [racer.stdout.readline() for racer in racers]
    assert sorted(results) == ["lost\n"] * 5 + ["won\n"]


def test_exactly_one_of_many_threads_wins(tmp_path):
    locks = [ProjectLock(tmp_path / "project.lock") for _ in range(8)]
    start, results = threading.Barrier(len(locks)), []

    def race(lock):
        start.wait()
        results.append(lock.acquire("x"))

    threads = [threading.Thread(target=race, args=(lock,)) for lock in locks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(None) == 1
    assert all(isinstance(result, LockOwner) for result in results if result)
    for lock in locks:
        lock.release()
        lock.release()


def test_failed_opening_lets_go_of_the_lock(folder):
    database = folder / "project.gpkg"
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ProjectError):
        Project.open(folder)
    database.write_bytes(whole)
    with Project.open(folder) as project:
        assert not project.read_only


def test_lock_is_let_go_where_the_program_ends_without_closing(folder, python):
    program = "import sys\nfrom planner.project import Project\nProject.open(sys.argv[1])\n"
    other = python("-W", "ignore", "-c", program, str(folder))
    assert other.wait(30) == 0
    with Project.open(folder) as project:
        assert not project.read_only
