"""What the columns of a file of records mean: some stated by the study, the rest guessed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from layers.occurrences import ColumnChoice, guess_columns
from resources.errors import UsageError, nearest_names_hint

if TYPE_CHECKING:
    from planner.suitability.study import RecordSource


def columns_of(source: RecordSource) -> ColumnChoice | None:
    """Return the column of each role, or None where all are to be guessed.

    Parameters
    ----------
    source : RecordSource
        Roles it states are taken so, one with an empty name as none; the others are guessed.

    Raises
    ------
    UsageError
        A role is nothing that a record has; the nearest are offered.
    OccurrenceReadError
        The file cannot be recognised.
    """
    if not source.columns:
        return None
    known = list(ColumnChoice.__dataclass_fields__)
    for role in source.columns:
        if role not in known:
            raise UsageError(
                f"A column is named for {role!r} in {source.path}, which is nothing a record "
                f"has. {nearest_names_hint(role, known)}"
            )
    guess = guess_columns(
        Path(source.path), encoding=source.encoding or None, crs=source.crs or None
    )
    return guess.choice_with(source.columns)
