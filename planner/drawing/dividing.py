"""Makes several proposals of one, and one of several; each is one step of undo.

As every edit of `planner.drawing.proposals`, these return the identifiers that hold afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.drawing.errors import DrawingError
from planner.drawing.geometry import merge, split
from planner.drawing.proposals import CORRIDOR_KIND, NATIONAL_KIND, reshaped
from planner.drawing.rows import adopted, copied, new_id, proposal_row, suffixed
from planner.project import AddFeatures, CommandGroup, RemoveFeatures, UpdateFeature
from planner.records import shape_of, whole_number
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.drawing.geometry import Coordinate
    from planner.drawing.ground import DrawingGround
    from planner.project import Command, Project
    from planner.records import Record


def split_proposal(
    project: Project,
    ground: DrawingGround,
    scenario: str,
    proposal_id: str,
    line: Iterable[Coordinate],
) -> tuple[str, ...]:
    """Cut a proposal along a line into several.

    The largest piece stays the proposal, with its form and history; the others are new and
    start with a copy of the form.

    Returns
    -------
    tuple of str
        Identifiers, that of the largest piece first.

    Raises
    ------
    DrawingError
        The line does not cut the area in two, or a piece holds no land of the region.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    row = proposal_row(project, scenario, proposal_id)
    pieces = split(shape_of(row), line)
    label = filled("Split {name}", name=row["name"])
    return _in_pieces(project, ground, row, [(piece, "") for piece in pieces], label)


def cut_by_border(
    project: Project, ground: DrawingGround, scenario: str, proposal_id: str
) -> tuple[str, ...]:
    """Cut a proposal at the borders into one of each country.

    Returns
    -------
    tuple of str
        Identifiers, that of the largest part first.

    Raises
    ------
    DrawingError
        The proposal lies in one country only, or in none.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    row = proposal_row(project, scenario, proposal_id)
    parts = ground.parts(shape_of(row))
    if len(parts) < 2:
        where = "one country only" if parts else "no country of this region"
        raise DrawingError(f"{row['name']} lies in {where}: no border cuts it.")
    pieces = sorted(parts.items(), key=lambda item: -item[1].area)
    label = filled("Cut {name} at the border", name=row["name"])
    told = [(shape, iso3) for iso3, shape in pieces]
    return _in_pieces(project, ground, row, told, label)


def merge_proposals(
    project: Project, ground: DrawingGround, scenario: str, proposal_ids: Sequence[str]
) -> str:
    """Join proposals to one; the first keeps its form, the others are removed.

    What the others say in their notes, and their attachments and reasons, is added to it.

    Raises
    ------
    DrawingError
        There are less than two proposals, or one of them is gone.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    keys = list(dict.fromkeys(proposal_ids))
    rows = [proposal_row(project, scenario, key) for key in keys]
    shape = merge([shape_of(row) for row in rows])
    first, others = rows[0], rows[1:]
    bare = {**first, "centreline": None, "width_m": None}
    changes = {
        **reshaped(ground, bare, shape),
        "centreline": None,
        "width_m": None,
        "notes": "\n\n".join(str(row["notes"]) for row in rows if row["notes"]) or None,
        "attachments": _together(rows, "attachments"),
        "reasons": _together(rows, "reasons"),
    }
    final = adopted(first, changes)
    label = filled("Merge {count} proposals into {name}", count=len(rows), name=first["name"])
    commands: tuple[Command, ...] = (
        UpdateFeature("proposals", whole_number(first["fid"]), final),
        RemoveFeatures("proposals", [whole_number(row["fid"]) for row in others]),
    )
    project.execute(CommandGroup(label, commands))
    return str(final.get("proposal_id", first["proposal_id"]))


def _in_pieces(
    project: Project,
    ground: DrawingGround,
    row: Record,
    pieces: Sequence[tuple[BaseGeometry, str]],
    label: str,
) -> tuple[str, ...]:
    no_line: Record = {"centreline": None, "width_m": None}
    records = []
    for place, (shape, iso3) in enumerate(pieces, 1):
        bare = {**row, **no_line}
        told = iso3 or str(place)
        kind = {"kind": NATIONAL_KIND} if iso3 and row["kind"] != CORRIDOR_KIND else {}
        records.append(
            {
                **reshaped(ground, bare, shape),
                **no_line,
                **kind,
                "name": f"{row['name']} ({told})",
                "names": suffixed(row["names"], told),
            }
        )
    first = adopted(row, records[0])
    others = [
        {**copied(row), **record, "scenario": row["scenario"], "proposal_id": new_id()}
        for record in records[1:]
    ]
    commands: tuple[Command, ...] = (
        UpdateFeature("proposals", whole_number(row["fid"]), first),
        AddFeatures("proposals", others),
    )
    project.execute(CommandGroup(label, commands))
    kept = str(first.get("proposal_id", row["proposal_id"]))
    return (kept, *(str(record["proposal_id"]) for record in others))


def _together(rows: Sequence[Record], column: str) -> list[object] | None:
    found: list[object] = []
    for row in rows:
        stored = row[column]
        if isinstance(stored, list):
            found += [item for item in stored if item not in found]
    return found or None
