"""How much is protected, in each country and over all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class ProtectedAmount:
    """An amount and the protected part of it, per country.

    Attributes
    ----------
    codes : (n,) int32
        Country codes, ascending.
    total_km2 : (n,) float64
        Land, or habitat weighted by its suitability, in each country.
    protected_km2 : (n,) float64
        The part of it that is protected.
    """

    codes: IntArray
    total_km2: FloatArray
    protected_km2: FloatArray

    @property
    def share(self) -> FloatArray:
        """Protected share of each country, 0 to 1; NaN where there is nothing to protect."""
        return _quotient(self.protected_km2, self.total_km2)

    @property
    def share_overall(self) -> float:
        """Protected share of all countries together; NaN where there is nothing to protect."""
        overall = _quotient(
            np.array([self.protected_km2.sum()]), np.array([self.total_km2.sum()])
        )
        return float(overall[0])


def protected_share(
    protected: BoolArray | FloatArray,
    country: IntArray,
    *,
    cell_area_km2: float | FloatArray,
) -> ProtectedAmount:
    """Measure the land of each country and the protected part of it.

    Parameters
    ----------
    protected : (rows, columns) bool or float64
        Whether, or what share from 0 to 1 of, each cell is protected.
    country : (rows, columns) int32
        Code of the country that each cell of land belongs to; 0 for sea and for land that is
        not to be counted.
    cell_area_km2 : float or array that broadcasts to (rows, columns)
        Area of a cell, > 0: one number on an equal-area grid.

    Returns
    -------
    ProtectedAmount
        One row per country present.

    Raises
    ------
    ValueError
        The shapes disagree, or a value is outside the ranges above.

    Notes
    -----
    This is the share that target 3 of the Kunming-Montreal Global Biodiversity Framework (30 %
    by 2030) speaks of, for land alone and without regard to how well the land is managed.
    """
    return _per_country(np.ones(country.shape), protected, country, cell_area_km2)


def habitat_protected(
    suitability: FloatArray,
    protected: BoolArray | FloatArray,
    country: IntArray,
    *,
    cell_area_km2: float | FloatArray,
    threshold: float = 0.0,
) -> ProtectedAmount:
    """Measure the habitat of a species in each country and the protected part of it.

    The amount in a cell is its area times its suitability, as long as that reaches the
    threshold.

    Parameters
    ----------
    suitability : (rows, columns) float64
        Suitability, 0 to 1; NaN counts as none.
    protected, country, cell_area_km2
        As for `protected_share`.
    threshold : float
        Suitability below which a cell is no habitat.

    Returns
    -------
    ProtectedAmount
        One row per country present.

    Raises
    ------
    ValueError
        The shapes disagree, or a value is outside the ranges above.
    """
    if ((suitability < 0) | (suitability > 1)).any():
        raise ValueError("suitability must lie between 0 and 1")
    amount = np.where(suitability >= threshold, suitability, 0.0)
    return _per_country(amount, protected, country, cell_area_km2)


def _per_country(
    amount: FloatArray,
    protected: BoolArray | FloatArray,
    country: IntArray,
    cell_area_km2: float | FloatArray,
) -> ProtectedAmount:
    if not amount.shape == protected.shape == country.shape:
        raise ValueError(
            "the grids must be of one shape, got "
            f"{amount.shape}, {protected.shape} and {country.shape}"
        )
    part = protected.astype(np.float64)
    if not ((part >= 0) & (part <= 1)).all():
        raise ValueError("the protected share of a cell must lie between 0 and 1")
    area = np.broadcast_to(np.asarray(cell_area_km2, dtype=np.float64), amount.shape)
    if not (np.isfinite(area) & (area > 0)).all():
        raise ValueError("the area of a cell must be finite and > 0")
    inside = country > 0
    codes, which = np.unique(country[inside], return_inverse=True)
    weight = (amount * area)[inside]
    total, held = np.zeros(codes.size), np.zeros(codes.size)
    np.add.at(total, which, weight)
    np.add.at(held, which, weight * part[inside])
    return ProtectedAmount(codes.astype(np.int32), total, held)


def _quotient(part: FloatArray, whole: FloatArray) -> FloatArray:
    share = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share
