"""Fills the panel of history, and goes back to where it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from planner.project.travel import JournalStep, go_to, steps_of
from resources.translation import mark, tr, tr_n
from ui import words

if TYPE_CHECKING:
    from planner.jobs import JobControl
    from resources.errors import PlannerError
    from ui.docks import PanelDock
    from ui.history.panel import HistoryPanel
    from ui.project_work import Workbench
    from ui.session import Session

_LISTED = 2000
"""Edits that are listed; older ones stay in the journal and are undone one by one."""


class HistoryDesk(QObject):
    """Ties the panel of history to the project.

    Parameters
    ----------
    session : Session
        The open project.
    panel : HistoryPanel
        What is filled, while it stands open.
    dock : PanelDock
        Holds it.
    """

    def __init__(self, session: Session, panel: HistoryPanel, dock: PanelDock) -> None:
        super().__init__()
        self._session = session
        self._panel = panel
        self._dock = dock
        self._stale = True
        session.opened.connect(self._on_changed)
        session.changed.connect(self._on_changed)
        dock.visibilityChanged.connect(self._on_visible)
        panel.travel_requested.connect(self.travel)

    def travel(self, place: int) -> None:
        """Undo or repeat until a step of the journal is the last that is done."""

        def work(bench: Workbench, control: JobControl) -> str:
            taken = go_to(bench.project, place, control)
            if taken < 0:
                return tr_n("{count} edit taken back.", "{count} edits taken back.", -taken)
            return tr_n("{count} edit repeated.", "{count} edits repeated.", taken)

        self._session.change(mark("Go to a point of the history"), work, told="{}")

    def _on_changed(self) -> None:
        self._stale = True
        if not self._dock.isHidden():
            self._read()

    def _on_visible(self, visible: bool) -> None:
        if visible and self._stale:
            self._read()

    def _read(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        self._stale = False
        editable = not snapshot.read_only_reason

        def work(bench: Workbench, _: JobControl) -> list[JournalStep]:
            return steps_of(bench.project.history(limit=_LISTED))

        def done(steps: list[JournalStep]) -> None:
            self._panel.show_steps(steps, editable=editable)

        self._session.ask(tr("Read the history"), work, done, self._on_failed)

    def _on_failed(self, error: PlannerError) -> None:
        self._stale = True
        self._session.said.emit(words.problem(error))
