"""Runs of studies in a project: where they lie, which there are, which one is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from planner.profiles import load_species, species_ids
from planner.project import RunRecord, SetSetting
from planner.suitability.folder import RESULTS, STUDY, RunFolder
from planner.suitability.verdict import warnings
from resources.errors import PlannerError, UsageError, nearest_names_hint
from resources.translation import filled

if TYPE_CHECKING:
    from pathlib import Path

    from planner.project import Project
    from planner.suitability.results import SuitabilityResults

FOLDER = "suitability"


def file_name(text: str) -> str:
    """Return a text as a part of a path: letters, digits, ``_`` and ``-``."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in text)[:80]


def suitability_step(species: str) -> str:
    """Return the step under which a project records the runs of a species."""
    return f"suitability:{species}"


def choice_key(species: str) -> str:
    """Return the setting that holds which run is the suitability of a species."""
    return f"suitability_choice:{species}"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run of a species, as a list shows it.

    Parameters
    ----------
    run_id : str
        Name of the run and of its folder.
    folder : Path
        Where its files are.
    species, title, model : str
        Of what, and which model.
    finished : bool
        Whether it has results.
    started : str
        ISO 8601, UTC; empty where it is not finished.
    chosen : bool
        Whether it is the suitability of the species.
    """

    run_id: str
    folder: Path
    species: str
    title: str
    model: str
    finished: bool
    started: str
    chosen: bool

    def results(self) -> SuitabilityResults:
        """Read what the run found.

        Raises
        ------
        RunError
            It is not finished, or its files were altered.
        """
        return RunFolder(self.folder).results()


@dataclass(frozen=True, slots=True)
class Choice:
    """Which run is the suitability of a species, and why.

    Parameters
    ----------
    run_id : str
        Name of the run.
    reason : str
        Why this one.
    time : str
        ISO 8601, UTC.
    warnings : tuple of str
        What whoever builds on it must know, as told when it was chosen.
    """

    run_id: str
    reason: str
    time: str
    warnings: tuple[str, ...] = ()


def run_folder(project: Project, run_id: str) -> RunFolder:
    """Return the folder of a run in a project."""
    return RunFolder(project.path / FOLDER / run_id)


def list_runs(project: Project, species: str | None = None) -> tuple[RunSummary, ...]:
    """Return the runs in a project, oldest first; unfinished ones too, damaged ones not.

    Parameters
    ----------
    project : Project
        Open, for reading at least.
    species : str, optional
        Only those of this species.
    """
    recorded = {
        str(run.parameters["run"]): run
        for run in project.runs()
        if run.step.startswith("suitability:") and "run" in run.parameters
    }
    found = []
    for folder in _folders(project):
        try:
            summary = _summary(project, folder, recorded)
        except PlannerError:
            continue  # `damaged_runs` tells of it
        if species in (None, summary.species):
            found.append(summary)
    return tuple(sorted(found, key=lambda item: (item.started or "~", item.run_id)))


def damaged_runs(project: Project) -> dict[str, str]:
    """Return the runs in a project that cannot be read: name to what is wrong with each."""
    found = {}
    for folder in _folders(project):
        try:
            RunFolder(folder).study()
        except PlannerError as error:
            found[folder.name] = str(error)
    return dict(sorted(found.items()))


def _folders(project: Project) -> list[Path]:
    return [path.parent for path in (project.path / FOLDER).glob(f"*/{STUDY}")]


def _summary(project: Project, folder: Path, recorded: dict[str, RunRecord]) -> RunSummary:
    study = RunFolder(folder).study()
    chosen = chosen_run(project, study.species)
    record = recorded.get(folder.name)
    return RunSummary(
        run_id=folder.name,
        folder=folder,
        species=study.species,
        title=study.shown_title,
        model=study.model.kind,
        finished=record is not None and (folder / RESULTS).is_file(),
        started=record.started if record is not None else "",
        chosen=chosen is not None and chosen.run_id == folder.name,
    )


def find_summary(project: Project, run_id: str) -> RunSummary:
    """Return a run by its name or the beginning of it.

    Raises
    ------
    UsageError
        There is none, or several begin so.
    """
    runs = {run.run_id: run for run in list_runs(project)}
    if run_id in runs:
        return runs[run_id]
    found = [run for name, run in runs.items() if name.startswith(run_id)]
    if len(found) == 1 and run_id:
        return found[0]
    if found:
        raise UsageError(
            f"Several runs begin with {run_id!r}: {', '.join(run.run_id for run in found)}. "
            "Give more letters."
        )
    for name, problem in damaged_runs(project).items():
        if run_id and name.startswith(run_id):
            raise UsageError(f"The run {name} is damaged. {problem}")
    hint = nearest_names_hint(run_id, list(runs)) if runs else "It has no runs yet."
    raise UsageError(f"The project {project.path} has no run {run_id!r}. {hint}")


def chosen_run(project: Project, species: str) -> Choice | None:
    """Return which run is the suitability of a species, or None where none was chosen."""
    value = project.settings.get(choice_key(species))
    if not isinstance(value, dict) or "run_id" not in value:
        return None
    warned = value.get("warnings", ())
    return Choice(
        str(value["run_id"]),
        str(value.get("reason", "")),
        str(value.get("time", "")),
        tuple(str(item) for item in warned) if isinstance(warned, list | tuple) else (),
    )


def choice_warnings(project: Project, run_id: str) -> tuple[str, ...]:
    """Return what must be known of a finished run before it is chosen, one sentence each.

    Parameters
    ----------
    project : Project
        Open; what is extrapolated is told of its region, where the run maps some of that.
    run_id : str
        The run.

    Raises
    ------
    UsageError
        There is no such run.
    RunError
        Its results cannot be read.
    """
    # rasterio and all it brings are only needed here
    from planner.suitability.region_share import extrapolated_in_region  # noqa: PLC0415

    run = find_summary(project, run_id)
    results = run.results()
    share = extrapolated_in_region(run.folder, results, project.region_id)
    return warnings(results, share, project.region_id)


def choose_run(project: Project, run_id: str, reason: str) -> Choice:
    """Make a run *the* suitability of its species; one step of undo.

    Parameters
    ----------
    project : Project
        Open for writing.
    run_id : str
        A finished run of the project.
    reason : str
        Why this one; must be given.

    Raises
    ------
    UsageError
        There is no such run, it is not finished, or there is no reason.
    """
    run = find_summary(project, run_id)
    if not run.finished:
        raise UsageError(
            f"The run {run.run_id} is not finished, so it cannot be chosen. Run it to its end."
        )
    if not reason.strip():
        raise UsageError("A choice needs a reason: say why this run is better than the others.")
    choice = Choice(
        run.run_id,
        reason.strip(),
        datetime.now(UTC).isoformat(timespec="seconds"),
        choice_warnings(project, run.run_id),
    )
    value = {
        "run_id": choice.run_id,
        "reason": choice.reason,
        "time": choice.time,
        "warnings": list(choice.warnings),
    }
    label = filled("Choose the suitability of {species}", species=_species_name(run.species))
    project.execute(SetSetting(choice_key(run.species), value, label))
    return choice


def forget_choice(project: Project, species: str) -> None:
    """Take the choice of a species back, so that the default model counts; one step of undo."""
    if chosen_run(project, species) is not None:
        label = filled(
            "Use the default suitability of {species}", species=_species_name(species)
        )
        project.execute(SetSetting(choice_key(species), None, label))


def _species_name(species: str) -> str:
    """Return what people call a species: by its profile, where it has one."""
    if species not in species_ids():
        return species
    return f"the {load_species(species).names.en}"
