"""Bookmarks of a project: named extents of its map, kept with it and undone like any edit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from planner.errors import EditError
from planner.project.commands import AddFeatures, RemoveFeatures, UpdateFeature
from resources.errors import nearest_names_hint
from resources.translation import filled

if TYPE_CHECKING:
    from planner.project import Project

TABLE = "bookmarks"
LONGEST_NAME = 120
MOST_BOOKMARKS = 500

Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place of the map with a name.

    Parameters
    ----------
    fid : int
        Identifier of the row.
    name : str
        What people call it.
    extent : tuple of float
        West, south, east, north in the project's CRS.
    """

    fid: int
    name: str
    extent: Extent


def bookmarks_of(project: Project) -> tuple[Bookmark, ...]:
    """Return the bookmarks of a project, in the order they are listed in."""
    rows = sorted(
        project.records(TABLE),
        key=lambda row: (cast("int", row["position"] or 0), cast("int", row["fid"])),
    )
    return tuple(
        Bookmark(
            cast("int", row["fid"]),
            str(row["name"]),
            (
                cast("float", row["west"]),
                cast("float", row["south"]),
                cast("float", row["east"]),
                cast("float", row["north"]),
            ),
        )
        for row in rows
    )


def add_bookmark(project: Project, name: str, extent: Extent) -> AddFeatures:
    """Return the edit that keeps an extent under a name.

    Parameters
    ----------
    project : Project
        Told apart by the names it has already.
    name : str
        What people call it; no other bookmark has it.
    extent : tuple of float
        West, south, east, north in the project's CRS.

    Raises
    ------
    EditError
        The name is empty, too long or taken, the extent holds nothing, or there are too many.
    """
    known = bookmarks_of(project)
    wanted = _name(name, known)
    west, south, east, north = extent
    if not (all(math.isfinite(side) for side in extent) and west < east and south < north):
        raise EditError(f"Bookmark {wanted!r}: the extent {extent} holds nothing of the map.")
    if len(known) >= MOST_BOOKMARKS:
        raise EditError(
            f"The project has {len(known)} bookmarks already. Remove one before adding another."
        )
    record = {
        "name": wanted,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "position": len(known),
    }
    return AddFeatures(TABLE, [record], filled("Add bookmark {name}", name=wanted))


def rename_bookmark(project: Project, fid: int, name: str) -> UpdateFeature:
    """Return the edit that gives a bookmark another name.

    Raises
    ------
    EditError
        The bookmark is gone, or the name is empty, too long or taken.
    """
    known = bookmarks_of(project)
    found = _found(known, fid)
    wanted = _name(name, tuple(item for item in known if item != found))
    label = filled("Rename bookmark {old} to {new}", old=found.name, new=wanted)
    return UpdateFeature(TABLE, fid, {"name": wanted}, label)


def remove_bookmark(project: Project, fid: int) -> RemoveFeatures:
    """Return the edit that removes a bookmark.

    Raises
    ------
    EditError
        The bookmark is gone.
    """
    found = _found(bookmarks_of(project), fid)
    return RemoveFeatures(TABLE, (fid,), filled("Remove bookmark {name}", name=found.name))


def _found(known: tuple[Bookmark, ...], fid: int) -> Bookmark:
    found = next((item for item in known if item.fid == fid), None)
    if found is None:
        hint = nearest_names_hint(str(fid), [str(item.fid) for item in known])
        raise EditError(f"The project has no bookmark {fid}. {hint}")
    return found


def _name(name: str, taken: tuple[Bookmark, ...]) -> str:
    wanted = " ".join(name.split())
    if not wanted:
        raise EditError("A bookmark needs a name.")
    if len(wanted) > LONGEST_NAME:
        raise EditError(
            f"The name of a bookmark has at most {LONGEST_NAME} characters, not {len(wanted)}."
        )
    if any(item.name.casefold() == wanted.casefold() for item in taken):
        raise EditError(f"There is a bookmark {wanted!r} already. Choose another name.")
    return wanted
