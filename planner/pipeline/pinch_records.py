"""What is told of pinch points and of land to restore, in a study or in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algorithms.corridors.barriers import restoration_places
from algorithms.corridors.pinch_points import pinch_places

if TYPE_CHECKING:
    from algorithms.corridors.barriers import Barriers
    from algorithms.corridors.pinch_points import CorridorCurrent
    from planner.pipeline.land import Land

RADII_CELLS = (1.0, 2.0, 4.0)
"""Radii of the discs whose restoration is tried, in cells."""
PLACES_PER_CORRIDOR = 3
"""Pinch points of one corridor that are listed at most."""
DISCS_PER_CORRIDOR = 5
"""Places to restore of one corridor that are listed at most."""
MOST_PLACES = 20
SEPARATION_CELLS = 5.0
"""Places of one kind lie at least so many cells apart."""
LEAST_SHARE = 0.1
"""A place carries at least this share of the current of its corridor."""

PLACE_COLUMNS = ("country", "lon", "lat")
PINCH_COLUMNS = ("current_share", "cells_across", "resistance_ohm")
BARRIER_COLUMNS = ("radius_m", "score", "saved_cost", "saved_percent")
CURRENT_UNIT = "share of one ampere between the cores"
BARRIER_UNIT = "per cent of the least-cost distance saved"


def pinch_rows(land: Land, current: CorridorCurrent) -> list[dict[str, object]]:
    """Return the pinch points of one corridor, the highest current first.

    Parameters
    ----------
    land : Land
        Grid and countries.
    current : CorridorCurrent
        What flows through it.

    Returns
    -------
    list of dict
        With `PLACE_COLUMNS`, `PINCH_COLUMNS`, and x and y on the grid.
    """
    places = pinch_places(
        current,
        separation_m=SEPARATION_CELLS * max(land.grid.cell_size),
        cell_size=land.grid.cell_size,
        least_share=LEAST_SHARE,
        most=PLACES_PER_CORRIDOR,
    )
    return [
        {
            **_where(land, place.row, place.column),
            "current_share": round(place.current, 4),
            "cells_across": round(place.ways, 2),
            "resistance_ohm": round(current.resistance, 3),
        }
        for place in places
    ]


def barrier_rows(
    land: Land, found: Barriers, most: int = MOST_PLACES
) -> list[tuple[int, dict[str, object]]]:
    """Return the places to restore, the highest score first, each with its pair of cores.

    Parameters
    ----------
    land : Land
        Grid and countries.
    found : Barriers
        Scores.
    most : int
        How many are listed at most.

    Returns
    -------
    list of (int, dict)
        Position of the pair; `PLACE_COLUMNS`, `BARRIER_COLUMNS`, and x and y on the grid.
    """
    places = restoration_places(
        found,
        separation_m=SEPARATION_CELLS * max(land.grid.cell_size),
        cell_size=land.grid.cell_size,
        most=most,
        most_of_pair=DISCS_PER_CORRIDOR,
    )
    return [
        (
            place.pair,
            {
                **_where(land, place.row, place.column),
                "radius_m": round(place.radius_m, 1),
                "score": round(place.score, 4),
                "saved_cost": round(place.saved, 1),
                "saved_percent": round(place.percent, 2),
            },
        )
        for place in places
    ]


def _where(land: Land, row: int, column: int) -> dict[str, object]:
    code = int(land.country[row, column])
    lon, lat = land.degrees_at(row, column)
    to_grid = land.grid.transform
    return {
        "country": land.iso3[code - 1] if code else "",
        "lon": round(lon, 4),
        "lat": round(lat, 4),
        "x": round(to_grid.c + (column + 0.5) * to_grid.a, 1),
        "y": round(to_grid.f + (row + 0.5) * to_grid.e, 1),
    }
