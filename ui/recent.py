"""Projects opened lately, remembered between sessions, each with a small picture of its map."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from planner.files import write_text

_KEPT = 12
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class RecentProject:
    """A project opened lately.

    Parameters
    ----------
    path : Path
        Its folder.
    name : str
        What people call it; empty where that was not noted.
    opened : datetime or None
        When it was last opened, UTC.
    """

    path: Path
    name: str = ""
    opened: datetime | None = None


class RecentProjects:
    """A short list in a file of the user's own, newest first.

    Parameters
    ----------
    path : Path
        The JSON file; it need not be there. Pictures are kept in ``thumbnails/`` beside it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def projects(self) -> tuple[RecentProject, ...]:
        """Return the projects that are still there, newest first; none if the list is lost."""
        try:
            with self._path.open(encoding="utf-8") as file:
                listed = json.loads(file.read(_MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            return ()
        found = [_project(item) for item in listed] if isinstance(listed, list) else []
        return tuple(item for item in found if item is not None and item.path.is_dir())

    def paths(self) -> tuple[Path, ...]:
        """Return the folders of the projects that are still there, newest first."""
        return tuple(item.path for item in self.projects())

    def thumbnail(self, folder: Path) -> Path:
        """Return where the picture of a project's map is kept; it need not be there."""
        name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]
        return self._path.parent / "thumbnails" / f"{name}.png"

    def add(self, folder: Path, name: str = "") -> None:
        """Put a project first.

        Parameters
        ----------
        folder : Path
            Its folder.
        name : str
            What people call it.

        Raises
        ------
        OSError
            The list cannot be written.
        """
        folder = folder.resolve()
        newest = RecentProject(folder, name, datetime.now(UTC))
        kept = [newest, *(item for item in self.projects() if item.path != folder)][:_KEPT]
        self._write(kept)

    def forget(self, folder: Path) -> None:
        """Leave a project out of the list, and its picture; the project itself stays.

        Raises
        ------
        OSError
            The list cannot be written.
        """
        self._write([item for item in self.projects() if item.path != folder])
        self.thumbnail(folder).unlink(missing_ok=True)

    def _write(self, kept: list[RecentProject]) -> None:
        listed = [
            {
                "path": str(item.path),
                "name": item.name,
                "opened": "" if item.opened is None else item.opened.isoformat(),
            }
            for item in kept
        ]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_text(self._path, json.dumps(listed, ensure_ascii=False, indent=1))


def _project(item: object) -> RecentProject | None:
    """Read an entry; those of earlier versions are plain paths."""
    if isinstance(item, str):
        return RecentProject(Path(item))
    if not isinstance(item, dict) or not isinstance(item.get("path"), str):
        return None
    try:
        opened = datetime.fromisoformat(str(item.get("opened", "")))
    except ValueError:
        opened = None
    return RecentProject(Path(item["path"]), str(item.get("name", "")), opened)
