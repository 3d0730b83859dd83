"""Where projects come from: made for a region, or opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.grid import equal_area_crs
from planner.errors import ReadOnlyProjectError
from planner.files import made_folder
from planner.project import Project
from resources.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from planner.profiles import RegionProfile

SUFFIX = ".landbridge"


def project_folder(region: RegionProfile, folder: Path) -> Path:
    """Return where the project of a region lies in a folder."""
    return folder / f"{region.id}{SUFFIX}"


def open_or_create(region: RegionProfile, folder: Path) -> Project:
    """Open the project of a region for writing, or make it.

    Parameters
    ----------
    region : RegionProfile
        Region to plan for; decides the coordinate system.
    folder : Path
        Folder in which the project's folder lies or is made; made itself where missing.

    Raises
    ------
    ReadOnlyProjectError
        Somebody else has it open, or it cannot be written.
    UsageError
        The project there was made for another region or extent.
    ProjectError, LayerWriteError
        It cannot be opened or made; says why.
    """
    path = project_folder(region, folder)
    crs = equal_area_crs(region.bounds.lonlat)
    if not path.exists():
        made_folder(folder)
        return Project.create(path, name=region.names.en, region_id=region.id, crs=crs)
    project = Project.open(path)
    if project.read_only:
        reason = project.read_only_reason
        project.close()
        raise ReadOnlyProjectError(reason)
    if project.region_id != region.id or project.crs != crs:
        project.close()
        raise UsageError(
            f"The project {path} was made for the region {project.region_id} with another "
            f"extent than {region.id} has now. Choose another folder with --out."
        )
    return project
