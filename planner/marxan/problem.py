"""The problem that a Marxan folder poses, as the solvers of reserves take it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

from algorithms.reserve.problem import Problem
from planner.marxan.penalties import base_penalties, read_penalties

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray
    from planner.marxan.folder import MarxanFolder

OWN_PENALTIES = 10
"""Run modes from this one on take the penalties of PENALTYNAME instead of computing them."""


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A folder with the problem that is solved.

    Attributes
    ----------
    folder : MarxanFolder
        What was read.
    problem : Problem
        What is asked: the rows of its features are those of the folder, followed by a row for
        each feature with a target of occurrences.
    charge : (features,) float64 or None
        What missing each feature wholly adds to the score; None where targets are kept.
    """

    folder: MarxanFolder
    problem: Problem
    charge: FloatArray | None = None

    @property
    def soft(self) -> bool:
        """Whether targets may be missed at a charge."""
        return self.charge is not None


def kept_targets(folder: MarxanFolder, *, budget: float | None = None) -> Posed:
    """Pose the problem with every target kept.

    Least ``cost + BLM * boundary`` such that every target is held, of amounts and of
    occurrences. A feature whose SPF is 0 asks for nothing, as missing it costs nothing.

    Parameters
    ----------
    folder : MarxanFolder
        What was read.
    budget : float, optional
        Largest cost of the selection.

    Returns
    -------
    Posed
    """
    features = folder.features
    asked = features.factor > 0
    problem = _without_objective(
        folder,
        np.where(asked, features.target, 0.0),
        np.where(asked, features.occurrences, 0.0),
    )
    return Posed(folder, replace(problem, objective="minimum_set", budget=budget))


def missed_at_a_charge(folder: MarxanFolder, *, budget: float | None = None) -> Posed:
    """Pose the problem of Marxan's own score, where targets may be missed at a charge.

    Least ``cost + BLM * boundary + sum_f SPF_f * penalty_f * missing_f``, with the penalty as
    Marxan computes it (or as PENALTYNAME gives it, in run modes that take it) and the missing
    share of the target; of a feature with targets of amount and of occurrences the mean of
    both shares.

    Parameters
    ----------
    folder : MarxanFolder
        What was read.
    budget : float, optional
        Largest cost of the selection.

    Returns
    -------
    Posed

    Raises
    ------
    MarxanFolderError
        The table of penalties cannot be used.
    """
    features = folder.features
    charge = features.factor * _penalties(folder)
    problem = _without_objective(folder, features.target, features.occurrences)
    counted = features.occurrences > 0
    share = np.where(counted & (features.target > 0), 0.5, 1.0)
    weight = np.concatenate((charge * share, (charge * share)[counted]))
    penalty = folder.units.cost.copy()
    if problem.penalty is not None:
        penalty += problem.penalty
    return Posed(
        folder,
        replace(
            problem,
            objective="minimum_shortfall",
            weight=weight,
            penalty=penalty,
            budget=budget,
        ),
        charge,
    )


def _penalties(folder: MarxanFolder) -> FloatArray:
    mode = folder.parameters.whole("RUNMODE", 1, least=-1, most=100)
    path = folder.places.inputs.get("PENALTYNAME")
    if mode >= OWN_PENALTIES and path is not None:
        return read_penalties(path, folder.features)
    return base_penalties(folder)


def _without_objective(
    folder: MarxanFolder, target: FloatArray, occurrences: FloatArray
) -> Problem:
    """Pose amounts, targets, locks and boundaries; rows of occurrences follow the features."""
    counted = folder.features.occurrences > 0
    labels = folder.features.labels()
    amount, names = folder.amount, labels
    if counted.any():
        amount = csr_array(vstack((folder.amount, folder.occurrences()[counted])))
        names = (
            *labels,
            *(f"occurrences of {labels[row]}" for row in np.flatnonzero(counted)),
        )
    modifier = folder.parameters.boundary_modifier
    problem = Problem(
        cost=folder.units.cost,
        amount=amount,
        target=np.concatenate((target, occurrences[counted])),
        locked_in=folder.units.locked_in,
        locked_out=folder.units.locked_out,
        feature_names=names,
    )
    boundary = folder.boundary
    if boundary is None:
        return problem
    leans = bool(boundary.lean.any())
    return replace(
        problem,
        edges=boundary.edges,
        edge_length=boundary.length,
        exposed_length=boundary.exposed,
        boundary_penalty=modifier,
        penalty=modifier * boundary.lean if leans else None,
    )
