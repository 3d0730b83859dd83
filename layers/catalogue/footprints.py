"""Nominal footprints: the reported area of a site, kept on its own ground.

No open package holds the surveyed boundaries of these sites. A nominal footprint is the part
of a disc about the catalogue point that lies on the site's own ground, its radius chosen so
that the area is the reported one. Own ground is the territory of the site's countries, or,
for a marine site, the sea that is nearer to them than to any other country. The disc is cut
with the country polygons as they are, in degrees, so that a footprint which reaches a border
has the border's own vertices and meets the footprint across it without a gap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from shapely import MultiPoint, MultiPolygon, Point, Polygon

from layers.catalogue.geodesy import WGS84, area_km2, circle, local_plane, shortest_link
from layers.catalogue.site import Realm
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

    from layers.catalogue.site import Site

AREA_TOLERANCE = 1e-4
"""Relative error of a footprint's area at which the search for its radius ends."""
FOOTPRINT_COLUMNS = ("site_id", "kind", "moved", "moved_km", "area_km2", "note", "geometry")
NOMINAL, SURVEYED = "nominal", "surveyed"

_WINDOW_FACTOR = 2.5
_MINIMUM_REACH_KM = 60.0
_BISECTIONS = 60
_GROWTH_STEPS = 400
_SLIT_M = 50.0


@dataclass(frozen=True, slots=True)
class Footprint:
    """Where a site is drawn.

    Parameters
    ----------
    geometry : BaseGeometry
        In EPSG:4326: a polygon without holes; a multipolygon where the own island is too
        small; the bare point where no area is reported or none can be placed.
    moved_km : float
        How far the catalogue point was moved to reach own ground; 0 where it was not.
    note : str
        What the reader of the map should know; may be empty.
    """

    geometry: BaseGeometry
    moved_km: float
    note: str


def nominal_footprints(
    sites: Iterable[Site],
    countries: gpd.GeoDataFrame,
    crs: str = "EPSG:4326",
    *,
    surveyed: Mapping[str, BaseGeometry] | None = None,
) -> gpd.GeoDataFrame:
    """Draw every site that has a point.

    Parameters
    ----------
    sites : iterable of Site
        Sites without a point are left out: they are listed, not drawn.
    countries : GeoDataFrame
        Columns iso3 and geometry (polygons); its CRS is EPSG:4326.
    crs : str
        CRS of the result. Only EPSG:4326 keeps the vertices of the border bit by bit.
    surveyed : mapping of str to BaseGeometry, optional
        Real boundaries by site id, in EPSG:4326; they take the place of nominal ones.

    Returns
    -------
    GeoDataFrame
        Columns site_id, kind (``"nominal"`` or ``"surveyed"``), moved (bool), moved_km,
        area_km2 (of the footprint, 0 for a point), note, geometry.

    Raises
    ------
    UsageError
        `countries` lacks a column, is not in degrees, or lacks the country of a site.
    """
    grounds = _Grounds(countries)
    surveyed = surveyed or {}
    records = []
    for site in sites:
        if site.site_id in surveyed:
            kind, drawn = SURVEYED, Footprint(surveyed[site.site_id], 0.0, "")
        elif site.lat is not None and site.lon is not None:
            kind, drawn = NOMINAL, _nominal(site, Point(site.lon, site.lat), grounds)
        else:
            continue
        records.append(
            {
                "site_id": site.site_id,
                "kind": kind,
                "moved": drawn.moved_km > 0,
                "moved_km": round(drawn.moved_km, 3),
                "area_km2": area_km2(drawn.geometry),
                "note": drawn.note,
                "geometry": drawn.geometry,
            }
        )
    frame = gpd.GeoDataFrame(
        records, columns=list(FOOTPRINT_COLUMNS), geometry="geometry", crs="EPSG:4326"
    )
    return frame if crs == "EPSG:4326" else frame.to_crs(crs)


class _Grounds:
    """The countries, cut to the window of each site."""

    def __init__(self, countries: gpd.GeoDataFrame) -> None:
        for column in ("iso3", "geometry"):
            if column not in countries.columns:
                raise UsageError(
                    f"The country polygons lack the column {column}. Give the layer "
                    "`countries` of the data pack, with columns iso3 and geometry."
                )
        if countries.crs is None or countries.crs.to_epsg() != 4326:
            raise UsageError(
                f"The country polygons are in {countries.crs or 'an unknown CRS'}. "
                "Give them in EPSG:4326."
            )
        self._codes = countries["iso3"].to_numpy()
        self._shapes = shapely.make_valid(countries.geometry.to_numpy())
        shapely.prepare(self._shapes)

    def cut(
        self, site: Site, window: tuple[float, float, float, float]
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """Return own land and foreign land inside a window, both in degrees."""
        own = np.isin(self._codes, site.countries)
        missing = set(site.countries) - set(self._codes[own])
        if missing:
            raise UsageError(
                f"The country polygons do not hold {', '.join(sorted(missing))}, the country "
                f"of {site.site_id}. Give a layer that covers it, or correct the site."
            )
        pieces = shapely.clip_by_rect(self._shapes, *window)
        return (
            shapely.union_all(_areas(pieces[own])),
            shapely.union_all(_areas(pieces[~own])),
        )


def _areas(pieces: np.ndarray[tuple[int], np.dtype[np.object_]]) -> list[Polygon]:
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(pieces)))
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]


def _nominal(site: Site, point: Point, grounds: _Grounds) -> Footprint:
    radius_km = math.sqrt((site.area_km2 or 0.0) / math.pi)
    reach_km = _MINIMUM_REACH_KM + _WINDOW_FACTOR * radius_km
    window = circle(point.x, point.y, reach_km).bounds
    land, foreign = grounds.cut(site, window)
    if site.realm is Realm.MARINE:
        ground = _own_sea(land, foreign, window)
        name = "sea"
    else:
        ground = _without_holes(land, foreign)
        name = "land"
    if ground.is_empty:
        return Footprint(
            point, 0.0, f"no own {name} within {reach_km:.0f} km: drawn as a point"
        )
    seat, moved_km = _seat(point, ground)
    notes = []
    if site.realm is Realm.MARINE:
        notes.append("in the sea nearer to own than to foreign land")
    if moved_km:
        notes.append(f"catalogue point moved {moved_km:.1f} km to the nearest own {name}")
    if site.area_km2 is None:
        notes.append("no area is reported: drawn as a point")
        return Footprint(seat, moved_km, "; ".join(notes))
    shape: BaseGeometry | None = _own_part(seat, site.area_km2, ground)
    if shape is None:
        shape = _spread(seat, site.area_km2, ground)
        if shape is None:
            return Footprint(seat, moved_km, f"too little own {name}: drawn as a point")
        notes.append(f"own connected {name} is smaller than the area: drawn in several parts")
    return Footprint(shape, moved_km, "; ".join(notes))


def _seat(point: Point, ground: BaseGeometry) -> tuple[Point, float]:
    """Return the point on the ground nearest to the catalogue point, and the way there."""
    if ground.intersects(point):
        return point, 0.0
    link, moved_km = shortest_link(ground, point)
    outline = ground.boundary
    return outline.interpolate(outline.project(Point(link.coords[0]))), moved_km


def _own_part(seat: Point, area: float, ground: BaseGeometry) -> Polygon | None:
    """Grow a disc until the connected own part of it that holds the seat has the area."""
    home = _component(ground, seat)
    if area_km2(home) < area * (1 - AREA_TOLERANCE):
        return None
    reach_km = _reach_km(seat, home)

    def part(radius_km: float) -> Polygon:
        return _component(home.intersection(circle(seat.x, seat.y, radius_km)), seat)

    lower, upper = _bracket(part, area, math.sqrt(area / math.pi), reach_km)
    if _matches(upper, area):
        return upper
    return _grow(lower, area, home)


def _reach_km(seat: Point, home: BaseGeometry) -> float:
    corners = np.array(shapely.get_coordinates(home))
    count = len(corners)
    _, _, distance = WGS84.inv(
        np.full(count, seat.x), np.full(count, seat.y), corners[:, 0], corners[:, 1]
    )
    return float(distance.max()) / 1000.0 * 1.01


def _bracket(
    part: Callable[[float], Polygon], area: float, radius_km: float, reach_km: float
) -> tuple[Polygon, Polygon]:
    """Bisect the radius; the two shapes differ in area only where the part jumps."""
    high = min(radius_km * 1.1, reach_km)
    low = high * 0.9
    while high < reach_km and area_km2(part(high)) < area:
        low, high = high, min(high * 1.5, reach_km)
    lower, upper = part(low), part(high)
    for _ in range(_BISECTIONS):
        if _matches(upper, area) or high - low < 1e-6 * radius_km:
            break
        middle = (low + high) / 2
        shape = part(middle)
        if area_km2(shape) < area:
            low, lower = middle, shape
        else:
            high, upper = middle, shape
    return lower, upper


def _matches(shape: BaseGeometry, area: float) -> bool:
    return abs(area_km2(shape) / area - 1) <= AREA_TOLERANCE


def _grow(shape: Polygon, area: float, home: Polygon) -> Polygon:
    """Let a shape flow over its own ground until it has the area.

    Used where the disc alone will not do because, at some radius, a lobe behind foreign land
    or water joins it at once. The shape grows by a strip that flows around such obstacles.
    """
    seat = shape.representative_point()
    to_metres, to_degrees = local_plane(seat.x, seat.y)

    def wider(base: Polygon, strip_m: float) -> Polygon:
        flat = shapely.transform(base, to_metres).buffer(strip_m, quad_segs=16)
        ring = shapely.transform(flat, to_degrees).union(base)
        return _filled(_component(home.intersection(ring), seat), home)

    strip_m = math.sqrt(area) * 1000.0 / 20.0
    for _ in range(_GROWTH_STEPS):
        candidate = wider(shape, strip_m)
        if _matches(candidate, area):
            return candidate
        if area_km2(candidate) < area:
            shape = candidate
        else:
            strip_m /= 2
    return shape


def _spread(seat: Point, area: float, ground: BaseGeometry) -> BaseGeometry | None:
    """Grow a disc until all own parts in it together have the area."""
    if area_km2(ground) < area:
        return None

    def part(radius_km: float) -> BaseGeometry:
        return _polygons(ground.intersection(circle(seat.x, seat.y, radius_km)))

    low, high = 0.0, _reach_km(seat, ground)
    shape = part(high)
    for _ in range(_BISECTIONS):
        if _matches(shape, area):
            break
        middle = (low + high) / 2
        shape = part(middle)
        low, high = (middle, high) if area_km2(shape) < area else (low, middle)
    return shape


def _polygons(geometry: BaseGeometry) -> MultiPolygon:
    return MultiPolygon(
        [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon)]
    )


def _component(geometry: BaseGeometry, seat: Point) -> Polygon:
    """Return the polygon that holds the seat, or else lies nearest to it."""
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon)]
    if not parts:
        return Polygon()
    return parts[int(np.argmin(shapely.distance(parts, seat)))]


def _filled(shape: Polygon, home: Polygon) -> Polygon:
    """Fill the holes that a ring of growth has closed over own ground."""
    own = [ring for ring in shape.interiors if home.covers(Polygon(ring))]
    if not own:
        return shape
    kept = [ring for ring in shape.interiors if ring not in own]
    return Polygon(shape.exterior, kept)


def _without_holes(land: BaseGeometry, foreign: BaseGeometry) -> BaseGeometry:
    """Fill lakes; open an enclave of another country by a slit to the outside."""
    opened = []
    for part in _polygons(land).geoms:
        shape: BaseGeometry = Polygon(part.exterior)
        for ring in part.interiors:
            hole = Polygon(ring)
            abroad = hole.intersection(foreign)
            if abroad.area > 1e-6 * hole.area:
                link, _ = shortest_link(hole, part.exterior)
                slit = link.buffer(_SLIT_M / 111_000.0)
                shape = shape.difference(hole).difference(slit)
        opened.append(shape)
    return shapely.union_all(opened)


def _own_sea(
    land: BaseGeometry, foreign: BaseGeometry, window: tuple[float, float, float, float]
) -> BaseGeometry:
    """Return the sea of a window that is nearer to own land than to foreign land."""
    sea = shapely.box(*window).difference(shapely.union_all([land, foreign]))
    if land.is_empty:
        return Polygon()
    if foreign.is_empty:
        return sea
    return sea.intersection(_nearer(land, foreign, window))


def _nearer(
    land: BaseGeometry, foreign: BaseGeometry, window: tuple[float, float, float, float]
) -> BaseGeometry:
    """Return where own land is nearer than foreign land: cells of a Voronoi diagram."""
    longitude, latitude = (window[0] + window[2]) / 2, (window[1] + window[3]) / 2
    to_metres, to_degrees = local_plane(longitude, latitude)
    corners = []
    for shape in (land, foreign):
        dense = shapely.segmentize(shape.boundary, 0.01)
        corners.append(
            np.unique(np.round(to_metres(shapely.get_coordinates(dense)), 1), axis=0)
        )
    seats = MultiPoint(np.concatenate(corners))
    frame = shapely.transform(shapely.segmentize(shapely.box(*window), 0.1), to_metres)
    cells = shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=frame))
    tree = shapely.STRtree(cells)
    own, other = (
        np.unique(tree.query(shapely.points(points), predicate="intersects")[1])
        for points in corners
    )
    wanted = np.setdiff1d(own, other)  # a corner of both belongs to neither: never across
    return shapely.transform(shapely.union_all(cells[wanted]), to_degrees)
