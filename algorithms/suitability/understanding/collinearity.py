"""Collinearity: variables that tell the same, so that a model cannot tell which one matters.

References
----------
.. [1] Dormann, C. F. et al. (2013). Collinearity: a review of methods to deal with it and a
   simulation study evaluating their performance. Ecography 36, 27-46.
.. [2] Belsley, D. A., Kuh, E. and Welsch, R. E. (1980). Regression Diagnostics. Wiley.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.stats import rankdata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import FloatArray

STRONG_CORRELATION = 0.7
"""Correlation from which collinearity begins to distort models [1]_."""
_NOTHING_LEFT = 1e-10


def correlation_matrix(
    values: FloatArray,
    *,
    kind: Literal["spearman", "pearson"] = "spearman",
    categorical: Sequence[int] = (),
) -> FloatArray:
    """Return the correlation of every pair of variables.

    Parameters
    ----------
    values : (n, p) float64
        Variables at points, finite, n >= 2; a sample of the area, by preference.
    kind : {"spearman", "pearson"}
        Of ranks (any steady relation) or of the values (a straight line).
    categorical : sequence of int
        Columns that hold class codes, which have no order and so no correlation.

    Returns
    -------
    (p, p) float64
        -1 to 1, symmetric, 1 on the diagonal; NaN in rows and columns of constant and
        categorical variables.

    Raises
    ------
    ValueError
        The shape is wrong, a value is not finite, a column is out of range, or `kind` unknown.
    """
    ordered = _check(values, categorical)
    if kind not in ("spearman", "pearson"):
        raise ValueError(f"kind is spearman or pearson, got {kind!r}")
    used = values[:, ordered]
    if kind == "spearman":
        used = rankdata(used, axis=0)
    matrix = np.full((values.shape[1],) * 2, np.nan)
    if len(ordered):
        unit = _standardised(used)
        matrix[np.ix_(ordered, ordered)] = np.clip(unit.T @ unit, -1.0, 1.0)
        matrix[ordered, ordered] = 1.0
    return matrix


def strongly_correlated(
    matrix: FloatArray, *, limit: float = STRONG_CORRELATION
) -> list[tuple[int, int]]:
    """Return the pairs of variables whose correlation reaches a limit, strongest first.

    Parameters
    ----------
    matrix : (p, p) float64
        As from `correlation_matrix`.
    limit : float
        Absolute correlation from which a pair is listed.

    Returns
    -------
    list of tuple of int
        Column numbers, the lower one first.
    """
    first, second = np.triu_indices(len(matrix), k=1)
    size = np.abs(matrix[first, second])
    listed = np.flatnonzero(size >= limit)
    listed = listed[np.argsort(-size[listed], kind="stable")]
    return [(int(first[i]), int(second[i])) for i in listed]


def variance_inflation(values: FloatArray, *, categorical: Sequence[int] = ()) -> FloatArray:
    """Return the variance inflation factor of every variable [2]_.

    Parameters
    ----------
    values : (n, p) float64
        Variables at points, finite, n >= 2.
    categorical : sequence of int
        Columns that hold class codes; left out, as are constant ones.

    Returns
    -------
    (p,) float64
        ``1 / (1 - R2)`` with the share ``R2`` of the variable that a straight-line mix of the
        others explains: 1 where it stands alone, above 10 where little of it is its own, inf
        where nothing is; NaN for variables left out.

    Raises
    ------
    ValueError
        The shape is wrong, a value is not finite, or a column is out of range.
    """
    ordered = _check(values, categorical)
    factor = np.full(values.shape[1], np.nan)
    unit = _standardised(values[:, ordered])
    for i, column in enumerate(ordered):
        others = np.delete(unit, i, axis=1)
        left = unit[:, i]
        if others.shape[1]:
            left = left - others @ np.linalg.lstsq(others, left, rcond=None)[0]
        unexplained = float(left @ left)
        factor[column] = 1.0 / unexplained if unexplained > _NOTHING_LEFT else np.inf
    return factor


def _check(values: FloatArray, categorical: Sequence[int]) -> list[int]:
    """Return the columns that vary and have an order."""
    if values.ndim != 2 or len(values) < 2:
        raise ValueError(f"values are (points, variables), 2 points or more: {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("a value is not finite; leave such points out")
    if any(not 0 <= column < values.shape[1] for column in categorical):
        raise ValueError(f"categorical columns {tuple(categorical)} of {values.shape[1]}")
    varies = values.min(axis=0) < values.max(axis=0)
    return [i for i in range(values.shape[1]) if varies[i] and i not in categorical]


def _standardised(values: FloatArray) -> FloatArray:
    """Return columns of mean 0 and length 1."""
    centred = values - values.mean(axis=0)
    unit: FloatArray = centred / np.sqrt((centred**2).sum(axis=0))
    return unit
