"""The relaxed problem: a minimum cut at given prices of the targets, and the cuts found so far.

With prices ``p >= 0`` on the rows ``G x >= h`` the best selection of the relaxed problem costs
``L(p) = p h + min_x sum_i (base_i - (G' p)_i) x_i + sum_e c_e |x_i - x_j|``: a minimum cut.
Every ``L(p)`` is a lower bound of the problem (Geoffrion 1974), and every selection x found on
the way limits L from above by the plane ``value(x) + p (h - G x)``.

References
----------
Geoffrion, A. M. (1974). Lagrangean relaxation for integer programming. Mathematical
Programming Study 2: 82-114.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.reserve.mincut import Cutter, Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.reserve.lagrangian.rows import Rows


class Pool:
    """Selections found so far, each a plane above the relaxed value.

    Parameters
    ----------
    rows : Rows
        The problem.
    most : int
        How many to keep; the oldest go first.
    """

    def __init__(self, rows: Rows, most: int) -> None:
        self._rows = rows
        self._most = most
        self._seen: dict[bytes, int] = {}
        self.selected: list[BoolArray] = []
        self.value: list[float] = []
        self.slope: list[FloatArray] = []

    def __len__(self) -> int:
        return len(self.selected)

    def add(self, selected: BoolArray) -> int | None:
        """Keep a selection; return its place, or None where it is known already."""
        key = np.packbits(selected).tobytes()
        if key in self._seen:
            return None
        if len(self) >= self._most:
            self._forget(self._most // 3)
        self._seen[key] = len(self)
        self.selected.append(selected)
        self.value.append(self._rows.value(selected))
        self.slope.append(self._rows.wanted - self._rows.held(selected))
        return len(self) - 1

    def _forget(self, count: int) -> None:
        del self.selected[:count], self.value[:count], self.slope[:count]
        self._seen = {key: at - count for key, at in self._seen.items() if at >= count}


class Pricing:
    """Evaluates the relaxed problem at prices.

    Parameters
    ----------
    rows : Rows
        The problem.
    settled : (n,) int8
        What is settled of each unit, as of `algorithms.reserve.mincut.Cutter.cut`.
    """

    def __init__(self, rows: Rows, settled: NDArray[np.int8]) -> None:
        self.rows = rows
        self.network = Network.of(rows.edges, rows.base.size)
        self._settled = settled
        self._columns = rows.matrix.T.tocsr()
        self._cutter = Cutter(self.network, rows.edge_cost)

    def evaluate(self, price: FloatArray) -> tuple[BoolArray, BoolArray, float]:
        """Return the smallest and the largest best selection at prices, and the bound.

        The bound allows every row to be short by its rounding.

        Parameters
        ----------
        price : (rows,) float64
            Price of each row; what is below 0 by the rounding of who chose it counts as 0,
            for with less no bound would hold.
        """
        price = np.maximum(price, 0.0)
        worth = np.asarray(self._columns @ price) - self.rows.base
        smallest, largest, bound = self._cutter.cut(worth, self._settled)
        wanted = self.rows.wanted - self.rows.rounding
        return smallest, largest, bound + float(price @ wanted)
