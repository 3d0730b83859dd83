"""The pipeline as jobs on an open project; loaded only when one is started, as it takes 2 s."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.pipeline.plan import PlanRequest, announced_steps
from planner.pipeline.plan import make_plan as run_plan
from planner.pipeline.runner import StepRunner
from planner.pipeline.sites import sites_step, store_sites
from planner.pipeline.study import DEFAULT_SEED, Study
from planner.profiles import load_region, region_ids
from planner.progress import StepProgress
from planner.workspace import project_folder
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.catalogue import Catalogue
    from layers.pack import DataPack
    from planner.jobs import WorkControl
    from planner.progress import StepStatus
    from planner.project import Project


def fill_sites(
    project: Project, pack: DataPack, catalogue: Catalogue, control: WorkControl
) -> None:
    """Store the sites of a project's region; nothing happens where the region is unknown.

    Parameters
    ----------
    project : Project
        Open for writing.
    pack : DataPack
        Country polygons.
    catalogue : Catalogue
        The sites.
    control : WorkControl
        Told the progress.
    """
    if project.region_id not in region_ids():
        return
    region = load_region(project.region_id)
    study = Study(region, (), project, pack, catalogue, DEFAULT_SEED)
    step = sites_step(study)
    progress = StepProgress({step.name: 1.0}, control=control)
    control.say(step.label)
    with project.grouped(step.label):
        StepRunner(project, DEFAULT_SEED, progress).run(step, partial(store_sites, study))


def plan_request(project: Project) -> PlanRequest:
    """Return what is to be planned in a project.

    Raises
    ------
    PlannerError
        The project lies where the pipeline would not find it, or its region is unknown.
    """
    region_id, path = project.region_id, project.path
    folder = path.parent
    if project_folder(load_region(region_id), folder).resolve() != path.resolve():
        raise PlannerError(
            f"The plan can be made in a folder named {region_id}.landbridge only, and this "
            f"project is {path.name}. Rename the folder, or make a new project for the region."
        )
    listed = project.settings.get("species")
    species = [str(name) for name in listed] if isinstance(listed, list) else []
    return PlanRequest.of(region_id, species, folder)


def make_plan(request: PlanRequest, control: WorkControl) -> str:
    """Run every step of a plan whose result does not stand yet.

    Parameters
    ----------
    request : PlanRequest
        What is to be planned; its project must not be open elsewhere.
    control : WorkControl
        Told the progress and the step; may cancel.

    Returns
    -------
    str
        What to tell the user: where the report is, and what could not be made.
    """
    steps = announced_steps(request)
    progress = StepProgress(
        {name: weight for name, (_, weight) in steps.items()},
        control=control,
        on_changed=partial(_say, control, {name: label for name, (label, _) in steps.items()}),
    )
    result = run_plan(request, progress)
    reports = [path for path in result.written if path.suffix == ".html"]
    told = [f"Report: {path}." for path in reports[:1]]
    return " ".join((*told, *result.problems))


def _say(control: WorkControl, labels: Mapping[str, str], status: StepStatus) -> None:
    if status.state == "running":
        control.say(labels[status.name])
