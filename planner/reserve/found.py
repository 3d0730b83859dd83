"""What is worked out of a solution as soon as it is found: ledger, proposals, alternative."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.reserve.series import Effort
from planner.reserve.alternative import compute_alternative
from planner.reserve.complexes import ComplexFinder
from planner.reserve.ground import GROUND, ground_of, load_ground, save_ground
from planner.reserve.ledger import compute_ledger
from planner.reserve.proposal import write_proposals
from planner.reserve.reasons import explained
from planner.reserve.run_folder import BEST

if TYPE_CHECKING:
    from algorithms.control import Control
    from planner.project import Project
    from planner.reserve.ground import Ground
    from planner.reserve.proposal import Proposals
    from planner.reserve.run_folder import ReserveRun

REPLACEMENT_GAP = 0.001
"""Replacement costs of small parts are a small share of the whole: a wider gap hides them."""
REPLACEMENT_SHARE = 0.5
"""What replacement costs may take at most, as a share of the time that the search may take."""
REPLACEMENT_SEARCHES = 2.0
"""What they may take, as a share of the time that the search did take."""
REPLACEMENT_SECONDS = 20.0
"""What they may take at least, unless the search may take less than that."""
ALTERNATIVE_SHARE = 1.0
"""What the comparison with enlarging may take, as a share of the time the search may take."""


def store_findings(
    run: ReserveRun,
    project: Project,
    control: Control = NULL_CONTROL,
    *,
    solution: str = BEST,
) -> Proposals:
    """Work out what a solution means and keep it with the run.

    Its ledger, its proposals with the reasons of each part, and what enlarging existing sites
    would cost instead. With the first solution of a run the ground is kept on which all are
    measured.

    Parameters
    ----------
    run : ReserveRun
        The run.
    project : Project
        With the sites, pairs, corridors and suitability that the run was made from.
    control : Control
        Told the progress; may cancel. What was finished by then is kept.
    solution : str
        One of the run's solutions.

    Returns
    -------
    Proposals
        What it proposes.

    Raises
    ------
    PlannerError
        The run or the project cannot be read, or the folder cannot be written.
    """
    ground, finder = _finder(run, project)
    control.report(0.1)
    compute_ledger(run, solution, ground)
    control.report(0.15)
    stored = run.solution(solution)
    effort = replacement_effort(run, stored.seconds)
    found = finder.proposals(solution, stored.mask())
    write_proposals(run, found)
    found = explained(finder, found, stored, effort, PartControl(control, 0.2, 0.6))
    write_proposals(run, found)
    compute_alternative(
        run,
        solution,
        ground=ground,
        seconds=ALTERNATIVE_SHARE * run.request.search.time_limit_s,
        control=PartControl(control, 0.6, 1.0),
    )
    return found


def replacement_effort(run: ReserveRun, searched: float) -> Effort:
    """Return what replacement costs may use after a search of so many seconds.

    Twice as long as it took, but 20 s at least, and never more than half of what the search
    might have taken.
    """
    effort = effort_of(run, REPLACEMENT_SHARE)
    seconds = max(REPLACEMENT_SECONDS, REPLACEMENT_SEARCHES * searched)
    return replace(
        effort,
        gap=min(effort.gap, REPLACEMENT_GAP),
        time_limit=min(effort.time_limit, seconds),
    )


def _finder(run: ReserveRun, project: Project) -> tuple[Ground, ComplexFinder]:
    """Return the ground of a run, made where it is not kept yet, and what finds complexes."""
    ground, study, protected = ground_of(project, run)
    if run.file(GROUND).is_file():
        ground = load_ground(run.folder)
    else:
        save_ground(run.folder, ground)
    return ground, ComplexFinder(run, ground, study, protected)


def effort_of(run: ReserveRun, searches: float) -> Effort:
    """Return what an analysis of a run may use: as much as so many of its own searches."""
    search = run.request.search
    return Effort(
        gap=search.gap,
        time_limit=searches * search.time_limit_s,
        threads=search.threads,
        method=search.method or None,
        seed=search.seed,
    )
