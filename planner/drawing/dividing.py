"""Makes several proposals of one, and one of several; each is one step of undo.

National parts that are made proposals of their own stay linked as one transboundary proposal,
see `planner.drawing.transboundary`.

As every edit of `planner.drawing.proposals`, these return the identifiers that hold afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.drawing.errors import DrawingError
from planner.drawing.geometry import merge, split
from planner.drawing.proposals import (
    CORRIDOR_KIND,
    NATIONAL_KIND,
    draw_proposal,
    free_name,
    record_of,
    reshaped,
    target_of,
)
from planner.drawing.rows import adopted, copied, new_id, proposal_row, suffixed
from planner.drawing.transboundary import (
    Link,
    link_of,
    linked,
    new_link_id,
    uncounted_of,
    uncounted_sentence,
    unlinked,
)
from planner.project import AddFeatures, CommandGroup, RemoveFeatures, UpdateFeature
from planner.records import shape_of, texts, whole_number
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.drawing.geometry import Coordinate
    from planner.drawing.ground import DrawingGround
    from planner.drawing.proposals import Drawn
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
    told = [(piece, str(number)) for number, piece in enumerate(pieces, 1)]
    return _store_pieces(project, row, _records(ground, row, told), label)


def draw_national_parts(
    project: Project, ground: DrawingGround, scenario: str, drawn: Drawn
) -> tuple[str, ...]:
    """Store something drawn, cut at the borders into one proposal of each country.

    What lies in one country only is stored as one proposal, as by `draw_proposal`. The scenario
    may be empty, as there.

    Returns
    -------
    tuple of str
        Identifiers, that of the largest part first.

    Raises
    ------
    DrawingError
        The shape crosses itself, holds no land of the region, or the scenario is gone.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    target, making = target_of(project, scenario)
    whole = record_of(ground, drawn, free_name(project, target, drawn))
    pieces = _national_pieces(ground, whole)
    if len(pieces) < 2:
        return (draw_proposal(project, ground, scenario, drawn),)
    records = [
        {**whole, **record, "scenario": target, "proposal_id": new_id()}
        for record in _linked_records(ground, whole, pieces)
    ]
    label = filled("Draw {name}, cut at the borders", name=whole["name"])
    adding = AddFeatures("proposals", records, label)
    project.execute(CommandGroup(label, (*making, adding)))
    return tuple(str(record["proposal_id"]) for record in records)


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
    pieces = _national_pieces(ground, row)
    if len(pieces) < 2:
        where = "one country only" if pieces else "no country of this region"
        raise DrawingError(f"{row['name']} lies in {where}: no border cuts it.")
    label = filled("Cut {name} at the border", name=row["name"])
    return _store_pieces(project, row, _linked_records(ground, row, pieces), label)


def _national_pieces(ground: DrawingGround, row: Record) -> list[tuple[BaseGeometry, str]]:
    """Return the part of each country with its code, the largest first."""
    parts = ground.parts(shape_of(row))
    found = sorted(parts.items(), key=lambda item: -item[1].area)
    return [(shape, iso3) for iso3, shape in found]


def _linked_records(
    ground: DrawingGround, row: Record, pieces: Sequence[tuple[BaseGeometry, str]]
) -> list[Record]:
    """Return what national parts of a row have of their own, linked as one proposal."""
    link = link_of(row) or Link(new_link_id(), str(row["name"]), uncounted_of(row))
    records = _records(ground, row, pieces)
    told = filled("National part of {name}, cut at the borders.", name=link.name)
    left_out = uncounted_sentence(row)
    reasons = [*texts(row["reasons"]), told, *([left_out] if left_out else [])]
    for record, (_, iso3) in zip(records, pieces, strict=True):
        if row["kind"] != CORRIDOR_KIND:
            record["kind"] = NATIONAL_KIND
        record["attributes"] = linked(record["attributes"], link)
        record["reasons"] = reasons
        agreed = iso3 in texts(row.get("agreed_by"))
        record["agreed_by"] = [iso3] if agreed else None
        if row["status"] == "agreed" and not agreed:
            record["status"] = "tabled"
    return records


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
        **reshaped(ground, {**bare, "attributes": unlinked(first["attributes"])}, shape),
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


def _records(
    ground: DrawingGround, row: Record, pieces: Sequence[tuple[BaseGeometry, str]]
) -> list[Record]:
    """Return what pieces of a row have of their own; each is told by a word behind the name."""
    no_line: Record = {"centreline": None, "width_m": None}
    return [
        {
            **reshaped(ground, {**row, **no_line}, shape),
            **no_line,
            "name": f"{row['name']} ({told})",
            "names": suffixed(row["names"], told),
        }
        for shape, told in pieces
    ]


def _store_pieces(
    project: Project, row: Record, records: Sequence[Record], label: str
) -> tuple[str, ...]:
    """Store pieces in place of a row, which becomes the first of them."""
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
