"""Places in degrees, and true lengths on the ground, for any map CRS."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pyproj import CRS, Geod, Transformer

if TYPE_CHECKING:
    from ui.map.view_state import Extent, Point

_WGS84 = Geod(ellps="WGS84")


class GroundMeasure:
    """Turns map coordinates into longitude and latitude, and into metres on the ground.

    Parameters
    ----------
    crs : str
        The map's CRS, anything pyproj understands.
    """

    def __init__(self, crs: str) -> None:
        known = CRS.from_user_input(crs)
        self._to_lonlat = Transformer.from_crs(known, "EPSG:4326", always_xy=True)
        self._from_lonlat = Transformer.from_crs("EPSG:4326", known, always_xy=True)
        self.crs_name = _short_name(known)

    def lonlat(self, point: Point) -> Point | None:
        """Return longitude and latitude in degrees, or None where the CRS does not reach."""
        lon, lat = self._to_lonlat.transform(*point)
        if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lat) > 90:
            return None
        return (lon, lat)

    def from_lonlat(self, lon: float, lat: float) -> Point | None:
        """Return the map coordinates of a place, or None where the CRS does not reach it."""
        x, y = self._from_lonlat.transform(lon, lat)
        return (float(x), float(y)) if math.isfinite(x) and math.isfinite(y) else None

    def extent_from_lonlat(self, bounds: Extent) -> Extent:
        """Return the map extent that holds a box of longitudes and latitudes."""
        west, south, east, north = self._from_lonlat.transform_bounds(*bounds, densify_pts=41)
        return (west, south, east, north)

    def length_m(self, start: Point, end: Point) -> float | None:
        """Return the geodesic length between two places of the map, in metres (WGS 84).

        None where the CRS does not reach one of them.
        """
        a, b = self.lonlat(start), self.lonlat(end)
        if a is None or b is None:
            return None
        _, _, distance_m = _WGS84.inv(*a, *b)
        return float(distance_m)


def format_lonlat(lonlat: Point | None) -> str:
    """Return a place as people write it, latitude first, with hemispheres.

    Four decimals are about ten metres: the precision of a screen, not of the data.
    """
    if lonlat is None:
        return "outside the map's reach"
    lon, lat = lonlat
    lon = (lon + 180) % 360 - 180
    north = "N" if lat >= 0 else "S"
    east = "E" if lon >= 0 else "W"
    return f"{abs(lat):.4f}° {north}, {abs(lon):.4f}° {east}"


def _short_name(crs: CRS) -> str:
    if code := crs.to_epsg():
        return f"EPSG:{code}"
    operation = crs.coordinate_operation
    if operation is None:
        return str(crs.name)
    named = crs.name not in {"unknown", "undefined", ""}
    return str(crs.name) if named else str(operation.method_name)
