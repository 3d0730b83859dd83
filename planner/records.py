"""Typed reading of the rows that a project hands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Record = dict[str, object]


def texts(value: object) -> tuple[str, ...]:
    """Return a stored list as texts; what is not a list holds none."""
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def number(value: object) -> float:
    """Return a stored number; what is unknown counts as 0."""
    return float(value) if isinstance(value, int | float) else 0.0


def whole_number(value: object) -> int:
    """Return a stored whole number, such as a row's ``fid``.

    Raises
    ------
    TypeError
        It is none.
    """
    if not isinstance(value, int):
        raise TypeError(f"a whole number is needed, got {value!r}")
    return value


def shown_number(value: object, digits: int = 0) -> str:
    """Write a stored number for people; what is unknown stays empty."""
    return f"{value:,.{digits}f}" if isinstance(value, int | float) else ""


def listed(names: Sequence[str]) -> str:
    """Write names as a sentence does: ``A``, ``A and B``, ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def attribute(row: Mapping[str, object], name: str) -> object:
    """Return one of the further attributes of a row, or None where it has none."""
    attributes = row["attributes"]
    return attributes.get(name) if isinstance(attributes, dict) else None


def shape_of(row: Mapping[str, object]) -> BaseGeometry:
    """Return the geometry of a row that must have one.

    Raises
    ------
    ValueError
        It has none.
    """
    shape = row["geometry"]
    if not isinstance(shape, BaseGeometry):
        raise ValueError(f"row {row.get('fid')} has no geometry")  # noqa: TRY004 - a gap in data
    return shape
