"""Errors of networks from outside."""

from __future__ import annotations

from resources.errors import PlannerError


class NetworkInputError(PlannerError, ValueError):
    """A file of nodes or distances that makes no network; names file, field and remedy."""
