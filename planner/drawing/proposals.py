"""Edits of drawn proposals: each is one step of undo, stored at once.

Geometry and everything that follows from it, such as areas per country, change together. A
proposal that a model run has made becomes the user's own with the first edit and gets an
identifier of its own, so that the run, made again, leaves it alone: every function returns the
identifiers that hold afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import shapely

from planner.drawing.errors import DrawingError
from planner.drawing.geometry import (
    Coordinate,
    as_multi,
    buffered,
    check_width,
    checked,
    corridor_from_line,
)
from planner.drawing.numbers import digits
from planner.drawing.rows import (
    adopted,
    measured_facts,
    members_of,
    new_id,
    proposal_row,
    species_of,
)
from planner.pipeline.complex_records import LANDSCAPE, MIGRATION_AREA, PROTECTED_AREA
from planner.project import (
    AddFeatures,
    AddScenario,
    CommandGroup,
    UpdateFeature,
)
from planner.records import number, shape_of, whole_number
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.drawing.ground import DrawingGround
    from planner.drawing.measures import DrawingMeasures
    from planner.project import Command, Project
    from planner.records import Record

STATUSES = ("draft", "tabled", "agreed", "rejected")
"""What becomes of a proposal."""
CORRIDOR_KIND = mark("ecological corridor")
NATIONAL_KIND = mark("national protected area")
PROPOSAL_KINDS = (PROTECTED_AREA, LANDSCAPE, MIGRATION_AREA, CORRIDOR_KIND, NATIONAL_KIND)
"""Kinds that a person can choose; other kinds that models write stay as they are."""
PLAN = "plan"
_SAME_KM2 = 1e-6


@dataclass(frozen=True, eq=False)
class Drawn:
    """Something drawn that is to become a proposal.

    Attributes
    ----------
    geometry : geometry
        Polygons in the project's CRS.
    name : str
        What it is called; empty for a name of its own.
    names : mapping of str to str
        Names by language, as far as they are known.
    kind : str
        One of `PROPOSAL_KINDS`; empty to have it follow from the shape.
    centreline : sequence of (x, y), optional
        Middle line of a corridor.
    width_m : float, optional
        Width with which it was drawn.
    member_sites, species : sequence of str
        What it joins and is for; empty to have it follow from the shape.
    reasons : sequence of str
        Why it is proposed, in English.
    fields : mapping
        Further columns of a form, such as ``notes``, as they were copied.
    """

    geometry: BaseGeometry
    name: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    centreline: Sequence[Coordinate] | None = None
    width_m: float | None = None
    member_sites: Sequence[str] = ()
    species: Sequence[str] = ()
    reasons: Sequence[str] = ()
    fields: Mapping[str, object] = field(default_factory=dict)


def ensure_scenario(project: Project) -> str:
    """Return the first scenario of a project; one is made where it has none."""
    scenarios = project.scenarios()
    if scenarios:
        return scenarios[0].scenario_id
    project.execute(_new_plan())
    return PLAN


def draw_proposal(project: Project, ground: DrawingGround, scenario: str, drawn: Drawn) -> str:
    """Store something drawn as a proposal of a scenario.

    Parameters
    ----------
    project : Project
        Open for writing.
    ground : DrawingGround
        What it is measured on.
    scenario : str
        Scenario that gets it; where empty the first one, which is made in the same step where
        the project has none.
    drawn : Drawn
        What was drawn.

    Returns
    -------
    str
        Identifier of the proposal.

    Raises
    ------
    DrawingError
        The shape crosses itself, holds no land of the region, or the scenario is gone.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    target, making = target_of(project, scenario)
    record = record_of(ground, drawn, free_name(project, target, drawn))
    label = filled("Draw {name}", name=record["name"])
    adding = AddFeatures("proposals", [{**record, "scenario": target}], label)
    project.execute(CommandGroup(label, (*making, adding)))
    return str(record["proposal_id"])


def target_of(project: Project, scenario: str) -> tuple[str, tuple[Command, ...]]:
    """Return the scenario that gets a proposal, and what makes it where there is none."""
    scenarios = project.scenarios()
    if scenario or scenarios:
        target = scenario or scenarios[0].scenario_id
        check_scenario(project, target)
        return target, ()
    return PLAN, (_new_plan(),)


def _new_plan() -> AddScenario:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return AddScenario(PLAN, "Plan", created)


def record_of(ground: DrawingGround, drawn: Drawn, name: str) -> Record:
    """Return the row that something drawn becomes, without its scenario.

    Raises
    ------
    DrawingError
        The shape cannot be stored.
    """
    shape = checked(drawn.geometry)
    line = None if drawn.centreline is None else [list(point) for point in drawn.centreline]
    measures = ground.measure(shape, centreline=drawn.centreline, width_m=drawn.width_m)
    facts = measured_facts(measures)
    return {
        **drawn.fields,
        **facts,
        "proposal_id": new_id(),
        "name": name,
        "names": dict(drawn.names) or None,
        "status": "draft",
        "kind": drawn.kind or _kind(measures, line),
        "member_sites": list(drawn.member_sites) or members_of(measures),
        "species": list(drawn.species) or species_of(measures),
        "reasons": list(drawn.reasons) or ["Drawn by hand."],
        "width_m": drawn.width_m,
        "centreline": line,
        "geometry": shape,
    }


def _kind(measures: DrawingMeasures, line: object) -> str:
    if line is not None:
        return CORRIDOR_KIND
    return PROTECTED_AREA if len(measures.countries) > 1 else NATIONAL_KIND


def check_scenario(project: Project, scenario: str) -> None:
    """Refuse a scenario that the project does not hold.

    Raises
    ------
    DrawingError
        It is gone.
    """
    known = [item.scenario_id for item in project.scenarios()]
    if scenario not in known:
        raise DrawingError(
            f"The project has no scenario {scenario!r:.60} any more. Choose one of "
            f"{', '.join(known) or 'none: add a scenario first'}."
        )


def free_name(project: Project, scenario: str, drawn: Drawn) -> str:
    """Return the name of something drawn; where it has none, one that is not taken."""
    given = drawn.name.strip() or str(drawn.names.get("en") or "").strip()
    given = given or next((name for name in drawn.names.values() if name.strip()), "")
    if given:
        return given
    taken = {str(row["name"]) for row in project.records("proposals", scenario=scenario)}
    count = 1
    while (name := filled("Drawing {number}", number=count)) in taken:
        count += 1
    return name


def reshape_proposal(  # noqa: PLR0913 - an edit, and what it is made on
    project: Project,
    ground: DrawingGround,
    scenario: str,
    proposal_id: str,
    geometry: BaseGeometry,
    *,
    centreline: Sequence[Coordinate] | None = None,
    width_m: float | None = None,
    label: str = "",
) -> str:
    """Give a proposal another shape, with the areas that follow from it.

    Parameters
    ----------
    project : Project
        Open for writing.
    ground : DrawingGround
        What it is measured on.
    scenario, proposal_id : str
        The proposal.
    geometry : Polygon or MultiPolygon
        The new shape.
    centreline : sequence of (x, y), optional
        New middle line; by default the one that it has.
    width_m : float, optional
        New width; by default the one that it has.
    label : str
        For the undo button, in English; made from the name where empty.

    Returns
    -------
    str
        Identifier of the proposal afterwards.

    Raises
    ------
    DrawingError
        The proposal is gone, or the shape cannot be stored.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    row = proposal_row(project, scenario, proposal_id)
    changes = reshaped(ground, row, geometry, centreline, width_m)
    told = label or filled("Change the shape of {name}", name=row["name"])
    return _update(project, row, changes, told)


def reshape_proposals(
    project: Project,
    ground: DrawingGround,
    scenario: str,
    shapes: Mapping[str, BaseGeometry],
    *,
    label: str = "",
) -> tuple[str, ...]:
    """Give several proposals another shape in one step, as where they share a corner.

    Parameters
    ----------
    project, ground, scenario
        As for `reshape_proposal`.
    shapes : mapping of str to geometry
        New shape of each proposal, by its identifier.
    label : str
        For the undo button, in English; made from the names where empty.

    Returns
    -------
    tuple of str
        Identifiers afterwards, in the order given.

    Raises
    ------
    DrawingError
        No proposal is given, one is gone, or a shape cannot be stored.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    rows = [proposal_row(project, scenario, key) for key in shapes]
    if not rows:
        raise DrawingError("No proposal is chosen. Choose one to be changed.")
    finals = [
        adopted(row, reshaped(ground, row, shape))
        for row, shape in zip(rows, shapes.values(), strict=True)
    ]
    told = label or (
        filled("Change the shape of {name}", name=rows[0]["name"])
        if len(rows) == 1
        else filled("Change the shape of {count} proposals", count=len(rows))
    )
    commands: tuple[Command, ...] = tuple(
        UpdateFeature("proposals", whole_number(row["fid"]), final)
        for row, final in zip(rows, finals, strict=True)
    )
    project.execute(CommandGroup(told, commands))
    return tuple(
        str(final.get("proposal_id", row["proposal_id"]))
        for row, final in zip(rows, finals, strict=True)
    )


def reshaped(
    ground: DrawingGround,
    row: Record,
    geometry: BaseGeometry,
    centreline: Sequence[Coordinate] | None = None,
    width_m: float | None = None,
) -> Record:
    """Return what changes in a row when its proposal gets another shape.

    Parameters
    ----------
    ground : DrawingGround
        What it is measured on.
    row : mapping
        The row as it is.
    geometry : Polygon or MultiPolygon
        The new shape.
    centreline, width_m
        As for `reshape_proposal`.

    Raises
    ------
    DrawingError
        The shape cannot be stored.
    """
    shape = checked(geometry)
    line = line_of(row) if centreline is None else list(centreline)
    width = width_of(row) if width_m is None else width_m
    measures = ground.measure(shape, centreline=line, width_m=width)
    changes: Record = {
        "geometry": shape,
        **measured_facts(measures, row["attributes"]),
        "member_sites": members_of(measures),
        "species": species_of(measures),
    }
    if centreline is not None:
        changes["centreline"] = [list(point) for point in centreline]
    if width_m is not None:
        changes["width_m"] = width_m
    return changes


def line_of(row: Mapping[str, object]) -> list[Coordinate] | None:
    """Return the middle line of a proposal's row, None where it has none."""
    stored = row["centreline"]
    if not isinstance(stored, list):
        return None
    points = [
        (float(point[0]), float(point[1]))
        for point in stored
        if isinstance(point, list)
        and len(point) == 2
        and all(isinstance(value, int | float) for value in point)
    ]
    return points if len(points) > 1 else None


def width_of(row: Mapping[str, object]) -> float | None:
    """Return the width with which a proposal was drawn, None where it was not."""
    return number(row["width_m"]) or None


def _update(project: Project, row: Record, changes: Record, label: str) -> str:
    final = adopted(row, changes)
    project.execute(UpdateFeature("proposals", whole_number(row["fid"]), final, label))
    return str(final.get("proposal_id", row["proposal_id"]))


def widen_proposal(
    project: Project, ground: DrawingGround, scenario: str, proposal_id: str, width_m: float
) -> str:
    """Give a drawn corridor another width, in one step.

    A corridor that is as it was drawn is drawn anew along its middle line. One that was
    changed by hand since is widened or narrowed to all sides, so that these changes stay.

    Raises
    ------
    DrawingError
        The proposal has no middle line, or the width cannot be drawn.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    check_width(width_m)
    row = proposal_row(project, scenario, proposal_id)
    line, width = line_of(row), width_of(row)
    if line is None or width is None:
        raise DrawingError(
            f"{row['name']} was not drawn along a line and has no width of its own. Widen its "
            "area by a distance instead."
        )
    shape = _as_wide(as_multi(shape_of(row)), line, width, width_m)
    label = filled("Make {name} {width} m wide", name=row["name"], width=digits(width_m))
    return _update(project, row, reshaped(ground, row, shape, None, width_m), label)


def _as_wide(
    shape: BaseGeometry, line: Sequence[Coordinate], width_m: float, wanted_m: float
) -> BaseGeometry:
    for cap in ("round", "flat"):
        drawn = corridor_from_line(line, width_m, cap=cap)
        if shapely.symmetric_difference(drawn, shape).area / 1e6 <= _SAME_KM2:
            return corridor_from_line(line, wanted_m, cap=cap)
    return buffered(shape, (wanted_m - width_m) / 2)
