"""Errors of proposing protected areas."""

from __future__ import annotations

from resources.errors import PlannerError, UsageError


class RequestError(UsageError):
    """What was asked cannot be meant as written; names the file, the field and the remedy."""


class ReserveInputError(PlannerError, ValueError):
    """A layer, a table or a project that cannot be used as asked; names it and the remedy."""


class ReserveRunError(PlannerError, OSError):
    """A run that is not there, is not finished, or whose files were altered."""
