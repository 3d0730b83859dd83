"""Polygons of the user's and of the project, and how much of each unit they cover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from planner.reserve.errors import ReserveInputError
from resources.errors import nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

MAX_POLYGONS = 1_000_000
_AREAS = (3, 6)  # GEOS numbers of polygon and multi-polygon


def read_polygons(path: str, layer: str, crs: str, what: tuple[str, str]) -> gpd.GeoDataFrame:
    """Read polygons of a file, in the project's coordinate system.

    Parameters
    ----------
    path, layer : str
        File, and its layer where it has several; empty for the only one.
    crs : str
        Coordinate system to bring them to.
    what : tuple of str
        What they are, such as ``"The planning units"``, and the field of the request that asks
        for them, for messages.

    Returns
    -------
    GeoDataFrame
        Valid polygons and multi-polygons; rings that cross themselves are mended.

    Raises
    ------
    ReserveInputError
        The file or the layer is not there, has no coordinate system, or holds no polygons:
        says which and what to do.
    """
    name = _layer_of(path, layer, what)
    try:
        frame = pyogrio.read_dataframe(path, layer=name)
    except (DataSourceError, DataLayerError, OSError, ValueError) as error:
        raise _unreadable(path, what, str(error)) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise _unreadable(path, what, f"its layer {name!r} has no geometry")
    if frame.crs is None:
        raise _unreadable(
            path, what, "it has no coordinate system; assign one in QGIS (Assign Projection)"
        )
    if not 0 < len(frame) <= MAX_POLYGONS:
        raise _unreadable(path, what, f"it has {len(frame):,} rows, not 1 to {MAX_POLYGONS:,}")
    kinds = shapely.get_type_id(frame.geometry.values)
    wrong = np.flatnonzero(~np.isin(kinds, _AREAS) | shapely.is_empty(frame.geometry.values))
    if len(wrong):
        listed = ", ".join(str(row + 1) for row in wrong[:3].tolist())
        raise _unreadable(
            path, what, f"{len(wrong):,} of its rows hold no polygon, such as row {listed}"
        )
    local = frame.to_crs(crs)
    return local.set_geometry(gpd.GeoSeries(_mended(local.geometry.values), crs=crs))


def _layer_of(path: str, layer: str, what: tuple[str, str]) -> str:
    if not Path(path).exists():
        raise _unreadable(path, what, "there is no such file")
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind]
    except (DataSourceError, OSError) as error:
        raise _unreadable(path, what, str(error)) from error
    if layer and layer not in names:
        hint = nearest_names_hint(layer, names) if names else ""
        raise _unreadable(path, what, f"it has no layer {layer!r}. {hint}")
    if not layer and len(names) != 1:
        raise _unreadable(
            path,
            what,
            f"it has {len(names)} layers ({', '.join(names)}); name one in the field `layer`",
        )
    return layer or names[0]


def _mended(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return valid shapes; of what a mended one falls into, lines and points are left out."""
    found = np.asarray(shapes, dtype=np.object_).copy()
    for at in np.flatnonzero(~shapely.is_valid(found)).tolist():
        parts = shapely.get_parts(shapely.make_valid(found[at]))
        found[at] = shapely.union_all(parts[np.isin(shapely.get_type_id(parts), _AREAS)])
    return found


def covered_km2(
    shapes: Sequence[BaseGeometry], units: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Measure how much of each unit some shapes cover together.

    Parameters
    ----------
    shapes : sequence of geometries
        Polygons; where they overlap, land counts once.
    units : (n,) object
        Polygons, in the same equal-area coordinate system in metres.

    Returns
    -------
    (n,) float64
        km².
    """
    area = np.zeros(len(units))
    together = shapely.union_all([shape for shape in shapes if not shape.is_empty])
    if together.is_empty or not len(units):
        return area
    shapely.prepare(together)
    meets = shapely.intersects(together, units)
    whole = meets & shapely.contains(together, units)
    area[whole] = shapely.area(units[whole])
    partly = np.flatnonzero(meets & ~whole)
    parts, of = shapely.STRtree(units[partly]).query(_small(together), predicate="intersects")
    pieces = _small(together)[parts]
    cut = shapely.area(shapely.intersection(pieces, units[partly][of]))
    area[partly] = np.bincount(of, weights=cut, minlength=len(partly))
    return area / 1e6


def _small(shape: BaseGeometry, most: int = 256) -> NDArray[np.object_]:
    """Split a large polygon along straight lines, so that cutting it is quick."""
    waiting = list(shapely.get_parts(shape))
    found: list[BaseGeometry] = []
    while waiting:
        part = waiting.pop()
        if shapely.get_num_coordinates(part) <= most:
            found.append(part)
            continue
        west, south, east, north = part.bounds
        if east - west > north - south:
            middle = (west + east) / 2
            halves = (west, south, middle, north), (middle, south, east, north)
        else:
            middle = (south + north) / 2
            halves = (west, south, east, middle), (west, middle, east, north)
        for half in halves:
            cut = shapely.get_parts(shapely.intersection(part, shapely.box(*half)))
            waiting.extend(cut[np.isin(shapely.get_type_id(cut), _AREAS)])
    return np.array(found, dtype=np.object_)


def _unreadable(path: str, what: tuple[str, str], why: str) -> ReserveInputError:
    told = why if why.endswith((".", "?")) else f"{why}."
    return ReserveInputError(f"{what[0]} cannot be read from {path}: {told}", what[1])
