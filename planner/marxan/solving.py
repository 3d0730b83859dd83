"""Solving a Marxan folder: the selection with its proof, and what a reader must know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL
from algorithms.reserve.portfolio import portfolio
from algorithms.reserve.series import NOBODY_AT_ALL
from algorithms.reserve.solution import NOBODY, InfeasibleProblemError
from algorithms.reserve.solving import solve
from planner.marxan.errors import MarxanFolderError
from planner.marxan.result_texts import Run
from planner.marxan.standing import standing
from planner.marxan.tables import told_list
from resources.errors import PlannerError

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.portfolio import PortfolioRule
    from algorithms.reserve.series import Effort, SeriesWatcher
    from algorithms.reserve.solution import Watcher
    from planner.marxan.problem import Posed
    from planner.marxan.standing import Standing


class MarxanTargetError(MarxanFolderError):
    """Targets that no selection can hold; tells which, and by how much they are missed.

    Attributes
    ----------
    shortages : tuple of (str, float)
        What is short, and the amount that is missing.
    """

    def __init__(self, message: str, shortages: tuple[tuple[str, float], ...]) -> None:
        super().__init__(message)
        self.shortages = shortages


def solve_folder(
    posed: Posed,
    effort: Effort,
    *,
    control: Control = NULL_CONTROL,
    watcher: Watcher = NOBODY,
) -> Run:
    """Solve the problem of a folder.

    Parameters
    ----------
    posed : Posed
        The problem.
    effort : Effort
        How far to search.
    control : Control
        Told the share of the work done; may cancel.
    watcher : Watcher
        Told every better selection and tighter bound; may end the search and keep the best.

    Returns
    -------
    Run

    Raises
    ------
    MarxanTargetError
        Targets cannot be held; names them and what is missing.
    MarxanFolderError
        The solver that was asked for does not take such a problem.
    NoSelectionError
        The search ended before a selection was found.
    """
    try:
        solution = solve(
            posed.problem,
            gap=effort.gap,
            time_limit=effort.time_limit,
            threads=effort.threads,
            control=control,
            watcher=watcher,
            method=effort.method,
            seed=effort.seed,
        )
    except InfeasibleProblemError as error:
        budget = "" if posed.problem.budget is None else ", the budget with --budget"
        raise MarxanTargetError(
            f"{posed.folder.parameters.path}: {_sentence(str(error))} Targets are in "
            f"{posed.folder.places.inputs['SPECNAME'].name}, locks in "
            f"{posed.folder.places.inputs['PUNAME'].name}{budget}; --soft lets targets be "
            "missed at a charge, as Marxan does.",
            error.shortages,
        ) from error
    except ValueError as error:
        if isinstance(error, PlannerError):
            raise
        told = f" with the solver {effort.method}" if effort.method else ""
        raise MarxanFolderError(
            f"{posed.folder.parameters.path} cannot be solved{told}: {_sentence(str(error))}"
        ) from error
    return Run(standing(posed, solution.selected), solution)


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """Selections that are nearly as good as the best and differ from each other.

    Attributes
    ----------
    runs : tuple of Run
        The best one found, and the others by their score.
    frequency : (n,) float64
        Share of them that have each unit.
    no_regret : (n,) bool
        Units that every selection within the limit is proved to have.
    in_every_found : (n,) bool
        Units that every selection seen within the limit has.
    notes : tuple of str
        What a reader must know of how they were found.
    """

    runs: tuple[Run, ...]
    frequency: FloatArray
    no_regret: BoolArray
    in_every_found: BoolArray
    notes: tuple[str, ...]


def find_alternatives(
    posed: Posed,
    best: Run,
    rule: PortfolioRule,
    effort: Effort,
    *,
    control: Control = NULL_CONTROL,
    watcher: SeriesWatcher = NOBODY_AT_ALL,
) -> Alternatives:
    """Find selections that are nearly as good as the best and differ from each other.

    Parameters
    ----------
    posed : Posed
        The problem.
    best : Run
        The solution to start from.
    rule : PortfolioRule
        How many, how good, how different.
    effort : Effort
        How far to search, all of them together.
    control : Control
        Told the share of the work done; may cancel.
    watcher : SeriesWatcher
        Told of each search; may end all of it and keep what was found.

    Returns
    -------
    Alternatives
        With fewer runs than wanted where no more exist, or none was found in time.
    """
    found = portfolio(
        posed.problem,
        rule,
        first=best.solution,
        effort=effort,
        control=control,
        watcher=watcher,
    )
    runs = [Run(standing(posed, member.selected), member) for member in found.members]
    runs.sort(key=lambda run: run.solution.objective)
    notes = found.notes
    if len(runs) < rule.count:
        proved = "proved" if found.exhausted else "not proved"
        notes = (
            f"{rule.count} were sought; that no further one is so good and so different is "
            f"{proved}.",
            *notes,
        )
    return Alternatives(
        tuple(runs), found.frequency, found.no_regret, found.in_every_found, notes
    )


def _sentence(text: str) -> str:
    plain = text.strip()
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."


def told_afterwards(posed: Posed, reached: Standing) -> list[str]:
    """Tell what Marxan would have counted and the solver did not, a sentence each.

    Parameters
    ----------
    posed : Posed
        The problem.
    reached : Standing
        The selection.
    """
    return [*_told_threshold(posed, reached), *_told_clumps(posed, reached)]


def _told_threshold(posed: Posed, reached: Standing) -> list[str]:
    parameters = posed.folder.parameters
    threshold = parameters.number("COSTTHRESH", 0.0, least=0.0)
    if not threshold:
        return []
    spent = reached.cost + parameters.boundary_modifier * reached.boundary
    if spent <= threshold:
        return [
            f"COSTTHRESH {threshold:,.6g} is kept: cost and boundary come to {spent:,.6g}, so "
            "the threshold adds nothing to the score."
        ]
    return [
        f"COSTTHRESH {threshold:,.6g} is exceeded by {spent - threshold:,.6g}. Its penalty "
        "(THRESHPEN1, THRESHPEN2) is not carried over; --soft with --budget gives up targets "
        "rather than exceed a budget."
    ]


def _told_clumps(posed: Posed, reached: Standing) -> list[str]:
    features = posed.folder.features
    told = []
    ids = features.id
    clumps = (features.clump > 0) & (features.target > 0)
    short = clumps & (reached.in_clumps < features.target * (1.0 - 1e-9))
    if short.any():
        rows = [
            f"{ids[row]} ({reached.in_clumps[row]:,.6g} of {features.target[row]:,.6g})"
            for row in np.flatnonzero(short)
        ]
        told.append(
            f"Not enough lies in clumps of target2 for {told_list('feature', rows)}: Marxan "
            "would count the rest as missing."
        )
    elif clumps.any():
        told.append("Every target is held in clumps of target2, though that was not asked.")
    apart = (features.separate > 0) & (features.distance > 0)
    if not apart.any():
        return told
    if posed.folder.units.place is None:
        told.append("Separation cannot be measured: pu.dat has no columns xloc and yloc.")
        return told
    few = apart & (reached.separations < features.separate)
    if few.any():
        rows = [
            f"{ids[row]} ({reached.separations[row]} of {features.separate[row]:g})"
            for row in np.flatnonzero(few)
        ]
        told.append(
            f"Fewer occurrences were found apart than sepnum for {told_list('feature', rows)}; "
            "they were looked for one by one, so there may be more."
        )
    else:
        told.append("Occurrences lie apart as sepnum wants, though that was not asked.")
    return told
