"""River lines joined into courses and ranked by their length; lakes with their islands."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from scripts.datapack.gshhg import read_boundaries
from scripts.datapack.lake_names import name_lakes
from scripts.datapack.natural_earth import window_polygon
from scripts.datapack.window import BOUNDS, EARTH_RADIUS_KM

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MINIMUM_LAKE_KM2 = 20.0
SIMPLIFICATION_DEGREES = 0.004
LARGEST_DEFLECTION_DEGREES = 75.0
RANK_LENGTHS_KM = (1000.0, 400.0, 150.0)


def read_river_lines(folder: Path) -> tuple[list[shapely.LineString], list[shapely.LineString]]:
    """Read the rivers around the window.

    Returns
    -------
    rings : list of LineString
        Outlines of rivers wide enough to be drawn with two banks.
    lines : list of LineString
        Centre lines, as the source cuts them (at whole degrees).
    """
    margin = (BOUNDS[0] - 2, BOUNDS[1] - 2, BOUNDS[2] + 2, BOUNDS[3] + 2)
    rings: list[shapely.LineString] = []
    lines: list[shapely.LineString] = []
    for feature in read_boundaries(folder, "rivers", "h", margin):
        if len(feature.points) < 2:
            continue
        line = shapely.LineString(feature.points)
        (rings if line.is_closed else lines).append(line)
    return rings, lines


def build_rivers(folder: Path) -> gpd.GeoDataFrame:
    """Make the river layer of the base map.

    Returns
    -------
    GeoDataFrame
        Columns name (empty: the source has no names), rank, length_km, geometry (EPSG:4326).
        Rank 1 are the rivers drawn with two banks and courses of 1,000 km and more, 2 of
        400 km, 3 of 150 km, 4 the rest. The source gives no rank. The length is that of the
        whole course, also outside the window; of rivers with two banks half the outline.
    """
    rings, lines = read_river_lines(folder)
    reaches = list(shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines))))
    courses = join_courses(reaches)
    geometries = [shapely.MultiLineString([ring]) for ring in rings]
    geometries += [
        shapely.MultiLineString(list(shapely.get_parts(shapely.line_merge(course))))
        for course in courses
    ]
    lengths = [
        line_length_km(geometry) / (2 if index < len(rings) else 1)
        for index, geometry in enumerate(geometries)
    ]
    ranks = [
        1 if index < len(rings) else rank_of(length) for index, length in enumerate(lengths)
    ]
    clipped = shapely.intersection(
        shapely.simplify(np.array(geometries), SIMPLIFICATION_DEGREES), window_polygon()
    )
    frame = gpd.GeoDataFrame(
        {"name": "", "rank": ranks, "length_km": np.round(lengths, 1)},
        geometry=clipped,
        crs="EPSG:4326",
    )
    kept = frame[~frame.geometry.is_empty]
    return kept.sort_values(["rank", "length_km"], ascending=[True, False], ignore_index=True)


def join_courses(reaches: list[shapely.LineString]) -> list[shapely.MultiLineString]:
    """Join reaches into courses: at each confluence the straightest pair continues.

    Parameters
    ----------
    reaches : list of LineString
        Lines that meet at their end points only, longitude and latitude.

    Returns
    -------
    list of MultiLineString
        Each reach is in exactly one course; in the order of their first reach.

    References
    ----------
    Thomson, R. C. and Richardson, D. E. (1999). The 'good continuation' principle of
    perceptual organization applied to the generalization of road networks. Proc. 19th
    International Cartographic Conference, Ottawa.
    """
    ends: dict[tuple[float, float], list[tuple[int, float]]] = defaultdict(list)
    for index, reach in enumerate(reaches):
        points = shapely.get_coordinates(reach)
        if not reach.is_closed:
            ends[tuple(points[0])].append((index, _bearing(points[0], points[1])))
            ends[tuple(points[-1])].append((index, _bearing(points[-1], points[-2])))
    parent = list(range(len(reaches)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for meeting in ends.values():
        for first, second in _straightest_pairs(meeting):
            a, b = sorted((root(first), root(second)))
            parent[b] = a
    members: dict[int, list[shapely.LineString]] = defaultdict(list)
    for index, reach in enumerate(reaches):
        members[root(index)].append(reach)
    return [shapely.MultiLineString(lines) for lines in members.values()]


def _bearing(start: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    dx = (end[0] - start[0]) * np.cos(np.radians(start[1]))
    return float(np.degrees(np.arctan2(end[1] - start[1], dx)))


def _straightest_pairs(meeting: list[tuple[int, float]]) -> list[tuple[int, int]]:
    candidates = []
    for i, (first, bearing) in enumerate(meeting):
        for j, (second, other) in enumerate(meeting[:i]):
            turn = abs((bearing - other + 180) % 360 - 180)
            deflection = 180 - turn
            if first != second and deflection <= LARGEST_DEFLECTION_DEGREES:
                candidates.append((deflection, j, i))
    taken: set[int] = set()
    pairs = []
    for _, j, i in sorted(candidates):
        if i not in taken and j not in taken:
            taken |= {i, j}
            pairs.append((meeting[j][0], meeting[i][0]))
    return pairs


def rank_of(length_km: float) -> int:
    """Return 1 (longest) to 4 for the length of a course."""
    return 1 + sum(length_km < limit for limit in RANK_LENGTHS_KM)


def line_length_km(geometry: shapely.Geometry) -> float:
    """Return the length in km on the sphere of a line in longitude and latitude."""
    total = 0.0
    for part in shapely.get_parts(geometry):
        lon, lat = np.radians(shapely.get_coordinates(part)).T
        half = (
            np.sin(np.diff(lat) / 2) ** 2
            + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
        )
        total += float(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)).sum())
    return total


def build_lakes(folder: Path) -> gpd.GeoDataFrame:
    """Make the lake layer: lakes of `MINIMUM_LAKE_KM2` and more, islands cut out.

    Returns
    -------
    GeoDataFrame
        Columns name (of the largest, see `lake_names`), area_km2 (of the source, islands
        included), geometry (EPSG:4326), largest first.
    """
    lakes, areas, islands = [], [], []
    for feature in read_boundaries(folder, "gshhs", "h", BOUNDS):
        if feature.level not in (2, 3) or len(feature.points) < 4:
            continue
        polygon = shapely.make_valid(shapely.Polygon(feature.points))
        if feature.level == 3:
            islands.append(polygon)
        elif feature.area_km2 >= MINIMUM_LAKE_KM2:
            lakes.append(polygon)
            areas.append(feature.area_km2)
    water = shapely.difference(np.array(lakes), shapely.union_all(islands))
    simple = shapely.simplify(water, SIMPLIFICATION_DEGREES / 2, preserve_topology=True)
    frame = gpd.GeoDataFrame(
        {"name": "", "area_km2": np.round(areas, 1)},
        geometry=shapely.intersection(simple, window_polygon()),
        crs="EPSG:4326",
    )
    kept = frame[~frame.geometry.is_empty].copy()
    kept["name"] = name_lakes(kept)
    return kept.sort_values("area_km2", ascending=False, ignore_index=True)
