"""Errors of circuit cases."""

from __future__ import annotations

from resources.errors import PlannerError, UsageError


class CircuitCaseError(UsageError):
    """A case that cannot be meant as written; names file, section, key and remedy."""


class CircuitInputError(PlannerError, OSError):
    """An input of a case that cannot be used; names the file and the remedy."""


class CircuitMemoryError(PlannerError, MemoryError):
    """A case that does not fit in the memory it may use; told before any work starts."""
