"""Places in degrees, and true lengths and areas on the ground, for any map CRS."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.enums import TransformDirection

from resources.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from ui.map.view_state import Extent, Point

_WGS84 = Geod(ellps="WGS84")
_BACK = TransformDirection.INVERSE
_KEPT = 8
"""How many measures are kept; to look up a CRS takes longer than the window may be held."""
_EDGE_STEPS = 256
"""Into how many steps the outline of an area is cut, so that its edges run as on the map."""


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
        self.crs_name = _short_name(known)
        self.in_degrees = known.is_geographic
        """Whether map units are degrees, not metres."""

    def lonlat(self, point: Point) -> Point | None:
        """Return longitude and latitude in degrees, or None where the CRS does not reach."""
        lon, lat = self._to_lonlat.transform(*point)
        if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lat) > 90:
            return None
        return (lon, lat)

    def from_lonlat(self, lon: float, lat: float) -> Point | None:
        """Return the map coordinates of a place, or None where the CRS does not reach it."""
        x, y = self._to_lonlat.transform(lon, lat, direction=_BACK)
        return (float(x), float(y)) if math.isfinite(x) and math.isfinite(y) else None

    def extent_from_lonlat(self, bounds: Extent) -> Extent:
        """Return the map extent that holds a box of longitudes and latitudes."""
        west, south, east, north = self._to_lonlat.transform_bounds(
            *bounds, densify_pts=41, direction=_BACK
        )
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

    def area_m2(self, outline: Sequence[Point]) -> float | None:
        """Return the area on the ellipsoid of what an outline on the map holds, in m² (WGS 84).

        Edges run straight on the map, as they are drawn. Where the outline crosses itself,
        what lies on either side of the crossing counts in full.

        Parameters
        ----------
        outline : sequence of (x, y)
            Corners in map coordinates, three or more; it need not be closed.

        Returns
        -------
        float or None
            None where the CRS does not reach a part of it.
        """
        drawn = shapely.make_valid(shapely.Polygon(outline))
        if drawn.is_empty or not drawn.length:
            return 0.0
        fine = shapely.segmentize(drawn, drawn.length / _EDGE_STEPS)
        areas = [self._polygon_m2(part) for part in _polygons(fine)]
        return None if None in areas else float(sum(area for area in areas if area is not None))

    def _polygon_m2(self, polygon: shapely.Polygon) -> float | None:
        held = 0.0
        for number, ring in enumerate((polygon.exterior, *polygon.interiors)):
            x, y = ring.xy
            lon, lat = self._to_lonlat.transform(list(x), list(y))
            if not all(math.isfinite(value) for value in (*lon, *lat)):
                return None
            area_m2, _ = _WGS84.polygon_area_perimeter(lon, lat)
            held += -abs(area_m2) if number else abs(area_m2)
        return held


@lru_cache(maxsize=_KEPT)
def ground_measure(crs: str) -> GroundMeasure:
    """Return the measure of a map CRS, the same one as the last time.

    Only for the window's thread; each thread would look the CRS up by itself.
    """
    return GroundMeasure(crs)


def _polygons(geometry: BaseGeometry) -> list[shapely.Polygon]:
    """Return every polygon in a geometry, however deep it lies in collections."""
    if isinstance(geometry, shapely.Polygon):
        return [geometry]
    if isinstance(geometry, shapely.MultiPolygon | shapely.GeometryCollection):
        return [found for part in geometry.geoms for found in _polygons(part)]
    return []


def format_lonlat(lonlat: Point | None) -> str:
    """Return a place as people write it, latitude first, with hemispheres.

    Four decimals are about ten metres: the precision of a screen, not of the data.
    """
    if lonlat is None:
        return tr("outside the map's reach")
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
