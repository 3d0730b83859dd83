"""Errors of proposing protected areas."""

from __future__ import annotations

from resources.errors import PlannerError, UsageError


class RequestError(UsageError):
    """What was asked cannot be meant as written; names the file, the field and the remedy.

    Attributes
    ----------
    field : str
        Where in the request, as of `planner.reserve.request_file.RequestProblem`; empty where
        it is no field in particular.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ReserveInputError(PlannerError, ValueError):
    """A layer, a table or a project that cannot be used as asked; names it and the remedy.

    Attributes
    ----------
    field : str
        As of `RequestError`: the field that asks for it.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ReserveRunError(PlannerError, OSError):
    """A run that is not there, is not finished, or whose files were altered."""
