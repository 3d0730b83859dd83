"""Errors of reading records of species."""

from __future__ import annotations

from layers.errors import LayerReadError


class OccurrenceReadError(LayerReadError):
    """A file of records that cannot be used as it is; names file, place and remedy."""


class UnknownEncodingError(OccurrenceReadError):
    """Text that fits none of the encodings tried, or not the one that was asked for."""


class UnsafePackageError(OccurrenceReadError):
    """An archive that unpacks too large, leads outside itself, or declares XML entities."""


class ColumnsNeededError(OccurrenceReadError):
    """The columns with the coordinates are not recognised, or a chosen column is not there."""
