"""Errors of reading and writing data."""

from __future__ import annotations

from resources.errors import PlannerError


class LayerReadError(PlannerError, OSError):
    """A file that cannot be read as the layer it should be; names the file and the remedy."""


class LayerWriteError(PlannerError, OSError):
    """A file that cannot be written; nothing half-written is left behind."""


class DamagedPackError(LayerReadError):
    """The default data pack is incomplete or altered."""
