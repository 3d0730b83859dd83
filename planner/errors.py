"""Errors of projects and of the work done on them."""

from __future__ import annotations

from resources.errors import PlannerError, UsageError


class ProjectError(PlannerError, OSError):
    """A project on disk that cannot be used as asked; names the folder and the remedy."""


class NotAProjectError(ProjectError):
    """The path holds no project."""


class ProjectExistsError(ProjectError):
    """A new project would land on something that is already there."""


class DamagedProjectError(ProjectError):
    """The project's files are incomplete, altered or unreadable."""


class NewerProjectError(ProjectError):
    """The project was written by a newer program; it was left untouched."""


class ReadOnlyProjectError(ProjectError):
    """An edit was asked of a project that is open for reading only; says why it is."""


class ProjectFullError(ProjectError):
    """The disk, or the quota, is full; the edit was rolled back."""


class EditError(UsageError):
    """An edit that cannot be meant as written; names table, column and value."""


class EditConflictError(PlannerError, LookupError):
    """An edit of something that is not there, or no longer as the journal remembers it."""
