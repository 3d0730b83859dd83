"""Observations that were imported into a project, as records of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from planner.files import made_folder
from planner.project import Project
from planner.suitability.project_runs import FOLDER
from planner.suitability.study import RecordSource
from planner.suitability.tables import write_frame

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("species", "lat", "lon", "date", "uncertainty_m", "country", "source")


def observation_sources(project: Path | Project, species: str) -> tuple[RecordSource, ...]:
    """Return the observations of a species in a project as a file of records.

    Parameters
    ----------
    project : Path or Project
        The project, or its folder.
    species : str
        Identifier of the species.

    Returns
    -------
    tuple of RecordSource
        One source, ``suitability/observations-SPECIES.csv`` in the project's folder, written
        anew where the observations have changed; none where there are none.

    Raises
    ------
    ProjectError
        The project cannot be opened.
    LayerWriteError
        The file cannot be written.
    """
    if not isinstance(project, Project):
        with Project.open(project, read_only=True) as found:
            return observation_sources(found, species)
    rows = project.records("observations", species=species)
    if not rows:
        return ()
    path = made_folder(project.path / FOLDER) / f"observations-{species}.csv"
    frame = pd.DataFrame(rows).reindex(columns=list(_COLUMNS))
    write_frame(path, frame)
    columns = {
        "species": "species",
        "lon": "lon",
        "lat": "lat",
        "date": "date",
        "uncertainty": "uncertainty_m",
        "country": "country",
    }
    return (
        RecordSource(path=path.absolute().as_posix(), columns=columns, encoding="utf-8-sig"),
    )
