"""What a drawing would mean: land and cost per country, habitat, sites, people, width.

Areas are those of the drawn shape in the project's equal-area CRS, lengths are on the
ellipsoid. Habitat and cost are known by cells: each counts with the share of it that the
drawing covers. Land outside the region, and of countries that take no part in it, is told but
not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely
from shapely import LineString

from layers.cell_cover import cell_cover
from layers.control import NULL_CONTROL
from planner.drawing.bottleneck import Bottleneck, CorridorEnd, bottleneck
from planner.drawing.geometry import Coordinate, as_multi, check_size, line_from
from planner.drawing.lengths import length_km
from planner.drawing.national import border_within
from planner.drawing.notices import LEAST_TOLD_KM2, Facts, Notice, caveats, notices
from planner.drawing.passage import narrowest_passage
from planner.drawing.repairing import repair
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely import MultiLineString, MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from layers.control import Control
    from layers.grid import Grid
    from planner.drawing.ground import GroundSite, Places, ProtectedPart
    from planner.drawing.national import NationalLand
    from planner.profiles import SpeciesProfile

COST_UNIT = mark("km² weighted by settlement pressure")
TOUCH_M = 1.0
"""Sites so near to a drawing count as touched."""
LARGEST_TOLD = 5
"""Settlements that are named."""


class Measurable(Protocol):
    """What drawings are measured on; a `planner.drawing.ground.DrawingGround` is one."""

    @property
    def crs(self) -> str:
        """Coordinate system of all geometry."""

    @property
    def grid(self) -> Grid:
        """Analysis grid."""

    @property
    def national(self) -> NationalLand:
        """Countries."""

    @property
    def lakes(self) -> tuple[BaseGeometry, ...]:
        """Lakes."""

    @property
    def lake_tree(self) -> shapely.STRtree:
        """Index over the lakes."""

    @property
    def sites(self) -> tuple[GroundSite, ...]:
        """Sites."""

    @property
    def site_tree(self) -> shapely.STRtree:
        """Index over the sites."""

    @property
    def protected(self) -> tuple[ProtectedPart, ...]:
        """Protected land."""

    @property
    def protected_tree(self) -> shapely.STRtree:
        """Index over the protected land."""

    @property
    def places(self) -> Places:
        """Settlements."""

    @property
    def profiles(self) -> tuple[SpeciesProfile, ...]:
        """Species."""

    @property
    def walkers(self) -> tuple[SpeciesProfile, ...]:
        """Species that walk."""

    @property
    def habitat(self) -> Mapping[str, NDArray[np.bool_]]:
        """Cells of habitat."""

    @property
    def cost(self) -> NDArray[np.float64]:
        """Cost of each km² of new land."""

    def site_end(self, place: int) -> CorridorEnd:
        """Return a site as the end of a corridor."""


@dataclass(frozen=True, eq=False)
class Wish:
    """A drawing that is to be measured.

    Attributes
    ----------
    area : MultiPolygon
        Sound shape.
    line : LineString or None
        Middle line of a corridor.
    width_m : float or None
        Width it was drawn with.
    repaired : bool
        Whether the shape was drawn unsound, and this is its repair.
    live : bool
        Whether it is still being drawn, so that widths are told quickly rather than exactly.
    """

    area: MultiPolygon
    line: LineString | None
    width_m: float | None
    repaired: bool
    live: bool = False

    @classmethod
    def of(
        cls,
        area: BaseGeometry,
        centreline: Iterable[Coordinate] | None,
        width_m: float | None,
        *,
        live: bool = False,
    ) -> Wish:
        """Take a drawing as it is.

        Raises
        ------
        TooManyVerticesError
            It has too many vertices to be measured while somebody draws.
        """
        check_size(area)
        whole = as_multi(area)
        sound = whole.is_valid
        points = None if centreline is None else list(centreline)
        line = line_from(points) if points and len(set(points)) > 1 else None
        shape = whole if sound else repair(whole).geometry
        return cls(shape, line, width_m, not sound, live)


@dataclass(frozen=True, slots=True)
class CountryMeasures:
    """What a drawing takes of one country.

    Attributes
    ----------
    iso3 : str
        ISO 3166-1 alpha-3.
    area_km2 : float
        Land inside the drawing and the region.
    protected_km2 : float
        What of it standing sites of the country protect.
    nominal_km2 : float
        What of that is known by footprints that were never surveyed.
    new_km2 : float
        What of the land is not protected.
    cost : float
        Cost of the new land, in `COST_UNIT`.
    """

    iso3: str
    area_km2: float
    protected_km2: float
    nominal_km2: float
    new_km2: float
    cost: float


@dataclass(frozen=True, slots=True)
class SpeciesHabitat:
    """Habitat of one species inside a drawing, in km², all of it and outside standing sites."""

    species: str
    km2: float
    new_km2: float
    by_country: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SiteTouched:
    """A site that a drawing touches, and the share of the site that lies inside."""

    site_id: str
    name: str
    countries: tuple[str, ...]
    nominal: bool
    share_inside: float


@dataclass(frozen=True, slots=True)
class Settlement:
    """One settlement."""

    name: str
    name_local: str
    iso3: str
    people: int


@dataclass(frozen=True, slots=True)
class SettlementsInside:
    """Settlements inside a drawing.

    Attributes
    ----------
    count, people : int
        How many, and their inhabitants together; only places that the source lists.
    largest : tuple of Settlement
        The largest few, the largest first.
    source : str
        Where the numbers come from, which places are listed, and on what terms.
    """

    count: int
    people: int
    largest: tuple[Settlement, ...]
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class DrawingMeasures:
    """What a drawing would mean.

    Attributes
    ----------
    area_km2 : float
        Area of the drawn shape, sea and all.
    land_km2 : float
        Land of the region's countries in it: what counts.
    perimeter_km : float
        Length of its outline on the ellipsoid.
    length_km, mean_width_m : float or None
        Length of the middle line on the ellipsoid, and area by length; None without a line.
    bottleneck : Bottleneck or None
        Narrowest place between the ends of the middle line, between the sites that are joined,
        or else between the large parts of the drawing; None where it holds no land.
    countries : tuple of CountryMeasures
        By the alphabet of their codes.
    cost : float
        Cost of the new land of all countries.
    cost_unit : str
        What costs are in, to be translated; no money.
    habitat : tuple of SpeciesHabitat
        Of each species whose suitability the project holds.
    sites : tuple of SiteTouched
        Sites that the drawing touches, the largest share first.
    linked : tuple of tuple of str
        Groups of sites, by id, that one piece of the drawing joins.
    settlements : SettlementsInside
        Settlements.
    sea_km2, outside_km2, other_km2 : float
        What of the drawing is sea, lies outside the region, and is land in the region of
        countries that take no part in it.
    parts : mapping of str to MultiPolygon
        The drawing cut at the borders, inside the region.
    border : MultiLineString
        Where it is cut.
    notices : tuple of Notice
        What somebody should know before going on, warnings first.
    caveats : tuple of str
        How far the numbers can be trusted.
    """

    area_km2: float
    land_km2: float
    perimeter_km: float
    length_km: float | None
    mean_width_m: float | None
    bottleneck: Bottleneck | None
    countries: tuple[CountryMeasures, ...]
    cost: float
    cost_unit: str
    habitat: tuple[SpeciesHabitat, ...]
    sites: tuple[SiteTouched, ...]
    linked: tuple[tuple[str, ...], ...]
    settlements: SettlementsInside
    sea_km2: float
    outside_km2: float
    other_km2: float
    parts: Mapping[str, MultiPolygon]
    border: MultiLineString
    notices: tuple[Notice, ...]
    caveats: tuple[str, ...]

    @property
    def protected_share(self) -> float:
        """Share of the land that standing sites protect, 0 to 1."""
        protected = sum(item.protected_km2 for item in self.countries)
        return protected / self.land_km2 if self.land_km2 > 0.0 else 0.0

    @property
    def area_by_country(self) -> dict[str, dict[str, object]]:
        """National parts as proposals store them: areas to a tenth of a km², cost, habitat."""
        return {
            item.iso3: {
                "existing_km2": round(item.protected_km2, 1),
                "added_km2": round(item.new_km2, 1),
                "cost": round(item.cost, 2),
                "habitat_km2": {
                    found.species: round(found.by_country.get(item.iso3, 0.0), 1)
                    for found in self.habitat
                },
            }
            for item in self.countries
        }

    @property
    def uncounted_km2(self) -> dict[str, float]:
        """What of the drawing belongs to no national part, as proposals store it."""
        told = {"sea": self.sea_km2, "other": self.other_km2, "outside": self.outside_km2}
        return {what: round(km2, 1) for what, km2 in told.items() if km2 >= LEAST_TOLD_KM2}


def measured(ground: Measurable, wish: Wish, control: Control | None = None) -> DrawingMeasures:
    """Measure a drawing.

    Parameters
    ----------
    ground : Measurable
        What it is measured on.
    wish : Wish
        The drawing.
    control : Control, optional
        May cancel between the parts of the work.
    """
    watch = control or NULL_CONTROL
    watch.report(0.0)
    area = wish.area
    parts = ground.national.parts(area)
    taken = _taken(ground, area, parts)
    watch.report(0.4)
    countries = tuple(item.measures for item in taken)
    habitat = _habitat(ground, taken)
    watch.report(0.6)
    walked = shapely.intersection(area, ground.national.land) if ground.walkers else area
    touched = _touched(ground, area)
    linked = _linked(ground, walked, touched)
    length = None if wish.line is None else length_km(wish.line, ground.crs)
    watch.report(0.7)
    narrow = _bottleneck(ground, wish, as_multi(walked), (touched, linked))
    watch.report(0.9)
    inside = shapely.intersection(area, ground.national.region)
    dry = shapely.intersection(inside, ground.national.land).area / 1e6
    land = sum(item.area_km2 for item in countries)
    facts = Facts(
        area=area,
        line=wish.line,
        repaired=wish.repaired,
        walked=as_multi(walked),
        outside_km2=max(0.0, (area.area - inside.area) / 1e6),
        sea_km2=max(0.0, inside.area / 1e6 - dry),
        other_km2=max(0.0, dry - land),
        land_km2=land,
        bottleneck=narrow,
        nominal_km2=sum(item.nominal_km2 for item in countries),
        settlements=_settlements(ground.places, area),
    )
    return DrawingMeasures(
        area_km2=area.area / 1e6,
        land_km2=land,
        perimeter_km=length_km(area, ground.crs),
        length_km=length,
        mean_width_m=area.area / length / 1000.0 if length else None,
        bottleneck=narrow,
        countries=countries,
        cost=sum(item.cost for item in countries),
        cost_unit=COST_UNIT,
        habitat=habitat,
        sites=tuple(_site_touched(ground.sites[place], area) for place in touched),
        linked=tuple(tuple(ground.sites[i].site_id for i in group) for group in linked),
        settlements=facts.settlements,
        sea_km2=facts.sea_km2,
        outside_km2=facts.outside_km2,
        other_km2=facts.other_km2,
        parts=parts,
        border=border_within(parts),
        notices=notices(ground, facts),
        caveats=caveats(ground, facts),
    )


@dataclass(frozen=True, eq=False)
class _Taken:
    """What is taken of one country, with its shapes."""

    measures: CountryMeasures
    whole: BaseGeometry
    new: BaseGeometry


def _taken(
    ground: Measurable, area: BaseGeometry, parts: Mapping[str, MultiPolygon]
) -> list[_Taken]:
    near = [
        ground.protected[place]
        for place in sorted(ground.protected_tree.query(area, predicate="intersects").tolist())
    ]
    return [_taken_of(ground, iso3, part, near) for iso3, part in parts.items()]


def _taken_of(
    ground: Measurable, iso3: str, part: MultiPolygon, near: Sequence[ProtectedPart]
) -> _Taken:
    own = [item for item in near if item.iso3 == iso3]
    protected = shapely.intersection(part, shapely.union_all([item.shape for item in own]))
    surveyed = shapely.intersection(
        part, shapely.union_all([item.shape for item in own if item.surveyed])
    )
    new = as_multi(shapely.difference(part, protected)) if own else part
    measures = CountryMeasures(
        iso3=iso3,
        area_km2=part.area / 1e6,
        protected_km2=protected.area / 1e6,
        nominal_km2=max(0.0, protected.area - surveyed.area) / 1e6,
        new_km2=new.area / 1e6,
        cost=cell_cover(new, ground.grid).weighted_km2(ground.cost),
    )
    return _Taken(measures, part, new)


def _habitat(ground: Measurable, taken: Sequence[_Taken]) -> tuple[SpeciesHabitat, ...]:
    whole = {item.measures.iso3: cell_cover(item.whole, ground.grid) for item in taken}
    added = [cell_cover(item.new, ground.grid) for item in taken]
    found = []
    for species, mask in ground.habitat.items():
        by_country = {iso3: cover.km2_where(mask) for iso3, cover in whole.items()}
        new = sum(cover.km2_where(mask) for cover in added)
        found.append(SpeciesHabitat(species, sum(by_country.values()), new, by_country))
    return tuple(found)


def _touched(ground: Measurable, area: BaseGeometry) -> list[int]:
    """Return the places of the sites that an area touches, the largest share inside first."""
    if not ground.sites:
        return []
    near = ground.site_tree.query(area, predicate="dwithin", distance=TOUCH_M).tolist()
    return sorted(near, key=lambda i: (-_share_inside(ground.sites[i].shape, area), i))


def _share_inside(site: BaseGeometry, area: BaseGeometry) -> float:
    if site.area == 0.0:
        return 1.0
    return float(shapely.intersection(site, area).area / site.area)


def _site_touched(site: GroundSite, area: BaseGeometry) -> SiteTouched:
    share = _share_inside(site.shape, area)
    return SiteTouched(site.site_id, site.name, site.countries, site.nominal, share)


def _linked(
    ground: Measurable, walked: BaseGeometry, touched: Sequence[int]
) -> list[tuple[int, ...]]:
    """Return the groups of touched sites that one piece of the land joins, without repeats."""
    groups: list[tuple[int, ...]] = []
    for piece in as_multi(walked).geoms:
        group = tuple(
            place for place in touched if ground.sites[place].shape.dwithin(piece, TOUCH_M)
        )
        if len(group) > 1 and group not in groups:
            groups.append(group)
    return groups


def _bottleneck(
    ground: Measurable,
    wish: Wish,
    walked: MultiPolygon,
    found: tuple[Sequence[int], Sequence[tuple[int, ...]]],
) -> Bottleneck | None:
    touched, linked = found
    ends: list[CorridorEnd] = []
    if wish.line is not None:
        ends = [_line_end(ground, wish, at, touched) for at in (0, -1)]
        if ends[0] is ends[1]:
            ends = []
    elif linked:
        ends = _apart(ground, max(linked, key=len))
    if len(ends) < 2:
        return narrowest_passage(walked, live=wish.live)
    return bottleneck(walked, ends, width_m=wish.width_m, live=wish.live)


def _apart(ground: Measurable, group: Sequence[int]) -> list[CorridorEnd]:
    """Return the sites of a group with an area, one of those that lie against each other."""
    chosen: list[int] = []
    for place in sorted(group, key=lambda i: -ground.sites[i].shape.area):
        shape = ground.sites[place].shape
        if shape.area > 0.0 and not any(
            shape.dwithin(ground.sites[other].shape, TOUCH_M) for other in chosen
        ):
            chosen.append(place)
    return [ground.site_end(place) for place in chosen]


def _line_end(ground: Measurable, wish: Wish, at: int, touched: Sequence[int]) -> CorridorEnd:
    """Return the site at an end of the middle line, or that point where there is none."""
    coordinates = shapely.get_coordinates(wish.line)
    point = shapely.Point(coordinates[at])
    near = [
        place
        for place in touched
        if ground.sites[place].shape.area > 0.0
        and ground.sites[place].shape.dwithin(point, TOUCH_M)
    ]
    if not near:
        return CorridorEnd(point)
    return ground.site_end(max(near, key=lambda place: ground.sites[place].shape.area))


def _settlements(places: Places, area: BaseGeometry) -> SettlementsInside:
    west, south, east, north = area.bounds if not area.is_empty else (0.0, 0.0, -1.0, -1.0)
    near = np.flatnonzero(
        (places.x >= west) & (places.x <= east) & (places.y >= south) & (places.y <= north)
    )
    shapely.prepare(area)
    inside = near[shapely.intersects_xy(area, places.x[near], places.y[near])]
    order = inside[np.argsort(-places.people[inside], kind="stable")]
    largest = tuple(
        Settlement(places.name[i], places.name_local[i], places.iso3[i], int(places.people[i]))
        for i in order[:LARGEST_TOLD].tolist()
    )
    people = int(places.people[inside].sum())
    return SettlementsInside(len(inside), people, largest, places.source)
