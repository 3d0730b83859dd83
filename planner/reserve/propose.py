"""From a request to a run: assembled, searched, and what the best solution means."""

from __future__ import annotations

import uuid
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.reserve.solution import NOBODY
from algorithms.reserve.solving import solve
from planner.corridors.runs import study_of
from planner.errors import ReadOnlyProjectError
from planner.files import write_text
from planner.pipeline.cores import suitability_raster
from planner.pipeline.runner import software_versions
from planner.profiles import load_species
from planner.project import RunRecord, file_sha256, inputs_hash
from planner.reserve.assembly import assemble
from planner.reserve.feature_rows import write_features
from planner.reserve.found import store_findings
from planner.reserve.map_file import write_selected
from planner.reserve.naming import named_refusal, with_budget
from planner.reserve.request_file import request_content
from planner.reserve.run_folder import (
    BEST,
    FEATURES,
    INCUMBENT,
    NOTES,
    STEP,
    ReserveRun,
    find_run,
)
from planner.reserve.stored_solution import finite
from resources.errors import UsageError
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from algorithms.arrays import BoolArray
    from algorithms.control import Control
    from algorithms.reserve.solution import Solution, Watcher
    from planner.pipeline.study import Study
    from planner.project import Project
    from planner.reserve.request import ReserveRequest
    from planner.reserve.stored_solution import StoredSolution

_ASSEMBLED, _SEARCHED = 0.1, 0.8


def propose(
    project: Project,
    request: ReserveRequest,
    control: Control = NULL_CONTROL,
    *,
    watcher: Watcher = NOBODY,
    on_started: Callable[[ReserveRun], None] | None = None,
) -> ReserveRun:
    """Make a run: assemble the problem, search, and work out what the best solution means.

    Parameters
    ----------
    project : Project
        Open for writing.
    request : ReserveRequest
        What is asked, with absolute paths.
    control : Control
        Told the progress; may cancel. A search that is cancelled leaves its best selection in
        the run as ``incumbent``; one that found nothing leaves no run.
    watcher : Watcher
        Told every better selection and tighter bound, beside the run itself, which writes them
        down; may end the search and keep the best selection.
    on_started : callable, optional
        Called with the run once its problem is in the project and the search begins.

    Returns
    -------
    ReserveRun
        With its best solution, ledger, proposals and alternative.

    Raises
    ------
    ReadOnlyProjectError
        The project is open for reading only.
    RequestError, ReserveInputError
        The request does not suit the project, or a file cannot be used.
    InfeasibleProblemError
        No selection meets what is asked; tells what is short, and by how much.
    NoSelectionError
        The time ended before any was found.
    """
    run = begin_run(project, request, PartControl(control, 0.0, _ASSEMBLED))
    if on_started is not None:
        on_started(run)
    search_run(project, run, PartControl(control, _ASSEMBLED, _SEARCHED), watcher=watcher)
    store_findings(run, project, PartControl(control, _SEARCHED, 1.0))
    return run


def begin_run(
    project: Project, request: ReserveRequest, control: Control = NULL_CONTROL
) -> ReserveRun:
    """Assemble the problem of a request and write it into a new run.

    Parameters
    ----------
    project, request, control
        As of `propose`.

    Raises
    ------
    ReadOnlyProjectError, RequestError, ReserveInputError
        As of `propose`; no run is left.
    """
    if project.read_only:
        raise ReadOnlyProjectError(project.read_only_reason)
    study = _study(project, request)
    found = assemble(study, request, PartControl(control, 0.0, 0.9))
    run = ReserveRun.create(project, request)
    try:
        run.store_problem(found.units, found.problem, found.countries)
        write_features(run.file(FEATURES), found.features)
        write_text(run.file(NOTES), "".join(f"{note}\n" for note in found.notes))
        control.report(1.0)
    except BaseException:
        rmtree(run.folder, ignore_errors=True)
        raise
    return run


def search_run(
    project: Project,
    run: ReserveRun,
    control: Control = NULL_CONTROL,
    *,
    watcher: Watcher = NOBODY,
    start: BoolArray | None = None,
) -> StoredSolution:
    """Search for the best solution of a run whose problem is in the project.

    Parameters
    ----------
    project : Project
        Open for writing.
    run : ReserveRun
        As `begin_run` made it, or ended half-way.
    control, watcher
        As of `propose`.
    start : (n,) bool, optional
        A selection to start from; by default what a run that was ended had found.

    Raises
    ------
    InfeasibleProblemError, NoSelectionError
        As of `propose`; the run is removed.
    """
    search = run.request.search
    if start is None and any(item.name == INCUMBENT for item in run.solutions()):
        start = run.solution(INCUMBENT).mask()
    keeper = run.watcher(watcher)
    try:
        solution = solve(
            run.problem(),
            gap=search.gap,
            time_limit=search.time_limit_s,
            threads=search.threads,
            control=control,
            watcher=keeper,
            method=search.method or None,
            seed=search.seed,
            start=start,
        )
    except ValueError as error:
        names = run.units["unit_id"].tolist()
        amounts_in = {row.name: row.unit for row in run.features()}
        refusal = named_refusal(error, names, run.country_names, amounts_in)
        refusal = with_budget(refusal, run.request.goal)
        _remove_without_selection(run)
        raise refusal from error
    except BaseException:
        keeper.flush()
        _remove_without_selection(run)
        raise
    stored = run.save_solution(BEST, solution, label=mark("Best"), kind="best")
    write_selected(run, solution.selected)
    _record(project, run, solution)
    return stored


def unfinished_run(project: Project, run_id: str) -> ReserveRun:
    """Return a run that was ended before it was finished; `search_run` goes on with it.

    Parameters
    ----------
    project : Project
        Open for writing.
    run_id : str
        Name of the run, or the beginning of it.

    Raises
    ------
    ReadOnlyProjectError
        The project is open for reading only.
    UsageError
        There is no such run, or it is finished.
    """
    if project.read_only:
        raise ReadOnlyProjectError(project.read_only_reason)
    run = ReserveRun(find_run(project, run_id).folder)
    if run.finished:
        raise UsageError(
            f"The run {run.run_id} is finished, so there is nothing to go on with. Make "
            "another with landbridge propose."
        )
    return run


def _study(project: Project, request: ReserveRequest) -> Study:
    """Return what the run works on: the project's species and those that are asked for."""
    listed = project.settings.get("species", [])
    planned = [str(name) for name in listed] if isinstance(listed, list) else []
    asked = [item.species for item in request.features if item.species]
    known = dict.fromkeys((*planned, *asked))
    return study_of(project, [load_species(name) for name in known])


def _remove_without_selection(run: ReserveRun) -> None:
    """Remove a run that found nothing: it would only be in the way of others."""
    if not run.solutions():
        rmtree(run.folder, ignore_errors=True)


def _record(project: Project, run: ReserveRun, solution: Solution) -> None:
    """Write the run down in the project."""
    content = request_content(run.request)
    parameters = {
        "run": run.run_id,
        "title": run.request.title,
        "objective": finite(solution.objective),
        "gap": finite(solution.gap),
        "status": solution.status,
        "method": solution.method,
    }
    inputs: dict[str, object] = {
        "request": content,
        **{name: file_sha256(path) for name, path in _files(project, run.request)},
    }
    versions = software_versions()
    project.add_run(
        RunRecord(
            run_id=uuid.uuid4().hex[:12],
            step=STEP,
            inputs_hash=inputs_hash(STEP, inputs, content, versions=versions),
            parameters=parameters,
            seed=run.request.search.seed,
            versions=versions,
            started=run.started,
            seconds=round(solution.seconds, 3),
            outputs=run.output_hashes(),
            inputs=inputs,
        )
    )


def _files(project: Project, request: ReserveRequest) -> Iterator[tuple[str, Path]]:
    """Give the files that a request was met from."""
    species = {item.species for item in request.features if item.kind == "habitat"}
    for name in sorted(species):
        path = project.raster_path(suitability_raster(name))
        yield path.relative_to(project.path).as_posix(), path
    named = [request.units.path, request.locks.in_path, request.locks.out_path]
    named += [path for item in request.features for path in (item.path, item.other_path)]
    for text in dict.fromkeys((*named, request.cost.path)):
        if text and Path(text).is_file():
            yield text, Path(text)
