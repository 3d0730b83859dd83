"""Resistance to movement: from habitat suitability, and where something stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray


def resistance_from_suitability(
    suitability: FloatArray, *, maximum: float, shape: float
) -> FloatArray:
    """Turn suitability into resistance along a negative exponential curve.

    ``R = maximum - (maximum - 1) * (1 - exp(-shape * h)) / (1 - exp(-shape))``: 1 in the best
    habitat, `maximum` where there is none. The higher the shape, the sooner resistance falls
    as suitability rises; 0 is a straight line.

    Parameters
    ----------
    suitability : (rows, columns) float64
        Suitability h, 0 to 1; NaN stays NaN and so becomes a barrier.
    maximum : float
        Resistance where suitability is 0, finite and >= 1.
    shape : float
        Shape c of the curve, finite. The sources below use 0.25 to 16.

    Returns
    -------
    (rows, columns) float64
        Resistance, 1 to `maximum`.

    Raises
    ------
    ValueError
        Suitability, maximum or shape is outside the ranges above.

    References
    ----------
    Trainor, A. M. et al. (2013). Empirical estimation of dispersal resistance surfaces: a case
    study with red-cockaded woodpeckers. Landscape Ecology 28, 755-767.

    Keeley, A. T. H., Beier, P. & Gagnon, J. W. (2016). Estimating landscape resistance from
    habitat suitability: effects of data source and nonlinearities. Landscape Ecology 31,
    2151-2162.
    """
    if not (np.isfinite(maximum) and maximum >= 1):
        raise ValueError(f"the maximum resistance must be finite and >= 1, got {maximum}")
    if not np.isfinite(shape):
        raise ValueError(f"the shape must be finite, got {shape}")
    if ((suitability < 0) | (suitability > 1)).any():
        raise ValueError(
            "suitability must lie between 0 and 1, got "
            f"{np.nanmin(suitability)} to {np.nanmax(suitability)}"
        )
    share = suitability
    if shape != 0:
        share = np.expm1(-shape * suitability) / np.expm1(-shape)
    return np.clip(maximum - (maximum - 1) * share, 1.0, maximum)


def with_barrier(resistance: FloatArray, barrier: BoolArray) -> FloatArray:
    """Return the resistance with inf, which nothing crosses, in the cells of the barrier.

    Parameters
    ----------
    resistance : (rows, columns) float64
        Resistance; not changed.
    barrier : (rows, columns) bool
        True where nothing passes.

    Raises
    ------
    ValueError
        The shapes disagree.
    """
    _check_shape(resistance, barrier)
    return np.where(barrier, np.inf, resistance)


def with_penalty(resistance: FloatArray, where: BoolArray, factor: float) -> FloatArray:
    """Return the resistance multiplied by a factor in some cells, such as those of a road.

    Parameters
    ----------
    resistance : (rows, columns) float64
        Resistance; not changed.
    where : (rows, columns) bool
        True where the factor applies.
    factor : float
        Finite and > 0.

    Raises
    ------
    ValueError
        The shapes disagree, or the factor is outside its range.
    """
    _check_shape(resistance, where)
    if not (np.isfinite(factor) and factor > 0):
        raise ValueError(f"the factor must be finite and > 0, got {factor}")
    return np.where(where, resistance * factor, resistance)


def _check_shape(resistance: FloatArray, mask: BoolArray) -> None:
    if resistance.shape != mask.shape:
        raise ValueError(
            f"resistance has the shape {resistance.shape}, the mask has {mask.shape}"
        )
