"""The folder of a run in a project: request, units, problem, solutions, trace."""

from __future__ import annotations

import contextlib
import math
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from algorithms.reserve.solution import (
    NOBODY,
    FeatureTable,
    Solution,
    boundary_length,
    held,
    shortfall,
    targets_met,
)
from planner.errors import ReadOnlyProjectError
from planner.files import BEGUN, made_folder
from planner.project import file_sha256
from planner.reserve.problem_file import load_problem, save_problem
from planner.reserve.request_file import load_request, save_request
from planner.reserve.stored_solution import StoredSolution, read_solution, write_solution
from planner.reserve.units_file import read_units, write_units
from planner.reserve.watching import RunWatcher
from resources.errors import PlannerError, UsageError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from algorithms.arrays import BoolArray
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.solution import Moment, Watcher
    from planner.project import Project
    from planner.project.runs import RunRecord
    from planner.reserve.request import ReserveRequest
    from planner.reserve.stored_solution import SolutionKind

FOLDER = "reserve"
STEP = "reserve"
REQUEST = "request.toml"
UNITS = "units.gpkg"
PROBLEM = "problem.npz"
FEATURES = "features.csv"
NOTES = "notes.txt"
TRACE = "trace.csv"
SOLUTIONS = "solutions"
BEST = "best"
INCUMBENT = "incumbent"

TRACE_COLUMNS = ("seconds", "objective", "bound", "gap")


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run, as a list shows it.

    Parameters
    ----------
    run_id : str
        Name of the run and of its folder.
    folder : Path
        Where its files are.
    title : str
        What people call it; empty where nobody named it.
    finished : bool
        Whether its search came to an end and its best solution is kept.
    has_incumbent : bool
        Whether a run that is not finished left a selection behind.
    started : str
        ISO 8601, UTC; empty where it is not finished.
    """

    run_id: str
    folder: Path
    title: str
    finished: bool
    has_incumbent: bool
    started: str

    @property
    def shown_title(self) -> str:
        """The title, or the name of the run where it has none."""
        return self.title or self.run_id


class ReserveRun:
    """One run of a project; made by `ReserveRun.create` or `ReserveRun.open`.

    Parameters
    ----------
    project : Project
        Open project.
    run_id : str
        Name of the run's folder.
    """

    def __init__(self, project: Project, run_id: str) -> None:
        self.project = project
        self.run_id = run_id
        self.folder = project.path / FOLDER / run_id

    @classmethod
    def create(cls, project: Project, request: ReserveRequest) -> Self:
        """Make the folder of a new run and write down what was asked.

        Raises
        ------
        ReadOnlyProjectError
            The project is open for reading only; says why.
        LayerWriteError
            The disk is full or the folder cannot be written.
        """
        if project.read_only:
            raise ReadOnlyProjectError(project.read_only_reason)
        run = cls(project, uuid.uuid4().hex[:8])
        made_folder(run.folder / SOLUTIONS)
        save_request(request, run.folder / REQUEST)
        return run

    @classmethod
    def open(cls, project: Project, run_id: str = "") -> Self:
        """Open a run by its name or the beginning of it; the newest one where none is named.

        Raises
        ------
        UsageError
            There is none, or several begin so.
        """
        return cls(project, find_run(project, run_id).run_id)

    @cached_property
    def request(self) -> ReserveRequest:
        """What was asked.

        Raises
        ------
        RequestError
            The file is missing or was altered.
        """
        return load_request(self.folder / REQUEST)

    @cached_property
    def units(self) -> gpd.GeoDataFrame:
        """The planning units, in the order of the problem.

        Columns ``unit_id`` (text), ``country`` (ISO 3166-1 alpha-3), ``area_km2``, ``cost``,
        ``status`` (``available``, ``locked_in``, ``locked_out``), ``cover`` (share covered by
        existing sites), ``complex`` (number, 0 where none) and the geometry in the project's
        equal-area CRS.

        Raises
        ------
        ReserveRunError
            The file is missing or was altered.
        """
        return read_units(self.folder / UNITS)

    @cached_property
    def _problem(self) -> tuple[Problem, tuple[str, ...]]:
        return load_problem(self.folder / PROBLEM)

    def problem(self) -> Problem:
        """Return the problem as it was given to the solver.

        Raises
        ------
        ReserveRunError
            The file is missing or was altered.
        """
        return self._problem[0]

    @property
    def country_names(self) -> tuple[str, ...]:
        """ISO 3166-1 alpha-3 of each code of the problem."""
        return self._problem[1]

    def store_problem(
        self, units: gpd.GeoDataFrame, problem: Problem, countries: tuple[str, ...]
    ) -> None:
        """Write units and problem down.

        Raises
        ------
        LayerWriteError
            The disk is full or the folder cannot be written.
        """
        write_units(self.folder / UNITS, units)
        save_problem(self.folder / PROBLEM, problem, countries)
        self.__dict__.update(units=units, _problem=(problem, countries))

    def file(self, name: str) -> Path:
        """Return where a file of the run lies."""
        return self.folder / name

    @property
    def finished(self) -> bool:
        """Whether the best solution is kept."""
        return self._solution_path(BEST).is_file()

    def solutions(self) -> tuple[StoredSolution, ...]:
        """Return every solution: the best first, the others by name.

        Raises
        ------
        ReserveRunError
            One was altered.
        """
        names = sorted(path.stem for path in (self.folder / SOLUTIONS).glob("*.json"))
        names.sort(key=lambda name: (name != BEST, name != INCUMBENT, name))
        return tuple(self.solution(name) for name in names)

    def solution(self, name: str = "") -> StoredSolution:
        """Return a solution; by default the best, or what a run ended half-way left behind.

        Raises
        ------
        UsageError
            There is none of this name.
        ReserveRunError
            It was altered.
        """
        if not name:
            name = BEST if self.finished else INCUMBENT
        path = self._solution_path(name)
        known = [item.stem for item in (self.folder / SOLUTIONS).glob("*.json")]
        if name not in known:
            hint = nearest_names_hint(name, known) if known else "It has none yet."
            raise UsageError(f"The run {self.run_id} has no solution {name!r}. {hint}")
        return read_solution(path, self.problem().n_units)

    def save_solution(
        self,
        name: str,
        solution: Solution,
        *,
        label: str,
        kind: SolutionKind,
        parameters: Mapping[str, object] | None = None,
    ) -> StoredSolution:
        """Write a solution down; one of the same name is replaced.

        Parameters
        ----------
        name : str
            Letters, digits, ``_`` and ``-``.
        solution : Solution
            What was found.
        label : str
            What people call it.
        kind : str
            As of `StoredSolution`.
        parameters : mapping, optional
            What sets it apart, plain values.

        Raises
        ------
        ValueError
            The name or the parameters cannot be kept.
        LayerWriteError
            The disk is full or the folder cannot be written.
        """
        facts = {
            "name": name,
            "label": label,
            "kind": kind,
            "parameters": dict(parameters or {}),
        }
        stored = StoredSolution.of(solution, self.country_names, facts)
        write_solution(self._solution_path(name), stored)
        if name == BEST:
            self._solution_path(INCUMBENT).unlink(missing_ok=True)
        return stored

    def _solution_path(self, name: str) -> Path:
        return self.folder / SOLUTIONS / f"{name}.json"

    def watcher(self, outer: Watcher = NOBODY) -> RunWatcher:
        """Return what writes trace and incumbent while a solver searches.

        Parameters
        ----------
        outer : Watcher
            Is told as well, and may end the search.
        """
        return RunWatcher(self.folder / TRACE, self._keep_incumbent, outer)

    def _keep_incumbent(self, moment: Moment, selected: BoolArray) -> None:
        solution = unfinished_solution(self.problem(), moment, selected)
        self.save_solution(
            INCUMBENT, solution, label="Best when the run was ended", kind="incumbent"
        )

    def trace(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Return how the search went: (moments, 4) seconds, objective, bound, gap.

        NaN where nothing was known yet; a line that a killed run left half-written is left out.
        """
        path = self.folder / TRACE
        if not path.is_file():
            return np.empty((0, len(TRACE_COLUMNS)))
        rows = []
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            parts = line.split(",")
            if len(parts) == len(TRACE_COLUMNS):
                with contextlib.suppress(ValueError):
                    rows.append([float(part) if part else math.nan for part in parts])
        return np.array(rows, dtype=np.float64).reshape(-1, len(TRACE_COLUMNS))

    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know of the data and the rules of the run."""
        path = self.folder / NOTES
        return tuple(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else ()

    def record(self) -> RunRecord | None:
        """Return the run as the project recorded it, or None where it is not finished."""
        return _recorded(self.project).get(self.run_id)

    def output_hashes(self) -> dict[str, str]:
        """Return the files of the run, as paths inside the project, with their SHA-256."""
        return {
            path.relative_to(self.project.path).as_posix(): file_sha256(path)
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.name.startswith(BEGUN)
        }


def unfinished_solution(problem: Problem, moment: Moment, selected: BoolArray) -> Solution:
    """Return what a search had found at a moment, as a solution."""
    amount = held(problem, selected)
    target = np.full(amount.size, np.nan) if problem.target is None else problem.target
    table = FeatureTable(
        name=problem.names(),
        target=target,
        held=amount,
        shortfall=shortfall(problem, amount) * np.nan_to_num(target),
        met=targets_met(problem, amount),
    )
    return Solution(
        selected=selected,
        objective=math.nan if moment.objective is None else moment.objective,
        bound=math.nan if moment.bound is None else moment.bound,
        gap=math.inf if moment.gap is None else moment.gap,
        status="stopped",
        method="",  # type: ignore[arg-type]  # the search has not told it yet
        reason="The run was ended before its search was.",
        cost=float(problem.cost[selected].sum()),
        boundary=boundary_length(problem, selected),
        features=table,
        countries=None,
        seconds=moment.seconds,
    )


def list_runs(project: Project) -> tuple[RunSummary, ...]:
    """Return the runs of a project, oldest first; unfinished ones too, damaged ones not.

    Parameters
    ----------
    project : Project
        Open, for reading at least.
    """
    recorded = _recorded(project)
    found = []
    for folder in _folders(project):
        try:
            title = load_request(folder / REQUEST).title
        except PlannerError:
            continue  # `damaged_runs` tells of it
        record = recorded.get(folder.name)
        solutions = folder / SOLUTIONS
        found.append(
            (
                (folder / REQUEST).stat().st_mtime_ns,
                RunSummary(
                    run_id=folder.name,
                    folder=folder,
                    title=title,
                    finished=(solutions / f"{BEST}.json").is_file(),
                    has_incumbent=(solutions / f"{INCUMBENT}.json").is_file(),
                    started="" if record is None else record.started,
                ),
            )
        )
    return tuple(run for _, run in sorted(found, key=lambda item: (item[0], item[1].run_id)))


def damaged_runs(project: Project) -> dict[str, str]:
    """Return the runs of a project that cannot be read: name to what is wrong with each."""
    found = {}
    for folder in _folders(project):
        try:
            load_request(folder / REQUEST)
        except PlannerError as error:
            found[folder.name] = str(error)
    return dict(sorted(found.items()))


def find_run(project: Project, run_id: str = "") -> RunSummary:
    """Return a run by its name or the beginning of it; the newest where none is named.

    Raises
    ------
    UsageError
        There is none, or several begin so.
    """
    runs = list_runs(project)
    if not runs:
        raise UsageError(
            f"The project {project.path} has no run of proposals yet. Make one with landbridge "
            f"propose {project.path}."
        )
    if not run_id:
        return next((run for run in reversed(runs) if run.finished), runs[-1])
    found = [run for run in runs if run.run_id.startswith(run_id)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"Several runs begin with {run_id!r}: {', '.join(run.run_id for run in found)}. "
            "Give more letters."
        )
    for name, problem in damaged_runs(project).items():
        if name.startswith(run_id):
            raise UsageError(f"The run {name} is damaged. {problem}")
    hint = nearest_names_hint(run_id, [run.run_id for run in runs])
    raise UsageError(f"The project {project.path} has no run {run_id!r}. {hint}")


def _recorded(project: Project) -> dict[str, RunRecord]:
    return {
        str(run.parameters["run"]): run
        for run in project.runs(step=STEP)
        if "run" in run.parameters
    }


def _folders(project: Project) -> list[Path]:
    return [path.parent for path in (project.path / FOLDER).glob(f"*/{REQUEST}")]
