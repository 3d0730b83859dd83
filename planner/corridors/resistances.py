"""The resistance of land in files: given, or made of suitability or of classes of land."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from algorithms.connectivity.resistance import resistance_from_classes
from layers.errors import LayerReadError
from layers.raster import Raster
from planner.corridors.curve import ResistanceCurve
from planner.corridors.inputs import InputError, positive, read_grid

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MOST_TABLE_BYTES = 1_000_000
BARRIER_WORDS = frozenset({"barrier", "inf", "nodata"})
OTHER = "other"


@dataclass(frozen=True)
class ResistanceInput:
    """Where resistance comes from.

    Parameters
    ----------
    raster : Path
        Resistance, suitability or codes of classes.
    curve : ResistanceCurve or None
        Makes resistance of suitability; None where the raster is resistance or classes.
    table : Path or None
        Table that the curve was read from, or that gives each class its resistance.
    by_class : bool
        Whether the raster holds classes.
    """

    raster: Path
    curve: ResistanceCurve | None = None
    table: Path | None = None
    by_class: bool = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files that are read, the one that gives the grid first."""
        return (self.raster,) if self.table is None else (self.raster, self.table)

    @property
    def is_derived(self) -> bool:
        """Whether the resistance is made of something else."""
        return self.curve is not None or self.by_class

    def parameters(self) -> dict[str, object]:
        """Return what the resistance is made with, for the record."""
        told: dict[str, object] = {"raster": str(self.raster)}
        if self.curve is not None:
            told["curve"] = self.curve.parameters
        if self.by_class:
            told["classes"] = str(self.table)
        return told

    def read(self) -> Raster:
        """Read the resistance, NaN and inf as barriers.

        Raises
        ------
        LayerReadError
            A file cannot be read.
        InputError
            It is in degrees, or holds values that cannot be meant.
        """
        found = read_grid(self.raster)
        values = found.values
        if self.by_class and self.table is not None:
            values = _classified(values, self.raster, self.table)
        elif self.curve is not None:
            values = _curved(values, self.raster, self.curve)
        return Raster(positive(values, self.raster, "resistance"), found.grid)


def _curved(
    values: NDArray[np.float64], path: Path, curve: ResistanceCurve
) -> NDArray[np.float64]:
    wrong = (values < 0) | (values > 1)
    if wrong.any():
        low, high = np.nanmin(values), np.nanmax(values)
        remedy = "Divide it by 100 first" if low >= 0 and high <= 100 else "Scale it first"
        raise InputError(
            f"{path} holds {low:g} to {high:g}, but suitability lies between 0 and 1. "
            f"{remedy}, for example with the raster calculator of QGIS."
        )
    return curve.of_suitability(values)


def _classified(values: NDArray[np.float64], path: Path, table: Path) -> NDArray[np.float64]:
    of_code, other = read_classes(table)
    try:
        return resistance_from_classes(values, of_code, other)
    except ValueError as error:
        raise InputError(
            f"{path} with {table}: {error}. Add a line for each class, or one for "
            f"{OTHER!r} that holds for all that are not listed."
        ) from error


def read_curve(path: Path) -> ResistanceCurve:
    """Read a drawn curve: a table of suitability and resistance, rising in suitability.

    Raises
    ------
    LayerReadError
        The file cannot be read.
    InputError
        It makes no curve; says why.
    """
    points = []
    for line, (first, second) in _pairs(path):
        points.append((_number(first, path, line), _number(second, path, line)))
    try:
        return ResistanceCurve(kind="points", points=tuple(points))
    except ValidationError as error:
        first_error = error.errors()[0]
        where = ", ".join(str(part) for part in first_error["loc"])
        raise InputError(
            f"{path} makes no resistance curve: {where + ': ' if where else ''}"
            f"{first_error['msg'].removeprefix('Value error, ')}. Give two lines or more of "
            "suitability (0 to 1) and resistance (1 or more)."
        ) from error


def read_classes(path: Path) -> tuple[dict[int, float], float | None]:
    """Read the resistance of classes: a table of code and resistance.

    The resistance is a number above 0 or ``barrier``; the code ``other`` stands for all that
    are not listed.

    Returns
    -------
    of_code : dict of int to float
        Resistance by code, inf for a barrier.
    other : float or None
        That of every other class, None where the table does not say.

    Raises
    ------
    LayerReadError
        The file cannot be read.
    InputError
        A line cannot be meant, or a class stands there twice.
    """
    of_code: dict[int, float] = {}
    other: float | None = None
    for line, (first, second) in _pairs(path):
        barrier = second.casefold() in BARRIER_WORDS
        value = math.inf if barrier else _number(second, path, line)
        if not value > 0:
            raise InputError(
                f"{path}, line {line}: a resistance must be above 0, got {second}."
            )
        if first.casefold() == OTHER:
            other = value
            continue
        code = _number(first, path, line)
        if code != int(code) or int(code) in of_code:
            raise InputError(
                f"{path}, line {line}: {first} is no whole number, or stands there twice."
            )
        of_code[int(code)] = value
    return of_code, other


def _pairs(path: Path) -> list[tuple[int, tuple[str, str]]]:
    """Return the first two columns of a table with the number of each line, without header."""
    try:
        if path.stat().st_size > MOST_TABLE_BYTES:
            raise LayerReadError(f"{path} is too large for a table of this kind.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, LayerReadError):
            raise
        raise LayerReadError(
            f"{path} cannot be read as a table: {error}. Save it as CSV in UTF-8."
        ) from error
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    rows = []
    for line, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) < 2:
            raise InputError(f"{path}, line {line}: two columns are needed, got {row}.")
        rows.append((line, (cells[0], cells[1])))
    if rows and not _is_number(rows[0][1][1]) and rows[0][1][1].casefold() not in BARRIER_WORDS:
        rows = rows[1:]
    if not rows:
        raise InputError(f"{path} holds no line with numbers.")
    return rows


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str, path: Path, line: int) -> float:
    if not _is_number(text):
        raise InputError(f"{path}, line {line}: {text!r:.40} is no number.")
    return float(text)
