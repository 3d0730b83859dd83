"""The analysis of one flyway: measured over its flight ranges and seasons, gaps closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.flyways import find_gaps, measure_flyway, minimax_legs
from algorithms.control import NULL_CONTROL, PartControl
from planner.flyways.sites import BOTH, NORTHWARD, SOUTHWARD
from planner.flyways.zones import close_gap
from planner.network.errors import NetworkInputError
from planner.network.inputs import geodesic_distances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import FloatArray
    from algorithms.connectivity.flyways import FlywayMeasures, Gap
    from algorithms.control import Control
    from planner.flyways.ranges import FlightRange
    from planner.flyways.sites import FlywaySite
    from planner.flyways.zones import Closing, Ground

GAPS_CLOSED = 10
"""So many gaps get zones, those first that join most."""
STONES_PLACED = 20
"""Gaps that need more resting places get none: they are no gaps between flights."""


@dataclass(frozen=True)
class Level:
    """A flyway at one flight range.

    Parameters
    ----------
    name : str
        ``low``, ``value`` or ``high``.
    range_km : float
        The range.
    measures : FlywayMeasures
        What was measured, in km.
    gaps : tuple of Gap
        Between the parts.
    closings : tuple of Closing or None
        Of the first gaps; None where more than `STONES_PLACED` places would be needed.
    """

    name: str
    range_km: float
    measures: FlywayMeasures
    gaps: tuple[Gap, ...]
    closings: tuple[Closing | None, ...]


@dataclass(frozen=True)
class Flyway:
    """A flyway of one species, and season where those are known.

    Parameters
    ----------
    species, title, season : str
        Whose; what people call it; empty season for both.
    sites : tuple of FlywaySite
        Its sites.
    distance_km : (n, n) float64
        Geodesic distances.
    flight : FlightRange
        With its evidence.
    levels : tuple of Level
        At each range.
    notes : tuple of str
        What must be known to read it.
    """

    species: str
    title: str
    season: str
    sites: tuple[FlywaySite, ...]
    distance_km: FloatArray
    flight: FlightRange
    levels: tuple[Level, ...]
    notes: tuple[str, ...]

    @property
    def value(self) -> Level:
        """The flyway at the range that counts."""
        return next(level for level in self.levels if level.name == "value")

    def bottleneck(self) -> tuple[float, int, int] | None:
        """Return the needed longest flight and the breeding and wintering site that need it.

        None where there is no breeding or no wintering site.
        """
        breeding, wintering = role_weights(self.sites)
        if not (breeding.any() and wintering.any()):
            return None
        legs = minimax_legs(self.distance_km)[np.ix_(breeding > 0, wintering > 0)]
        rows, columns = np.flatnonzero(breeding), np.flatnonzero(wintering)
        by_row, by_column = legs.min(axis=1), legs.min(axis=0)
        if by_row.max() >= by_column.max():
            row = int(by_row.argmax())
            return float(by_row.max()), int(rows[row]), int(columns[legs[row].argmin()])
        column = int(by_column.argmax())
        worst = int(legs[:, column].argmin())
        return float(by_column.max()), int(rows[worst]), int(columns[column])


def role_weights(sites: Sequence[FlywaySite]) -> tuple[FloatArray, FloatArray]:
    """Return the weight of each site as a breeding and as a wintering ground."""
    found = [
        np.array([site.weight if role in site.roles else 0.0 for site in sites])
        for role in ("breeding", "wintering")
    ]
    return found[0], found[1]


def analyse_flyway(  # noqa: PLR0913 - what a flyway is made of
    species: str,
    title: str,
    sites: tuple[FlywaySite, ...],
    flight: FlightRange,
    ground: Ground | None,
    *,
    notes: tuple[str, ...] = (),
    control: Control = NULL_CONTROL,
) -> tuple[Flyway, ...]:
    """Analyse a flyway at each of its flight ranges, and in each season where those are known.

    Parameters
    ----------
    species, title : str
        Whose, for files and for people.
    sites : tuple of FlywaySite
        With roles, as far as known.
    flight : FlightRange
        With its low and high value.
    ground : Ground, optional
        Where gaps may be closed; without it they are found only.
    notes : tuple of str
        What must be known to read it.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    tuple of Flyway
        One, or one northward and one southward.

    Raises
    ------
    NetworkInputError
        There are no sites.
    """
    if not sites:
        raise NetworkInputError(
            f"There are no sites of {title}. Give them with --sites FILE, a row for each."
        )
    known = {site.season for site in sites} - {BOTH}
    seasons = (NORTHWARD, SOUTHWARD) if known else (BOTH,)
    found = []
    for at, season in enumerate(seasons):
        used = tuple(site for site in sites if season == BOTH or site.season in {season, BOTH})
        part = PartControl(control, at / len(seasons), (at + 1) / len(seasons))
        distance = geodesic_distances(np.array([(one.lon, one.lat) for one in used])) / 1000.0
        levels = _levels(used, distance, flight, ground, part)
        found.append(Flyway(species, title, season, used, distance, flight, levels, notes))
    return tuple(found)


def _levels(
    sites: tuple[FlywaySite, ...],
    distance: FloatArray,
    flight: FlightRange,
    ground: Ground | None,
    control: Control,
) -> tuple[Level, ...]:
    breeding, wintering = role_weights(sites)
    found = []
    for at, (name, range_km) in enumerate(flight.levels.items()):
        part = PartControl(control, at / len(flight.levels), (at + 1) / len(flight.levels))
        measures = measure_flyway(
            distance, breeding, wintering, range_km, control=PartControl(part, 0.0, 0.6)
        )
        gaps = find_gaps(distance, breeding, wintering, range_km)
        closings: list[Closing | None] = []
        for gap in gaps[: GAPS_CLOSED if name == "value" else 0]:
            part.report(0.6 + 0.4 * len(closings) / GAPS_CLOSED)
            closings.append(
                None
                if ground is None or gap.stones > STONES_PLACED
                else close_gap(gap, sites, measures.part, range_km, ground)
            )
        found.append(Level(name, range_km, measures, gaps, tuple(closings)))
    return tuple(found)
