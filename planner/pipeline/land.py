"""The ground that corridors are measured on, in a study or in files of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from layers.grid import Grid


class Land(Protocol):
    """A grid and the countries on it; a `planner.pipeline.study.Study` is one."""

    @property
    def grid(self) -> Grid:
        """Where the cells lie; a projected CRS in metres."""

    @property
    def country(self) -> NDArray[np.int32]:
        """(rows, columns) int32: number of the country, 0 where none."""

    @property
    def iso3(self) -> tuple[str, ...]:
        """Code of country ``i + 1``."""

    def degrees_at(self, row: float, column: float) -> tuple[float, float]:
        """Return longitude and latitude of a place in cells, from the centre of the first."""
