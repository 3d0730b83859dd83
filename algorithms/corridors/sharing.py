"""One corridor for several species: the widest need holds, and what any of them shuns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class SpeciesNeed:
    """What one species asks of a corridor.

    Attributes
    ----------
    name : str
        Of the species.
    width_m : float
        Width it needs everywhere, in metres, finite and > 0.
    excluded : (rows, columns) bool
        Land that cannot be part of its corridor: settlements, water for cats.
    """

    name: str
    width_m: float
    excluded: BoolArray

    def __post_init__(self) -> None:
        if not (np.isfinite(self.width_m) and self.width_m > 0):
            raise ValueError(
                f"the width that {self.name} needs must be finite and > 0, got {self.width_m}"
            )


@dataclass(frozen=True, slots=True)
class SharedGround:
    """What a corridor for all of them has to go by.

    Attributes
    ----------
    cost : (rows, columns) float64
        Cost of adding each cell, NaN where any of the species cannot use it.
    width_m : float
        The widest need, in metres.
    widest : tuple of str
        Names of the species whose need it is.
    """

    cost: FloatArray
    width_m: float
    widest: tuple[str, ...]


def shared_ground(cost: FloatArray, needs: Sequence[SpeciesNeed]) -> SharedGround:
    """Bring the needs of several species together, for `widen`.

    A corridor that is as wide as the widest need, on land that none of them shuns, serves every
    one: a narrower disc goes wherever a wider one does.

    Parameters
    ----------
    cost : (rows, columns) float64
        Cost of adding each cell, NaN or inf where excluded for all; not changed.
    needs : sequence of SpeciesNeed
        One at least.

    Raises
    ------
    ValueError
        There is no species, or a mask is not of the shape of the cost.
    """
    if not needs:
        raise ValueError("a shared corridor needs one species at least")
    excluded = np.zeros(cost.shape, dtype=np.bool_)
    for need in needs:
        if need.excluded.shape != cost.shape:
            raise ValueError(
                f"the land excluded for {need.name} has the shape {need.excluded.shape}, the "
                f"cost has {cost.shape}"
            )
        excluded |= need.excluded
    width_m = max(need.width_m for need in needs)
    widest = tuple(need.name for need in needs if need.width_m == width_m)
    return SharedGround(np.where(excluded, np.nan, cost), width_m, widest)
