"""What somebody should know of a drawing before going on, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import shapely

from planner.drawing.lengths import length_km, longest_km, stretch
from planner.drawing.numbers import digits
from planner.pipeline.complex_records import LEAST_PART_KM2
from resources.translation import language, tr, tr_n

if TYPE_CHECKING:
    from shapely import LineString, MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from planner.drawing.bottleneck import Bottleneck
    from planner.drawing.measures import Measurable, SettlementsInside
    from planner.profiles import SpeciesProfile

Level: TypeAlias = Literal["warning", "info"]
LEAST_TOLD_KM2 = 0.1
"""Smaller pieces of sea or foreign land are the rounding of coasts and borders."""
LEAST_WATER_KM = 0.1
"""Shorter stretches of water along a middle line are not told."""
STRETCH_TOLD = 0.01
"""Where the map stretches lengths by more than this, it is said that widths are affected."""
MOST_PIECES = 40
"""Pieces of land between which water is looked for."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know.

    Attributes
    ----------
    level : str
        ``warning`` where the drawing cannot do what it is meant for, else ``info``.
    text : str
        A sentence in the reader's language.
    """

    level: Level
    text: str


@dataclass(frozen=True, eq=False)
class Facts:
    """What was measured and is to be told of.

    Attributes
    ----------
    area, walked : MultiPolygon
        The drawing, and its land.
    line : LineString or None
        Middle line of a corridor.
    repaired : bool
        Whether the drawing crosses itself.
    outside_km2, sea_km2, other_km2, land_km2, nominal_km2 : float
        As of `planner.drawing.measures.DrawingMeasures`, the last of all countries.
    bottleneck : Bottleneck or None
        Narrowest place.
    settlements : SettlementsInside
        Settlements.
    """

    area: MultiPolygon
    line: LineString | None
    repaired: bool
    walked: MultiPolygon
    outside_km2: float
    sea_km2: float
    other_km2: float
    land_km2: float
    bottleneck: Bottleneck | None
    nominal_km2: float
    settlements: SettlementsInside


def notices(ground: Measurable, facts: Facts) -> tuple[Notice, ...]:
    """Return what should be known of a drawing, warnings first.

    Parameters
    ----------
    ground : Measurable
        What it was measured on.
    facts : Facts
        What was found.
    """
    found = [
        *_of_shape(facts),
        *_of_place(facts),
        *_of_border(ground, facts),
        *_of_water(ground, facts),
        *_of_width(ground, facts),
        *_of_people(ground, facts),
    ]
    return tuple(sorted(found, key=lambda item: item.level != "warning"))


def caveats(ground: Measurable, facts: Facts) -> tuple[str, ...]:
    """Return how far the numbers of a drawing can be trusted.

    Parameters
    ----------
    ground : Measurable
        What it was measured on.
    facts : Facts
        What was found.
    """
    told = [
        tr(
            "Settlement pressure, and habitat modelled from the data pack, are known on cells "
            "of 5 arc-minutes (about 9 km): they screen a landscape and place no boundary on "
            "the ground."
        )
    ]
    if facts.nominal_km2 >= LEAST_TOLD_KM2:
        told.append(
            tr(
                "{area} km² of the protected land are known by nominal footprints only: "
                "outlines of the reported area, not surveyed boundaries.",
                area=digits(facts.nominal_km2),
            )
        )
    if not facts.area.is_empty:
        point = facts.area.centroid
        off = stretch(point.x, point.y, ground.crs)
        if off > STRETCH_TOLD:
            told.append(
                tr(
                    "Widths are measured on the map, which stretches lengths by up to "
                    "{share} % here; areas are true.",
                    share=digits(100 * off),
                )
            )
    return tuple(told)


def _of_shape(facts: Facts) -> list[Notice]:
    if facts.area.is_empty:
        return [Notice("warning", tr("The drawing holds no area."))]
    if facts.repaired:
        text = tr(
            "The outline crosses itself. The numbers are those of the repaired shape that is "
            "offered."
        )
        return [Notice("warning", text)]
    return []


def _of_place(facts: Facts) -> list[Notice]:
    if facts.area.is_empty:
        return []
    found = []
    if facts.land_km2 == 0.0:
        text = tr("The drawing holds no land of a country of this region: nothing is counted.")
        found.append(Notice("warning", text))
    if facts.outside_km2 >= LEAST_TOLD_KM2:
        text = tr(
            "{area} km² lie outside the region of this project and are not counted.",
            area=digits(facts.outside_km2),
        )
        found.append(Notice("warning", text))
    if facts.other_km2 >= LEAST_TOLD_KM2:
        text = tr(
            "{area} km² are land of countries that take no part in this region, and are not "
            "counted.",
            area=digits(facts.other_km2),
        )
        found.append(Notice("warning", text))
    if facts.sea_km2 >= LEAST_TOLD_KM2:
        text = tr("{area} km² are sea and are not counted as land.", area=digits(facts.sea_km2))
        found.append(Notice("info", text))
    return found


def _of_border(ground: Measurable, facts: Facts) -> list[Notice]:
    disputed = ground.national.disputed
    if facts.area.is_empty or not shapely.intersects(facts.area, disputed):
        return []
    text = tr(
        "A disputed line runs through the drawing. Its national parts follow the lines as they "
        "are held in the data source (Natural Earth), without an opinion on any claim."
    )
    return [Notice("info", text)]


def _of_water(ground: Measurable, facts: Facts) -> list[Notice]:
    """Tell of sea and lakes that a walking species would have to cross."""
    if not ground.walkers or facts.area.is_empty:
        return []
    found = []
    sea, longest = _sea_km(ground, facts)
    if longest >= LEAST_WATER_KM:
        found += _crossings(ground, "sea", sea, longest)
    lake, longest = _lake_km(ground, facts)
    if longest >= LEAST_WATER_KM:
        found += _crossings(ground, "lakes", lake, longest)
    return found


def _sea_km(ground: Measurable, facts: Facts) -> tuple[float, float]:
    """Return how much sea is crossed in all, and at a time, in km."""
    if facts.line is not None:
        wet = shapely.difference(facts.line, ground.national.land)
        return length_km(wet, ground.crs), longest_km(wet, ground.crs)
    if len(facts.area.geoms) > 1 and len(facts.walked.geoms) <= len(facts.area.geoms):
        return 0.0, 0.0
    gaps = [
        gap
        for part in facts.area.geoms
        for gap in _gaps_km(shapely.intersection(part, ground.national.land), ground.crs)
    ]
    return sum(gaps), max(gaps, default=0.0)


def _gaps_km(land: BaseGeometry, crs: str) -> list[float]:
    """Return the shortest ways over water that join the larger pieces of some land."""
    pieces = [
        piece
        for piece in shapely.get_parts(land)
        if piece.geom_type == "Polygon" and piece.area / 1e6 >= LEAST_PART_KM2
    ]
    pieces = sorted(pieces, key=lambda piece: -piece.area)[:MOST_PIECES]
    if len(pieces) < 2:
        return []
    joined, rest, gaps = [pieces[0]], pieces[1:], []
    while rest:
        reached = shapely.union_all(joined)
        away = shapely.distance(reached, rest)
        nearest = int(away.argmin())
        gaps.append(length_km(shapely.shortest_line(reached, rest[nearest]), crs))
        joined.append(rest.pop(nearest))
    return [gap for gap in gaps if gap > 0.0]


def _lake_km(ground: Measurable, facts: Facts) -> tuple[float, float]:
    if facts.line is None or not ground.lakes:
        return 0.0, 0.0
    near = ground.lake_tree.query(facts.line, predicate="intersects").tolist()
    if not near:
        return 0.0, 0.0
    water = shapely.union_all([ground.lakes[place] for place in near])
    wet = shapely.intersection(facts.line, water)
    return length_km(wet, ground.crs), longest_km(wet, ground.crs)


def _crossings(
    ground: Measurable, water: Literal["sea", "lakes"], km: float, longest: float
) -> list[Notice]:
    found = []
    for profile in ground.walkers:
        closed = any(b.feature == water and not b.passable for b in profile.barriers)
        known = profile.quantities.get("max_water_crossing_m")
        most_km = 0.0 if known is None else known.value / 1000.0
        if not closed or longest <= most_km:
            continue
        values = {
            "length": digits(km),
            "longest": digits(longest),
            "species": name_of(profile),
            "most": "–" if known is None else digits(known.value),
        }
        found.append(Notice("warning", _crossing_text(water, values)))
    if not found:
        values = {"length": digits(km)}
        text = (
            tr("It crosses {length} km of sea.", **values)
            if water == "sea"
            else tr("It crosses {length} km of lakes.", **values)
        )
        found.append(Notice("info", text))
    return found


def _crossing_text(water: Literal["sea", "lakes"], values: dict[str, str]) -> str:
    if water == "sea":
        return tr(
            "{species}: this crosses {length} km of sea, {longest} km at a time. No crossing "
            "of more than {most} m of water is known for the species: it does not pass here.",
            **values,
        )
    return tr(
        "{species}: this crosses {length} km of lakes, {longest} km at a time. No crossing of "
        "more than {most} m of water is known for the species; ice in winter is not modelled.",
        **values,
    )


def _of_width(ground: Measurable, facts: Facts) -> list[Notice]:
    narrow = facts.bottleneck
    if narrow is None or narrow.between == "parts":
        return []
    if narrow.width_m == 0.0:
        text = tr("The two ends are not joined by land inside the drawing.")
        return [Notice("warning", text)]
    found = []
    for profile in ground.walkers:
        needed = profile.value("minimum_corridor_width_m")
        if narrow.width_m < needed.value * 0.995:
            text = tr(
                "{species}: the narrowest place is {width} m wide, {needed} m are needed "
                "({status}).",
                species=name_of(profile),
                width=digits(round(narrow.width_m)),
                needed=digits(needed.value),
                status=_status(needed.status),
            )
            found.append(Notice("warning", text))
    return found


def _of_people(ground: Measurable, facts: Facts) -> list[Notice]:
    inside = facts.settlements
    if not inside.count or not ground.walkers:
        return []
    text = tr_n(
        "{count} settlement of 5,000 people and more lies inside: {people} people.",
        "{count} settlements of 5,000 people and more lie inside: {people} people together.",
        inside.count,
        people=digits(inside.people),
    )
    return [Notice("info", text)]


def name_of(profile: SpeciesProfile) -> str:
    """Return the name of a species in the reader's language, in English where it has none."""
    name = str(getattr(profile.names, language(), "") or profile.names.en)
    return name[:1].upper() + name[1:]


def _status(status: str) -> str:
    return {
        "read": tr("read in a source"),
        "recalled": tr("recalled, not read in a source"),
        "expert": tr("an expert value"),
    }[status]
