"""The width of a corridor along its way, as stored with it, for plots and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.records import number

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class CorridorProfile:
    """Width along the middle line of a corridor, from its first core to its second.

    Attributes
    ----------
    distance_m, width_m : tuple of float
        Distance from the first core along the line, and the width there.
    x, y : tuple of float
        The same vertices in the project's CRS; empty in results of earlier versions.
    needed_m : float
        Width that the species needs; 0 where it was not stored.
    crossings : tuple of (float, str)
        Distance along the line at which it crosses a border, such as ``"CHN-RUS"``.
    stretches : tuple of (float, float, float, str)
        Narrow stretches, the worst first: start and end along the line, narrowest width, and
        the country with most of it (empty where it lies in none).
    countries : tuple of (float, float, str)
        From where to where along the line which country is; empty text for none.
    """

    distance_m: tuple[float, ...]
    width_m: tuple[float, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    needed_m: float
    crossings: tuple[tuple[float, str], ...]
    stretches: tuple[tuple[float, float, float, str], ...]
    countries: tuple[tuple[float, float, str], ...]


def profile_of(record: Mapping[str, object]) -> CorridorProfile | None:
    """Return the width profile that a row of the table of corridors holds.

    Parameters
    ----------
    record : mapping
        Row of the table, path or swath.

    Returns
    -------
    CorridorProfile or None
        None where the corridor was not measured, or has no length.
    """
    attributes = record.get("attributes")
    stored = attributes.get("profile") if isinstance(attributes, Mapping) else None
    if not isinstance(stored, Mapping):
        return None
    distance, width = _numbers(stored.get("distance_m")), _numbers(stored.get("width_m"))
    if len(distance) < 2 or len(distance) != len(width):
        return None
    x, y = _numbers(stored.get("x")), _numbers(stored.get("y"))
    if not len(x) == len(y) == len(distance):
        x, y = (), ()
    return CorridorProfile(
        distance,
        width,
        x,
        y,
        number(stored.get("needed_m")),
        tuple(
            (number(item.get("distance_m")), str(item.get("border", "")))
            for item in _mappings(stored.get("crossings"))
        ),
        tuple(
            (
                number(item.get("start_m")),
                number(item.get("end_m")),
                number(item.get("width_m")),
                str(item.get("country") or ""),
            )
            for item in _mappings(stored.get("stretches"))
        ),
        tuple(
            (
                number(item.get("start_m")),
                number(item.get("end_m")),
                str(item.get("iso3") or ""),
            )
            for item in _mappings(stored.get("countries"))
        ),
    )


def _numbers(value: object) -> tuple[float, ...]:
    return tuple(number(item) for item in _items(value))


def _mappings(value: object) -> tuple[Mapping[str, object], ...]:
    return tuple(item for item in _items(value) if isinstance(item, Mapping))


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
