"""The table of a run's features: what each is, how much there is of it, how much is wanted."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from planner.files import write_csv
from planner.reserve.errors import ReserveRunError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature of a run, as a row of the problem.

    Parameters
    ----------
    name : str
        As in `algorithms.reserve.problem.Problem.names`.
    kind : str
        As of `planner.reserve.request.FeatureSettings`.
    species : str
        Identifier of the species; empty where it is of none.
    country : str
        ISO 3166-1 alpha-3, where it is the part in one country.
    unit : str
        What amounts are in.
    total : float
        Amount over the whole layer, land outside the planning units included.
    inside : float
        Amount in the planning units.
    existing : float
        Amount in the units that existing sites lock in.
    target : float or None
        Amount wanted.
    how : str
        How the target was set, in words.
    source : str
        What the amounts were measured on, in words.
    """

    name: str
    kind: str
    species: str
    country: str
    unit: str
    total: float
    inside: float
    existing: float
    target: float | None
    how: str
    source: str


COLUMNS = tuple(item.name for item in fields(FeatureRow))
_NUMBERS = frozenset({"total", "inside", "existing", "target"})


def write_features(path: Path, rows: Sequence[FeatureRow]) -> None:
    """Write the table as CSV, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    cells = [["" if cell is None else cell for cell in astuple(row)] for row in rows]
    write_csv(path, COLUMNS, cells)


def read_features(path: Path) -> tuple[FeatureRow, ...]:
    """Read the table back.

    Raises
    ------
    ReserveRunError
        The file is missing or was altered.
    """
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        return tuple(_row(cells) for cells in reader)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReserveRunError(
            f"{path} cannot be read: {error}. Make the run anew with landbridge propose."
        ) from error


def _row(cells: dict[str, str]) -> FeatureRow:
    values: dict[str, object] = {
        name: float(cells[name]) if name in _NUMBERS and cells[name] else cells[name]
        for name in COLUMNS
    }
    if values["target"] == "":
        values["target"] = None
    return FeatureRow(**values)  # type: ignore[arg-type]  # by name
