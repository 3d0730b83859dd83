"""How large blocks may be, so that presences can be dealt out to folds evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray

_STEP = 0.8
_EVEN = 0.5


def even_block_size(
    x: FloatArray, y: FloatArray, *, largest: float, least: float, n_folds: int
) -> float:
    """Return the largest size of blocks whose presences can be dealt out evenly.

    Large blocks keep test and training apart; too large ones hold the presences in so few that
    folds go empty or hold one presence. Sizes are tried from the largest down, each four fifths
    of the one before, until twice as many blocks as folds hold presences (or as many as there
    are presences) and the smallest fold, dealt as `spatial_folds` deals, has at least half of
    an even share.

    Parameters
    ----------
    x, y : (n,) float64
        Places of the presences, finite, n >= 1, in the unit of the sizes.
    largest, least : float
        Sizes between which one is looked for, above 0. Below `least` a block would be no larger
        than the cells of the map, or than the reach of spatial autocorrelation.
    n_folds : int
        Folds wanted, >= 2.

    Returns
    -------
    float
        The size; where none will do, the largest of those whose smallest fold has the most
        presences.

    Raises
    ------
    ValueError
        There is no presence, or a parameter is out of range.
    """
    if len(x) == 0 or x.shape != y.shape or n_folds < 2 or not least > 0.0:
        raise ValueError("blocks need presences, sizes above 0 and 2 folds or more")
    size, best, best_fold = largest, max(largest, least), -1
    enough = min(2 * n_folds, len(x))
    while True:
        size = max(size, least)
        held = _presences(x, y, size)
        fold = _smallest_fold(held, n_folds)
        if len(held) >= enough and fold >= max(1, int(_EVEN * len(x) / n_folds)):
            return float(size)
        if fold > best_fold:
            best, best_fold = size, fold
        if size <= least:
            return float(best)
        size *= _STEP


def _presences(x: FloatArray, y: FloatArray, size: float) -> list[int]:
    """Return the number of presences of each block that has some, from the most down."""
    cell = np.floor(np.column_stack([x, y]) / size)
    counts = np.unique(cell, axis=0, return_counts=True)[1]
    return sorted((int(count) for count in counts), reverse=True)


def _smallest_fold(held: list[int], n_folds: int) -> int:
    folds = [0] * n_folds
    for count in held:
        folds[folds.index(min(folds))] += count
    return min(folds)
