from __future__ import annotations

import pytest

from layers.raster import read_raster
from planner.jobs import JobCancelled, JobRunner
from planner.pipeline.chosen_habitat import ChosenHabitat
from planner.pipeline.habitat import _of_run
from planner.progress import StepProgress
from planner.project import AddFeatures, Project, SetSetting
from planner.suitability import (
    RunError,
    choose_run,
    chosen_run,
    find_summary,
    forget_choice,
    list_runs,
    run_folder,
)
from planner.suitability.observations import observation_sources
from planner.suitability.project_runs import choice_key, damaged_runs
from planner.suitability.study import Projection
from planner.suitability.verdict import FEW_PRESENCES
from planner.suitability.workflow import (
    announced_stages,
    extend_run,
    model_suitability,
    run_in_project,
    with_projection,
)
from resources.errors import UsageError

SPECIES = "Testudo manualis"


@pytest.fixture
def project(tmp_path):
    made = Project.create(
        tmp_path / "p", name="P", region_id="tumen-estuary", crs="EPSG:32652", author="Ann"
    )
    with made:
        yield made


def ran(project, study):
    return run_in_project(project, study, stages_of(study))


def stages_of(study):
    return StepProgress({name: weight for name, (_, weight) in announced_stages(study).items()})


def test_a_run_is_recorded_once_found_chosen_and_the_choice_undone(project, shared_landscape):
    study = shared_landscape.study()
    run = ran(project, study)
    assert run.finished
    assert run.species == SPECIES
    assert run.folder == project.path / "suitability" / run.run_id
    assert ran(project, study) == run, "the same study on the same files is the same run"
    (record,) = project.runs()
    assert record.step == f"suitability:{SPECIES}"
    assert record.seed == 1
    assert f"suitability/{run.run_id}/rasters/suitability.tif" in record.outputs
    assert project.find_run(record.step, record.inputs_hash) == record

    assert chosen_run(project, SPECIES) is None
    choice = choose_run(project, run.run_id[:5], "  holds over the border ")
    assert choice.reason == "holds over the border"
    assert not any("rests on" in warning for warning in choice.warnings)
    assert chosen_run(project, SPECIES) == choice
    assert find_summary(project, run.run_id).chosen
    assert project.undo() == f"Choose the suitability of {SPECIES}"
    assert chosen_run(project, SPECIES) is None
    project.redo()
    assert chosen_run(project, SPECIES) == choice
    forget_choice(project, SPECIES)
    assert chosen_run(project, SPECIES) is None

    other = ran(project, shared_landscape.study(seed=2))
    assert other.run_id != run.run_id
    assert {item.run_id for item in list_runs(project, SPECIES)} == {run.run_id, other.run_id}
    assert list_runs(project, "amur-tiger") == ()


def test_a_choice_needs_a_finished_run_and_a_reason(project, finished, shared_landscape):
    with pytest.raises(UsageError, match="no runs yet"):
        choose_run(project, "abc", "because")
    folder = run_folder(project, "abc123")
    folder.keep_study(shared_landscape.study())
    with pytest.raises(UsageError, match="not finished"):
        choose_run(project, "abc", "because")
    run = ran(project, shared_landscape.study())
    with pytest.raises(UsageError, match="needs a reason"):
        choose_run(project, run.run_id, " ")
    with pytest.raises(UsageError, match=r"Did you mean|Known names"):
        choose_run(project, "zzz", "because")


def test_a_choice_keeps_what_it_was_warned_of(project, shared_landscape):
    few = shared_landscape.study(sampling={"points": 300, "thinning_km": 30.0})
    run = ran(project, few)
    assert run.results().sample.presences < FEW_PRESENCES
    choice = choose_run(project, run.run_id, "the only one")
    assert any("rests on" in warning for warning in choice.warnings)
    assert chosen_run(project, SPECIES).warnings == choice.warnings
    told = _of_run(ChosenHabitat(choice, run.results(), {}), "As it is.").reason
    assert told.startswith("the only one The model rests on"), "the plan report repeats it"
    assert "As it is." in told


def test_a_job_tells_its_stages_and_can_be_cancelled(project, shared_landscape):
    study = shared_landscape.study()
    said = []
    with JobRunner(1) as runner:
        job = runner.submit(
            lambda control: model_suitability(project.path, study, control),
            "Suitability",
            on_progressed=lambda job: said.append(job.message),
        )
        whole = job.result(120)
        assert "Evaluation" in said
        assert ran(project, whole).finished
        cancelled = runner.submit(
            lambda control: model_suitability(
                project.path, shared_landscape.study(seed=3), control
            ),
            "Suitability",
            on_progressed=lambda job: job.cancel(),
        )
        with pytest.raises(JobCancelled):
            cancelled.result(120)
    states = {run.run_id: run.finished for run in list_runs(project)}
    assert sum(states.values()) == 1


def test_a_run_that_is_modelled_again_keeps_its_later_projections(project, shared_landscape):
    study = shared_landscape.study()
    run = ran(project, study)
    future = Projection(
        name="wooded", layers={"trees": str(shared_landscape.folder / "future" / "trees.tif")}
    )
    folder = run_folder(project, run.run_id)
    more = with_projection(folder.study(), future)
    extend_run(folder, more, stages_of(more), project=project)
    with JobRunner(1) as runner:
        whole = runner.submit(
            lambda control: model_suitability(project.path, study, control), "Suitability"
        ).result(120)
    again = ran(project, whole)
    assert again.run_id == run.run_id
    assert [maps.name for maps in again.results().maps] == ["today", "wooded"]


def test_a_chosen_run_is_brought_onto_the_grid_of_the_plan(project, shared_landscape):
    assert ChosenHabitat.of(project, SPECIES) is None
    run = ran(project, shared_landscape.study())
    choose_run(project, run.run_id, "the only one")
    chosen = ChosenHabitat.of(project, SPECIES)
    own = read_raster(run.folder / "rasters" / "suitability.tif")
    habitat, today, rule = chosen.on_grid(own.grid, StepProgress({"x": 1.0})._control)
    assert today == pytest.approx(own.values)
    assert (habitat >= today - 0.2).all()
    assert "as it is" in rule
    before = chosen.inputs
    (run.folder / "rasters" / "suitability.tif").unlink()
    with pytest.raises(RunError, match="--forget"):
        ChosenHabitat.of(project, SPECIES)
    assert set(before) == {"run", "suitability", "without_disturbance"}


def test_imported_observations_are_records(project):
    assert observation_sources(project, "amur-tiger") == ()
    rows = [
        {"species": "amur-tiger", "lat": 43.5, "lon": 131.25, "date": "2020-02-01"},
        {"species": "amur-leopard", "lat": 43.0, "lon": 131.0},
    ]
    project.execute(AddFeatures("observations", rows))
    (source,) = observation_sources(project, "amur-tiger")
    text = (project.path / "suitability" / "observations-amur-tiger.csv").read_text("utf-8-sig")
    assert text.splitlines()[1].startswith("amur-tiger,43.5,131.25,2020-02-01")
    assert len(text.splitlines()) == 2
    assert source.columns["lat"] == "lat"


def test_a_damaged_run_is_told_and_not_listed(project, shared_landscape):
    folder = run_folder(project, "abc123")
    folder.keep_study(shared_landscape.study())
    (folder.path / "study.toml").write_text("species = [", encoding="utf-8")
    assert list_runs(project) == ()
    (told,) = damaged_runs(project).items()
    assert told[0] == "abc123"
    assert "study.toml" in told[1]
    with pytest.raises(UsageError, match=r"abc123 is damaged\. .*study\.toml"):
        find_summary(project, "abc")


def test_the_undo_of_a_choice_names_the_species_as_people_do(project):
    value = {"run_id": "abc", "reason": "the only one", "time": ""}
    project.execute(SetSetting(choice_key("amur-tiger"), value, "Choose"))
    forget_choice(project, "amur-tiger")
    assert project.undo() == "Use the default suitability of the Amur tiger"
