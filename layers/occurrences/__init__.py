"""Records of species: read from any usual file, checked, and every refusal told."""

from layers.occurrences.checking import CheckedOccurrences, check_occurrences
from layers.occurrences.columns import ColumnChoice, ColumnGuess, RoleGuess
from layers.occurrences.errors import (
    ColumnsNeededError,
    OccurrenceReadError,
    UnknownEncodingError,
    UnsafePackageError,
)
from layers.occurrences.reading import guess_columns, read_occurrences
from layers.occurrences.records import Occurrences
from layers.occurrences.reference import PlaceReference
from layers.occurrences.rejected import write_rejected
from layers.occurrences.rules import CheckRules, Doubt, Reason

__all__ = [
    "CheckRules",
    "CheckedOccurrences",
    "ColumnChoice",
    "ColumnGuess",
    "ColumnsNeededError",
    "Doubt",
    "OccurrenceReadError",
    "Occurrences",
    "PlaceReference",
    "Reason",
    "RoleGuess",
    "UnknownEncodingError",
    "UnsafePackageError",
    "check_occurrences",
    "guess_columns",
    "read_occurrences",
    "write_rejected",
]
