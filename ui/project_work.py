"""What the window has done to a project beside its own thread: opening, planning, edits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from layers.catalogue import Catalogue
from layers.pack import DataPack
from planner.pipeline.plan import DEFAULT_SEED, PlanRequest, announced_steps, make_plan
from planner.pipeline.runner import StepRunner
from planner.pipeline.sites import sites_step, store_sites
from planner.pipeline.study import Study
from planner.profiles import load_region, region_ids
from planner.progress import StepProgress
from planner.project import Project
from planner.workspace import open_or_create, project_folder
from resources.errors import PlannerError
from ui.start.choice import OpenProject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.jobs import JobControl
    from planner.progress import StepStatus
    from ui.start.choice import Choice


class Workbench:
    """An open project with the data around it; belongs to one thread.

    Parameters
    ----------
    project : Project
        Open project; closed with the workbench.
    pack : DataPack
        Base map and environment.
    catalogue : Catalogue
        Sites with their sources.
    """

    def __init__(self, project: Project, pack: DataPack, catalogue: Catalogue) -> None:
        self.project = project
        self.pack = pack
        self.catalogue = catalogue

    @classmethod
    def open(cls, choice: Choice, control: JobControl) -> Workbench:
        """Open a project, or make it, and see that it holds its region's sites.

        Raises
        ------
        PlannerError
            It cannot be opened or made; says why.
        """
        pack, catalogue = DataPack.open(), Catalogue.load()
        bench = cls(_open(choice), pack, catalogue)
        try:
            bench.fill_sites(control)
        except BaseException:
            bench.close()
            raise
        return bench

    def fill_sites(self, control: JobControl) -> None:
        """Store the sites of the region in a project that has none yet."""
        project = self.project
        if project.read_only or project.region_id not in region_ids():
            return
        if project.records("sites"):
            return
        study = Study(
            load_region(project.region_id), (), project, self.pack, self.catalogue, DEFAULT_SEED
        )
        step = sites_step(study)
        progress = StepProgress({step.name: 1.0}, control=control)
        control.say(step.label)
        with project.grouped(step.label):
            StepRunner(project, DEFAULT_SEED, progress).run(step, partial(store_sites, study))

    def make_plan(self, control: JobControl) -> None:
        """Run every step of the plan for the project's region and species.

        The pipeline opens the project itself, so this lets go of it meanwhile.

        Raises
        ------
        PlannerError
            The project lies where the pipeline would not find it, or a step fails.
        JobCancelled
            Somebody asked to end; what was finished is kept.
        """
        path, region_id = self.project.path, self.project.region_id
        folder = path.parent
        if project_folder(load_region(region_id), folder).resolve() != path.resolve():
            raise PlannerError(
                f"The plan can be made in a folder named {region_id}.landbridge only, and this "
                f"project is {path.name}. Rename the folder, or make a new project for the "
                "region."
            )
        listed = self.project.settings.get("species")
        species = [str(name) for name in listed] if isinstance(listed, list) else []
        request = PlanRequest.of(region_id, species, folder)
        steps = announced_steps(request)
        labels = {name: label for name, (label, _) in steps.items()}
        self.project.close()
        try:
            progress = StepProgress(
                {name: weight for name, (_, weight) in steps.items()},
                control=control,
                on_changed=partial(_say, control, labels),
            )
            make_plan(request, progress)
        finally:
            self.project = Project.open(path)

    def close(self) -> None:
        """Let go of the project."""
        self.project.close()


def _open(choice: Choice) -> Project:
    if isinstance(choice, OpenProject):
        return Project.open(choice.path)
    region = load_region(choice.region_id)
    path = project_folder(region, choice.folder)
    return Project.open(path) if path.exists() else open_or_create(region, choice.folder)


def _say(control: JobControl, labels: Mapping[str, str], status: StepStatus) -> None:
    if status.state == "running":
        control.say(labels[status.name])
