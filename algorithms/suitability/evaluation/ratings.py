"""Ratings: the suitability that a map gives to presences and to the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from resources.errors import PlannerError

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray


class UnevaluableError(PlannerError, ValueError):
    """The data do not allow the measure asked for."""


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
