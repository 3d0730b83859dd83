"""Making a project smaller: edits of long ago can no longer be taken back, their files go.

The journal keeps every edit with its inverse, so a project only ever grows. Tidying up keeps
the history readable and everything that is on the map, and gives up the way back before a
point. It happens in the project's database itself, in one transaction and by SQLite's own
`VACUUM`, both of which are whole or not at all, even where the computer stops: a copy put in
its place would leave the map, or a GIS beside it, with the file that was thrown away.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from planner.drawing.attachments import FOLDER as ATTACHMENTS
from planner.errors import EditConflictError
from planner.files import BEGUN
from planner.map_layers.merged import FOLDER as LAYERS
from planner.map_layers.rows import REMOVED, TABLE
from planner.project.pruning import EVERYTHING
from planner.project.rows import Delete
from planner.project.schema import PROPOSALS
from planner.records import whole_number
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from layers.control import Control
    from planner.project import Project
    from planner.project.pruning import Pruner
    from planner.project.rows import Operation, RowWriter

_YOUNG_S = 3600.0
"""A file younger than this may belong to an edit that is being made."""


@dataclass(frozen=True, slots=True)
class Tidying:
    """What tidying up gives up, and what it frees.

    Parameters
    ----------
    before : str
        Steps that ended before this are given up; ISO 8601, UTC.
    steps : int
        Steps that can no longer be taken back.
    layers : tuple of int
        Rows of own layers that were removed from the map, and can then not be brought back.
    files : tuple of Path
        Files of layers and attachments that nothing needs any more.
    freed_bytes : int
        About what is freed on the disk.
    """

    before: str
    steps: int
    layers: tuple[int, ...]
    files: tuple[Path, ...]
    freed_bytes: int

    @property
    def is_worthwhile(self) -> bool:
        """Whether anything would be freed."""
        return bool(self.steps or self.layers or self.files or self.freed_bytes)


@dataclass(frozen=True, slots=True)
class TidyUp:
    """Remove the rows of layers that were removed from the map long ago; written to history.

    Parameters
    ----------
    fids : tuple of int
        Rows of the table ``map_layers``.
    steps : int
        Steps that are given up, for the label.
    """

    fids: tuple[int, ...]
    steps: int

    @property
    def label(self) -> str:
        """What the journal calls it."""
        return filled("Tidy up the project (final edits: {count})", count=self.steps)

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Delete the rows."""
        del rows
        if self.fids:
            yield Delete(TABLE, self.fids)


def days_ago(days: int) -> str:
    """Return the moment so many days ago as the journal writes it; after all edits for 0."""
    if days == 0:
        return EVERYTHING
    moment = datetime.now(UTC) - timedelta(days=days)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def survey(project: Project, before: str) -> Tidying:
    """Return what tidying up would give up and free; changes nothing.

    Parameters
    ----------
    project : Project
        Any open project.
    before : str
        ISO 8601, UTC; `planner.project.pruning.EVERYTHING` for all.

    Raises
    ------
    ProjectError
        The project cannot be read.
    """
    with project.pruning(before) as pruner:
        found = pruner.prunable()
        layers = _forgotten_layers(project, pruner)
        files = tuple(_unneeded_files(project, pruner, layers))
    size = found.payload_bytes + project.unused_bytes
    freed = size + sum(path.stat().st_size for path in files)
    return Tidying(before, found.steps, layers, files, freed)


def tidy_up(project: Project, before: str, control: Control) -> Tidying:
    """Give up the way back before a point, and free what only that needed.

    Parameters
    ----------
    project : Project
        Open for writing; no model may be running on it.
    before : str
        As for `survey`.
    control : Control
        Told the progress; may cancel. What is left then is done the next time.

    Returns
    -------
    Tidying
        What was given up; `freed_bytes` as measured.

    Raises
    ------
    EditConflictError
        A model is running; nothing was changed.
    ReadOnlyProjectError, ProjectFullError, ProjectError
        It cannot be written. Where there is no room to make the database smaller, the rest is
        done, and tidying up again finishes it.
    """
    if project.is_being_made:
        raise EditConflictError(
            "The project cannot be tidied up while a model runs on it. Wait until it has "
            "ended, or cancel it. Nothing was changed."
        )
    wanted = survey(project, before)
    control.report(0.1)
    size = project.stored_bytes
    project.prune(TidyUp(wanted.layers, wanted.steps), before)
    control.report(0.4)
    project.compact()
    freed = size - project.stored_bytes
    gone = []
    for path in wanted.files:
        length = path.stat().st_size if path.is_file() else 0
        path.unlink(missing_ok=True)
        gone.append(path)
        freed += length
    control.report(1.0)
    return Tidying(before, wanted.steps, wanted.layers, tuple(gone), max(0, freed))


def _forgotten_layers(project: Project, pruner: Pruner) -> tuple[int, ...]:
    """Return rows of own layers that are off the map, and that no undo could bring back."""
    remembered = pruner.rows_of_undo(TABLE)
    return tuple(
        whole_number(row["fid"])
        for row in project.records(TABLE)
        if row["source"]
        and isinstance(row["attributes"], dict)
        and row["attributes"].get(REMOVED) is True
        and row["fid"] not in remembered
    )


def _unneeded_files(
    project: Project, pruner: Pruner, layers: tuple[int, ...]
) -> Iterator[Path]:
    """Yield files of layers and attachments that neither the project nor undo speaks of."""
    sources = pruner.texts_of_undo(TABLE, "source")
    sources |= {
        str(row["source"])
        for row in project.records(TABLE)
        if row["source"] and row["fid"] not in layers
    }
    yield from _apart_from(project.path / LAYERS, sources)
    attached = pruner.texts_of_undo(PROPOSALS.name, "attachments")
    attached |= {
        str(item.get("file"))
        for row in project.records(PROPOSALS.name)
        for item in _listed(row["attachments"])
    }
    yield from _apart_from(project.path / ATTACHMENTS, attached)


def _listed(stored: object) -> list[dict[str, object]]:
    if not isinstance(stored, list):
        return []
    return [item for item in stored if isinstance(item, dict)]


def _apart_from(folder: Path, named: Iterable[str]) -> Iterator[Path]:
    """Yield the files of a folder that are not named, nor lie beside one that is."""
    texts = tuple(named)
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        return
    now = time.time()
    needed = [path.name for path in files if any(path.name in text for text in texts)]
    for path in files:
        beside = any(path.name.startswith(f"{name}") for name in needed)
        young = now - path.stat().st_mtime < _YOUNG_S
        if not (beside or young or path.is_symlink() or path.name.startswith(BEGUN)):
            yield path
