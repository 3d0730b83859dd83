"""An open project beside the window's own thread, with the data around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.catalogue import Catalogue
from layers.pack import DataPack
from planner.own_regions import create_own_project
from planner.profiles import load_region
from planner.project import Project
from planner.workspace import open_or_create, project_folder
from ui.start.choice import CreateOwnProject, OpenProject

if TYPE_CHECKING:
    from planner.jobs import WorkControl
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
    def open(cls, choice: Choice, control: WorkControl) -> Workbench:
        """Open a project, or make it, and see that it holds its region's sites.

        Raises
        ------
        PlannerError
            It cannot be opened or made; says why.
        """
        pack, catalogue = DataPack.open(), Catalogue.load()
        bench = cls(_open(choice, pack, catalogue), pack, catalogue)
        try:
            if not bench.project.read_only and not bench.project.records("sites"):
                bench.fill_sites(control)
        except BaseException:
            bench.close()
            raise
        return bench

    def fill_sites(self, control: WorkControl) -> None:
        """Store the sites of the region in a project that has none yet."""
        from planner.planning import fill_sites  # noqa: PLC0415 - the pipeline takes 2 s to load

        fill_sites(self.project, self.pack, self.catalogue, control)

    def close(self) -> None:
        """Let go of the project."""
        self.project.close()


def _open(choice: Choice, pack: DataPack, catalogue: Catalogue) -> Project:
    if isinstance(choice, OpenProject):
        return Project.open(choice.path)
    if isinstance(choice, CreateOwnProject):
        return create_own_project(choice.wish, choice.folder, pack, catalogue)
    region = load_region(choice.region_id)
    path = project_folder(region, choice.folder)
    return Project.open(path) if path.exists() else open_or_create(region, choice.folder)
