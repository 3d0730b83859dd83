"""What the value of a programme cannot fall below, by multipliers of its rows.

References
----------
Neumaier, A. & Shcherbina, O. (2004). Safe bounds in linear and mixed-integer linear
programming. Mathematical Programming 99, 283-296.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray
    from algorithms.reserve.model import Model

SUM_ROUNDING = 1e-12
"""Share of the terms of a sum that its rounding stays below."""


class SafeBounds:
    """Bounds of one programme, added up from multipliers of its rows.

    They hold for any multipliers, be they the best ones or not, so that neither the tolerances
    of the solver that found them nor an early end weaken the proof.

    Parameters
    ----------
    model : Model
        The programme; none of its columns need be whole.

    Notes
    -----
    With multiplier y_r of row ``l_r <= a_r v <= u_r`` and reduced cost ``d = c - A' y``, no v
    between its limits lo and up has a smaller value than ``sum_r (y_r l_r if y_r > 0 else y_r
    u_r) + sum_j min(d_j lo_j, d_j up_j)``, to which what no column decides is added.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._by_column = model.rows.T.tocsr()
        self._weight_by_column = abs(self._by_column)

    def allowed(self, multiplier: FloatArray) -> FloatArray:
        """(rows,) float64: multipliers, 0 where the row has no limit on their side."""
        model = self._model
        unlimited = (multiplier > 0) & ~np.isfinite(model.row_lower)
        unlimited |= (multiplier < 0) & ~np.isfinite(model.row_upper)
        return np.where(unlimited | ~np.isfinite(multiplier), 0.0, multiplier)

    def reduced(self, multiplier: FloatArray) -> FloatArray:
        """(columns,) float64: the reduced costs by multipliers that are allowed."""
        return np.asarray(self._model.cost - self._by_column @ multiplier)

    def least(self, multiplier: FloatArray, upper: FloatArray | None = None) -> float:
        """Return the bound, less the rounding of its own sums.

        Parameters
        ----------
        multiplier : (rows,) float64
            Allowed multipliers: positive where the lower limit of the row is used, negative
            where the upper.
        upper : (columns,) float64, optional
            Upper limits of the columns, where they are not those of the programme.
        """
        model, used = self._model, multiplier != 0
        top = model.upper if upper is None else upper
        limit = np.where(multiplier > 0, model.row_lower, model.row_upper)
        rows = multiplier[used] * limit[used]
        reduced = self.reduced(multiplier)
        columns = np.minimum(reduced * model.lower, reduced * top)
        terms = np.abs(model.cost) + self._weight_by_column @ np.abs(multiplier)
        size = float(np.abs(rows).sum() + (terms * np.maximum(model.lower, top)).sum())
        size += abs(model.offset)
        return model.offset + math.fsum(rows) + math.fsum(columns) - SUM_ROUNDING * size
