"""Where the ticks of an axis stand, and how a value becomes a place on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_FEW_DECADES = 2.0


@dataclass(frozen=True)
class Axis:
    """One axis from a low to a high value.

    Parameters
    ----------
    low, high : float
        Values at its ends, low < high; on a logarithmic axis both > 0.
    logarithmic : bool
        Whether equal ratios are equally long.
    """

    low: float
    high: float
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Return how far along the axis a value lies: 0 at the low end, 1 at the high one."""
        if not self.logarithmic:
            return (value - self.low) / (self.high - self.low)
        above = math.log(max(value, self.low * 1e-3) / self.low)
        return above / math.log(self.high / self.low)

    def value(self, share: float) -> float:
        """Return the value at a share of the axis; the inverse of `share`."""
        if not self.logarithmic:
            return self.low + share * (self.high - self.low)
        return self.low * math.exp(share * math.log(self.high / self.low))

    def clipped(self, value: float) -> float:
        """Return the value of the axis that is nearest to a value."""
        return min(max(value, self.low), self.high)

    def ticks(self, most: int) -> list[float]:
        """Return round values on the axis, at most about so many."""
        return self._decades(most) if self.logarithmic else self._even(most)

    def _even(self, most: int) -> list[float]:
        span = self.high - self.low
        raw = span / max(1, most)
        size = 10.0 ** math.floor(math.log10(raw))
        step = next(factor * size for factor in _STEPS if factor * size >= raw * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [at * step for at in range(first, last + 1)]

    def _decades(self, most: int) -> list[float]:
        decades = math.log10(self.high / self.low)
        parts = (1.0, 2.0, 5.0) if decades <= _FEW_DECADES and most > 3 else (1.0,)
        first = math.floor(math.log10(self.low))
        last = math.ceil(math.log10(self.high))
        every = max(1, math.ceil((last - first) / max(1, most)))
        found = [
            part * 10.0**power for power in range(first, last + 1, every) for part in parts
        ]
        return [value for value in found if self.low * 0.999 <= value <= self.high * 1.001]
