"""The list of refused records as a table that a spreadsheet opens."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from layers.errors import LayerWriteError
from layers.occurrences import limits

if TYPE_CHECKING:
    from pathlib import Path

    from layers.occurrences.checking import CheckedOccurrences

_COLUMNS = ("line", "species", "lon", "lat", "reason", "sentence", "remedy")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_rejected(path: Path, checked: CheckedOccurrences) -> None:
    """Write the refused records as CSV (UTF-8 with a byte-order mark, for spreadsheets).

    Texts that a spreadsheet would take for a formula get an apostrophe in front. Nothing
    half-written is left.

    Parameters
    ----------
    path : Path
        File to write; replaced where it exists.
    checked : CheckedOccurrences
        After the checks.

    Raises
    ------
    LayerWriteError
        The file cannot be written.
    """
    table = checked.rejected
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(_COLUMNS)
            for start in range(0, len(table), limits.CHUNK_ROWS):
                rows = table.iloc[start : start + limits.CHUNK_ROWS]
                cells = (rows[name].tolist() for name in _COLUMNS)
                writer.writerows(map(_written, zip(*cells, strict=True)))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LayerWriteError(
            f"The list of refused records cannot be written to {path}: {error.strerror}. "
            "Choose a folder that may be written and has room."
        ) from error


def _written(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(
        f"'{cell}"
        if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS)
        else ""
        if cell != cell  # noqa: PLR0124 - NaN alone differs from itself
        else cell
        for cell in row
    )
