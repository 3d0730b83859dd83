"""Pinch points and barriers of the corridors of one species, as a project holds them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal, TypeAlias

from planner.project import table_output
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from planner.project import Project, RunRecord

Kind: TypeAlias = Literal["pinch", "barriers"]
_MOST_ROWS = 1000
"""Rows that are read of a table; the steps write a few dozen."""


@dataclass(frozen=True)
class FlowPlace:
    """A place that matters for moving along a corridor.

    Parameters
    ----------
    kind : {"pinch", "barriers"}
        Whether movement is squeezed there, or restoring land there would shorten the way.
    corridor_id : str
        Whose place it is.
    lon, lat : float
        Degrees.
    iso3 : str
        Country; empty for none.
    share : float
        Of a pinch point: share of the current of its corridor, 0 to 1. Of a barrier: share of
        the least-cost distance that restoring it would save.
    radius_m : float
        Of a barrier: radius of the land to restore; 0 for a pinch point.
    """

    kind: Kind
    corridor_id: str
    lon: float
    lat: float
    iso3: str
    share: float
    radius_m: float = 0.0


@dataclass(frozen=True)
class FlowState:
    """What was found of pinch points and barriers.

    Parameters
    ----------
    found : bool
        Whether they were looked for.
    places : tuple of FlowPlace
        The most important first, pinch points before barriers.
    out_of_date : bool
        Whether the corridors were found anew since.
    """

    found: bool = False
    places: tuple[FlowPlace, ...] = ()
    out_of_date: bool = False

    def of(self, corridor_id: str, kind: Kind) -> tuple[FlowPlace, ...]:
        """Return the places of one corridor."""
        return tuple(
            place
            for place in self.places
            if (place.corridor_id, place.kind) == (corridor_id, kind)
        )


def flow_state(project: Project, species: str, runs: Sequence[RunRecord]) -> FlowState:
    """Read what was found for a species.

    Parameters
    ----------
    project : Project
        Open, for reading at least.
    species : str
        Species.
    runs : sequence of RunRecord
        Runs of the project, oldest first.
    """
    newest: dict[Kind, RunRecord] = {
        kind: run for run in runs for kind in _KINDS if run.step == f"{kind}:{species}"
    }
    if len(newest) < len(_KINDS):
        return FlowState()
    places = [
        place
        for kind in _KINDS
        for output in newest[kind].outputs
        if output.endswith(".csv")
        for place in _places(kind, project.path / output)
    ]
    stand = all(_stands(project, newest[kind]) for kind in _KINDS)
    return FlowState(found=True, places=tuple(places), out_of_date=not stand)


_KINDS: tuple[Kind, ...] = ("pinch", "barriers")


def _stands(project: Project, run: RunRecord) -> bool:
    """Tell whether the corridors are still those that a run has looked at."""
    looked_at = [
        (name, digest)
        for name, digest in run.inputs.items()
        if name.startswith(table_output("corridors"))
    ]
    try:
        return all(project.output_hash(name) == digest for name, digest in looked_at)
    except PlannerError:  # a name that no version of the program wrote
        return False


def _places(kind: Kind, path: Path) -> Iterator[FlowPlace]:
    """Return the places of a table; what is no place, or no table, is passed over."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(islice(csv.DictReader(stream), _MOST_ROWS))
    except (OSError, UnicodeDecodeError, csv.Error):
        return
    for row in rows:
        place = _place(kind, row)
        if place is not None:
            yield place


def _place(kind: Kind, row: Mapping[str, str | None]) -> FlowPlace | None:
    try:
        lon, lat = float(row["lon"] or ""), float(row["lat"] or "")
        if kind == "pinch":
            share, radius_m = float(row["current_share"] or ""), 0.0
        else:
            share = float(row["saved_percent"] or "") / 100.0
            radius_m = float(row["radius_m"] or "")
    except (KeyError, ValueError):
        return None
    corridor_id, iso3 = row.get("corridor_id") or "", row.get("country") or ""
    return FlowPlace(kind, corridor_id, lon, lat, iso3, share, radius_m)
