"""How far a species flies at once, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from resources.errors import UsageError

if TYPE_CHECKING:
    from planner.profiles import SpeciesProfile

RANGE_QUANTITY = "single_flight_max_km"
LEAST_KM = 1.0
"""Shorter flights are none between sites."""


@dataclass(frozen=True, slots=True)
class FlightRange:
    """Longest single flight in km, with the range for sensitivity.

    Parameters
    ----------
    value, low, high : float
        Kilometres, finite and >= `LEAST_KM`; low <= value <= high.
    status, basis, source : str
        Where the figure comes from.
    """

    value: float
    low: float
    high: float
    status: str = "given"
    basis: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not (LEAST_KM <= self.low <= self.value <= self.high < np.inf):
            raise UsageError(
                f"A flight range of {self.value:g} km from {self.low:g} to {self.high:g} km "
                f"cannot be: give finite numbers of at least {LEAST_KM:g} km with the value "
                "between them."
            )

    @property
    def levels(self) -> dict[str, float]:
        """The ranges to look at by name, each once: low, value, high."""
        every = {"low": self.low, "value": self.value, "high": self.high}
        return {name: km for name, km in every.items() if name == "value" or km != self.value}

    @property
    def told(self) -> str:
        """The range and its evidence in a sentence."""
        told = f"Longest single flight {self.value:g} km"
        if self.low < self.high:
            told += f" ({self.low:g} to {self.high:g})"
        told += f"; {self.status}"
        return f"{told}: {self.basis}." if self.basis else f"{told}."


def range_of(profile: SpeciesProfile) -> FlightRange:
    """Return the flight range that a profile states.

    Raises
    ------
    UsageError
        It states none.
    """
    found = profile.value(RANGE_QUANTITY)
    return FlightRange(
        value=found.value,
        low=found.value if found.low is None else found.low,
        high=found.value if found.high is None else found.high,
        status=str(found.status),
        basis=found.basis or "",
        source=found.source or "",
    )


def given_range(value: float, low: float | None, high: float | None) -> FlightRange:
    """Return a range that the user gives."""
    return FlightRange(value, value if low is None else low, value if high is None else high)
