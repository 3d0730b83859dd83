"""Features drawn as polygons: corridors and what widens them, flyway sites, the user's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from planner.flyways.analysis import analyse_flyway
from planner.flyways.ranges import range_of
from planner.flyways.sites import flyway_species, known_sites
from planner.pipeline.study import SCENARIO
from planner.records import listed, shape_of
from planner.reserve.amounts import Amounts
from planner.reserve.errors import ReserveInputError
from planner.reserve.raster_features import KM2, species_profile
from planner.reserve.vectors import covered_km2, read_polygons
from resources.errors import nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.flyways.sites import FlywaySite
    from planner.profiles import SpeciesProfile
    from planner.reserve.landscape import Landscape
    from planner.reserve.request import FeatureSettings

SITES = "sites"
"""Unit of the sites of a flyway."""
_OPTION_OF_FLYWAY = "; --unconfirmed takes them in"
"""What the notes of known sites add for `landbridge flyway` alone."""
WHOLE_SITE = 0.99
"""A site of whose land at least this share lies in the units lies in them whole: coasts and
borders are drawn no better."""
POINT_KM = 10.0
"""How far a site known as a point may lie from the unit it counts in: as far as most
coordinates of flyway sites are sure."""


def corridors(land: Landscape, wanted: FeatureSettings) -> Amounts:
    """Measure the corridors of a species, as the project has them.

    Raises
    ------
    ReserveInputError
        The project has none.
    """
    name = species_profile(land, wanted.species).names.en
    rows = land.study.project.records(
        "corridors", species=wanted.species, scenario=SCENARIO, kind="swath"
    )
    shapes = [shape_of(row) for row in rows]
    _refuse_none(land, shapes, f"corridor of the {name}")
    return _of_shapes(land, shapes, (f"{name}, corridors", "corridors of the project"))


def widening(land: Landscape, wanted: FeatureSettings) -> Amounts:
    """Measure the land that would widen the corridors of a species where they are too narrow.

    Raises
    ------
    ReserveInputError
        The project has none.
    """
    name = species_profile(land, wanted.species).names.en
    rows = land.study.project.records(
        "bottlenecks", species=wanted.species, scenario=SCENARIO, kind="widening"
    )
    shapes = [shape_of(row) for row in rows]
    _refuse_none(land, shapes, f"land that widens a corridor of the {name}")
    source = "land of the project that widens corridors"
    return _of_shapes(land, shapes, (f"{name}, widening of corridors", source))


def flyway(land: Landscape, wanted: FeatureSettings) -> Amounts:
    """Count the critical sites of a bird's flyway, as `critical_sites` tells them.

    A site that the project draws is spread over the units by the share of its land in each;
    any other lies in the unit at its point, or nearest to it within `POINT_KM`.

    Raises
    ------
    ReserveInputError
        No critical site lies in the planning units.
    """
    profile = flyway_species([wanted.species])[0]
    critical, notes = critical_sites(wanted.species)
    per_unit = _spread(land, critical)
    if not per_unit.any():
        where = ", ".join(f"{site.name} ({site.country or '?'})" for site in critical)
        raise ReserveInputError(
            f"No critical site of the flyway of the {profile.names.en} lies in the planning "
            f"units. Its critical sites: {where or 'none'}. Leave the feature out, or plan for "
            "a region that holds one."
        )
    of_country = {
        iso3: float(sum(site.country == iso3 for site in critical))
        for iso3 in land.units.countries
    }
    reached = np.where(per_unit > 0, land.units.area_km2, 0.0)
    return Amounts(
        per_unit=per_unit,
        total=float(len(critical)),
        total_by_country=of_country,
        range_km2=float(reached.sum()),
        range_by_country={
            iso3: float(reached[land.in_country(iso3)].sum()) for iso3 in land.units.countries
        },
        title=f"{profile.names.en}, critical sites of the flyway",
        unit=SITES,
        source=f"sites that the flyway hangs on, flights of {_levels(profile)} km",
        notes=(_critical_told(profile, critical), *notes),
    )


def critical_sites(species: str) -> tuple[tuple[FlywaySite, ...], tuple[str, ...]]:
    """Return the sites that a flyway hangs on, and notes.

    These are the sites without which it parts at one of the flight ranges of the profile (low,
    value, high), and those of its smallest cut at the value: the fewest sites whose loss
    leaves no way between breeding and wintering grounds.

    Raises
    ------
    UsageError
        The species has no flyway.
    """
    profile = flyway_species([species])[0]
    sites, notes = known_sites(species)
    found: dict[str, FlywaySite] = {}
    for one in analyse_flyway(species, profile.names.en, sites, range_of(profile), None):
        parting = [np.flatnonzero(level.measures.critical) for level in one.levels]
        chosen = np.unique(np.concatenate([*parting, np.asarray(one.value.measures.cut)]))
        for at in chosen.astype(int).tolist():
            found[one.sites[at].site_id] = one.sites[at]
    told = (note.replace(_OPTION_OF_FLYWAY, "") for note in notes)
    return tuple(found.values()), tuple(told)


def _levels(profile: SpeciesProfile) -> str:
    return ", ".join(f"{km:g}" for km in sorted(range_of(profile).levels.values()))


def _critical_told(profile: SpeciesProfile, critical: Sequence[FlywaySite]) -> str:
    names = listed([f"{site.name} ({site.country or '?'})" for site in critical])
    return (
        f"The flyway of the {profile.names.en} hangs on {names}: sites without which it parts "
        f"at flights of {_levels(profile)} km, or that are in the smallest set whose loss "
        "parts it. Those outside the planning units count in the total."
    )


def polygons(land: Landscape, wanted: FeatureSettings) -> Amounts:
    """Measure polygons of the user's: their area, or a column of amounts per km² times it.

    Raises
    ------
    ReserveInputError
        The file cannot be used, none reaches into the region, or an amount is negative.
    """
    what = (f"The polygons of {wanted.name or Path(wanted.path).stem}", "")
    frame = read_polygons(wanted.path, wanted.layer, land.study.grid.crs, what)
    title = wanted.layer or Path(wanted.path).stem
    if not wanted.column:
        source = f"polygons of {Path(wanted.path).name}"
        return _of_shapes(land, list(frame.geometry), (title, source))
    density = _density(frame, wanted)
    shapes = np.asarray(frame.geometry.values, dtype=np.object_)
    of, unit = shapely.STRtree(land.units.shape).query(shapes, predicate="intersects")
    covered = shapely.area(shapely.intersection(shapes[of], land.units.shape[unit])) / 1e6
    sums = np.bincount(unit, weights=density[of] * covered, minlength=land.n_units)
    amount = sums.astype(np.float64)
    _refuse_outside(land, amount, wanted.path)
    present = shapes[density > 0].tolist()
    return Amounts(
        per_unit=amount,
        total=float(density @ shapely.area(shapes)) / 1e6,
        total_by_country=_by_country(land, shapes, density),
        range_km2=float(shapely.union_all(present).area) / 1e6,
        range_by_country=land.area_by_country(present),
        title=title,
        unit=f"{wanted.column} × km²",
        source=f"column {wanted.column} of {Path(wanted.path).name} per km², times area",
    )


def _density(frame: gpd.GeoDataFrame, wanted: FeatureSettings) -> NDArray[np.float64]:
    """(n,) float64: the amount per km² of each polygon."""
    columns = [str(name) for name in frame.columns if name != "geometry"]
    if wanted.column not in columns:
        hint = nearest_names_hint(wanted.column, columns) if columns else ""
        raise ReserveInputError(f"{wanted.path} has no column {wanted.column!r}. {hint}")
    try:
        density: NDArray[np.float64] = np.array(frame[wanted.column], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ReserveInputError(
            f"The column {wanted.column!r} of {wanted.path} holds no numbers. Name one that "
            "does."
        ) from error
    wrong = np.flatnonzero(~(density >= 0))
    if len(wrong):
        raise ReserveInputError(
            f"The column {wanted.column!r} of {wanted.path} has negative or missing amounts in "
            f"{len(wrong):,} rows, such as row {int(wrong[0]) + 1} "
            f"({density[wrong[0]]:g}). An amount of a feature is 0 or more."
        )
    return density


def _by_country(
    land: Landscape, shapes: NDArray[np.object_], density: NDArray[np.float64]
) -> Mapping[str, float]:
    found = {}
    for iso3, ground in land.whole_land.items():
        cut = shapely.area(shapely.intersection(shapes, ground)) / 1e6
        found[iso3] = float(density @ cut)
    return found


def _of_shapes(
    land: Landscape, shapes: Sequence[BaseGeometry], facts: tuple[str, str]
) -> Amounts:
    title, source = facts
    per_unit = covered_km2(shapes, land.units.shape)
    _refuse_outside(land, per_unit, title)
    total = float(shapely.union_all(list(shapes)).area) / 1e6
    inside = land.area_by_country(shapes)
    return Amounts(
        per_unit=per_unit,
        total=total,
        total_by_country=inside,
        range_km2=total,
        range_by_country=inside,
        title=title,
        unit=KM2,
        source=source,
    )


def _spread(land: Landscape, sites: Sequence[FlywaySite]) -> NDArray[np.float64]:
    """(n,) float64: how many sites lie in each unit, parts of them counted as parts."""
    drawn = {
        str(row["site_id"]): shape_of(row)
        for row in land.study.project.records("sites")
        if row["kind"] in {"nominal", "surveyed"}
    }
    amount = np.zeros(land.n_units)
    points = [site for site in sites if site.catalogue_id not in drawn]
    for site in sites:
        if site.catalogue_id in drawn:
            amount += _share_of_site(land, drawn[site.catalogue_id])
    at = gpd.GeoSeries(
        gpd.points_from_xy([site.lon for site in points], [site.lat for site in points]),
        crs="EPSG:4326",
    ).to_crs(land.study.grid.crs)
    _, unit = shapely.STRtree(land.units.shape).query_nearest(
        np.asarray(at.values, dtype=np.object_),
        max_distance=POINT_KM * 1000.0,
        all_matches=False,
    )
    return amount + np.bincount(unit, minlength=land.n_units)


def _share_of_site(land: Landscape, footprint: BaseGeometry) -> NDArray[np.float64]:
    """(n,) float64: the share of a site's land in each unit; one that lies in them is whole."""
    covered = covered_km2([footprint], land.units.shape)
    on_land = sum(land.area_by_country([footprint]).values())
    if not on_land:
        return covered
    inside = float(covered.sum())
    return covered / (inside if inside >= WHOLE_SITE * on_land else on_land)


def _refuse_none(land: Landscape, shapes: Sequence[BaseGeometry], what: str) -> None:
    if not shapes:
        raise ReserveInputError(
            f"The project {land.study.project.path} has no {what}. Leave the feature out of "
            "the request, or look for corridors first with landbridge corridors."
        )


def _refuse_outside(land: Landscape, amount: NDArray[np.float64], what: str) -> None:
    if not amount.any():
        raise ReserveInputError(
            f"{what} holds nothing in the planning units of {land.study.region.names.en}. "
            "Leave the feature out, or check the extent of its file."
        )
