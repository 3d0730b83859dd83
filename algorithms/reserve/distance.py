"""How different two selections are, and how to ask for one that is different enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from algorithms.reserve.problem import LinearConstraint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.reserve.problem import Problem

Measure: TypeAlias = Literal["area", "cost", "units"]


def unit_measure(problem: Problem, measure: Measure | None = None) -> FloatArray:
    """Return what each unit counts in the difference of two selections.

    Parameters
    ----------
    problem : Problem
        What was asked.
    measure : str, optional
        Area, cost, or number of units; by default the area where it is known, else the cost
        where there is one, else the number.

    Returns
    -------
    (n,) float64
        0 for units that are locked in: no two selections differ in them.

    Raises
    ------
    ValueError
        The area is asked and not known.
    """
    if measure == "area" and problem.area is None:
        raise ValueError("differences by area need the area of each unit: set area")
    size = np.ones(problem.n_units)
    if problem.area is not None and measure in {None, "area"}:
        size = problem.area
    elif measure == "cost" or (measure is None and problem.cost.any()):
        size = problem.cost
    return np.where(problem.must(), 0.0, size)


def distances(selections: Sequence[BoolArray], size: FloatArray) -> FloatArray:
    """Measure the Jaccard distance between every two selections.

    Parameters
    ----------
    selections : sequence of (n,) bool
        The selections.
    size : (n,) float64
        What each unit counts, >= 0.

    Returns
    -------
    (k, k) float64
        What only one of the two has, as a share of what they have together: 0 where they are
        alike, 1 where they have nothing in common.

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11,
    37-50.
    """
    chosen = np.array(selections, dtype=np.float64).reshape(len(selections), -1)
    common = (chosen * size) @ chosen.T
    each = np.diag(common)
    together = each[:, None] + each[None, :] - common
    share = np.ones_like(common)
    np.divide(common, together, out=share, where=together > 0)
    return np.asarray(1.0 - share)


def at_least_apart(
    selected: BoolArray, size: FloatArray, distance: float, name: str
) -> LinearConstraint:
    """Ask for a selection at a Jaccard distance from a given one.

    Parameters
    ----------
    selected : (n,) bool
        The given selection; something in it must count.
    size : (n,) float64
        What each unit counts, >= 0.
    distance : float
        Least distance, over 0 to 1.
    name : str
        Of the constraint.

    Notes
    -----
    With x the new selection and y the given one, the distance ``1 - w(x and y) / w(x or y)``
    is at least d where ``(1 - d) w(x without y) - w(x and y) >= -(1 - d) w(y)``: linear in x.
    """
    coefficient = np.where(selected, -size, (1.0 - distance) * size)
    lower = -(1.0 - distance) * float(size[selected].sum())
    return LinearConstraint(name=name, coefficient=coefficient, lower=lower)
