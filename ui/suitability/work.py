"""What the habitat panels ask the planner, off the window's thread; nothing here knows Qt."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.habitat_maps import run_layers
from planner.profiles import species_ids
from planner.suitability import RunFolder
from planner.suitability.study import RecordSettings
from planner.suitability.study_file import with_absolute_paths
from resources.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.occurrences import ColumnGuess
    from layers.qgis.layer_spec import LayerSpec
    from planner.jobs import JobControl
    from planner.suitability import SuitabilityResults, SuitabilityStudy
    from planner.suitability.comparison import Comparison
    from planner.suitability.previews import LayerPreview
    from planner.suitability.study import Covariate
    from ui.project_work import Workbench

MOST_ROWS = 2000
"""Rows of a table that the window shows; the file holds all."""


@dataclass(frozen=True)
class Table:
    """The head of a table of a run.

    Parameters
    ----------
    columns : tuple of str
        Their names.
    rows : tuple of tuple of str
        Up to `MOST_ROWS`.
    more : bool
        Whether the file holds more.
    path : Path
        The file.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: bool
    path: Path


@dataclass(frozen=True)
class RunView:
    """A run as the window shows it.

    Parameters
    ----------
    folder : RunFolder
        Its files.
    results : SuitabilityResults
        What it found.
    layers : tuple of LayerSpec
        Its maps.
    rejected, flagged, presences : Table
        Records that were rejected, each with its reason; those that were kept with a warning;
        and what the model learns from.
    """

    folder: RunFolder
    results: SuitabilityResults
    layers: tuple[LayerSpec, ...]
    rejected: Table
    flagged: Table
    presences: Table

    @property
    def run_id(self) -> str:
        """Name of the run."""
        return self.results.run_id


def read_run(path: Path, control: JobControl) -> RunView:
    """Read a finished run.

    Raises
    ------
    RunError
        It is not finished, or its files were altered.
    """
    control.report(0.0)
    # Long to load, so not in the window's thread.
    import matplotlib.backends.backend_agg  # noqa: F401, PLC0415 - see above

    import planner.report.suitability_plots  # noqa: F401, PLC0415 - see above

    folder = RunFolder(path)
    results = folder.results()
    control.report(0.5)
    return RunView(
        folder,
        results,
        run_layers(folder, results),
        _head_of(path / "rejected.csv"),
        _head_of(path / "flagged.csv"),
        _head_of(path / "presences.csv"),
    )


def read_settings(path: Path, control: JobControl) -> SuitabilityStudy:
    """Read the study of a run, finished or not.

    Raises
    ------
    PlannerError
        Its file is gone or was altered.
    """
    control.report(0.0)
    return RunFolder(path).study()


def _head_of(path: Path) -> Table:
    if not path.is_file():
        return Table((), (), more=False, path=path)
    rows: list[tuple[str, ...]] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        columns = tuple(next(reader, ()))
        for row in reader:
            if len(rows) == MOST_ROWS:
                return Table(columns, tuple(rows), more=True, path=path)
            rows.append(tuple(row))
    return Table(columns, tuple(rows), more=False, path=path)


def default_study(species: str, control: JobControl) -> SuitabilityStudy:
    """Return the study that a species starts from.

    A species without a profile gets the usual layers, and no records before some are added.

    Raises
    ------
    PlannerError
        The species or the data pack cannot be read.
    """
    control.report(0.0)
    from planner.suitability.defaults import species_study  # noqa: PLC0415 - 2 s to load

    if species in species_ids():
        return species_study(species)
    usual = species_study(species_ids()[0])
    return usual.model_copy(
        update={
            "species": species,
            "title": "",
            "records": RecordSettings(),
            "covariates": usual.habitat,
        }
    )


def run_study_of(
    study: SuitabilityStudy, project_path: Path, control: JobControl
) -> SuitabilityStudy:
    """Run a study into its folder of a project; the project itself is not touched.

    Returns
    -------
    SuitabilityStudy
        As it was run, with whole paths and the projections that were added to the run later,
        for `record_run`.

    Raises
    ------
    PlannerError
        A stage cannot be done; what was finished before it is kept.
    JobCancelled
        Somebody asked to end; what was finished is kept.
    """
    control.say(tr("Loading the models"))
    from planner.suitability.workflow import model_suitability  # noqa: PLC0415 - 2 s to load

    control.say(tr("Looking at the study's files"))
    return model_suitability(project_path, study, control)


def record_run(study: SuitabilityStudy, bench: Workbench, control: JobControl) -> str:
    """Record a run that has ended in its project; finished stages are not repeated.

    Returns
    -------
    str
        Name of the run.

    Raises
    ------
    PlannerError
        The project is open for reading only.
    """
    from planner.suitability.workflow import (  # noqa: PLC0415 - 2 s to load
        job_progress,
        run_in_project,
    )

    return run_in_project(bench.project, study, job_progress(study, control)).run_id


def guess_records(
    path: Path, encoding: str, crs: str, control: JobControl
) -> tuple[Path, ColumnGuess]:
    """Tell what a file of records is taken for.

    Raises
    ------
    PlannerError
        It cannot be recognised; says why.
    """
    control.report(0.0)
    from planner.suitability.previews import guess_record_columns  # noqa: PLC0415 - 2 s

    return path, guess_record_columns(path, encoding, crs)


def guess_rasters(
    paths: Sequence[Path], control: JobControl
) -> tuple[tuple[Covariate, str], ...]:
    """Tell what rasters are taken for, each with the reason.

    Raises
    ------
    PlannerError
        One cannot be read; names it.
    """
    control.report(0.0)
    from planner.suitability.previews import guess_layers  # noqa: PLC0415 - 2 s to load

    return guess_layers(paths)


def preview(study: SuitabilityStudy, control: JobControl) -> LayerPreview:
    """Look at what the layers of a study cover and how they go together.

    Raises
    ------
    PlannerError
        A layer cannot be read; names it.
    """
    control.say(tr("Comparing the layers"))
    import matplotlib.backends.backend_agg  # noqa: F401, PLC0415 - as in `read_run`

    import planner.report.suitability_plots  # noqa: F401, PLC0415 - as in `read_run`
    from planner.suitability.previews import preview_layers  # noqa: PLC0415 - 2 s to load

    return preview_layers(with_absolute_paths(study, Path.cwd()), control)


def compare(
    first: Path, second: Path, control: JobControl
) -> tuple[Comparison, SuitabilityResults]:
    """Compare two runs; returns the comparison with what the second found.

    Raises
    ------
    PlannerError
        One is not finished, or its files were altered.
    """
    control.say(tr("Comparing two runs"))
    from planner.suitability.comparison import compare_runs  # noqa: PLC0415 - 2 s to load

    found = compare_runs(RunFolder(first), RunFolder(second), control)
    return found, RunFolder(second).results()
