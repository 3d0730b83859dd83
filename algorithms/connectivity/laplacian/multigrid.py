"""Conjugate gradients preconditioned by algebraic multigrid, for what no factor has room for.

References
----------
Hestenes, M. R. and Stiefel, E. (1952). Methods of conjugate gradients for solving linear
systems. Journal of Research of the National Bureau of Standards 49, 409-436.

Vaněk, P., Mandel, J. and Brezina, M. (1996). Algebraic multigrid by smoothed aggregation for
second and fourth order elliptic problems. Computing 56, 179-196.

Bell, N., Olson, L. N., Schroder, J. and Southworth, B. (2023). PyAMG: Algebraic Multigrid
Solvers in Python. Journal of Open Source Software 8, 5495.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from algorithms.connectivity.laplacian.blas import one_blas_thread
from algorithms.control import NULL_CONTROL
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scipy.sparse import csr_array
    from scipy.sparse.linalg import LinearOperator

    from algorithms.arrays import FloatArray
    from algorithms.control import Control

ResultT = TypeVar("ResultT")

SECONDS_BETWEEN_REPORTS = 0.1
ITERATIONS = 500
RESTARTS = 4
GROWN = 1e8
"""Residuals that grow by so much belong to a matrix that is not positive definite."""
ROUNDINGS = 4 * float(np.finfo(np.float64).eps)
MOST_LEFT = 1e-6
"""Share of the currents that rounding may leave, before a ground is taken as too weak."""


class NotConvergedError(PlannerError, ArithmeticError):
    """Iterations came to no solution of the accuracy asked for."""


class MultigridSolver:
    """A hierarchy of ever coarser graphs, and the matrix it came from.

    Parameters
    ----------
    matrix : (n, n) csr_array
        Symmetric and positive definite, with 32-bit indices.
    tolerance : float
        Norm of the residual, as a share of the norm of the currents, at which to stop.
    control : Control
        May cancel. The thread that builds the hierarchy ends at its next pause.
    """

    def __init__(self, matrix: csr_array, tolerance: float, control: Control) -> None:
        self._matrix = matrix
        self._tolerance = tolerance
        self._coarser: LinearOperator = _watched(lambda _: _hierarchy(matrix), control)

    def solve(self, current: FloatArray, control: Control = NULL_CONTROL) -> FloatArray:
        """Return the voltages that currents cause, one right side after another.

        Parameters
        ----------
        current : (n,) or (n, k) float64
            Current into each node, one column per right side.
        control : Control
            Told the share of right sides done, ten times a second; may cancel.

        Returns
        -------
        float64, the shape of `current`
            Voltage of each node.

        Raises
        ------
        NotConvergedError
            A right side did not come to the tolerance, nor as close to it as rounding allows.
        """
        columns = np.asarray(current, dtype=np.float64).reshape(current.shape[0], -1)
        voltage = np.empty(columns.shape)

        def run(task: _Task) -> None:
            for k in range(columns.shape[1]):
                voltage[:, k] = self._solve_one(columns[:, k], task)
                task.solved += 1 / columns.shape[1]

        _watched(run, control)
        return voltage.reshape(current.shape)

    def _solve_one(self, current: FloatArray, task: _Task) -> FloatArray:
        norm = float(np.linalg.norm(current))
        voltage = np.zeros(current.size)
        if norm == 0:
            return voltage
        aim = self._tolerance * norm
        for _ in range(RESTARTS):  # what rounding hid from the recurrence is made good
            left = current - self._matrix @ voltage
            if float(np.linalg.norm(left)) <= aim:
                return voltage
            voltage += self._gradients(left, aim, task)
        left_over = float(np.linalg.norm(current - self._matrix @ voltage))
        rounding = min(self._rounding(voltage), MOST_LEFT * norm)
        if not left_over <= max(aim, rounding):  # nor where it is no number
            raise NotConvergedError(
                f"the iterative solver stopped at a residual of {left_over / norm:.1e}, above "
                f"the tolerance of {self._tolerance:.0e}: allow a larger tolerance, or more "
                "memory so that the direct solver can be used"
            )
        return voltage

    def _rounding(self, voltage: FloatArray) -> float:
        """Return the norm of the residual that rounding the voltages and currents may cause."""
        size = self._matrix.copy()
        np.abs(size.data, out=size.data)
        return ROUNDINGS * float(np.linalg.norm(size @ np.abs(voltage)))

    def _gradients(self, residual: FloatArray, aim: float, task: _Task) -> FloatArray:
        residual = residual.copy()
        voltage = np.zeros(residual.size)
        direction: FloatArray | None = None
        along: float | None = None
        most = GROWN * float(np.linalg.norm(residual))
        for _ in range(ITERATIONS):
            size = float(np.linalg.norm(residual))
            task.pause()
            if size <= aim or not size <= most:
                break
            smooth = np.asarray(self._coarser @ residual)
            before, along = along, float(residual @ smooth)
            if direction is None or before is None:
                direction = smooth
            else:
                direction *= along / before
                direction += smooth
            image = self._matrix @ direction
            curvature = float(direction @ image)
            if not curvature > 0:
                break
            step = along / curvature
            voltage += step * direction
            residual -= step * image
        return voltage


def hierarchy_bytes(unknowns: int, entries: int) -> int:
    """Return the memory that a hierarchy and its making take at most, by measurement.

    Parameters
    ----------
    unknowns, entries : int
        Rows of the matrix, and its numbers that are not zero.
    """
    return 48 * entries + 160 * unknowns


def _hierarchy(matrix: csr_array) -> LinearOperator:
    from pyamg import smoothed_aggregation_solver  # noqa: PLC0415 - wanted by large maps only

    levels = smoothed_aggregation_solver(
        matrix,
        strength=("symmetric", {"theta": 0.0}),
        smooth=("jacobi", {"weighting": "local"}),  # bounds of eigenvalues, not random guesses
    )
    operator: LinearOperator = levels.aspreconditioner(cycle="V")
    return operator


class _AbandonedError(Exception):
    """Ends a thread whose result nobody awaits; never leaves this module."""


class _Task:
    """What a thread tells of its work, and is told."""

    def __init__(self) -> None:
        self.solved = 0.0
        self.stop = False

    def pause(self) -> None:
        """End the thread where its work was given up."""
        if self.stop:
            raise _AbandonedError


def _watched(work: Callable[[_Task], ResultT], control: Control) -> ResultT:
    """Do work in a thread of its own, so that a control stops the wait for it at once."""
    task = _Task()
    results: list[ResultT] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with one_blas_thread():  # vectors are too short for more to pay
                results.append(work(task))
        except BaseException as error:  # noqa: BLE001 - passed on to the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, name="multigrid", daemon=True)
    control.report(0.0)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(SECONDS_BETWEEN_REPORTS)
            control.report(min(1.0, task.solved))
    finally:
        task.stop = True
    if errors:
        raise errors[0]
    control.report(1.0)
    return results[0]
