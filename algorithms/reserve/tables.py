"""What a selection holds, and what each country gives and gains by it, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.reserve.solution import CountryTable, FeatureTable, held, targets_met

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray
    from algorithms.reserve.problem import Problem


def feature_table(problem: Problem, selected: BoolArray) -> FeatureTable:
    """Return what a selection holds of each feature, and what is missing.

    Parameters
    ----------
    problem : Problem
        What was asked.
    selected : (n,) bool
        The selection.
    """
    amount = held(problem, selected)
    target = np.full(amount.size, np.nan) if problem.target is None else problem.target
    met = targets_met(problem, amount)
    missing = np.where(met, 0.0, np.nan_to_num(np.maximum(0.0, target - amount)))
    return FeatureTable(problem.names(), target, amount, missing, met)


def country_table(problem: Problem, selected: BoolArray) -> CountryTable | None:
    """Return what each country gives and gains by a selection; None without countries.

    Parameters
    ----------
    problem : Problem
        What was asked. Countries are those that have a planning unit.
    selected : (n,) bool
        The selection.
    """
    if problem.country is None:
        return None
    code, own = np.unique(problem.country, return_inverse=True)
    n = code.size

    def total(quantity: np.ndarray[tuple[int], np.dtype[np.float64]] | None) -> np.ndarray:
        if quantity is None:
            return np.full(n, np.nan)
        counted = np.bincount(own[selected], weights=quantity[selected], minlength=n)
        return counted.astype(np.float64)  # of nothing, it counts in whole numbers

    has_quantity = problem.share_of != "area" or problem.area is not None
    counted = total(problem.share_quantity() if has_quantity else None)
    whole = counted.sum()
    return CountryTable(
        code=code.astype(np.int32),
        units=np.bincount(own[selected], minlength=n).astype(np.int64),
        area=total(problem.area),
        cost=total(problem.cost),
        gain=total(problem.unit_gain()),
        share=counted / whole if whole != 0 else np.full(n, np.nan),
    )
