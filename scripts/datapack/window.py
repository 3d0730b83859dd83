"""The ground the pack covers, and where its source packages keep their files."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine

from layers.grid import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEST, SOUTH, EAST, NORTH = 70.0, 20.0, 150.0, 60.0
BOUNDS = (WEST, SOUTH, EAST, NORTH)
CELLS_PER_DEGREE = 12
GRID = Grid(
    "EPSG:4326",
    Affine(1 / CELLS_PER_DEGREE, 0, WEST, 0, -1 / CELLS_PER_DEGREE, NORTH),
    (
        round((NORTH - SOUTH) * CELLS_PER_DEGREE),
        round((EAST - WEST) * CELLS_PER_DEGREE),
    ),
)
EARTH_RADIUS_KM = 6371.0088


def package_folder(name: str) -> Path:
    """Return the folder of an installed package without importing it.

    Raises
    ------
    ModuleNotFoundError
        The package is not installed; the build needs the extra ``datapack``.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            f"the build of the data pack reads files of the package {name}, which is not "
            "installed: pip install '.[datapack]'"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def cell_lonlat() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitude and latitude of every cell centre, each (480, 960), in degrees."""
    x, y = GRID.cell_centres()
    lon, lat = np.meshgrid(x, y)
    return lon, lat


def unit_sphere(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 3) points on the unit sphere for (n,) longitudes and latitudes in degrees."""
    x, y = np.radians(lon), np.radians(lat)
    return np.column_stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)))
