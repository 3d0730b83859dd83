"""A corridor or proposal in its list, and how columns of the project are read for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import shapely
from shapely.geometry.base import BaseGeometry

from ui.inspector.record import Fact, Record

if TYPE_CHECKING:
    from planner.corridors.profile import CorridorProfile

Row = Mapping[str, object]


@dataclass(frozen=True)
class FeatureRow:
    """One corridor or proposal.

    Parameters
    ----------
    kind : {"corridor", "proposal"}
        What it is.
    key : str
        Identifier in the project.
    title : str
        Its name.
    detail : str
        What sets it apart from others of its kind.
    geometry : shapely geometry or None
        In the project's CRS.
    record : Record
        What the inspector tells.
    species : str
        Whose it is; empty where it is nobody's or several's.
    width : CorridorProfile or None
        Width along a corridor, where it was measured.
    """

    kind: Literal["corridor", "proposal"]
    key: str
    title: str
    detail: str
    geometry: BaseGeometry | None
    record: Record
    species: str = ""
    width: CorridorProfile | None = None


def measured(
    label: str, rows: Sequence[Row], column: str, wording: Callable[[float], str]
) -> Fact:
    """Return a fact from the first row that holds a number in a column."""
    values = [value for row in rows if (value := number(row, column)) is not None]
    return Fact(label, wording(values[0]) if values else "")


def geometry_of(rows: Sequence[Row]) -> BaseGeometry | None:
    """Return what the rows cover together, or None where none has a geometry."""
    shapes = (row.get("geometry") for row in rows)
    found = [shape for shape in shapes if isinstance(shape, BaseGeometry)]
    return shapely.union_all(found) if found else None


def text(row: Row, column: str) -> str:
    """Return a column as text, empty for nothing."""
    value = row.get(column)
    return "" if value is None else str(value)


def texts(row: Row, column: str) -> tuple[str, ...]:
    """Return the texts of a list column; none where it is empty."""
    value = row.get(column)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def number(row: Row, column: str) -> float | None:
    """Return a column as a number, or None."""
    value = row.get(column)
    return float(value) if isinstance(value, int | float) else None
