"""Where a path crosses borders, and how far it runs in each country."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.cost_distance import path_distance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from algorithms.arrays import FloatArray, IntArray


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
    distance_m: FloatArray | None = None,
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
    distance_m : (n,) float64, optional
        Distance of each from the start, where the path runs finer than the cells; by default
        from centre to centre.
    """
    code = country[rows, columns]
    distance = path_distance(rows, columns, cell_size) if distance_m is None else distance_m
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


@dataclass(frozen=True, slots=True)
class CountryStretch:
    """A part of a path within one country.

    Attributes
    ----------
    country : int
        Country code, 0 where none.
    start_m, end_m : float
        Where it starts and ends, along the path.
    """

    country: int
    start_m: float
    end_m: float


def country_stretches(code: IntArray, distance_m: FloatArray) -> tuple[CountryStretch, ...]:
    """Divide a path into its parts in each country, in order.

    A part ends midway between the last vertex in it and the first beyond.

    Parameters
    ----------
    code : (n,) int32
        Country code of each vertex, 0 where none; one vertex at least.
    distance_m : (n,) float64
        Distance of each vertex from the first, never falling.
    """
    change = np.flatnonzero(np.diff(code)) + 1
    cut = (distance_m[change - 1] + distance_m[change]) / 2
    ends = np.concatenate([[distance_m[0]], cut, [distance_m[-1]]]).tolist()
    first = code[np.concatenate([[0], change])].tolist()
    return tuple(
        CountryStretch(int(country), start, end)
        for country, (start, end) in zip(first, pairwise(ends), strict=True)
    )


def length_within(
    stretches: Iterable[CountryStretch], start_m: float, end_m: float
) -> dict[int, float]:
    """Return how many metres of a part of a path lie in each country.

    Parameters
    ----------
    stretches : iterable of CountryStretch
        From `country_stretches`.
    start_m, end_m : float
        The part, by the distance along the path.

    Returns
    -------
    dict of int to float
        Metres by country code, in order of first entry; 0 stands for no country. Countries
        that the part does not reach are left out.
    """
    metres: dict[int, float] = {}
    for stretch in stretches:
        length = min(end_m, stretch.end_m) - max(start_m, stretch.start_m)
        if length > 0:
            metres[stretch.country] = metres.get(stretch.country, 0.0) + length
    return metres


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
