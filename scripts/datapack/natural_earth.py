"""Countries, provinces, borders and coast from Natural Earth 1:10m, as QGIS ships it."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from scripts.datapack.window import BOUNDS, EAST, NORTH, SOUTH, WEST

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORLD_MAP = Path("/usr/share/qgis/resources/data/world_map.gpkg")
SIACHEN = "KAS"
SIACHEN_NAME = "Siachen Glacier"
SPECIAL_ADMINISTRATIVE_REGIONS = {("CHN", "HKG"), ("CHN", "MAC")}
PROVINCE_TOLERANCE_DEGREES = 0.002
WINDOW_EDGE_STEP_DEGREES = 0.25
MARGIN_DEGREES = 30.0


def window_polygon() -> shapely.Polygon:
    """Return the window with vertices along its edges, so that they stay put when projected."""
    edge: shapely.Polygon = shapely.segmentize(shapely.box(*BOUNDS), WINDOW_EDGE_STEP_DEGREES)
    return edge


def read_countries(path: Path = WORLD_MAP) -> gpd.GeoDataFrame:
    """Read every country within `MARGIN_DEGREES` of the window, whole, one row per ISO code.

    Parameters
    ----------
    path : Path
        GeoPackage with the layer ``countries`` of Natural Earth.

    Returns
    -------
    GeoDataFrame
        Columns iso3, name, geometry (EPSG:4326), sorted by iso3. Rows without a name in the
        source are dropped but for the Siachen glacier, which takes Natural Earth's own code
        and name for it.
    """
    margin = (
        WEST - MARGIN_DEGREES,
        SOUTH - MARGIN_DEGREES,
        min(EAST + MARGIN_DEGREES, 180.0),
        min(NORTH + MARGIN_DEGREES, 90.0),
    )
    source = gpd.read_file(path, layer="countries", bbox=margin)
    named = source[source["ISO_A3"].notna() & (source["ISO_A3"] != "-99")]
    nameless = source[source["ISO_A3"].isna()].geometry.explode()
    siachen = nameless[nameless.intersects(shapely.Point(77.17, 35.28))]
    rows = gpd.GeoDataFrame(
        {
            "iso3": [*named["ISO_A3"], *([SIACHEN] * len(siachen))],
            "name": [*named["NAME"], *([SIACHEN_NAME] * len(siachen))],
        },
        geometry=[*named.geometry, *siachen],
        crs=source.crs,
    )
    return rows.sort_values("iso3", ignore_index=True)


def clip_to_window(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cut a layer at the window; rows with nothing left inside are dropped."""
    clipped = frame.copy()
    clipped["geometry"] = shapely.intersection(frame.geometry.array, window_polygon())
    kept = clipped[~clipped.geometry.is_empty]
    return kept.reset_index(drop=True)


def shared_borders(countries: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Derive the lines that two countries have in common, vertex for vertex.

    Natural Earth's country polygons share their vertices exactly, so a border is the set of
    segments that occur in both outlines; nothing is snapped or computed.

    Parameters
    ----------
    countries : GeoDataFrame
        Columns iso3 and geometry.

    Returns
    -------
    GeoDataFrame
        Columns iso3_a, iso3_b (alphabetical), geometry (MultiLineString), sorted.
    """
    owners: dict[tuple[tuple[float, ...], tuple[float, ...]], set[str]] = defaultdict(set)
    for iso3, geometry in zip(countries["iso3"], countries.geometry, strict=True):
        for ring in shapely.get_rings(shapely.get_parts(geometry)):
            points = [tuple(point) for point in shapely.get_coordinates(ring).tolist()]
            for start, end in pairwise(points):
                owners[min(start, end), max(start, end)].add(iso3)
    segments: dict[tuple[str, ...], list[tuple[tuple[float, ...], ...]]] = defaultdict(list)
    for segment, names in owners.items():
        if len(names) == 2:
            segments[tuple(sorted(names))].append(segment)
    pairs = sorted(segments)
    lines = [_merged(segments[pair]) for pair in pairs]
    return gpd.GeoDataFrame(
        {"iso3_a": [pair[0] for pair in pairs], "iso3_b": [pair[1] for pair in pairs]},
        geometry=lines,
        crs=countries.crs,
    )


def _merged(segments: list[tuple[tuple[float, ...], ...]]) -> shapely.MultiLineString:
    merged = shapely.line_merge(shapely.MultiLineString(sorted(segments)))
    return shapely.MultiLineString(list(shapely.get_parts(merged)))


def international(borders: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep the borders between States.

    Dropped are the limits of China's special administrative regions, which are not borders of
    a State, and the edge of the disputed Siachen glacier.
    """
    keep = [
        pair not in SPECIAL_ADMINISTRATIVE_REGIONS and SIACHEN not in pair
        for pair in zip(borders["iso3_a"], borders["iso3_b"], strict=True)
    ]
    return borders[keep].reset_index(drop=True)


def read_disputed(borders: gpd.GeoDataFrame, path: Path = WORLD_MAP) -> gpd.GeoDataFrame:
    """Read the disputed lines of the window and add the edge of the Siachen glacier.

    Parameters
    ----------
    borders : GeoDataFrame
        Result of `shared_borders`.
    path : Path
        GeoPackage with the layer ``disputed_borders`` of Natural Earth.

    Returns
    -------
    GeoDataFrame
        Columns name (as in the source), iso3_a, iso3_b (the country or countries whose
        polygons lie on both sides in the source), geometry.
    """
    source = gpd.read_file(path, layer="disputed_borders", bbox=BOUNDS)
    siachen = borders[(borders["iso3_a"] == SIACHEN) | (borders["iso3_b"] == SIACHEN)]
    rows = gpd.GeoDataFrame(
        {
            "name": [*source["name"], *([f"Edge of the {SIACHEN_NAME}"] * len(siachen))],
            "iso3_a": [*source["adm0_a3_l"], *siachen["iso3_a"]],
            "iso3_b": [*source["adm0_a3_r"], *siachen["iso3_b"]],
        },
        geometry=[*source.geometry, *siachen.geometry],
        crs=source.crs,
    )
    rows = clip_to_window(rows)
    rows["order"] = [geometry.bounds for geometry in rows.geometry]
    return rows.sort_values(["name", "order"], ignore_index=True).drop(columns="order")


def read_provinces(path: Path = WORLD_MAP) -> gpd.GeoDataFrame:
    """Read the first-level units of the window, simplified together so that edges stay shared.

    Returns
    -------
    GeoDataFrame
        Columns iso3, name (empty where the source has none), geometry.
    """
    source = gpd.read_file(path, layer="states_provinces", bbox=BOUNDS)
    rows = gpd.GeoDataFrame(
        {"iso3": source["adm0_a3"], "name": source["name"].fillna("")},
        geometry=source.geometry,
        crs=source.crs,
    )
    rows["geometry"] = shapely.coverage_simplify(
        rows.geometry.to_numpy(), PROVINCE_TOLERANCE_DEGREES
    )
    return clip_to_window(rows).sort_values(["iso3", "name"], ignore_index=True)


def sea_coast(countries: gpd.GeoDataFrame) -> list[NDArray[np.float64]]:
    """Return the outlines of all land, without inland seas, as (n, 2) lon/lat arrays.

    Only outer rings of the united land count: the Caspian Sea is a hole in it.
    """
    land = shapely.union_all(countries.geometry.to_numpy())
    return [
        shapely.get_coordinates(shapely.get_exterior_ring(part))
        for part in shapely.get_parts(land)
    ]
