"""The base map of a project: a copy of its own, so that the folder can be moved as it is."""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING

from layers.errors import LayerWriteError
from planner.files import made_folder

if TYPE_CHECKING:
    from pathlib import Path

    from layers.pack import DataPack
    from planner.project import Project

FOLDER = "base"
BASEMAP = "basemap.gpkg"
TERRAIN = "elevation.tif"
BASE_FILES = (f"{FOLDER}/{BASEMAP}", f"{FOLDER}/{TERRAIN}")


def base_file(project: Project, pack: DataPack, name: str) -> Path:
    """Return a file of the base map: the project's copy, or the pack's before there is one.

    Parameters
    ----------
    project : Project
        Whose map it is.
    pack : DataPack
        Where the copy comes from.
    name : str
        `BASEMAP` or `TERRAIN`.

    Returns
    -------
    Path
        Absolute.
    """
    own = project.path / FOLDER / name
    return (own if own.exists() else pack.folder / name).absolute()


def store_base(project: Project, pack: DataPack) -> None:
    """Copy the base map into the project, each file whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    folder = made_folder(project.path / FOLDER)
    for name in (BASEMAP, TERRAIN):
        target, writing = folder / name, folder / f".writing-{uuid.uuid4().hex}"
        try:
            shutil.copyfile(pack.folder / name, writing)
            writing.replace(target)
        except OSError as error:
            writing.unlink(missing_ok=True)
            raise LayerWriteError(
                f"{target} could not be written: {error.strerror}. Free some space or choose a "
                "folder that can be written."
            ) from error
