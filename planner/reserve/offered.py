"""What a project can be asked: the features it offers, and a request to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.grid import region_grid
from layers.raster import read_raster
from planner.flyways.sites import flyway_species
from planner.pipeline.cores import suitability_raster
from planner.pipeline.study import SCENARIO
from planner.profiles import load_region, load_species
from planner.records import number
from planner.reserve.errors import ReserveInputError
from planner.reserve.raster_features import KM2
from planner.reserve.request import (
    FeatureKind,
    FeatureSettings,
    GoalSettings,
    ReserveRequest,
    TargetSettings,
    UnitSettings,
)
from planner.reserve.vector_features import SITES, critical_sites

if TYPE_CHECKING:
    from planner.profiles import SpeciesProfile
    from planner.project import Project

HABITAT_SHARE = 0.3
CORRIDOR_SHARE = 0.5
WIDENING_SHARE = 0.5
FLYWAY_SHARE = 0.5
"""Targets to begin with, expert values: 30 % as in target 3 of the Kunming-Montreal framework,
half of the land that connects, and half of the critical sites of a flyway in the region."""
BOUNDARY_PENALTY = 1.0
"""Per km, to begin with: an edge of 1 km weighs as much as 1 km² of empty land."""
UNITS_ACROSS = 50
"""A grid to begin with has about so many units along the longer side of the region."""
_SIZES_KM = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 75.0, 100.0)


@dataclass(frozen=True, slots=True)
class OfferedFeature:
    """A feature that a project can be asked for.

    Parameters
    ----------
    kind, species : str
        As of `planner.reserve.request.FeatureSettings`.
    title : str
        What people call it.
    unit : str
        What amounts are in.
    total : float or None
        How much there is, where that is known without measuring.
    setting : FeatureSettings
        As a request begins with it.
    """

    kind: FeatureKind
    species: str
    title: str
    unit: str
    total: float | None
    setting: FeatureSettings


def offered_features(project: Project) -> tuple[OfferedFeature, ...]:
    """Return the features that a project offers without files of the user's.

    Parameters
    ----------
    project : Project
        Open, for reading at least.
    """
    found: list[OfferedFeature] = []
    for profile in _species(project):
        name = profile.names.en
        total = _habitat_km2(project, profile)
        if total:
            title = f"{name}, habitat"
            found.append(_offered("habitat", profile, title, HABITAT_SHARE, total))
        total = _area(project, "corridors", "area_km2", species=profile.id, kind="swath")
        if total:
            title = f"{name}, corridors"
            found.append(_offered("corridors", profile, title, CORRIDOR_SHARE, total))
        total = _area(
            project, "bottlenecks", "area_to_add_km2", species=profile.id, kind="widening"
        )
        if total:
            title = f"{name}, widening of corridors"
            found.append(_offered("widening", profile, title, WIDENING_SHARE, total))
    return (*found, *_flyways(project))


def default_request(project: Project) -> ReserveRequest:
    """Return a request to begin with: hexagons, pressure as cost, what the project offers.

    Parameters
    ----------
    project : Project
        Open, for reading at least.

    Raises
    ------
    ReserveInputError
        The project holds no habitat yet.
    """
    offered = offered_features(project)
    if not offered:
        raise ReserveInputError(
            f"The project {project.path} holds no map of habitat, so there is nothing to set "
            "targets for. Make a plan first with landbridge plan, or give a request with "
            "features of your own."
        )
    return ReserveRequest(
        title=f"{load_region(project.region_id).names.en}: first proposals",
        units=UnitSettings(kind="hexagon", size_km=_size_km(project)),
        features=tuple(item.setting for item in offered),
        goal=GoalSettings(boundary_penalty=BOUNDARY_PENALTY),
    )


def _species(project: Project) -> list[SpeciesProfile]:
    """Return the species whose habitat the project holds, in the order planned for."""
    listed = project.settings.get("species", [])
    ids = [str(name) for name in listed] if isinstance(listed, list) else []
    return [
        load_species(name)
        for name in ids
        if project.raster_path(suitability_raster(name)).is_file()
    ]


def _offered(
    kind: FeatureKind,
    profile: SpeciesProfile,
    title: str,
    share: float,
    total: float | None,
) -> OfferedFeature:
    setting = FeatureSettings(kind=kind, species=profile.id, target=TargetSettings(share=share))
    return OfferedFeature(kind, profile.id, title, KM2, total, setting)


def _area(project: Project, table: str, column: str, **where: str) -> float:
    rows = project.records(table, scenario=SCENARIO, **where)
    return sum(number(row[column]) for row in rows)


def _habitat_km2(project: Project, profile: SpeciesProfile) -> float:
    """Return how much suitable habitat the project's map of a species holds."""
    raster = read_raster(project.raster_path(suitability_raster(profile.id)))
    suitable = raster.values >= profile.value("habitat_threshold").value
    return float(suitable.sum()) * raster.grid.cell_area_km2


def _flyways(project: Project) -> list[OfferedFeature]:
    """Return the critical sites of flyways that lie in the region of the project."""
    flying = {profile.id for profile in flyway_species()}
    region = load_region(project.region_id)
    west, south, east, north = region.bounds.lonlat
    found = []
    for profile in _species(project):
        if profile.id not in flying:
            continue
        inside = [
            site
            for site in critical_sites(profile.id)[0]
            if site.country in region.countries
            and west <= site.lon <= east
            and south <= site.lat <= north
        ]
        if inside:
            setting = FeatureSettings(
                kind="flyway",
                species=profile.id,
                target=TargetSettings(amount=FLYWAY_SHARE * len(inside)),
            )
            title = f"{profile.names.en}, critical sites of the flyway"
            total = float(len(inside))
            found.append(OfferedFeature("flyway", profile.id, title, SITES, total, setting))
    return found


def _size_km(project: Project) -> float:
    """Return a round size that gives about `UNITS_ACROSS` units along the longer side."""
    region = load_region(project.region_id)
    west, south, east, north = region_grid(
        region.bounds.lonlat, region.cell_size_m.value
    ).bounds
    wanted = max(east - west, north - south) / 1000.0 / UNITS_ACROSS
    return min(_SIZES_KM, key=lambda size: abs(size - wanted))
