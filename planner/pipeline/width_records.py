"""What is stored of a corridor's width: profile, narrow stretches, and the land to add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from algorithms.corridors.borders import border_crossings, country_stretches, length_within
from layers.shapes import outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from algorithms.corridors.borders import CountryStretch
    from algorithms.corridors.widening import Widening
    from algorithms.corridors.width import Passage, Stretch, WidthProfile
    from planner.pipeline.land import Land

MOST_VERTICES = 400


def profile_facts(
    land: Land, found: Passage, needed_m: float, narrow: Sequence[Stretch]
) -> dict[str, object]:
    """Return the profile of a corridor's width with its places and countries.

    Parameters
    ----------
    land : Land
        Grid and countries.
    found : Passage
        The widest way through the corridor.
    needed_m : float
        Width that the species needs.
    narrow : sequence of Stretch
        Stretches below that width.
    """
    profile = found.profile
    kept = thinned(profile.width_m)
    x, y = places(land, profile.rows, profile.columns)
    parts = countries_along(land, profile)
    return {
        "distance_m": _rounded(profile.distance_m[kept]),
        "width_m": _rounded(profile.width_m[kept]),
        "x": _rounded(x[kept]),
        "y": _rounded(y[kept]),
        "needed_m": needed_m,
        "crossings": _crossings(land, profile),
        "stretches": [
            {
                "start_m": round(stretch.start_m, 1),
                "end_m": round(stretch.end_m, 1),
                "width_m": round(stretch.width_m, 1),
                "country": main_country(land, parts, stretch),
                "length_km_by_country": lengths_of(land, parts, stretch),
            }
            for stretch in narrow
        ],
        "countries": [
            {
                "start_m": round(part.start_m, 1),
                "end_m": round(part.end_m, 1),
                "iso3": land.iso3[part.country - 1] if part.country else None,
            }
            for part in parts
        ],
    }


def thinned(width_m: NDArray[np.float64], most: int = MOST_VERTICES) -> NDArray[np.intp]:
    """Choose vertices of a profile for plots so that no narrow and no wide place is lost.

    Parameters
    ----------
    width_m : (n,) float64
        Width at each vertex.
    most : int
        About how many to keep; of every run of vertices the narrowest and the widest stay,
        and so do both ends.

    Returns
    -------
    (m,) intp
        Positions, rising.
    """
    if width_m.size <= most:
        return np.arange(width_m.size)
    runs = np.array_split(np.arange(width_m.size), max(1, most // 2))
    kept = {0, width_m.size - 1}
    for run in runs:
        kept |= {int(run[width_m[run].argmin()]), int(run[width_m[run].argmax()])}
    return np.array(sorted(kept))


def places(
    land: Land, rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of places in cells, counted from the centre of the first."""
    transform = land.grid.transform
    return (
        transform.c + (columns + 0.5) * transform.a,
        transform.f + (rows + 0.5) * transform.e,
    )


def countries_along(land: Land, profile: WidthProfile) -> tuple[CountryStretch, ...]:
    """Return from where to where a profile runs in which country."""
    rows, columns = _cells(land, profile)
    return country_stretches(land.country[rows, columns], profile.distance_m)


def lengths_of(
    land: Land, parts: Sequence[CountryStretch], stretch: Stretch
) -> dict[str, float]:
    """Return the kilometres of a stretch in each country; empty text for none."""
    metres = length_within(parts, stretch.start_m, stretch.end_m)
    return {
        land.iso3[code - 1] if code else "": round(length / 1000.0, 3)
        for code, length in metres.items()
    }


def main_country(land: Land, parts: Sequence[CountryStretch], stretch: Stretch) -> str | None:
    """Return the country with most of a stretch, None where it lies in none."""
    lengths = lengths_of(land, parts, stretch)
    return max(lengths, key=lambda iso3: lengths[iso3], default="") or None


def mean_width_m(found: Passage) -> float | None:
    """Return the mean width along a way, None where it has no length."""
    distance, width = found.profile.distance_m, found.profile.width_m
    if distance[-1] <= 0:
        return None
    return round(float(np.trapezoid(width, distance) / distance[-1]), 1)


def bottleneck_record(land: Land, found: Passage, stretch: Stretch) -> dict[str, object]:
    """Describe a narrow stretch."""
    profile = found.profile
    inside = (profile.distance_m >= stretch.start_m) & (profile.distance_m <= stretch.end_m)
    x, y = places(land, profile.rows[inside], profile.columns[inside])
    points = np.column_stack([x, y])
    if len(points) == 1:
        points = np.repeat(points, 2, axis=0)
    parts = countries_along(land, profile)
    cell_m = max(land.grid.cell_size)
    return {
        "kind": "bottleneck",
        "width_m": round(stretch.width_m, 1),
        "width_label": width_label(stretch.width_m, cell_m),
        "length_km": round(stretch.length_m / 1000.0, 2),
        "country": main_country(land, parts, stretch),
        "geometry": shapely.LineString(points),
        "attributes": {
            "shortfall_m": round(stretch.shortfall_m, 1),
            "certain": stretch.shortfall_m > cell_m,
            "length_km_by_country": lengths_of(land, parts, stretch),
        },
    }


def width_label(width_m: float, cell_m: float) -> str:
    """Write a width for the map; below a cell only that can be told."""
    return f"{width_m:,.0f} m" if width_m >= cell_m else f"under {cell_m:,.0f} m"


def widening_facts(wider: Widening) -> dict[str, object]:
    """Return what a widening was found to be."""
    return {
        "verified_minimum_width_m": round(wider.verified_minimum_width_m, 1),
        "arc_cost": round(wider.arc_cost, 3),
        "union_cost": round(wider.union_cost, 3),
        "lower_bound": None if wider.lower_bound is None else round(wider.lower_bound, 3),
        "gap": None if wider.gap is None else round(wider.gap, 4),
    }


def added_records(
    land: Land, wider: Widening, cost: NDArray[np.float64]
) -> list[dict[str, object]]:
    """Describe the land to add and what it costs, one record per country.

    Parameters
    ----------
    land : Land
        Grid and countries.
    wider : Widening
        What is to be added.
    cost : (rows, columns) float64
        Cost of adding each cell.
    """
    records: list[dict[str, object]] = []
    country = land.country
    for code, iso3 in enumerate(land.iso3, 1):
        here = wider.added & (country == code)
        if here.any():
            shape: BaseGeometry = outline(here, land.grid)
            records.append(
                {
                    "kind": "widening",
                    "country": iso3,
                    "area_to_add_km2": round(float(here.sum()) * land.grid.cell_area_km2, 2),
                    "geometry": shape,
                    "attributes": {"cost": round(float(cost[here].sum()), 3)},
                }
            )
    return records


def _crossings(land: Land, profile: WidthProfile) -> list[dict[str, object]]:
    rows, columns = _cells(land, profile)
    found = border_crossings(
        rows, columns, land.country, land.grid.cell_size, profile.distance_m
    )
    return [
        {
            "distance_m": round(crossing.distance_m, 1),
            "border": border_name(land, crossing.from_country, crossing.to_country),
        }
        for crossing in found
    ]


def border_name(land: Land, one: int, other: int) -> str:
    """Return the name of a border by its countries, such as ``CHN-RUS``."""
    return "-".join(sorted((land.iso3[one - 1], land.iso3[other - 1])))


def _cells(land: Land, profile: WidthProfile) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the cells of the vertices, which may lie on the edges between two."""
    last = np.array(land.grid.shape) - 1
    rows = np.clip(np.rint(profile.rows), 0, last[0]).astype(np.int32)
    columns = np.clip(np.rint(profile.columns), 0, last[1]).astype(np.int32)
    return rows, columns


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), 1) for value in values]
