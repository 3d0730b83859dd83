"""Cost surfaces of many sources over one landscape, on all cores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.cost_distance import cost_distance
from algorithms.connectivity.threads import in_threads
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.connectivity.cost_distance import CostSurface
    from algorithms.control import Control


def cost_distances(  # noqa: PLR0913 - the options of `cost_distance`
    resistance: FloatArray,
    sources: Sequence[BoolArray | IntArray],
    *,
    cell_size: float | tuple[float, float] = 1.0,
    max_cost: float = np.inf,
    neighbours: int = 8,
    back_link: bool = False,
    control: Control = NULL_CONTROL,
) -> Iterator[tuple[int, CostSurface]]:
    """Accumulate cost from each of several sources, and yield each surface as it comes.

    Searches run in as many threads as there are cores and share the one resistance; there are
    never more surfaces in memory than cores, beside those the caller keeps.

    Parameters
    ----------
    resistance : (rows, columns) float64
        As for `cost_distance`.
    sources : sequence of (rows, columns) bool or integer
        One grid of sources for each surface.
    cell_size, max_cost, neighbours, back_link
        As for `cost_distance`.
    control : Control
        Told the mean share of all searches done; may cancel, which stops them all.

    Yields
    ------
    index : int
        Position of the source in the sequence.
    surface : CostSurface
        What `cost_distance` gives for it.

    Raises
    ------
    ValueError
        As for `cost_distance`.
    """
    land = np.ascontiguousarray(resistance, dtype=np.float64)

    def task(grid: BoolArray | IntArray) -> Callable[[Control], CostSurface]:
        def run(control: Control) -> CostSurface:
            return cost_distance(
                land,
                grid,
                cell_size=cell_size,
                max_cost=max_cost,
                neighbours=neighbours,
                back_link=back_link,
                control=control,
            )

        return run

    return in_threads([task(grid) for grid in sources], control)
