"""Where land, countries and their centroids lie, fast enough for millions of points."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from affine import Affine
from scipy.spatial import KDTree

from layers.grid import Grid
from layers.pack import DataPack
from layers.shapes import burn, touched
from layers.states import STATES, TOGETHER, zone_name

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

OUTSIDE = -1
SEA = 0

_EARTH_KM = 6371.0088
_CELLS_PER_DEGREE = 30
_DENSE_DEGREES = 0.01
_EDGE_DEGREES = 1e-6

# Points that gazetteers give for a whole country (CIA World Factbook, public domain); records
# without a place often carry them. The border countries' shapes are cut by the map's edge, so
# that their centroids cannot be computed from it.
_GAZETTEER = {
    "CHN": (105.0, 35.0),
    "JPN": (138.0, 36.0),
    "KAZ": (68.0, 48.0),
    "KOR": (127.5, 37.0),
    "MNG": (105.0, 46.0),
    "PRK": (127.0, 40.0),
    "RUS": (100.0, 60.0),
}

_REACHING_BEYOND = frozenset({"MNP", "PHL"})
"""Countries of islands of which the map holds only some."""


@dataclass(frozen=True, slots=True)
class Centroid:
    """A point that stands for a whole country or province.

    Parameters
    ----------
    name : str
        Of one of the six States, or of a province of it; empty for others.
    kind : {"country", "province"}
        Which of both.
    lon, lat : float
        Degrees, EPSG:4326.
    """

    name: str
    kind: Literal["country", "province"]
    lon: float
    lat: float

    @property
    def title(self) -> str:
        """What it stands for, within a sentence."""
        if not self.name:
            return "a country or territory" if self.kind == "country" else "a province"
        return f"the {self.kind} {self.name}"


@dataclass(frozen=True)
class PlaceReference:
    """Land and countries of the base map.

    Use `PlaceReference.from_pack`, or give shapes of your own.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north of the map in degrees; outside nothing is known.
    countries : sequence of polygons
        Country by country, EPSG:4326.
    iso3 : tuple of str
        Their codes.
    centroids : tuple of Centroid
        Points that stand for whole countries and provinces.
    """

    bounds: tuple[float, float, float, float]
    countries: tuple[BaseGeometry, ...] = field(repr=False)
    iso3: tuple[str, ...]
    centroids: tuple[Centroid, ...] = field(repr=False)

    @classmethod
    def from_pack(cls, pack: DataPack | None = None) -> PlaceReference:
        """Take countries and provinces of a data pack.

        Parameters
        ----------
        pack : DataPack, optional
            The one that ships by default.

        Raises
        ------
        DamagedPackError
            A file of the pack cannot be read.
        """
        pack = pack or DataPack.open()
        frame = pack.basemap("countries")
        west, south, east, north = map(float, frame.total_bounds)
        bounds = (west, south, east, north)
        centroids = [
            Centroid(_state_name(iso3), "country", lon, lat)
            for iso3, (lon, lat) in _GAZETTEER.items()
        ]
        names = [_state_name(iso3) for iso3 in frame["iso3"]]
        whole = frame.assign(name=names)[~frame["iso3"].isin(_REACHING_BEYOND)]
        centroids += _centroids(whole, "country", bounds)
        provinces = pack.basemap("provinces")
        told = provinces["name"].where(provinces["iso3"].isin(STATES), "")
        centroids += _centroids(provinces.assign(name=told), "province", bounds)
        return cls(bounds, tuple(frame.geometry), tuple(frame["iso3"]), tuple(centroids))

    def country_at(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> NDArray[np.int16]:
        """Tell the country of points.

        Parameters
        ----------
        lon, lat : (n,) float64
            Degrees, finite.

        Returns
        -------
        (n,) int16
            k for ``iso3[k - 1]``, `SEA`, or `OUTSIDE` the map. Exact at coasts and borders.
        """
        grid, codes, mixed = self._cells
        row, column, inside = grid.cells_of(lon, lat)
        found = np.full(len(lon), OUTSIDE, dtype=np.int16)
        found[inside] = codes[row[inside], column[inside]]
        near = np.flatnonzero(inside)
        near = near[mixed[row[near], column[near]]]
        if len(near):
            found[near] = SEA
            points, shapes = self._tree.query(
                shapely.points(lon[near], lat[near]), predicate="intersects"
            )
            found[near[points[::-1]]] = shapes[::-1] + 1
        return found

    def nearest_land(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the distance in km to the nearest coast of each point, and lon, lat of it.

        Parameters
        ----------
        lon, lat : (n,) float64
            Degrees, finite; at sea. To about half a kilometre.
        """
        tree, places = self._coast
        chord, nearest = tree.query(_on_sphere(lon, lat))
        return _arc_km(np.asarray(chord)), places[nearest, 0], places[nearest, 1]

    def distance_km(
        self, iso3: str, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the distance of points outside a country to it, (n,) km.

        Parameters
        ----------
        iso3 : str
            Country, with the ground of all codes that are told together with it; infinity
            where the map has none of them.
        lon, lat : (n,) float64
            Degrees, finite.
        """
        if iso3 not in self._borders:
            codes = next((group for group in TOGETHER if iso3 in group), {iso3})
            shapes = [
                shape
                for code, shape in zip(self.iso3, self.countries, strict=True)
                if code in codes
            ]
            if not shapes:
                return np.full(len(lon), np.inf)
            self._borders[iso3] = KDTree(_on_sphere(*_vertices(shapes).T))
        chord, _ = self._borders[iso3].query(_on_sphere(lon, lat))
        return _arc_km(np.asarray(chord))

    def nearest_centroid(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], within_km: float
    ) -> NDArray[np.int64]:
        """Return the number of the nearest centroid within a distance, (n,), -1 where none.

        Parameters
        ----------
        lon, lat : (n,) float64
            Degrees, finite.
        within_km : float
            Furthest distance.
        """
        if not self.centroids:
            return np.full(len(lon), -1, dtype=np.int64)
        bound = 2 * np.sin(within_km / (2 * _EARTH_KM))
        chord, nearest = self._centroid_tree.query(
            _on_sphere(lon, lat), distance_upper_bound=bound * (1 + 1e-9)
        )
        return np.where(np.isfinite(chord), nearest, -1).astype(np.int64)

    @cached_property
    def _cells(self) -> tuple[Grid, NDArray[np.int16], NDArray[np.bool_]]:
        """Country of each small cell, and whether a coast or border runs through it."""
        west, south, east, north = self.bounds
        size = 1 / _CELLS_PER_DEGREE
        shape = (
            max(round((north - south) * _CELLS_PER_DEGREE), 1),
            max(round((east - west) * _CELLS_PER_DEGREE), 1),
        )
        grid = Grid("EPSG:4326", Affine(size, 0, west, 0, -size, north), shape)
        codes = burn(self.countries, grid).astype(np.int16)
        lines = [shapely.boundary(shape) for shape in self.countries]
        return grid, codes, touched(lines, grid)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        shapely.prepare(list(self.countries))
        return shapely.STRtree(list(self.countries))

    @cached_property
    def _coast(self) -> tuple[KDTree, NDArray[np.float64]]:
        places = _vertices(self.countries)
        return KDTree(_on_sphere(*places.T)), places

    @cached_property
    def _borders(self) -> dict[str, KDTree]:
        return {}

    @cached_property
    def _centroid_tree(self) -> KDTree:
        places = np.array([(one.lon, one.lat) for one in self.centroids])
        return KDTree(_on_sphere(*places.T))


def _state_name(iso3: str) -> str:
    """Return the name of one of the six States, or nothing."""
    return zone_name(iso3) if iso3 in STATES else ""


def _centroids(
    frame: gpd.GeoDataFrame,
    kind: Literal["country", "province"],
    bounds: tuple[float, ...],
) -> list[Centroid]:
    """Return the centroids of the shapes that the map's edge does not cut."""
    west, south, east, north = bounds
    boxes = frame.geometry.bounds
    whole = (
        (boxes["minx"] > west + _EDGE_DEGREES)
        & (boxes["miny"] > south + _EDGE_DEGREES)
        & (boxes["maxx"] < east - _EDGE_DEGREES)
        & (boxes["maxy"] < north - _EDGE_DEGREES)
    )
    kept = frame[whole]
    flat = kept.geometry.to_crs("EPSG:6933").centroid.to_crs("EPSG:4326")
    return [
        Centroid(str(name), kind, point.x, point.y)
        for name, point in zip(kept["name"], flat, strict=True)
    ]


def _vertices(shapes: list[BaseGeometry] | tuple[BaseGeometry, ...]) -> NDArray[np.float64]:
    dense = shapely.segmentize(np.array(shapes, dtype=object), _DENSE_DEGREES)
    found: NDArray[np.float64] = shapely.get_coordinates(dense)
    return found


def _on_sphere(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points on the unit sphere, (n, 3)."""
    east, up = np.radians(lon), np.radians(lat)
    return np.column_stack((np.cos(up) * np.cos(east), np.cos(up) * np.sin(east), np.sin(up)))


def _arc_km(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    arc: NDArray[np.float64] = 2 * _EARTH_KM * np.arcsin(np.clip(chord / 2, 0, 1))
    return arc
