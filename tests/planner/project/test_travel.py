from __future__ import annotations

import pytest
from shapely.geometry import box

from planner.errors import ReadOnlyProjectError
from planner.jobs import JobCancelled, JobRunner
from planner.project import AddFeatures, AddScenario, Project, RenameScenario
from planner.project.runs import RunRecord
from planner.project.travel import BEGINNING, go_to, steps_of


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "p.landbridge"
    with Project.create(path, name="P", region_id="r", crs="EPSG:32652", author="ann") as made:
        made.execute(AddScenario("plan", "Plan"))
        with made.grouped("Add two sites"):
            made.execute(AddFeatures("sites", [_site("a")]))
            made.add_run(
                RunRecord("run", "sites", "", {}, None, {}, "2026-01-01T00:00:00Z", 1.0, {})
            )
            made.execute(AddFeatures("sites", [_site("b")]))
        made.execute(RenameScenario("plan", "Better plan"))
        yield made


def _site(key):
    return {"site_id": key, "name_en": key.upper(), "geometry": box(0, 0, 1, 1)}


class Control:
    def __init__(self):
        self.fractions = []

    def report(self, fraction):
        self.fractions.append(fraction)


def _done(project):
    return [s.label for s in steps_of(project.history()) if s.state == "done"]


def test_edits_of_a_group_are_one_step_whatever_was_recorded_between(project):
    steps = steps_of(project.history())
    assert [(s.label, s.edits) for s in steps if s.state == "done"] == [
        (project.history()[0].label, 1),
        ("Add two sites", 2),
        (project.history()[-1].label, 1),
    ]
    assert [s.edits for s in steps if s.state == "kept"] == [1]
    assert [s.seq for s in steps] == sorted((s.seq for s in steps), reverse=True)
    assert {s.author for s in steps} == {"ann"}


def test_back_to_an_edit_and_forward_again(project):
    before = _done(project)
    first = steps_of(project.history())[-1]
    control = Control()
    assert go_to(project, first.seq, control) == -2
    assert project.records("sites") == []
    assert _done(project) == before[-1:]
    assert control.fractions == [0.0, 0.5]
    newest = max(s.seq for s in steps_of(project.history()))
    assert go_to(project, newest, Control()) == 2
    assert _done(project) == before
    assert len(project.records("sites")) == 2


def test_back_to_the_beginning_undoes_everything(project):
    assert go_to(project, BEGINNING, Control()) == -3
    assert _done(project) == []
    assert not project.scenarios()


def test_where_one_is_already_nothing_happens(project):
    newest = steps_of(project.history())[0]
    assert go_to(project, newest.seq, Control()) == 0


def test_a_cancel_leaves_whole_steps(project):
    def work(control):
        class Impatient:
            def report(self, fraction):
                if fraction > 0:
                    job.cancel()
                control.report(fraction)

        return go_to(project, BEGINNING, Impatient())

    with JobRunner() as runner:
        job = runner.submit(work, "Go back")
        with pytest.raises(JobCancelled):
            job.result(10)
    assert _done(project) == ["Add two sites", steps_of(project.history())[-1].label]


def test_a_project_for_reading_is_left_alone(project, tmp_path):
    path = tmp_path / "p.landbridge"
    with (
        Project.open(path, read_only=True) as reader,
        pytest.raises(ReadOnlyProjectError),
    ):
        go_to(reader, BEGINNING, Control())
    assert len(_done(project)) == 3
