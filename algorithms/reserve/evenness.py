"""How even the countries' shares of a selection are, and floors that keep them so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.reserve.problem import Problem


def entitlements(problem: Problem) -> tuple[IntArray, FloatArray]:
    """Return the countries and the share that would be just for each.

    Returns
    -------
    (countries,) int32
        Codes, ascending.
    (countries,) float64
        Shares, summing to 1; equal ones where the problem names none.

    Raises
    ------
    ValueError
        The problem has no countries.
    """
    if problem.country is None:
        raise ValueError("fairness needs the country of each unit: set country")
    codes = np.unique(problem.country).astype(np.int32)
    if problem.entitlement is None:
        return codes, np.full(codes.size, 1.0 / codes.size)
    given = problem.entitlement
    return codes, np.array([given.get(int(code), 0.0) for code in codes])


def country_shares(problem: Problem, selected: BoolArray) -> FloatArray:
    """(countries,) float64: each country's share of what the problem shares out.

    NaN where nothing is selected that counts. The countries are those of `entitlements`.
    """
    codes, _ = entitlements(problem)
    quantity = np.where(selected, problem.share_quantity(), 0.0)
    parts = np.array([quantity[problem.country == code].sum() for code in codes])
    total = float(parts.sum())
    return parts / total if total != 0 else np.full(codes.size, np.nan)


def evenness(share: FloatArray, entitlement: FloatArray) -> float:
    """Return the least share, each divided by its country's entitlement.

    Parameters
    ----------
    share : (countries,) float64
        Shares, summing to 1; NaN where nothing is shared out.
    entitlement : (countries,) float64
        Shares that would be just, summing to 1. A country with none is not asked for any.

    Returns
    -------
    float
        1 where every country has just its entitlement, 0 where one has nothing; NaN where
        nothing is shared out.
    """
    entitled = entitlement > 0
    return float(np.min(share[entitled] / entitlement[entitled]))


def gini(share: FloatArray, entitlement: FloatArray) -> float:
    """Return the Gini coefficient of the shares, each country weighted by its entitlement.

    Parameters
    ----------
    share, entitlement : (countries,) float64
        As for `evenness`.

    Returns
    -------
    float
        0 where every country has just its entitlement, towards 1 where one has everything.

    Notes
    -----
    ``1/2 sum_c sum_d |s_c e_d - s_d e_c|``: with equal entitlements the usual coefficient of
    the shares; with others that of share per entitlement, weighted by the entitlements.

    References
    ----------
    Gini, C. (1912). Variabilità e mutabilità. Bologna: Cuppini.
    """
    cross = np.outer(share, entitlement)
    return float(0.5 * np.abs(cross - cross.T).sum())


def with_floor(problem: Problem, level: float) -> Problem:
    """Return the problem in which every country has a share of its entitlement at least.

    Parameters
    ----------
    problem : Problem
        What was asked.
    level : float
        Least evenness, 0 to 1. Shares that the problem asks already stay where they are
        higher.

    Returns
    -------
    Problem
        With least shares in place of the greatest fairness, where that was asked.
    """
    codes, entitlement = entitlements(problem)
    least = dict(problem.share_min)
    for code, just in zip(codes.tolist(), entitlement.tolist(), strict=True):
        if level * just > 0:
            least[code] = max(least.get(code, 0.0), level * just)
    return replace(problem, max_min_fair=False, share_min=least)
