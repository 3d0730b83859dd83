"""A drawing that is not finished, kept in the project's folder so that a crash loses nothing.

It is no edit of the project: it is written at every rest of the hand, and is gone when the
drawing is stored or given up. So it stands in a file of its own, not in the journal.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from planner.drawing.errors import DrawingError
from planner.drawing.geometry import MAXIMUM_VERTICES, Coordinate
from planner.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

FILE = "drawing-draft.json"
DAMAGED = "drawing-draft.damaged.json"
MAXIMUM_BYTES = 16 * 1024 * 1024
_LONGEST_WORD = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished drawing.

    Attributes
    ----------
    tool : str
        What it is drawn with.
    points : tuple of (x, y)
        Its points in the project's CRS.
    width_m : float or None
        Width of a corridor.
    proposal_id : str
        The proposal that it changes; empty for a new one.
    scenario : str
        Where it is drawn.
    started : str
        When, ISO 8601.
    """

    tool: str
    points: tuple[Coordinate, ...]
    width_m: float | None = None
    proposal_id: str = ""
    scenario: str = ""
    started: str = ""


def save_draft(folder: Path, draft: Draft) -> None:
    """Write an unfinished drawing into a project's folder, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written; an earlier draft is untouched.
    """
    write_text(folder / FILE, json.dumps(asdict(draft), ensure_ascii=False))


def load_draft(folder: Path) -> Draft | None:
    """Return the unfinished drawing of a project's folder, None where there is none.

    One that cannot be read is put aside under another name, and there is none.

    Raises
    ------
    DrawingError
        The file cannot be read because of the disk.
    """
    path = folder / FILE
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > MAXIMUM_BYTES:
            _put_aside(path)
            return None
        content = path.read_bytes()
    except OSError as error:
        raise DrawingError(
            f"{path} cannot be read: {error.strerror}. It may hold a drawing that was not "
            "finished; look whether the drive is still there."
        ) from error
    try:
        return _draft(json.loads(content))
    except (ValueError, TypeError, KeyError, RecursionError):
        _put_aside(path)
        return None


def discard_draft(folder: Path) -> None:
    """Remove the unfinished drawing of a project's folder, if there is one.

    Raises
    ------
    DrawingError
        It cannot be removed.
    """
    path = folder / FILE
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise DrawingError(
            f"{path} cannot be removed: {error.strerror}. The drawing will be offered again."
        ) from error


def _put_aside(path: Path) -> None:
    try:
        path.replace(path.with_name(DAMAGED))
    except OSError as error:
        raise DrawingError(
            f"{path} is damaged and cannot be put aside: {error.strerror}. Remove it."
        ) from error


def _draft(content: dict[str, object]) -> Draft:
    points, width = content["points"], content.get("width_m")
    if not isinstance(points, list) or len(points) > MAXIMUM_VERTICES:
        raise TypeError("points are no list")
    if width is not None and not (isinstance(width, int | float) and math.isfinite(width)):
        raise ValueError("the width is no number")
    return Draft(
        tool=_word(content["tool"]),
        points=tuple(_point(item) for item in points),
        width_m=None if width is None else float(width),
        proposal_id=_word(content.get("proposal_id", "")),
        scenario=_word(content.get("scenario", "")),
        started=_word(content.get("started", "")),
    )


def _word(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_WORD:
        raise TypeError("a word is no short text")
    return value


def _point(item: object) -> Coordinate:
    if not isinstance(item, list) or len(item) != 2:
        raise TypeError("a point is no pair")
    x, y = float(item[0]), float(item[1])
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("a point is no number")
    return x, y
