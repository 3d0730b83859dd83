from __future__ import annotations

import sys
from importlib.metadata import version

import numpy as np
import pytest

from planner.pipeline.runner import Step, StepRunner
from planner.progress import StepProgress
from planner.project import ReplaceFeatures, table_output
from resources.errors import PlannerError

RASTER = "rasters/suitability_amur-tiger.tif"
CORES = table_output("cores", species="amur-tiger")


class CancelledError(Exception):
    """A cancel."""


class Work:
    """Stores a raster and a table, and counts how often it did."""

    def __init__(self, place):
        self.place = place
        self.run_ids = []
        self.fail_at = None

    def __call__(self, control, run_id):
        self.run_ids.append(run_id)
        self.place.store_suitability(np.full((2, 2), 0.5))
        control.report(0.5)
        if self.fail_at is not None:
            raise self.fail_at
        record = {"core_id": "a", "run_id": run_id, "geometry": self.place.box((0, 0), (0, 0))}
        where = {"species": "amur-tiger"}
        self.place.project.execute(ReplaceFeatures("cores", [record], where))


@pytest.fixture
def place(study):
    return study(["CC", "CC"])


@pytest.fixture
def work(place):
    return Work(place)


@pytest.fixture
def run(place, work):
    """Return a function that runs the step once more in a runner of its own."""

    def again(*, seed=1, method=1, inputs=None, parameters=None, outputs=(RASTER, CORES)):
        states = []
        progress = StepProgress({"step": 1.0}, on_changed=lambda s: states.append(s.state))
        runner = StepRunner(place.project, seed, progress)
        step = Step(
            "step", "A step", method, inputs or {"table": "x"}, parameters or {"k": 2}, outputs
        )
        record = runner.run(step, work)
        return record, states[-1], runner.timings

    return again


def test_the_same_inputs_are_run_once(run, work):
    first, state, _ = run()
    assert state == "done"
    second, state, (timing,) = run()
    assert state == "reused"
    assert len(work.run_ids) == 1
    assert second == first
    assert timing.reused
    assert timing.seconds == first.seconds


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"method": 2},
        {"inputs": {"table": "y"}},
        {"parameters": {"k": 3}},
    ],
)
def test_whatever_the_step_depends_on_runs_it_again(run, work, change):
    first, *_ = run()
    second, state, _ = run(**change)
    assert state == "done"
    assert second.inputs_hash != first.inputs_hash
    assert len(work.run_ids) == 2
    _, state, _ = run()
    assert state == "reused", "the earlier inputs gave the same results, which still stand"


def test_another_version_of_a_library_runs_it_again(run, work, monkeypatch):
    run()
    monkeypatch.setattr(
        "planner.pipeline.runner.version", lambda name: f"{version(name)}.changed"
    )
    assert run()[1] == "done"
    assert len(work.run_ids) == 2


def test_an_output_that_was_removed_or_altered_is_made_again(run, work, place):
    run()
    place.project.raster_path("suitability_amur-tiger").unlink()
    assert run()[1] == "done"
    place.store_suitability(np.full((2, 2), 0.7))
    assert run()[1] == "done"
    place.project.execute(ReplaceFeatures("cores", []))
    assert run()[1] == "done"
    assert run()[1] == "reused"
    assert len(work.run_ids) == 4


def test_rows_of_other_species_do_not_concern_it(run, place):
    run()
    other = {"core_id": "b", "geometry": place.box((1, 1), (1, 1))}
    place.project.execute(ReplaceFeatures("cores", [other], {"species": "amur-leopard"}))
    assert run()[1] == "reused"


def test_the_record_tells_how_to_repeat_the_run(run, work, place):
    record, _, (timing,) = run(seed=7)
    assert place.project.runs() == (record,)
    assert record.run_id == work.run_ids[0]
    assert record.step == "step"
    assert record.seed == 7
    assert record.parameters == {"k": 2}
    assert record.inputs == {"method": 1, "table": "x"}
    assert record.versions["python"] == ".".join(str(part) for part in sys.version_info[:3])
    assert record.versions["landbridge"] == version("landbridge")
    assert record.outputs == {name: place.project.output_hash(name) for name in (RASTER, CORES)}
    assert record.started.endswith("+00:00")
    assert record.seconds == pytest.approx(timing.seconds, abs=0.001)
    assert not timing.reused


@pytest.mark.parametrize("stop", [CancelledError(), KeyboardInterrupt(), PlannerError("no")])
def test_a_run_that_was_cut_short_leaves_no_record(run, work, place, stop):
    work.fail_at = stop
    with pytest.raises(type(stop)):
        run()
    assert place.project.runs() == ()
    work.fail_at = None
    assert run()[1] == "done"


def test_an_output_that_is_missing_is_an_error_in_words(run, place):
    with pytest.raises(PlannerError, match=r"'A step' left no exports/x\.csv\."):
        run(outputs=(RASTER, "exports/x.csv"))
    assert place.project.runs() == ()
