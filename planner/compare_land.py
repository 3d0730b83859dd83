"""What the proposals of a scenario hold: land by country, and habitat of each species."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely
from pyproj import Transformer

from layers.catalogue import STANDING
from layers.raster import read_raster
from layers.shapes import burn
from planner.maps import planned_species
from planner.profiles import load_region, region_ids
from planner.records import shape_of
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.grid import Grid
    from layers.pack import DataPack
    from planner.project import Project
    from planner.records import Record

Key: TypeAlias = tuple[str, str, str, str, str]
"""Group, title, unit, place and species of a `planner.compare.Line`."""
Measured: TypeAlias = dict[Key, float]

REGION = ""
"""Stands for the whole region where a country would stand."""

LAND = mark("Land in proposals")
LAND_OUTSIDE = mark("Land in proposals outside existing sites")
HABITAT = mark("Habitat in proposals")
_GROUP = "Proposals"
_M2_PER_KM2 = 1e6
_WIDER_DEG = 2.0

LAND_NOTICE = mark(
    "Land and habitat are those inside the proposals that were not rejected; what several "
    "proposals hold counts once."
)
SITES_NOTICE = mark(
    "Most existing sites are nominal footprints, so land outside them is approximate."
)
NO_HABITAT_NOTICE = mark(
    "Habitat is not told: the project holds no map of habitat yet. Make the plan first."
)


@dataclass(frozen=True)
class Habitat:
    """Where a species has habitat.

    Parameters
    ----------
    species : str
        Its id.
    grid : Grid
        Cells of the map of suitability.
    habitat : (rows, columns) bool
        Cells suitable enough.
    country : (rows, columns) int16
        Number of the country, 0 for none.
    iso3 : tuple of str
        Code of country ``i + 1``.
    """

    species: str
    grid: Grid
    habitat: NDArray[np.bool_]
    country: NDArray[np.int16]
    iso3: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """What every scenario is measured on.

    Parameters
    ----------
    countries : mapping of str to geometry
        Outline of each country in the project's CRS by its code.
    sites : geometry
        Existing sites together.
    habitats : tuple of Habitat
        One per planned species.
    notices : tuple of str
        What must be known of the numbers; in English.
    """

    countries: Mapping[str, BaseGeometry]
    sites: BaseGeometry
    habitats: tuple[Habitat, ...]
    notices: tuple[str, ...]


def survey(project: Project, pack: DataPack) -> Ground:
    """Read what scenarios of a project are measured on.

    Raises
    ------
    LayerReadError
        A map of suitability cannot be read.
    DamagedPackError
        The base map cannot be read.
    """
    standing = {str(state) for state in STANDING}
    sites = [row for row in project.records("sites") if row["state"] in standing]
    habitats = tuple(_habitats(project, pack))
    notices = (
        (LAND_NOTICE, SITES_NOTICE)
        if habitats
        else (
            LAND_NOTICE,
            SITES_NOTICE,
            NO_HABITAT_NOTICE,
        )
    )
    return Ground(_countries(project, pack), _together(sites), habitats, notices)


def land_measures(project: Project, ground: Ground, scenario: str) -> Measured:
    """Measure land and habitat inside the proposals of a scenario, by country."""
    rows = project.records("proposals", scenario=scenario)
    together = _together([row for row in rows if row["status"] != "rejected"])
    found = _areas(LAND, together, ground)
    found |= _areas(LAND_OUTSIDE, together.difference(ground.sites), ground)
    for habitat in ground.habitats:
        found |= _habitat_inside(habitat, together)
    return found


def _together(rows: Iterable[Record]) -> BaseGeometry:
    """Return the land of rows; those that are drawn as a point or not at all have none."""
    shapes = [shapely.make_valid(shape_of(row)) for row in rows if row["geometry"] is not None]
    return shapely.union_all([shape for shape in shapes if shape.area > 0])


def _areas(title: str, shape: BaseGeometry, ground: Ground) -> Measured:
    found: Measured = {(_GROUP, title, "km2", REGION, ""): shape.area / _M2_PER_KM2}
    for code, outline in ground.countries.items():
        area = outline.intersection(shape).area / _M2_PER_KM2
        if area > 0:
            found[(_GROUP, title, "km2", code, "")] = area
    return found


def _habitat_inside(habitat: Habitat, shape: BaseGeometry) -> Measured:
    inside = habitat.habitat & (burn([shape], habitat.grid) == 1)
    cell = habitat.grid.cell_area_km2
    found: Measured = {
        (_GROUP, HABITAT, "km2", REGION, habitat.species): float(inside.sum()) * cell
    }
    counts = np.bincount(habitat.country[inside], minlength=len(habitat.iso3) + 1)
    for code, count in zip(habitat.iso3, counts[1:].tolist(), strict=True):
        if count:
            found[(_GROUP, HABITAT, "km2", code, habitat.species)] = count * cell
    return found


def _habitats(project: Project, pack: DataPack) -> list[Habitat]:
    found = []
    for profile in planned_species(project):
        raster = read_raster(project.raster_path(f"suitability_{profile.id}"))
        threshold = profile.value("habitat_threshold").value
        country, iso3 = pack.country_grid(raster.grid)
        habitat = np.nan_to_num(raster.values, nan=-1.0) >= threshold
        found.append(Habitat(profile.id, raster.grid, habitat, country, iso3))
    return found


def _countries(project: Project, pack: DataPack) -> dict[str, BaseGeometry]:
    """Return the outlines of the countries around the region, in the project's CRS."""
    bounds = None
    if project.region_id in region_ids():
        west, south, east, north = load_region(project.region_id).bounds.lonlat
        wider = _WIDER_DEG
        bounds = (west - wider, south - wider, east + wider, north + wider)
    frame = pack.basemap("countries", bounds)
    if bounds is not None:
        frame = frame.clip(bounds)
    to_local = Transformer.from_crs("EPSG:4326", project.crs, always_xy=True)

    def moved(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_local.transform(places[:, 0], places[:, 1]))

    found: dict[str, BaseGeometry] = {}
    for code, rows in frame.groupby("iso3"):
        outline = shapely.transform(shapely.union_all(rows.geometry.to_numpy()), moved)
        found[str(code)] = shapely.make_valid(outline)
    return dict(sorted(found.items()))
