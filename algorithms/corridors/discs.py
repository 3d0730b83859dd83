"""The cells under a disc, wherever on the lattice of half cells it stands, and how they change.

The place of lattice point (i, j) within its cell is ``2 * (i % 2) + j % 2``. Offsets of cells
count from the cell ``((i - 1) // 2, (j - 1) // 2)``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.connectivity.cost_distance import STEP_COLUMNS, STEP_ROWS
from algorithms.corridors.clearance import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.connectivity.cost_distance import Int64Array

PLACES = 4
STEPS = 8

Offsets = list[tuple[int, int]]


class CellLists(NamedTuple):
    """Lists of cells laid end to end: list n runs from ``start[n]`` to ``start[n + 1]``."""

    rows: Int64Array
    columns: Int64Array
    start: Int64Array


class Discs(NamedTuple):
    """Cells under discs of rising radius, for each place within a cell.

    Attributes
    ----------
    under : CellLists
        Cells under the disc: list ``4 * level + place``.
    entered : CellLists
        Cells newly under it after a step: list ``32 * level + 8 * place + direction``.
    grown : CellLists
        Cells newly under it when it grows by one level: list ``4 * level + place``.
    """

    under: CellLists
    entered: CellLists
    grown: CellLists


def discs_of(radii: Sequence[float], sides: tuple[float, float]) -> Discs:
    """List the cells under discs of these radii.

    Parameters
    ----------
    radii : sequence of float
        Rising, in metres, > 0.
    sides : (float, float)
        Height and width of a cell in metres.
    """
    levels = [
        [cells_under(place // 2, place % 2, radius, sides) for place in range(PLACES)]
        for radius in radii
    ]
    entered = [_entered(under, place, step) for under in levels for place, step in _moves()]
    grown = [
        sorted(set(larger[place]) - set(smaller[place]))
        for smaller, larger in pairwise(levels)
        for place in range(PLACES)
    ]
    under = [cells for level in levels for cells in level]
    return Discs(_listed(under), _listed(entered), _listed(grown))


def cells_under(
    row_centred: int, column_centred: int, radius: float, sides: tuple[float, float]
) -> Offsets:
    """List the cells that a disc overlaps, as offsets from the cell of its centre.

    Parameters
    ----------
    row_centred, column_centred : {0, 1}
        Whether the centre of the disc lies on the middle line of its row and column of cells;
        else it lies on the edge towards the next one.
    radius : float
        In metres.
    sides : (float, float)
        Height and width of a cell in metres.
    """
    at = (0.0 if row_centred else 0.5, 0.0 if column_centred else 0.5)
    down, right = (int(np.ceil(radius / side)) + 1 for side in sides)
    away_rows = np.maximum(np.abs(np.arange(-down, down + 1) - at[0]) - 0.5, 0) * sides[0]
    away_columns = np.maximum(np.abs(np.arange(-right, right + 1) - at[1]) - 0.5, 0) * sides[1]
    away = np.hypot(away_rows[:, None], away_columns[None, :])
    return [
        (int(r) - down, int(c) - right) for r, c in np.argwhere(away < radius * (1 - ROUNDING))
    ]


def _moves() -> list[tuple[int, int]]:
    return [(place, step) for place in range(PLACES) for step in range(STEPS)]


def _entered(under: list[Offsets], place: int, step: int) -> Offsets:
    i, j = place // 2 + STEP_ROWS[step], place % 2 + STEP_COLUMNS[step]
    row = (i - 1) // 2 - (place // 2 - 1) // 2
    column = (j - 1) // 2 - (place % 2 - 1) // 2
    there = {(r + row, c + column) for r, c in under[2 * (i % 2) + j % 2]}
    return sorted(there - set(under[place]))


def _listed(groups: list[Offsets]) -> CellLists:
    cells = np.array([cell for group in groups for cell in group], dtype=np.int64)
    cells = cells.reshape(-1, 2)
    start = np.concatenate([[0], np.cumsum([len(group) for group in groups])])
    return CellLists(cells[:, 0].copy(), cells[:, 1].copy(), start.astype(np.int64))
