"""Resistance to movement: from habitat suitability, and where something stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    _check_suitability(suitability)
    share = suitability
    if shape != 0:
        share = np.expm1(-shape * suitability) / np.expm1(-shape)
    return np.clip(maximum - (maximum - 1) * share, 1.0, maximum)


def resistance_from_points(
    suitability: FloatArray, points: Sequence[tuple[float, float]]
) -> FloatArray:
    """Turn suitability into resistance along straight lines between drawn points.

    Below the first point and above the last the resistance is that of the point. It may rise
    and fall as drawn, but not below 1: a cost is then never less than the metres walked, and
    comparable with those of `resistance_from_suitability`.

    Parameters
    ----------
    suitability : (rows, columns) float64
        Suitability, 0 to 1; NaN stays NaN and so becomes a barrier.
    points : sequence of (float, float)
        Suitability, 0 to 1 and rising, and the resistance there, finite and >= 1; one at
        least.

    Returns
    -------
    (rows, columns) float64
        Resistance between the least and the largest of the points.

    Raises
    ------
    ValueError
        Suitability or a point is outside the ranges above, or the points do not rise.
    """
    drawn = np.asarray(points, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[1] != 2:
        raise ValueError(
            "a curve needs one point at least, each a suitability and a resistance"
        )
    at, resistance = drawn.T
    if not ((at >= 0) & (at <= 1)).all() or not (np.diff(at) > 0).all():
        raise ValueError(
            f"suitability must rise from point to point, within 0 and 1, got {at.tolist()}"
        )
    if not (np.isfinite(resistance) & (resistance >= 1)).all():
        raise ValueError(
            f"the resistance of the points must be finite and >= 1: {resistance.tolist()}"
        )
    _check_suitability(suitability)
    drawn_at: FloatArray = np.interp(suitability, at, resistance)
    return drawn_at


def resistance_from_classes(
    codes: FloatArray, values: Mapping[int, float], other: float | None = None
) -> FloatArray:
    """Give each class of land its resistance.

    Parameters
    ----------
    codes : (rows, columns) float64
        Code of the class in each cell; NaN stays NaN and so becomes a barrier.
    values : mapping of int to float
        Code to resistance, > 0; inf makes the class a barrier.
    other : float, optional
        Resistance of classes that are not listed, > 0 or inf; without it there may be none.

    Returns
    -------
    (rows, columns) float64
        Resistance.

    Raises
    ------
    ValueError
        A resistance is not > 0, or a class is not listed and `other` is not given; names it.
    """
    for name, value in (*values.items(), ("other", 1.0 if other is None else other)):
        if not value > 0:
            raise ValueError(f"the resistance of class {name} must be > 0, got {value}")
    found, place = np.unique(codes, return_inverse=True)
    known = {float(code): value for code, value in values.items()}
    unlisted = [code for code in found.tolist() if not np.isnan(code) and code not in known]
    if unlisted and other is None:
        shown = ", ".join(f"{code:g}" for code in unlisted[:10])
        raise ValueError(f"no resistance is given for the classes {shown}")
    known |= dict.fromkeys(unlisted, np.inf if other is None else other)
    of_class = [known.get(code, np.nan) for code in found.tolist()]
    return np.array(of_class, dtype=np.float64)[place].reshape(codes.shape)


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


def _check_suitability(suitability: FloatArray) -> None:
    if ((suitability < 0) | (suitability > 1)).any():
        raise ValueError(
            "suitability must lie between 0 and 1, got "
            f"{np.nanmin(suitability)} to {np.nanmax(suitability)}"
        )
