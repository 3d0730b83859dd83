"""How much of a feature each unit holds, and how much of it there is in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from algorithms.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A feature, measured.

    Attributes
    ----------
    per_unit : (n,) float64
        Amount in each planning unit, >= 0.
    total : float
        Amount over the whole layer, land outside the units included.
    total_by_country : mapping of str to float
        The same within each country, by ISO code.
    range_km2 : float
        Area on which there is any of it, for targets that go by the size of the range.
    range_by_country : mapping of str to float
        The same within each country.
    title : str
        What people call the feature.
    unit : str
        What amounts are in.
    source : str
        What they were measured on.
    notes : tuple of str
        What a reader must know of them.
    """

    per_unit: FloatArray
    total: float
    total_by_country: Mapping[str, float]
    range_km2: float
    range_by_country: Mapping[str, float]
    title: str
    unit: str
    source: str
    notes: tuple[str, ...] = ()
