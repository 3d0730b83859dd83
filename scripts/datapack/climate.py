"""Monthly temperature and precipitation from ITU-R P.1510 and P.837 on the pack's grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import map_coordinates

from scripts.datapack.window import cell_lonlat

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LAPSE_RATE_K_PER_M = 0.0055
FREEZING_K = 273.15
SEA_NODE_WEIGHT = 0.05
TEMPERATURE_STEP = 0.75
PRECIPITATION_STEP = 0.25


@dataclass(frozen=True, slots=True)
class MonthlyClimate:
    """Twelve months on the pack's grid.

    Parameters
    ----------
    temperature_c : (12, 480, 960) float64
        Monthly mean temperature 2 m above the ground, °C.
    precipitation_mm : (12, 480, 960) float64
        Monthly precipitation, mm.
    """

    temperature_c: NDArray[np.float64]
    precipitation_mm: NDArray[np.float64]


def node_elevation(elevation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average a global 5 arc-minute terrain map to boxes of 0.75° about the nodes of P.1510.

    Parameters
    ----------
    elevation : (2164, 4324) float64
        The whole map of P.1511: centres from 90.125° N and 180.125° W by 1/12°.

    Returns
    -------
    (241, 481) float64
        Rows from 90° S, columns from 180° W, as in P.1510.
    """
    inner = elevation[2:-2, 2:-2]
    halves = np.repeat(np.repeat(inner, 2, axis=0), 2, axis=1)
    rows = _box_means(halves, axis=0)
    return _box_means(rows, axis=1)[::-1]


def _box_means(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Average the 18 half-cells about every node, fewer at the ends; nodes lie 18 apart."""
    moved = np.moveaxis(values, axis, 0)
    total = np.concatenate((np.zeros((1, *moved.shape[1:])), np.cumsum(moved, axis=0)))
    nodes = 18 * np.arange(moved.shape[0] // 18 + 1)
    low = np.maximum(nodes - 9, 0)
    high = np.minimum(nodes + 9, moved.shape[0])
    means = (total[high] - total[low]) / (high - low)[:, None]
    return np.moveaxis(means, 0, axis)


def at_cells(field: NDArray[np.float64], step: float, overhang: float) -> NDArray[np.float64]:
    """Interpolate a global field bilinearly at the cell centres of the pack.

    Parameters
    ----------
    field : (rows, columns) float64
        Nodes; rows go north, columns east.
    step : float
        Distance of the nodes, degrees.
    overhang : float
        How far the first node lies south of 90° S and west of 180° W, degrees.

    Returns
    -------
    (480, 960) float64
    """
    lon, lat = cell_lonlat()
    rows = (lat + 90 + overhang) / step
    columns = (lon + 180 + overhang) / step
    result: NDArray[np.float64] = map_coordinates(field, [rows, columns], order=1)
    return result


def downscale_temperature(
    temperature_k: NDArray[np.float64],
    node_height_m: NDArray[np.float64],
    node_land_share: NDArray[np.float64],
    cell_height_m: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Bring one month of P.1510 to the cells of the pack.

    The nodes are reduced to sea level with `LAPSE_RATE_K_PER_M` and their own mean height,
    interpolated bilinearly, and raised to the height of each cell. A node counts by the share
    of land in its box (at least `SEA_NODE_WEIGHT`), so that land cells by the coast take
    after the land and not after the sea.

    Parameters
    ----------
    temperature_k : (241, 481) float64
        Kelvin.
    node_height_m, node_land_share : (241, 481) float64
        Of the 0.75° box about each node.
    cell_height_m : (480, 960) float64
        Height of the cells.

    Returns
    -------
    (480, 960) float64
        °C.

    References
    ----------
    Rolland, C. (2003). Spatial and seasonal variations of air temperature lapse rates in
    Alpine regions. Journal of Climate 16, 1032-1046 (annual means of 5.4 to 5.8 K/km).
    """
    at_sea_level = temperature_k + LAPSE_RATE_K_PER_M * node_height_m
    weight = np.maximum(node_land_share, SEA_NODE_WEIGHT)
    reduced = at_cells(at_sea_level * weight, TEMPERATURE_STEP, 0.0) / at_cells(
        weight, TEMPERATURE_STEP, 0.0
    )
    cells: NDArray[np.float64] = reduced - LAPSE_RATE_K_PER_M * cell_height_m - FREEZING_K
    return cells


def read_climate(itur_folder: Path, cell_height_m: NDArray[np.float64]) -> MonthlyClimate:
    """Read both recommendations and bring them to the pack's grid.

    Parameters
    ----------
    itur_folder : Path
        Folder of the package itur.
    cell_height_m : (480, 960) float64
        Height of the cells.
    """
    data = itur_folder / "data"
    terrain = _array(data / "1511" / "v2_topo.npz")
    height = node_elevation(terrain)
    land_share = node_elevation((terrain != 0).astype(np.float64))
    temperature, precipitation = [], []
    for month in range(1, 13):
        kelvin = _array(data / "1510" / f"v1_t_month{month:02d}.npz")
        temperature.append(downscale_temperature(kelvin, height, land_share, cell_height_m))
        millimetres = _array(data / "837" / f"v7_mt_month{month:02d}.npz")
        precipitation.append(at_cells(millimetres, PRECIPITATION_STEP, 0.125))
    return MonthlyClimate(np.stack(temperature), np.stack(precipitation))


def _array(path: Path) -> NDArray[np.float64]:
    with np.load(path) as archive:
        return np.asarray(archive["arr_0"], dtype=np.float64)


def precipitation_seasonality(monthly_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the coefficient of variation of the twelve months in percent, (rows, columns).

    One millimetre is added to each month's mean, as is usual, so that deserts stay finite.

    References
    ----------
    O'Donnell, M. S. and Ignizio, D. A. (2012). Bioclimatic predictors for supporting
    ecological applications in the conterminous United States. USGS Data Series 691 (BIO15).
    """
    spread: NDArray[np.float64] = monthly_mm.std(axis=0, ddof=1)
    seasonality: NDArray[np.float64] = 100 * spread / (1 + monthly_mm.sum(axis=0) / 12)
    return seasonality
