"""A flyway as tables, a GeoPackage, a text for planners and a record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.catalogue.tables import write_geopackage
from planner.files import made_folder, write_text
from planner.flyways.summary import summary_text
from planner.flyways.zones import geodesic_line, polygons
from planner.network.inputs import DEGREES
from planner.pipeline.runner import software_versions
from planner.suitability.tables import write_frame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from planner.flyways.analysis import Flyway, Level


def site_frame(flyway: Flyway) -> pd.DataFrame:
    """Return a row per site: what is known of it, what it is for, and at which ranges."""
    sites, level = flyway.sites, flyway.value
    found = level.measures
    pairs, flights = found.pairs, found.flights
    columns: dict[str, object] = {
        "site_id": [site.site_id for site in sites],
        "name": [site.name for site in sites],
        "country": [site.country for site in sites],
        "lon": [site.lon for site in sites],
        "lat": [site.lat for site in sites],
        "role": [site.shown_roles for site in sites],
        "season": [site.season for site in sites],
        "weight": [site.weight for site in sites],
        "status": [site.status for site in sites],
        "coordinates": [site.coordinates for site in sites],
        "evidence": [site.evidence for site in sites],
        "source": [site.source for site in sites],
        "catalogue_id": [site.catalogue_id for site in sites],
        "part": found.part,
        "critical": found.critical,
        "pairs_parted_percent": pairs.percent(pairs.connector),
        "pairs_ending_percent": pairs.percent(pairs.flux),
        "flights_lost_percent": flights.percent(flights.removal),
        "flights_lost_through_percent": flights.percent(flights.connector),
        "routes_over_percent": pairs.percent(found.routes.amounts),
        "lengthens_needed_flight_km": _finite(found.lengthening),
        "in_smallest_cut": np.isin(np.arange(len(sites)), found.cut),
        "critical_at": critical_at(flyway),
    }
    return pd.DataFrame(columns)


def critical_at(flyway: Flyway) -> list[str]:
    """Name the ranges in km at which each site is critical."""
    return [
        ";".join(
            f"{level.range_km:g}" for level in flyway.levels if level.measures.critical[at]
        )
        for at in range(len(flyway.sites))
    ]


def sensitivity_frame(flyway: Flyway) -> pd.DataFrame:
    """Return a row per flight range: how the flyway hangs together at it."""
    rows = []
    for level in flyway.levels:
        found = level.measures
        rows.append(
            {
                "range": level.name,
                "range_km": level.range_km,
                "parts": int(found.part.max()) + 1,
                "pairs_joined_percent": 100 * found.connected_share,
                "needed_flight_km": _finite(np.array([found.needed_leg]))[0],
                "critical_sites": int(found.critical.sum()),
                "critical": "; ".join(_named(flyway, np.flatnonzero(found.critical))),
                "routes_sharing_no_site": len(found.cut),
                "smallest_cut": "; ".join(_named(flyway, found.cut)),
                "gaps": len(level.gaps),
            }
        )
    return pd.DataFrame(rows)


def gap_frame(flyway: Flyway, level: Level) -> pd.DataFrame:
    """Return a row per gap: its ends, its length, how it can be closed."""
    rows = []
    for at, gap in enumerate(level.gaps):
        closing = level.closings[at] if at < len(level.closings) else None
        zones = () if closing is None else closing.zones
        rows.append(
            {
                "gap": at + 1,
                "from": flyway.sites[gap.first].name,
                "to": flyway.sites[gap.second].name,
                "length_km": gap.length,
                "range_km": level.range_km,
                "stones_needed": gap.stones,
                "pairs_joined_percent": 100 * gap.gain / max(level.measures.possible, 1e-300),
                "zone_km2": sum(zone.area_km2 for zone in zones),
                "land_km2": "; ".join(
                    f"{iso3} {km2:.0f}" for zone in zones for iso3, km2 in zone.land_km2.items()
                ),
                "known_places_in_zone": "; ".join(
                    site.name for zone in zones for site in zone.sites
                ),
                "closed_by": "; ".join(
                    site.name for site in (() if closing is None else closing.chain)
                ),
            }
        )
    return pd.DataFrame(rows)


def leg_frame(flyway: Flyway) -> gpd.GeoDataFrame:
    """Return a row per flight within range, drawn along the geodesic."""
    level, sites = flyway.value, flyway.sites
    first, second = np.nonzero(np.triu(flyway.distance_km <= level.range_km, k=1))
    return gpd.GeoDataFrame(
        {
            "from": [sites[a].site_id for a in first],
            "to": [sites[b].site_id for b in second],
            "length_km": flyway.distance_km[first, second],
            "at_low_range": flyway.distance_km[first, second] <= flyway.flight.low,
        },
        geometry=[
            geodesic_line(sites[a], sites[b]) for a, b in zip(first, second, strict=True)
        ],
        crs=DEGREES,
    )


def write_flyway(folder: Path, flyway: Flyway, hashes: Mapping[str, str]) -> tuple[Path, ...]:
    """Write the tables, the GeoPackage, the text and the record of a flyway.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    flyway : Flyway
        What was found.
    hashes : mapping of str to str
        Hash of every input.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    made_folder(folder)
    sites, legs = site_frame(flyway), leg_frame(flyway)
    tables = {
        "sites": sites,
        "legs": legs.drop(columns="geometry"),
        "gaps": gap_frame(flyway, flyway.value),
        "sensitivity": sensitivity_frame(flyway),
    }
    written = []
    for name, frame in tables.items():
        written.append(folder / f"{name}.csv")
        write_frame(written[-1], pd.DataFrame(frame))
    written.append(folder / "flyway.gpkg")
    write_geopackage(written[-1], _layers(flyway, sites, legs))
    written.append(folder / "summary.txt")
    write_text(written[-1], summary_text(flyway))
    written.append(folder / "flyway.json")
    write_text(written[-1], json.dumps(flyway_record(flyway, hashes), indent=1) + "\n")
    return tuple(written)


def flyway_record(flyway: Flyway, hashes: Mapping[str, str]) -> dict[str, object]:
    """Return what the results depend on: inputs with their hashes, ranges, versions."""
    flight = flyway.flight
    return {
        "species": flyway.species,
        "season": flyway.season or "both",
        "inputs": dict(hashes),
        "range_km": {"value": flight.value, "low": flight.low, "high": flight.high},
        "range_status": flight.status,
        "range_basis": flight.basis,
        "range_source": flight.source,
        "notes": list(flyway.notes),
        "versions": software_versions(),
    }


def _layers(
    flyway: Flyway, sites: pd.DataFrame, legs: gpd.GeoDataFrame
) -> dict[str, gpd.GeoDataFrame]:
    points = gpd.points_from_xy(sites["lon"], sites["lat"])
    layers = {"sites": gpd.GeoDataFrame(sites, geometry=points, crs=DEGREES)}
    if len(legs):
        layers["legs"] = legs
    level = flyway.value
    if level.gaps:
        lines = [
            geodesic_line(flyway.sites[gap.first], flyway.sites[gap.second])
            for gap in level.gaps
        ]
        layers["gaps"] = gpd.GeoDataFrame(gap_frame(flyway, level), geometry=lines, crs=DEGREES)
    zones = _zone_frame(level)
    if len(zones):
        layers["closing_zones"] = zones
    return layers


def _zone_frame(level: Level) -> gpd.GeoDataFrame:
    rows: list[dict[str, object]] = []
    shapes: list[object] = []
    for at, closing in enumerate(level.closings, start=1):
        for zone in () if closing is None else closing.zones:
            if zone.area_km2 > 0:
                sites = "; ".join(site.name for site in zone.sites)
                rows.append(
                    {"gap": at, "stone": zone.stone, "area_km2": zone.area_km2, "sites": sites}
                )
                shapes.append(polygons(shapely.make_valid(zone.shape)))
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=DEGREES)


def _finite(values: NDArray[np.float64]) -> list[float | None]:
    """Leave unknown and endless lengths empty."""
    return [float(value) if np.isfinite(value) else None for value in values]


def _named(flyway: Flyway, at: NDArray[np.integer]) -> list[str]:
    return [flyway.sites[int(site)].name for site in at]
