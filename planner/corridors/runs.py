"""The steps that find corridors, run on a project that is open already."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from layers.catalogue import Catalogue
from layers.pack import DataPack
from planner.pipeline.habitat import habitat_step, store_habitat
from planner.pipeline.links import link, link_steps
from planner.pipeline.runner import StepRunner
from planner.pipeline.sites import sites_step, store_sites
from planner.pipeline.study import DEFAULT_SEED, SCENARIO, Study
from planner.profiles import load_region, load_species, region_ids
from planner.progress import StepProgress
from planner.project import AddScenario
from planner.records import listed
from resources.errors import PlannerError, UsageError
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.jobs import JobControl
    from planner.profiles import RegionProfile, SpeciesProfile
    from planner.progress import StepStatus
    from planner.project import Project

Steps = dict[str, tuple[str, float]]


def walking_species(project: Project, species_ids: Sequence[str] = ()) -> list[SpeciesProfile]:
    """Return the species of a project that need corridors on the ground.

    Parameters
    ----------
    project : Project
        Open project.
    species_ids : sequence of str
        Those wanted; by default the project's, or its region's.

    Raises
    ------
    UsageError
        A name is unknown, a species that was asked for flies, or none is left.
    PlannerError
        The region of the project is unknown.
    """
    listed_here = project.settings.get("species")
    own = [str(name) for name in listed_here] if isinstance(listed_here, list) else []
    wanted = list(dict.fromkeys(species_ids)) or own or list(_region(project).species)
    profiles = [load_species(name) for name in wanted]
    walking = [item for item in profiles if item.connectivity == "physical"]
    if flying := [item.names.en for item in profiles if item not in walking and species_ids]:
        if len(flying) == 1:
            raise UsageError(
                f"{flying[0]} flies from site to site and needs no corridor on the ground. "
                "Ask landbridge flyway instead."
            )
        raise UsageError(
            f"{listed(flying)} fly from site to site and need no corridor on the ground. "
            "Ask landbridge flyway instead."
        )
    if not walking:
        raise UsageError(
            f"No species of {project.name} walks, so there is no corridor to find. Name one "
            "with --species."
        )
    return walking


def corridor_steps(species: Sequence[SpeciesProfile]) -> Steps:
    """Return the steps in order: name to label and expected share of the time."""
    steps: Steps = {"sites": ("Sites and cross-border pairs", 4)}
    for profile in species:
        steps[f"habitat:{profile.id}"] = (f"Habitat, {profile.names.en}", 10)
        steps |= link_steps(profile)
    return steps


def find_corridors(
    project: Project, species: Sequence[SpeciesProfile], progress: StepProgress
) -> bool:
    """Find cores, resistance and corridors of species; what stands is not done again.

    Sites and habitat are found first where they are missing or no longer stand. It is one
    step of undo.

    Parameters
    ----------
    project : Project
        Open for writing.
    species : sequence of SpeciesProfile
        From `walking_species`.
    progress : StepProgress
        Knows the steps of `corridor_steps`; told the progress; may cancel. What was finished
        by then is kept.

    Returns
    -------
    bool
        Whether anything was found anew.

    Raises
    ------
    PlannerError
        A step cannot be done, or the project cannot be written.
    """
    study = study_of(project, species)
    runner = StepRunner(project, study.seed, progress)
    with project.grouped(
        filled("Corridors, {species}", species=listed([item.names.en for item in species]))
    ):
        if not any(item.scenario_id == SCENARIO for item in project.scenarios()):
            project.execute(AddScenario(SCENARIO, "Plan"))
        runner.run(sites_step(study), partial(store_sites, study))
        for profile in species:
            runner.run(habitat_step(study, profile), partial(store_habitat, study, profile))
            link(runner, study, profile)
    return not all(timing.reused for timing in runner.timings)


def run_corridors(project: Project, species_ids: Sequence[str], control: JobControl) -> str:
    """Find the corridors of species as a job on an open project.

    Parameters
    ----------
    project : Project
        Open for writing.
    species_ids : sequence of str
        Species; the project's that walk where empty.
    control : JobControl
        Told the progress and the step; may cancel.

    Returns
    -------
    str
        What was found, for the user.

    Raises
    ------
    PlannerError
        As for `find_corridors` and `walking_species`.
    """
    species = walking_species(project, species_ids)
    steps = corridor_steps(species)
    progress = StepProgress(
        {name: weight for name, (_, weight) in steps.items()},
        control=control,
        on_changed=partial(_say, control, steps),
    )
    anew = find_corridors(project, species, progress)
    told = [f"{item.names.en}: {found_sentence(project, item.id)}" for item in species]
    if anew and project.records("proposals", scenario=SCENARIO):
        told.append("Make the plan again to renew its candidates, indicators and report.")
    return " ".join(told)


def found_sentence(project: Project, species_id: str) -> str:
    """Tell in a sentence how many corridors a project holds for a species."""
    where = {"scenario": SCENARIO, "species": species_id}
    paths = project.records("corridors", kind="path", **where)
    if not paths:
        return "no corridor joins cores of different countries."
    narrow = {
        row["corridor_id"] for row in project.records("bottlenecks", kind="bottleneck", **where)
    }
    corridors = "1 corridor" if len(paths) == 1 else f"{len(paths)} corridors"
    return f"{corridors} over borders, {len(narrow) or 'none'} with narrow stretches."


def study_of(project: Project, species: Sequence[SpeciesProfile]) -> Study:
    """Return what the pipeline works on in a project, with the seed of its newest run.

    Raises
    ------
    PlannerError
        The region of the project is unknown, or its data pack is damaged.
    """
    runs = project.runs()
    seeds = [run.seed for run in runs if run.step.startswith("habitat:")]
    seed = next((seed for seed in reversed(seeds) if seed is not None), DEFAULT_SEED)
    return Study(
        _region(project), tuple(species), project, DataPack.open(), Catalogue.load(), seed
    )


def _region(project: Project) -> RegionProfile:
    if project.region_id not in region_ids():
        raise PlannerError(
            f"The project {project.path} was made for the region {project.region_id!r}, which "
            f"this installation does not know. It knows {', '.join(region_ids())}."
        )
    return load_region(project.region_id)


def _say(
    control: JobControl, steps: Mapping[str, tuple[str, float]], status: StepStatus
) -> None:
    if status.state == "running":
        control.say(steps[status.name][0])
