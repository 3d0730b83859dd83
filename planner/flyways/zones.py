"""Where a resting place would close a gap: the zone it must lie in, and what lies there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point

from algorithms.connectivity.flyways import fewest_stones
from layers.catalogue import STANDING
from layers.catalogue.geodesy import WGS84, area_km2, circle
from planner.network.inputs import geodesic_distances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.connectivity.flyways import Gap
    from layers.catalogue import Catalogue
    from layers.pack import DataPack
    from planner.flyways.sites import FlywaySite
    from planner.localities import Locality

CORNERS = 180


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known place that may become a resting place.

    Parameters
    ----------
    site_id : str
        Site of the catalogue; empty where it is none.
    name : str
        What people call it.
    lon, lat : float
        Degrees, EPSG:4326.
    kind : str
        Why it is known: ``catalogue``, or the species that uses it.
    """

    site_id: str
    name: str
    lon: float
    lat: float
    kind: str


@dataclass(frozen=True, slots=True)
class Zone:
    """Where one of the resting places that close a gap must lie.

    Parameters
    ----------
    stone : int
        Which of them, from 1 at the first end of the gap.
    shape : BaseGeometry
        All places within reach, in EPSG:4326; empty where flights cannot close the gap so.
    area_km2 : float
        Its area.
    land_km2 : dict of str to float
        Land in it by country, where the base map reaches; empty where it does not.
    sites : tuple of Candidate
        Known places in it that are not in the flyway, nearest to the middle of the gap first.
    """

    stone: int
    shape: BaseGeometry
    area_km2: float
    land_km2: dict[str, float]
    sites: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """How a gap could be closed.

    Parameters
    ----------
    zones : tuple of Zone
        One for each resting place that is needed.
    chain : tuple of Candidate
        The fewest known places that close it, in the order of flight; empty where none do.
    """

    zones: tuple[Zone, ...]
    chain: tuple[Candidate, ...]


class Ground:
    """Land and catalogued sites to close gaps on.

    Parameters
    ----------
    catalogue : Catalogue
        Its standing sites with a point are candidates.
    pack : DataPack
        Countries of the base map.
    localities : sequence of Locality
        Places of confirmed presence of other migrants; candidates too.
    """

    def __init__(
        self, catalogue: Catalogue, pack: DataPack, localities: Sequence[Locality] = ()
    ) -> None:
        self._pack = pack
        listed = [
            Candidate(site.site_id, site.name_en, site.lon, site.lat, "catalogue")
            for site in catalogue
            if site.lon is not None and site.lat is not None and site.state in STANDING
        ]
        known = {one.site_id for one in listed}
        used = {
            (row.site_name, row.lon, row.lat): Candidate(
                row.site_id, row.site_name, row.lon, row.lat, row.species_id
            )
            for row in localities
            if row.evidence == "presence" and row.site_id not in known
        }
        self.sites = (*listed, *used.values())

    @cached_property
    def _countries(self) -> list[tuple[str, BaseGeometry]]:
        frame = self._pack.basemap("countries")
        return list(zip(frame["iso3"], shapely.make_valid(frame.geometry), strict=True))

    def beside(self, sites: Sequence[FlywaySite]) -> tuple[Candidate, ...]:
        """Return the candidates that are none of these sites."""
        taken = {site.catalogue_id for site in sites} - {""}
        places = {(site.lon, site.lat) for site in sites}
        return tuple(
            one
            for one in self.sites
            if one.site_id not in taken and (one.lon, one.lat) not in places
        )

    def land_in(self, zone: BaseGeometry) -> dict[str, float]:
        """Return the land in a zone by country, in km²."""
        found: dict[str, float] = {}
        for iso3, land in self._countries:
            if land.intersects(zone):
                inside = land.intersection(zone)
                found[iso3] = found.get(iso3, 0.0) + area_km2(inside)
        return {iso3: km2 for iso3, km2 in sorted(found.items()) if km2 >= 1}


def close_gap(
    gap: Gap,
    sites: Sequence[FlywaySite],
    part: IntArray,
    range_km: float,
    ground: Ground,
) -> Closing:
    """Find where resting places would close a gap.

    The k-th of n resting places must be within k flights of one part of the flyway and within
    n + 1 - k flights of the other: the zone is where the circles about all sites of either part
    overlap.

    Parameters
    ----------
    gap : Gap
        The gap.
    sites : sequence of FlywaySite
        All sites of the flyway.
    part : (n,) int32
        The part each belongs to.
    range_km : float
        Longest single flight.
    ground : Ground
        Candidates and land.
    """
    sides = [
        [site for site, of in zip(sites, part, strict=True) if of == one] for one in gap.parts
    ]
    free = ground.beside(sites)
    middle = _middle(sites[gap.first], sites[gap.second])
    zones = []
    for stone in range(1, gap.stones + 1):
        shape = _reach(sides[0], stone * range_km).intersection(
            _reach(sides[1], (gap.stones + 1 - stone) * range_km)
        )
        inside = [site for site in free if shape.contains(Point(site.lon, site.lat))]
        inside.sort(key=lambda site: WGS84.inv(*middle, site.lon, site.lat)[2])
        zones.append(Zone(stone, shape, area_km2(shape), ground.land_in(shape), tuple(inside)))
    return Closing(tuple(zones), _chain(sides, free, range_km))


def _reach(sites: Sequence[FlywaySite], radius_km: float) -> BaseGeometry:
    """Return all places within a distance of any of the sites."""
    shape: BaseGeometry = shapely.union_all(
        [_disc(site.lon, site.lat, radius_km) for site in sites]
    )
    return shape


def _disc(lon: float, lat: float, radius_km: float) -> BaseGeometry:
    """Draw the places within a distance; cut at 180 degrees east and over the poles."""
    outline = np.array(circle(lon, lat, radius_km, CORNERS).exterior.coords)
    pole = 90.0 if lat >= 0 else -90.0
    if WGS84.inv(lon, lat, lon, pole)[2] < radius_km * 1000:
        return _cap(outline, pole)
    outline[:, 0] = lon + (outline[:, 0] - lon + 180) % 360 - 180
    shape: BaseGeometry = shapely.make_valid(shapely.Polygon(outline))
    world = shapely.box(-180, -90, 180, 90)
    shifted = [_moved(shape, by) for by in (-360.0, 0.0, 360.0)]
    cut: BaseGeometry = shapely.union_all([one.intersection(world) for one in shifted])
    return cut


def _cap(outline: FloatArray, pole: float) -> BaseGeometry:
    """Draw a disc over a pole: on every meridian all places from its edge to the pole."""
    lon = (outline[:-1, 0] + 180) % 360 - 180
    order = np.argsort(lon)
    edge = np.column_stack([lon, outline[:-1, 1]])[order]
    seam = float(edge[[0, -1], 1].mean())
    return shapely.Polygon([(-180, pole), (-180, seam), *edge, (180, seam), (180, pole)])


def _middle(first: FlywaySite, second: FlywaySite) -> tuple[float, float]:
    """Return the place half way between two sites, in degrees."""
    azimuth, _, metres = WGS84.inv(first.lon, first.lat, second.lon, second.lat)
    lon, lat, _ = WGS84.fwd(first.lon, first.lat, azimuth, metres / 2)
    return float(lon), float(lat)


def _moved(shape: BaseGeometry, degrees: float) -> BaseGeometry:
    """Move a geometry east."""

    def move(at: FloatArray) -> FloatArray:
        there: FloatArray = at + np.array([degrees, 0.0])
        return there

    moved: BaseGeometry = shapely.transform(shape, move)
    return moved


def _chain(
    sides: Sequence[Sequence[FlywaySite]], candidates: Sequence[Candidate], range_km: float
) -> tuple[Candidate, ...]:
    ends = [*sides[0], *sides[1]]
    place = np.array(
        [(site.lon, site.lat) for site in ends] + [(one.lon, one.lat) for one in candidates]
    )
    start = np.zeros(len(place), dtype=np.bool_)
    goal = start.copy()
    start[: len(sides[0])] = True
    goal[len(sides[0]) : len(ends)] = True
    found = fewest_stones(geodesic_distances(place) / 1000.0, range_km, start, goal)
    return () if found is None else tuple(candidates[at - len(ends)] for at in found)


def polygons(shape: BaseGeometry) -> MultiPolygon:
    """Return the areas of a geometry."""
    parts = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"]
    return MultiPolygon(parts)


def geodesic_line(first: FlywaySite, second: FlywaySite, step_km: float = 50.0) -> BaseGeometry:
    """Draw the geodesic between two sites with a vertex at least every so many kilometres."""
    azimuth, _, metres = WGS84.inv(first.lon, first.lat, second.lon, second.lat)
    count = max(int(np.ceil(metres / (step_km * 1000))), 1)
    along = np.linspace(0, metres, count + 1)
    repeat = np.ones(count + 1)
    lon, lat, _ = WGS84.fwd(first.lon * repeat, first.lat * repeat, azimuth * repeat, along)
    line = np.column_stack([lon, lat])
    line[0], line[-1] = (first.lon, first.lat), (second.lon, second.lat)
    return _cut_at_180(line)


def _cut_at_180(line: FloatArray) -> BaseGeometry:
    """Part a line where it crosses 180 degrees east."""
    jump = np.flatnonzero(np.abs(np.diff(line[:, 0])) > 180)
    pieces = [piece for piece in np.split(line, jump + 1) if len(piece) > 1]
    if len(pieces) == 1:
        return shapely.LineString(pieces[0])
    return shapely.MultiLineString([shapely.LineString(piece) for piece in pieces])
