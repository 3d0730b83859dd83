"""Keeps a drawing that is not finished, so that it survives whatever ends the window."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from planner.drawing.draft import Draft, discard_draft, load_draft, save_draft
from ui import words
from ui.drawing.sketch import SKETCH_KINDS, Sketch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from resources.errors import PlannerError
    from ui.background import Background

_SETTLED_MS = 150


class KeptDrawing(QObject):
    """Writes the drawing beside the project at every rest of the hand.

    Parameters
    ----------
    background : Background
        Brings what was read to the window's thread.
    """

    found = pyqtSignal(object)
    """An unfinished drawing of an earlier session was found; carries the `Draft`."""
    failed = pyqtSignal(str)

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._thread = ThreadPoolExecutor(1, "drawing-kept")
        self._folder: Path | None = None
        self._next: Draft | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED_MS)
        self._timer.timeout.connect(self._write)

    def close(self) -> None:
        """Write what is not written yet, and end."""
        self.write_now()
        self._thread.shutdown()

    def write_now(self) -> None:
        """Write what is not written yet."""
        if self._timer.isActive():
            self._timer.stop()
            self._write()

    def open(self, folder: Path, *, writable: bool) -> None:
        """Keep drawings of another project, and tell of one that is there."""
        self._timer.stop()
        self._folder = folder if writable else None
        if writable:
            future = self._thread.submit(load_draft, folder)
            self._background.watch(future, self._on_loaded, self._on_failed)

    def keep(self, draft: Draft) -> None:
        """Write an unfinished drawing, once the hand rests."""
        self._next = draft
        self._timer.start()

    def drop(self) -> None:
        """Keep nothing any more."""
        self._timer.stop()
        self._next = None
        folder = self._folder
        if folder is not None:
            self._submit(lambda: discard_draft(folder))

    def _write(self) -> None:
        folder, draft = self._folder, self._next
        if folder is not None and draft is not None:
            self._submit(lambda: save_draft(folder, draft))

    def _submit(self, work: Callable[[], None]) -> None:
        self._background.watch(self._thread.submit(work), lambda _: None, self._on_failed)

    def _on_loaded(self, draft: Draft | None) -> None:
        if draft is not None:
            self.found.emit(draft)

    def _on_failed(self, error: PlannerError) -> None:
        self.failed.emit(words.problem(error))


def draft_of(tool: str, sketch: Sketch, proposal_id: str, scenario: str) -> Draft:
    """Return a sketch as it is kept.

    Parameters
    ----------
    tool : str
        Name of the tool.
    sketch : Sketch
        What is drawn.
    proposal_id : str
        The proposal that it changes; empty for a new one.
    scenario : str
        Where it is drawn.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Draft(tool, sketch.points, sketch.width_m, proposal_id, scenario, now)


def sketch_of(draft: Draft) -> Sketch | None:
    """Return the sketch that was kept; None where it is none of this window."""
    kind = "area" if draft.tool == "freehand" else draft.tool
    for known in SKETCH_KINDS:
        if kind == known:
            return Sketch(known, tuple(draft.points)).with_width(draft.width_m or 0.0)
    return None
