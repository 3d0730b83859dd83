"""Places that are typed while drawing: in degrees, or so far in such a direction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyproj import Geod

from resources.errors import UsageError
from resources.translation import tr

if TYPE_CHECKING:
    from ui.map.coordinates import GroundMeasure
    from ui.map.view_state import Point

_WGS84 = Geod(ellps="WGS84")
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_BETWEEN = r"\s*(?:@|,|;|\s)\s*"
# Few keyboards have the sign of degrees: where a unit is written it can be left out.
_STEPS = tuple(
    re.compile(rf"^\s*{_NUMBER}\s*{unit}{_BETWEEN}{_NUMBER}\s*{degrees}\s*$", re.IGNORECASE)
    for unit, degrees in ((r"(km|m|км|м)", "°?"), (r"(km|m|км|м)?", "°"))
)
_KILO = frozenset({"km", "км"})
_LONGEST_M = 20_000_000.0


def typed_step(text: str, start: Point | None, measure: GroundMeasure) -> Point | None:
    """Return the place so far from another in a direction; None where the text is no step.

    Parameters
    ----------
    text : str
        Such as ``12 km 45°``, ``12 km 45`` or ``800 m @ 270°``; the direction is clockwise
        from north.
    start : tuple of float or None
        Where the step begins, in the map's CRS.
    measure : GroundMeasure
        Of the map's CRS.

    Raises
    ------
    UsageError
        There is no place to begin at, or the step leads off the map.
    """
    found = next((step for pattern in _STEPS if (step := pattern.match(text))), None)
    if found is None:
        return None
    if start is None:
        raise UsageError(tr("A distance needs a point to begin at: type a place first."))
    distance, unit, direction = found.groups()
    metres = float(distance.replace(",", ".")) * (1000 if (unit or "").lower() in _KILO else 1)
    lonlat = measure.lonlat(start)
    if lonlat is None or metres > _LONGEST_M:
        raise UsageError(tr("{text} leads off the map.", text=text.strip()))
    lon, lat, _ = _WGS84.fwd(*lonlat, float(direction.replace(",", ".")), metres)
    place = measure.from_lonlat(float(lon), float(lat))
    if place is None:
        raise UsageError(tr("{text} leads off the map.", text=text.strip()))
    return place


def direction_of(
    start: Point, end: Point, measure: GroundMeasure
) -> tuple[float, float] | None:
    """Return the distance in metres and the direction in degrees from one place to another."""
    a, b = measure.lonlat(start), measure.lonlat(end)
    if a is None or b is None:
        return None
    azimuth, _, distance = _WGS84.inv(*a, *b)
    return float(distance), float(azimuth) % 360
