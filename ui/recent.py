"""Projects opened lately, remembered between sessions."""

from __future__ import annotations

import json
from pathlib import Path

_KEPT = 8


class RecentProjects:
    """A short list in a file of the user's own, newest first.

    Parameters
    ----------
    path : Path
        The JSON file; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def paths(self) -> tuple[Path, ...]:
        """Return the folders that are still there, newest first; none if the list is lost."""
        try:
            listed = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ()
        found = [Path(item) for item in listed if isinstance(item, str)]
        return tuple(path for path in found if path.is_dir())

    def add(self, folder: Path) -> None:
        """Put a project first.

        Raises
        ------
        OSError
            The list cannot be written.
        """
        folder = folder.resolve()
        kept = [folder, *(path for path in self.paths() if path != folder)][:_KEPT]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".part")
        draft.write_text(json.dumps([str(path) for path in kept]), encoding="utf-8")
        draft.replace(self._path)
