"""The steps that find corridors, run on an open project as the window does."""

from __future__ import annotations

import numpy as np
import pytest

from planner.corridors import runs
from planner.corridors.curve import ResistanceCurve, set_curve
from planner.corridors.runs import run_corridors, walking_species
from planner.jobs import JobRunner, JobState
from planner.pipeline.runner import Step
from planner.project import SetSetting
from resources.errors import PlannerError, UsageError


@pytest.fixture
def place(study, profile, monkeypatch):
    """Return a study of two patches of habitat in two countries, its sites and habitat done."""
    tiger = profile(
        minimum_core_area_km2=4, minimum_corridor_width_m=1000, settlement_avoidance_km=0.1
    )
    made = study(["C" * 10 + "R" * 10] * 8, species=(tiger,))
    suitability = np.full((8, 20), 0.3)
    suitability[2:6, :4] = suitability[2:6, 16:] = 0.9
    made.store_suitability(suitability)
    done = Step("sites", "Sites", 1, {}, {}, ())
    monkeypatch.setattr(runs, "study_of", lambda project, species: made)
    monkeypatch.setattr(runs, "sites_step", lambda study: done)
    monkeypatch.setattr(runs, "store_sites", lambda study, control, run_id: None)
    monkeypatch.setattr(
        runs, "habitat_step", lambda study, item: Step("habitat:amur-tiger", "H", 1, {}, {}, ())
    )
    monkeypatch.setattr(runs, "store_habitat", lambda study, item, control, run_id: None)
    monkeypatch.setattr(runs, "load_species", lambda name: tiger)
    return made


def run(project):
    with JobRunner(1) as jobs:
        job = jobs.submit(
            lambda control: run_corridors(project, ["amur-tiger"], control), "Run"
        )
        job.wait(60)
    return job


def test_corridors_are_found_in_one_step_of_undo(place):
    project = place.project
    job = run(project)
    assert job.result() == "Amur tiger: 1 corridor over borders, none with narrow stretches."
    assert len(project.records("corridors", kind="path")) == 1
    assert project.undo() == "Corridors, Amur tiger"
    assert project.records("corridors") == []
    assert project.records("cores") == []


def test_what_stands_is_not_done_again_but_a_new_curve_is(place):
    project = place.project
    run(project)
    before = {item.run_id for item in project.runs()}
    cost = project.records("corridors", kind="path")[0]["cost"]
    run(project)
    assert {item.run_id for item in project.runs()} == before
    flat = ResistanceCurve(kind="points", points=((0.0, 2.0), (1.0, 2.0)))
    project.execute(set_curve("amur-tiger", flat))
    run(project)
    anew = {item.step for item in project.runs() if item.run_id not in before}
    assert anew == {"resistance:amur-tiger", "corridors:amur-tiger"}
    assert project.records("corridors", kind="path")[0]["cost"] == 26_000.0 != cost


def test_a_run_can_be_cancelled(place):
    with JobRunner(1) as jobs:

        def work(control):
            jobs.cancel_all()
            return run_corridors(place.project, ["amur-tiger"], control)

        job = jobs.submit(work, "Run")
        job.wait(60)
    assert job.state is JobState.CANCELLED
    assert place.project.records("corridors") == []


def test_species_are_those_of_the_project_that_walk(project):
    project.execute(SetSetting("species", ["hooded-crane", "amur-leopard"]))
    assert [item.id for item in walking_species(project)] == ["amur-leopard"]
    assert [item.id for item in walking_species(project, ["amur-tiger"])] == ["amur-tiger"]
    with pytest.raises(UsageError, match="Hooded crane flies from site to site"):
        walking_species(project, ["hooded-crane"])
    project.execute(SetSetting("species", ["hooded-crane"]))
    with pytest.raises(UsageError, match=r"No species of Hand walks"):
        walking_species(project)
    with pytest.raises(UsageError, match="amur-tigr"):
        walking_species(project, ["amur-tigr"])


def test_a_project_of_an_unknown_region_is_told(project, monkeypatch):
    monkeypatch.setattr(runs, "region_ids", lambda: ("elsewhere",))
    with pytest.raises(PlannerError, match=r"region 'tumen-estuary'.*It knows elsewhere"):
        walking_species(project)
