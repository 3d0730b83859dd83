"""The folder of a run in a project: request, units, problem, solutions, trace."""

from __future__ import annotations

import contextlib
import math
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from algorithms.reserve.solution import (
    NOBODY,
    Solution,
    boundary_length,
)
from algorithms.reserve.tables import country_table, feature_table
from planner.errors import ReadOnlyProjectError
from planner.files import BEGUN, made_folder
from planner.project import file_sha256
from planner.reserve.feature_rows import read_features
from planner.reserve.request_file import load_request, save_request
from planner.reserve.stored_solution import (
    StoredSolution,
    read_solution,
    share_rows,
    write_solution,
)
from planner.reserve.watching import RunWatcher
from resources.errors import PlannerError, UsageError, nearest_names_hint
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from algorithms.arrays import BoolArray
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.solution import Moment, Watcher
    from planner.project import Project
    from planner.reserve.feature_rows import FeatureRow
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
        ISO 8601, UTC: when its request was written down.
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

    Everything of a run is in its folder, so it may be read without the project, from any
    thread.

    Parameters
    ----------
    folder : Path
        ``NAME.landbridge/reserve/RUN``.

    Attributes
    ----------
    folder : Path
        The folder.
    run_id : str
        Its name.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run_id = folder.name

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
        run = cls(project.path / FOLDER / uuid.uuid4().hex[:8])
        made_folder(run.folder / SOLUTIONS)
        save_request(request, run.folder / REQUEST)
        return run

    @classmethod
    def open(cls, project: Project | Path, run_id: str = "") -> Self:
        """Open a run by its name or the beginning of it; the newest one where none is named.

        Parameters
        ----------
        project : Project or Path
            Open project, or the folder of one.
        run_id : str
            Name; empty for the newest that is finished, else the newest of all.

        Raises
        ------
        UsageError
            There is none, or several begin so.
        """
        return cls(find_run(project, run_id).folder)

    @property
    def started(self) -> str:
        """When its request was written down: ISO 8601, UTC."""
        began = (self.folder / REQUEST).stat().st_mtime
        return datetime.fromtimestamp(began, UTC).isoformat(timespec="milliseconds")

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
        ``status`` (``available``, ``locked_in``, ``locked_out``), ``existing`` (whether
        existing sites are why it is locked in), ``cover`` (share covered by existing sites),
        ``complex`` (number, 0 where none) and the geometry in the project's equal-area CRS.

        Raises
        ------
        ReserveRunError
            The file is missing or was altered.
        """
        from planner.reserve.units_file import read_units  # noqa: PLC0415 - slow to load

        return read_units(self.folder / UNITS)

    @cached_property
    def _problem(self) -> tuple[Problem, tuple[str, ...]]:
        from planner.reserve.problem_file import load_problem  # noqa: PLC0415 - slow to load

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
        from planner.reserve.problem_file import save_problem  # noqa: PLC0415 - slow to load
        from planner.reserve.units_file import write_units  # noqa: PLC0415 - slow to load

        write_units(self.folder / UNITS, units)
        save_problem(self.folder / PROBLEM, problem, countries)
        self.__dict__.update(units=units, _problem=(problem, countries))

    def file(self, name: str) -> Path:
        """Return where a file of the run lies."""
        return self.folder / name

    def features(self) -> tuple[FeatureRow, ...]:
        """Return what the features are, in the order of the problem.

        Raises
        ------
        ReserveRunError
            The file is missing or was altered.
        """
        return read_features(self.folder / FEATURES)

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
        stored = StoredSolution.of(solution, self._countries(solution), facts)
        write_solution(self._solution_path(name), stored)
        if name == BEST:
            self._solution_path(INCUMBENT).unlink(missing_ok=True)
        return stored

    def _countries(self, solution: Solution) -> list[dict[str, object]]:
        """Return what each country gives and gains; new is what is not locked in."""
        problem, names = self._problem
        if problem.country is None or solution.countries is None:
            return []
        new = solution.selected & ~problem.must()
        country, n = problem.country[new], len(names)
        open_km2 = (self.units["area_km2"] * (1.0 - self.units["cover"])).to_numpy()[new]
        sums = tuple(
            np.bincount(country, weights=value, minlength=n).astype(np.float64)
            for value in (open_km2, problem.cost[new])
        )
        return share_rows(solution.countries, names, (sums[0], sums[1]))

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
            INCUMBENT, solution, label=mark("Best when the run was ended"), kind="incumbent"
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

    def output_hashes(self) -> dict[str, str]:
        """Return the files of the run, as paths inside the project, with their SHA-256."""
        project = self.folder.parent.parent
        return {
            path.relative_to(project).as_posix(): file_sha256(path)
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.name.startswith(BEGUN)
        }


def unfinished_solution(problem: Problem, moment: Moment, selected: BoolArray) -> Solution:
    """Return what a search had found at a moment, as a solution."""
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
        features=feature_table(problem, selected),
        countries=country_table(problem, selected),
        seconds=moment.seconds,
    )


def list_runs(project: Project | Path) -> tuple[RunSummary, ...]:
    """Return the runs of a project, oldest first; unfinished ones too, damaged ones not.

    Parameters
    ----------
    project : Project or Path
        Open, for reading at least; or the folder of one.
    """
    found = []
    for folder in _folders(project):
        try:
            found.append(_summary(folder))
        except PlannerError:
            continue  # `damaged_runs` tells of it
    return tuple(sorted(found, key=lambda run: (run.started, run.run_id)))


def _summary(folder: Path) -> RunSummary:
    return RunSummary(
        run_id=folder.name,
        folder=folder,
        title=load_request(folder / REQUEST).title,
        finished=(folder / SOLUTIONS / f"{BEST}.json").is_file(),
        has_incumbent=(folder / SOLUTIONS / f"{INCUMBENT}.json").is_file(),
        started=ReserveRun(folder).started,
    )


def damaged_runs(project: Project | Path) -> dict[str, str]:
    """Return the runs of a project that cannot be read: name to what is wrong with each."""
    found = {}
    for folder in _folders(project):
        try:
            load_request(folder / REQUEST)
        except PlannerError as error:
            found[folder.name] = str(error)
    return dict(sorted(found.items()))


def find_run(project: Project | Path, run_id: str = "") -> RunSummary:
    """Return a run by its name or the beginning of it.

    Parameters
    ----------
    project : Project or Path
        Open project, or the folder of one.
    run_id : str
        Name; empty for the newest that is finished, else the newest of all.

    Raises
    ------
    UsageError
        There is none, or several begin so.
    """
    runs, place = list_runs(project), _place(project)
    if not runs:
        raise UsageError(
            f"The project {place} has no run of proposals yet. Make one with landbridge "
            f"propose {place}."
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
    raise UsageError(f"The project {place} has no run {run_id!r}. {hint}")


def _place(project: Project | Path) -> Path:
    return project if isinstance(project, Path) else project.path


def _folders(project: Project | Path) -> list[Path]:
    return [path.parent for path in (_place(project) / FOLDER).glob(f"*/{REQUEST}")]
