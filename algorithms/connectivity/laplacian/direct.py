"""Factorise once, then solve for any number of right sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.laplacian.blas import one_blas_thread
from algorithms.connectivity.laplacian.factor import factorised
from algorithms.connectivity.laplacian.schedule import scheduled
from algorithms.connectivity.laplacian.substitution import backward, forward
from algorithms.connectivity.threads import core_count, in_threads
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable

    from scipy.sparse import csr_array

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.connectivity.laplacian.fronts import Fronts
    from algorithms.control import Control

COLUMNS_AT_ONCE = 16
WORK_PER_SLICE = 3e7  # numbers of the factor times right sides: about a tenth of a second
RESIDUAL = 1e-12
REFINEMENTS = 3


class DirectSolver:
    """A Cholesky factor and the matrix it came from.

    Parameters
    ----------
    matrix : (n, n) csr_array
        Symmetric and positive definite, with 32-bit indices.
    fronts : Fronts
        Of this matrix.
    control : Control
        Told the share of the factorisation done; may cancel.

    Raises
    ------
    NotGroundedError
        The matrix is singular to rounding, or not positive definite.
    """

    def __init__(self, matrix: csr_array, fronts: Fronts, control: Control) -> None:
        self._matrix = matrix
        self._fronts = fronts
        self._factor = factorised(matrix, fronts, scheduled(fronts), control)

    @property
    def entries(self) -> int:
        """Number of numbers the factor holds."""
        return self._factor.size

    def solve(self, current: FloatArray, control: Control = NULL_CONTROL) -> FloatArray:
        """Return the voltages that currents cause.

        Columns are shared out over the cores. A solution is refined while its residual is
        above 1e-12 of the largest current and falls.

        Parameters
        ----------
        current : (n,) or (n, k) float64
            Current into each node, one column per right side.
        control : Control
            Told the share of the work done; may cancel.

        Returns
        -------
        float64, the shape of `current`
            Voltage of each node.
        """
        columns = np.asarray(current, dtype=np.float64).reshape(current.shape[0], -1)
        voltage = np.empty(columns.shape)
        count = columns.shape[1]
        width = max(1, min(COLUMNS_AT_ONCE, -(-count // core_count())))

        def task(first: int) -> Callable[[Control], None]:
            def run(control: Control) -> None:
                mine = slice(first, min(count, first + width))
                voltage[:, mine] = self._refined(columns[:, mine], control)

            return run

        tasks = [task(first) for first in range(0, count, width)]
        with one_blas_thread():
            if len(tasks) == 1:
                tasks[0](control)
            else:
                for _ in in_threads(tasks, control):
                    pass
        return voltage.reshape(current.shape)

    def _refined(self, current: FloatArray, control: Control) -> FloatArray:
        watch = _Pass(control)
        voltage = self._substituted(current, watch)
        scale = np.abs(current).max(axis=0, initial=0.0)
        before = np.full(scale.shape, np.inf)
        for _ in range(REFINEMENTS):
            left = current - self._matrix @ voltage
            error = np.abs(left).max(axis=0, initial=0.0)
            if (wanting := (error > RESIDUAL * scale) & (error < before / 2)).any():
                before = np.where(wanting, error, before)
                voltage[:, wanting] += self._substituted(left[:, wanting], watch)
            else:
                break
        control.report(1.0)
        return voltage

    def _substituted(self, current: FloatArray, control: Control) -> FloatArray:
        fronts, factor = self._fronts, self._factor
        x = np.ascontiguousarray(current[fronts.order])
        bounds = self._slices(x.shape[1])
        steps = 2 * (bounds.size - 1)
        for step in range(bounds.size - 1):
            control.report(step / steps)
            forward(fronts, factor, x, bounds[step], bounds[step + 1])
        for step in range(bounds.size - 1, 0, -1):
            control.report(1 - step / steps)
            backward(fronts, factor, x, bounds[step - 1], bounds[step])
        voltage = np.empty_like(x)
        voltage[fronts.order] = x
        return voltage

    def _slices(self, count: int) -> IntArray:
        """Return the fronts between which a solution reports, first and end included."""
        offset = self._fronts.offset
        marks = np.arange(0.0, float(offset[-1]), WORK_PER_SLICE / count)
        inner = np.searchsorted(offset, marks)
        return np.unique(np.concatenate([[0], inner, [offset.size - 1]])).astype(np.int32)


class _Pass:
    """Tells a control the share of the first pass; refinement is told as nearly done."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._most = 0.0

    def report(self, fraction: float) -> None:
        """Take note of progress."""
        self._most = max(self._most, 0.95 * fraction)
        self._control.report(self._most)
