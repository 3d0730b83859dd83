"""A model and a person edit one project: each step is taken back whole, and harms no other."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
import shapely
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from planner.errors import EditConflictError
from planner.project import (
    AddFeatures,
    AddScenario,
    Project,
    RemoveFeatures,
    ReplaceFeatures,
    SetSetting,
    UpdateFeature,
)
from planner.project.journal import Journal
from planner.project.lock import be_guest_of
from planner.project.rows import RowWriter
from planner.project.travel import steps_of

RUN = "run-1"
BOX = shapely.box(0, 0, 1000, 1000)


@pytest.fixture
def guest(project):
    """A model that works on the project of the fixture, as the window's models do."""
    be_guest_of(os.getpid(), RUN)
    with Project.open(project.path, author="model") as opened:
        assert not opened.read_only
        yield opened
    be_guest_of(0)


def steps_back(project):
    labels = []
    while (label := project.undo()) is not None:
        labels.append(label)
    return labels


def proposal(name, scenario="plan"):
    return {"proposal_id": name, "scenario": scenario, "name": name, "geometry": BOX}


def test_a_model_is_one_step_and_an_edit_made_meanwhile_another(project, guest, core):
    guest.execute(AddFeatures("cores", [core("a")], label="Cores"))
    project.execute(SetSetting("mine", 1))
    with guest.grouped("Plan Tumen"):
        guest.execute(AddFeatures("corridors", [], label="Corridors"))
        guest.execute(AddFeatures("cores", [core("b")], label="More cores"))
    project.finish_group(RUN)
    assert project.undo_label == "Plan Tumen"
    assert project.undo() == "Plan Tumen"
    assert len(project.cores()) == 0
    assert project.settings == {"mine": 1}
    assert project.redo() == "Plan Tumen"
    assert len(project.cores()) == 2
    assert steps_back(project) == ["Plan Tumen", "Set mine"]
    assert [project.redo(), project.redo(), project.redo()] == ["Set mine", "Plan Tumen", None]
    assert project.settings == {"mine": 1}


def test_while_a_model_runs_undo_means_what_the_person_did(project, guest, core):
    project.execute(SetSetting("mine", 1))
    guest.execute(AddFeatures("cores", [core("a")]))
    assert project.undo() == "Set mine"
    guest.execute(AddFeatures("cores", [core("b")]))
    assert project.undo() is None
    assert project.redo() == "Set mine"
    project.finish_group(RUN)
    assert len(project.cores()) == 2
    assert project.settings == {"mine": 1}
    assert steps_of(project.history())[0].edits == 2


def test_what_was_taken_back_can_be_repeated_after_the_model(project, guest, core):
    project.execute(SetSetting("mine", 1))
    project.undo()
    guest.execute(AddFeatures("cores", [core("a")], label="Cores"))
    project.finish_group(RUN)
    assert project.redo() == "Set mine"
    assert steps_back(project) == ["Set mine", "Cores"]


def test_an_edit_that_built_on_the_model_is_taken_back_before_it(project, guest, core):
    guest.execute(AddFeatures("cores", [core("a")], label="Cores"))
    project.execute(UpdateFeature("cores", 1, {"area_km2": 3.0}, label="Area"))
    guest.execute(AddFeatures("cores", [core("b")], label="Cores"))
    project.finish_group(RUN)
    assert project.undo() == "Area"
    assert [row["area_km2"] for row in project.records("cores")] == [None, None]
    assert project.undo() == "Cores"
    assert [project.redo(), project.redo()] == ["Cores", "Area"]
    assert [row["area_km2"] for row in project.records("cores")] == [3.0, None]


def test_a_proposal_goes_before_the_scenario_that_a_model_made_for_it(project, guest):
    guest.execute(AddScenario("plan", "Plan"))
    project.execute(AddFeatures("proposals", [proposal("p")], label="Draw"))
    guest.execute(SetSetting("species", ["tiger"]))
    project.finish_group(RUN)
    assert steps_back(project) == ["Draw", "Set species"]


def test_what_each_built_on_the_other_is_one_step(project, guest, core):
    where = {"scenario": "plan"}
    guest.execute(ReplaceFeatures("cores", [core("a")], where, label="Cores"))
    project.execute(UpdateFeature("cores", 1, {"area_km2": 3.0}, label="Area"))
    guest.execute(ReplaceFeatures("cores", [core("b"), core("c")], where, label="Cores"))
    project.finish_group(RUN)
    assert project.undo_label == "Cores; Area"
    assert steps_back(project) == ["Cores; Area"]
    assert project.records("cores") == []
    assert project.redo() == "Cores; Area"
    assert [row["core_id"] for row in project.records("cores")] == ["b", "c"]


def test_what_a_running_model_has_built_on_cannot_be_taken_back_yet(project, guest, core):
    project.execute(AddFeatures("cores", [core("a", scenario="plan")], label="Draw"))
    guest.execute(ReplaceFeatures("cores", [core("b")], {"scenario": "plan"}, label="Cores"))
    with pytest.raises(EditConflictError, match=r"'Draw' cannot.*'Cores', which is still"):
        project.undo()
    assert [row["core_id"] for row in project.records("cores")] == ["b"]
    project.finish_group(RUN)
    assert steps_back(project) == ["Cores", "Draw"]


def test_a_model_makes_impossible_to_repeat_only_what_it_contradicts(project, guest, core):
    project.execute(AddFeatures("cores", [core("a", scenario="plan")]))
    project.execute(UpdateFeature("cores", 1, {"area_km2": 3.0}))
    project.undo()
    guest.execute(SetSetting("species", ["tiger"]))
    assert project.can_redo
    guest.execute(ReplaceFeatures("cores", [], {"scenario": "plan"}))
    assert not project.can_redo


def test_a_group_that_was_cut_off_is_one_step_when_the_project_is_opened_next(folder, core):
    first = Project.open(folder)
    group = first.grouped("Half a plan")
    group.__enter__()
    first.execute(AddFeatures("cores", [core("a")]))
    first.execute(AddFeatures("cores", [core("b")]))
    assert first.undo() is None
    first._session.lock.abandon()
    with Project.open(folder) as again:
        assert steps_back(again) == ["Half a plan"]
        assert len(again.cores()) == 0


def test_history_shows_what_is_still_being_made_on_top(project, guest, core):
    guest.execute(AddFeatures("cores", [core("a")], label="Cores"))
    project.execute(SetSetting("mine", 1))
    told = [(step.label, step.state) for step in steps_of(project.history())]
    assert told == [("Cores", "open"), ("Set mine", "done")]


def make_machine(dump):  # noqa: C901 - one rule per kind of edit, each simple
    """Return a machine in which a model and a person edit, and all of it is taken back."""

    class Together(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            self.home = Path(tempfile.mkdtemp())
            self.project = Project.create(
                self.home / "p", name="P", region_id="r", crs="EPSG:8857"
            )
            self.guest, self.runs, self.later = None, 0, []

        def _who(self, by_model):
            if by_model and self.guest is not None:
                return self.guest
            self.later = []
            return self.project

        def _edit(self, by_model, command):
            before = self.project.redo_label
            self._who(by_model).execute(command)
            if self.project.redo_label != before:
                self.later = []
            self.later = [None] * len(self.later)  # the model's edit is in every later state

        @rule(by_model=st.booleans(), scenario=st.sampled_from("ab"))
        def add(self, by_model, scenario):
            record = {"core_id": "c", "scenario": scenario, "geometry": BOX}
            self._edit(by_model, AddFeatures("cores", [record]))

        @rule(data=st.data(), by_model=st.booleans(), column=st.sampled_from(["name", "area"]))
        def change(self, data, by_model, column):
            fids = [row["fid"] for row in self.project.records("cores")]
            if fids:
                fid = data.draw(st.sampled_from(fids))
                value = {"name": "n"} if column == "name" else {"area_km2": 2.0}
                self._edit(by_model, UpdateFeature("cores", fid, value))

        @rule(data=st.data(), by_model=st.booleans())
        def remove(self, data, by_model):
            fids = [row["fid"] for row in self.project.records("cores")]
            if fids:
                self._edit(
                    by_model, RemoveFeatures("cores", [data.draw(st.sampled_from(fids))])
                )

        @rule(by_model=st.booleans(), scenario=st.sampled_from("ab"))
        def replace(self, by_model, scenario):
            record = {"core_id": "r", "geometry": BOX}
            self._edit(by_model, ReplaceFeatures("cores", [record], {"scenario": scenario}))

        @rule(
            by_model=st.booleans(),
            key=st.sampled_from("xy"),
            value=st.integers(0, 2) | st.none(),
        )
        def set_value(self, by_model, key, value):
            self._edit(by_model, SetSetting(key, value))

        @rule()
        @precondition(lambda self: self.guest is None)
        def start_model(self):
            self.runs += 1
            be_guest_of(os.getpid(), f"run-{self.runs}")
            self.guest = Project.open(self.project.path, author="model")
            be_guest_of(0)

        @rule()
        @precondition(lambda self: self.guest is not None)
        def end_model(self):
            self._end_model()
            self.later = [None] * len(self.later)

        def _end_model(self):
            self.guest.close()
            self.guest = None
            self.project.finish_group(f"run-{self.runs}")

        @rule()
        def undo(self):
            before = dump(self.project)
            try:
                label = self.project.undo()
            except EditConflictError:
                assert self.guest is not None
                assert dump(self.project) == before
                return
            if label is not None:
                self.later.append(before)
            self._check()

        @rule()
        def redo(self):
            label = self.project.redo()
            assert (label is not None) == bool(self.later)
            if label is not None:
                expected = self.later.pop()
                assert expected is None or dump(self.project) == expected
            self._check()

        @rule()
        def restart(self):
            if self.guest is not None:
                self.guest.close()
                self.guest = None
                self.later = [None] * len(self.later)
            self.project.close()
            self.project = Project.open(self.project.path)
            self._check()

        def _check(self):
            """Compare with a project in which only what is done has ever been done."""
            folder = Path(tempfile.mkdtemp(dir=self.home)) / "p"
            with Project.create(folder, name="P", region_id="r", crs="EPSG:8857") as other:
                with (
                    self.project._store.reading() as source,
                    other._store.transaction() as target,
                ):
                    rows = RowWriter(target, srs_id=int(other.facts["srs_id"]))
                    journal = Journal(source)
                    for entry in journal.where("state = 'done' ORDER BY seq"):
                        done, _ = journal.payloads(entry)
                        for operation in done:
                            rows.apply(operation)
                assert dump(other) == dump(self.project)

        def teardown(self):
            if self.guest is not None:
                self._end_model()
            steps = {entry.step for entry in self.project.history() if entry.state == "done"}
            assert len(steps_back(self.project)) == len(steps)
            assert self.project.records("cores") == []
            assert self.project.settings == {}
            self.project.verify()
            self.project.close()
            shutil.rmtree(self.home)

    return Together


@pytest.mark.slow
def test_whatever_a_model_and_a_person_do_can_be_taken_back_and_repeated(dump):
    run_state_machine_as_test(
        make_machine(dump),
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
