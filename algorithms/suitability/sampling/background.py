"""Background points: a sample of what the study area offers, to compare presences with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray


def sample_background(
    available: BoolArray,
    count: int,
    *,
    rng: np.random.Generator,
    weight: FloatArray | None = None,
) -> tuple[IntArray, IntArray]:
    """Draw cells of the study area without replacement.

    Parameters
    ----------
    available : (rows, columns) bool
        True where a cell may be drawn: inside the area and with all predictors known.
    count : int
        Number of cells wanted, >= 1. Where fewer are available, all of them are returned.
    rng : Generator
        Source of randomness.
    weight : (rows, columns) float64, optional
        Relative effort with which each cell was searched, >= 0 and finite where `available`;
        presences gathered with the same effort are then compared fairly [1]_. Cells of
        weight 0 are never drawn. Uniform by default.

    Returns
    -------
    rows, columns : (n,) int32
        The cells, in reading order, ``n = min(count, cells that can be drawn)``.

    Raises
    ------
    ValueError
        No cell can be drawn, `count` is below 1, shapes differ, or a weight is negative or
        not finite.

    Notes
    -----
    Each cell gets the key ``e / weight`` with ``e`` standard exponential, and the smallest keys
    win: the scheme of Efraimidis and Spirakis [2]_ in logarithms.

    References
    ----------
    .. [1] Phillips, S. J. et al. (2009). Sample selection bias and presence-only distribution
       models: implications for background and pseudo-absence data. Ecological Applications 19,
       181-197.
    .. [2] Efraimidis, P. S. and Spirakis, P. G. (2006). Weighted random sampling with a
       reservoir. Information Processing Letters 97, 181-185.
    """
    if count < 1:
        raise ValueError(f"the number of background cells is at least 1, got {count}")
    drawable = np.flatnonzero(available)
    cell_weight = np.ones(len(drawable))
    if weight is not None:
        if weight.shape != available.shape:
            raise ValueError(f"weights have shape {weight.shape}, cells {available.shape}")
        cell_weight = weight.ravel()[drawable]
        if not np.isfinite(cell_weight).all() or (cell_weight < 0.0).any():
            raise ValueError("background weights are finite and >= 0 on every available cell")
        drawable, cell_weight = drawable[cell_weight > 0.0], cell_weight[cell_weight > 0.0]
    if len(drawable) == 0:
        raise ValueError("no cell is available for the background; check area and predictors")
    if count < len(drawable):
        key = rng.standard_exponential(len(drawable)) / cell_weight
        drawable = np.sort(drawable[np.argpartition(key, count - 1)[:count]])
    rows, columns = np.divmod(drawable, available.shape[1])
    return rows.astype(np.int32), columns.astype(np.int32)
