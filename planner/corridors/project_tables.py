"""The corridors of a project as rows, as the command line tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.corridors.profile import profile_of
from planner.pipeline.study import SCENARIO
from planner.project import AddScenario
from planner.records import attribute
from resources.errors import PlannerError, UsageError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    return [
        {
            "corridor_id": row["corridor_id"],
            "title": f"{row['corridor_id']}\n{row['name']}",
            "core_a": row["core_a"],
            "core_b": row["core_b"],
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


def stored_species(
    project: Project, species_ids: Sequence[str] = (), corridor_id: str = ""
) -> list[str]:
    """Return the species that corridors are stored of.

    Parameters
    ----------
    project : Project
        Open project.
    species_ids : sequence of str
        Those wanted; all where empty.
    corridor_id : str
        Only the species of this corridor.

    Raises
    ------
    PlannerError
        No corridor has been found yet.
    UsageError
        There is no corridor of a species that was asked for.
    """
    if corridor_id:
        return [corridor_species(project, corridor_id)]
    rows = project.records("corridors", scenario=SCENARIO, kind="path")
    stored = list(dict.fromkeys(str(row["species"]) for row in rows))
    if not stored:
        raise _none_yet(project)
    missing = [name for name in species_ids if name not in stored]
    if missing:
        raise UsageError(
            f"The project holds no corridor of {missing[0]}. It holds those of "
            f"{', '.join(stored)}."
        )
    return list(species_ids) or stored


def corridor_species(project: Project, corridor_id: str) -> str:
    """Return the species of a corridor.

    Raises
    ------
    PlannerError
        No corridor has been found yet.
    UsageError
        There is no such corridor; offers the nearest names.
    """
    rows = project.records("corridors", scenario=SCENARIO, kind="path")
    known = {str(row["corridor_id"]): str(row["species"]) for row in rows}
    if not known:
        raise _none_yet(project)
    if corridor_id not in known:
        asked = f"no corridor {corridor_id!r}" if corridor_id else "several corridors"
        raise UsageError(
            f"The project holds {asked}; name one with --corridor-id. "
            f"{nearest_names_hint(corridor_id, list(known))}"
        )
    return known[corridor_id]


def _none_yet(project: Project) -> PlannerError:
    return PlannerError(
        f"The project {project.path} holds no corridor yet. Find them first: landbridge "
        f"corridors {project.path}."
    )


def width_rows(project: Project, species_id: str, corridor_id: str = "") -> list[Row]:
    """Return the widths of the corridors of a species, as the command line tells them.

    Parameters
    ----------
    project : Project
        Open project.
    species_id : str
        Species.
    corridor_id : str
        Only this corridor, where given.
    """
    where = {"scenario": SCENARIO, "species": species_id}
    paths = {
        str(row["corridor_id"]): row
        for row in project.records("corridors", kind="path", **where)
    }
    return [
        {**row, **_width_told(paths[str(row["corridor_id"])])}
        for row in corridor_rows(project, species_id)
        if corridor_id in {"", row["corridor_id"]}
    ]


def _width_told(record: Mapping[str, object]) -> Row:
    profile = profile_of(record)
    widening = attribute(record, "widening")
    refused = widening.get("refused") if isinstance(widening, dict) else None
    if profile is None:
        return {"narrow": "", "remark": refused or _unmeasured(record)}
    if not profile.stretches:
        return {"narrow": f"nowhere under {profile.needed_m:,.0f}", "remark": refused}
    told = "; ".join(
        f"{width:,.0f} m for {(end - start) / 1000:,.1f} km{' in ' + iso3 if iso3 else ''}"
        for start, end, width, iso3 in profile.stretches
    )
    return {"narrow": told, "remark": refused}


def _unmeasured(record: Mapping[str, object]) -> str:
    if attribute(record, "adjoining"):
        return ""
    return "no way leads from core to core within the corridor."


def scenario_for(project: Project, scenario_id: str) -> tuple[AddScenario, ...]:
    """Return the edit that makes a scenario, or none where it is there."""
    if any(item.scenario_id == scenario_id for item in project.scenarios()):
        return ()
    return (AddScenario(scenario_id, scenario_id.replace("-", " ").capitalize()),)
