"""What Marxan charges for missing a target: the cost of reaching it alone, by its own rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled
from planner.marxan.reading import read_table
from planner.marxan.tables import told_ids

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from planner.marxan.features import Features
    from planner.marxan.folder import MarxanFolder

NOTHING = 1e-14
"""What Marxan takes for a cost or an amount of 0 where it divides by it."""


def base_penalties(folder: MarxanFolder) -> FloatArray:
    """Return the penalty of missing each feature wholly, before its SPF.

    As Marxan 4 computes it: units are added for one feature alone, the cheapest that
    completes the target or else the one with the most amount per cost, until the target is
    reached; their costs, with all of their boundary, are the penalty. Where the units do not
    suffice, the penalty grows by target over what there is; a feature that no unit may hold
    at all has none here, since missing it is no matter of choice.

    Parameters
    ----------
    folder : MarxanFolder
        The problem.

    Returns
    -------
    (features,) float64
        Penalties, >= 0, in the unit of cost.

    References
    ----------
    Game, E. T. & Grantham, H. S. (2008). Marxan User Manual, version 1.8.10, appendix B;
    Marxan 4.0, computePenalties.
    """
    units, features = folder.units, folder.features
    value = _worth(folder)
    alone = "MATRIXSPORDERNAME" not in folder.parameters.given
    locked_in = units.locked_in
    result = np.zeros(len(features))
    for row in range(len(features)):
        part = slice(folder.amount.indptr[row], folder.amount.indptr[row + 1])
        unit = folder.amount.indices[part]
        amount = folder.amount.data[part]
        fixed = locked_in[unit]
        free = ~fixed & ~units.locked_out[unit]
        # Marxan 4 starts from all locked-in units, or with a table sorted by species from
        # those that hold the feature.
        start = float(value[locked_in].sum() if alone else value[unit[fixed]].sum())
        count = int(np.count_nonzero(locked_in if alone else fixed))
        result[row] = _penalty(
            amount[free],
            np.where(value[unit[free]] == 0, NOTHING, value[unit[free]]),
            np.array([features.target[row], features.occurrences[row]]),
            np.array([float(amount[fixed].sum()), float(count), start]),
        )
    return result


def _worth(folder: MarxanFolder) -> FloatArray:
    """(n,) float64: what each unit costs when it stands alone."""
    value = folder.units.cost.copy()
    boundary = folder.boundary
    if boundary is not None:
        around = boundary.exposed + boundary.lean
        for end in (0, 1):
            around += np.bincount(
                boundary.edges[:, end], weights=boundary.length, minlength=len(value)
            )
        value += folder.parameters.boundary_modifier * around
    return value


@compiled
def _penalty(
    amount: FloatArray, cost: FloatArray, wanted: FloatArray, start: FloatArray
) -> float:
    """Add units one by one until amount and occurrences suffice.

    `wanted` holds the amount and the count asked for; `start` the amount, count and cost of
    what is locked in.
    """
    target: float = wanted[0]
    occurrences: float = wanted[1]
    held: float = start[0]
    count: float = start[1]
    penalty: float = start[2]
    if held >= target and count >= occurrences:
        return penalty
    used = np.zeros(amount.size, dtype=np.bool_)
    by_rate = np.argsort(-amount / cost, kind="mergesort")
    by_amount = np.argsort(-amount, kind="mergesort")
    richest, largest = 0, 0
    while held < target or count < occurrences:
        largest = _first_unused(by_amount, used, largest)
        if largest < amount.size and amount[by_amount[largest]] < target - held:
            # None completes the target: the rule then takes the most amount per cost.
            richest = _first_unused(by_rate, used, richest)
            best = by_rate[richest]
        else:
            best = _next_unit(amount, cost, used, target - held)
        if best < 0:
            if held == 0.0:
                return 0.0
            scale = 0.0
            if held < target:
                scale = target / held
            if count < occurrences and count > 0:
                scale += occurrences / count
            return penalty * scale
        used[best] = True
        held += amount[best]
        count += 1.0
        penalty += cost[best]
    return penalty


@compiled
def _first_unused(order: NDArray[np.intp], used: BoolArray, start: int) -> int:
    """Return the place of the first unit in an order that is not used, from a place on."""
    place = start
    while place < order.size and used[order[place]]:
        place += 1
    return place


@compiled
def _next_unit(amount: FloatArray, cost: FloatArray, used: BoolArray, lacking: float) -> int:
    """Return the unit that Marxan's rule adds next; -1 where all are used.

    The rule walks through the units once and keeps the last of two kinds: one that completes
    the target for less than the one kept, or one with more amount per cost than the best so
    far. So it depends on their order, which is that of pu.dat.
    """
    best, completes = -1, False
    best_cost, best_rate = 0.0, 0.0
    for unit in range(amount.size):
        if used[unit]:
            continue
        if amount[unit] >= lacking and (not completes or cost[unit] < best_cost):
            completes = True
            best, best_cost = unit, cost[unit]
        elif best_rate < amount[unit] / cost[unit]:
            best, best_cost = unit, cost[unit]
            best_rate = amount[unit] / cost[unit]
    return best


def read_penalties(path: Path, features: Features) -> FloatArray:
    """Read penalties that the user gives (PENALTYNAME).

    Parameters
    ----------
    path : Path
        A table with the columns spid and penalty; features that it lacks have none.
    features : Features
        The features.

    Returns
    -------
    (features,) float64

    Raises
    ------
    MarxanFolderError
        A feature is not known, a penalty is negative, or a cell is no number.
    """
    table = read_table(path, headless=("spid", "penalty"))
    ids = table.ids(table.needed("spid", "species", "id"))
    penalty = table.numbers(table.needed("penalty"))
    rows: NDArray[np.intp] = features.rows(ids)
    if (rows < 0).any():
        table.refuse(
            rows < 0,
            f"{told_ids('feature', ids[rows < 0].tolist())} is not known",
            "Add it to spec.dat, or take the lines out",
        )
    if (penalty < 0).any():
        table.refuse(
            penalty < 0,
            f"the penalty of {told_ids('feature', ids[penalty < 0].tolist())} is negative",
            "Penalties must be 0 or more",
        )
    result = np.zeros(len(features))
    result[rows] = penalty
    return result
