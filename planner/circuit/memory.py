"""How much memory a case will take, and how much it may."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.laplacian.solver import TooLittleMemoryError, plan_solver
from planner.circuit.errors import CircuitMemoryError

if TYPE_CHECKING:
    from algorithms.connectivity.circuit.graph import CircuitGraph

SHARE_OF_AVAILABLE = 0.8
GIGABYTE = 1e9
_MAPS_HELD = 8
"""Maps of the whole grid that are held at once: inputs, sums, one result and its text."""
_TEXT_BYTES_PER_CELL = 90
_BYTES_PER_BRANCH = 110
"""A branch, and its entries in the matrix while that is put together; measured."""
_PROGRAM_BYTES = 200e6
_BYTES_PER_SOLUTION = 24.0
"""One node of a solution, with its right side and the work of the solver."""
MOST_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """What a case takes, known before it is solved.

    Attributes
    ----------
    nodes : int
        Nodes of the circuit.
    base_bytes : float
        Grids, circuit and texts.
    solver_bytes : float
        Factorisation, or what stands in its place.
    limit_bytes : float
        What may be taken; infinite where it is not known.
    columns : int
        How many solutions are held at once.
    reason : str
        Why the solver was chosen.
    """

    nodes: int
    base_bytes: float
    solver_bytes: float
    limit_bytes: float
    columns: int
    reason: str

    @property
    def total_bytes(self) -> float:
        """Estimated peak."""
        solutions = _BYTES_PER_SOLUTION * self.nodes * self.columns
        return self.base_bytes + self.solver_bytes + solutions

    @property
    def solver_limit(self) -> float | None:
        """What the solver may take; None for as much as it likes."""
        return self.limit_bytes - self.base_bytes if np.isfinite(self.limit_bytes) else None

    def told(self) -> str:
        """Say it in a sentence."""
        limit = (
            f", {self.limit_bytes / GIGABYTE:.1f} GB may be used"
            if np.isfinite(self.limit_bytes)
            else ""
        )
        return (
            f"{self.nodes:,} nodes; about {self.total_bytes / GIGABYTE:.2f} GB of memory"
            f"{limit}. {self.reason}"
        )


def planned_memory(
    graph: CircuitGraph, *, cells: int, places: int, memory_gb: float | None
) -> MemoryPlan:
    """Estimate the memory of a case, and choose how many solutions are held.

    Parameters
    ----------
    graph : CircuitGraph
        The circuit of the whole case.
    cells : int
        Cells of its grid.
    places : int
        Focal points.
    memory_gb : float, optional
        What may be taken; most of what the machine has free where not given.

    Raises
    ------
    CircuitMemoryError
        It does not fit.
    """
    limit = memory_gb * GIGABYTE if memory_gb else SHARE_OF_AVAILABLE * available_bytes()
    base = _PROGRAM_BYTES + cells * (8.0 * _MAPS_HELD + _TEXT_BYTES_PER_CELL)
    base += _BYTES_PER_BRANCH * len(graph.first) + 64.0 * graph.count
    if base >= limit:
        raise _too_large(base, limit)
    kept = np.ones(graph.count, dtype=np.bool_)
    kept[:1] = False
    solver, reason = 0.0, ""
    if kept.any():
        try:
            plan = plan_solver(
                graph.reduced_laplacian(kept),
                position=graph.position[kept],
                memory_limit=limit - base if np.isfinite(limit) else None,
            )
        except TooLittleMemoryError as error:
            raise CircuitMemoryError(
                f"The case does not fit in the {limit / GIGABYTE:.2f} GB it may use, of which "
                f"its grids take {base / GIGABYTE:.2f} GB: {error}. Allow more by --memory."
            ) from error
        solver, reason = float(plan.memory_bytes), plan.reason
    room = (limit - base - solver) / (_BYTES_PER_SOLUTION * max(graph.count, 1))
    most = max(2, min(MOST_COLUMNS, places + 1))
    columns = most if not np.isfinite(room) else int(np.clip(room / 2.0, 2, most))
    found = MemoryPlan(graph.count, base, solver, limit, columns, reason)
    if found.total_bytes > limit:
        raise _too_large(found.total_bytes, limit)
    return found


def _too_large(needed: float, limit: float) -> CircuitMemoryError:
    return CircuitMemoryError(
        f"The case takes about {needed / GIGABYTE:.2f} GB of memory, more than the "
        f"{limit / GIGABYTE:.2f} GB it may use. Allow more by --memory, give the grid coarser "
        "cells, or clip it."
    )


def available_bytes() -> float:
    """Return the memory that this process could take now; infinite where not known."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(float(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError, IndexError):
        return float("inf")
    return min(1024.0 * free, _control_group_bytes())


def _control_group_bytes() -> float:
    """Return what a container leaves of its memory; infinite where there is no limit."""
    folder = Path("/sys/fs/cgroup")
    try:
        most = float((folder / "memory.max").read_text(encoding="ascii"))
        used = float((folder / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return float("inf")
    return max(0.0, most - used)
