"""Lengths on the ellipsoid of lines that are drawn on a flat map."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod, Proj, Transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

WGS84 = Geod(ellps="WGS84")
STEP_M = 10_000.0
"""Longest piece of a line that is taken for a geodesic."""


@lru_cache(maxsize=8)
def _to_degrees(crs: str) -> Transformer:
    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def length_km(line: BaseGeometry, crs: str) -> float:
    """Measure a line, or the outline of an area, on the ellipsoid WGS 84.

    Parameters
    ----------
    line : geometry
        Lines or areas in a projected CRS in metres.
    crs : str
        That CRS, as PROJ understands it.
    """
    if line.is_empty:
        return 0.0
    points, part = shapely.get_coordinates(
        shapely.segmentize(_lines(line), STEP_M), return_index=True
    )
    lon, lat = _to_degrees(crs).transform(points[:, 0], points[:, 1])
    _, _, metres = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return float(np.sum(metres[part[1:] == part[:-1]])) / 1000.0


def _lines(shape: BaseGeometry) -> NDArray[np.object_]:
    """Return the lines in a geometry, and the rings of its areas."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    areal = shapely.get_dimensions(parts) == 2
    lines: NDArray[np.object_] = np.concatenate(
        [shapely.get_rings(parts[areal]), parts[~areal]]
    )
    return lines


def longest_km(lines: BaseGeometry, crs: str) -> float:
    """Return the length on the ellipsoid of the longest of several lines; 0 for none."""
    merged = shapely.line_merge(lines) if lines.geom_type == "MultiLineString" else lines
    parts = [part for part in shapely.get_parts(merged) if part.geom_type == "LineString"]
    return max((length_km(part, crs) for part in parts), default=0.0)


def stretch(x: float, y: float, crs: str) -> float:
    """Return by how much the map stretches or shrinks lengths at a place at most.

    Parameters
    ----------
    x, y : float
        Place in the CRS.
    crs : str
        Projected CRS, as PROJ understands it.

    Returns
    -------
    float
        0.02 where a length on the map is off by up to 2 %.

    References
    ----------
    Snyder, J. P. (1987). Map Projections: A Working Manual. USGS Professional Paper 1395,
    pages 20-26 (Tissot's indicatrix).
    """
    lon, lat = _to_degrees(crs).transform(x, y)
    factors = Proj(crs).get_factors(lon, lat)
    longest, shortest = factors.tissot_semimajor, factors.tissot_semiminor
    return float(max(abs(longest - 1.0), abs(1.0 - shortest)))
