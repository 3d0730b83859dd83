"""Background points: a sample of what the study area offers, to compare presences with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, Control, PartControl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray

_BLOCK_CELLS = 2_000_000


def sample_background(
    available: BoolArray,
    count: int,
    *,
    rng: np.random.Generator,
    weight: NDArray[np.floating] | None = None,
    control: Control = NULL_CONTROL,
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
    weight : (rows, columns) float, optional
        Relative effort with which each cell was searched, >= 0 and finite where `available`;
        presences gathered with the same effort are then compared fairly [1]_. Cells of
        weight 0 are never drawn. Uniform by default.
    control : Control
        Told the share done; may cancel.

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
    win: the scheme of Efraimidis and Spirakis [2]_ in logarithms. Cells are gone through twice
    in blocks, so memory grows with `count` and not with the grid.

    Without replacement the best searched cells run out: as `count` nears their number, the
    sample falls back to a uniform one, and effort is corrected for in part only. Let `count` be
    small against the sum of weights over the largest weight, or draw uniformly and give the
    points their effort as sample weight.

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
    if weight is not None and weight.shape != available.shape:
        raise ValueError(f"weights have shape {weight.shape}, cells {available.shape}")
    total = 0
    for _, cells, _ in _blocks(available, weight, PartControl(control, 0.0, 0.4)):
        total += len(cells)
    if total == 0:
        raise ValueError("no cell is available for the background; check area and predictors")
    drawn, key = np.empty(0, dtype=np.int64), np.empty(0)
    for start, cells, cell_weight in _blocks(available, weight, PartControl(control, 0.4, 1.0)):
        drawn = np.concatenate([drawn, start + cells])
        if count < total:
            new_key = rng.standard_exponential(len(cells)) / cell_weight
            key = np.concatenate([key, new_key])
            if len(key) > count:
                smallest = np.argpartition(key, count - 1)[:count]
                drawn, key = drawn[smallest], key[smallest]
    rows, columns = np.divmod(np.sort(drawn), available.shape[1])
    return rows.astype(np.int32), columns.astype(np.int32)


def _blocks(
    available: BoolArray, weight: NDArray[np.floating] | None, control: Control
) -> Iterator[tuple[int, NDArray[np.int64], FloatArray]]:
    """Yield the first cell of each block of rows, and which of its cells weigh how much."""
    n_rows, n_columns = available.shape
    block = max(1, _BLOCK_CELLS // max(n_columns, 1))
    for first in range(0, n_rows, block):
        control.report(first / n_rows)
        cells = np.flatnonzero(available[first : first + block])
        cell_weight = np.ones(len(cells))
        if weight is not None:
            cell_weight = weight[first : first + block].ravel()[cells].astype(np.float64)
            if not np.isfinite(cell_weight).all() or (cell_weight < 0.0).any():
                raise ValueError(
                    "background weights are finite and >= 0 on every available cell"
                )
            cells, cell_weight = cells[cell_weight > 0.0], cell_weight[cell_weight > 0.0]
        yield first * n_columns, cells, cell_weight
    control.report(1.0)
