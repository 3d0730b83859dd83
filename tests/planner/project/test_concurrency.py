import sqlite3
import threading
import time
from contextlib import closing

import pyogrio

from planner.project import AddFeatures, Project, ReplaceFeatures, SetSetting

READ = (
    "import sys, pyogrio\n"
    "print('ready', flush=True)\n"
    "sizes = set()\n"
    "while not sys.stdin.closed:\n"
    "    sizes.add(len(pyogrio.read_dataframe(sys.argv[1], layer='cores')))\n"
    "    print(*sorted(sizes), flush=True)\n"
    "    if not sys.stdin.readline().strip():\n"
    "        break\n"
)


def test_another_program_reads_whole_edits_while_we_write(project, core, python):
    sizes = {50, 80}
    project.execute(ReplaceFeatures("cores", [core(str(i)) for i in range(50)]))
    reader = python("-c", READ, str(project.database_path))
    assert reader.stdout.readline() == "ready\n"
    seen = set()
    for round_number in range(30):
        count = 80 if round_number % 2 else 50
        project.execute(ReplaceFeatures("cores", [core(str(i)) for i in range(count)]))
        if round_number % 3 == 0:
            seen |= {int(size) for size in reader.stdout.readline().split()}
            reader.stdin.write("more\n")
            reader.stdin.flush()
    reader.stdout.readline()
    reader.stdin.write("\n")
    reader.stdin.flush()
    assert reader.wait(30) == 0
    assert seen
    assert seen <= sizes


def test_threads_write_and_read_at_once(project, core):
    """Eight writers and two readers: every edit is there once, no reader sees half of one."""
    failures, stop = [], threading.Event()

    def write(name):
        for index in range(15):
            project.execute(
                AddFeatures("cores", [core(f"{name}-{index}-{i}") for i in range(3)])
            )

    def read():
        while not stop.is_set():
            count = len(project.records("cores"))
            if count % 3:
                failures.append(count)

    readers = [threading.Thread(target=read) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(name,)) for name in "abcdefgh"]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert not failures
    ids = [row["core_id"] for row in project.records("cores")]
    assert len(ids) == len(set(ids)) == 8 * 15 * 3
    assert len(project.history()) == 8 * 15
    while project.undo():
        pass
    assert project.records("cores") == []


def test_reading_does_not_wait_for_writing(project):
    project.execute(SetSetting("x", 1))
    with project._store.transaction() as connection:
        connection.execute("UPDATE settings SET value = '2'")
        seen = []
        reader = threading.Thread(target=lambda: seen.append(project.settings))
        reader.start()
        reader.join(5)
        connection.execute("UPDATE settings SET value = '1'")
    assert seen == [{"x": 1}]


def test_edit_waits_for_another_program_to_finish_writing(project):
    with closing(sqlite3.connect(project.database_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        edit = threading.Thread(target=project.execute, args=(SetSetting("x", 1),))
        edit.start()
        time.sleep(0.2)
        assert edit.is_alive()
        other.execute("COMMIT")
        edit.join(10)
    assert project.settings == {"x": 1}


def test_project_closes_while_another_program_reads(folder, core):
    project = Project.open(folder)
    project.execute(AddFeatures("cores", [core("a")]))
    with closing(sqlite3.connect(project.database_path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM cores").fetchone()
        start = time.monotonic()
        project.close()
        assert time.monotonic() - start < 2.0
        with Project.open(folder) as again:
            assert not again.read_only
            assert len(again.cores()) == 1
    assert len(pyogrio.read_dataframe(folder / "project.gpkg", layer="cores")) == 1
