"""Where a path crosses borders, and how far it runs in each country."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.cost_distance import path_distance

if TYPE_CHECKING:
    from algorithms.arrays import IntArray


@dataclass(frozen=True, slots=True)
class BorderCrossing:
    """A place where a path leaves one country for another.

    Attributes
    ----------
    from_country, to_country : int
        Country codes, in the direction of the path.
    row, column : float
        Place in cells: midway between the last cell in the one and the first in the other.
    distance_m : float
        Distance from the start of the path, along it.
    """

    from_country: int
    to_country: int
    row: float
    column: float
    distance_m: float


def border_crossings(
    rows: IntArray,
    columns: IntArray,
    country: IntArray,
    cell_size: float | tuple[float, float],
) -> tuple[BorderCrossing, ...]:
    """List the border crossings of a path in order.

    Cells of no country (code 0) between two countries are part of the crossing; at the ends
    of the path, and between two cells of one country, they cross nothing.

    Parameters
    ----------
    rows, columns : (n,) int32
        Cells of the path.
    country : (rows, columns) int32
        Code of the country that each cell belongs to, 0 where none.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    """
    code = country[rows, columns]
    distance = path_distance(rows, columns, cell_size)
    known = np.flatnonzero(code > 0)
    crossings = []
    for before, after in pairwise(known):
        if code[before] != code[after]:
            crossings.append(
                BorderCrossing(
                    int(code[before]),
                    int(code[after]),
                    (float(rows[before]) + float(rows[after])) / 2,
                    (float(columns[before]) + float(columns[after])) / 2,
                    float(distance[before] + distance[after]) / 2,
                )
            )
    return tuple(crossings)


def length_by_country(
    rows: IntArray,
    columns: IntArray,
    country: IntArray,
    cell_size: float | tuple[float, float],
) -> dict[int, float]:
    """Return how many metres of a path lie in each country.

    A step between cells of two countries counts half for each.

    Parameters
    ----------
    rows, columns, country, cell_size
        As for `border_crossings`.

    Returns
    -------
    dict of int to float
        Metres by country code in the order of first entry; 0 stands for no country. The sum
        is the length of the path.
    """
    code = country[rows, columns]
    leg = np.diff(path_distance(rows, columns, cell_size))
    metres = {int(first): 0.0 for first in code}
    for position, length in enumerate(leg):
        metres[int(code[position])] += float(length) / 2
        metres[int(code[position + 1])] += float(length) / 2
    return metres
