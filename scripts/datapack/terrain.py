"""Elevation, slope and ruggedness from the digital terrain map of ITU-R P.1511."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scripts.datapack.window import (
    CELLS_PER_DEGREE,
    EARTH_RADIUS_KM,
    EAST,
    NORTH,
    SOUTH,
    WEST,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class SourceGridError(ValueError):
    """A grid of a source package that does not lie where its recommendation says."""


def read_elevation(itur_folder: Path, margin_cells: int = 0) -> NDArray[np.float64]:
    """Read the elevation of the window.

    Parameters
    ----------
    itur_folder : Path
        Folder of the package itur.
    margin_cells : int
        Cells more on every side.

    Returns
    -------
    (480 + 2 m, 960 + 2 m) float64
        Metres above the sea; 0 at sea; north up.

    Raises
    ------
    SourceGridError
        The cell centres of the source are not those of the pack's grid.
    """
    folder = itur_folder / "data" / "1511"
    with np.load(folder / "v2_lat.npz") as archive:
        lat = archive["arr_0"][:, 0]
    with np.load(folder / "v2_lon.npz") as archive:
        lon = archive["arr_0"][0, :]
    half = 0.5 / CELLS_PER_DEGREE
    row = int(np.argmin(np.abs(lat - (NORTH - half)))) - margin_cells
    column = int(np.argmin(np.abs(lon - (WEST + half)))) - margin_cells
    rows = round((NORTH - SOUTH) * CELLS_PER_DEGREE) + 2 * margin_cells
    columns = round((EAST - WEST) * CELLS_PER_DEGREE) + 2 * margin_cells
    step = 1 / CELLS_PER_DEGREE
    expected_lat = NORTH - half - (np.arange(rows) - margin_cells) * step
    expected_lon = WEST + half + (np.arange(columns) - margin_cells) * step
    if not (
        np.allclose(lat[row : row + rows], expected_lat, atol=1e-5)
        and np.allclose(lon[column : column + columns], expected_lon, atol=1e-5)
    ):
        raise SourceGridError(
            f"{folder}: the cell centres are not those of the 5 arc-minute grid of the pack; "
            "the package has changed its grid"
        )
    with np.load(folder / "v2_topo.npz") as archive:
        window: NDArray[np.float64] = archive["arr_0"][
            row : row + rows, column : column + columns
        ].astype(np.float64)
    return window


def _neighbours(elevation: NDArray[np.float64]) -> dict[tuple[int, int], NDArray[np.float64]]:
    rows, columns = elevation.shape
    return {
        (dy, dx): elevation[1 + dy : rows - 1 + dy, 1 + dx : columns - 1 + dx]
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
    }


def slope_degrees(
    elevation: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Compute the slope from the eight neighbours, with the true size of a cell per latitude.

    Parameters
    ----------
    elevation : (rows + 2, columns + 2) float64
        Metres, 5 arc-minute cells, north up, one cell of margin all round.
    lat : (rows,) float64
        Latitude of the inner rows, degrees.

    Returns
    -------
    (rows, columns) float64
        Degrees.

    References
    ----------
    Horn, B. K. P. (1981). Hill shading and the reflectance map. Proc. IEEE 69, 14-47.
    """
    z = _neighbours(elevation)
    height_m = np.radians(1 / CELLS_PER_DEGREE) * EARTH_RADIUS_KM * 1000
    width_m = height_m * np.cos(np.radians(lat))[:, None]
    east = z[-1, 1] + 2 * z[0, 1] + z[1, 1]
    west = z[-1, -1] + 2 * z[0, -1] + z[1, -1]
    north = z[-1, -1] + 2 * z[-1, 0] + z[-1, 1]
    south = z[1, -1] + 2 * z[1, 0] + z[1, 1]
    gradient = np.hypot((east - west) / (8 * width_m), (north - south) / (8 * height_m))
    slope: NDArray[np.float64] = np.degrees(np.arctan(gradient))
    return slope


def ruggedness_m(elevation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the terrain ruggedness index: root of the summed squared height differences.

    Parameters
    ----------
    elevation : (rows + 2, columns + 2) float64
        Metres, one cell of margin all round.

    Returns
    -------
    (rows, columns) float64
        Metres, over the eight neighbours.

    References
    ----------
    Riley, S. J., DeGloria, S. D. and Elliot, R. (1999). A terrain ruggedness index that
    quantifies topographic heterogeneity. Intermountain Journal of Sciences 5, 23-27.
    """
    z = _neighbours(elevation)
    index: NDArray[np.float64] = np.sqrt(
        sum((value - z[0, 0]) ** 2 for place, value in z.items() if place != (0, 0))
    )
    return index
