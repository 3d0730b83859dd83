"""The points of a drawn resistance curve, and what may be done to them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_RESISTANCE = 1.0
MOST_RESISTANCE = 10_000.0
"""What a point can be given by hand: the best ground costs 1 per metre."""
CLOSEST = 0.01
"""Points stay so far apart in suitability."""
_START_AT = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)

Pair = tuple[float, float]


@dataclass(frozen=True)
class CurvePoints:
    """Points of a curve of resistance over suitability, joined by straight lines.

    Parameters
    ----------
    pairs : tuple of (float, float)
        Suitability, rising from 0 to 1, with the resistance there; two at least.
    """

    pairs: tuple[Pair, ...]

    @classmethod
    def along(cls, suitability: Sequence[float], resistance: Sequence[float]) -> CurvePoints:
        """Return a few points along a curve, to start drawing from.

        Parameters
        ----------
        suitability, resistance : sequence of float
            The curve, by rising suitability.
        """
        start = [(at, _between(suitability, resistance, at)) for at in _START_AT]
        return cls(tuple((at, _rounded(value)) for at, value in start))

    def resistance_at(self, suitability: float) -> float:
        """Return the resistance at a suitability."""
        x, y = zip(*self.pairs, strict=True)
        return _between(x, y, suitability)

    def moved(self, at: int, to: Pair) -> CurvePoints:
        """Return the curve with a point moved; the ends keep their suitability.

        A point stays between its neighbours and within what can be given by hand.
        """
        pairs = list(self.pairs)
        suitability = pairs[at][0]
        if 0 < at < len(pairs) - 1:
            low, high = pairs[at - 1][0] + CLOSEST, pairs[at + 1][0] - CLOSEST
            if low <= high:
                suitability = min(max(to[0], low), high)
        pairs[at] = (round(suitability, 3), _rounded(to[1]))
        return CurvePoints(tuple(pairs))

    def with_point(self, pair: Pair) -> tuple[CurvePoints, int]:
        """Return the curve with one more point, and its place; none where one is close."""
        near = [at for at, (x, _) in enumerate(self.pairs) if abs(x - pair[0]) < CLOSEST]
        if near:
            return self, near[0]
        added = (round(pair[0], 3), _rounded(pair[1]))
        pairs = tuple(sorted((*self.pairs, added)))
        return CurvePoints(pairs), pairs.index(added)

    def without(self, at: int) -> CurvePoints:
        """Return the curve without a point; the two ends stay."""
        if not 0 < at < len(self.pairs) - 1:
            return self
        return CurvePoints((*self.pairs[:at], *self.pairs[at + 1 :]))


def _rounded(resistance: float) -> float:
    held = min(max(resistance, LEAST_RESISTANCE), MOST_RESISTANCE)
    return float(f"{held:.3g}")


def _between(x: Sequence[float], y: Sequence[float], at: float) -> float:
    if at <= x[0]:
        return y[0]
    for (x0, y0), (x1, y1) in pairwise(zip(x, y, strict=True)):
        if at <= x1:
            return y0 + (y1 - y0) * (at - x0) / (x1 - x0) if x1 > x0 else y1
    return y[-1]
