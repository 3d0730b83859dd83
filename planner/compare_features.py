"""What two scenarios do not share: proposals and corridors of one only, or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import shapely

from planner.records import shape_of
from planner.scenarios import scenario_named
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.project import Project
    from planner.records import Record

FeatureKind: TypeAlias = Literal["proposal", "corridor"]
Change: TypeAlias = Literal["first only", "second only", "changed"]

FIELDS = {
    "name": mark("name"),
    "names": mark("names in other languages"),
    "status": mark("status"),
    "agreed_by": mark("agreed by"),
    "kind": mark("type"),
    "lead": mark("lead"),
    "notes": mark("notes"),
    "legal_basis": mark("legal basis"),
    "species": mark("species"),
    "width_m": mark("width"),
    "min_width_m": mark("narrowest width"),
    "attachments": mark("attachments"),
}
"""Columns whose change is told, and their names for people."""

_SAME_SHARE = 1e-6
_M2_PER_KM2 = 1e6


@dataclass(frozen=True, slots=True)
class Difference:
    """One proposal or corridor that two scenarios do not share as it is.

    Parameters
    ----------
    kind : {"proposal", "corridor"}
        What it is.
    key : str
        Its identifier.
    name : str
        What people call it, in the second scenario where both have it.
    change : {"first only", "second only", "changed"}
        In what they differ.
    fields : tuple of str
        Columns of `FIELDS` that have changed.
    gained_km2, lost_km2 : float
        Land of the second scenario that the first has not, and the other way round.
    geometry : shapely geometry
        What it covers in either scenario, in the project's CRS; may be empty.
    """

    kind: FeatureKind
    key: str
    name: str
    change: Change
    fields: tuple[str, ...]
    gained_km2: float
    lost_km2: float
    geometry: BaseGeometry


def differences(project: Project, first: str, second: str) -> tuple[Difference, ...]:
    """Return what two scenarios do not share.

    Proposals and corridors are the same where they have the same identifier, as a copy of a
    scenario has.

    Parameters
    ----------
    project : Project
        With both scenarios.
    first, second : str
        Identifiers of scenarios.

    Raises
    ------
    UsageError
        There is no such scenario.
    """
    for name in (first, second):
        scenario_named(project, name)
    kinds: tuple[tuple[FeatureKind, str, str], ...] = (
        ("proposal", "proposals", "proposal_id"),
        ("corridor", "corridors", "corridor_id"),
    )
    return tuple(
        difference
        for kind, table, column in kinds
        for difference in _between(
            kind,
            _by_key(project.records(table, scenario=first), column),
            _by_key(project.records(table, scenario=second), column),
        )
    )


def _by_key(rows: Sequence[Record], column: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(str(row[column]), []).append(row)
    return found


def _between(
    kind: FeatureKind,
    first: Mapping[str, list[Record]],
    second: Mapping[str, list[Record]],
) -> Iterator[Difference]:
    for key in dict.fromkeys((*first, *second)):
        before, after = first.get(key, []), second.get(key, [])
        old, new = _shape(before), _shape(after)
        lost, gained = (_area(shape) for shape in (old.difference(new), new.difference(old)))
        fields = _changed_fields(before, after)
        change: Change = "changed"
        if not before or not after:
            change = "second only" if after else "first only"
        elif not fields and gained + lost <= _SAME_SHARE * _area(old) and _same_line(old, new):
            continue
        yield Difference(
            kind=kind,
            key=key,
            name=str((after or before)[0]["name"] or key),
            change=change,
            fields=fields,
            gained_km2=gained,
            lost_km2=lost,
            geometry=old.union(new),
        )


def _same_line(old: BaseGeometry, new: BaseGeometry) -> bool:
    """Tell whether what has no area is the same too, such as a path without a swath."""
    return bool(_area(old) or _area(new) or shapely.equals(old, new))


def _changed_fields(before: Sequence[Record], after: Sequence[Record]) -> tuple[str, ...]:
    if not before or not after:
        return ()
    old, new = before[0], after[0]
    return tuple(name for name in FIELDS if (old.get(name) or None) != (new.get(name) or None))


def _shape(rows: Sequence[Record]) -> BaseGeometry:
    shapes = [shapely.make_valid(shape_of(row)) for row in rows if row["geometry"] is not None]
    areas = [shape for shape in shapes if shape.area > 0]
    return shapely.union_all(areas or shapes)


def _area(shape: BaseGeometry) -> float:
    return float(shape.area) / _M2_PER_KM2
