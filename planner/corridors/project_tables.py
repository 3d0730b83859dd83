"""The corridors of a project as rows, as the command line tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.pipeline.study import SCENARIO
from planner.records import attribute

if TYPE_CHECKING:
    from planner.project import Project

Row = dict[str, object]


def corridor_rows(project: Project, species_id: str) -> list[Row]:
    """Return the corridors of a species, with the columns of `planner.corridors.found`.

    Parameters
    ----------
    project : Project
        Open project.
    species_id : str
        Species.
    """
    where = {"scenario": SCENARIO, "species": species_id}
    names = {row["core_id"]: row["name"] for row in project.records("cores", **where)}
    return [
        {
            "corridor_id": row["corridor_id"],
            "core_a": names.get(row["core_a"], row["core_a"]),
            "core_b": names.get(row["core_b"], row["core_b"]),
            "length_km": row["length_km"],
            "cost": row["cost"],
            "throat_m": row["min_width_m"],
            "throat_flow_m": attribute(row, "throat_flow_m"),
            "mean_width_m": row["mean_width_m"],
            "countries": row["countries"],
            "adjoining": attribute(row, "adjoining"),
            "crossings": _crossings(attribute(row, "crossings")),
        }
        for row in project.records("corridors", kind="path", **where)
    ]


def _crossings(stored: object) -> list[str]:
    listed = stored if isinstance(stored, list) else []
    return [f"{place['border']} {place['lat']} N {place['lon']} E" for place in listed]
