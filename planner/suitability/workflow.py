"""Running a study: every stage whose result does not stand yet, in a folder or in a project."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from algorithms.control import NULL_CONTROL
from planner.errors import ReadOnlyProjectError
from planner.pipeline.runner import StepRunner, software_versions
from planner.progress import StepProgress
from planner.project import RunRecord, file_sha256, hash_of, inputs_hash
from planner.suitability.context import RunOptions, StudyContext, input_hash
from planner.suitability.errors import RunError, StudyError
from planner.suitability.folder import RESULTS, RunFolder
from planner.suitability.project_runs import FOLDER as RUNS_FOLDER
from planner.suitability.project_runs import (
    RunSummary,
    find_summary,
    run_folder,
    suitability_step,
)
from planner.suitability.results import write_result
from planner.suitability.stages.area_stage import area_step, store_areas
from planner.suitability.stages.evaluate_stage import (
    evaluate,
    evaluate_step,
    store_evaluation,
)
from planner.suitability.stages.fit_stage import fit_step, store_fit
from planner.suitability.stages.layer_stage import layer_step, store_layers
from planner.suitability.stages.predict_stage import predict_stage, predict_step, store_maps
from planner.suitability.stages.record_stage import record_step, store_records
from planner.suitability.stages.report_stage import report_step, store_report
from planner.suitability.stages.sample_stage import Sample, sample_step, store_sample
from planner.suitability.stages.understand_stage import store_understanding, understand_step
from planner.suitability.study_file import changed_study, study_content, with_absolute_paths
from planner.suitability.threads import using_threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.control import Control
    from layers.pack import DataPack
    from planner.jobs import JobControl
    from planner.pipeline.runner import Step
    from planner.progress import StepStatus
    from planner.project import Project
    from planner.suitability.measured import EvaluationFound
    from planner.suitability.results import SuitabilityResults
    from planner.suitability.study import EvaluationSettings, Projection, SuitabilityStudy

    _Stage = tuple[Callable[[StudyContext], Step], Callable[[StudyContext, Control, str], None]]


def announced_stages(study: SuitabilityStudy) -> dict[str, tuple[str, float]]:
    """Return the stages of a study in order: name to label and expected share of the time."""
    stages: dict[str, tuple[str, float]] = {
        "records": ("Records and their checks", 2),
        "covariates": ("Layers and what they cover", 2),
        "sample": ("Presences and background", 2),
        "fit": ("Model", 5),
        "evaluate": ("Evaluation", 20 + 5 * study.evaluation.null_models),
        "predict": ("Maps", 8),
    }
    for item in study.projections:
        stages[predict_stage(item)] = (f"Maps of {item.shown}", 8)
    stages["understand"] = ("Response curves and importance", 4)
    stages["areas"] = ("Suitable land by country and site", 4)
    stages["report"] = ("Report after ODMAP", 3)
    return stages


def run_study(
    study: SuitabilityStudy,
    folder: Path,
    progress: StepProgress,
    options: RunOptions | None = None,
    pack: DataPack | None = None,
) -> SuitabilityResults:
    """Run every stage of a study whose result does not stand yet.

    Parameters
    ----------
    study : SuitabilityStudy
        Relative paths start from the working directory.
    folder : Path
        Where everything is written; made where missing. A run that was broken off in it goes
        on from where it was.
    progress : StepProgress
        Knows the stages of `announced_stages`; told the progress; may cancel. What was finished
        by then is kept.
    options : RunOptions, optional
        Cores and cluster.
    pack : DataPack, optional
        The one that ships by default.

    Returns
    -------
    SuitabilityResults
        What was found.

    Raises
    ------
    PlannerError
        A stage cannot be done; what was finished before it is kept.
    """
    target = RunFolder(folder)
    whole = with_absolute_paths(study, Path.cwd())
    context = StudyContext(whole, target, options, pack)
    with target.held(), using_threads(context.options.threads):
        target.keep_study(whole)
        _run_stages(context, progress)
    return target.results()


def with_later_projections(study: SuitabilityStudy, folder: RunFolder) -> SuitabilityStudy:
    """Return a study with the projections that its run was given later.

    To be asked for before the stages are announced, where a study is run once more.

    Parameters
    ----------
    study : SuitabilityStudy
        Relative paths start from the working directory.
    folder : RunFolder
        Where it is to be run. Where another study, or none, was run there, nothing is added.
    """
    study = with_absolute_paths(study, Path.cwd())
    try:
        before = folder.study()
    except (RunError, StudyError):
        return study
    if _plain(before) != _plain(study):
        return study
    named = {item.name for item in study.projections}
    for item in before.projections:
        if item.name not in named:
            study = with_projection(study, item)
    return study


def _plain(study: SuitabilityStudy) -> SuitabilityStudy:
    """Return a study without what changes no number of its model."""
    return study.model_copy(update={"projections": (), "title": "", "statements": {}})


def _run_stages(context: StudyContext, progress: StepProgress) -> None:
    runner = StepRunner(context.folder, context.study.seed, progress)
    first: list[_Stage] = [
        (record_step, store_records),
        (layer_step, store_layers),
        (sample_step, store_sample),
        (fit_step, store_fit),
        (evaluate_step, store_evaluation),
    ]
    for describe, store in first:
        runner.run(describe(context), partial(store, context))
    for item in (None, *context.study.projections):
        runner.run(predict_step(context, item), partial(store_maps, context, item))
    last: list[_Stage] = [
        (understand_step, store_understanding),
        (area_step, store_areas),
        (report_step, store_report),
    ]
    for describe, store in last:
        runner.run(describe(context), partial(store, context))


def with_projection(study: SuitabilityStudy, projection: Projection | None) -> SuitabilityStudy:
    """Return a study with a projection more, in place of one of the same name.

    Raises
    ------
    StudyError
        The projection names a layer that the study has not.
    """
    if projection is None:
        return study
    others = [item for item in study.projections if item.name != projection.name]
    listed = [item.model_dump(mode="json") for item in (*others, projection)]
    return changed_study(study, {"projections": listed})


def extend_run(
    folder: RunFolder,
    study: SuitabilityStudy,
    progress: StepProgress,
    options: RunOptions | None = None,
    project: Project | None = None,
) -> SuitabilityResults:
    """Run what a changed study adds to a run, such as a projection, in the run's own folder.

    Parameters
    ----------
    folder : RunFolder
        The run.
    study : SuitabilityStudy
        Its study, changed.
    progress : StepProgress
        As for `run_study`.
    options : RunOptions, optional
        Cores and cluster.
    project : Project, optional
        The project that the run belongs to, open for writing; the run is recorded there anew.
    """
    started = datetime.now(UTC).isoformat(timespec="seconds")
    results = run_study(study, folder.path, progress, options)
    if project is not None:
        _record(project, folder.path.name, results, started)
    return results


def evaluate_run(
    folder: RunFolder, settings: EvaluationSettings, control: Control = NULL_CONTROL
) -> EvaluationFound:
    """Evaluate a run on other folds than its study's, and keep what was found beside it.

    Parameters
    ----------
    folder : RunFolder
        A run.
    settings : EvaluationSettings
        Folds, null models, intervals.
    control : Control
        Told the progress; may cancel.
    """
    with folder.held():
        context = StudyContext(folder.study(), folder)
        found = evaluate(context, Sample.read(context), settings, control).result
        write_result(folder.file(f"evaluations/{settings.folds}.json"), found)
    return found


def renew_report(folder: RunFolder, progress: StepProgress) -> SuitabilityResults:
    """Put results and report together again, with evaluations and tests that came later.

    Parameters
    ----------
    folder : RunFolder
        A run whose stages were all run.
    progress : StepProgress
        Knows the stage ``report``.
    """
    with folder.held():
        context = StudyContext(folder.study(), folder)
        runner = StepRunner(folder, context.study.seed, progress)
        runner.run(report_step(context), partial(store_report, context))
    return folder.results()


def project_run_id(study: SuitabilityStudy) -> str:
    """Return the name of the run of a study on its files: the same for the same of both.

    Raises
    ------
    StudyError
        A file cannot be read.
    """
    study = with_absolute_paths(study, Path.cwd())
    context = StudyContext(study, RunFolder(Path.cwd()))
    files = (*study.records.sources, *study.sampling.target_group)
    content = study_content(study)
    for name in ("title", "statements", "projections"):
        content.pop(name, None)
    return hash_of(
        [
            _without_paths(content),
            [input_hash(Path(item.path), "a file of records") for item in files],
            context.layer_hashes,
            context.pack.content_hash,
        ]
    )[:12]


def _without_paths(content: object) -> object:
    if isinstance(content, dict):
        return {name: _without_paths(item) for name, item in content.items() if name != "path"}
    if isinstance(content, list):
        return [_without_paths(item) for item in content]
    return content


def run_in_project(
    project: Project,
    study: SuitabilityStudy,
    progress: StepProgress,
    options: RunOptions | None = None,
) -> RunSummary:
    """Run a study in a project, in a folder of its own, and record the run there.

    Parameters
    ----------
    project : Project
        Open for writing.
    study : SuitabilityStudy
        Relative paths start from the working directory.
    progress : StepProgress
        As for `run_study`.
    options : RunOptions, optional
        Cores and cluster.

    Returns
    -------
    RunSummary
        The run, which `planner.suitability.choose_run` can choose.

    Raises
    ------
    ReadOnlyProjectError
        The project is open for reading only.
    PlannerError
        A stage cannot be done; what was finished before it is kept.
    """
    if project.read_only:
        raise ReadOnlyProjectError(project.read_only_reason)
    whole = with_absolute_paths(study, Path.cwd())
    run_id = project_run_id(whole)
    folder = run_folder(project, run_id)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    results = run_study(whole, folder.path, progress, options)
    _record(project, run_id, results, started)
    return find_summary(project, run_id)


def _record(project: Project, run_id: str, results: SuitabilityResults, started: str) -> None:
    """Write the run down in the project, once for the same results."""
    folder = run_folder(project, run_id)
    names = [raster.path for raster in results.rasters]
    outputs = {
        (folder.path / name).relative_to(project.path).as_posix(): file_sha256(
            folder.path / name
        )
        for name in (RESULTS, *names)
    }
    known = [run for run in project.runs() if run.parameters.get("run") == run_id]
    if known and dict(known[-1].outputs) == outputs:
        return
    step = suitability_step(results.species)
    parameters = {"run": run_id, "title": results.title, "model": results.fit.kind}
    inputs = {stage.stage: stage.inputs_hash for stage in results.stages}
    versions = software_versions()
    project.add_run(
        RunRecord(
            run_id=uuid.uuid4().hex[:12],
            step=step,
            inputs_hash=inputs_hash(step, inputs, parameters, versions=versions),
            parameters=parameters,
            seed=results.stages[0].seed if results.stages else None,
            versions=versions,
            started=started,
            seconds=round(results.seconds, 3),
            outputs=outputs,
            inputs=inputs,
        )
    )


def model_suitability(
    project_path: Path,
    study: SuitabilityStudy,
    control: JobControl,
    options: RunOptions | None = None,
) -> SuitabilityStudy:
    """Run a study as a job into its folder of a project; the project itself is not touched.

    Parameters
    ----------
    project_path : Path
        Folder of the project.
    study : SuitabilityStudy
        Relative paths start from the working directory.
    control : JobControl
        Of the job; told the stage and the progress, may cancel.
    options : RunOptions, optional
        Cores and cluster.

    Returns
    -------
    SuitabilityStudy
        As it was run: with whole paths, and with the projections that an earlier run of it was
        given later. `run_in_project` then records the run and repeats nothing.

    Raises
    ------
    PlannerError
        A stage cannot be done; what was finished before it is kept.
    """
    whole = with_absolute_paths(study, Path.cwd())
    folder = RunFolder(project_path / RUNS_FOLDER / project_run_id(whole))
    whole = with_later_projections(whole, folder)
    run_study(whole, folder.path, job_progress(whole, control), options)
    return whole


def job_progress(study: SuitabilityStudy, control: JobControl) -> StepProgress:
    """Return the progress of a study for a job, which says each stage as it begins."""
    stages = announced_stages(study)

    def say(status: StepStatus) -> None:
        if status.state == "running" and status.fraction == 0.0:
            control.say(stages[status.name][0])

    weights = {name: weight for name, (_, weight) in stages.items()}
    return StepProgress(weights, control=control, on_changed=say)
