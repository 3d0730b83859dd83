"""Sites of two countries that touch across the border, or lie close to each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString
from shapely.affinity import affine_transform

from layers.catalogue.catalogue import STANDING
from layers.catalogue.footprints import NOMINAL
from layers.catalogue.geodesy import length_km, shortest_link
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers.catalogue.catalogue import Catalogue
    from layers.catalogue.site import Site, State

TOUCH_TOLERANCE_M = 1.0
"""Sites no farther apart than this touch: room for rounding, far below the data's accuracy."""
MAXIMUM_DISTANCE_KM = 1000.0

_METRES_PER_DEGREE = 111_320.0


class Basis(StrEnum):
    """Why a pair is listed: a source names it, the distance says so, or both."""

    DOCUMENTED = "documented"
    COMPUTED = "computed"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class SitePair:
    """Two sites of different countries.

    Parameters
    ----------
    site_a, site_b : str
        Site ids; the country of `site_a` comes first in the alphabet.
    border : str
        The border between them, such as ``"CHN-RUS"``.
    distance_km : float or None
        Geodesic distance between the footprints, 0 where they touch; None where a
        documented site has no point.
    shared_border_km : float
        Length of the line along which they touch; 0 where they do not, or only in a point.
    touching : bool
        Whether they are within `TOUCH_TOLERANCE_M` of each other.
    basis : Basis
        Documented, computed or both. Computed means: within the distance asked for.
    species : tuple of str
        Ids of the species listed for both.
    nominal : bool
        Whether a footprint on either side is nominal, so that distance and shared border
        are those of the drawing and not of the ground.
    link : LineString or None
        Shortest link in EPSG:4326, or, where they touch, the link between their points of
        representation; None without a point.
    """

    site_a: str
    site_b: str
    border: str
    distance_km: float | None
    shared_border_km: float
    touching: bool
    basis: Basis
    species: tuple[str, ...]
    nominal: bool
    link: LineString | None


def cross_border_pairs(
    catalogue: Catalogue,
    footprints: gpd.GeoDataFrame,
    *,
    max_distance_km: float = 10.0,
    states: Collection[State] = STANDING,
) -> tuple[SitePair, ...]:
    """Find the pairs of sites of different countries that adjoin or lie close together.

    Parameters
    ----------
    catalogue : Catalogue
        The sites.
    footprints : GeoDataFrame
        Columns site_id, kind and geometry, as `Catalogue.footprints` makes them; any CRS,
        best EPSG:4326, in which footprints share the border's vertices.
    max_distance_km : float
        Largest distance of a computed pair, from 0 (touching only) to
        `MAXIMUM_DISTANCE_KM`. Documented pairs are listed at any distance.
    states : collection of State
        Sites in other states take no part.

    Returns
    -------
    tuple of SitePair
        Touching pairs first, the longest shared border first; then by distance; documented
        pairs without a distance last. An area shared by several countries pairs only with
        sites of other countries, so never with its members.

    Raises
    ------
    UsageError
        The distance is negative, not finite or too large.
    """
    if not (math.isfinite(max_distance_km) and 0 <= max_distance_km <= MAXIMUM_DISTANCE_KM):
        raise UsageError(
            f"A distance of {max_distance_km} km cannot be searched. "
            f"Give a number from 0 to {MAXIMUM_DISTANCE_KM:.0f} km."
        )
    sites = {site.site_id: site for site in catalogue if site.state in states}
    frame = footprints if footprints.crs == "EPSG:4326" else footprints.to_crs("EPSG:4326")
    frame = frame[frame["site_id"].isin(list(sites))]
    shapes = dict(zip(frame["site_id"], frame.geometry, strict=True))
    nominal = set(frame.loc[frame["kind"] == NOMINAL, "site_id"])
    documented = _documented(sites)
    candidates = sorted(documented | _near(sites, shapes, max_distance_km))
    found = (
        _pair(
            (sites[a], sites[b]),
            (shapes.get(a), shapes.get(b)),
            documented=(a, b) in documented,
            nominal=a in nominal or b in nominal,
            max_distance_km=max_distance_km,
        )
        for a, b in candidates
    )
    return tuple(sorted((pair for pair in found if pair is not None), key=_rank))


def _rank(pair: SitePair) -> tuple[bool, float, float, str, str]:
    distance = math.inf if pair.distance_km is None else pair.distance_km
    return (not pair.touching, distance, -pair.shared_border_km, pair.site_a, pair.site_b)


def _ordered(first: Site, second: Site) -> tuple[str, str]:
    low, high = sorted((first, second), key=lambda site: (site.countries, site.site_id))
    return low.site_id, high.site_id


def _abroad(first: Site, second: Site) -> bool:
    return not set(first.countries) & set(second.countries)


def _documented(sites: dict[str, Site]) -> set[tuple[str, str]]:
    return {
        _ordered(site, sites[other])
        for site in sites.values()
        for other in site.adjoining
        if other in sites and _abroad(site, sites[other])
    }


def _near(
    sites: dict[str, Site], shapes: dict[str, BaseGeometry], max_distance_km: float
) -> set[tuple[str, str]]:
    """Return the pairs whose bounds, widened by the distance, meet."""
    if not shapes:
        return set()
    names = list(shapes)
    bounds = shapely.bounds(np.array(list(shapes.values()), dtype=object))
    reach = (max_distance_km * 1000.0 + TOUCH_TOLERANCE_M) / _METRES_PER_DEGREE * 1.02
    latitude = np.minimum(np.abs(bounds[:, [1, 3]]).max(axis=1) + reach, 89.0)
    wide = reach / np.cos(np.radians(latitude))
    boxes = shapely.box(
        bounds[:, 0] - wide, bounds[:, 1] - reach, bounds[:, 2] + wide, bounds[:, 3] + reach
    )
    first, second = shapely.STRtree(list(shapes.values())).query(boxes)
    return {
        _ordered(sites[names[b]], sites[names[a]])
        for a, b in zip(first, second, strict=True)
        if a != b and _abroad(sites[names[a]], sites[names[b]])
    }


def _pair(
    sites: tuple[Site, Site],
    shapes: tuple[BaseGeometry | None, BaseGeometry | None],
    *,
    documented: bool,
    nominal: bool,
    max_distance_km: float,
) -> SitePair | None:
    first, second = shapes
    distance_km, shared_km, link = None, 0.0, None
    touching = False
    if first is not None and second is not None:
        link, distance_km = shortest_link(first, second)
        touching = distance_km * 1000.0 <= TOUCH_TOLERANCE_M
        if touching:
            distance_km = 0.0
            shared_km = shared_border_km(first, second)
            link = LineString([first.representative_point(), second.representative_point()])
    computed = distance_km is not None and distance_km <= max_distance_km
    if not (documented or computed):
        return None
    basis = Basis.COMPUTED
    if documented:
        basis = Basis.BOTH if computed else Basis.DOCUMENTED
    return SitePair(
        site_a=sites[0].site_id,
        site_b=sites[1].site_id,
        border=_border(*sites),
        distance_km=distance_km,
        shared_border_km=shared_km,
        touching=touching,
        basis=basis,
        species=tuple(s for s in sites[0].species if s in sites[1].species),
        nominal=nominal,
        link=link,
    )


def _border(first: Site, second: Site) -> str:
    """Return the border between two sites; for shared areas, the one their borders name."""
    pairs = ["-".join(sorted(two)) for two in product(first.countries, second.countries)]
    named = [{border.pair for border in site.borders} for site in (first, second)]
    return max(pairs, key=lambda pair: sum(pair in known for known in named))


def shared_border_km(first: BaseGeometry, second: BaseGeometry) -> float:
    """Measure the line along which two touching areas meet.

    Parameters
    ----------
    first, second : BaseGeometry
        In EPSG:4326.

    Returns
    -------
    float
        Geodesic length in km of the part of the first one's outline that lies within
        `TOUCH_TOLERANCE_M` of the second one. Where they meet in a single point it is 0:
        pieces no longer than eight tolerances are not a line.
    """
    latitude = (first.bounds[1] + first.bounds[3]) / 2
    scale = _METRES_PER_DEGREE * math.cos(math.radians(latitude)), _METRES_PER_DEGREE
    # A stretch of both axes keeps straight lines straight, which a projection would not.
    outline, other = (
        affine_transform(shape, [scale[0], 0, 0, scale[1], 0, 0])
        for shape in (first.boundary, second)
    )
    close = outline.intersection(other.buffer(TOUCH_TOLERANCE_M, quad_segs=2))
    merged = shapely.line_merge(shapely.union_all(_lines(close)))
    along = [line for line in _lines(merged) if line.length > 8 * TOUCH_TOLERANCE_M]
    back = [1 / scale[0], 0, 0, 1 / scale[1], 0, 0]
    return sum(length_km(affine_transform(line, back)) for line in along)


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, LineString)]
