"""Ratings: the suitability that a map gives to presences and to the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from resources.errors import PlannerError

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray


class UnevaluableError(PlannerError, ValueError):
    """The data do not allow the measure asked for."""


class Weights(TypedDict):
    """How many points each rating counts for, as the measures take it; None where each is 1."""

    presence_weight: FloatArray | None
    background_weight: FloatArray | None


def check_ratings(at_presences: FloatArray, at_background: FloatArray) -> tuple[int, int]:
    """Check two lists of ratings and return their lengths.

    Parameters
    ----------
    at_presences : (n,) float64
        Suitability at presences.
    at_background : (m,) float64
        Suitability at background points or absences.

    Returns
    -------
    n, m : int
        Both at least 1.

    Raises
    ------
    ValueError
        A list is empty, not one-dimensional or not finite.
    """
    for name, values in (("presences", at_presences), ("background points", at_background)):
        if values.ndim != 1 or len(values) == 0:
            raise ValueError(f"suitability at {name} is a list of at least one value")
        if not np.isfinite(values).all():
            raise ValueError(f"suitability at {name} is not finite everywhere")
    return len(at_presences), len(at_background)


def check_weight(weight: FloatArray | None, n: int, name: str) -> FloatArray | None:
    """Check how many points each rating counts for.

    Parameters
    ----------
    weight : (n,) float64 or None
        Finite, >= 0, some above 0; None where each counts once.
    n : int
        Number of ratings.
    name : str
        What is rated, for the message.

    Returns
    -------
    (n,) float64 or None
        The weight.

    Raises
    ------
    ValueError
        The shape differs, or a value is out of range.
    """
    if weight is None:
        return None
    if weight.shape != (n,):
        raise ValueError(f"{n} {name} and weights of shape {weight.shape} do not agree")
    if not np.isfinite(weight).all() or (weight < 0.0).any() or not weight.any():
        raise ValueError(f"weights of {name} are finite and >= 0, and some are above 0")
    return weight
