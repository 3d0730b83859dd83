"""Prices of the targets that make the bound greatest.

Every selection found limits the bound from above by a plane. The prices at which the least of
these planes is greatest, within a box around the best prices so far, are tried next; the box
grows where the planes told true and shrinks where they did not (Marsten, Hogan & Blankenship
1975; Lemaréchal 1986).

References
----------
Marsten, R. E., Hogan, W. W. & Blankenship, J. W. (1975). The boxstep method for large-scale
optimization. Operations Research 23: 389-405.
Lemaréchal, C. (1986). An introduction to the theory of nonsmooth optimization. Optimization
17: 827-858.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from algorithms.reserve.highs import silent_highs

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.reserve.lagrangian.pricing import Pool, Pricing

MOST_CUTS = 2_000
"""No ascent makes more cuts."""


@dataclass(frozen=True, slots=True, eq=False)
class DualPoint:
    """Where the ascent ended.

    Attributes
    ----------
    price : (rows,) float64
        The best prices.
    bound : float
        The bound at these prices.
    """

    price: FloatArray
    bound: float


class PlaneModel:
    """The least of the planes, made as great as possible within a box of prices.

    Parameters
    ----------
    n_rows : int
        Number of prices.
    """

    def __init__(self, n_rows: int) -> None:
        self._n = n_rows
        self._lp = silent_highs()
        for option, value in (("threads", 1), ("presolve", "off"), ("solver", "simplex")):
            self._lp.setOptionValue(option, value)
        for _ in range(n_rows):
            self._lp.addVar(0.0, 0.0)
        self._lp.addVar(-highspy.kHighsInf, highspy.kHighsInf)
        self._lp.changeColCost(n_rows, 1.0)
        self._lp.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._index = np.arange(n_rows + 1, dtype=np.int32)

    def add(self, value: float, slope: FloatArray) -> None:
        """Add the plane ``value + slope p``."""
        self._lp.addRow(
            -highspy.kHighsInf, value, self._n + 1, self._index, np.append(-slope, 1.0)
        )

    def best(self, low: FloatArray, high: FloatArray) -> tuple[FloatArray, float]:
        """Return the best prices in the box, and the model there."""
        self._lp.changeColsBounds(self._n, self._index[:-1], low, high)
        self._lp.run()
        value = np.asarray(self._lp.getSolution().col_value)
        return value[:-1], float(value[-1])


def ascend(
    pricing: Pricing,
    pool: Pool,
    start: FloatArray,
    tolerance: float,
    enough: Callable[[float], bool],
) -> DualPoint:
    """Raise the bound by better prices until the planes promise no more.

    Parameters
    ----------
    pricing : Pricing
        The relaxed problem.
    pool : Pool
        The selections found are added to it.
    start : (rows,) float64
        Prices to begin with, > 0.
    tolerance : float
        Share of the bound that is not worth another cut.
    enough : callable
        Told the best bound after each cut; True ends the ascent.
    """
    price, box = start.copy(), start.copy()
    model = PlaneModel(price.size)

    def take(selected: BoolArray) -> bool:
        at = pool.add(selected)
        if at is None:
            return False
        model.add(pool.value[at], pool.slope[at])
        return True

    smallest, _, best = pricing.evaluate(price)
    take(smallest)
    for _ in range(MOST_CUTS):
        trial, promised = model.best(np.maximum(0.0, price - box), price + box)
        rise = promised - best
        if enough(best) or rise <= tolerance * abs(best):
            break
        smallest, largest, bound = pricing.evaluate(trial)
        fresh = take(smallest) | take(largest)
        if bound > best:
            if bound - best > 0.3 * rise:
                box *= 1.5
            best, price = bound, trial
        elif bound - best < -0.5 * rise or not fresh:
            box *= 0.6
    return DualPoint(price, best)
