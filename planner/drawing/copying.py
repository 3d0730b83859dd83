"""Copies of proposals, and taking proposals away; each is one step of undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from planner.drawing.errors import DrawingError
from planner.drawing.proposals import Drawn, check_scenario, free_name, record_of, target_of
from planner.drawing.rows import copied, new_id, proposal_row, suffixed
from planner.drawing.transboundary import unlinked
from planner.project import AddFeatures, CommandGroup, RemoveFeatures
from planner.records import whole_number
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.drawing.ground import DrawingGround
    from planner.project import Project


def duplicate_proposals(
    project: Project, scenario: str, proposal_ids: Sequence[str], to_scenario: str = ""
) -> tuple[str, ...]:
    """Copy proposals, within their scenario or into another, in one step.

    Parameters
    ----------
    project : Project
        Open for writing.
    scenario : str
        Where they are.
    proposal_ids : sequence of str
        Which.
    to_scenario : str
        Where the copies go; the same scenario where empty.

    Raises
    ------
    DrawingError
        A proposal or the scenario is gone, or none was chosen.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    target = to_scenario or scenario
    check_scenario(project, target)
    rows = [proposal_row(project, scenario, key) for key in dict.fromkeys(proposal_ids)]
    if not rows:
        raise DrawingError("No proposal is chosen. Choose one to be copied.")
    told = "copy" if target == scenario else ""
    records = [
        {
            **copied(row),
            **({"attributes": unlinked(row["attributes"])} if told else {}),
            "name": filled("{name} (copy)", name=row["name"]) if told else row["name"],
            "names": suffixed(row["names"], told) if told else row["names"],
            "proposal_id": new_id(),
            "scenario": target,
        }
        for row in rows
    ]
    label = (
        filled("Duplicate {name}", name=rows[0]["name"])
        if len(rows) == 1
        else filled("Duplicate {count} proposals", count=len(rows))
    )
    project.execute(AddFeatures("proposals", records, label))
    return tuple(str(record["proposal_id"]) for record in records)


def paste_proposals(
    project: Project, ground: DrawingGround, scenario: str, pasted: Sequence[Drawn]
) -> tuple[str, ...]:
    """Store what was pasted as proposals of a scenario, in one step.

    The scenario may be empty, as for `draw_proposal`.

    Raises
    ------
    DrawingError
        A shape cannot be stored, or there is none.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    target, making = target_of(project, scenario)
    if not pasted:
        raise DrawingError("There is nothing to paste: the clipboard holds no area.")
    first = free_name(project, target, Drawn(shapely.Polygon()))
    start = int(first.rsplit(" ", 1)[-1])
    records = []
    for drawn in pasted:
        name = drawn.name.strip()
        if not name:
            name, start = filled("Drawing {number}", number=start), start + 1
        records.append({**record_of(ground, drawn, name), "scenario": target})
    label = (
        filled("Paste {name}", name=records[0]["name"])
        if len(records) == 1
        else filled("Paste {count} proposals", count=len(records))
    )
    project.execute(CommandGroup(label, (*making, AddFeatures("proposals", records, label))))
    return tuple(str(record["proposal_id"]) for record in records)


def remove_proposals(project: Project, scenario: str, proposal_ids: Sequence[str]) -> int:
    """Remove proposals from a scenario, in one step; return how many.

    Raises
    ------
    DrawingError
        A proposal is gone already, or none was chosen.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    rows = [proposal_row(project, scenario, key) for key in dict.fromkeys(proposal_ids)]
    if not rows:
        raise DrawingError("No proposal is chosen. Choose one to be removed.")
    label = (
        filled("Remove {name}", name=rows[0]["name"])
        if len(rows) == 1
        else filled("Remove {count} proposals", count=len(rows))
    )
    fids = [whole_number(row["fid"]) for row in rows]
    project.execute(RemoveFeatures("proposals", fids, label))
    return len(fids)
