"""Cost of a corridor of a given width: wide-path search beside a buffered least-cost path.

``python -m benchmarks.widening`` prints one row per landscape and width. Buffering the
least-cost path to the width is what planners do today with a GIS; both are given the same land,
the same free corridor and the same excluded cells, and both corridors are measured afterwards
by distance transform.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import ndimage

from algorithms.connectivity.cost_distance import cost_distance
from algorithms.corridors.widening import Widening, widen
from algorithms.corridors.width import passage

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray

SIDE = 240
WIDTHS = (4.0, 8.0, 16.0)


class Land(NamedTuple):
    """One landscape to plan on, cells of side 1."""

    name: str
    cost: FloatArray
    core_a: BoolArray
    core_b: BoolArray


class Buffered(NamedTuple):
    """A least-cost path buffered to the width."""

    cost: float
    width: float
    excluded_cells: int
    seconds: float


def lands() -> list[Land]:
    """Make the landscapes: dear and cheap ground, a thin corridor, towns."""
    rng = np.random.default_rng(4)
    a, b = np.zeros((2, SIDE, SIDE), dtype=np.bool_)
    a[90:130, 5:45], b[110:150, -45:-5] = True, True
    rough = np.exp(2 * _smooth(rng, 6))
    mosaic = np.where(_smooth(rng, 4) > 0, 8.0, 1.0)
    corridor = rough.copy()
    path = cost_distance(rough, a, back_link=True).path_to(130, SIDE - 46)
    thin = np.zeros_like(a)
    thin[path] = True
    corridor[ndimage.binary_dilation(thin, iterations=1)] = 0.0
    towns = rough.copy()
    rows, columns = rng.integers(0, SIDE, (2, 60))
    near = np.zeros_like(a)
    near[rows, columns] = True
    towns[ndimage.binary_dilation(near, iterations=3) & ~a & ~b] = np.nan
    return [
        Land("rough ground", rough, a, b),
        Land("mosaic of two land covers", mosaic, a, b),
        Land("thin corridor to widen", corridor, a, b),
        Land("rough ground with towns", towns, a, b),
    ]


def _smooth(rng: np.random.Generator, cells: float) -> FloatArray:
    field = ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), cells)
    scaled: FloatArray = field / field.std()
    return scaled


def buffered(land: Land, width: float) -> Buffered:
    """Buffer the least-cost path to the width; excluded cells under it are counted."""
    begin = time.perf_counter()
    positive = land.cost[land.cost > 0]
    resistance = np.where(land.cost == 0, float(positive.min()) / 100, land.cost)
    resistance[land.core_a | land.core_b] = float(positive.min()) / 100
    resistance[_near_edge(width / 2)] = np.nan  # the buffer must not leave the grid
    surface = cost_distance(resistance, land.core_a, back_link=True)
    at = np.argmin(np.where(land.core_b, surface.cost, np.inf))
    rows, columns = surface.path_to(int(at) // SIDE, int(at) % SIDE)
    path = np.zeros_like(land.core_a)
    path[rows, columns] = True
    away = ndimage.distance_transform_edt(~path)
    # The squares that a disc of the width overlaps on its way along the path's centres.
    corridor = away < width / 2 + 0.5
    new = corridor & ~land.core_a & ~land.core_b
    price = float(np.nansum(land.cost[new]))
    excluded = int(np.count_nonzero(np.isnan(land.cost) & new))
    seconds = time.perf_counter() - begin
    way = passage(corridor, land.core_a, land.core_b, cell_size=1.0)
    return Buffered(price, 0.0 if way is None else way.width_m, excluded, seconds)


def _near_edge(cells: float) -> BoolArray:
    inside = np.zeros((SIDE, SIDE), dtype=np.bool_)
    edge = int(np.ceil(cells))
    inside[edge:-edge, edge:-edge] = True
    return ~inside


def searched(land: Land, width: float) -> tuple[Widening, float]:
    """Search for the corridor, with its proof; return it and the seconds it took."""
    begin = time.perf_counter()
    found = widen(land.cost, land.core_a, land.core_b, width_m=width, cell_size=1.0)
    return found, time.perf_counter() - begin


def main() -> None:
    """Compile first, then print a row for each landscape and width."""
    print(f"corridor of a given width, {SIDE} x {SIDE} cells: search beside a buffered path")
    listed = lands()
    searched(listed[0], 2.0)
    for land in listed:
        for width in WIDTHS:
            found, seconds = searched(land, width)
            peer = buffered(land, width)
            print(
                f"{land.name:<27}{width:4.0f} cells wide   search {found.union_cost:8.1f} "
                f"({found.verified_minimum_width_m:4.1f} wide, the best costs "
                f"{found.lower_bound:.0f} or more, {seconds:4.2f} s)   buffer {peer.cost:8.1f} "
                f"({peer.cost / found.union_cost - 1:+5.0%}, {peer.width:4.1f} wide, over "
                f"{peer.excluded_cells} excluded cells, {peer.seconds:4.2f} s)"
            )


if __name__ == "__main__":
    main()
