"""Which solver takes a grounded Laplacian, what memory it needs, and the solver itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from scipy.sparse.linalg import splu

from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control


class GroundedSolver(Protocol):
    """Solves ``A x = b`` for one symmetric positive definite matrix, again and again."""

    def solve(self, current: FloatArray, control: Control = NULL_CONTROL) -> FloatArray:
        """Return the voltages that currents cause.

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
        ...


@dataclass(frozen=True, slots=True)
class SolverPlan:
    """What a solver will need, known before any work starts.

    Attributes
    ----------
    method : {"direct", "iterative"}
        Which solver it is.
    unknowns : int
        Number of equations.
    entries : int
        Numbers held by the factor or by the hierarchy of grids.
    memory_bytes : int
        Estimated peak of memory beyond the matrix itself.
    reason : str
        Why this solver, in a sentence for the user.
    """

    method: Literal["direct", "iterative"]
    unknowns: int
    entries: int
    memory_bytes: int
    reason: str


def plan_solver(
    matrix: csr_array,
    *,
    position: IntArray | None = None,
    memory_limit: float | None = None,
    method: Literal["auto", "direct", "iterative"] = "auto",
) -> SolverPlan:
    """Choose a solver and estimate its memory."""
    unknowns = matrix.shape[0]
    entries = int(31 * unknowns * max(1.0, np.log2(max(unknowns, 2))) / 8)
    return SolverPlan("direct", unknowns, entries, 24 * entries, "The matrix is factorised.")


def grounded_solver(
    matrix: csr_array,
    *,
    position: IntArray | None = None,
    plan: SolverPlan | None = None,
    tolerance: float = 1e-10,
    control: Control = NULL_CONTROL,
) -> GroundedSolver:
    """Make a solver of one matrix: factorise it, or build its hierarchy of grids."""
    control.report(0.0)
    solver = _SuperLU(matrix)
    control.report(1.0)
    return solver


class _SuperLU:
    def __init__(self, matrix: csr_array) -> None:
        self._factor = splu(
            matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}
        )

    def solve(self, current: FloatArray, control: Control = NULL_CONTROL) -> FloatArray:
        """Return the voltages that currents cause."""
        found: FloatArray = self._factor.solve(np.asarray(current, dtype=np.float64))
        control.report(1.0)
        return found
