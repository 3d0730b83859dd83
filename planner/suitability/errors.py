"""Errors of suitability studies."""

from __future__ import annotations

from resources.errors import PlannerError


class StudyError(PlannerError, ValueError):
    """A study that cannot be read or run as written; names file, field and remedy."""


class RunError(PlannerError, LookupError):
    """A run of a study that is not there, or lacks what is asked of it."""
