"""Which land to protect: reserve selection, its proofs, and what follows from a selection.

`Problem`, its parts, `Solution` and `solve` can be had from here; they are loaded when they are
first asked for, since the solvers take a while to load and much of the program needs none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algorithms.reserve.problem import LinearConstraint, Problem, Redundancy
    from algorithms.reserve.solution import Solution
    from algorithms.reserve.solving import solve

__all__ = ["LinearConstraint", "Problem", "Redundancy", "Solution", "solve"]

_MODULES = {
    "LinearConstraint": "problem",
    "Problem": "problem",
    "Redundancy": "problem",
    "Solution": "solution",
    "solve": "solving",
}


def __getattr__(name: str) -> object:
    """Load what is asked for from the module that holds it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
