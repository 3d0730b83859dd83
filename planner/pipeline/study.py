"""What every step of the pipeline works on: one region, its species, one grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from pyproj import Transformer
from shapely import box

from layers.grid import region_grid
from layers.raster import read_raster
from layers.shapes import touched
from planner.project import table_output

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.catalogue import Catalogue
    from layers.grid import Grid
    from layers.pack import DataPack
    from planner.profiles import RegionProfile, SpeciesProfile
    from planner.project import Project

SCENARIO = "plan"
DEFAULT_SEED = 1


@dataclass(frozen=True)
class Study:
    """One region with its species, data and project.

    Parameters
    ----------
    region : RegionProfile
        Extent, cell size and limits.
    species : tuple of SpeciesProfile
        Species to plan for.
    project : Project
        Where results go; open for writing.
    pack : DataPack
        Environment and base map.
    catalogue : Catalogue
        Border protected areas.
    seed : int
        Seed of everything random.
    """

    region: RegionProfile
    species: tuple[SpeciesProfile, ...]
    project: Project
    pack: DataPack
    catalogue: Catalogue
    seed: int

    @cached_property
    def grid(self) -> Grid:
        """Analysis grid in the region's equal-area CRS."""
        return region_grid(self.region.bounds.lonlat, self.region.cell_size_m.value)

    @cached_property
    def cell_m(self) -> float:
        """Side of a cell in metres."""
        return self.region.cell_size_m.value

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """(rows, columns) bool: cells whose centre lies in the region's box of degrees.

        The grid is the box's hull in the equal-area CRS and so a little larger.
        """
        x, y = self.grid.cell_centres()
        to_degrees = Transformer.from_crs(self.grid.crs, "EPSG:4326", always_xy=True)
        lon, lat = to_degrees.transform(*np.meshgrid(x, y))
        west, south, east, north = self.region.bounds.lonlat
        within: NDArray[np.bool_] = (
            (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        )
        return within

    @cached_property
    def outline(self) -> BaseGeometry:
        """The region's box of degrees, in the CRS of the grid."""
        frame = gpd.GeoSeries(
            [box(*self.region.bounds.lonlat).segmentize(0.1)], crs="EPSG:4326"
        )
        shape: BaseGeometry = frame.to_crs(self.grid.crs).iloc[0]
        return shape

    @cached_property
    def _countries(self) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        codes, names = self.pack.country_grid(self.grid)
        known = np.array(
            [0, *(i + 1 if self._takes_part(n) else 0 for i, n in enumerate(names))]
        )
        return known[codes].astype(np.int32), names

    def _takes_part(self, iso3: str) -> bool:
        return iso3 in self.region.countries

    @property
    def country(self) -> NDArray[np.int32]:
        """(rows, columns) int32: 0 in the sea and outside, else number of the country."""
        return np.where(self.inside, self._countries[0], 0).astype(np.int32)

    @cached_property
    def lakes(self) -> NDArray[np.bool_]:
        """(rows, columns) bool: cells in a lake of the base map."""
        return self.pack.lake_mask(self.grid)

    @property
    def iso3(self) -> tuple[str, ...]:
        """Code of country ``i + 1``."""
        return self._countries[1]

    def large_rivers(self, rank: int) -> NDArray[np.bool_]:
        """(rows, columns) bool: cells that rivers of this rank or above touch."""
        rivers = self.pack.basemap("rivers", self.region.bounds.lonlat).to_crs(self.grid.crs)
        return touched(list(rivers.geometry[rivers["rank"] <= rank]), self.grid)

    def degrees_at(self, row: float, column: float) -> tuple[float, float]:
        """Return longitude and latitude of a place in cells, from the centre of the first."""
        x = self.grid.transform.c + (column + 0.5) * self.grid.transform.a
        y = self.grid.transform.f + (row + 0.5) * self.grid.transform.e
        to_degrees = Transformer.from_crs(self.grid.crs, "EPSG:4326", always_xy=True)
        lon, lat = to_degrees.transform(x, y)
        return float(lon), float(lat)

    def country_number(self, iso3: str) -> int:
        """Return the number of a country in `country`; -1 where it has no land here."""
        return self.iso3.index(iso3) + 1 if iso3 in self.iso3 else -1

    @cached_property
    def categories(self) -> dict[str, dict[int, str]]:
        """Class names of the categorical variables of the data pack."""
        found: dict[str, dict[int, str]] = {}
        for name in self.pack.variables:
            names = self.pack.info(name).categories
            if names is not None:
                found[name] = dict(names)
        return found

    @cached_property
    def _layers(self) -> dict[str, NDArray[np.float64]]:
        return {}

    def layer(self, name: str) -> NDArray[np.float64]:
        """(rows, columns) float64: a variable of the data pack on the grid, NaN at sea."""
        if name not in self._layers:
            self._layers[name] = self.pack.on_grid(name, self.grid)
        return self._layers[name]

    def raster_output(self, name: str) -> str:
        """Name a raster of the project as an output of a run."""
        return self.project.raster_path(name).relative_to(self.project.path).as_posix()

    def raster_hash(self, name: str) -> str | None:
        """Return the hash of a raster of the project, or None where it is not there."""
        return self.project.output_hash(self.raster_output(name))

    def table_hashes(self, tables: Iterable[str]) -> dict[str, str | None]:
        """Return the hash of each of these tables of the project."""
        return {name: self.project.output_hash(table_output(name)) for name in tables}

    def species_values(self, quantity: str) -> dict[str, float]:
        """Return a quantity that every species has, by species."""
        return {item.id: item.value(quantity).value for item in self.species}

    def read(self, name: str) -> NDArray[np.float64]:
        """(rows, columns) float64: a raster of the project, NaN where it has no value."""
        return read_raster(self.project.raster_path(name)).values

    def profile(self, species_id: str) -> SpeciesProfile:
        """Return the profile of a species of the study."""
        return next(profile for profile in self.species if profile.id == species_id)
