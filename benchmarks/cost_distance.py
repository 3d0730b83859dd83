"""Time cost distance against SciPy's Dijkstra on the same graph, in one run.

``python -m benchmarks.cost_distance [CELLS]`` prints one row per grid. The peer gets a
graph that is built beforehand: only its search is timed.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from algorithms.connectivity.cost_distance import (
    STEP_COLUMNS,
    STEP_ROWS,
    cost_distance,
    step_lengths,
)

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray

PEER_CELLS = 2_000_000  # the peer's graph takes some 200 bytes a cell


def graph_of(resistance: FloatArray) -> coo_array:
    """Return the graph of all steps between neighbouring cells of side 1."""
    index = np.arange(resistance.size).reshape(resistance.shape)
    framed = np.pad(resistance, 1, constant_values=np.nan)
    numbers = np.pad(index, 1)
    ends = []
    for down, right, length in zip(
        STEP_ROWS, STEP_COLUMNS, step_lengths((1.0, 1.0)), strict=True
    ):
        window = (
            slice(1 + down, framed.shape[0] - 1 + down),
            slice(1 + right, framed.shape[1] - 1 + right),
        )
        step = (resistance + framed[window]) / 2 * length
        inside = ~np.isnan(step)
        ends.append((index[inside], numbers[window][inside], step[inside]))
    i, j, weight = (np.concatenate(part) for part in zip(*ends, strict=True))
    return coo_array((weight, (i, j)), shape=(resistance.size, resistance.size))


def measure(shape: tuple[int, int]) -> str:
    """Return one row: seconds of both, and how far their costs differ."""
    resistance = np.random.default_rng(0).uniform(1, 100, shape)
    sources = np.zeros(shape, dtype=np.bool_)
    sources[shape[0] // 2, shape[1] // 2] = True
    begin = time.perf_counter()
    own = cost_distance(resistance, sources).cost
    own_s = time.perf_counter() - begin
    row = f"{shape[0]:>6} x {shape[1]:<6} cost_distance {own_s:6.2f} s"
    if resistance.size > PEER_CELLS:
        return row + "   scipy: left out, its graph would be too large"
    graph = graph_of(resistance).tocsr()
    begin = time.perf_counter()
    peer = dijkstra(graph, indices=np.flatnonzero(sources)).reshape(shape)
    peer_s = time.perf_counter() - begin
    apart = float(np.max(np.abs(own - peer) / np.maximum(peer, 1)))
    return row + f"   scipy {peer_s:6.2f} s   {peer_s / own_s:4.1f} times   apart {apart:.0e}"


def main(side: int = 4000) -> None:
    """Compile first, then measure grids up to this many cells a side."""
    print("cost distance from one source over random resistance, one thread")
    cost_distance(np.ones((2, 2)), np.eye(2, dtype=np.bool_))
    for shape in ((500, 500), (1000, 1400), (side, side)):
        print(measure(shape))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
