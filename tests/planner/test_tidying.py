import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import shapely

from layers.control import NULL_CONTROL
from planner import map_layers
from planner.drawing.attachments import attach_file, detach_file
from planner.drawing.history import history_of
from planner.errors import EditConflictError, ReadOnlyProjectError
from planner.project import AddFeatures, Project, RemoveFeatures, SetSetting, UpdateFeature
from planner.project.lock import be_guest_of
from planner.project.pruning import EVERYTHING
from planner.project.runs import RunRecord
from planner.project.travel import steps_of
from planner.tidying import survey, tidy_up

BOX = shapely.box(0, 0, 1000, 1000)
LONG_AGO = "2026-01-01T00:00:00.000Z"
CUT = "2026-02-01T00:00:00.000Z"


@pytest.fixture
def clock(monkeypatch):
    """The time that the journal writes; a test sets it."""
    told = {"now": LONG_AGO}
    monkeypatch.setattr("planner.project.journal.now", lambda: told["now"])
    return told


@pytest.fixture
def project(tmp_path, clock):
    path = tmp_path / "p"
    with Project.create(path, name="P", region_id="r", crs="EPSG:32652", author="ann") as made:
        yield made


def cores(count):
    shape = BOX.segmentize(1.0)
    return [{"core_id": str(number), "geometry": shape} for number in range(count)]


def outdated(path):
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_bytes(b"x" * 5000)
    old = time.time() - 7200
    os.utime(path, (old, old))
    return path


def test_edits_before_a_day_stay_in_history_and_become_final(project, clock):
    project.execute(AddFeatures("cores", cores(20), label="Cores"))
    project.execute(RemoveFeatures("cores", range(1, 21), label="No cores"))
    clock["now"] = "2026-03-01T00:00:00.000Z"
    project.execute(SetSetting("x", 1))
    size = project.stored_bytes
    wanted = survey(project, CUT)
    assert wanted.steps == 2
    assert wanted.freed_bytes > 100_000
    done = tidy_up(project, CUT, NULL_CONTROL)
    assert done.freed_bytes == size - project.stored_bytes > 100_000
    told = [(step.label, step.state, step.author) for step in steps_of(project.history())]
    assert told == [
        ("Tidy up the project (final edits: 2)", "final", "ann"),
        ("Set x", "done", "ann"),
        ("No cores", "final", "ann"),
        ("Cores", "final", "ann"),
    ]
    assert project.undo() == "Set x"
    assert project.undo() is None
    assert project.redo() == "Set x"
    project.verify()
    assert not survey(project, CUT).is_worthwhile


def test_all_of_undo_can_be_given_up_and_the_data_stay(project):
    project.execute(AddFeatures("cores", cores(3)))
    project.execute(SetSetting("x", 1))
    project.undo()
    tidy_up(project, EVERYTHING, NULL_CONTROL)
    assert not project.can_undo
    assert not project.can_redo
    assert len(project.cores()) == 3
    with Project.open(project.path, read_only=True) as again:
        assert [row["core_id"] for row in again.records("cores")] == ["0", "1", "2"]


def test_a_step_that_lasted_until_after_the_day_is_kept_with_all_after_it(project, clock):
    project.execute(SetSetting("x", 1))
    with project.grouped("Long work"):
        project.execute(SetSetting("y", 1))
        clock["now"] = "2026-03-01T00:00:00.000Z"
        project.execute(SetSetting("z", 1))
    assert survey(project, CUT).steps == 1
    tidy_up(project, CUT, NULL_CONTROL)
    assert [project.undo(), project.undo()] == ["Long work", None]
    assert project.settings == {"x": 1}


def test_the_history_of_a_proposal_is_still_told(project):
    row = {"proposal_id": "p", "scenario": "plan", "name": "P", "geometry": BOX}
    project.execute(AddFeatures("proposals", [row], label="Draw"))
    project.execute(UpdateFeature("proposals", 1, {"status": "tabled"}, label="Table"))
    before = history_of(project, "plan", "p")
    tidy_up(project, EVERYTHING, NULL_CONTROL)
    after = history_of(project, "plan", "p")
    assert [(c.kind, c.fields) for c in after] == [(c.kind, c.fields) for c in before]
    assert {change.state for change in after} == {"final"}


def test_attachments_go_when_neither_a_proposal_nor_undo_needs_them(project, clock, tmp_path):
    row = {"proposal_id": "p", "scenario": "plan", "name": "P", "geometry": BOX}
    project.execute(AddFeatures("proposals", [row]))
    for name in ("kept.txt", "gone.txt", "lately.txt"):
        (tmp_path / name).write_text("text")
        attach_file(project, "plan", "p", tmp_path / name)
        outdated(project.path / "attachments" / name)
    detach_file(project, "plan", "p", "gone.txt")
    clock["now"] = "2026-03-01T00:00:00.000Z"
    detach_file(project, "plan", "p", "lately.txt")
    assert [path.name for path in survey(project, CUT).files] == ["gone.txt"]
    tidy_up(project, CUT, NULL_CONTROL)
    left = sorted(path.name for path in (project.path / "attachments").iterdir())
    assert left == ["kept.txt", "lately.txt"]
    assert project.undo() is not None
    assert [item["title"] for item in project.records("proposals")[0]["attachments"]] == [
        "kept.txt",
        "lately.txt",
    ]


def test_files_of_layers_go_with_those_that_were_removed_long_ago(project, clock):
    names = {}
    for stem in ("roads", "mines", "rails"):
        outdated(project.path / "layers" / f"{stem}.gpkg")
        layer = map_layers.NewLayer(stem, f"layers/{stem}.gpkg|layername={stem}", "vector")
        project.execute(map_layers.add_layer(layer))
        names[stem] = {layer.layer_id: stem}
    beside = outdated(project.path / "layers" / "roads.gpkg-journal")
    young = project.path / "layers" / "young.gpkg"
    young.write_bytes(b"x")
    project.execute(map_layers.remove_layers(names["mines"]))
    clock["now"] = "2026-03-01T00:00:00.000Z"
    project.execute(map_layers.remove_layers(names["rails"]))
    wanted = survey(project, CUT)
    assert [path.name for path in wanted.files] == ["mines.gpkg"]
    assert len(wanted.layers) == 1
    tidy_up(project, CUT, NULL_CONTROL)
    assert beside.exists()
    assert young.exists()
    assert {row["name"] for row in project.records("map_layers")} == {"roads", "rails"}
    assert project.undo() == "Remove layer rails"
    assert (project.path / "layers" / "rails.gpkg").exists()


def test_records_of_runs_stay(project):
    run = RunRecord("r1", "cores", "h", {}, None, {}, LONG_AGO, 1.0, {})
    project.add_run(run)
    tidy_up(project, EVERYTHING, NULL_CONTROL)
    assert project.find_run("cores", "h") == run


def test_it_is_refused_while_a_model_runs(project):
    be_guest_of(os.getpid(), "run")
    with Project.open(project.path) as guest:
        guest.execute(AddFeatures("cores", cores(1)))
        with pytest.raises(EditConflictError, match="while a model runs"):
            tidy_up(project, EVERYTHING, NULL_CONTROL)
    be_guest_of(0)
    project.finish_group("run")
    assert project.can_undo


def test_a_project_for_reading_is_looked_at_only(project):
    project.execute(SetSetting("x", 1))
    with Project.open(project.path, read_only=True) as reader:
        assert survey(reader, EVERYTHING).steps == 1
        with pytest.raises(ReadOnlyProjectError):
            tidy_up(reader, EVERYTHING, NULL_CONTROL)
    assert project.can_undo


KILLED = """
import os, signal, sys
from pathlib import Path
from layers.control import NULL_CONTROL
from planner.project import Project
from planner.project.pruning import EVERYTHING
from planner.tidying import tidy_up

class Fatal:
    def report(self, fraction):
        if fraction >= float(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

tidy_up(Project.open(Path(sys.argv[1])), EVERYTHING, Fatal())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize(("fraction", "steps"), [("0.1", 1), ("0.4", 0)])
def test_killed_on_its_way_it_has_done_all_of_a_part_or_nothing(project, fraction, steps):
    project.execute(AddFeatures("cores", cores(20)))
    project.close()
    words = [sys.executable, "-c", KILLED, str(project.path), fraction]
    ended = subprocess.run(words, cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL
    with Project.open(project.path) as again:
        again.verify()
        assert len(again.cores()) == 20
        assert survey(again, EVERYTHING).steps == steps
        assert again.can_undo == bool(steps)
        tidy_up(again, EVERYTHING, NULL_CONTROL)
        assert not survey(again, EVERYTHING).is_worthwhile
