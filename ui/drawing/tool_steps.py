"""The edits that were made with one tool, so that its undo takes back no others."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.project import Project


class ToolSteps:
    """Knows the edits since a tool was taken up; belongs to the thread of the project.

    An edit that somebody else has made since ends what can be taken back.
    """

    def __init__(self) -> None:
        self.asked = 0
        """How many edits were asked for; counted in the window's thread."""
        self._done: list[str] = []
        self._undone: list[str] = []

    @contextmanager
    def hearing(self, project: Project) -> Iterator[None]:
        """Take note of an edit that is made meanwhile, if it changes anything."""
        labels: list[str] = []
        end = project.subscribe(lambda change: labels.append(change.label))
        try:
            yield
        finally:
            end()
            if labels:
                self._done.append(project.undo_label or "")
                self._undone.clear()

    def back(self, project: Project) -> str | None:
        """Take the last of the edits back; return its label, None where none is left."""
        if not self._done or project.undo_label != self._done[-1]:
            return None
        label = project.undo()
        self._undone.append(self._done.pop())
        return label

    def forth(self, project: Project) -> str | None:
        """Repeat the edit last taken back; return its label, None where there is none."""
        if not self._undone or project.redo_label != self._undone[-1]:
            return None
        label = project.redo()
        self._done.append(self._undone.pop())
        return label
