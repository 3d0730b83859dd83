"""Errors of Marxan folders."""

from __future__ import annotations

from resources.errors import PlannerError, UsageError


class MarxanFolderError(PlannerError, ValueError):
    """A file that makes no problem; names file, line, field, ids and remedy."""


class MarxanZonesError(MarxanFolderError):
    """A folder of Marxan with Zones, which is another problem than Marxan's."""


class MarxanPlaceError(UsageError):
    """A path in a parameter file that leads where nothing may be read or written."""
