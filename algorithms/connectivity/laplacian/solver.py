"""Which solver takes a grounded Laplacian, what memory it needs, and the solver itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from scipy.sparse import csr_array

from algorithms.connectivity.laplacian.direct import DirectSolver
from algorithms.connectivity.laplacian.fronts import Fronts, fronts_of
from algorithms.connectivity.laplacian.multigrid import MultigridSolver, hierarchy_bytes
from algorithms.connectivity.laplacian.schedule import scheduled
from algorithms.control import NULL_CONTROL, PartControl
from resources.errors import PlannerError

if TYPE_CHECKING:
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


ORDERING_SHARE = 0.1
"""Share of the time of a factorisation that finding the order takes, told to the control."""


class TooLittleMemoryError(PlannerError, MemoryError):
    """No solver fits into the memory allowed."""


@dataclass(frozen=True, slots=True)
class SolverPlan:
    """What a solver will need, known before any work with numbers starts.

    Attributes
    ----------
    method : {"direct", "iterative"}
        Which solver it is.
    unknowns : int
        Number of equations.
    entries : int
        Numbers that the factor will hold (exact), or that the matrix holds (iterative).
    memory_bytes : int
        Peak of memory beyond the matrix: exact but for right sides (direct), or an estimate
        from measurements (iterative).
    reason : str
        Why this solver, in a sentence for the user.
    fronts : Fronts or None
        The order of elimination, so that it is found only once; None for the iterative one.
    """

    method: Literal["direct", "iterative"]
    unknowns: int
    entries: int
    memory_bytes: int
    reason: str
    fronts: Fronts | None = field(default=None, repr=False, compare=False)


def plan_solver(
    matrix: csr_array,
    *,
    position: IntArray | None = None,
    memory_limit: float | None = None,
    method: Literal["auto", "direct", "iterative"] = "auto",
) -> SolverPlan:
    """Choose a solver for a matrix and tell its memory before work with numbers starts.

    The direct solver is taken where its factor fits into the limit: it is the faster one from
    the first right side on, and exact. Otherwise the iterative one is taken.

    Parameters
    ----------
    matrix : (n, n) csr_array of float64
        Symmetric, diagonally dominant and positive definite, such as the Laplacian of a graph
        without one grounded node of each component.
    position : (n, 2) int32, optional
        Row and column of each node on a grid, -1 for nodes that are no single cell; makes the
        order of elimination better and faster to find.
    memory_limit : float, optional
        Bytes that the solver may take; no limit by default.
    method : {"auto", "direct", "iterative"}
        Insist on a solver.

    Returns
    -------
    SolverPlan
        For `grounded_solver`.

    Raises
    ------
    ValueError
        The matrix is not square and finite, or positions do not fit it.
    TooLittleMemoryError
        The solver asked for, or either of them, needs more than the limit.
    """
    tidy = _checked(matrix, position)
    limit = np.inf if memory_limit is None else float(memory_limit)
    if np.isnan(limit) or limit < 0:
        raise ValueError(f"memory_limit must be a number of bytes >= 0, got {memory_limit}")
    iterative = _iterative_plan(tidy)
    if method == "iterative":
        return _fitting(iterative, limit)
    direct = _direct_plan(tidy, position)
    if method == "direct" or direct.memory_bytes <= limit:
        return _fitting(direct, limit)
    if iterative.memory_bytes > limit:
        raise TooLittleMemoryError(
            f"{tidy.shape[0]:,} unknowns need {_size(direct.memory_bytes)} of memory to "
            f"factorise and {_size(iterative.memory_bytes)} to solve by iterations, but "
            f"{_size(limit)} are allowed: allow more, take larger cells, or a smaller area"
        )
    return SolverPlan(
        "iterative",
        iterative.unknowns,
        iterative.entries,
        iterative.memory_bytes,
        f"The factor would take {_size(direct.memory_bytes)}, more than the {_size(limit)} "
        f"allowed; iterations take {_size(iterative.memory_bytes)}.",
    )


def grounded_solver(
    matrix: csr_array,
    *,
    position: IntArray | None = None,
    plan: SolverPlan | None = None,
    tolerance: float = 1e-10,
    control: Control = NULL_CONTROL,
) -> GroundedSolver:
    """Make a solver of one matrix: factorise it, or build its hierarchy of coarser graphs.

    Parameters
    ----------
    matrix : (n, n) csr_array of float64
        Symmetric, diagonally dominant and positive definite.
    position : (n, 2) int32, optional
        Row and column of each node on a grid, -1 for nodes that are no single cell.
    plan : SolverPlan, optional
        Of this very matrix; made here without a limit of memory where it is missing. Only the
        structure of the matrix enters a plan, so that one serves for other numbers as well.
    tolerance : float
        Norm of the residual that the iterative solver may leave, as a share of the norm of
        the currents. The direct solver leaves no more than rounding.
    control : Control
        Told the share of the work done; may cancel.

    Returns
    -------
    GroundedSolver
        Its `solve` may be called from several threads.

    Raises
    ------
    ValueError
        The matrix is not square and finite, positions or the plan do not fit it, or the
        tolerance is not between 0 and 1.
    NotGroundedError
        Some component of the graph has no ground (direct solver).
    """
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance must lie between 0 and 1, got {tolerance}")
    tidy = _checked(matrix, position)
    control.report(0.0)
    if plan is None:
        plan = _direct_plan(tidy, position)
    if plan.unknowns != tidy.shape[0]:
        raise ValueError(f"the plan is for {plan.unknowns} unknowns, not {tidy.shape[0]}")
    if plan.method == "iterative":
        return MultigridSolver(tidy, tolerance, control)
    fronts = fronts_of(tidy, position) if plan.fronts is None else plan.fronts
    return DirectSolver(tidy, fronts, PartControl(control, ORDERING_SHARE, 1.0))


def _checked(matrix: csr_array, position: IntArray | None) -> csr_array:
    """Return the matrix with 32-bit indices, sharing what it can, or refuse it."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] == 0:
        raise ValueError(f"the matrix must be square and not empty, got shape {matrix.shape}")
    if position is not None and position.shape != (matrix.shape[0], 2):
        raise ValueError(
            f"position must be of shape {(matrix.shape[0], 2)}, got {position.shape}"
        )
    if not np.isfinite(matrix.data.sum()):
        raise ValueError("the matrix holds numbers that are not finite")
    return csr_array(
        (
            np.asarray(matrix.data, dtype=np.float64),
            np.asarray(matrix.indices, dtype=np.int32),
            np.asarray(matrix.indptr, dtype=np.int32),
        ),
        shape=matrix.shape,
    )


def _direct_plan(matrix: csr_array, position: IntArray | None) -> SolverPlan:
    fronts = fronts_of(matrix, position)
    memory = 8 * fronts.entries + scheduled(fronts).work_bytes() + fronts.index_bytes()
    return SolverPlan(
        "direct",
        matrix.shape[0],
        fronts.entries,
        memory,
        f"The matrix is factorised once, in {_size(memory)} of memory.",
        fronts,
    )


def _iterative_plan(matrix: csr_array) -> SolverPlan:
    memory = hierarchy_bytes(matrix.shape[0], matrix.nnz)
    return SolverPlan(
        "iterative",
        matrix.shape[0],
        matrix.nnz,
        memory,
        f"The solver iterates, in {_size(memory)} of memory, as was asked for.",
    )


def _fitting(plan: SolverPlan, limit: float) -> SolverPlan:
    if plan.memory_bytes > limit:
        raise TooLittleMemoryError(
            f"the {plan.method} solver needs {_size(plan.memory_bytes)} of memory for "
            f"{plan.unknowns:,} unknowns, but {_size(limit)} are allowed: allow more, or let "
            "the solver be chosen"
        )
    return plan


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
