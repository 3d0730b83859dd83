"""What features, costs and locks are measured on: the project's study, its units, its grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.reserve.unit_grid import UnitGrid
from planner.reserve.units import country_land, planning_units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.grid import Grid
    from layers.planning_units import PlanningUnits
    from planner.pipeline.study import Study
    from planner.reserve.request import UnitSettings


@dataclass(frozen=True)
class Landscape:
    """A project's land in planning units.

    Parameters
    ----------
    study : Study
        Region, countries, grid, project.
    units : PlanningUnits
        The planning units.
    """

    study: Study
    units: PlanningUnits

    @classmethod
    def of(cls, study: Study, settings: UnitSettings) -> Landscape:
        """Make the units of a request.

        Raises
        ------
        RequestError, ReserveInputError
            As of `planner.reserve.units.planning_units`.
        """
        return cls(study, planning_units(study, settings))

    @property
    def n_units(self) -> int:
        """Number of planning units."""
        return len(self.units.shape)

    @cached_property
    def grid(self) -> UnitGrid:
        """How much of each cell of the study's grid lies in which unit."""
        return UnitGrid.of(self.units.shape, self.study.grid)

    @cached_property
    def land(self) -> Mapping[str, BaseGeometry]:
        """Land of each country that takes part, within the region."""
        return country_land(self.study)

    def in_country(self, iso3: str) -> NDArray[np.bool_]:
        """(n,) bool: the units of a country; none where it has no land here."""
        if iso3 not in self.units.countries:
            return np.zeros(self.n_units, dtype=np.bool_)
        here: NDArray[np.bool_] = self.units.country == self.units.countries.index(iso3)
        return here

    def block_of_units(self, side_m: float) -> NDArray[np.int64]:
        """(n,) int64: number of the square of ground in which each unit has its middle."""
        middle = shapely.centroid(self.units.shape)
        column = np.floor(shapely.get_x(middle) / side_m).astype(np.int64)
        row = np.floor(shapely.get_y(middle) / side_m).astype(np.int64)
        both = np.stack([row, column], axis=1)
        block: NDArray[np.int64] = np.unique(both, axis=0, return_inverse=True)[1].reshape(-1)
        return block

    @cached_property
    def _countries(self) -> dict[Grid, tuple[NDArray[np.int16], tuple[str, ...]]]:
        return {}

    def countries_on(self, grid: Grid) -> tuple[NDArray[np.int16], tuple[str, ...]]:
        """Return the country of each cell of any grid, as `DataPack.country_grid` does."""
        if grid not in self._countries:
            self._countries[grid] = self.study.pack.country_grid(grid)
        return self._countries[grid]

    @cached_property
    def whole_land(self) -> Mapping[str, BaseGeometry]:
        """Land of each country that takes part, beyond the region too."""
        frame = self.study.pack.basemap("countries", self.study.region.bounds.lonlat)
        frame = frame[frame["iso3"].isin(self.units.countries)].to_crs(self.study.grid.crs)
        return {
            str(iso3): shapely.union_all(shapely.make_valid(group.values))
            for iso3, group in frame.geometry.groupby(frame["iso3"])
        }

    def area_by_country(self, shapes: Sequence[BaseGeometry]) -> dict[str, float]:
        """Return how much of each country's land some shapes cover together, in km²."""
        together = shapely.union_all(list(shapes))
        return {
            iso3: float(shapely.intersection(ground, together).area) / 1e6
            for iso3, ground in self.whole_land.items()
        }
